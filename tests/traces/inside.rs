//! Looking inside: the tree of the tasks.

use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use insta::assert_snapshot;
use loop_core::policy::Policy;
use loop_core::prelude::*;
use loop_core::sim::{Input, Sim};
use loop_core::sync::{Event, Lock, channel};
use loop_core::trace::{Recorder, RequestKind};
use loop_core::world::World;
use loop_core::{Error, SignalKind, Step, Stream, TaskState, TaskTree, Tasks};
use tests::{Notes, SteadyOs, ask, wait_for, without_lines, without_waits};

use crate::{failed, ms};

/// The tree without the lines of the sources.
fn shown(tree: &TaskTree) -> String {
    without_lines(tree)
}

/// Runs a program that gives a tree, on any loop.
fn tree_of<W: World, R: Recorder, P: Policy>(
    mut event_loop: EventLoop<W, R, P>,
    program: Coroutine<TaskTree>,
) -> String {
    shown(&event_loop.run_until_complete(program).unwrap())
}

#[loop_core::coroutine(lazy)]
fn sleeps(time: Duration) {
    yield_!(Sleep(time));
}

#[loop_core::coroutine]
fn has_it(lock: Lock<u32>) {
    let _guard = yield_!(lock.acquire());
    yield_!(sleeps(ms(60_000)));
}

#[loop_core::coroutine(lazy)]
fn counts(lock: &Lock<u32>, depth: u32) {
    if depth > 0 {
        return yield_from!(counts(lock, depth - 1));
    }
    *yield_!(lock.acquire()) += 1;
}

#[loop_core::coroutine(lazy)]
fn wants_it(lock: Lock<u32>) {
    yield_from!(counts(&lock, 1));
}

#[loop_core::stream(yields = u32)]
fn numbers() {
    for n in 0.. {
        yield_!(Event::new().wait());
        emit!(n);
    }
}

#[loop_core::coroutine]
fn sums(mut numbers: Stream<'static, u32>) -> u32 {
    let mut sum = 0;
    while let Some(number) = yield_!(numbers.next()) {
        sum += number;
    }
    sum
}

#[loop_core::coroutine]
fn two_naps() {
    yield_!(All((sleeps(ms(50_000)), sleeps(ms(70_000))))).unwrap();
}

#[loop_core::coroutine]
fn gives_way(lender: &mut u32) {
    loop {
        *lender += 1;
        yield_!();
    }
}

#[loop_core::coroutine]
fn spins() {
    let mut turns = 0;
    yield_from!(gives_way(&mut turns));
}

/// One task of each kind.
#[loop_core::coroutine]
fn everything() -> TaskTree {
    let lock = Lock::new(0);
    let (_sender, receiver) = channel::bounded::<u32>(1);
    let _ = yield_!(Spawn(has_it(lock.clone())).named("owner"));
    yield_!();
    let _ = yield_!(Spawn(wants_it(lock)).named("waiter"));
    let _ = yield_!(Spawn(sums(numbers())));
    let naps = yield_!(Spawn(two_naps()));
    let _ = yield_!(Spawn(joins(naps)));
    let _ = yield_!(Spawn(receives(receiver)));
    let _ = yield_!(Spawn(spins()));
    yield_!();
    let _ = yield_!(Spawn(sleeps(ms(1))).named("new"));
    yield_!(asks())
}

#[loop_core::coroutine]
fn joins(other: Handle<()>) {
    yield_!(other).unwrap();
}

#[loop_core::coroutine]
fn receives(receiver: channel::Receiver<u32>) {
    yield_!(receiver.recv());
}

#[loop_core::coroutine]
fn asks() -> TaskTree {
    yield_!(Tasks)
}

