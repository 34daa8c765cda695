//! Closing a coroutine: dropping its body, and with it the coroutines it holds, however deep they nest.
//!
//! Coroutines may hold each other a million deep. Plain destructors would recurse as deep and overflow the machine's stack.
//! So beyond a certain depth a coroutine is put aside, and the outermost destructor drops it after the nested ones have
//! returned.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::mem::{self, ManuallyDrop};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use super::frame::AnyFrame;

/// Destructors may nest this deep before coroutines are put aside.
const DEPTH: u32 = 32;

thread_local! {
    // Neither has a destructor, so both still work while the thread ends and its other locals drop coroutines.
    static NESTED: Cell<u32> = const { Cell::new(0) };
    static ASIDE: ManuallyDrop<RefCell<Vec<AnyFrame>>> =
        const { ManuallyDrop::new(RefCell::new(Vec::new())) };
}

/// Drops `frame`.
///
/// # Panics
///
/// If a destructor in it panics. All coroutines in it are dropped all the same. Of several panics the first one goes on.
pub(crate) fn deep_drop(frame: AnyFrame) {
    let nested = NESTED.get();
    if nested >= DEPTH {
        ASIDE.with(|aside| aside.borrow_mut().push(frame));
        return;
    }
    NESTED.set(nested + 1);
    let _nesting = Nesting { outer: nested };
    drop(frame);
}

/// One level of destructors. Its own destructor leaves the level, also after a panic.
struct Nesting {
    outer: u32,
}

impl Drop for Nesting {
    #[inline]
    fn drop(&mut self) {
        // Before the level is left: so what the drained coroutines hold is nested in this level, and is put aside too.
        let panic = match self.outer {
            0 => drain(),
            _ => Ok(()),
        };
        NESTED.set(self.outer);
        if let Err(payload) = panic {
            resume_unwind(payload);
        }
    }
}

/// Drops the coroutines that were put aside. Each drop has its own `catch_unwind`, so that a panic leaves none undropped.
#[inline]
fn drain() -> Result<(), Box<dyn Any + Send>> {
    match ASIDE.with(|aside| aside.borrow().is_empty()) {
        true => Ok(()),
        false => drain_all(),
    }
}

#[cold]
fn drain_all() -> Result<(), Box<dyn Any + Send>> {
    let mut outcome = Ok(());
    while let Some(frame) = ASIDE.with(|aside| aside.borrow_mut().pop()) {
        let dropped = catch_unwind(AssertUnwindSafe(|| drop(frame)));
        if outcome.is_ok() && !std::thread::panicking() {
            outcome = dropped;
        } else {
            // Only one panic can go on. A payload may panic in its own destructor, so it is not dropped.
            mem::forget(dropped);
        }
    }
    // The thread-local has no destructor that would free the memory.
    ASIDE.with(|aside| aside.take());
    outcome
}

#[cfg(test)]
mod tests {
    use std::cell::{Cell, RefCell};
    use std::panic::{AssertUnwindSafe, catch_unwind};
    use std::rc::Rc;

    use super::super::{Arguments, Origin, RawCoroutine, Shown, lazy};

    struct Here;
    impl Origin for Here {
        const NAME: &'static str = "here";
        const FILE: &'static str = file!();
        const LINE: u32 = line!();
    }

    /// Counts its drop, and panics in it if `panics`.
    struct Counted {
        dropped: Rc<Cell<u32>>,
        panics: bool,
    }

    impl Drop for Counted {
        fn drop(&mut self) {
            self.dropped.set(self.dropped.get() + 1);
            if self.panics {
                panic!("in a destructor");
            }
        }
    }

    /// A chain of `length` coroutines; the one at each `panicking` depth panics in its destructor.
    fn chain(length: u32, panicking: &[u32], dropped: &Rc<Cell<u32>>) -> Option<RawCoroutine> {
        let mut chain = None;
        for depth in (0..length).rev() {
            let counted = Counted {
                dropped: Rc::clone(dropped),
                panics: panicking.contains(&depth),
            };
            let held = (counted, chain.take());
            let body = async move { drop(held) };
            chain = Some(lazy::<Here, _, _>(
                body,
                |()| Shown::unknown(),
                Arguments::default(),
            ));
        }
        chain
    }

    #[test]
    fn a_destructors_panic_leaves_no_coroutine_undropped() {
        for panicking in [&[0][..], &[5], &[40], &[99], &[3, 50, 70], &[40, 99]] {
            let dropped = Rc::new(Cell::new(0));
            let chain = chain(100, panicking, &dropped);
            let outcome = catch_unwind(AssertUnwindSafe(|| drop(chain)));
            assert!(outcome.is_err(), "{panicking:?}: the panic is not lost");
            assert_eq!(dropped.get(), 100, "{panicking:?}");
        }
    }

    #[test]
    fn a_destructor_may_panic_while_its_thread_unwinds() {
        let dropped = Rc::new(Cell::new(0));
        let chain = chain(100, &[40], &dropped);
        let outcome = catch_unwind(AssertUnwindSafe(|| {
            let _chain = chain;
            panic!("outside");
        }));
        assert_eq!(outcome.unwrap_err().downcast_ref(), Some(&"outside"));
        assert_eq!(dropped.get(), 100);
    }

    thread_local! {
        static HOLDER: RefCell<Option<RawCoroutine>> = const { RefCell::new(None) };
    }

    #[test]
    fn a_long_chain_held_by_a_thread_local_is_closed_when_the_thread_ends() {
        let thread = std::thread::Builder::new().stack_size(256 * 1024);
        let thread = thread.spawn(|| {
            // Initialised before any thread-local of `deep_drop`, so it is dropped after those.
            HOLDER.with(|_| ());
            let dropped = Rc::new(Cell::new(0));
            drop(chain(100, &[], &dropped));
            HOLDER.set(chain(30_000, &[], &dropped));
        });
        thread.unwrap().join().unwrap();
    }
}
