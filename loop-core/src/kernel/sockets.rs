//! Sockets: their table, and trying what tasks want of them.
//!
//! A socket is an [object](super::objects), so its waiters, its name and the undoing of a wait are those of objects. What is different:
//! whether a task may go on is found out by trying its operation, and that needs the world.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::mem;
use std::net::SocketAddr;
use std::rc::{Rc, Weak};

use super::Kernel;
use super::flow::Flow;
use super::objects::Objects;
use super::poll::Poll;
use super::queue::Message;
use super::sources::STANDARD;
use super::waits::{Of, Wait};
use crate::id::{SourceId, TaskId};
use crate::policy::Policy;
use crate::request::socket::{Io, Socket};
use crate::request::{AnyObject, Object, ObjectName, RequestKind, Resume};
use crate::trace::{Event, EventKind, Payload, Recorder};
use crate::world::{Attempt, Op, World};

struct Slot {
    /// How many sockets were in this slot before.
    generation: u32,
    is_open: bool,
    socket: Weak<Socket>,
}

/// The sockets that are open. Their numbers follow those of the standard streams.
#[derive(Default)]
pub(super) struct Sockets {
    slots: Vec<Slot>,
    /// The least is used first, so that numbers do not depend on the order in which sockets were closed.
    vacant: BinaryHeap<Reverse<usize>>,
}

fn slot_of(source: SourceId) -> Option<usize> {
    source.number().checked_sub(STANDARD)
}

impl Sockets {
    /// The number of a source that is about to be opened.
    fn reserve(&mut self) -> SourceId {
        let slot = match self.vacant.pop() {
            Some(Reverse(slot)) => slot,
            None => {
                self.slots.push(Slot {
                    generation: 0,
                    is_open: false,
                    socket: Weak::new(),
                });
                self.slots.len() - 1
            }
        };
        SourceId::new((STANDARD + slot) as u32, self.slots[slot].generation)
    }

    /// A source was reserved and not opened.
    fn abandon(&mut self, source: SourceId) {
        self.vacant.extend(slot_of(source).map(Reverse));
    }

    fn put(&mut self, source: SourceId, socket: Weak<Socket>) {
        let slot = &mut self.slots[slot_of(source).expect("the source of a socket")];
        slot.is_open = true;
        slot.socket = socket;
    }

    fn slot(&self, source: SourceId) -> Option<&Slot> {
        let slot = self.slots.get(slot_of(source)?)?;
        (slot.is_open && slot.generation == source.generation()).then_some(slot)
    }

    /// Whether the source is a socket's that is open.
    pub(super) fn is_current(&self, source: SourceId) -> bool {
        self.slot(source).is_some()
    }

    fn socket(&self, source: SourceId) -> Option<Rc<Socket>> {
        self.slot(source)?.socket.upgrade()
    }

    /// Forgets a socket. False if it was not open.
    fn remove(&mut self, source: SourceId) -> bool {
        if !self.is_current(source) {
            return false;
        }
        let number = slot_of(source).expect("it is current");
        let slot = &mut self.slots[number];
        slot.is_open = false;
        slot.socket = Weak::new();
        slot.generation = slot.generation.wrapping_add(1);
        self.vacant.push(Reverse(number));
        true
    }

    /// Those that are open.
    pub(super) fn open(&self) -> Vec<SourceId> {
        let slots = self.slots.iter().enumerate();
        let open = slots.filter(|(_, slot)| slot.is_open);
        open.map(|(number, slot)| SourceId::new((STANDARD + number) as u32, slot.generation))
            .collect()
    }
}

/// What a socket uses of the kernel while its operation is tried.
struct Desk<'k, W> {
    world: &'k mut W,
    sockets: &'k mut Sockets,
    objects: &'k mut Objects,
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

    fn local_addr(&self, source: SourceId) -> Option<SocketAddr> {
        self.world.local_addr(source).ok()
    }

    fn adopt(&mut self, source: SourceId, socket: &Socket) {
        self.objects.know(socket.registration());
        socket.set_source(source);
        socket.set_local(self.local_addr(source));
        self.sockets.put(source, socket.to_weak());
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

    /// A request to a socket that may have to wait.
    pub(super) fn ask_socket(
        &mut self,
        task: TaskId,
        request: RequestKind,
        object: AnyObject,
    ) -> Flow {
        let socket = object.0.socket().expect("a request to a socket").to_weak();
        let socket = socket.upgrade().expect("the request keeps it");
        let place = match self.objects.enter(Rc::clone(&object.0)) {
            Ok(place) => place,
            Err(kind) => return self.fail(task, super::interpret::used_elsewhere(kind)),
        };
        let name = Payload::Object(self.objects.name(place));
        self.record(|_| Event::new(EventKind::Asked(request), task, name));
        let queue = usize::from(request.is_second());
        if self.objects.first_waiter(place, queue).is_none() {
            socket.attempt_next(&mut self.desk());
        }
        let asked = self.objects.ask(object.0, request, &mut self.tasks, task);
        let (of, is_admitted) = asked.expect("this loop uses it");
        if !is_admitted {
            self.park(task, Wait::Object(of));
            return Flow::Over;
        }
        self.record(|kernel| {
            let name = Payload::Object(kernel.objects.name(place));
            Event::new(EventKind::Readied(request), task, name)
        });
        self.make_ready(task, Message::Admitted(of));
        Flow::Over
    }

    /// A request to a socket that never waits: its task keeps its turn.
    pub(super) fn do_to_socket(
        &mut self,
        task: TaskId,
        request: RequestKind,
        object: &AnyObject,
    ) -> Flow {
        let socket = object.0.socket().expect("a request to a socket").to_weak();
        let socket = socket.upgrade().expect("the request keeps it");
        self.objects.know(socket.registration());
        let name = socket.registration().name();
        self.record(|_| Event::new(EventKind::Asked(request), task, Payload::Object(name)));
        socket.attempt_next(&mut self.desk());
        socket.finish_next();
        self.record(|_| Event::new(EventKind::Answered(request), task, Payload::Object(name)));
        self.answer(Resume::Unit)
    }

    /// The world says that a socket may be tried again.
    pub(super) fn try_socket(&mut self, poll: &mut Poll, source: SourceId) {
        let Some(socket) = self.sockets.socket(source) else {
            return;
        };
        // Without a place, no task waits.
        while let Some(place) = socket.registration().place()
            && self.attempt_first(&socket, place)
        {
            self.record_poll(poll);
            self.offer(place);
        }
    }

    /// Tries what the first task wants in each direction. True if one of them has it.
    fn attempt_first(&mut self, socket: &Rc<Socket>, place: u32) -> bool {
        let mut is_done = false;
        for queue in 0..2 {
            if let Some(task) = self.objects.first_waiter(place, queue) {
                let task = self.holder(task);
                is_done |= socket.attempt_of(task, &mut self.desk());
            }
        }
        is_done
    }

    /// A task no longer waits for a socket.
    pub(super) fn unwatch_socket(&mut self, of: Of) {
        let place = of.place();
        if self.objects.has_waiters(place) {
            return;
        }
        let source = self.objects.object(place).socket().and_then(Socket::source);
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

    /// The loop ends.
    pub(super) fn close_sockets(&mut self) {
        for source in mem::take(&mut self.sockets).open() {
            self.guarded(TaskId::NONE, |kernel| kernel.world.close(source));
        }
    }
}
