//! Whether a running body has changed something for which tasks may wait.

use std::cell::Cell;

thread_local! {
    // One per thread, like the airlock, because the loop looks at it after each step. What has changed is told to the loop itself.
    static CHANGED: Cell<bool> = const { Cell::new(false) };
}

/// Notes that something has changed.
#[inline]
pub(crate) fn set_changed() {
    CHANGED.set(true);
}

/// Whether something has changed since the last call.
#[inline(always)]
pub(crate) fn take_changed() -> bool {
    CHANGED.get() && CHANGED.replace(false)
}
