//! The policy that makes the recorded choices again.

use std::cell::Cell;
use std::collections::VecDeque;
use std::rc::Rc;

use loop_core::policy::{Choice, Policy};
use loop_core::trace::{Detail, EventKind, Trace};

pub(crate) struct Replay {
    /// The kind of each choice, its options, and the one that was picked.
    choices: VecDeque<(Choice, usize, usize)>,
    /// The loop asked for a choice that is not the recorded one.
    strayed: Rc<Cell<bool>>,
}

impl Replay {
    pub(crate) fn of(trace: &Trace, strayed: &Rc<Cell<bool>>) -> Replay {
        let choices =
            trace
                .events()
                .iter()
                .filter_map(|event| match (event.kind(), event.detail()) {
                    (EventKind::Chose(choice), Detail::Options(options)) => {
                        Some((choice, options.of as usize, options.picked as usize))
                    }
                    _ => None,
                });
        Replay {
            choices: choices.collect(),
            strayed: Rc::clone(strayed),
        }
    }
}

impl Policy for Replay {
    fn choose(&mut self, choice: Choice, options: usize) -> usize {
        match self.choices.pop_front() {
            Some((recorded, of, picked)) if (recorded, of) == (choice, options) => picked,
            _ => {
                self.strayed.set(true);
                0
            }
        }
    }

    fn name(&self) -> String {
        "replay".to_owned()
    }
}
