//! Generators as Python has them: a function that yields values, and resumes where it left off.
//!
//! The attribute [`#[generator]`](macro@crate::generator) makes a function return one. A [`Generator`] that receives nothing
//! is an [`Iterator`]. One that receives values is [started](Generator::start), and then values are [sent](Generator::send).
//!
//! ```
//! #[loop_core::generator(yields = u32, receives = u32)]
//! fn doubling() -> &'static str {
//!     let mut got = yield_!(0);
//!     while got < 100 {
//!         got = yield_!(2 * got);
//!     }
//!     "enough"
//! }
//!
//! let mut g = doubling();
//! assert_eq!(g.start()?, Some(0)); // to the first yield
//! assert_eq!(g.send(4)?, Some(8));
//! assert_eq!(g.send(100)?, None);
//! assert_eq!(g.into_return(), Some("enough"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! | Python | here |
//! |---|---|
//! | `for x in g` | `for x in g`, or `for x in &mut g` to ask for the return value afterwards |
//! | `next(g)` | `g.next()`, or [`g.start()`](Generator::start) when it receives values |
//! | `g.send(v)` | [`g.send(v)`](Generator::send) |
//! | `g.close()` | [`g.close()`](Generator::close), or drop it |
//! | `StopIteration.value` | [`g.return_value()`](Generator::return_value), [`g.into_return()`](Generator::into_return) |
//! | `r = yield from g` | `let r = yield_from!(g);` |
//! | `g.throw(e)` | receive a `Result`: `receives = Result<T, E>`, and `yield_!(x)?` |
//! | `inspect.getgeneratorstate(g)` | [`g.state()`](Generator::state) |
//! | `ValueError: generator already executing` | [`ResumeError::Running`], see [`SharedGenerator`] |
//! | `collections.abc.Generator` | [`AnyGenerator`], for functions that take any kind of generator |

mod any;
mod delegating;
mod error;
mod frame;
mod shared;
mod state;

use std::fmt;
use std::iter::FusedIterator;
use std::marker::PhantomData;

pub use any::AnyGenerator;
pub use error::{ResumeError, SendError};
pub use frame::Frame;
#[doc(hidden)]
pub use frame::{Slot, Yielder, nothing};
pub use shared::SharedGenerator;
pub use state::GeneratorState;

use crate::switch::{Outside, Switched};

/// A function that is called once and then resumed: it yields `Y`s, receives an `R` at each yield, and returns a `T`.
///
/// Made by a function with the attribute [`#[generator]`](macro@crate::generator). `B` is the type of its body, which has no
/// name, like the type of a closure. The default is a boxed body, so that a struct's field can be a `Generator<u64>`: see
/// [`boxed`](Generator::boxed).
///
/// It is an [`Iterator`] if `R` is `()`. Dropping it is Python's `close`: the locals of its body are dropped, the last one
/// first. If the body panics, the panic goes to the caller that resumed it, and the generator is finished.
///
/// ```
/// #[loop_core::generator(yields = u64)]
/// fn fibonacci() {
///     let (mut a, mut b) = (0, 1);
///     loop {
///         yield_!(a);
///         (a, b) = (b, a + b);
///     }
/// }
///
/// assert_eq!(fibonacci().nth(10), Some(55));
/// ```
#[must_use = "a generator does nothing until it is resumed"]
pub struct Generator<Y, R = (), T = (), B = Box<dyn Frame<Y, R, T>>> {
    /// `None` after it has returned or was closed: the memory is freed at once.
    body: Option<B>,
    state: GeneratorState,
    returned: Option<T>,
    name: &'static str,
    exchange: PhantomData<fn(R) -> Y>,
}

/// A [`Generator`] whose type has a name, with a body that may borrow for `'a`.
///
/// ```
/// use loop_core::BoxGenerator;
///
/// #[loop_core::generator(yields = &'a str, boxed)]
/// fn words<'a>(text: &'a str) {
///     for word in text.split(' ') {
///         yield_!(word);
///     }
/// }
///
/// struct Words<'a> {
///     left: BoxGenerator<'a, &'a str>,
/// }
///
/// let mut of = Words { left: words("to be or") };
/// assert_eq!(of.left.next(), Some("to"));
/// ```
pub type BoxGenerator<'a, Y, R = (), T = ()> = Generator<Y, R, T, Box<dyn Frame<Y, R, T> + 'a>>;

impl<Y, R, T, B> Generator<Y, R, T, B> {
    /// The name of the function that made it.
    ///
    /// ```
    /// #[loop_core::generator]
    /// fn tick() {
    ///     yield_!();
    /// }
    ///
    /// assert_eq!(tick().name(), "tick");
    /// ```
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Its state.
    ///
    /// ```
    /// use loop_core::GeneratorState;
    ///
    /// #[loop_core::generator]
    /// fn tick() {
    ///     yield_!();
    /// }
    ///
    /// let mut g = tick();
    /// assert_eq!(g.state(), GeneratorState::Created);
    /// g.next();
    /// assert_eq!(g.state(), GeneratorState::Suspended);
    /// ```
    pub fn state(&self) -> GeneratorState {
        self.state
    }

