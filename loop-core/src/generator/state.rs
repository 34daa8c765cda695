//! The state of a generator.

/// The state of a generator: Python's `inspect.getgeneratorstate`.
///
/// ```
/// use loop_core::GeneratorState;
///
/// #[loop_core::generator]
/// fn once() {
///     yield_!();
/// }
///
/// let mut g = once();
/// assert_eq!(g.state(), GeneratorState::Created);
/// g.next();
/// assert_eq!(g.state(), GeneratorState::Suspended);
/// g.next();
/// assert_eq!(g.state(), GeneratorState::Finished);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GeneratorState {
    /// Its body has not begun.
    Created,
    /// It waits at a yield.
    Suspended,
    /// Its body runs at this moment. Only a [`SharedGenerator`](crate::SharedGenerator) can give this state.
    Running,
    /// Its body has returned or panicked, or it was closed.
    Finished,
}
