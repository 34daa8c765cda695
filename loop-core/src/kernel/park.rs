//! The only places where a task begins to wait and stops waiting, and where it enters the ready queue.

use super::Kernel;
use super::queue::Message;
use super::waits::{TaskState, Wait};
use crate::id::TaskId;
use crate::policy::Policy;
use crate::trace::{EventKind, Recorder};
use crate::world::World;

impl<W: World, R: Recorder, P: Policy> Kernel<W, R, P> {
    /// Puts a runnable task at the back of the ready queue.
    #[inline]
    pub(super) fn make_ready(&mut self, task: TaskId, message: Message) {
        self.tasks.assert_enters_queue(task);
        if let Message::Answer(kept) = message {
            self.tasks.set_answer_place(task, kept.place());
        }
        self.queue.push(task, message);
    }

    /// The running task waits from now on.
    #[inline]
    pub(super) fn park(&mut self, task: TaskId, wait: Wait) {
        self.record_plain(EventKind::Parked, task);
        match wait {
            Wait::Timer(_) => {}
            Wait::Line(source) | Wait::Bytes(source) | Wait::Room(source) => {
                let source = self.sources.by_number(source);
                self.sources.push_waiter(source, &mut self.tasks, task);
            }
            Wait::End(other) => self.tasks.push_joiner(other, task),
        }
        self.tasks.park(task, wait);
    }

    /// A parked task waits no more, because what it waited for has happened: it goes to the back of the ready queue.
    #[inline]
    pub(super) fn wake(&mut self, task: TaskId, message: Message) {
        // A timer that has expired is in no queue.
        if let TaskState::Waiting(
            wait @ (Wait::Line(_) | Wait::Bytes(_) | Wait::Room(_) | Wait::End(_)),
        ) = self.tasks.state(task)
        {
            self.leave_queue_of(task, wait);
        }
        self.tasks.unpark(task);
        self.make_ready(task, message);
    }

    /// Undoes a wait: the task is runnable, but in no queue at all.
    pub(super) fn undo_wait(&mut self, task: TaskId, wait: Wait) {
        self.leave_queue_of(task, wait);
        self.tasks.unpark(task);
        match wait {
            Wait::Timer(_) => self.timers.remove(&self.tasks),
            Wait::Line(source) | Wait::Bytes(source) => {
                let source = self.sources.by_number(source);
                if self.sources.first_waiter(source).is_none() && self.sources.is_watched(source) {
                    self.sources.set_watched(source, false);
                    self.world.unwatch(source);
                }
            }
            // What was printed is still to be written: the world goes on watching.
            Wait::Room(_) | Wait::End(_) => {}
        }
    }

    /// Takes a task out of the queue of the object that it waits for.
    fn leave_queue_of(&mut self, task: TaskId, wait: Wait) {
        match wait {
            Wait::Timer(_) => {}
            Wait::Line(source) | Wait::Bytes(source) | Wait::Room(source) => {
                let source = self.sources.by_number(source);
                self.sources.remove_waiter(source, &mut self.tasks, task);
            }
            Wait::End(other) => self.tasks.remove_joiner(other, task),
        }
    }
}
