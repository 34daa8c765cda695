//! The hot path: running the tasks that are ready.
//!
//! A step polls the frame on top of the task's stack, and then does what the frame asks. A turn is the steps of one task, as
//! long as its requests are answered at once and can never wait. After [`TURN`] answers it ends in any case.
//!
//! Three decisions keep a step short. An entry of the queue is eight bytes, and a bare `yield_!()` needs nothing else. Panics
//! are caught around a whole cycle, not around each step. Slow turns are measured by a second, equal loop, so a program that
//! does not measure them does not pay for it.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use super::Kernel;
use super::closings::Cause;
use super::flow::Flow;
use super::names::NameRef;
use super::queue::{Message, Ready};
use super::stop_reason::StopReason;
use crate::coroutine::{
    Airlock, Payload as PanicPayload, PrimeState, Site, StepState, foreign, take_changed,
};
use crate::id::TaskId;
use crate::policy::{Choice, Policy};
use crate::request::{Resume, Value, with_airlock};
use crate::time::Time;
use crate::trace::{Event, EventKind, Options, Payload, Recorder};
use crate::world::World;

/// At most so many answers in one turn.
const TURN: u32 = 64;

/// The turn that is being measured.
#[derive(Default)]
struct Watch {
    began: Option<Time>,
    /// The task's name, and the coroutine with which the turn began.
    turn: Option<(NameRef, &'static Site)>,
}

impl<W: World, R: Recorder, P: Policy> Kernel<W, R, P> {
    /// Runs batches of ready tasks until these are as many steps as the pace wants or more, or nobody is ready; whatever panics.
    pub(super) fn cycle(&mut self) {
        // The last round of a guest is one batch.
        let gather = match self.rounds {
            Some(1) => 1,
            _ => self.pace.gather(),
        };
        let mut steps = 0;
        let mut watch = Watch::default();
        let is_measured = self.settings.slow.threshold().is_some();
        loop {
            let run = catch_unwind(AssertUnwindSafe(|| match is_measured {
                false => self.batches(&mut steps, gather),
                true => self.batches_measured(&mut steps, gather, &mut watch),
            }));
            match run {
                Ok(()) => break,
                // The rest of the batch is still in the queue: the loop goes on with it.
                Err(payload) => self.panicked(payload),
            }
        }
        self.steps += u64::from(steps);
    }

    /// The last batch of a run that is stopped, to its end.
    pub(super) fn last_batch(&mut self) {
        if self.queue.is_in_batch() || self.queue.next_batch(usize::MAX) > 0 {
            self.cycle();
        }
    }

    /// Begins the next portion of turns: what a panic has left of the last one, the rest of the batch, or the next batch. False
    /// if the cycle is over.
    #[inline(always)]
    fn next_portion(&mut self, steps: &mut u32, gather: u32) -> bool {
        if self.queue.is_in_batch() {
            return self.rest_of_batch(steps);
        }
        // Whether the user has interrupted is asked at the poll: at the latest after `gather` steps, which are few if turns are slow.
        if *steps >= gather || self.stop_reason.is_some() || self.stop_flag.is_set() {
            return false;
        }
        let turns = self.queue.next_batch(self.pace.turns_at_once());
        // The first step of each turn is counted here, further ones where they are made.
        *steps += turns as u32;
        turns > 0
    }

    #[cold]
    fn rest_of_batch(&mut self, steps: &mut u32) -> bool {
        if self.stop_reason.is_some() || self.stop_flag.is_set() || self.world.is_interrupted() {
            return self.last_portion(steps);
        }
        if self.queue.is_in_portion() {
            return true;
        }
        if *steps >= self.pace.portion() {
            return false;
        }
        *steps += self.queue.next_portion(self.pace.turns_at_once()) as u32;
        true
    }

    /// A run that stops finishes its batch, unless the user has interrupted or the program exits.
    fn last_portion(&mut self, steps: &mut u32) -> bool {
        if self.world.is_interrupted() || matches!(self.stop_reason, Some(StopReason::Exit(_))) {
            return false;
        }
        if !self.queue.is_in_portion() {
            *steps += self.queue.next_portion(usize::MAX) as u32;
        }
        self.queue.is_in_portion()
    }

