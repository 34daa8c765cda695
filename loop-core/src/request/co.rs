//! [`Co`]: the coroutine's side of a yield, and the airlock of this thread.

use std::future::Future;
use std::marker::PhantomData;
use std::mem::ManuallyDrop;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use super::chain::Coroutine;
use super::typed::Request;
use super::yields::{Resume, Yield};
use crate::coroutine::{
    self, Airlock, AnyFrame, Arguments, Inner, Origin, Outer, Payload, Shown, Site, set_changed,
    set_tracing, take_calls, take_way,
};

type LoopAirlock = Airlock<Yield, Resume>;

thread_local! {
    // One per thread and not one per loop, because coroutines are primed before there is a loop, and no coroutine leaves its
    // thread. This is no current loop: nothing can be scheduled or run through it. It has no destructor, so that the thread's
    // other locals may make coroutines while the thread ends; it is empty when no coroutine runs.
    static AIRLOCK: ManuallyDrop<LoopAirlock> = const { ManuallyDrop::new(Airlock::new()) };
}

/// Calls a function with this thread's airlock.
#[inline]
pub(crate) fn with_airlock<T>(f: impl FnOnce(&LoopAirlock) -> T) -> T {
    AIRLOCK.with(|airlock| f(airlock))
}

/// Whether a loop runs on this thread.
pub(crate) fn in_loop() -> bool {
    with_airlock(Airlock::in_loop)
}

/// The coroutines that run in place within a body that waits, the outermost first. The body has begun. An error if it panics.
pub(crate) fn look(frame: &mut AnyFrame) -> Result<Vec<&'static Site>, Payload> {
    let was_tracing = set_tracing(true);
    let looked = with_airlock(|airlock| airlock.look(frame.as_mut()));
    set_tracing(was_tracing);
    let way = take_way();
    looked.map(|()| way)
}

/// Makes the first coroutine of a run. In a trace it looks as if the loop had called it.
pub(crate) fn make_root<T>(traced: bool, make: impl FnOnce() -> Coroutine<T>) -> Coroutine<T> {
    let making = Making::new(traced);
    let coroutine = make();
    coroutine.raw().forget_call();
    making.done();
    coroutine
}

/// While it lives, the first coroutine of a run is being made.
struct Making {
    was_tracing: bool,
    is_done: bool,
}

impl Making {
    fn new(traced: bool) -> Making {
        let was_tracing = set_tracing(traced);
        let is_done = false;
        Making {
            was_tracing,
            is_done,
        }
    }

    /// The coroutine is made. Its run records the calls in the log.
    fn done(mut self) {
        self.is_done = true;
    }
}

impl Drop for Making {
    fn drop(&mut self) {
        set_tracing(self.was_tracing);
        if !self.is_done {
            // There is no run that would record the calls, and they must not be in the trace of the next one.
            drop(take_calls());
        }
    }
}

/// While it lives, a loop runs on this thread.
#[must_use]
pub(crate) struct Entered {
    outer: Outer,
    was_tracing: bool,
}

impl Entered {
    /// A loop begins to run, whose trace describes calls if it is `traced`. `None` if a loop runs on this thread already.
    pub(crate) fn new(traced: bool) -> Option<Entered> {
        let outer = with_airlock(Airlock::enter)?;
        let was_tracing = set_tracing(traced);
        Some(Entered { outer, was_tracing })
    }
}

impl Drop for Entered {
    fn drop(&mut self) {
        set_tracing(self.was_tracing);
        // Calls that this loop has not recorded must not be in the trace of the next loop.
        drop(take_calls());
        with_airlock(|airlock| airlock.leave(&self.outer));
    }
}

/// While it lives, other loops can run on the thread of a loop whose world drives them.
#[must_use]
pub(crate) struct Beside {
    inner: Inner,
    was_tracing: bool,
}

impl Beside {
    /// To be made where no task of the loop that runs has its turn.
    pub(crate) fn new() -> Beside {
        let was_tracing = set_tracing(false);
        let inner = with_airlock(Airlock::step_out);
        Beside { inner, was_tracing }
    }
}

impl Drop for Beside {
    fn drop(&mut self) {
        with_airlock(|airlock| airlock.step_in(&self.inner));
        set_tracing(self.was_tracing);
        // The others may have taken that from the loop that runs.
        set_changed();
    }
}

