//! Closing a coroutine: dropping its body, and with it the coroutines it holds, however deep they nest.
//!
//! A coroutine may hold another one that holds another one, a million deep. Plain destructors would recurse as deep
//! and overflow the machine's stack. So past a certain depth a coroutine is put aside instead, and
//! closed by the outermost destructor when the nested ones have returned.

use std::cell::{Cell, RefCell};

use super::frame::AnyFrame;

/// Destructors may nest this deep before coroutines are put aside.
const DEPTH: u32 = 32;

thread_local! {
    static NESTED: Cell<u32> = const { Cell::new(0) };
    static ASIDE: RefCell<Vec<AnyFrame>> = const { RefCell::new(Vec::new()) };
}

/// Drops `frame`.
pub(crate) fn deep_drop(frame: AnyFrame) {
    // The thread may be ending: what was put aside is gone, and with it the bound on depth.
    let nested = NESTED.try_with(Cell::get).unwrap_or(0);
    if nested >= DEPTH {
        let mut frame = Some(frame);
        let _ = ASIDE.try_with(|aside| aside.borrow_mut().extend(frame.take()));
        return;
    }
    let _guard = Nesting::enter();
    drop(frame);
    if nested == 0 {
        close_aside();
    }
}

fn close_aside() {
    let next = || ASIDE.try_with(|aside| aside.borrow_mut().pop());
    while let Ok(Some(frame)) = next() {
        drop(frame);
    }
}

/// Counts one level of destructors, also when one of them panics.
struct Nesting;

impl Nesting {
    fn enter() -> Nesting {
        let _ = NESTED.try_with(|nested| nested.set(nested.get() + 1));
        Nesting
    }
}

impl Drop for Nesting {
    fn drop(&mut self) {
        let _ = NESTED.try_with(|nested| nested.set(nested.get() - 1));
    }
}