    fn batches(&mut self, steps: &mut u32, gather: u32) {
        while self.next_portion(steps, gather) {
            while let Some(ready) = self.pop() {
                self.turn(ready, steps);
            }
        }
    }

    fn batches_measured(&mut self, steps: &mut u32, gather: u32, watch: &mut Watch) {
        // The last turn before a panic came here has not been measured.
        self.turn_is_over(watch);
        while self.next_portion(steps, gather) {
            while let Some(ready) = self.pop() {
                let task = ready.task();
                // Both are taken before the turn, because the turn may end the task.
                let site = self.tasks.frame_mut(task).map(|frame| frame.site());
                watch.turn = site.map(|site| (self.tasks.hold_name(task), site));
                self.begun = None;
                self.turn(ready, steps);
                // A panic from here on is not the task's: it may be in the queue again, or gone.
                self.current = TaskId::NONE;
                self.turn_is_over(watch);
            }
        }
    }

    /// Reports a turn that was slow. The next one begins.
    fn turn_is_over(&mut self, watch: &mut Watch) {
        let now = self.world.now();
        let took = now - watch.began.replace(now).unwrap_or(now);
        let Some((name, site)) = watch.turn.take() else {
            return;
        };
        let threshold = self.settings.slow.threshold();
        if threshold.is_some_and(|threshold| took >= threshold) {
            let task = self.tasks.text_of(name);
            self.report_slow(task, self.begun.unwrap_or(site), took);
        }
        self.tasks.let_go_of_name(name);
    }

    #[inline(always)]
    fn pop(&mut self) -> Option<Ready> {
        let ready = match P::ON {
            true => self.pop_chosen()?,
            false => self.queue.pop()?,
        };
        self.tasks.assert_leaves_queue(ready.task());
        Some(ready)
    }

    // The policy.

    /// Lets the policy decide which of the runnable tasks runs next.
    #[inline(always)]
    fn pop_chosen(&mut self) -> Option<Ready> {
        if !self.queue.is_in_portion() {
            return None;
        }
        // If the policy panics, that is the failure of no task.
        self.current = TaskId::NONE;
        let options = self.queue.len();
        if options == 1 {
            return Some(self.queue.take(0));
        }
        let picked = self.choose(Choice::NextTask, options);
        self.record(|kernel| {
            let task = kernel.queue.get(picked).task();
            let first = kernel.queue.get(0).task();
            choice(Choice::NextTask, task, picked, options, first)
        });
        Some(self.queue.take(picked))
    }

    /// Whether the policy ends the turn of a task where production would not.
    fn is_preempted(&mut self, task: TaskId, flow: Flow) -> bool {
        // No other task could run instead, so there is nothing to choose.
        if self.queue.is_empty() {
            return false;
        }
        // If the policy panics, that is not the task's failure: the task goes on when the loop is run again.
        self.asked_about = Some((task, flow));
        self.current = TaskId::NONE;
        let picked = self.choose(Choice::KeepTurn, 2);
        self.asked_about = None;
        self.current = task;
        self.record(|_| choice(Choice::KeepTurn, task, picked, 2, task));
        picked > 0
    }

    fn choose(&mut self, choice: Choice, options: usize) -> usize {
        let picked = self.policy.choose(choice, options);
        assert!(
            picked < options,
            "a policy chose option {picked} of {options}: options are numbered from 0"
        );
        picked
    }

    // A turn.

    #[inline(always)]
    fn turn(&mut self, ready: Ready, steps: &mut u32) {
        let task = ready.task();
        // First: from here on a panic is the failure of this task.
        self.current = task;
        if !self.tasks.has_frame(task) {
            return self.bury_entry(ready);
        }
        let flow = if ready.is_go_on() {
            self.record_site(EventKind::Resumed, task);
            self.step(task, false)
        } else if ready.is_start() {
            self.begin(task)
        } else {
            self.record_site(EventKind::Resumed, task);
            let answered = self.deliver(task, ready);
            self.step(task, answered)
        };
        let flow = self.step_is_over(task, flow);
        if flow != Flow::Over {
            self.go_on(task, flow, steps);
        }
    }

