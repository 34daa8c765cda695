//! Making tasks, and running coroutines on the stack of a task.

use std::rc::Rc;

use super::Kernel;
use super::answers::used_elsewhere;
use super::flow::Flow;
use crate::coroutine::{AnyFrame, PrimeState, RawCoroutine, deep_drop, foreign, take_arguments};
use crate::id::TaskId;
use crate::policy::Policy;
use crate::request::{AnyHandle, AnyObject, LimitReached, ObjectKind, RequestKind, Resume};
use crate::trace::{Event, EventKind, Made, Payload, Recorder};
use crate::world::World;

impl<W: World, R: Recorder, P: Policy> Kernel<W, R, P> {
    pub(super) fn spawn_held(
        &mut self,
        task: TaskId,
        coroutine: RawCoroutine,
        name: Option<&str>,
    ) -> Flow {
        let handle = self.spawn(task, coroutine, name, |kernel, child| {
            // The handle is made before the child can end: while a handle exists, the child stays in the table.
            let generation = kernel.tasks.generation(child);
            AnyHandle::new(child, generation, &kernel.detached)
        });
        self.answer(Resume::Spawned(handle))
    }

    /// A task of an object's family: it has no handle, and the object is told of its end.
    pub(super) fn spawn_in(
        &mut self,
        task: TaskId,
        object: AnyObject,
        coroutine: RawCoroutine,
        name: Option<&str>,
    ) -> Flow {
        match self.spawn_child(task, &object, coroutine, name) {
            // It may have failed already, and the others are to be cancelled then.
            Ok(()) if self.has_cancelled_itself(task) => Flow::Over,
            Ok(()) => self.answer(Resume::Unit),
            Err(kind) => self.fail(task, used_elsewhere(kind)),
        }
    }

    /// Makes a task of an object's family. An error if the object is used by another loop.
    pub(super) fn spawn_child(
        &mut self,
        task: TaskId,
        object: &AnyObject,
        coroutine: RawCoroutine,
        name: Option<&str>,
    ) -> Result<(), ObjectKind> {
        let place = self.objects.enter(Rc::clone(&object.0))?;
        if object.0.family().is_some_and(|family| family.wants()) {
            self.spawn(task, coroutine, name, |kernel, child| {
                kernel.join_family(child, place);
            });
        }
        self.objects.leave(place);
        Ok(())
    }

    /// Makes a task. `made` is called before the task can end.
    #[inline]
    pub(super) fn spawn<T>(
        &mut self,
        task: TaskId,
        coroutine: RawCoroutine,
        name: Option<&str>,
        made: impl FnOnce(&mut Self, TaskId) -> T,
    ) -> T {
        let frame = match self.is_recording() {
            true => coroutine.into_described_frame(),
            false => coroutine.into_frame(),
        };
        let state = frame.prime_state();
        let (child, ordinal) = self.tasks.add(task, name, frame);
        if !self.locals.is_empty() {
            self.locals.put(child, self.locals.all(task));
        }
        if self.is_recording() {
            self.record_spawn(task, child, ordinal, name);
        }
        let made = made(self, child);
        match state {
            PrimeState::Unstarted | PrimeState::Now | PrimeState::Asked => self.begin_life(child),
            // A coroutine that has ended while it was primed never enters the queue.
            PrimeState::Ended => {
                self.record_site(EventKind::Primed, child);
                self.finish(child);
            }
            PrimeState::Panicked => {
                self.record_site(EventKind::Primed, child);
                self.fail_primed(child);
            }
            PrimeState::Foreign => {
                self.record_site(EventKind::Primed, child);
                self.fail(child, foreign());
            }
        }
        made
    }

    #[cold]
    pub(super) fn record_spawn(
        &mut self,
        task: TaskId,
        child: TaskId,
        ordinal: u32,
        name: Option<&str>,
    ) {
        let arguments = take_arguments(self.tasks.frame(child));
        let payload = Payload::Call {
            site: self.tasks.frame(child).site(),
            arguments: arguments.clone().map(String::from),
            depth: 0,
        };
        self.record(|_| Event::new(EventKind::Asked(RequestKind::Spawn), task, payload));
        self.record_made(child, task, ordinal, name, arguments);
        self.record_about(EventKind::Answered(RequestKind::Spawn), task, child);
    }

    pub(super) fn chain(&mut self, task: TaskId, coroutine: RawCoroutine) -> Flow {
        let frame = match self.is_recording() {
            true => self.record_chain(task, coroutine),
            false => coroutine.into_frame(),
        };
        if frame.prime_state() == PrimeState::Ended {
            // It has ended while it was primed, so it need not go onto the stack.
            self.record(|_| Event::new(EventKind::Primed, task, Payload::Site(frame.site())));
            return self.return_value(task, frame);
        }
        let Some(max) = self.settings.max_depth else {
            self.tasks.call(task, frame);
            return Flow::Start;
        };
        match self.tasks.call_within(task, frame, max) {
            Ok(()) => Flow::Start,
            Err(frame) => {
                // It is younger than the coroutines on the stack, so it is closed first.
                self.guarded(task, |_| deep_drop(frame));
                self.fail(task, Box::new(LimitReached::Depth(max)))
            }
        }
    }

    #[cold]
    pub(super) fn record_chain(&mut self, task: TaskId, coroutine: RawCoroutine) -> AnyFrame {
        let frame = coroutine.into_described_frame();
        let payload = Payload::Call {
            site: frame.site(),
            arguments: take_arguments(&frame).map(String::from),
            depth: 0,
        };
        self.record(|_| Event::new(EventKind::Asked(RequestKind::Chain), task, payload));
        frame
    }

    /// Records that a task was made.
    pub(super) fn record_made(
        &mut self,
        task: TaskId,
        parent: TaskId,
        ordinal: u32,
        name: Option<&str>,
        arguments: Option<Box<str>>,
    ) {
        self.record(|kernel| {
            let site = kernel.tasks.frame(task).site();
            let name = name.map(Into::into);
            let made = Made::new(parent.some(), ordinal, name, site, arguments);
            Event::new(EventKind::Scheduled, task, Payload::Made(made))
        });
    }
}
