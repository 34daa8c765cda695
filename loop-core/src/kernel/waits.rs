//! What a task waits for, and the queues of waiters.
//!
//! A task waits for one *object*: a timer, a source, the end of a task, or what other tasks change, such as a lock. A [`Wait`]
//! says which object, and what the task wants of it. All but a timer have a queue of waiters: a circular, doubly linked list through the tasks themselves. To
//! enter it, to leave it from any place, and to find its first waiter takes the same few steps whatever its length.
//!
//! A wait and the two links together are only twelve bytes, because most of the memory of a parked task is its entry.

use crate::id::TaskId;

/// What a parked task waits for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Wait {
    /// A deadline. The number distinguishes it from earlier deadlines of the same task.
    Timer(u32),
    /// A line of a source.
    Line(u32),
    /// Bytes of a source.
    Bytes(u32),
    /// Room for output on a source.
    Room(u32),
    /// The end of a task, and its value.
    End(TaskId),
    /// The end of a task, whose value is another's.
    Watch(TaskId),
    /// What other tasks change, at this place in the table of objects.
    Object(Of),
}

/// An object at its place in the table of objects, and which of its two requests a task has made.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Of {
    place: u32,
    is_second: bool,
}

impl Of {
    pub(super) fn new(place: u32, is_second: bool) -> Of {
        Of { place, is_second }
    }

    #[inline]
    pub(super) fn place(self) -> u32 {
        self.place
    }

    #[inline]
    pub(super) fn is_second(self) -> bool {
        self.is_second
    }
}

/// The state of a task.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum TaskState {
    /// It runs, or it is in the ready queue.
    Runnable,
    /// It is parked.
    Waiting(Wait),
    /// It has returned. Its value is in its frame until it is taken.
    Returned,
    /// It has failed. Its error is in `Failures`.
    Failed,
    /// It was cancelled while it was in the ready queue, where its entry still is.
    Cancelled,
    /// There is no task: the place in the table is vacant.
    Vacant,
}

impl TaskState {
    /// Whether the task has ended, in whatever way.
    pub(super) fn is_over(self) -> bool {
        matches!(
            self,
            TaskState::Returned | TaskState::Failed | TaskState::Cancelled
        )
    }
}

/// The code of a task that waits for a timer.
const TIMER: u32 = 8;

/// How many bits of a code are the number; the bits above it are the tag.
const BITS: u32 = 29;

/// Numbers of tasks and sources are less than this.
pub(super) const LIMIT: usize = 1 << BITS;

/// No task.
const NONE: u32 = u32::MAX;

/// In place of the place of an answer: the answer is the value of a task.
const JOINED: u32 = u32::MAX - 1;

/// The same: an object has admitted the task, to its first request or its second one.
const ADMITTED: [u32; 2] = [u32::MAX - 2, u32::MAX - 3];

/// What a task in the ready queue is going to be told.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Pending {
    /// The answer that is kept in this place.
    Kept(u32),
    /// The value of this task.
    Joined(TaskId),
    /// This object has admitted it.
    Admitted(Of),
}

/// A task's state, and its links to its neighbours in the queue of an object.
#[derive(Clone, Copy, Debug)]
pub(super) struct Waiting {
    code: u32,
    /// For a task in a queue of waiters, the next waiter. For a task that waits for a timer, the deadline's number. For a
    /// runnable task, the place of its answer.
    next: u32,
    previous: u32,
}

impl Waiting {
    pub(super) const VACANT: Waiting = Waiting::of(5);
    pub(super) const RUNNABLE: Waiting = Waiting::of(0);

    const fn of(code: u32) -> Waiting {
        Waiting {
            code,
            next: NONE,
            previous: NONE,
        }
    }

    #[inline]
    pub(super) fn is_runnable(&self) -> bool {
        self.code == 0
    }

    /// The next waiter, for a task in a queue of waiters.
    pub(super) fn next(&self) -> TaskId {
        TaskId(self.next)
    }

    /// Whether it waits for the end of a task, but not for its value.
    #[inline]
    pub(super) fn is_watch(&self) -> bool {
        self.code >> BITS == 1
    }

