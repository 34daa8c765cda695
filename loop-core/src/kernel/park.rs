//! The only places where a task begins to wait, where it stops waiting, and where it enters the ready queue.

use super::Kernel;
use super::queue::Message;
use super::waits::{Pending, TaskState, Wait};
use crate::id::TaskId;
use crate::policy::Policy;
use crate::trace::{EventKind, Recorder};
use crate::world::World;

impl<W: World, R: Recorder, P: Policy> Kernel<W, R, P> {
    /// Puts a runnable task at the back of the ready queue.
    #[inline]
    pub(super) fn make_ready(&mut self, task: TaskId, message: Message) {
        self.tasks.assert_enters_queue(task);
        // A cancellation of a task that is in the queue must find what the task is never told then.
        match message {
            Message::GoOn | Message::Start => {}
            Message::Answer(kept) => self.tasks.set_pending(task, Pending::Kept(kept.place())),
            Message::Joined(other) => self.tasks.set_pending(task, Pending::Joined(other)),
        }
        self.queue.push(task, message);
    }

    /// Parks the running task: it waits from now on.
    #[inline]
    pub(super) fn park(&mut self, task: TaskId, wait: Wait) {
        self.record_plain(EventKind::Parked, task);
        match wait {
            // The timer is set already. Its task is found through the number of the deadline.
            Wait::Timer(_) => {}
            Wait::Line(source) | Wait::Bytes(source) | Wait::Room(source) => {
                let source = self.sources.by_number(source);
                self.sources.push_waiter(source, &mut self.tasks, task);
            }
            Wait::End(other) => self.tasks.push_joiner(other, task),
        }
        self.tasks.park(task, wait);
    }

    /// Wakes a parked task, because what it waited for has happened: it goes to the back of the ready queue.
    #[inline]
    pub(super) fn wake(&mut self, task: TaskId, message: Message) {
        // Before `unpark`, which overwrites the task's links. A timer has no queue of waiters.
        if let TaskState::Waiting(
            wait @ (Wait::Line(_) | Wait::Bytes(_) | Wait::Room(_) | Wait::End(_)),
        ) = self.tasks.state(task)
        {
            self.leave_queue_of(task, wait);
        }
        // The state changes between the two queues: a task is in the ready queue only if it does not wait.
        self.tasks.unpark(task);
        self.make_ready(task, message);
    }

    /// Undoes a wait, to cancel or close the task. The task is runnable then, but in no queue.
    pub(super) fn undo_wait(&mut self, task: TaskId, wait: Wait) {
        // In this order, because `unpark` overwrites the task's links.
        self.leave_queue_of(task, wait);
        self.tasks.unpark(task);
        match wait {
            // After `unpark`: the timers ask the task whether a deadline is still alive.
            Wait::Timer(_) => self.timers.remove(&self.tasks),
            Wait::Line(source) | Wait::Bytes(source) => {
                let source = self.sources.by_number(source);
                if self.sources.first_waiter(source).is_none() && self.sources.is_watched(source) {
                    self.sources.set_watched(source, false);
                    // A panic must not reach the caller: it has a task in its hands that is in no queue.
                    self.guarded(TaskId::NONE, |kernel| kernel.world.unwatch(source));
                }
            }
            // The text that was printed is still to be written, so the world goes on watching the stream.
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