    /// Lets the policy cancel the task that has made a step.
    #[inline(always)]
    fn step_is_over(&mut self, task: TaskId, flow: Flow) -> Flow {
        if P::ON && self.tasks.is_living(task) && self.policy.cancels() {
            return self.cancel_after_step(task, flow);
        }
        flow
    }

    #[cold]
    fn cancel_after_step(&mut self, task: TaskId, flow: Flow) -> Flow {
        if flow != Flow::Over {
            self.end_turn(task, flow, EventKind::Preempted);
        }
        let reason = Some("the policy cancels here".to_owned());
        self.cancel_living(task, &Cause::new(None, reason));
        self.note_changes();
        Flow::Over
    }

    /// Puts the answer that a message stands for into the airlock. False if it only says to go on.
    // Each arm calls `put_answer` itself, so that the answer is made in the airlock. A processor stalls when it copies in large
    // pieces what was just written in small ones.
    #[inline(always)]
    fn deliver(&mut self, task: TaskId, ready: Ready) -> bool {
        let Some(of) = ready.admitted() else {
            self.put(ready.message());
            return true;
        };
        self.tasks.take_pending(task);
        self.went_on(of);
        false
    }

    fn put(&mut self, message: Message) {
        match message {
            Message::GoOn | Message::Start | Message::Admitted(_) => {}
            Message::Joined(other) => {
                self.tasks.take_pending(self.current);
                // The value is taken before the task's place is vacant.
                let value = Value::of(self.take_value(other));
                self.release(other);
                with_airlock(|airlock| airlock.put_answer(Resume::Joined(Ok(value))));
            }
            Message::Answer(kept) => {
                // The answer leaves its place now, so a cancellation must no longer find it there.
                self.tasks.take_pending(self.current);
                if let Some(answer) = self.take_kept(kept) {
                    with_airlock(|airlock| airlock.put_answer(answer));
                }
            }
        }
    }

    /// Makes the further steps of a turn, until the turn is over.
    #[inline]
    fn go_on(&mut self, task: TaskId, mut flow: Flow, steps: &mut u32) {
        let mut answers = 1;
        while flow != Flow::Over {
            // Before the policy is asked: at the end of the budget there is no choice.
            if answers == TURN {
                return self.end_turn(task, flow, EventKind::Budget);
            }
            if self.world.is_interrupted() || P::ON && self.is_preempted(task, flow) {
                return self.end_turn(task, flow, EventKind::Preempted);
            }
            answers += 1;
            *steps += 1;
            flow = match flow {
                Flow::Start => self.begin(task),
                _ => {
                    self.record_site(EventKind::Resumed, task);
                    self.step(task, true)
                }
            };
            flow = self.step_is_over(task, flow);
        }
    }

    /// Ends a turn that could go on: the task goes to the back of the ready queue, with its answer.
    #[cold]
    fn end_turn(&mut self, task: TaskId, flow: Flow, why: EventKind) {
        self.record_plain(why, task);
        // The answer leaves the airlock, where the next task's answer goes.
        let message = match (flow, with_airlock(Airlock::take_answer)) {
            (Flow::Start, _) => Message::Start,
            (_, Some(answer)) => Message::Answer(self.keep_answer(answer)),
            (_, None) => Message::GoOn,
        };
        self.make_ready(task, message);
    }

    /// Begins the coroutine on top of a task's stack. If the coroutine was primed, it has made its first step already, and only
    /// what it did in that step is handled.
    fn begin(&mut self, task: TaskId) -> Flow {
        let prime_state = self.tasks.frame(task).prime_state();
        if self.settings.slow.threshold().is_some() {
            self.begun = Some(self.tasks.frame(task).site());
        }
        let kind = match prime_state {
            PrimeState::Unstarted => EventKind::Started,
            _ => EventKind::Primed,
        };
        self.record_site(kind, task);
        match prime_state {
            // A primed coroutine keeps its request until it is polled again, so `Asked` needs a step too.
            PrimeState::Unstarted | PrimeState::Asked => self.step(task, false),
            PrimeState::Now => self.yield_now(task),
            PrimeState::Ended => self.done(task),
            PrimeState::Panicked => self.fail_primed(task),
            PrimeState::Foreign => self.fail(task, foreign()),
        }
    }

