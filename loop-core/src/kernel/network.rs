//! Trying what tasks want of sockets.
//!
//! A socket is an [object](super::objects), so its waiters, its name and the undoing of a wait are those of objects. What is different:
//! whether a task may go on is found out by trying its operation, and that needs the world.

use std::mem;
use std::net::Shutdown;
use std::rc::Rc;

use super::Kernel;
use super::objects::Objects;
use super::sockets::Sockets;
use super::waits::Of;
use crate::coroutine::Payload as PanicPayload;
use crate::id::{SourceId, TaskId};
use crate::policy::Policy;
use crate::request::object::{Endpoint, Io};
use crate::request::{AnyObject, Holder, Object, ObjectKind, ObjectName, RequestKind};
use crate::trace::{Event, EventKind, Payload, Recorder};
use crate::world::{Address, Attempt, Op, World};

/// What a socket uses of the kernel while its operation is tried.
struct Desk<'k, W> {
    world: &'k mut W,
    sockets: &'k mut Sockets,
    objects: &'k mut Objects,
}

fn endpoint(object: &Rc<dyn Object>) -> &dyn Endpoint {
    object.endpoint().expect("a request to a socket")
}

#[cold]
fn opened_elsewhere(kind: ObjectKind) -> PanicPayload {
    Box::new(format!(
        "the {kind} was opened by another event loop: only that one can use it"
    ))
}

impl<W: World> Io for Desk<'_, W> {
    fn attempt(&mut self, op: Op<'_>) -> Attempt {
        self.world.attempt(op)
    }

    fn reserve(&mut self) -> SourceId {
        self.sockets.reserve()
    }

    fn abandon(&mut self, source: SourceId) {
        self.sockets.abandon(source);
    }

    fn local_addr(&self, source: SourceId) -> Option<Address> {
        self.world.local_addr(source).ok()
    }

    fn adopt(&mut self, source: SourceId, socket: &dyn Endpoint) {
        let object = socket.to_weak();
        if let Some(object) = object.upgrade() {
            self.objects.know(object.registration());
        }
        socket.opened(source, self.local_addr(source));
        self.sockets.put(source, object);
    }
}

impl<W: World, R: Recorder, P: Policy> Kernel<W, R, P> {
    fn desk(&mut self) -> Desk<'_, W> {
        Desk {
            world: &mut self.world,
            sockets: &mut self.sockets,
            objects: &mut self.objects,
        }
    }

    /// The failure of a task that uses a socket which another loop has opened: this one does not have its source.
    pub(super) fn opened_elsewhere(&self, socket: &Rc<dyn Object>) -> Option<PanicPayload> {
        let is_open = endpoint(socket).source().is_some();
        let is_elsewhere = is_open && !self.objects.knows(socket.registration());
        is_elsewhere.then(|| opened_elsewhere(socket.registration().kind()))
    }

    /// Tries what the task that is about to ask a socket wants. Others may wait for the same, and come first.
    pub(super) fn attempt_next(&mut self, socket: &Rc<dyn Object>, request: RequestKind) {
        let place = socket.registration().place();
        // Without a place, no task waits.
        let queue = usize::from(request.is_second());
        let waits = |place| self.objects.first_waiter(place, queue).is_some();
        if !place.is_some_and(waits) {
            endpoint(socket).attempt_next(&mut self.desk());
        }
    }

    /// A request to a socket that never waits.
    pub(super) fn do_to_socket(&mut self, task: TaskId, request: RequestKind, object: &AnyObject) {
        self.objects.know(object.0.registration());
        self.record(|kernel| {
            let asks = match (request, endpoint(&object.0).asks()) {
                (RequestKind::Start, Some(line)) => Payload::text(line, kernel.settings.text_limit),
                (_, Some(asks)) => Payload::Value(Some(asks)),
                (_, None) => Payload::Object(object.0.registration().name()),
            };
            Event::new(EventKind::Asked(request), task, asks)
        });
        let is_done = endpoint(&object.0).attempt_next(&mut self.desk());
        endpoint(&object.0).finish_next();
        if !is_done
            && let Some(source) = endpoint(&object.0).source()
            && object.0.registration().waiting() == 0
        {
            // Nobody waits for what it would block for.
            self.world.unwatch(source);
        }
        self.record(|_| {
            let name = Payload::Object(object.0.registration().name());
            Event::new(EventKind::Answered(request), task, name)
        });
    }

    /// The world says that a socket may be tried again: tries what the first task wants in each direction. Gives the place of the socket if
    /// one of them has it.
    pub(super) fn try_socket(&mut self, source: SourceId) -> Option<u32> {
        let socket = self.sockets.socket(source)?;
        // Without a place, no task waits.
        let place = socket.registration().place()?;
        let mut is_done = false;
        for queue in 0..2 {
            if let Some(task) = self.objects.first_waiter(place, queue) {
                let generation = self.tasks.generation(task);
                let task = Holder { task, generation };
                is_done |= endpoint(&socket).attempt_of(task, &mut self.desk());
            }
        }
        is_done.then_some(place)
    }

    /// A task no longer waits for a socket.
    pub(super) fn unwatch_socket(&mut self, of: Of) {
        let place = of.place();
        if self.objects.has_waiters(place) {
            return;
        }
        let endpoint = self.objects.object(place).endpoint();
        let source = endpoint.and_then(|endpoint| endpoint.source());
        if let Some(source) = source {
            self.guarded(TaskId::NONE, |kernel| kernel.world.unwatch(source));
        }
    }

    /// A socket was dropped.
    pub(super) fn close_socket(&mut self, source: SourceId, name: ObjectName) {
        if self.sockets.remove(source) {
            self.guarded(TaskId::NONE, |kernel| kernel.world.close(source));
            self.record(|_| Event::new(EventKind::Closed, TaskId::NONE, Payload::Object(name)));
        }
    }

    /// The half of a socket that writes was dropped. If there is no connection any more, nothing is left to end.
    pub(super) fn end_writing(&mut self, source: SourceId, name: ObjectName) {
        if self.sockets.is_current(source) {
            let end = Op::Shutdown(source, Shutdown::Write);
            self.guarded(TaskId::NONE, |kernel| drop(kernel.world.attempt(end)));
            self.record(|_| {
                Event::new(EventKind::EndedWriting, TaskId::NONE, Payload::Object(name))
            });
        }
    }

    /// The loop ends.
    pub(super) fn close_sockets(&mut self) {
        for source in mem::take(&mut self.sockets).open() {
            self.guarded(TaskId::NONE, |kernel| kernel.world.close(source));
        }
    }
}
