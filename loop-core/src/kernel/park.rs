//! The only places where a task begins to wait, where it stops waiting, and where it enters the ready queue.

use super::Kernel;
use super::flow::Flow;
use super::queue::Message;
use super::waits::{Of, Pending, TaskState, Wait};
use crate::id::TaskId;
use crate::policy::Policy;
use crate::request::{Holder, RequestKind};
use crate::time::Time;
use crate::trace::{Event, EventKind, Payload, Recorder};
use crate::world::World;

impl<W: World, R: Recorder, P: Policy> Kernel<W, R, P> {
    /// Puts a runnable task at the back of the ready queue.
    #[inline(always)]
    pub(super) fn make_ready(&mut self, task: TaskId, message: Message) {
        self.tasks.assert_enters_queue(task);
        // A cancellation of a task that is in the queue must find what the task is never told then.
        match message {
            Message::GoOn | Message::Start => {}
            Message::Answer(kept) => self.tasks.set_pending(task, Pending::Kept(kept.place())),
            Message::Joined(other) => self.tasks.set_pending(task, Pending::Joined(other)),
            // The object has counted it.
            Message::Admitted(of) => self.tasks.set_pending(task, Pending::Admitted(of)),
        }
        self.queue.push(task, message);
    }

    /// Parks the running task: it waits from now on.
    #[inline(always)]
    pub(super) fn park(&mut self, task: TaskId, wait: Wait) {
        self.record_plain(EventKind::Parked, task);
        match wait {
            // The timer is set already. Its task is found through the number of the deadline.
            Wait::Timer(_) => {}
            // It is behind the others already: the object has refused it.
            Wait::Object(_) => {}
            Wait::Line(source) | Wait::Bytes(source) | Wait::Room(source) => {
                let source = self.sources.by_number(source);
                self.sources.push_waiter(source, &mut self.tasks, task);
            }
            Wait::End(other) | Wait::Watch(other) => self.tasks.push_joiner(other, task),
        }
        self.tasks.park(task, wait);
        if self.tasks.tracks_waits() {
            let now = self.moment();
            self.tasks.note_wait(task, now);
        }
    }

    /// The time at which the loop has last looked at its clock; where that stands still while tasks run, the time.
    #[inline]
    fn moment(&self) -> Time {
        self.pace.now().unwrap_or_else(|| self.world.now())
    }

    /// Wakes a parked task, because what it waited for has happened: it goes to the back of the ready queue.
    #[inline]
    pub(super) fn wake(&mut self, task: TaskId, message: Message) {
        // Before `unpark`, which overwrites the task's links. A timer has no queue of waiters.
        if !self.tasks.waits_for_timer(task)
            && let TaskState::Waiting(wait) = self.tasks.state(task)
        {
            self.leave_queue_of(task, wait);
        }
        // The state changes between the two queues: a task is in the ready queue only if it does not wait.
        self.tasks.unpark(task);
        self.make_ready(task, message);
    }

    /// Wakes a task that waits for the end of another one.
    #[inline]
    pub(super) fn wake_joiner(&mut self, joiner: TaskId, ended: TaskId, message: Message) {
        self.tasks.remove_joiner(ended, joiner);
        self.tasks.unpark(joiner);
        self.make_ready(joiner, message);
    }

    /// Undoes a wait, to cancel or close the task. The task is runnable then, but in no queue.
    pub(super) fn undo_wait(&mut self, task: TaskId, wait: Wait) {
        let is_given = matches!(wait, Wait::Object(of) if self.objects.given(of.place()).is_some());
        // In this order, because `unpark` overwrites the task's links.
        self.leave_queue_of(task, wait);
        self.tasks.unpark(task);
        match wait {
            // After `unpark`: the timers ask the task whether a deadline is still alive.
            Wait::Timer(_) => {
                let (timers, deadlines) = self.deadlines();
                timers.remove(&deadlines);
            }
            Wait::Line(source) | Wait::Bytes(source) => {
                let source = self.sources.by_number(source);
                if self.sources.first_waiter(source).is_none() && self.sources.is_watched(source) {
                    self.sources.set_watched(source, false);
                    // A panic must not reach the caller: it has a task in its hands that is in no queue.
                    self.guarded(TaskId::NONE, |kernel| kernel.world.unwatch(source));
                }
            }
            // The text that was printed is still to be written, so the world goes on watching the stream.
            Wait::Room(_) | Wait::End(_) | Wait::Watch(_) => {}
            Wait::Object(of) => {
                self.outside.close_line(of.place());
                let object = self.objects.object(of.place());
                match is_given {
                    true => {
                        self.objects.forget_given(of.place());
                        object.give_back(self.request_to(of));
                    }
                    false => object.left(self.request_to(of)),
                }
                // Those behind it may have waited for its sake only.
                self.offer(of.place());
                self.unwatch_socket(of);
                self.objects.leave(of.place());
            }
        }
    }

    // Objects that tasks change.

    /// A task that was admitted to an object goes on.
    #[inline(always)]
    pub(super) fn went_on(&mut self, of: Of) {
        self.objects.went_on(of.place());
    }

