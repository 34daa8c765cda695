//! [`Turns`]: values that are taken one at a time, while further tasks are at work.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;

use super::members::{Members, Outcomes};
use crate::request::{
    AnyCoroutine, AnyObject, Asker, Deadline, Gather, Holder, Request, Resume, Yield,
};

/// Whether a value is promised to a request for the next one.
type Ticket = Rc<Cell<bool>>;

/// Values in the order in which they came.
pub(super) struct Turns<V> {
    values: RefCell<VecDeque<V>>,
    /// How many of them are promised to tasks that have been admitted and have not gone on.
    promised: Cell<usize>,
    /// That of the request that is just being made, if it is one for the next value.
    asks: Cell<Option<Ticket>>,
    /// Those of the tasks that wait for the next value, not for the end of all tasks, in the order in which they asked. That of a request
    /// that was cancelled is left here, where nobody else has it.
    waiting: RefCell<VecDeque<(Holder, Ticket)>>,
}

impl<V> Default for Turns<V> {
    fn default() -> Turns<V> {
        Turns {
            values: RefCell::default(),
            promised: Cell::new(0),
            asks: Cell::new(None),
            waiting: RefCell::default(),
        }
    }
}

impl<V> Turns<V> {
    pub(super) fn push(&self, value: V) {
        self.values.borrow_mut().push_back(value);
    }

    pub(super) fn take_all(&self) -> VecDeque<V> {
        self.values.take()
    }

    /// Whether a task waits for the next value.
    pub(super) fn is_waited_for_by(&self, task: Holder) -> bool {
        let waiting = self.waiting.borrow();
        let mut tickets = waiting.iter().filter(|(waits, _)| *waits == task);
        tickets.any(|(_, ticket)| !is_left(ticket))
    }

    /// Whether a task goes on with a value, although tasks are left.
    pub(super) fn admit(&self, asker: Asker) -> bool {
        let mut waiting = self.waiting.borrow_mut();
        while waiting.front().is_some_and(|(_, ticket)| is_left(ticket)) {
            waiting.pop_front();
        }
        let is_there = self.values.borrow().len() > self.promised.get();
        if asker.has_waited {
            let is_askers =
                |(task, ticket): &(Holder, Ticket)| *task == asker.task && !is_left(ticket);
            let place = waiting.iter().position(is_askers);
            let place = place.filter(|_| is_there);
            let ticket = place.and_then(|place| waiting.remove(place));
            return ticket.is_some_and(|(_, ticket)| self.promise(&ticket));
        }
        match self.asks.take() {
            Some(ticket) if is_there => self.promise(&ticket),
            Some(ticket) => {
                waiting.push_back((asker.task, ticket));
                false
            }
            None => false,
        }
    }

    fn promise(&self, ticket: &Ticket) -> bool {
        self.promised.set(self.promised.get() + 1);
        ticket.set(true);
        true
    }
}

/// Whether the request of a ticket is no longer there.
fn is_left(ticket: &Ticket) -> bool {
    Rc::strong_count(ticket) == 1
}

/// Outcomes of which each is taken in its turn.
pub(super) trait InTurns: Outcomes {
    type Value;

    fn turns(&self) -> &Turns<Self::Value>;
}

/// Coroutines that are not tasks yet. A request that is dropped leaves them here.
pub(super) type Unasked = Rc<RefCell<Vec<AnyCoroutine>>>;

/// Request: the next value, of which `read` makes the answer. There is none if all tasks have ended.
pub(super) struct Next<O: InTurns, F> {
    members: Rc<Members<O>>,
    unasked: Option<Unasked>,
    read: F,
}

impl<O: InTurns, F> Next<O, F> {
    pub(super) fn new(members: &Rc<Members<O>>, unasked: Option<Unasked>, read: F) -> Next<O, F> {
        Next {
            members: Rc::clone(members),
            unasked,
            read,
        }
    }
}

impl<A, O, F> Request for Next<O, F>
where
    O: InTurns + 'static,
    F: FnOnce(Option<O::Value>, &O) -> A,
{
    type Answer = A;

    fn into_yield(self) -> Yield {
        self.loop_core_ask().0
    }

    fn answer(_: Resume) -> A {
        unreachable!("the answer is made by the function of the request")
    }

    fn loop_core_ask(self) -> (Yield, impl FnOnce(Resume) -> A) {
        let Next {
            members,
            unasked,
            read,
        } = self;
        let gather = Gather {
            object: AnyObject::new(&members),
            children: unasked.map(|unasked| unasked.take()).unwrap_or_default(),
            deadline: Deadline::Never,
        };
        let turn = Turn {
            members,
            ticket: Ticket::default(),
        };
        let asks = Some(Rc::clone(&turn.ticket));
        turn.members.outcomes.turns().asks.set(asks);
        let answer = move |_: Resume| {
            let value = turn
                .members
                .outcomes
                .turns()
                .values
                .borrow_mut()
                .pop_front();
            read(value, &turn.members.outcomes)
        };
        (Yield::Gather(Box::new(gather)), answer)
    }
}

/// What a task that waits for the next value keeps. When it is dropped, the value that was promised is for the next task, unless it was taken.
struct Turn<O: InTurns> {
    members: Rc<Members<O>>,
    ticket: Ticket,
}

impl<O: InTurns> Drop for Turn<O> {
    fn drop(&mut self) {
        if self.ticket.get() {
            let promised = &self.members.outcomes.turns().promised;
            promised.set(promised.get() - 1);
            self.members.offer();
        }
    }
}
