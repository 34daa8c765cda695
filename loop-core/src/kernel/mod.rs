//! The kernel: what a loop does, apart from its public face.
//!
//! Each part of its state is a module that keeps its fields to itself: [`tasks`], [`queue`], [`timers`], [`sources`],
//! [`failures`]. Here they are put together. [`turn`] runs coroutines and [`interpret`] does what they ask; [`park`] has the
//! only places where a task begins to wait and stops waiting; [`poll`] looks at clock and world; [`ending`] is about how tasks end.
//!
//! A *step* is one poll of a coroutine's body. A *turn* is the steps of one task, from when it leaves the ready queue until it goes
//! to the back of the queue, parks or ends. A *batch* is the turns of the tasks that were ready when it began. A *cycle* is
//! the batches between two polls of clock and world.

mod ending;
mod failures;
mod interpret;
mod names;
mod output;
mod park;
mod poll;
mod queue;
mod report;
mod run;
mod sources;
mod streams;
mod table;
mod tasks;
mod timers;
mod turn;
mod waits;

pub(crate) use self::run::RunUntil;
use std::rc::Rc;

use self::failures::Failures;
use self::queue::{BoxedAnswer, Queue};
use self::run::StopReason;
use self::sources::Sources;
use self::table::Table;
use self::tasks::Tasks;
use self::timers::Timers;
use self::waits::TaskState;
use crate::id::{SourceId, TaskId};
use crate::policy::Policy;
use crate::request::{DetachQueue, Resume};
use crate::slow::SlowSteps;
use crate::stop::StopFlag;
use crate::trace::{Event, EventKind, Payload, Recorder};
use crate::world::World;

/// What a loop is told when it is made, apart from its world, its recorder and its policy.
pub(crate) struct Settings {
    pub(crate) slow: SlowSteps,
    /// The longest line of input, in bytes.
    pub(crate) line_limit: usize,
    /// Hears of errors that nobody can ask for: the task's name, and the error's text.
    pub(crate) on_unjoined_error: Option<Box<dyn FnMut(&str, &str)>>,
    /// After so many steps a run fails. `None`: never.
    pub(crate) step_limit: Option<u64>,
}

/// The standard streams, which every loop opens first.
#[derive(Clone, Copy)]
struct Standard {
    stdin: SourceId,
    stdout: SourceId,
    stderr: SourceId,
}

/// Everything of a loop but its public face.
pub(crate) struct Kernel<W, R, P> {
    world: W,
    recorder: R,
    policy: P,
    settings: Settings,
    tasks: Tasks,
    queue: Queue,
    /// Answers of tasks that are in the ready queue.
    answers: Table<Option<Resume>>,
    timers: Timers,
    sources: Sources,
    standard: Option<Standard>,
    failures: Failures,
    /// Where the handles of this loop note that they were dropped.
    detached: Rc<DetachQueue>,
    /// The task whose turn it is.
    current: TaskId,
    /// The task whose end ends the run.
    awaited: TaskId,
    /// Why the run ends.
    stop_reason: Option<StopReason>,
    /// Set from outside, to stop the run.
    stop_flag: StopFlag,
    /// The run goes on when no task is left.
    until_stopped: bool,
    /// Steps of this run.
    steps: u64,
}

impl<W: World, R: Recorder, P: Policy> Kernel<W, R, P> {
    pub(crate) fn new(world: W, recorder: R, policy: P, settings: Settings) -> Kernel<W, R, P> {
        Kernel {
            world,
            recorder,
            policy,
            settings,
            tasks: Tasks::new(),
            queue: Queue::default(),
            answers: Table::new(),
            timers: Timers::default(),
            sources: Sources::new(),
            standard: None,
            failures: Failures::default(),
            detached: Rc::new(DetachQueue::default()),
            current: TaskId::NONE,
            awaited: TaskId::NONE,
            stop_reason: None,
            stop_flag: StopFlag::default(),
            until_stopped: false,
            steps: 0,
        }
    }

    pub(crate) fn world(&self) -> &W {
        &self.world
    }

    pub(crate) fn world_mut(&mut self) -> &mut W {
        &mut self.world
    }

    pub(crate) fn recorder(&self) -> &R {
        &self.recorder
    }

    pub(crate) fn policy_name(&self) -> String {
        self.policy.name()
    }

    pub(crate) fn unfinished(&self) -> usize {
        self.tasks.unfinished()
    }

    pub(crate) fn stop_flag(&self) -> &StopFlag {
        &self.stop_flag
    }

    fn standard(&self) -> Standard {
        self.standard
            .expect("the standard streams are opened when a run begins")
    }

    // Recording.

    /// Records an event, which is made only if somebody wants it.
    // Inlined always, as a recorder is quickest where the kind of the event is known.
    #[inline(always)]
    fn record(&mut self, event: impl FnOnce(&mut Self) -> Event) {
        #[cfg(feature = "tracing")]
        if crate::log::is_on() {
            return self.log_and_record(event);
        }
        if R::ON {
            let event = event(self);
            self.recorder.record(event);
        }
    }

    /// Apart from [`record`](Kernel::record), because an event that is referred to has to lie in memory.
    #[cfg(feature = "tracing")]
    #[cold]
    fn log_and_record(&mut self, event: impl FnOnce(&mut Self) -> Event) {
        let event = event(self);
        crate::log::log(&event, &|task| self.tasks.name(task));
        if R::ON {
            self.recorder.record(event);
        }
    }

    /// Records an event without a detail.
    #[inline(always)]
    fn record_plain(&mut self, kind: EventKind, task: TaskId) {
        self.record(|_| Event::plain(kind, task));
    }

    /// Records an event with the site of the coroutine on top of the task's stack.
    #[inline(always)]
    fn record_site(&mut self, kind: EventKind, task: TaskId) {
        self.record(|kernel| {
            Event::new(kind, task, Payload::Site(kernel.tasks.frame(task).site()))
        });
    }

    /// Records an event whose detail is another task.
    #[inline(always)]
    fn record_about(&mut self, kind: EventKind, task: TaskId, other: TaskId) {
        self.record(|_| Event::new(kind, task, Payload::Task(other)));
    }

    /// Whether events are wanted right now.
    #[inline]
    pub(crate) fn is_recording(&self) -> bool {
        #[cfg(feature = "tracing")]
        if crate::log::is_on() {
            return true;
        }
        R::ON
    }

    /// The name of a task, which may be gone.
    fn name_of(&self, task: TaskId) -> String {
        match task.some() {
            Some(task) if self.tasks.state(task) != TaskState::Vacant => self.tasks.name(task),
            _ => "?".to_owned(),
        }
    }

    // Answers.

    /// Keeps an answer for a task that is going to be in the ready queue.
    #[inline]
    fn keep_answer(&mut self, answer: Resume) -> BoxedAnswer {
        let (place, slot) = self.answers.claim(|| None);
        *slot = Some(answer);
        BoxedAnswer(place)
    }

    /// Takes an answer that was kept.
    #[inline]
    fn take_kept(&mut self, BoxedAnswer(place): BoxedAnswer) -> Resume {
        let answer = self.answers[place].take();
        self.answers.vacate(place);
        answer.expect("a kept answer is taken once")
    }
}