    /// A task that was admitted to an object is cancelled: what it was given goes to the next one.
    pub(super) fn give_back_to(&mut self, of: Of) {
        let object = self.objects.object(of.place());
        object.give_back(self.request_to(of));
        match self.objects.given(of.place()) {
            Some(given) => {
                self.objects.forget_given(of.place());
                self.wake_given(given);
            }
            None => self.offer(of.place()),
        }
        self.objects.went_on(of.place());
    }

    /// The task that waited for an object no longer does: its deadline is none.
    #[inline]
    fn remove_deadline(&mut self, place: u32) {
        if self.objects.has_deadline(place) {
            self.objects.forget_deadline(place);
            let (timers, deadlines) = self.deadlines();
            timers.remove(&deadlines);
        }
    }

    /// Offers an object to the tasks that wait for it, the first one of each queue first, until one is not admitted.
    #[inline(always)]
    pub(super) fn offer(&mut self, place: u32) {
        for queue in 0..2 {
            while let Some((task, of)) = self.offer_to_first(place, queue) {
                self.remove_deadline(place);
                self.wake_admitted(task, of);
                if !self.objects.has_waiters(place) {
                    return;
                }
            }
        }
    }

    /// A task has asked an object: it waits, or goes to the back of the ready queue.
    #[inline(always)]
    pub(super) fn asked(
        &mut self,
        task: TaskId,
        request: RequestKind,
        of: Of,
        is_admitted: bool,
    ) -> Flow {
        match is_admitted {
            false => self.park(task, Wait::Object(of)),
            true => {
                self.record(|kernel| {
                    let name = Payload::Object(kernel.objects.name(of.place()));
                    Event::new(EventKind::Readied(request), task, name)
                });
                self.make_ready(task, Message::Admitted(of));
            }
        }
        Flow::Over
    }

    /// Wakes the only task that waits for an object, which the object has admitted.
    #[inline(always)]
    pub(super) fn wake_given(&mut self, of: Of) {
        let task = self.objects.take_given(of);
        self.wake_admitted(task, of);
    }

    /// Wakes a task that an object has admitted, and that is out of the object's queue.
    #[inline(always)]
    fn wake_admitted(&mut self, task: TaskId, of: Of) {
        self.record(|kernel| kernel.woken_by(task, of));
        self.tasks.unpark(task);
        self.make_ready(task, Message::Admitted(of));
    }

    #[inline(always)]
    fn offer_to_first(&mut self, place: u32, queue: usize) -> Option<(TaskId, Of)> {
        if !self.closings.is_empty() && self.cancels_first(place, queue) {
            return None;
        }
        self.objects.offer(place, queue, &mut self.tasks)
    }

    /// Whether the first task that waits is to be cancelled instead: when its family has ended, or at once. Then it leaves the queue, and
    /// the object is offered to those behind it.
    #[cold]
    fn cancels_first(&self, place: u32, queue: usize) -> bool {
        let Some(task) = self.objects.first_waiter(place, queue) else {
            return false;
        };
        // A shielded task goes on although it has been cancelled.
        let is_cancelled = self.closings.is_cancelled(task) && !self.closings.resists(task);
        let object = self.objects.object(place);
        // Only a family is asked whether it has ended: whatever else admits a task has given it something.
        if is_cancelled
            && queue == 0
            && object
                .family()
                .is_some_and(|family| family.is_waited_for(self.holder(task)))
            && self.objects.admits_first(place, queue, &self.tasks)
        {
            object.registration().cancel(self.holder(task));
        }
        is_cancelled
    }

    fn woken_by(&self, task: TaskId, of: Of) -> Event {
        let object = self.objects.object(of.place());
        match object.family().is_some_and(|family| family.has_elapsed()) {
            true => Event::plain(EventKind::Woken(RequestKind::Gather), task),
            false => {
                let name = Payload::Object(self.objects.name(of.place()));
                Event::new(EventKind::Woken(self.request_to(of)), task, name)
            }
        }
    }

    fn leave_object(&mut self, task: TaskId, of: Of) {
        self.objects.remove_waiter(of, &mut self.tasks, task);
        self.remove_deadline(of.place());
    }

    pub(super) fn holder(&self, task: TaskId) -> Holder {
        let generation = self.tasks.generation(task);
        Holder { task, generation }
    }

    /// The request that a task has made to an object.
    pub(super) fn request_to(&self, of: Of) -> RequestKind {
        self.objects.request_to(of)
    }

    /// Takes a task out of the queue of the object that it waits for.
    fn leave_queue_of(&mut self, task: TaskId, wait: Wait) {
        match wait {
            Wait::Timer(_) => {}
            Wait::Line(source) | Wait::Bytes(source) | Wait::Room(source) => {
                let source = self.sources.by_number(source);
                self.sources.remove_waiter(source, &mut self.tasks, task);
            }
            Wait::End(other) | Wait::Watch(other) => self.tasks.remove_joiner(other, task),
            Wait::Object(of) => self.leave_object(task, of),
        }
    }
}