#[test]
fn the_tree_says_what_each_task_waits_for_and_where() {
    let tree = tree_of(Sim::new().event_loop(), everything());
    assert_snapshot!(tree, @r"
    everything runs
    │ `everything` (tests/traces/inside.rs)
    │ `asks` (tests/traces/inside.rs)
    ├─ owner waits for its deadline
    │    `has_it` (tests/traces/inside.rs)
    │    `sleeps` (tests/traces/inside.rs)
    ├─ waiter waits to acquire lock 1, which owner has
    │    `wants_it` (tests/traces/inside.rs)
    │    `counts` (tests/traces/inside.rs)
    │    `counts` (tests/traces/inside.rs)
    ├─ new is ready
    │    `sleeps` (tests/traces/inside.rs)
    ├─ everything/1 waits for event 1
    │    `sums` (tests/traces/inside.rs)
    │    `numbers` (tests/traces/inside.rs)
    ├─ everything/2 waits for group 1
    │  │ `two_naps` (tests/traces/inside.rs)
    │  ├─ everything/2/1 is ready
    │  │    `sleeps` (tests/traces/inside.rs)
    │  └─ everything/2/2 is ready
    │       `sleeps` (tests/traces/inside.rs)
    ├─ everything/3 waits for the end of everything/2
    │    `joins` (tests/traces/inside.rs)
    ├─ everything/4 waits to receive from channel 1
    │    `receives` (tests/traces/inside.rs)
    └─ everything/5 is ready
         `spins` (tests/traces/inside.rs)
         `gives_way` (tests/traces/inside.rs)
    ");
}

#[test]
fn it_is_the_same_in_both_worlds_whether_events_are_recorded_or_not() {
    let recorded = tree_of(Sim::new().event_loop(), everything());
    let unrecorded = tree_of(Sim::new().unrecorded(), everything());
    assert_eq!(unrecorded, recorded);
    let steady = EventLoop::builder().world(SteadyOs::default());
    let on_the_os = tree_of(steady.build(), everything());
    assert_eq!(without_waits(&on_the_os), recorded);
}

#[test]
fn it_says_how_long_tasks_have_waited() {
    #[loop_core::coroutine]
    fn program() -> TaskTree {
        let _ = yield_!(Spawn(sleeps(ms(60_000))));
        yield_!(Sleep(ms(1_500)));
        let event = Event::new();
        let _ = yield_!(Spawn(waits(event.clone())));
        yield_!(Sleep(Duration::from_nanos(2_000_700)));
        event.set();
        yield_!();
        yield_!(Tasks)
    }
    #[loop_core::coroutine(lazy)]
    fn waits(event: Event) {
        yield_!(event.wait());
        yield_!(Event::new().wait());
    }
    let tree = Sim::new().run(program).into_result().unwrap();
    assert_snapshot!(shown(&tree), @r"
    program runs
    │ `program` (tests/traces/inside.rs)
    ├─ program/1 waits for its deadline (for 1.502s)
    │    `sleeps` (tests/traces/inside.rs)
    └─ program/2 waits for event 2
         `waits` (tests/traces/inside.rs)
    ");
    let TaskState::Waiting {
        request, waited, ..
    } = &tree.tasks()[1].state
    else {
        panic!("it waits");
    };
    let exact = ms(1_500) + Duration::from_nanos(2_000_700);
    assert_eq!((*request, *waited), (RequestKind::Sleep, Some(exact)));
}

/// The clock that says it is coarse.
#[test]
fn on_the_operating_system_it_is_about_as_long() {
    #[loop_core::coroutine]
    fn program() -> TaskTree {
        let _ = yield_!(Spawn(sleeps(ms(60_000))));
        yield_!(Sleep(ms(100)));
        yield_!(Tasks)
    }
    let waited = |mut event_loop: EventLoop| {
        let tree = event_loop.run_until_complete(program()).unwrap();
        match tree.tasks()[1].state {
            TaskState::Waiting { waited, .. } => waited,
            _ => panic!("it waits"),
        }
    };
    let tracked = waited(EventLoop::builder().track_waits().build());
    assert!(tracked >= Some(ms(50)), "{tracked:?}");
    // There it takes memory, so it is kept on demand only.
    assert_eq!(waited(EventLoop::new()), None);
}

#[test]
fn it_is_there_before_and_after_a_run() {
    #[loop_core::coroutine]
    fn program() {
        let _ = yield_!(Spawn(spins()));
        let _ = yield_!(Spawn(wants_it(Lock::new(0))));
        yield_!(Sleep(ms(3)));
    }
    let mut event_loop = Sim::new().event_loop();
    event_loop.schedule(program());
    event_loop.schedule_named("lazy", sleeps(ms(1)));
    assert_snapshot!(shown(&event_loop.tasks()), @r"
    program is ready
      `program` (tests/traces/inside.rs)
    lazy is ready
      `sleeps` (tests/traces/inside.rs)
    ");
    for _ in 0..3 {
        assert_ne!(event_loop.step(ms(1)).unwrap(), Step::Done);
    }
    assert_snapshot!(shown(&event_loop.tasks()), @r"
    program waits for its deadline
    │ `program` (tests/traces/inside.rs)
    └─ program/1 is ready
         `spins` (tests/traces/inside.rs)
         `gives_way` (tests/traces/inside.rs)
    lazy waits for its deadline
      `sleeps` (tests/traces/inside.rs)
    ");
    let run = Sim::new().run(leaves_tasks);
    assert_snapshot!(shown(run.tasks()), @r"
    leaves_tasks/1 is ready
      `spins` (tests/traces/inside.rs)
      `gives_way` (tests/traces/inside.rs)
    leaves_tasks/2 is ready
      `receives` (tests/traces/inside.rs)
    ");
}

#[loop_core::coroutine]
fn leaves_tasks() {
    let _ = yield_!(Spawn(spins()));
    let _ = yield_!(Spawn(receives(channel::bounded(1).1)));
    yield_!();
}

/// A coroutine that has not begun is not begun by a look, and one that was primed does not go on.
#[test]
fn a_look_runs_nothing() {
    #[loop_core::coroutine(lazy)]
    fn lazy(notes: Notes) {
        notes.add("lazy");
        yield_!(Sleep(ms(1)));
        notes.add("lazy again");
    }
    #[loop_core::coroutine]
    fn in_place(notes: &Notes) {
        notes.add("in place");
        yield_!();
        notes.add("in place again");
    }
    #[loop_core::coroutine]
    fn primed(notes: Notes) {
        yield_from!(in_place(&notes));
        yield_!(lazy(notes));
    }
    let notes = Notes::default();
    let mut event_loop = Sim::new().unrecorded();
    event_loop.schedule(lazy(notes.clone()));
    event_loop.schedule(primed(notes.clone()));
    notes.add("|");
    loop {
        for _ in 0..3 {
            let _ = event_loop.tasks();
        }
        if event_loop.step(ms(1)).unwrap() == Step::Done {
            break;
        }
        notes.add("|");
    }
    assert_snapshot!(notes.text(), @r"in place | lazy | in place again lazy | lazy again lazy again");
}

/// It goes on by itself when it is polled, which a coroutine is only when its answer has come, or when somebody looks.
#[test]
fn a_body_that_does_not_wait_for_its_answer_asks_what_comes_next() {
    #[loop_core::coroutine]
    fn is_impatient(notes: Notes) {
        {
            let mut sleep = pin!(async { ask!(Sleep(ms(5))) });
            let mut polls = 0;
            wait_for!(poll_fn(|cx| {
                polls += 1;
                match sleep.as_mut().poll(cx) {
                    Poll::Pending if polls < 3 => Poll::Pending,
                    _ => Poll::Ready(()),
                }
            }));
        }
        notes.add("went on");
        yield_!(Sleep(ms(5)));
        notes.add("slept");
    }
    let notes = Notes::default();
    let mut event_loop = Sim::new().event_loop();
    event_loop.schedule(is_impatient(notes.clone()));
    let _ = event_loop.step(Duration::ZERO).unwrap();
    for _ in 0..3 {
        let _ = event_loop.tasks();
    }
    assert_eq!(notes.text(), "went on");
    event_loop.run().unwrap();
    assert_eq!(notes.text(), "went on slept");
    let text = event_loop.trace().to_string();
    assert_snapshot!(text, @r"
    # steps  policy=fifo
    is_impatient  primed  =>  sleep 5ms  park

    ~ +5ms  timer  wakes is_impatient
    is_impatient  slept  =>  sleep 5ms  park

    ~ +5ms  timer  wakes is_impatient
    is_impatient  slept  =>  finish
    ");
}

/// Only a future that counts its polls can.
#[test]
fn a_panic_while_a_body_is_looked_at_is_a_failure_of_the_run() {
    #[loop_core::coroutine(lazy)]
    fn panics_when_it_is_looked_at() {
        let mut sleep = pin!(async { ask!(Sleep(ms(5))) });
        let mut polls = 0;
        wait_for!(poll_fn(|cx| {
            polls += 1;
            assert!(polls < 2, "once too often");
            sleep.as_mut().poll(cx)
        }));
    }
    let mut event_loop = Sim::new().event_loop();
    event_loop.schedule(panics_when_it_is_looked_at());
    event_loop.schedule(sleeps(ms(9)));
    assert!(matches!(
        event_loop.step(Duration::ZERO).unwrap(),
        Step::Waiting(_)
    ));
    assert_snapshot!(shown(&event_loop.tasks()), @r"
    panics_when_it_is_looked_at waits for its deadline
      `panics_when_it_is_looked_at` (tests/traces/inside.rs)
    sleeps waits for its deadline
      `sleeps` (tests/traces/inside.rs)
    ");
    let failures = failed(event_loop.run());
    assert_snapshot!(without_lines(&failures), @r"
    task `panics_when_it_is_looked_at` panicked: once too often
    task `panics_when_it_is_looked_at` panicked in `panics_when_it_is_looked_at` (tests/traces/inside.rs): `async fn` resumed after panicking
    ");
}

#[test]
fn deadlocks_and_timeouts_name_the_innermost_coroutine_that_runs_in_place() {
    #[loop_core::coroutine]
    fn impatient() -> String {
        let numbers = sums(numbers());
        let elapsed = yield_!(Timeout(ms(2_000), numbers)).unwrap_err();
        assert_eq!(elapsed.waits()[0].waited, Some(ms(2_000)));
        elapsed.to_string()
    }
    #[loop_core::coroutine]
    fn locked() {
        let lock = Lock::new(0);
        let _guard = yield_!(lock.acquire());
        yield_from!(counts(&lock, 20));
    }
    let elapsed = Sim::new()
        .unrecorded()
        .run_until_complete(impatient())
        .unwrap();
    assert_snapshot!(without_lines(&elapsed), @r"timed out: impatient/1 waits for event 1, in `sums` > `numbers` (tests/traces/inside.rs)");
    let error = Sim::new()
        .unrecorded()
        .run_until_complete(locked())
        .unwrap_err();
    assert_snapshot!(without_lines(&error), @r"
    deadlock: a task waits for itself
      locked waits to acquire lock 1, which locked has, in `locked` > `counts` > `counts` > … 15 more … > `counts` > `counts` > `counts` > `counts` (tests/traces/inside.rs)
      cycle: locked -> locked
    ");
    let Error::Deadlock(deadlock) = error else {
        panic!("another error");
    };
    assert_eq!(deadlock.waits()[0].stack.len(), 22);
}

#[loop_core::coroutine(lazy)]
fn nests(depth: u32) {
    match depth {
        0 => yield_!(Event::new().wait()),
        _ => yield_!(nests(depth - 1)),
    }
}

#[loop_core::coroutine(lazy)]
fn descends(depth: u32) {
    if depth > 0 {
        let _ = yield_!(Spawn(descends(depth - 1)));
    }
    yield_!(Event::new().wait());
}

/// Runs what never ends, until nothing is left to do.
fn left(mut event_loop: EventLoop<impl World, impl Recorder, impl Policy>) -> TaskTree {
    while event_loop.step(Duration::ZERO).unwrap() == Step::Ready {}
    event_loop.tasks()
}

#[test]
fn long_stacks_and_long_lines_of_ancestors_are_cut() {
    let mut event_loop = Sim::new().unrecorded();
    event_loop.schedule(nests(20_000));
    let tree = left(event_loop);
    assert_eq!(tree.tasks()[0].stack.len(), 20_001);
    let text = tree.to_string();
    assert_eq!(text.lines().count(), 22);
    assert!(text.contains("\n  … 19981 more coroutines\n"), "{text}");

    let mut event_loop = Sim::new().unrecorded();
    event_loop.schedule(descends(20_000));
    let tree = left(event_loop);
    assert_eq!(tree.tasks().len(), 20_001);
    assert_eq!(tree.tasks().last().unwrap().parent, Some(19_999));
    let text = tree.to_string();
    assert!(text.ends_with("\n… and 19001 more tasks\n"));
    assert!(text.len() < 400_000, "{}", text.len());
    let line = text.lines().nth(60).unwrap();
    assert!(line.starts_with("…     "), "{line}");
}

/// Their places in the table are used again, and their parents may have ended.
#[test]
fn the_tree_is_in_the_order_of_spawning() {
    #[loop_core::coroutine]
    fn ends() {}
    #[loop_core::coroutine(lazy)]
    fn leaves_children() {
        let _ = yield_!(Spawn(sleeps(ms(9))));
        let _ = yield_!(Spawn(sleeps(ms(9))).named("named"));
    }
    #[loop_core::coroutine]
    fn program() -> Vec<(String, Option<usize>)> {
        let early = [yield_!(Spawn(ends())), yield_!(Spawn(ends()))];
        let _ = yield_!(Spawn(sleeps(ms(9))));
        for handle in early {
            yield_!(handle).unwrap();
        }
        for _ in 0..8 {
            let _ = yield_!(Spawn(sleeps(ms(9))));
        }
        let _ = yield_!(Spawn(leaves_children()));
        yield_!(Sleep(ms(1)));
        let tree = yield_!(Tasks);
        let tasks = tree.tasks().iter();
        tasks.map(|task| (task.name.clone(), task.parent)).collect()
    }
    let tasks = Sim::new().run(program).into_result().unwrap();
    assert_snapshot!(format!("{tasks:?}"), @r#"[("program", None), ("program/3", Some(0)), ("program/4", Some(0)), ("program/5", Some(0)), ("program/6", Some(0)), ("program/7", Some(0)), ("program/8", Some(0)), ("program/9", Some(0)), ("program/10", Some(0)), ("program/11", Some(0)), ("program/12/1", None), ("named", None)]"#);
}

#[test]
fn the_trace_has_the_request() {
    #[loop_core::coroutine]
    fn looks() {
        let _ = yield_!(Tasks);
    }
    let run = Sim::new().run(looks);
    assert_snapshot!(run.trace(), @r"
    # steps  policy=fifo
    looks  primed  =>  tasks
    looks  tasks  =>  finish
    ");
}

#[loop_core::coroutine]
fn hears(notes: Notes) {
    yield_!(Sleep(ms(5)));
    notes.add("waits");
    yield_!(Signal(SignalKind::user_defined1())).unwrap();
    notes.add("heard");
}

/// Not kept for a task that asks later, and a task that asks gets it too.
#[test]
fn a_signal_shows_the_tasks() {
    let usr1 = SignalKind::user_defined1();
    let sim = Sim::new().signal(ms(3), usr1).signal(ms(8), usr1);
    let mut event_loop = sim.builder().show_tasks_on(usr1).build();
    let notes = Notes::default();
    event_loop.schedule(naps(ms(7)));
    event_loop.run_until_complete(hears(notes.clone())).unwrap();
    assert_eq!(notes.text(), "waits heard");
    let stderr = String::from_utf8_lossy(event_loop.world().stderr());
    assert_snapshot!(without_lines(&stderr), @r"
    SIGUSR1, 2 tasks:
    naps waits for its deadline (for 3ms)
      `naps` (tests/traces/inside.rs)
      `sleeps` (tests/traces/inside.rs)
    hears waits for its deadline (for 3ms)
      `hears` (tests/traces/inside.rs)
    SIGUSR1, 1 task:
    hears waits for SIGUSR1 (for 3ms)
      `hears` (tests/traces/inside.rs)
    ");
}

#[loop_core::coroutine]
fn naps(time: Duration) {
    yield_!(sleeps(time));
}

/// Ctrl-C ends the run, as else.
#[test]
fn it_may_be_ctrl_c_that_shows_them() {
    let interrupt = SignalKind::interrupt();
    let sim = Sim::new().signal(ms(3), interrupt);
    let mut event_loop = sim.builder().show_tasks_on(interrupt).build();
    let error = event_loop.run_until_complete(sleeps(ms(7))).unwrap_err();
    assert!(matches!(error, Error::Interrupted));
    let stderr = String::from_utf8_lossy(event_loop.world().stderr());
    assert_snapshot!(without_lines(&stderr), @r"
    SIGINT, 1 task:
    sleeps waits for its deadline (for 3ms)
      `sleeps` (tests/traces/inside.rs)
    ");
}

#[test]
fn a_signal_that_could_show_them_is_nothing_to_wait_for() {
    let mut event_loop = Sim::new()
        .stdin(Input::new().stays_open())
        .builder()
        .show_tasks_on(SignalKind::user_defined1())
        .build();
    let error = event_loop.run_until_complete(nests(0)).unwrap_err();
    assert!(matches!(error, Error::Deadlock(_)));
}
