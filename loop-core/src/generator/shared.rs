//! A generator that several places can resume.

use std::cell::RefCell;
use std::fmt;
use std::iter::FusedIterator;
use std::rc::Rc;

use super::{AnyGenerator, Frame, Generator, GeneratorState, ResumeError, SendError};

/// A handle of a generator that can be cloned, as in Python several names can refer to one generator.
///
/// A `Generator` is resumed through `&mut`, so its own body cannot resume it. Through a handle the body can try, and gets
/// [`ResumeError::Running`]; an `Rc<RefCell<Generator>>` would panic about a borrow.
///
/// ```
/// use loop_core::{GeneratorState, ResumeError};
///
/// #[loop_core::generator(yields = u32)]
/// fn count() {
///     for n in 0.. {
///         yield_!(n);
///     }
/// }
///
/// let mine = count().shared();
/// let yours = mine.clone();
/// assert_eq!(mine.resume(), Ok(Some(0)));
/// assert_eq!(yours.resume(), Ok(Some(1)));
/// yours.close().unwrap();
/// assert_eq!(mine.resume(), Err(ResumeError::Finished));
/// assert_eq!(mine.state(), GeneratorState::Finished);
/// ```
pub struct SharedGenerator<Y, R = (), T = (), B = Box<dyn Frame<Y, R, T>>>(
    Rc<RefCell<Generator<Y, R, T, B>>>,
);

impl<Y, R, T, B> Generator<Y, R, T, B> {
    /// Turns it into a handle that can be cloned.
    ///
    /// ```
    /// #[loop_core::generator(yields = u32)]
    /// fn count() {
    ///     for n in 0.. {
    ///         yield_!(n);
    ///     }
    /// }
    ///
    /// let mine = count().shared();
    /// let mut yours = mine.clone();
    /// assert_eq!(mine.resume(), Ok(Some(0)));
    /// assert_eq!(yours.next(), Some(1));
    /// ```
    pub fn shared(self) -> SharedGenerator<Y, R, T, B> {
        SharedGenerator::new(self)
    }
}

impl<Y, R, T, B> Clone for SharedGenerator<Y, R, T, B> {
    fn clone(&self) -> Self {
        SharedGenerator(Rc::clone(&self.0))
    }
}

impl<Y, R, T, B> SharedGenerator<Y, R, T, B> {
    pub(super) fn new(generator: Generator<Y, R, T, B>) -> Self {
        SharedGenerator(Rc::new(RefCell::new(generator)))
    }

    /// Its state. [`GeneratorState::Running`] if its own body asks.
    ///
    /// ```
    /// use loop_core::GeneratorState;
    ///
    /// #[loop_core::generator]
    /// fn tick() {
    ///     yield_!();
    /// }
    ///
    /// let g = tick().shared();
    /// assert_eq!(g.state(), GeneratorState::Created);
    /// ```
    pub fn state(&self) -> GeneratorState {
        self.0
            .try_borrow()
            .map_or(GeneratorState::Running, |generator| generator.state())
    }

    /// A copy of the value that its body returned, as [`Generator::return_value`].
    ///
    /// ```
    /// #[loop_core::generator]
    /// fn done() -> &'static str {
    ///     yield_!();
    ///     "done"
    /// }
    ///
    /// let g = done().shared();
    /// g.clone().for_each(drop);
    /// assert_eq!(g.return_value(), Some("done"));
    /// ```
    pub fn return_value(&self) -> Option<T>
    where
        T: Clone,
    {
        self.0.try_borrow().ok()?.return_value().cloned()
    }

    /// Drops its body and everything in it, as [`Generator::close`].
    ///
    /// # Errors
    ///
    /// [`ResumeError::Running`], as a body can't be dropped while it runs.
    ///
    /// ```
    /// use loop_core::ResumeError;
    ///
    /// #[loop_core::generator(yields = u32)]
    /// fn count() {
    ///     for n in 0.. {
    ///         yield_!(n);
    ///     }
    /// }
    ///
    /// let g = count().shared();
    /// g.close()?;
    /// assert_eq!(g.resume(), Err(ResumeError::Finished));
    /// # Ok::<(), ResumeError>(())
    /// ```
    pub fn close(&self) -> Result<(), ResumeError> {
        self.0
            .try_borrow_mut()
            .map(|mut generator| generator.close())
            .map_err(|_| ResumeError::Running)
    }
}

