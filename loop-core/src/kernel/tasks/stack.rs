//! A task's stack of coroutines: the top frame is in the task, the others are in a table of callers.

use super::super::table::{Entry, Table};
use crate::coroutine::AnyFrame;

/// Stands where the index of a caller would, in the first coroutine of a task.
pub(super) const ROOT: u32 = u32::MAX;

/// A frame that is not on top of a stack: it waits for the one that it has chained.
struct CallerFrame {
    /// There, unless the place is vacant.
    frame: Option<AnyFrame>,
    caller: u32,
    /// How many frames there are down from this one, if they are counted.
    depth: u32,
}

impl CallerFrame {
    fn blank() -> CallerFrame {
        CallerFrame {
            frame: None,
            caller: ROOT,
            depth: 0,
        }
    }
}

impl Entry for CallerFrame {
    #[inline]
    fn spare_word(&mut self) -> &mut u32 {
        &mut self.caller
    }
}

/// The frames below the top ones, of all tasks. A task has its top frame and the index of that frame's caller.
pub(super) struct Callers {
    frames: Table<CallerFrame>,
}

impl Callers {
    pub(super) fn new() -> Callers {
        Callers {
            frames: Table::new(),
        }
    }

    /// Puts a frame on top of a stack.
    #[inline]
    pub(super) fn call(&mut self, top: &mut Option<AnyFrame>, caller: &mut u32, frame: AnyFrame) {
        let (place, below) = self.frames.claim(CallerFrame::blank);
        below.frame = top.replace(frame);
        below.caller = std::mem::replace(caller, place);
    }

    /// The same where the frames of each stack are counted. Gives the frame back if there are `max` already.
    pub(super) fn call_within(
        &mut self,
        top: &mut Option<AnyFrame>,
        caller: &mut u32,
        frame: AnyFrame,
        max: usize,
    ) -> Result<(), AnyFrame> {
        let below = self.frames.get(*caller).map_or(0, |caller| caller.depth);
        let depth = below + 1;
        if depth as usize >= max {
            return Err(frame);
        }
        self.call(top, caller, frame);
        self.frames[*caller].depth = depth;
        Ok(())
    }

    /// Takes the frame on top off a stack, if it is not the only one.
    #[inline]
    pub(super) fn return_from(
        &mut self,
        top: &mut Option<AnyFrame>,
        caller: &mut u32,
    ) -> Option<AnyFrame> {
        let place = *caller;
        if place == ROOT {
            return None;
        }
        let below = &mut self.frames[place];
        let inner = std::mem::replace(top, below.frame.take());
        *caller = below.caller;
        self.frames.vacate(place);
        inner
    }

    /// Visits the frames below the top one, the innermost first.
    pub(super) fn visit_below(&mut self, caller: u32, mut visit: impl FnMut(&mut AnyFrame)) {
        let mut next = caller;
        while next != ROOT {
            let below = &mut self.frames[next];
            below.frame.iter_mut().for_each(&mut visit);
            next = below.caller;
        }
    }
}
