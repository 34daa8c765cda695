//! The kernel: what a loop does, apart from its public face.
//!
//! Each part of its state is a module with private fields: [`tasks`], [`queue`], [`timers`], [`sources`], [`objects`], [`failures`]. This
//! file puts them together. [`turn`] runs coroutines, and [`interpret`] does what they ask. [`park`] has the only places where
//! a task begins to wait and stops waiting. [`poll`] asks clock and world what has happened. [`ending`] says how tasks end.
//!
//! A *step* is one poll of a coroutine's body. A *turn* is the steps of one task, from when it leaves the ready queue until it goes
//! to the back of the queue, parks or ends. A *batch* is the turns of the tasks that were ready when it began. A *cycle* is
//! the turns between two polls of clock and world: batches, or
//! a portion of one where the clock goes on while tasks run. [`pace`] says how many.

mod answers;
mod asking;
mod bridges;
mod cancel;
mod closings;
mod cycles;
mod deadlines;
mod ending;
mod failures;
mod families;
mod flow;
mod inside;
mod interpret;
mod locals;
mod names;
mod network;
mod objects;
mod others;
mod output;
mod outside;
mod pace;
mod park;
mod poll;
mod queue;
mod report;
mod roots;
mod run;
mod sockets;
mod sources;
mod spawning;
mod stop_reason;
mod streams;
mod table;
mod tasks;
mod timers;
mod turn;
mod waits;
mod ways;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;

use self::closings::Closings;
use self::deadlines::Deadlines;
use self::failures::Failures;
use self::flow::Flow;
use self::locals::Locals;
use self::objects::Objects;
use self::outside::Outside;
use self::pace::Pace;
use self::queue::{BoxedAnswer, Queue};
use self::sockets::Sockets;
use self::sources::Sources;
pub(crate) use self::stop_reason::RunUntil;
use self::stop_reason::StopReason;
use self::streams::AnswerNumber;
use self::table::{Entry, Table};
use self::tasks::Tasks;
use self::timers::Timers;
use self::waits::TaskState;
use self::ways::Ways;
use crate::coroutine::{Payload as PanicPayload, Site, address, take_way};
use crate::id::{SourceId, TaskId};
use crate::policy::Policy;
use crate::request::{DetachQueueOfThisThread, Resume, TaskError};
use crate::settings::Settings;
use crate::stop::StopFlag;
use crate::time::Time;
use crate::trace::{Event, EventKind, Payload, Recorder};
use crate::world::World;

/// The standard streams, which every loop opens first.
#[derive(Clone, Copy)]
struct Standard {
    stdin: SourceId,
    stdout: SourceId,
    stderr: SourceId,
}

/// An answer for a task that is in the ready queue.
struct Kept {
    number: AnswerNumber,
    /// Of the table.
    spare: u32,
    /// `None` if the place is vacant, or if the answer was taken back from a cancelled task.
    answer: Option<Resume>,
}

impl Kept {
    fn blank() -> Kept {
        Kept {
            number: AnswerNumber::default(),
            spare: 0,
            answer: None,
        }
    }
}

impl Entry for Kept {
    #[inline]
    fn spare_word(&mut self) -> &mut u32 {
        &mut self.spare
    }
}

/// A loop without its public interface.
pub(crate) struct Kernel<W, R, P> {
    world: W,
    recorder: R,
    policy: P,
    settings: Settings,
    tasks: Tasks,
    queue: Queue<P>,
    /// Answers for tasks that are in the ready queue.
    answers: Table<Kept>,
    /// The number of the next answer that is kept.
    next_answer: AnswerNumber,
    timers: Timers,
    sources: Sources,
    sockets: Sockets,
    objects: Objects,
    closings: Closings,
    locals: Locals,
    /// What other threads may change.
    outside: Outside,
    standard: Option<Standard>,
    failures: Failures,
    /// Handles of this loop that were dropped.
    detached: Rc<DetachQueueOfThisThread>,
    /// The task whose turn it is.
    current: TaskId,
    /// The last coroutine that has begun in this turn, for the report of a slow turn.
    begun: Option<&'static Site>,
    /// The policy is being asked whether this task keeps its turn, and how the turn goes on then.
    asked_about: Option<(TaskId, Flow)>,
    /// The task whose end ends the run.
    awaited: TaskId,
    /// Why the run ends.
    stop_reason: Option<StopReason>,
    /// Set from outside, to stop the run.
    stop_flag: StopFlag,
    /// The run goes on when no task is left.
    until_stopped: bool,
    /// Of a guest: so many more rounds of turns and a poll in this run.
    rounds: Option<u32>,
    /// Of a guest: it waits until this time at most.
    waits_until: Time,
    /// The last run was stopped.
    was_stopped: bool,
    /// Steps of this run.
    steps: u64,
    pace: Pace,
    /// The place in its batch of the turn that printed last.
    printed_in: usize,
    /// Empty unless events are recorded.
    ways: Ways,
}

