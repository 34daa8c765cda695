//! Random programs built from the requests: what holds for all of them.

use std::cell::RefCell;
use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;
use std::time::Duration;

use loop_core::prelude::*;
use loop_core::sim::{Input, Sim};
use loop_core::trace::{Asked, Cause, Event, Recorder, Recording, Told, Trace};
use loop_core::{EventLoop, TaskId};
use proptest::prelude::*;

/// What one coroutine does.
#[derive(Clone, Debug)]
struct Program {
    lazy: bool,
    acts: Vec<Act>,
}

#[derive(Clone, Debug)]
enum Act {
    Now,
    Clock,
    Sleep(u64),
    Print,
    Stdin,
    Chain(Program),
    Spawn(Program),
    Detach(Program),
    /// Joins the eldest task that has not been joined.
    Join,
}

/// What the coroutines of a run have seen.
#[derive(Default)]
struct Seen {
    lines: Vec<String>,
    printed: Vec<String>,
    begun: usize,
    ended: usize,
}

type Shared = Rc<RefCell<Seen>>;

fn start(program: Program, seen: Shared) -> Coroutine<()> {
    match program.lazy {
        true => lazy(program, seen),
        false => primed(program, seen),
    }
}

#[loop_core::coroutine]
fn primed(program: Program, seen: Shared) {
    seen.borrow_mut().begun += 1;
    // On the task's own stack, so that stacks get deep.
    yield_!(lazy(program, seen.clone()));
    seen.borrow_mut().ended += 1;
}

#[loop_core::coroutine(lazy)]
fn lazy(program: Program, seen: Shared) {
    seen.borrow_mut().begun += 1;
    let mut children = VecDeque::new();
    for act in program.acts {
        match act {
            Act::Now => yield_!(),
            Act::Clock => drop(yield_!(Clock)),
            Act::Sleep(ms) => yield_!(Sleep(Duration::from_millis(ms))),
            Act::Print => {
                let text = format!("text {}\n", seen.borrow().printed.len());
                seen.borrow_mut().printed.push(text.clone());
                yield_!(Print(text)).unwrap();
            }
            Act::Stdin => {
                let line = yield_!(Stdin).unwrap();
                seen.borrow_mut().lines.extend(line);
            }
            Act::Chain(program) => yield_!(start(program, seen.clone())),
            Act::Spawn(program) => children.push_back(yield_!(Spawn(start(program, seen.clone())))),
            Act::Detach(program) => yield_!(Spawn(start(program, seen.clone()))).detach(),
            Act::Join => {
                if let Some(child) = children.pop_front() {
                    yield_!(child).unwrap();
                }
            }
        }
    }
    for child in children {
        yield_!(child).unwrap();
    }
    seen.borrow_mut().ended += 1;
}

impl Program {
    /// How often each kind of act is in it and in the programs that it starts.
    fn count(&self, is: fn(&Act) -> bool) -> usize {
        let acts = self.acts.iter();
        let each = acts.map(|act| match act {
            Act::Chain(program) | Act::Spawn(program) | Act::Detach(program) => {
                usize::from(is(act)) + program.count(is)
            }
            _ => usize::from(is(act)),
        });
        each.sum()
    }
}

/// Programs of these acts, which may start others.
fn programs(
    act: BoxedStrategy<Act>,
    starts: fn(Program) -> BoxedStrategy<Act>,
) -> impl Strategy<Value = Program> {
    let leaf = (any::<bool>(), prop::collection::vec(act.clone(), 0..6));
    let leaf = leaf.prop_map(|(lazy, acts)| Program { lazy, acts });
    leaf.prop_recursive(4, 40, 4, move |inner| {
        let act = prop_oneof![2 => act.clone(), 3 => inner.prop_flat_map(starts)];
        let program = (any::<bool>(), prop::collection::vec(act, 0..6));
        program.prop_map(|(lazy, acts)| Program { lazy, acts })
    })
}

fn any_programs() -> impl Strategy<Value = Vec<Program>> {
    let act = prop_oneof![
        2 => Just(Act::Now),
        1 => Just(Act::Clock),
        2 => (0..4_u64).prop_map(Act::Sleep),
        2 => Just(Act::Print),
        3 => Just(Act::Stdin),
        2 => Just(Act::Join),
    ];
    let program = programs(act.boxed(), |inner| {
        let (chained, spawned) = (inner.clone(), inner.clone());
        prop_oneof![
            Just(Act::Chain(chained)),
            Just(Act::Spawn(spawned)),
            Just(Act::Detach(inner)),
        ]
        .boxed()
    });
    prop::collection::vec(program, 1..5)
}