impl<Y, R, T, B: Frame<Y, R, T>> SharedGenerator<Y, R, T, B> {
    /// Runs it to its first yield, as [`Generator::start`].
    ///
    /// # Errors
    ///
    /// As [`Generator::start`], and [`ResumeError::Running`].
    ///
    /// ```
    /// #[loop_core::generator(yields = u32, receives = u32)]
    /// fn sum() {
    ///     let mut sum = 0;
    ///     loop {
    ///         sum += yield_!(sum);
    ///     }
    /// }
    ///
    /// let g = sum().shared();
    /// assert_eq!(g.start()?, Some(0));
    /// # Ok::<(), loop_core::ResumeError>(())
    /// ```
    pub fn start(&self) -> Result<Option<Y>, ResumeError> {
        self.0
            .try_borrow_mut()
            .map_err(|_| ResumeError::Running)?
            .start()
    }

    /// Sends it a value, as [`Generator::send`].
    ///
    /// # Errors
    ///
    /// As [`Generator::send`], and [`ResumeError::Running`].
    ///
    /// ```
    /// #[loop_core::generator(yields = u32, receives = u32)]
    /// fn sum() {
    ///     let mut sum = 0;
    ///     loop {
    ///         sum += yield_!(sum);
    ///     }
    /// }
    ///
    /// let g = sum().shared();
    /// g.start()?;
    /// assert_eq!(g.clone().send(3)?, Some(3));
    /// assert_eq!(g.send(4)?, Some(7));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn send(&self, value: R) -> Result<Option<Y>, SendError<R>> {
        match self.0.try_borrow_mut() {
            Ok(mut generator) => generator.send(value),
            Err(_) => Err(SendError {
                value,
                reason: ResumeError::Running,
            }),
        }
    }
}

impl<Y, T, B: Frame<Y, (), T>> SharedGenerator<Y, (), T, B> {
    /// Runs it to its next yield; `Ok(None)` when its body returns instead.
    ///
    /// # Errors
    ///
    /// [`ResumeError::Finished`] and [`ResumeError::Running`].
    ///
    /// ```
    /// use loop_core::ResumeError;
    ///
    /// #[loop_core::generator(yields = u32)]
    /// fn one() {
    ///     yield_!(1);
    /// }
    ///
    /// let g = one().shared();
    /// assert_eq!(g.resume(), Ok(Some(1)));
    /// assert_eq!(g.resume(), Ok(None));
    /// assert_eq!(g.resume(), Err(ResumeError::Finished));
    /// ```
    pub fn resume(&self) -> Result<Option<Y>, ResumeError> {
        let mut generator = self.0.try_borrow_mut().map_err(|_| ResumeError::Running)?;
        match generator.state() {
            GeneratorState::Finished => Err(ResumeError::Finished),
            _ => Ok(generator.next()),
        }
    }
}

impl<Y, R, T, B: Frame<Y, R, T>> AnyGenerator for SharedGenerator<Y, R, T, B> {
    type Yield = Y;
    type Receive = R;
    type Return = T;

    fn state(&self) -> GeneratorState {
        SharedGenerator::state(self)
    }

    fn start(&mut self) -> Result<Option<Y>, ResumeError> {
        SharedGenerator::start(self)
    }

    fn send(&mut self, value: R) -> Result<Option<Y>, SendError<R>> {
        SharedGenerator::send(self, value)
    }

    fn close(&mut self) -> Result<(), ResumeError> {
        SharedGenerator::close(self)
    }

    /// Takes it from all handles.
    fn take_return(&mut self) -> Option<T> {
        self.0.try_borrow_mut().ok()?.take_return()
    }
}

/// Gives what the generator yields to this handle, until it returns; then `None` for ever.
///
/// ```
/// #[loop_core::generator(yields = u32)]
/// fn up_to(end: u32) {
///     for n in 0..end {
///         yield_!(n);
///     }
/// }
///
/// let mine = up_to(4).shared();
/// let pairs = mine.clone().zip(mine);
/// assert_eq!(pairs.collect::<Vec<_>>(), [(0, 1), (2, 3)]);
/// ```
impl<Y, T, B: Frame<Y, (), T>> Iterator for SharedGenerator<Y, (), T, B> {
    type Item = Y;

    /// # Panics
    ///
    /// If the generator's own body calls it. [`resume`](SharedGenerator::resume) gives [`ResumeError::Running`] instead.
    fn next(&mut self) -> Option<Y> {
        match self.resume() {
            Ok(value) => value,
            Err(ResumeError::Running) => panic!("{}", ResumeError::Running),
            Err(_) => None,
        }
    }
}

impl<Y, T, B: Frame<Y, (), T>> FusedIterator for SharedGenerator<Y, (), T, B> {}

impl<Y, R, T, B> fmt::Debug for SharedGenerator<Y, R, T, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("SharedGenerator");
        if let Ok(generator) = self.0.try_borrow() {
            shown.field("name", &generator.name());
        }
        shown.field("state", &self.state()).finish()
    }
}
