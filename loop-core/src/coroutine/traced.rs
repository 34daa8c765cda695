//! Whether calls are described for a trace: one flag per thread.

use std::cell::Cell;

thread_local! {
    static TRACING: Cell<bool> = const { Cell::new(false) };
}

/// Whether calls are to be described.
#[inline]
pub(crate) fn is_tracing() -> bool {
    TRACING.get()
}

/// Turns describing on or off, and says what it was.
pub(crate) fn set_tracing(on: bool) -> bool {
    TRACING.replace(on)
}

/// While it lives, nothing is described: what a user's `Debug` calls is not part of the trace.
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
