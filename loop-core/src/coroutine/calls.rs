//! What a trace shows of calls: the arguments of each coroutine, and which coroutines were primed in a step.
//!
//! This data is in this thread's locals, not in the frames. So frames are no larger than without a trace, and a program that
//! is not traced only reads one flag per call.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::mem::ManuallyDrop;

use super::describe::Described;
use super::frame::{AnyFrame, FrameOfThisThread, PrimeState};
use super::site::Site;
use super::way::take_way;

/// A call that has primed a coroutine: its arguments, and how far the body ran.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Call {
    pub(crate) site: &'static Site,
    pub(crate) arguments: Option<Box<str>>,
    /// How many bodies were being primed when this one began: 0 if the running body made the call.
    pub(crate) depth: u32,
    /// [`PrimeState::Unstarted`] if priming was nested too deep.
    pub(crate) asked: PrimeState,
    /// The address of the frame, once the call has ended.
    frame: Option<usize>,
}

thread_local! {
    // None of them has a destructor: coroutines may be made and dropped while the thread ends.
    /// How many coroutines have arguments here. Read for every coroutine that is used, so it is as cheap as a flag.
    static KEPT: Cell<usize> = const { Cell::new(0) };
    static LOG: ManuallyDrop<RefCell<Vec<Call>>> =
        const { ManuallyDrop::new(RefCell::new(Vec::new())) };
    /// By the address of the frame.
    static ARGUMENTS: ManuallyDrop<RefCell<BTreeMap<usize, Box<str>>>> =
        const { ManuallyDrop::new(RefCell::new(BTreeMap::new())) };
}

/// Whether coroutines were primed since the last [`take_calls`].
#[inline]
pub(crate) fn has_calls() -> bool {
    LOG.with(|log| !log.borrow().is_empty())
}

/// Takes the coroutines that were primed since the last call, in the order in which their bodies began.
#[inline]
pub(crate) fn take_calls() -> Vec<Call> {
    match has_calls() {
        true => LOG.with(|log| log.take()),
        false => Vec::new(),
    }
}

/// Forgets the call that has primed `root`, because the trace shows it in another way. The calls that `root` has made count as
/// calls of the loop.
pub(crate) fn forget_call(root: &AnyFrame) {
    LOG.with(|log| {
        let mut log = log.borrow_mut();
        // The last one: a frame that was dropped may have had the address before. The site tells a coroutine that was not
        // primed, and so is not in the log, from such a frame.
        let is_root = |call: &Call| call.frame == Some(address(root)) && call.site == root.site();
        let Some(place) = log.iter().rposition(is_root) else {
            return;
        };
        let Call { depth, .. } = log.remove(place);
        let nested = log[place..]
            .iter_mut()
            .take_while(|call| call.depth > depth);
        nested.for_each(|call| call.depth -= 1);
    });
}

/// Logs a body that begins.
#[cold]
#[inline(never)]
pub(super) fn began(call: &mut Described, site: &'static Site, depth: u32) {
    let logged = Call {
        site,
        arguments: Some(call.arguments.clone()),
        depth,
        asked: PrimeState::Unstarted,
        frame: None,
    };
    LOG.with(|log| {
        let mut log = log.borrow_mut();
        call.place = log.len();
        log.push(logged);
    });
}

/// Logs how far a body ran, and keeps its arguments.
#[cold]
#[inline(never)]
#[expect(clippy::boxed_local, reason = "its callers keep it in a register")]
pub(super) fn ended(call: Box<Described>, frame: &AnyFrame) {
    with_call(call.place, |call| {
        call.asked = frame.prime_state();
        call.frame = Some(address(frame));
    });
    keep_arguments(frame, call.arguments);
    // The loop polls the body again before a trace shows where it is.
    drop(take_way());
}

/// As [`ended`], for a body that never becomes a frame of the loop.
#[cold]
#[inline(never)]
#[expect(clippy::boxed_local, reason = "its callers keep it in a register")]
pub(super) fn ran(call: Box<Described>, state: PrimeState) {
    with_call(call.place, |call| call.asked = state);
    drop(take_way());
}

/// Changes the call at `place`, if the log still has it.
fn with_call(place: usize, change: impl FnOnce(&mut Call)) {
    LOG.with(|log| log.borrow_mut().get_mut(place).map(change));
}

/// Keeps the arguments of a coroutine until [`take_arguments`].
#[cold]
pub(super) fn keep_arguments(frame: &AnyFrame, arguments: Box<str>) {
    ARGUMENTS.with(|kept| {
        let mut kept = kept.borrow_mut();
        kept.insert(address(frame), arguments);
        KEPT.set(kept.len());
    });
}

/// Takes the arguments that a coroutine was called with. This, or [`without_arguments`], must be called when a coroutine becomes
/// a frame or is dropped, whether or not it is traced: arguments are kept by address, and another frame may have the address
/// later.
#[inline]
pub(crate) fn take_arguments(frame: &AnyFrame) -> Option<Box<str>> {
    match KEPT.get() {
        0 => None,
        _ => take_kept(frame),
    }
}

/// The frame, after its arguments were dropped. By value, because a frame that is passed by reference has to lie in memory.
#[inline]
pub(super) fn without_arguments(frame: AnyFrame) -> AnyFrame {
    match KEPT.get() {
        0 => frame,
        _ => without_kept(frame),
    }
}

#[cold]
#[inline(never)]
fn without_kept(frame: AnyFrame) -> AnyFrame {
    drop(take_kept(&frame));
    frame
}

#[cold]
fn take_kept(frame: &AnyFrame) -> Option<Box<str>> {
    ARGUMENTS.with(|kept| {
        let mut kept = kept.borrow_mut();
        let arguments = kept.remove(&address(frame));
        KEPT.set(kept.len());
        arguments
    })
}

/// Tells frames that live at the same time apart.
pub(crate) fn address(frame: &AnyFrame) -> usize {
    std::ptr::from_ref::<dyn FrameOfThisThread>(&**frame).addr()
}
