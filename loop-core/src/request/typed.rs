//! [`Request`]: the trait of typed requests.

use std::task::{Context, Poll};

use super::any_coroutine::AnyCoroutine;
use super::yields::{Resume, Yield};

/// How a request is made. Other crates cannot make a value of this type, so the requests that they define are all
/// [asked](How::ASKED): of the others the loop does not call `into_yield`.
#[derive(Clone, Copy, Debug)]
pub struct How {
    is_now: bool,
    is_in_place: bool,
}

impl How {
    /// It goes to the loop.
    pub(crate) const ASKED: How = How {
        is_now: false,
        is_in_place: false,
    };

    /// It is always [`Yield::Now`].
    pub(crate) const NOW: How = How {
        is_now: true,
        is_in_place: false,
    };

    /// It runs a body within the body that asks, as `yield_from!` does. The loop gets only what that body asks.
    pub(crate) const IN_PLACE: How = How {
        is_now: false,
        is_in_place: true,
    };

    pub(super) const fn is_now(self) -> bool {
        self.is_now
    }

    pub(super) const fn is_in_place(self) -> bool {
        self.is_in_place
    }
}

/// Something that a coroutine can `yield_!` and that the loop answers.
///
/// `yield_!(request)` has the type `request`'s [`Answer`](Request::Answer). Implement it for a type of your own to
/// give a name to a request that you make often; `into_yield` says which of the loop's requests it stands for.
///
/// ```
/// use std::time::Duration;
/// use loop_core::prelude::*;
/// use loop_core::sim::Sim;
/// use loop_core::{Request, Resume, Yield};
///
/// /// A tenth of a second.
/// struct Tick;
///
/// impl Request for Tick {
///     type Answer = ();
///     fn into_yield(self) -> Yield {
///         Yield::Sleep(Duration::from_millis(100))
///     }
///     fn answer(_: Resume) {}
/// }
///
/// #[loop_core::coroutine]
/// fn two_ticks() {
///     yield_!(Tick);
///     yield_!(Tick);
/// }
///
/// assert_eq!(Sim::new().run(two_ticks()).elapsed(), Duration::from_millis(200));
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not something that the event loop can answer",
    label = "a coroutine cannot yield this",
    note = "yield a request such as `Stdin`, `Sleep(duration)` or `Spawn(coroutine())`, a coroutine (to chain it), a handle (to \
            join it), or nothing: `yield_!()`",
    note = "to print a text, yield `Print(text)` or `Println(text)`; to wait for a future, `Await(future)`",
    note = "only a generator yields values of its own: `#[loop_core::generator(yields = …)]`"
)]
#[must_use = "a request does nothing unless you `yield_!` it"]
pub trait Request {
    /// What `yield_!` of this request evaluates to.
    type Answer;

    // This is what makes a bare `yield_!()` cheap. Only this crate can name the type.
    #[doc(hidden)]
    const HOW: How = How::ASKED;

    /// The request as the loop sees it.
    ///
    /// ```
    /// use loop_core::{Clock, Request, Yield};
    ///
    /// assert!(matches!(Clock.into_yield(), Yield::Clock));
    /// ```
    fn into_yield(self) -> Yield;

    /// Reads the loop's answer.
    ///
    /// # Panics
    ///
    /// May panic if `resume` answers another kind of request; the loop never does that.
    ///
    /// ```
    /// use loop_core::{Clock, Request, Resume, Time, Yield};
    ///
    /// /// The seconds since the loop's clock began.
    /// struct Seconds;
    ///
    /// impl Request for Seconds {
    ///     type Answer = u64;
    ///
    ///     fn into_yield(self) -> Yield {
    ///         Yield::Clock
    ///     }
    ///
    ///     fn answer(resume: Resume) -> u64 {
    ///         let now: Time = Clock::answer(resume);
    ///         (now - Time::ZERO).as_secs()
    ///     }
    /// }
    ///
    /// assert_eq!(Seconds::answer(Resume::Time(Time::from_nanos(2_500_000_000))), 2);
    /// ```
    fn answer(resume: Resume) -> Self::Answer;

    // A request that keeps something for its answer, such as the value to be sent, overrides this. What it gives must not be empty then:
    // if it is, `answer` is called. What it gives is passed `Resume::Unit`, whatever the loop's answer is.
    #[doc(hidden)]
    #[inline]
    fn loop_core_ask(self) -> (Yield, impl FnOnce(Resume) -> Self::Answer)
    where
        Self: Sized,
    {
        (self.into_yield(), Self::answer)
    }

    // A coroutine for a task that does nothing but wait for the request.
    #[doc(hidden)]
    fn loop_core_coroutine(self) -> AnyCoroutine
    where
        Self: Sized + 'static,
    {
        request(self).into()
    }

    // Of a request that runs in place.
    #[doc(hidden)]
    fn loop_core_run(&mut self, _: &mut Context<'_>) -> Poll<Self::Answer>
    where
        Self: Sized,
    {
        unreachable!("the request goes to the loop")
    }
}

/// Its name is in traces and reports.
#[loop_macros::coroutine(lazy, skip(request), crate = crate)]
fn request<R: Request + 'static>(request: R) -> R::Answer {
    yield_!(request)
}

/// What `yield_!` makes of its operand before it drops the operand's temporaries: the request itself, unless its type has a method
/// of this name. With such a method a request that borrows a temporary becomes one that does not.
pub trait Detached: Sized {
    /// The request, which outlives the temporaries.
    #[inline]
    fn loop_core_detached(self) -> Self {
        self
    }

    /// What is tried in `Print(text)?`: a type of the user's, unless it has a method of this name, as the library's has.
    #[inline]
    fn loop_core_tried(self) -> Self {
        self
    }
}

impl<R> Detached for R {}

/// The methods of an answer that a request is most likely to be asked for. They can't be called: rustc says why.
pub trait Unanswered: Request {
    /// As that of `Result` and `Option`.
    fn unwrap<A>(&self) -> A
    where
        Self: Answered,
    {
        self.answered()
    }

    /// As that of `Result` and `Option`.
    fn expect<A>(&self, _: &str) -> A
    where
        Self: Answered,
    {
        self.answered()
    }
}

impl<R: Request> Unanswered for R {}

/// Nothing implements it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no answer until it is yielded",
    label = "write `yield_!(…)` around what comes before"
)]
pub trait Answered {
    #[doc(hidden)]
    fn answered<A>(&self) -> A;
}

/// Nothing implements it. `N` is never known, because a bound that can't be met for any type is an error where it is written.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no answer until it is yielded",
    label = "write `yield_!(…)` around this request"
)]
pub trait Tried<N>: Request + Sized {
    #[doc(hidden)]
    fn tried(self) -> Self::Answer;
}

/// The method of a request that `?` calls in the body of a coroutine, in the `impl` of its type.
macro_rules! cannot_be_tried {
    () => {
        #[doc(hidden)]
        pub fn loop_core_tried<N>(self) -> <Self as super::Request>::Answer
        where
            Self: super::typed::Tried<N>,
        {
            super::typed::Tried::tried(self)
        }
    };
}
pub(super) use cannot_be_tried;

impl Request for Yield {
    type Answer = Resume;

    fn into_yield(self) -> Yield {
        self
    }

    fn answer(resume: Resume) -> Resume {
        resume
    }
}

/// Panics because the answer does not fit the request: a defect of the loop, or of a hand-written [`Request`].
#[cold]
// By value: an answer whose address is taken has to lie in memory, and is copied there in the usual case as well.
pub(super) fn mismatch(request: &str, answer: Resume) -> ! {
    panic!("{request} cannot be answered by {answer:?}")
}
