//! Whether calls are described for a trace: one flag per thread.

use std::cell::Cell;

thread_local! {
    static TRACING: Cell<bool> = const { Cell::new(false) };
}

/// Whether calls are described at this moment.
#[inline]
pub(crate) fn is_tracing() -> bool {
    TRACING.get()
}

/// Turns describing on or off. Gives the previous setting.
pub(crate) fn set_tracing(on: bool) -> bool {
    TRACING.replace(on)
}

/// Turns describing off while it lives: what a user's `Debug` calls is not part of the trace.
pub(super) struct Silence {
    was: bool,
}

impl Silence {
    pub(super) fn new() -> Silence {
        let was = set_tracing(false);
        Silence { was }
    }
}

impl Drop for Silence {
    fn drop(&mut self) {
        set_tracing(self.was);
    }
}
