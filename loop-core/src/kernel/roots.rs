//! Tasks that no other task has spawned.

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::Kernel;
use crate::coroutine::{RawCoroutine, take_arguments};
use crate::id::TaskId;
use crate::inbox::Errand;
use crate::policy::Policy;
use crate::trace::Recorder;
use crate::world::World;

impl<W: World, R: Recorder, P: Policy> Kernel<W, R, P> {
    /// Makes a coroutine a task that no other task has spawned. The caller holds its handle.
    pub(crate) fn schedule(&mut self, coroutine: RawCoroutine, name: Option<&str>) -> TaskId {
        let frame = coroutine.into_described_frame();
        let arguments = take_arguments(&frame);
        let (task, ordinal) = self.tasks.add(TaskId::NONE, name, frame);
        self.record_made(task, TaskId::NONE, ordinal, name, arguments);
        self.begin_life(task);
        task
    }

    /// Drops the handle of a task that was scheduled.
    pub(crate) fn detach(&mut self, task: TaskId) {
        self.detached.push(task, self.tasks.generation(task));
    }

    /// Makes a task of what another thread has sent.
    pub(super) fn run_errand(&mut self, errand: Errand) {
        let is_recording = self.is_recording();
        match catch_unwind(AssertUnwindSafe(|| errand(is_recording))) {
            Ok(coroutine) => {
                let task = self.schedule(coroutine, None);
                self.detach(task);
            }
            Err(payload) => self.fail_unjoined(TaskId::NONE, payload),
        }
    }
}