impl<W: World, R: Recorder, P: Policy> Kernel<W, R, P> {
    pub(crate) fn new(world: W, recorder: R, policy: P, settings: Settings) -> Kernel<W, R, P> {
        // Where time stands still while tasks run, memory is no concern.
        let tracks_waits = settings.tracks_waits
            || settings.show_tasks_on.is_some()
            || world.coarse_now().is_none();
        Kernel {
            world,
            recorder,
            policy,
            settings,
            tasks: Tasks::new(tracks_waits),
            queue: Queue::new(),
            answers: Table::new(),
            next_answer: AnswerNumber::default(),
            timers: Timers::default(),
            sources: Sources::new(),
            sockets: Sockets::default(),
            objects: Objects::new(),
            closings: Closings::default(),
            locals: Locals::default(),
            outside: Outside::default(),
            standard: None,
            failures: Failures::default(),
            detached: Rc::new(DetachQueueOfThisThread::default()),
            current: TaskId::NONE,
            asked_about: None,
            ways: Ways::default(),
            begun: None,
            awaited: TaskId::NONE,
            stop_reason: None,
            stop_flag: StopFlag::default(),
            until_stopped: false,
            rounds: None,
            waits_until: Time::ZERO,
            was_stopped: false,
            steps: 0,
            pace: Pace::default(),
            printed_in: 0,
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

    /// Whether the run goes on when no task is left.
    fn runs_forever(&self) -> bool {
        self.until_stopped
    }

    /// Whether a [`Stopper`](crate::Stopper) exists that can stop a run that waits.
    fn can_be_stopped(&self) -> bool {
        self.until_stopped && self.stop_flag.is_shared() && self.world.can_be_woken()
    }

    /// The timers, and what they ask about deadlines.
    #[inline]
    fn deadlines(&mut self) -> (&mut Timers, Deadlines<'_>) {
        let deadlines = Deadlines::new(&mut self.tasks, &mut self.objects);
        (&mut self.timers, deadlines)
    }

    pub(crate) fn was_stopped(&self) -> bool {
        self.was_stopped
    }

    /// Whether there is something to do now: a task is ready, or something has come for one.
    pub(crate) fn is_ready(&self) -> bool {
        !self.queue.is_empty() || self.sources.has_untried() || self.outside.has_mail()
    }

    fn standard(&self) -> Standard {
        self.standard
            .expect("the standard streams are opened when a run begins")
    }

    // Recording.

    /// Records an event. The event is made only if it is recorded or logged.
    // Inlined always, because a recorder is fastest where the kind of the event is known.
    #[inline(always)]
    fn record(&mut self, event: impl FnOnce(&mut Self) -> Event) {
        #[cfg(feature = "tracing")]
        if crate::log::is_on() {
            return self.log_and_record(event);
        }
        if R::ON {
            let event = event(self);
            self.hand_to_recorder(event);
        }
    }

    #[inline(always)]
    fn hand_to_recorder(&mut self, event: Event) {
        if R::NEVER_PANICS {
            return self.recorder.record(event);
        }
        // A panic is contained here, so that it does not interrupt what the kernel does around an event.
        self.guarded(self.current, |kernel| kernel.recorder.record(event));
    }

    /// Separate from [`record`](Kernel::record), because an event that is passed by reference has to be in memory.
    #[cfg(feature = "tracing")]
    #[cold]
    fn log_and_record(&mut self, event: impl FnOnce(&mut Self) -> Event) {
        let event = event(self);
        crate::log::log(&event, &|task| self.tasks.name(task));
        if R::ON {
            self.hand_to_recorder(event);
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
            let frame = kernel.tasks.frame(task);
            let site = frame.site();
            // A body that begins is not within another one yet.
            match kernel.ways.of(task, address(frame)) {
                way @ [_, ..] if kind == EventKind::Resumed => {
                    Event::new(kind, task, Payload::InPlace(site, way.into()))
                }
                _ => Event::new(kind, task, Payload::Site(site)),
            }
        });
    }

    /// A step is over: notes within which coroutines the body has asked, if that is recorded.
    #[inline(always)]
    fn note_way(&mut self, task: TaskId) {
        // Not `is_recording`, which asks the log too, for each step: log lines show no ways.
        if R::ON {
            let frame = address(self.tasks.frame(task));
            self.ways.note(task, frame, take_way());
        }
    }

    /// Records an event whose detail is another task.
    #[inline(always)]
    fn record_about(&mut self, kind: EventKind, task: TaskId, other: TaskId) {
        self.record(|_| Event::new(kind, task, Payload::Task(other)));
    }

    /// Whether events are recorded or logged at this moment.
    #[inline]
    pub(crate) fn is_recording(&self) -> bool {
        #[cfg(feature = "tracing")]
        if crate::log::is_on() {
            return true;
        }
        R::ON
    }

    /// The detail of an answer, with its text cut.
    fn shown(&self, answer: &Resume) -> Payload {
        Payload::of(answer, self.settings.text_limit)
    }

    /// The name of a task; `?` if the task is gone.
    fn name_of(&self, task: TaskId) -> String {
        match task.some() {
            Some(task) if self.tasks.state(task) != TaskState::Vacant => self.tasks.name(task),
            _ => "?".to_owned(),
        }
    }

    // Failures.

    /// Runs code that is not the kernel's: a destructor, the recorder, the world. A panic does not leave the loop: it is kept as
    /// a failure for the end of the run.
    fn guarded(&mut self, task: TaskId, call: impl FnOnce(&mut Self)) {
        if let Err(payload) = catch_unwind(AssertUnwindSafe(|| call(self))) {
            self.fail_unjoined(task, payload);
        }
    }

    /// Keeps a panic that is not the end of a task, for the end of the run.
    #[cold]
    fn fail_unjoined(&mut self, task: TaskId, payload: PanicPayload) {
        let error = self.error(task, None, payload);
        self.failures.push_unjoined(error);
    }

    fn error(
        &mut self,
        task: TaskId,
        site: Option<&'static Site>,
        payload: PanicPayload,
    ) -> TaskError {
        self.error_of(self.name_of(task), site, payload)
    }

    fn error_of(
        &mut self,
        task: String,
        site: Option<&'static Site>,
        payload: PanicPayload,
    ) -> TaskError {
        let number = self.failures.next_number();
        TaskError::panicked(task, site, number, payload, self.flight_record())
    }

    /// The last events, if the recorder keeps them. A panic of the recorder must not come on top of what is reported.
    fn flight_record(&self) -> Option<String> {
        let record = catch_unwind(AssertUnwindSafe(|| self.recorder.flight_record()));
        record.unwrap_or_default()
    }

    // Answers.

    /// Keeps an answer for a task that is going to be in the ready queue.
    #[inline(always)]
    fn keep_answer(&mut self, answer: Resume) -> BoxedAnswer {
        self.keep_numbered(self.next_answer, answer)
    }

    /// The same for input, which keeps its number when it is given back and then given to another task.
    #[inline(always)]
    fn keep_numbered(&mut self, number: AnswerNumber, answer: Resume) -> BoxedAnswer {
        let (place, kept) = self.answers.claim(Kept::blank);
        kept.number = number;
        kept.answer = Some(answer);
        self.next_answer = self.next_answer.next();
        BoxedAnswer::at(place)
    }

    /// An answer that is kept.
    fn kept(&self, kept: BoxedAnswer) -> &Resume {
        let answer = self.answers[kept.place()].answer.as_ref();
        answer.expect("an answer is taken once")
    }

    /// Takes an answer that was kept, when its entry has left the ready queue. `None` if it was given back before.
    #[inline]
    fn take_kept(&mut self, kept: BoxedAnswer) -> Option<Resume> {
        let place = kept.place();
        let answer = self.answers[place].answer.take();
        self.answers.vacate(place);
        answer
    }

    /// Takes the answers of the tasks that are in the ready queue.
    fn take_all_kept(&mut self) -> Vec<Resume> {
        let kept = self.answers.iter_mut();
        kept.filter_map(|kept| kept.answer.take()).collect()
    }
}