/// Programs whose tasks have nothing to do with each other.
fn independent_programs() -> impl Strategy<Value = Vec<Program>> {
    let act = prop_oneof![
        2 => Just(Act::Now),
        1 => Just(Act::Clock),
        2 => (0..4_u64).prop_map(Act::Sleep),
    ];
    let program = programs(act.boxed(), |inner| {
        prop_oneof![Just(Act::Chain(inner.clone())), Just(Act::Detach(inner))].boxed()
    });
    prop::collection::vec(program, 1..5)
}

/// Numbered lines, each at a time, torn or whole.
fn scripts() -> impl Strategy<Value = (usize, Input)> {
    (prop::collection::vec(0..6_u64, 0..12), any::<bool>()).prop_map(|(mut times, torn)| {
        times.sort_unstable();
        let numbered = times.iter().enumerate();
        let input = numbered.fold(Input::new(), |input, (n, time)| {
            input.at(Duration::from_millis(*time), format!("line {n}\n"))
        });
        (times.len(), if torn { input.torn() } else { input })
    })
}

/// How many tasks sleep, and how long: all the same time, each less than the one before, or anything.
fn sleeps() -> impl Strategy<Value = Vec<u64>> {
    let many = 1..600_usize;
    prop_oneof![
        (many.clone(), 0..2_000_u64).prop_map(|(many, time)| vec![time; many]),
        many.clone()
            .prop_map(|many| (0..many as u64).rev().collect()),
        prop::collection::vec(0..2_000_u64, many.clone()),
        prop::collection::vec(0..1_u64 << 40, many),
    ]
}

/// Starts sleepers, rests, starts more; every third sleeps until an instant that may be over.
#[loop_core::coroutine]
fn many_sleepers(sleeps: Vec<Vec<u64>>, rests: Vec<u64>) {
    for (sleeps, rest) in sleeps.into_iter().zip(rests) {
        for (n, nanos) in sleeps.into_iter().enumerate() {
            yield_!(Spawn(nap(n % 3 == 0, nanos))).detach();
        }
        yield_!(Sleep(Duration::from_nanos(rest)));
    }
}

#[loop_core::coroutine]
fn nap(until: bool, nanos: u64) {
    match until {
        true => yield_!(SleepUntil(loop_core::Time::from_nanos(nanos))),
        false => yield_!(Sleep(Duration::from_nanos(nanos))),
    }
}

struct Ran {
    trace: Trace,
    stdout: String,
    seen: Seen,
}

fn run(programs: &[Program], input: &Input, seed: u64) -> Ran {
    let seen = Shared::default();
    let mut event_loop = Sim::new().stdin(input.clone()).seed(seed).event_loop();
    for program in programs {
        event_loop.schedule(start(program.clone(), seen.clone()));
    }
    event_loop.run().expect("every task ends");
    ran(&event_loop, &seen)
}

fn ran(event_loop: &EventLoop<loop_core::sim::SimWorld, Recording>, seen: &Shared) -> Ran {
    Ran {
        trace: event_loop.trace(),
        stdout: String::from_utf8(event_loop.world().stdout().to_vec()).unwrap(),
        seen: seen.take(),
    }
}

