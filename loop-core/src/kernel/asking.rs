//! Requests to objects: what other tasks change, and sockets.

use super::Kernel;
use super::answers::used_elsewhere;
use super::flow::Flow;
use super::timers::of_object;
use super::waits::{TaskState, Wait};
use crate::id::TaskId;
use crate::policy::Policy;
use crate::request::{AnyObject, Deadline, Gather, RequestKind, Resume};
use crate::time::Time;
use crate::trace::{Event, EventKind, Payload, Recorder};
use crate::world::World;

impl<W: World, R: Recorder, P: Policy> Kernel<W, R, P> {
    /// A request to a socket that never waits.
    pub(super) fn ask_at_once(
        &mut self,
        task: TaskId,
        request: RequestKind,
        object: &AnyObject,
    ) -> Flow {
        if let Some(failure) = self.opened_elsewhere(&object.0) {
            return self.fail(task, failure);
        }
        self.do_to_socket(task, request, object);
        self.answer(Resume::Unit)
    }

    /// A request to a socket.
    pub(super) fn ask_socket(
        &mut self,
        task: TaskId,
        request: RequestKind,
        object: AnyObject,
    ) -> Flow {
        if let Some(failure) = self.opened_elsewhere(&object.0) {
            return self.fail(task, failure);
        }
        self.attempt_next(&object.0, request);
        self.ask_object(task, request, object)
    }

    /// A request to an object that other tasks change.
    pub(super) fn ask_object(
        &mut self,
        task: TaskId,
        request: RequestKind,
        object: AnyObject,
    ) -> Flow {
        let asked = self.objects.ask(object.0, request, &mut self.tasks, task);
        let (of, is_admitted) = match asked {
            Ok(asked) => asked,
            Err(kind) => return self.fail(task, used_elsewhere(kind)),
        };
        self.record(|kernel| {
            let name = Payload::Object(kernel.objects.name(of.place()));
            Event::new(EventKind::Asked(request), task, name)
        });
        let flow = self.asked(task, request, of, is_admitted);
        if !is_admitted {
            return flow;
        }
        // Whoever has come may be what others wait for: the last one at a barrier.
        if self.objects.has_changed() {
            self.note_changes();
        }
        flow
    }

    /// Makes new tasks, and waits for them.
    pub(super) fn gather(&mut self, task: TaskId, gather: Gather) -> Flow {
        let Gather {
            object,
            children,
            deadline,
        } = gather;
        for child in children {
            if let Err(kind) = self.spawn_child(task, &object, child.0, None) {
                return self.fail(task, used_elsewhere(kind));
            }
        }
        // A task may have ended already, and the others are to be cancelled then.
        if self.has_cancelled_itself(task) {
            return Flow::Over;
        }
        self.record_deadline(task, deadline);
        let flow = self.ask_object(task, RequestKind::Wait, object);
        if let TaskState::Waiting(Wait::Object(of)) = self.tasks.state(task)
            && let Some(at) = self.instant(deadline)
        {
            let (timers, mut deadlines) = self.deadlines();
            let number = timers.set(at, of_object(of.place()), &mut deadlines);
            self.objects.set_deadline(of.place(), number);
        }
        flow
    }

    pub(super) fn record_deadline(&mut self, task: TaskId, deadline: Deadline) {
        let payload = match deadline {
            Deadline::Never => return,
            Deadline::After(time) => Payload::Duration(time),
            Deadline::At(at) => Payload::Time(at),
        };
        self.record(|_| Event::new(EventKind::Asked(RequestKind::Gather), task, payload));
    }

    pub(super) fn instant(&self, deadline: Deadline) -> Option<Time> {
        match deadline {
            Deadline::Never => None,
            Deadline::After(time) => Some(self.world.now() + time),
            Deadline::At(at) => Some(at),
        }
    }
}