    #[inline]
    pub(super) fn is_timer(&self) -> bool {
        self.code == TIMER
    }

    /// Notes what a task that enters the ready queue is going to be told.
    #[inline]
    pub(super) fn set_pending(&mut self, pending: Pending) {
        debug_assert!(self.is_runnable(), "a task that waits has no answer yet");
        match pending {
            Pending::Kept(place) => self.next = place,
            Pending::Joined(task) => {
                self.next = JOINED;
                self.previous = task.0;
            }
            Pending::Admitted(of) => {
                self.next = ADMITTED[usize::from(of.is_second)];
                self.previous = of.place;
            }
        }
    }

    /// Takes what a runnable task is going to be told, if that is more than to go on.
    #[inline]
    pub(super) fn take_pending(&mut self) -> Option<Pending> {
        match std::mem::replace(&mut self.next, NONE) {
            NONE => None,
            JOINED => Some(Pending::Joined(TaskId(self.previous))),
            next if ADMITTED.contains(&next) => Some(Pending::Admitted(Of {
                place: self.previous,
                is_second: next == ADMITTED[1],
            })),
            place => Some(Pending::Kept(place)),
        }
    }

    pub(super) fn state(&self) -> TaskState {
        let number = self.code % LIMIT as u32;
        match (self.code >> BITS, number) {
            (0, 0) => TaskState::Runnable,
            (0, 1) => TaskState::Returned,
            (0, 2) => TaskState::Failed,
            (0, 3) => TaskState::Cancelled,
            (0, TIMER) => TaskState::Waiting(Wait::Timer(self.next)),
            (0, _) => TaskState::Vacant,
            (1, _) => TaskState::Waiting(Wait::Watch(TaskId(number))),
            (2, _) => TaskState::Waiting(Wait::Line(number)),
            (3, _) => TaskState::Waiting(Wait::Bytes(number)),
            (4, _) => TaskState::Waiting(Wait::Room(number)),
            (5, _) => TaskState::Waiting(Wait::End(TaskId(number))),
            (tag, place) => TaskState::Waiting(Wait::Object(Of {
                place,
                is_second: tag == 7,
            })),
        }
    }

    #[inline]
    pub(super) fn set(&mut self, state: TaskState) {
        let tagged = |tag: u32, number: u32| tag << BITS | number;
        self.code = match state {
            TaskState::Runnable => {
                self.next = NONE;
                0
            }
            TaskState::Returned => 1,
            TaskState::Failed => 2,
            TaskState::Cancelled => 3,
            TaskState::Vacant => 5,
            TaskState::Waiting(Wait::Timer(sequence)) => {
                self.next = sequence;
                TIMER
            }
            TaskState::Waiting(Wait::Watch(task)) => tagged(1, task.0),
            TaskState::Waiting(Wait::Line(source)) => tagged(2, source),
            TaskState::Waiting(Wait::Bytes(source)) => tagged(3, source),
            TaskState::Waiting(Wait::Room(source)) => tagged(4, source),
            TaskState::Waiting(Wait::End(task)) => tagged(5, task.0),
            TaskState::Waiting(Wait::Object(of)) => tagged(6 + u32::from(of.is_second), of.place),
        };
    }
}

/// Gives access to the links of the tasks.
pub(super) trait Links {
    fn waiting(&mut self, task: TaskId) -> &mut Waiting;
}

/// In place of the first waiter for a task's end: the task belongs to the family of the object at this place.
const FAMILY: u32 = 1 << 31;

/// The waiters of one object, first in, first out.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Waiters {
    first: u32,
}

impl Waiters {
    pub(super) const NONE: Waiters = Waiters { first: NONE };

    #[inline]
    pub(super) fn first(self) -> Option<TaskId> {
        (self.first < FAMILY).then_some(TaskId(self.first))
    }

    /// Instead of waiters, an object.
    pub(super) fn family(place: u32) -> Waiters {
        Waiters {
            first: place | FAMILY,
        }
    }

    /// The place of the object that there is instead of waiters.
    #[inline]
    pub(super) fn of_family(self) -> Option<u32> {
        let is_family = self.first >= FAMILY && self.first != NONE;
        is_family.then_some(self.first & !FAMILY)
    }