    /// Polls the body on top of a task's stack, and does what it asks. `answered` says that an answer is in the airlock.
    #[inline(always)]
    fn step(&mut self, task: TaskId, answered: bool) -> Flow {
        let frame = self
            .tasks
            .frame_mut(task)
            .expect("a runnable task has a frame");
        let state = with_airlock(|airlock| airlock.resume(frame.as_mut()));
        if answered {
            // A body that does not wait for its answer leaves it in the airlock, where another body would find it. So it is
            // dropped here, before the request is interpreted: that may put the next answer there.
            drop(with_airlock(Airlock::take_answer));
        }
        self.note_way(task);
        if take_changed() {
            self.note_changes();
            if !self.tasks.has_frame(task) {
                return self.drop_cancelled_step(task);
            }
        }
        // The commonest request is handled without a call.
        match state {
            StepState::Now => self.yield_now(task),
            other => self.stepped(task, other),
        }
    }

    #[inline]
    fn stepped(&mut self, task: TaskId, state: StepState) -> Flow {
        match state {
            StepState::Now => self.yield_now(task),
            StepState::Asked => {
                let request = with_airlock(Airlock::take_request);
                self.interpret(task, request.expect("a request is in the airlock"))
            }
            StepState::Done => self.done(task),
            StepState::Running | StepState::Priming => self.fail(task, foreign()),
        }
    }

    /// The coroutine on top of the task's stack has ended.
    #[inline]
    fn done(&mut self, task: TaskId) -> Flow {
        let flow = self.ended(task);
        // Its family may have decided. Those that lose make no further step, as they would not if another task cancelled them.
        if flow == Flow::Over && take_changed() {
            self.note_changes();
        }
        flow
    }

    // Entries and panics that are left over.

    /// The running task was cancelled by what it did in this step: it dropped the group to which it belongs.
    #[cold]
    fn drop_cancelled_step(&mut self, task: TaskId) -> Flow {
        let left_over = with_airlock(Airlock::reset);
        self.guarded(task, |_| drop(left_over));
        self.bury_queued(task);
        Flow::Over
    }

    /// Removes the entry of a task that was cancelled while it was in the queue.
    #[cold]
    fn bury_entry(&mut self, ready: Ready) {
        let task = ready.task();
        // What the task was going to be told was taken when it was cancelled. The place of the answer is vacant only now.
        if let Message::Answer(kept) = ready.message() {
            let answer = self.take_kept(kept);
            debug_assert!(answer.is_none(), "a cancelled task has no answer");
        }
        self.bury_queued(task);
    }

    /// Handles a panic in a turn: of the task's body, of a destructor or of a recorder. It is the failure of the current task.
    #[cold]
    fn panicked(&mut self, payload: PanicPayload) {
        let task = self.current;
        if task == TaskId::NONE {
            // The policy or the world panicked. No task has failed, and the run ends.
            if let Some((task, flow)) = self.asked_about.take() {
                self.end_turn(task, flow, EventKind::Preempted);
            }
            resume_unwind(payload);
        }
        let left_over = with_airlock(Airlock::reset);
        // What is left in the airlock is younger than the coroutines on the stack, so it is dropped first. If that panics too,
        // the first panic stays the task's failure.
        let second = catch_unwind(AssertUnwindSafe(|| drop(left_over)));
        self.fail_wherever(task, payload);
        // What the task had was dropped: guards, senders, groups.
        self.note_changes();
        if let Err(payload) = second {
            self.fail_unjoined(task, payload);
        }
    }
}

fn choice(choice: Choice, task: TaskId, picked: usize, of: usize, first: TaskId) -> Event {
    let options = Options::new(picked as u32, of as u32, first);
    Event::new(EventKind::Chose(choice), task, Payload::Options(options))
}
