//! [`Members`]: the object of tasks that belong together.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

use crate::request::object::Registration;
use crate::request::{
    AnyCoroutine, AnyObject, Asker, Deadline, Family, Gather, Holder, Object, ObjectKind,
    RequestKind, Resume, TaskError, Value, Waiting, Yield,
};

/// How a task has ended.
pub(super) type Outcome = Result<Value, TaskError>;

/// What becomes of the outcomes of the tasks.
pub(super) trait Outcomes {
    /// A task has ended, with its number in the order in which they were made. True if that decides: the others are cancelled then.
    fn ended(&self, number: usize, how: Outcome) -> bool;

    /// Whether a task that waits goes on although tasks are left.
    fn goes_on(&self, _: Asker) -> bool {
        false
    }

    /// Whether a task that waits does so until all have ended.
    fn is_waited_for(&self, _: Holder) -> bool {
        true
    }

    /// Whether tasks may have to wait until there is room for another one.
    const IS_BOUNDED: bool = false;

    /// Room for another task, if there is a bound.
    fn room(&self) -> Option<&Room> {
        None
    }

    /// Whether the task that waits is cancelled if one of the tasks is cancelled by others.
    fn passes_cancellation(&self) -> bool {
        false
    }
}

/// For how many more tasks there is room. Who waits for room is served first.
pub(super) struct Room {
    free: Cell<usize>,
    waiting: Cell<usize>,
}

impl Room {
    pub(super) fn new(tasks: usize) -> Room {
        Room {
            free: Cell::new(tasks),
            waiting: Cell::new(0),
        }
    }

    fn take(&self, has_waited: bool) -> bool {
        let overtakes = !has_waited && self.waiting.get() > 0;
        let is_free = self.free.get() > 0 && !overtakes;
        self.free.set(self.free.get() - usize::from(is_free));
        match (has_waited, is_free) {
            (false, false) => self.waiting.set(self.waiting.get() + 1),
            (true, true) => self.left(),
            _ => {}
        }
        is_free
    }

    fn give_back(&self) {
        self.free.set(self.free.get() + 1);
    }

    /// A task no longer waits.
    fn left(&self) {
        self.waiting.set(self.waiting.get() - 1);
    }
}

/// Tasks that belong together.
pub(super) struct Members<O> {
    registration: Registration,
    pub(super) outcomes: O,
    /// The tasks that have not ended, with their numbers.
    living: RefCell<BTreeMap<Holder, usize>>,
    /// How many tasks have been made.
    made: Cell<usize>,
    /// Nothing more is to be waited for: the tasks that are left are cancelled.
    is_decided: Cell<bool>,
    /// The task that waits.
    asker: Cell<Option<Holder>>,
    /// What the tasks waited for when the deadline passed.
    elapsed: RefCell<Option<Vec<Waiting>>>,
}

/// The right to wait for tasks that belong together. When it is dropped, they are cancelled.
pub(super) struct Owner<O: Outcomes>(Rc<Members<O>>);

impl<O: Outcomes> Drop for Owner<O> {
    fn drop(&mut self) {
        self.0.cancel_all();
    }
}

impl<O: Outcomes> Owner<O> {
    pub(super) fn new(outcomes: O) -> Owner<O> {
        Owner(Rc::new(Members {
            registration: Registration::new(ObjectKind::Group),
            outcomes,
            living: RefCell::default(),
            made: Cell::new(0),
            is_decided: Cell::new(false),
            asker: Cell::new(None),
            elapsed: RefCell::default(),
        }))
    }

    pub(super) fn members(&self) -> &Rc<Members<O>> {
        &self.0
    }
}

impl<O: Outcomes + 'static> Owner<O> {
    pub(super) fn object(&self) -> AnyObject {
        AnyObject::new(&self.0)
    }
}

impl<O: Outcomes> Members<O> {
    /// What the tasks waited for when the deadline passed.
    pub(super) fn take_elapsed(&self) -> Option<Vec<Waiting>> {
        self.elapsed.take()
    }

    pub(super) fn living(&self) -> usize {
        self.living.borrow().len()
    }

    /// Who waits may go on.
    pub(super) fn offer(&self) {
        self.registration.changed();
    }

    /// Cancels the task that waits, or that has waited.
    pub(super) fn cancel_asker(&self) {
        if let Some(asker) = self.asker.get() {
            self.registration.cancel(asker);
        }
    }

    /// Cancels the tasks that are left, the last one first. No further one is made.
    pub(super) fn cancel_all(&self) {
        self.is_decided.set(true);
        for child in self.in_order().into_iter().rev() {
            self.registration.cancel(child);
        }
    }