fn config() -> ProptestConfig {
    ProptestConfig {
        cases: 200,
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn the_same_program_and_seed_make_the_same_trace(
        programs in any_programs(), (_, input) in scripts(), seed in 0..4_u64,
    ) {
        let (one, two) = (run(&programs, &input, seed), run(&programs, &input, seed));
        prop_assert_eq!(one.trace.steps().to_string(), two.trace.steps().to_string());
        prop_assert_eq!(one.trace.decisions().to_string(), two.trace.decisions().to_string());
        prop_assert_eq!(one.trace.per_task().to_string(), two.trace.per_task().to_string());
        prop_assert_eq!(one.stdout, two.stdout);
    }

    #[test]
    fn nothing_is_lost(programs in any_programs(), (lines, input) in scripts(), seed in 0..4_u64) {
        let Ran { stdout, mut seen, trace } = run(&programs, &input, seed);
        let count = |is| programs.iter().map(|program| program.count(is)).sum::<usize>();

        // Every line that was asked for has come, once.
        let expected = lines.min(count(|act| matches!(act, Act::Stdin)));
        let mut lines: Vec<String> = (0..expected).map(|n| format!("line {n}")).collect();
        lines.sort();
        seen.lines.sort();
        prop_assert_eq!(&seen.lines, &lines);

        // Every text is printed, in the order of asking.
        prop_assert_eq!(seen.printed.len(), count(|act| matches!(act, Act::Print)));
        let printed: Vec<String> = trace.events().iter().filter_map(printed).collect();
        prop_assert_eq!(&stdout, &printed.concat());
        seen.printed.sort();
        let mut printed = printed;
        printed.sort();
        prop_assert_eq!(&seen.printed, &printed);

        // Every coroutine has begun and ended; every task has ended.
        prop_assert_eq!(seen.begun, seen.ended);
        let events = |is: fn(&Event) -> bool| trace.events().iter().filter(|event| is(event)).count();
        let made = events(|event| matches!(event, Event::Scheduled { .. }));
        prop_assert_eq!(made, programs.len() + count(|act| matches!(act, Act::Spawn(_) | Act::Detach(_))));
        prop_assert_eq!(made, events(|event| matches!(event, Event::Finished { .. })));
    }

    #[test]
    fn a_recording_gives_back_what_it_took(
        programs in any_programs(), (_, input) in scripts(),
        picks in prop::collection::vec(any::<prop::sample::Index>(), 0..100),
    ) {
        // In the order of a run, and in none: a recorder takes any event at any time.
        let trace = run(&programs, &input, 0).trace;
        let mut events = trace.events().to_vec();
        events.extend(picks.iter().map(|pick| pick.get(trace.events()).clone()));
        let mut recording = Recording::default();
        for event in &events {
            recording.record(event.clone());
        }
        prop_assert_eq!(recording.events().collect::<Vec<_>>(), events);
    }

    #[test]
    fn waiters_are_served_in_the_order_of_asking(
        programs in any_programs(), (_, input) in scripts(), seed in 0..4_u64,
    ) {
        let trace = run(&programs, &input, seed).trace;
        let mut waiting = VecDeque::new();
        let mut served = 0;
        for event in trace.events() {
            match event {
                Event::Asked { task, request: Asked::Stdin } => waiting.push_back(*task),
                Event::Woken { task, cause: Cause::Stdin(told) }
                | Event::Answered { task, answer: told @ (Told::Line(_) | Told::EndOfInput) } => {
                    prop_assert_eq!(waiting.pop_front(), Some(*task));
                    if let Told::Line(line) = told {
                        prop_assert_eq!(line.to_string(), format!("\"line {served}\""));
                        served += 1;
                    }
                }
                _ => {}
            }
        }
        prop_assert!(waiting.is_empty());
    }

    #[test]
    fn the_queue_and_the_turns_keep_their_rules(
        programs in any_programs(), (_, input) in scripts(), seed in 0..4_u64,
    ) {
        let trace = run(&programs, &input, seed).trace;
        Model::default().follow(trace.events())?;
    }

    #[test]
    fn timers_expire_in_order(programs in any_programs(), (_, input) in scripts(), seed in 0..4_u64) {
        let trace = run(&programs, &input, seed).trace;
        let mut now = loop_core::Time::ZERO;
        let mut set = 0;
        let mut deadlines = BTreeMap::new();
        let mut timers_over = false;
        for event in trace.events() {
            match event {
                Event::Looked { now: time } => {
                    prop_assert!(*time >= now);
                    now = *time;
                    timers_over = false;
                }
                Event::Asked { task, request: Asked::Sleep(time) } => {
                    deadlines.insert((now + *time, set), *task);
                    set += 1;
                }
                Event::Woken { task, cause: Cause::Timer } => {
                    prop_assert!(!timers_over, "timers come before input");
                    let ((at, _), first) = deadlines.pop_first().expect("somebody sleeps");
                    prop_assert_eq!((at <= now, first), (true, *task));
                }
                Event::Woken { cause: Cause::Stdin(_), .. } => timers_over = true,
                _ => {}
            }
        }
        prop_assert!(deadlines.is_empty());
    }

    #[test]
    fn many_timers_expire_in_order(
        sleeps in prop::collection::vec(sleeps(), 1..12), rests in prop::collection::vec(0..2_000_u64, 12),
    ) {
        let mut event_loop = Sim::new().event_loop();
        event_loop.schedule(many_sleepers(sleeps, rests));
        event_loop.run().expect("every task ends");
        let mut now = loop_core::Time::ZERO;
        let mut set = 0;
        let mut deadlines = BTreeMap::new();
        for event in event_loop.trace().events() {
            match event {
                Event::Looked { now: time } => now = *time,
                Event::Asked { task, request: Asked::Sleep(time) } => {
                    deadlines.insert((now + *time, set), *task);
                    set += 1;
                }
                Event::Asked { task, request: Asked::SleepUntil(at) } => {
                    deadlines.insert((*at, set), *task);
                    set += 1;
                }
                Event::Woken { task, cause: Cause::Timer } => {
                    let ((at, _), first) = deadlines.pop_first().expect("somebody sleeps");
                    prop_assert_eq!((at <= now, first), (true, *task));
                }
                _ => {}
            }
        }
        prop_assert!(deadlines.is_empty());
    }

    #[test]
    fn any_seed_gives_independent_tasks_the_same_outcome(
        programs in independent_programs(), seeds in prop::collection::vec(1..1000_u64, 3),
    ) {
        let input = Input::new();
        let expected = run(&programs, &input, 0).trace.per_task().to_string();
        for seed in seeds {
            prop_assert_eq!(run(&programs, &input, seed).trace.per_task().to_string(), expected.clone());
        }
    }
}

fn printed(event: &Event) -> Option<String> {
    match event {
        Event::Asked {
            request: Asked::Print(text),
            ..
        } => {
            assert!(text.length() <= 32, "the texts of these programs are short");
            Some(String::from_utf8(text.head().to_vec()).unwrap())
        }
        _ => None,
    }
}

/// The ready queue and the turns, as the documentation of `EventLoop` has them.
#[derive(Default)]
struct Model {
    ready: VecDeque<TaskId>,
    batch: VecDeque<TaskId>,
    /// Steps of the batches since the last look, the current batch included.
    gathered: usize,
    /// The loop looks at the world now, or has just done so.
    looking: bool,
    picked: usize,
}

impl Model {
    fn follow(mut self, events: &[Event]) -> Result<(), TestCaseError> {
        for (at, event) in events.iter().enumerate() {
            let rest = &events[at + 1..];
            match event {
                Event::Scheduled { task, .. } if !has_ended(*task, rest) => {
                    self.ready.push_back(*task)
                }
                Event::Resumed { task, input, .. }
                    if *input != Told::Primed || !ends(*task, rest) =>
                {
                    self.step(*task)?;
                }
                Event::Asked {
                    task,
                    request: Asked::Now,
                } => self.ready.push_back(*task),
                Event::Asked {
                    task,
                    request: Asked::Chain(_),
                } if !answers(*task, rest) => {
                    self.ready.push_back(*task);
                }
                Event::Answered { task, .. }
                | Event::Returned { task, .. }
                | Event::Woken { task, .. } => self.ready.push_back(*task),
                Event::Looked { .. } => {
                    prop_assert!(self.batch.is_empty(), "a look in the middle of a batch");
                    prop_assert!(
                        self.ready.is_empty() || self.gathered >= 64,
                        "a look too early"
                    );
                    self.looking = true;
                }
                Event::Chose { picked, options } => {
                    self.begin_batch();
                    prop_assert_eq!(*options as usize, self.batch.len());
                    self.picked = *picked as usize;
                }
                _ => {}
            }
        }
        prop_assert!(self.ready.is_empty() && self.batch.is_empty());
        Ok(())
    }

    /// When a batch is done, the next one is what is ready.
    fn begin_batch(&mut self) {
        if self.batch.is_empty() {
            if self.looking || self.gathered >= 64 {
                self.gathered = 0;
            }
            self.looking = false;
            std::mem::swap(&mut self.batch, &mut self.ready);
            self.gathered += self.batch.len();
        }
    }

    fn step(&mut self, task: TaskId) -> Result<(), TestCaseError> {
        self.begin_batch();
        let picked = std::mem::take(&mut self.picked);
        prop_assert_eq!(self.batch.remove(picked), Some(task));
        Ok(())
    }
}

/// Whether the step that begins is the end of a coroutine that had ended when it was called.
fn ends(task: TaskId, rest: &[Event]) -> bool {
    matches!(rest.first(), Some(Event::Finished { task: other }) if *other == task)
}

/// Whether the first thing that is told of a task is its end.
fn has_ended(task: TaskId, rest: &[Event]) -> bool {
    let is_first =
        |event: &Event| matches!(event, Event::Resumed { task: other, .. } if *other == task);
    let first = rest.iter().position(is_first);
    first.is_some_and(|first| {
        let primed = matches!(
            rest[first],
            Event::Resumed {
                input: Told::Primed,
                ..
            }
        );
        primed && ends(task, &rest[first + 1..])
    })
}

fn answers(task: TaskId, rest: &[Event]) -> bool {
    matches!(rest.first(), Some(Event::Answered { task: other, .. }) if *other == task)
}
