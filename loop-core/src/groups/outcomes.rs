//! What becomes of the outcomes of tasks that belong together.

use std::cell::RefCell;
use std::collections::{BTreeMap, VecDeque};

use super::members::{Outcome, Outcomes};

/// Keeps all; the first panic decides.
#[derive(Default)]
pub(super) struct UntilPanic(pub(super) RefCell<BTreeMap<usize, Outcome>>);

/// Keeps the first, which decides.
#[derive(Default)]
pub(super) struct First(pub(super) RefCell<Option<(usize, Outcome)>>);

/// Keeps the outcome of the only one.
#[derive(Default)]
pub(super) struct Only(pub(super) RefCell<Option<Outcome>>);

/// Keeps them in the order in which the tasks end, until they are asked for.
#[derive(Default)]
pub(super) struct InTurn(pub(super) RefCell<VecDeque<(usize, Outcome)>>);

impl Outcomes for UntilPanic {
    fn ended(&self, number: usize, how: Outcome) -> bool {
        let decides = how.is_err();
        self.0.borrow_mut().insert(number, how);
        decides
    }
}

impl Outcomes for First {
    fn ended(&self, number: usize, how: Outcome) -> bool {
        let mut first = self.0.borrow_mut();
        if first.is_none() {
            *first = Some((number, how));
        }
        true
    }
}

impl Outcomes for Only {
    fn ended(&self, _: usize, how: Outcome) -> bool {
        *self.0.borrow_mut() = Some(how);
        false
    }

    fn passes_cancellation(&self) -> bool {
        true
    }
}

impl Outcomes for InTurn {
    fn ended(&self, number: usize, how: Outcome) -> bool {
        self.0.borrow_mut().push_back((number, how));
        false
    }

    fn has_next(&self) -> bool {
        !self.0.borrow().is_empty()
    }
}
