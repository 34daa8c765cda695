//! What becomes of the outcomes of tasks that belong together.

use std::cell::RefCell;
use std::collections::BTreeMap;

use super::members::{Outcome, Outcomes};
use super::turns::{InTurns, Turns};
use crate::request::{Asker, Holder};

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
pub(super) struct InTurn(Turns<(usize, Outcome)>);

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
        self.0.push((number, how));
        false
    }

    fn goes_on(&self, asker: Asker) -> bool {
        self.0.admit(asker)
    }

    fn is_waited_for(&self, asker: Holder) -> bool {
        !self.0.is_waited_for_by(asker)
    }
}

impl InTurns for InTurn {
    type Value = (usize, Outcome);

    fn turns(&self) -> &Turns<(usize, Outcome)> {
        &self.0
    }
}
