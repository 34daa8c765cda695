//! [`AnyGenerator`]: what all kinds of generator can do.

use super::{GeneratorState, ResumeError, SendError};

/// Any generator: a [`Generator`](crate::Generator), a [`BoxGenerator`](crate::BoxGenerator), a
/// [`SharedGenerator`](crate::SharedGenerator), or an `&mut` to one. Python's `collections.abc.Generator`.
///
/// A function that takes `impl AnyGenerator` works with all of them, so a filter or a target is written once. For a generator
/// that receives nothing, and of which you need only the values, `impl Iterator` is enough: each kind is an iterator then.
///
/// ```
/// use loop_core::{AnyGenerator, BoxGenerator, SharedGenerator};
///
/// #[loop_core::coroutine(receives = String)]
/// fn shout(mut target: impl AnyGenerator<Receive = String>) {
///     loop {
///         let line = yield_!();
///         if target.send(line.to_uppercase()).is_err() {
///             return;
///         }
///     }
/// }
///
/// #[loop_core::coroutine(receives = String)]
/// fn collect(lines: std::rc::Rc<std::cell::RefCell<Vec<String>>>) {
///     loop {
///         let line = yield_!();
///         lines.borrow_mut().push(line);
///     }
/// }
///
/// let lines = Default::default();
/// let boxed: BoxGenerator<'_, (), String> = collect(std::rc::Rc::clone(&lines)).boxed();
/// let shared: SharedGenerator<(), String, (), _> = collect(std::rc::Rc::clone(&lines)).shared();
/// shout(collect(std::rc::Rc::clone(&lines))).send("one".to_owned())?;
/// shout(boxed).send("two".to_owned())?;
/// shout(shared.clone()).send("three".to_owned())?;
/// shared.send("four".to_owned())?;
/// assert_eq!(*lines.borrow(), ["ONE", "TWO", "THREE", "four"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait AnyGenerator {
    /// The type of the values that it yields.
    type Yield;
    /// The type of the values that it receives at each yield.
    type Receive;
    /// The type of the value that it returns.
    type Return;

    /// Its state.
    ///
    /// ```
    /// use loop_core::{AnyGenerator, GeneratorState};
    ///
    /// fn has_ended(generator: &impl AnyGenerator) -> bool {
    ///     generator.state() == GeneratorState::Finished
    /// }
    ///
    /// #[loop_core::generator]
    /// fn tick() {
    ///     yield_!();
    /// }
    ///
    /// assert!(!has_ended(&tick()));
    /// assert!(!has_ended(&tick().shared()));
    /// ```
    fn state(&self) -> GeneratorState;

    /// Runs it to its first yield. `Ok(None)` when its body returns without one.
    ///
    /// # Errors
    ///
    /// [`ResumeError::AlreadyStarted`], [`ResumeError::Finished`], and [`ResumeError::Running`] for a shared one.
    ///
    /// ```
    /// use loop_core::{AnyGenerator, ResumeError};
    ///
    /// /// Runs it to its first yield, if nobody has done that before.
    /// fn prime<G: AnyGenerator>(target: &mut G) -> Option<G::Yield> {
    ///     match target.start() {
    ///         Ok(first) => first,
    ///         Err(ResumeError::AlreadyStarted) => None,
    ///         Err(error) => panic!("{error}"),
    ///     }
    /// }
    ///
    /// #[loop_core::generator(yields = u32, receives = u32)]
    /// fn sum() {
    ///     let mut sum = 0;
    ///     loop {
    ///         sum += yield_!(sum);
    ///     }
    /// }
    ///
    /// let mut g = sum();
    /// assert_eq!(prime(&mut g), Some(0));
    /// assert_eq!(prime(&mut g), None);
    /// ```
    fn start(&mut self) -> Result<Option<Self::Yield>, ResumeError>;

    /// Gives `value` to the yield where it waits, and runs it to its next one. `Ok(None)` when its body returns instead.
    ///
    /// # Errors
    ///
    /// [`ResumeError::NotStarted`], [`ResumeError::Finished`], and [`ResumeError::Running`] for a shared one. The error has
    /// the value in it.
    ///
    /// ```
    /// use loop_core::{AnyGenerator, SendError};
    ///
    /// fn send_all<G: AnyGenerator>(
    ///     target: &mut G,
    ///     values: Vec<G::Receive>,
    /// ) -> Result<(), SendError<G::Receive>> {
    ///     values.into_iter().try_for_each(|value| target.send(value).map(drop))
    /// }
    ///
    /// #[loop_core::generator(yields = u32, receives = u32)]
    /// fn sum() {
    ///     let mut sum = 0;
    ///     loop {
    ///         sum += yield_!(sum);
    ///     }
    /// }
    ///
    /// let mut g = sum().shared();
    /// g.start()?;
    /// send_all(&mut g, vec![1, 2, 3])?;
    /// assert_eq!(g.send(4)?, Some(10));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    fn send(
        &mut self,
        value: Self::Receive,
    ) -> Result<Option<Self::Yield>, SendError<Self::Receive>>;

    /// Runs it to its next yield, whether or not it was started: Python's `next`. `Ok(None)` when its body returns instead.
    ///
    /// # Errors
    ///
    /// [`ResumeError::Finished`], and [`ResumeError::Running`] for a shared one.
    ///
    /// ```
    /// use loop_core::AnyGenerator;
    ///
    /// #[loop_core::generator(yields = u32)]
    /// fn pairs(mut numbers: impl AnyGenerator<Yield = u32, Receive = ()>) {
    ///     while let (Ok(Some(a)), Ok(Some(b))) = (numbers.resume(), numbers.resume()) {
    ///         yield_!(a + b);
    ///     }
    /// }
    ///
    /// #[loop_core::generator(yields = u32)]
    /// fn up_to(end: u32) {
    ///     for n in 0..end {
    ///         yield_!(n);
    ///     }
    /// }
    ///
    /// assert_eq!(pairs(up_to(5)).collect::<Vec<_>>(), [1, 5]);
    /// assert_eq!(pairs(up_to(5).shared()).collect::<Vec<_>>(), [1, 5]);
    /// ```
    fn resume(&mut self) -> Result<Option<Self::Yield>, ResumeError>
    where
        Self: Sized + AnyGenerator<Receive = ()>,
    {
        match self.state() {
            GeneratorState::Created => self.start(),
            _ => self.send(()).map_err(|error| error.reason),
        }
    }

    /// Drops its body with all its locals, the last one first. Closing it again does nothing.
    ///
    /// # Errors
    ///
    /// [`ResumeError::Running`] for a shared one.
    ///
    /// ```
    /// use loop_core::AnyGenerator;
    ///
    /// fn first<G: AnyGenerator<Receive = ()>>(mut generator: G) -> Option<G::Yield> {
    ///     let first = generator.resume().ok()?;
    ///     generator.close().ok()?;
    ///     first
    /// }
    ///
    /// #[loop_core::generator(yields = u32)]
    /// fn count() {
    ///     for n in 0.. {
    ///         yield_!(n);
    ///     }
    /// }
    ///
    /// let shared = count().shared();
    /// assert_eq!(first(shared.clone()), Some(0));
    /// assert!(shared.resume().is_err());
    /// ```
    fn close(&mut self) -> Result<(), ResumeError>;

    /// Takes the value that its body returned. `None` before it has, when it was closed, and when the value was taken before.
    ///
    /// ```
    /// use loop_core::AnyGenerator;
    ///
    /// fn outcome<G: AnyGenerator<Receive = ()>>(mut generator: G) -> Option<G::Return> {
    ///     while let Ok(Some(_)) = generator.resume() {}
    ///     generator.take_return()
    /// }
    ///
    /// #[loop_core::generator]
    /// fn done() -> &'static str {
    ///     yield_!();
    ///     "done"
    /// }
    ///
    /// assert_eq!(outcome(done()), Some("done"));
    /// assert_eq!(outcome(done().shared()), Some("done"));
    /// ```
    fn take_return(&mut self) -> Option<Self::Return>;
}

impl<G: AnyGenerator + ?Sized> AnyGenerator for &mut G {
    type Yield = G::Yield;
    type Receive = G::Receive;
    type Return = G::Return;

    fn state(&self) -> GeneratorState {
        (**self).state()
    }

    fn start(&mut self) -> Result<Option<G::Yield>, ResumeError> {
        (**self).start()
    }

    fn send(&mut self, value: G::Receive) -> Result<Option<G::Yield>, SendError<G::Receive>> {
        (**self).send(value)
    }

    fn close(&mut self) -> Result<(), ResumeError> {
        (**self).close()
    }

    fn take_return(&mut self) -> Option<G::Return> {
        (**self).take_return()
    }
}