    /// The value that its body returned; `None` before it has, and when it was closed.
    ///
    /// ```
    /// #[loop_core::generator(yields = u32)]
    /// fn two() -> &'static str {
    ///     yield_!(1);
    ///     yield_!(2);
    ///     "done"
    /// }
    ///
    /// let mut g = two();
    /// for _ in &mut g {}
    /// assert_eq!(g.return_value(), Some(&"done"));
    /// ```
    pub fn return_value(&self) -> Option<&T> {
        self.returned.as_ref()
    }

    /// The value that its body returned, as [`return_value`](Generator::return_value), and the end of the generator.
    ///
    /// ```
    /// #[loop_core::generator(yields = u32)]
    /// fn two() -> String {
    ///     yield_!(1);
    ///     yield_!(2);
    ///     "done".to_owned()
    /// }
    ///
    /// let mut g = two();
    /// assert_eq!(g.by_ref().sum::<u32>(), 3);
    /// assert_eq!(g.into_return(), Some("done".to_owned()));
    /// ```
    pub fn into_return(self) -> Option<T> {
        self.returned
    }

    /// Drops its body with all its locals, the last one first. The generator is finished then; a value that it returned
    /// before is kept. Closing it again does nothing. Dropping the generator does the same.
    ///
    /// ```
    /// #[loop_core::generator(yields = u32)]
    /// fn count() {
    ///     for n in 0.. {
    ///         yield_!(n);
    ///     }
    /// }
    ///
    /// let mut g = count();
    /// assert_eq!(g.next(), Some(0));
    /// g.close();
    /// assert_eq!(g.next(), None);
    /// ```
    pub fn close(&mut self) {
        // First, so that the generator is finished also if a destructor panics.
        self.state = GeneratorState::Finished;
        self.body = None;
    }

    /// What the `yield_!` of a coroutine calls, which says that it is no request.
    #[doc(hidden)]
    pub fn loop_core_detached(self)
    where
        Self: IsRequest,
    {
    }

    fn has(&self, state: GeneratorState) -> bool {
        self.state == state
    }
}

impl<Y, R, T, B: Frame<Y, R, T>> Generator<Y, R, T, B> {
    /// Runs it to its first yield: Python's first `next(g)`. `Ok(None)` when its body returns without one.
    ///
    /// # Errors
    ///
    /// [`ResumeError::AlreadyStarted`] and [`ResumeError::Finished`].
    ///
    /// ```
    /// #[loop_core::generator(yields = f64, receives = f64)]
    /// fn average() {
    ///     let (mut sum, mut count) = (0.0, 0.0);
    ///     let mut value = yield_!(0.0);
    ///     loop {
    ///         (sum, count) = (sum + value, count + 1.0);
    ///         value = yield_!(sum / count);
    ///     }
    /// }
    ///
    /// let mut g = average();
    /// g.start()?;
    /// assert_eq!(g.send(10.0)?, Some(10.0));
    /// assert_eq!(g.send(20.0)?, Some(15.0));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn start(&mut self) -> Result<Option<Y>, ResumeError> {
        match self.state {
            GeneratorState::Created => Ok(self.resume(None)),
            GeneratorState::Finished => Err(ResumeError::Finished),
            _ => Err(ResumeError::AlreadyStarted),
        }
    }

    /// Gives `value` to the yield where it waits, and runs it to its next one. `Ok(None)` when its body returns instead.
    ///
    /// # Errors
    ///
    /// [`ResumeError::NotStarted`], as in Python, and [`ResumeError::Finished`]. The error has the value in it.
    ///
    /// ```
    /// #[loop_core::generator(yields = String, receives = u32)]
    /// fn greet() {
    ///     let mut count = yield_!("how often?".to_owned());
    ///     loop {
    ///         count = yield_!("hello ".repeat(count as usize));
    ///     }
    /// }
    ///
    /// let mut g = greet();
    /// g.start()?;
    /// assert_eq!(g.send(2)?.as_deref(), Some("hello hello "));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[inline]
    pub fn send(&mut self, value: R) -> Result<Option<Y>, SendError<R>> {
        match self.state {
            GeneratorState::Suspended => Ok(self.resume(Some(value))),
            GeneratorState::Created => Err(SendError {
                value,
                reason: ResumeError::NotStarted,
            }),
            _ => Err(SendError {
                value,
                reason: ResumeError::Finished,
            }),
        }
    }

    /// Gives its type a name, for a struct's field or a `Vec` of different ones, at the price of an allocation and an
    /// indirect call per resume. `#[generator(boxed)]` does it from the start.
    ///
    /// Generators that hold one another are resumed and dropped by calls that nest as deep as they do. On a thread with 2 MiB of
    /// stack, as the threads of tests have, 2,000 levels are safe in a debug build and 20,000 in a release build; far beyond
    /// that the stack overflows. For deeper nesting use a [`Coroutine`](crate::Coroutine): the event loop resumes and drops
    /// coroutines without nested calls. Generators cannot be put aside and dropped later, because they may borrow from their
    /// holder.
    ///
    /// ```
    /// use loop_core::Generator;
    ///
    /// #[loop_core::generator(yields = u32)]
    /// fn up() {
    ///     for n in 0.. {
    ///         yield_!(n);
    ///     }
    /// }
    ///
    /// #[loop_core::generator(yields = u32)]
    /// fn down() {
    ///     for n in (0..9).rev() {
    ///         yield_!(n);
    ///     }
    /// }
    ///
    /// let both: Vec<Generator<u32>> = vec![up().boxed(), down().boxed()];
    /// let first: Vec<_> = both.into_iter().filter_map(|mut g| g.next()).collect();
    /// assert_eq!(first, [0, 8]);
    /// ```
    pub fn boxed<'a>(self) -> BoxGenerator<'a, Y, R, T>
    where
        B: 'a,
    {
        let Generator {
            body,
            state,
            returned,
            name,
            exchange,
        } = self;
        let body = body.map(|body| Box::new(body) as Box<dyn Frame<Y, R, T> + 'a>);
        Generator {
            body,
            state,
            returned,
            name,
            exchange,
        }
    }

    /// Starts it, or resumes it with `again` when it was started before.
    fn begin(&mut self, again: Option<R>) -> Option<Y> {
        let refused = self.has(GeneratorState::Suspended) && again.is_none();
        assert!(
            !refused,
            "yield_from!: `{}` was started before and waits for a value that `yield_from!` does not have",
            self.name
        );
        self.resume(if self.has(GeneratorState::Created) {
            None
        } else {
            again
        })
    }

    /// Runs the body, if there is one to run.
    #[inline]
    fn resume(&mut self, sent: Option<R>) -> Option<Y> {
        if self.has(GeneratorState::Finished) {
            return None;
        }
        // Finished until the body comes back, so that it stays finished if the body panics. No caller can see it meanwhile.
        self.state = GeneratorState::Finished;
        match self.body.as_mut()?.resume(sent) {
            Switched::Yielded(value) => {
                self.state = GeneratorState::Suspended;
                Some(value)
            }
            Switched::Complete(value) => {
                self.returned = Some(value);
                self.body = None;
                None
            }
        }
    }
}

