//! Waiting for what happens outside of the loop: futures of other libraries, closures on other threads.

use std::io;
use std::rc::Rc;
use std::sync::Arc;
use std::task::Waker;

use super::Kernel;
use super::flow::Flow;
use super::queue::Message;
use crate::id::TaskId;
use crate::inbox::{Job, Mailbox};
use crate::policy::Policy;
use crate::request::{AnyObject, RequestKind};
use crate::signal::SignalKind;
use crate::stop::Stopper;
use crate::trace::{Event, EventKind, Payload, Recorder};
use crate::world::World;

impl<W: World, R: Recorder, P: Policy> Kernel<W, R, P> {
    fn make_inbox(&mut self) {
        if !self.outside.has_inbox() {
            let waker = self.world.waker();
            self.outside.set_waker(waker);
        }
    }

    /// What stops a run from outside.
    pub(crate) fn stopper(&mut self) -> Stopper {
        self.make_inbox();
        let waker = self.outside.waker();
        self.stop_flag.stopper(waker)
    }

    /// What other threads send errands with.
    pub(crate) fn mailbox(&mut self) -> Arc<Mailbox> {
        self.make_inbox();
        self.outside.mailbox()
    }

    /// The loop is a guest, and returns to its host: what comes from now on wakes the host. False if something has come already.
    pub(crate) fn set_host(&mut self, host: Waker) -> bool {
        self.make_inbox();
        self.outside.set_host(Some(host));
        !self.outside.has_mail()
    }

    /// The loop is no guest any more.
    pub(crate) fn forget_host(&self) {
        self.outside.set_host(None);
    }

    /// Whether the world has to be looked at now and then, because it cannot wake a host.
    pub(crate) fn is_watching(&self) -> bool {
        self.world.is_watching() || self.is_listening()
    }

    /// Whether a task has asked for a signal.
    #[inline]
    pub(super) fn is_listening(&self) -> bool {
        !self.outside.listened_to().is_empty()
    }

    /// Whether something outside can still wake a task, or make one.
    pub(super) fn can_be_told(&self) -> bool {
        let can_ring = |place| self.objects.object(place).can_ring();
        self.world.can_be_woken()
            && (self.outside.has_remotes() || self.outside.places().any(can_ring))
    }

    /// A request to an object that something outside changes. No other task waits for the object.
    pub(super) fn ask_outside(
        &mut self,
        task: TaskId,
        request: RequestKind,
        object: AnyObject,
    ) -> Flow {
        self.make_inbox();
        // A raw request can be made again.
        if object.0.registration().place().is_some() {
            return self.fail(task, Box::new("this request waits for its answer already"));
        }
        let place = self.objects.enter(Rc::clone(&object.0));
        let place = place.expect("an object that no loop uses");
        let name = self.objects.name(place);
        self.record(|_| Event::new(EventKind::Asked(request), task, Payload::Object(name)));
        let line = self.outside.open_line(place);
        match object.0.begin(line) {
            #[cfg(feature = "blocking")]
            Some(Job::Run(job)) => self.world.offload(job),
            Some(Job::LookUp(host, port, tell)) => self.world.look_up(host, port, tell),
            None => {}
        }
        if let Some(signal) = object.0.signal() {
            self.listen(signal, &object);
        }
        let asked = self.objects.ask(object.0, request, &mut self.tasks, task);
        let (of, is_admitted) = asked.expect("this loop uses it");
        if is_admitted {
            self.outside.close_line(place);
        }
        self.asked(task, request, of, is_admitted)
    }

    /// A task waits for a signal, which may have come already, or cannot come.
    fn listen(&mut self, signal: SignalKind, object: &AnyObject) {
        if let Err(error) = self.world.listen(signal) {
            return object.0.deliver(Err(error));
        }
        if self.outside.listen(signal) {
            object.0.deliver(Ok(()));
        }
    }

    /// The loop itself waits for the signal on which it shows its tasks.
    pub(super) fn listen_for_tasks(&mut self) -> io::Result<()> {
        // Ctrl-C comes in any case.
        let signal = self.settings.show_tasks_on;
        if let Some(signal) = signal.filter(|signal| *signal != SignalKind::interrupt()) {
            self.world.listen(signal)?;
            self.outside.listen_always(signal);
        }
        Ok(())
    }

    /// A signal has come: the places of the objects whose tasks wait for it, in the order in which they have asked. If there are none, it is
    /// kept for the next one that asks.
    pub(super) fn deliver_signal(&mut self, signal: SignalKind) -> Vec<u32> {
        let objects = &self.objects;
        let waits = |place: &u32| objects.object(*place).signal() == Some(signal);
        let places = self.outside.places_in_order(waits);
        if places.is_empty() && self.settings.show_tasks_on != Some(signal) {
            self.outside.keep(signal);
        }
        for place in &places {
            self.objects.object(*place).deliver(Ok(()));
        }
        places
    }

    /// The signals that have come since the last look, in the order in which tasks have first asked for them.
    pub(super) fn take_signals(&mut self) -> Vec<SignalKind> {
        let listened_to = self.outside.listened_to().iter().copied();
        listened_to
            .filter(|signal| self.world.take_signal(*signal))
            .collect()
    }

    /// The object at this place may have changed: wakes the task that waits for it, if so.
    pub(super) fn answer_line(&mut self, place: u32) -> Option<(TaskId, RequestKind)> {
        let (task, of) = self.objects.offer(place, 0, &mut self.tasks)?;
        self.outside.close_line(place);
        self.tasks.unpark(task);
        self.make_ready(task, Message::Admitted(of));
        Some((task, self.request_to(of)))
    }
}