    fn in_order(&self) -> Vec<Holder> {
        let living = self.living.borrow();
        let mut children: Vec<_> = living
            .iter()
            .map(|(child, number)| (number, child))
            .collect();
        children.sort_unstable();
        children.into_iter().map(|(_, child)| *child).collect()
    }
}

impl<O: Outcomes> Object for Members<O> {
    fn registration(&self) -> &Registration {
        &self.registration
    }

    fn admit(&self, asker: Asker) -> bool {
        if O::IS_BOUNDED && asker.request == RequestKind::Room {
            let room = self.outcomes.room();
            return room.is_none_or(|room| room.take(asker.has_waited));
        }
        self.asker.set(Some(asker.task));
        self.outcomes.goes_on(asker) || self.living() == 0
    }

    fn give_back(&self, request: RequestKind) {
        if request == RequestKind::Room {
            self.outcomes.room().inspect(|room| room.give_back());
            self.registration.changed();
        }
    }

    fn left(&self, request: RequestKind) {
        if request == RequestKind::Room {
            self.outcomes.room().inspect(|room| room.left());
        }
    }

    fn family(&self) -> Option<&dyn Family> {
        Some(self)
    }
}

impl<O: Outcomes> Family for Members<O> {
    fn wants(&self) -> bool {
        !self.is_decided.get()
    }

    fn spawned(&self, child: Holder) {
        let number = self.made.get();
        self.made.set(number + 1);
        self.living.borrow_mut().insert(child, number);
    }

    fn ended(&self, child: Holder, how: Outcome) {
        let number = self.living.borrow_mut().remove(&child);
        if let Some(room) = self.outcomes.room() {
            room.give_back();
        }
        let is_cancelled = how.as_ref().is_err_and(TaskError::is_cancelled);
        let is_decided = self.is_decided.get();
        // The members' own decision is no outcome. Another's cancellation is: the task has no value.
        if is_cancelled && is_decided {
            return;
        }
        if is_cancelled && self.outcomes.passes_cancellation() {
            self.cancel_asker();
        }
        let decides = number.is_some_and(|number| self.outcomes.ended(number, how));
        if decides && !is_decided {
            self.cancel_all();
        }
    }

    fn is_waited_for(&self, asker: Holder) -> bool {
        self.outcomes.is_waited_for(asker)
    }

    fn asker_is_cancelled(&self) {
        self.is_decided.set(true);
    }

    fn elapsed(&self, waits: Vec<Waiting>) {
        *self.elapsed.borrow_mut() = Some(waits);
        self.cancel_all();
    }

    fn has_elapsed(&self) -> bool {
        self.elapsed.borrow().is_some()
    }

    fn children(&self) -> Vec<Holder> {
        self.in_order()
    }
}

/// Request: makes tasks, waits for them, and reads the answer from them.
pub(super) struct Gathering<O: Outcomes, F> {
    gather: Gather,
    owner: Owner<O>,
    answer: F,
}

impl<A, O: Outcomes + 'static, F: FnOnce(&Members<O>) -> A> Gathering<O, F> {
    pub(super) fn new(
        outcomes: O,
        children: Vec<AnyCoroutine>,
        deadline: Deadline,
        answer: F,
    ) -> Gathering<O, F> {
        let owner = Owner::new(outcomes);
        let gather = Gather {
            object: owner.object(),
            children,
            deadline,
        };
        Gathering {
            gather,
            owner,
            answer,
        }
    }

    pub(super) fn ask(self) -> (Yield, impl FnOnce(Resume) -> A) {
        let Gathering {
            gather,
            owner,
            answer,
        } = self;
        let answer = move |_: Resume| answer(owner.members());
        (Yield::Gather(Box::new(gather)), answer)
    }
}

/// Implements [`Request`](crate::Request) for a type whose method `gathering` gives a [`Gathering`].
macro_rules! gathers {
    () => {
        fn into_yield(self) -> Yield {
            self.loop_core_ask().0
        }

        fn answer(_: Resume) -> Self::Answer {
            unreachable!("the answer is made by the function of the request")
        }

        fn loop_core_ask(self) -> (Yield, impl FnOnce(Resume) -> Self::Answer) {
            self.gathering().ask()
        }
    };
}

/// The method of a request that `yield_!` calls first, in the `impl` of its type. An error about what borrows shows the line of the bound.
macro_rules! owns {
    ($name:ident) => {
        impl<R> $name<R> {
            #[doc(hidden)]
            #[inline]
            pub fn loop_core_detached(self) -> $name<R>
            where
                R: 'static, // a task owns what it uses: what borrows, or runs in place as `stream.next()`, can only be yielded by itself
            {
                self
            }
        }
    };
}

pub(super) use {gathers, owns};