impl<Y, R, T, B: Frame<Y, R, T>> AnyGenerator for Generator<Y, R, T, B> {
    type Yield = Y;
    type Receive = R;
    type Return = T;

    fn state(&self) -> GeneratorState {
        self.state
    }

    fn start(&mut self) -> Result<Option<Y>, ResumeError> {
        Generator::start(self)
    }

    #[inline]
    fn send(&mut self, value: R) -> Result<Option<Y>, SendError<R>> {
        Generator::send(self, value)
    }

    fn close(&mut self) -> Result<(), ResumeError> {
        Generator::close(self);
        Ok(())
    }

    fn take_return(&mut self) -> Option<T> {
        self.returned.take()
    }
}

/// Nothing implements it.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "a generator is no request of the event loop",
    label = "a coroutine cannot yield a generator",
    note = "it yields to the code that iterates: `for value in generator {{ … }}`"
)]
pub trait IsRequest {}

/// Gives what the generator yields, until it returns; then `None` for ever.
impl<Y, R: NothingReceived, T, B: Frame<Y, R, T>> Iterator for Generator<Y, R, T, B> {
    type Item = Y;

    #[inline]
    fn next(&mut self) -> Option<Y> {
        // The first one starts the body, which drops the `()`.
        self.resume(Some(R::NOTHING))
    }
}

impl<Y, R: NothingReceived, T, B: Frame<Y, R, T>> FusedIterator for Generator<Y, R, T, B> {}

/// What an iterator receives: `()`. It is a bound, so that rustc can say why a generator is none.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "a generator that receives a `{Self}` is no iterator",
    label = "to iterate sends nothing",
    note = "resume it with `start` and `send`",
    note = "a generator without `receives = …` is an iterator"
)]
pub trait NothingReceived {
    /// The value.
    const NOTHING: Self;
}

impl NothingReceived for () {
    const NOTHING: () = ();
}

impl<Y, R, T, B> fmt::Debug for Generator<Y, R, T, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Generator")
            .field("name", &self.name)
            .field("state", &self.state)
            .finish()
    }
}

/// Makes a generator of a body that the macros have expanded.
#[doc(hidden)]
pub fn generate<Y, S: Slot, F: Future>(
    name: &'static str,
    body: impl FnOnce(Yielder<Y, S>) -> F,
) -> Generator<Y, S::Received, F::Output, impl Frame<Y, S::Received, F::Output>> {
    Generator {
        body: Some(Outside::new(|inside| body(Yielder::new(inside)))),
        state: GeneratorState::Created,
        returned: None,
        name,
        exchange: PhantomData,
    }
}

/// Primes a receiver: its caller can send at once.
#[doc(hidden)]
pub fn started<R, T, B: Frame<(), R, T>>(
    mut receiver: Generator<(), R, T, B>,
) -> Generator<(), R, T, B> {
    receiver.resume(None);
    receiver
}