    /// Puts a task behind the others. It must not be in any queue.
    #[inline]
    pub(super) fn push_back(&mut self, links: &mut impl Links, task: TaskId) {
        let Some(first) = self.first() else {
            self.first = task.0;
            return link(links, task, task);
        };
        let last = TaskId(links.waiting(first).previous);
        link(links, last, task);
        link(links, task, first);
    }

    /// Takes a task out of the queue, from any place. It must be in this queue.
    #[inline]
    pub(super) fn remove(&mut self, links: &mut impl Links, task: TaskId) {
        let Waiting { next, previous, .. } = *links.waiting(task);
        if next == task.0 {
            debug_assert_eq!(self.first, task.0, "a lone waiter is the first one");
            self.first = NONE;
            return;
        }
        link(links, TaskId(previous), TaskId(next));
        if self.first == task.0 {
            self.first = next;
        }
    }
}

#[inline]
fn link(links: &mut impl Links, previous: TaskId, next: TaskId) {
    links.waiting(previous).next = next.0;
    links.waiting(next).previous = previous.0;
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::VecDeque;

    impl Links for Vec<Waiting> {
        fn waiting(&mut self, task: TaskId) -> &mut Waiting {
            &mut self[task.0 as usize]
        }
    }

    fn of(place: u32, is_second: bool) -> Of {
        Of { place, is_second }
    }

    #[test]
    fn a_message_is_what_was_set() {
        let messages = [
            Pending::Kept(0),
            Pending::Joined(TaskId(1)),
            Pending::Admitted(of(2, false)),
            Pending::Admitted(of(LIMIT as u32 - 1, true)),
        ];
        for message in messages {
            let mut waiting = Waiting::RUNNABLE;
            waiting.set_pending(message);
            assert_eq!(waiting.take_pending(), Some(message));
            assert_eq!(waiting.take_pending(), None);
        }
    }

    #[test]
    fn a_state_is_what_was_set() {
        const LAST: u32 = LIMIT as u32 - 1;
        let states = [
            TaskState::Runnable,
            TaskState::Returned,
            TaskState::Failed,
            TaskState::Cancelled,
            TaskState::Vacant,
            TaskState::Waiting(Wait::Timer(u32::MAX)),
            TaskState::Waiting(Wait::Line(0)),
            TaskState::Waiting(Wait::Bytes(LAST)),
            TaskState::Waiting(Wait::Room(2)),
            TaskState::Waiting(Wait::End(TaskId(0))),
            TaskState::Waiting(Wait::End(TaskId(LAST))),
            TaskState::Waiting(Wait::Watch(TaskId(0))),
            TaskState::Waiting(Wait::Watch(TaskId(LAST))),
            TaskState::Waiting(Wait::Object(of(0, false))),
            TaskState::Waiting(Wait::Object(of(LAST, true))),
        ];
        for state in states {
            let mut waiting = Waiting::VACANT;
            waiting.set(state);
            assert_eq!(waiting.state(), state);
            assert_eq!(waiting.is_runnable(), state == TaskState::Runnable);
        }
    }

    /// Any waiter can leave from any place, and the others keep their order.
    #[test]
    fn waiters_follow_the_model() {
        let mut seed = 7_u64;
        let mut random = |below: usize| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (seed >> 33) as usize % below
        };
        let mut links = vec![Waiting::RUNNABLE; 8];
        let (mut waiters, mut model) = (Waiters::NONE, VecDeque::new());
        for _ in 0..10_000 {
            let task = random(8) as u32;
            if let Some(place) = model.iter().position(|waiter| *waiter == task) {
                waiters.remove(&mut links, TaskId(task));
                model.remove(place);
            } else {
                waiters.push_back(&mut links, TaskId(task));
                model.push_back(task);
            }
            let mut walked = Vec::new();
            let mut next = waiters.first;
            for _ in 0..model.len() {
                walked.push(next);
                next = links[next as usize].next;
            }
            assert_eq!(model, walked);
            assert_eq!(waiters.first, model.front().copied().unwrap_or(NONE));
        }
    }
}