/// The controller that a coroutine's body yields through. Only `yield_!` calls it.
///
/// It is empty: a coroutine runs on the thread that made it, where the airlock is. So it must not be sent to another thread.
#[derive(Debug)]
pub struct Co(PhantomData<Rc<()>>);

impl Co {
    pub(crate) fn new() -> Co {
        Co(PhantomData)
    }
}

impl Co {
    /// Asks the loop, and waits for the answer.
    ///
    /// # Panics
    ///
    /// If the previous request of the same coroutine has not been answered yet.
    #[inline]
    pub fn request<R: Request>(&self, request: R) -> impl Future<Output = R::Answer> {
        if R::HOW.is_now() {
            with_airlock(Airlock::yield_now);
        }
        asking(request, R::loop_core_ask)
    }
}

/// A future for a request, which `ask` makes one for the loop and a function that reads the answer.
#[inline]
fn asking<R: Request, S, F>(request: R, ask: S) -> impl Future<Output = R::Answer>
where
    S: FnOnce(R) -> (Yield, F),
    F: FnOnce(Resume) -> R::Answer,
{
    Asking {
        request: (!R::HOW.is_now()).then_some((request, ask)),
        read: None,
    }
}

/// Puts the request into the airlock, waits for control to come back, and reads the answer.
struct Asking<R, S, F> {
    /// There until it is in the airlock.
    request: Option<(R, S)>,
    /// Reads the answer of a request that keeps something for it.
    read: Option<F>,
}

/// The request is moved, never pinned.
impl<R, S, F> Unpin for Asking<R, S, F> {}

impl<R: Request, S, F> Future for Asking<R, S, F>
where
    S: FnOnce(R) -> (Yield, F),
    F: FnOnce(Resume) -> R::Answer,
{
    type Output = R::Answer;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<R::Answer> {
        let Asking { request, read } = self.get_mut();
        if R::HOW.is_in_place() {
            return match request {
                Some((request, _)) => request.loop_core_run(cx),
                None => Poll::Pending,
            };
        }
        // Nothing is kept for most answers, and then this is known when the program is compiled.
        let keeps = size_of::<F>() > 0;
        with_airlock(|airlock| {
            if !R::HOW.is_now() && request.is_some() {
                airlock.ask(request, |(request, ask)| {
                    if !keeps {
                        return request.into_yield();
                    }
                    let (request, reads) = ask(request);
                    *read = Some(reads);
                    request
                });
                return Poll::Pending;
            }
            if !airlock.has_control() {
                return Poll::Pending;
            }
            if R::HOW.is_now() {
                return Poll::Ready(R::answer(Resume::Unit));
            }
            if keeps {
                // What the request keeps has the answer.
                return match read.take() {
                    Some(read) => Poll::Ready(read(Resume::Unit)),
                    None => Poll::Pending,
                };
            }
            // Not `unwrap_or`, which makes the default and drops it when there is an answer.
            Poll::Ready(match airlock.take_answer() {
                Some(answer) => R::answer(answer),
                None => R::answer(Resume::Unit),
            })
        })
    }
}

/// A coroutine whose body runs to its first request now: what `#[coroutine]` calls.
///
/// A panic of the body is the coroutine's failure, not the caller's. Priming nests 64 deep, or 512 KiB of the machine's stack; beyond that the body
/// starts when the loop first resumes it.
pub fn prime<O: Origin, F, V>(
    _: O,
    arguments: Arguments,
    body: impl FnOnce(Co) -> F,
    value: V,
) -> Coroutine<F::Output>
where
    F: Future<Output: 'static> + 'static,
    V: Fn(&F::Output) -> Shown<'_> + 'static,
{
    let raw = with_airlock(|airlock| {
        // The body is made here, because a future that is passed on is copied once more.
        coroutine::prime::<O, F, V, _, _>(airlock, body(Co::new()), value, arguments)
    });
    Coroutine::from_raw(raw)
}

/// A coroutine whose body starts when the loop first resumes it: what `#[coroutine(lazy)]` calls.
pub fn lazy<O: Origin, F, V>(
    _: O,
    arguments: Arguments,
    body: impl FnOnce(Co) -> F,
    value: V,
) -> Coroutine<F::Output>
where
    F: Future<Output: 'static> + 'static,
    V: Fn(&F::Output) -> Shown<'_> + 'static,
{
    let raw = coroutine::lazy::<O, F, V>(body(Co::new()), value, arguments);
    Coroutine::from_raw(raw)
}
