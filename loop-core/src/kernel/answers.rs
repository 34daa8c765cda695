//! Answering requests.

use super::Kernel;
use super::flow::Flow;
use super::queue::{BoxedAnswer, Message};
use crate::coroutine::Payload as PanicPayload;
use crate::id::TaskId;
use crate::policy::Policy;
use crate::request::{ObjectKind, RequestKind, Resume, with_airlock};
use crate::trace::{Event, EventKind, Recorder};
use crate::world::World;

impl<W: World, R: Recorder, P: Policy> Kernel<W, R, P> {
    /// Answers, and the task keeps its turn.
    #[inline]
    pub(super) fn answer(&mut self, answer: Resume) -> Flow {
        with_airlock(|airlock| airlock.put_answer(answer));
        Flow::Resume
    }

    /// The answer is kept, and the task goes to the back of the ready queue.
    pub(super) fn answer_at_the_back(
        &mut self,
        task: TaskId,
        kind: RequestKind,
        kept: BoxedAnswer,
    ) -> Flow {
        self.record(|kernel| {
            let answer = kernel.shown(kernel.kept(kept));
            Event::new(EventKind::Readied(kind), task, answer)
        });
        self.make_ready(task, Message::Answer(kept));
        Flow::Over
    }
}

/// The failure of a task that asks for what the tasks of another loop use.
#[cold]
pub(super) fn used_elsewhere(kind: ObjectKind) -> PanicPayload {
    Box::new(format!(
        "the {kind} is used by tasks of another event loop: the tasks that share it must be in one loop"
    ))
}
