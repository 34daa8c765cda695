//! Within which coroutines that run in place a body has asked, for the trace.

use std::cell::RefCell;
use std::mem::ManuallyDrop;

use super::site::Site;
use super::traced::is_tracing;

thread_local! {
    /// The innermost one first. It has no destructor: coroutines may run while the thread ends.
    static WAY: ManuallyDrop<RefCell<Vec<&'static Site>>> =
        const { ManuallyDrop::new(RefCell::new(Vec::new())) };
}

/// A coroutine that runs in place comes back to its caller with a request.
#[inline]
pub(crate) fn passes(site: impl FnOnce() -> &'static Site) {
    if is_tracing() {
        WAY.with(|way| way.borrow_mut().push(site()));
    }
}

/// Takes the way from the body that was polled to the coroutine that asked, the outermost first.
pub(crate) fn take_way() -> Vec<&'static Site> {
    WAY.with(|way| {
        let mut way = way.take();
        way.reverse();
        way
    })
}
