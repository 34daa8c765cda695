//! Nothing outside can wake a task: the error says which task waits for what.

use insta::assert_snapshot;
use loop_core::prelude::*;
use loop_core::sim::{Input, Sim};
use loop_core::sync::Event;
use loop_core::{Deadlock, Error};
use tests::{Notes, Slot, without_lines};

use crate::ms;

fn deadlock(result: Result<impl Sized, Error>) -> Deadlock {
    match result {
        Err(Error::Deadlock(deadlock)) => deadlock,
        Err(other) => panic!("another error: {other}"),
        Ok(_) => panic!("no error"),
    }
}

fn silent() -> Sim {
    Sim::new().stdin(Input::new().stays_open())
}

/// Joins what it finds in the slot when it first runs.
#[loop_core::coroutine(lazy)]
fn joins(slot: Slot<()>) {
    let handle = slot.take().expect("a handle");
    let _ = yield_!(handle);
}

#[loop_core::coroutine(lazy)]
fn ticks(notes: Notes) {
    loop {
        notes.add("tick");
        yield_!(Sleep(ms(1)));
    }
}

#[test]
fn a_task_that_waits_for_itself() {
    #[loop_core::coroutine]
    fn parent() {
        let slot = Slot::default();
        let handle = yield_!(Spawn(waits_then_joins(slot.clone())));
        slot.set(Some(handle));
        yield_!(Sleep(ms(1000)));
    }
    let run = silent().run(parent());
    assert_snapshot!(run.trace(), @r"
    # steps  policy=fifo
    parent  primed  =>  spawn waits_then_joins
    parent  spawned parent/1  =>  sleep 1s  park
    parent/1  start  =>  sleep 1ms  park

    ~ +1ms  timer  wakes parent/1
    parent/1  slept  =>  chain joins(_)
    parent/1:joins  start  =>  join parent/1  park
    ! deadlock: parent/1 waits join parent/1
    ");
    let deadlock = deadlock(run.into_result());
    assert_snapshot!(without_lines(&deadlock), @r"
    deadlock: a task waits for itself
      parent/1 waits for the end of parent/1, in `waits_then_joins` > `joins` (tests/traces/deadlocks.rs)
      cycle: parent/1 -> parent/1
    ");
    assert_eq!(deadlock.cycles(), [["parent/1"]]);
}

/// Makes each of `n` tasks join the next, and the last one the first.
#[loop_core::coroutine(lazy)]
fn ring(n: usize) {
    let slots: Vec<Slot<()>> = (0..n).map(|_| Slot::default()).collect();
    for (at, slot) in slots.iter().enumerate() {
        let handle = yield_!(Spawn(waits_then_joins(slots[(at + 1) % n].clone())));
        slot.set(Some(handle));
    }
    yield_!(Sleep(ms(1000)));
}

#[loop_core::coroutine(lazy)]
fn waits_then_joins(slot: Slot<()>) {
    yield_!(Sleep(ms(1)));
    yield_!(joins(slot));
}

#[test]
fn a_cycle_is_found_at_once_though_others_run() {
    let notes = Notes::default();
    let mut event_loop = silent().event_loop();
    event_loop.schedule(ticks(notes.clone()));
    event_loop.schedule(ring(3));
    let deadlock = deadlock(event_loop.run());
    assert_snapshot!(without_lines(&deadlock), @r"
    deadlock: tasks wait for each other in a cycle
      ring/3 waits for the end of ring/1, in `waits_then_joins` > `joins` (tests/traces/deadlocks.rs)
      ring/1 waits for the end of ring/2, in `waits_then_joins` > `joins` (tests/traces/deadlocks.rs)
      ring/2 waits for the end of ring/3, in `waits_then_joins` > `joins` (tests/traces/deadlocks.rs)
      cycle: ring/3 -> ring/1 -> ring/2 -> ring/3
    ");
    assert_eq!(deadlock.cycles(), [["ring/3", "ring/1", "ring/2"]]);
    assert_eq!(
        notes.text(),
        "tick tick",
        "it was found in the turn in which it was closed"
    );
    let trace = event_loop.trace().to_string();
    assert_snapshot!(trace.lines().last().unwrap(), @"! deadlock: ring/3 waits join ring/1, ring/1 waits join ring/2, ring/2 waits join ring/3");
}

/// A report keeps fewer tasks than there are in the cycle.
#[test]
fn a_cycle_of_many_tasks_is_told_as_a_cycle() {
    let run = silent().unrecorded().run_until_complete(ring(3_000));
    let deadlock = deadlock(run);
    let text = deadlock.to_string();
    let (title, _) = text.split_once('\n').unwrap();
    assert_eq!(title, "deadlock: tasks wait for each other in a cycle");
    assert!(
        text.contains("\n  … and 2950 more tasks that wait\n"),
        "{text}"
    );
    let cycle = text.lines().last().unwrap();
    assert!(cycle.starts_with("  cycle: ring/3000 -> ring/1 -> ring/2 -> "));
    assert!(cycle.ends_with("ring/49 -> … -> ring/3000"), "{cycle}");
    let [shown] = &*deadlock.cycles() else {
        panic!("one cycle");
    };
    assert_eq!((shown.len(), deadlock.more()), (1_000, 2_000));
}

#[test]
fn tasks_of_one_name_are_no_cycle() {
    #[loop_core::coroutine(lazy)]
    fn reads() {
        let _ = yield_!(Stdin);
    }
    #[loop_core::coroutine(lazy)]
    fn main() {
        let reader = yield_!(Spawn(reads()).named("w"));
        let slot = Slot::default();
        slot.set(Some(reader));
        let joiner = yield_!(Spawn(joins(slot)).named("w"));
        let _ = yield_!(joiner);
    }
    let deadlock = deadlock(silent().run(main()).into_result());
    assert_eq!(deadlock.cycles(), Vec::<Vec<&str>>::new());
}

#[test]
fn every_task_is_parked() {
    #[loop_core::coroutine]
    fn reads() {
        yield_!(Stdin).unwrap();
    }
    #[loop_core::coroutine]
    fn reads_bytes() {
        yield_!(StdinBytes).unwrap();
    }
    #[loop_core::coroutine]
    fn parent() {
        yield_!(Spawn(reads_bytes())).detach();
        let handle = yield_!(Spawn(reads()));
        yield_!(handle).unwrap();
    }
    #[loop_core::coroutine]
    fn outer() {
        yield_!(parent());
    }
    let mut event_loop = silent().event_loop();
    event_loop.schedule(outer());
    let deadlock = deadlock(event_loop.run());
    assert_snapshot!(without_lines(&deadlock), @r"
    deadlock: every task is parked and nothing outside can wake one
      outer waits for the end of outer/2, in `outer` > `parent` (tests/traces/deadlocks.rs)
      outer/1 waits for bytes of standard input, in `reads_bytes` (tests/traces/deadlocks.rs)
      outer/2 waits for standard input, in `reads` (tests/traces/deadlocks.rs)
    ");
    assert!(deadlock.cycles().is_empty());
    let waits = &deadlock.waits()[0];
    assert_eq!(
        waits.stack.iter().map(|site| site.name).collect::<Vec<_>>(),
        ["outer", "parent"]
    );
    assert_eq!(waits.holder.as_deref(), Some("outer/2"));
    assert_snapshot!(event_loop.trace(), @r"
    # steps  policy=fifo
    outer  primed  =>  chain parent
    outer:parent  primed  =>  spawn reads_bytes
    outer:parent  spawned outer/1  =>  spawn reads
    outer:parent  spawned outer/2  =>  join outer/2  park
    outer/1  primed  =>  stdin bytes  park
    outer/2  primed  =>  stdin  park
    ! deadlock: outer waits join outer/2, outer/1 waits stdin bytes, outer/2 waits stdin
    ");
    assert_snapshot!(event_loop.trace().decisions().to_string().lines().last().unwrap(), @"deadlock  outer waits join outer/2, outer/1 waits stdin bytes, outer/2 waits stdin");
}

#[test]
fn a_task_that_joins_one_in_a_cycle_is_not_in_the_cycle() {
    #[loop_core::coroutine]
    fn outsider() {
        let handle = yield_!(Spawn(ring(2)));
        yield_!(handle).unwrap();
    }
    let deadlock = deadlock(silent().run(outsider()).into_result());
    assert_eq!(deadlock.cycles(), [["outsider/1/2", "outsider/1/1"]]);
    assert_eq!(deadlock.waits().len(), 2);
}

#[test]
fn a_pending_timer_or_input_is_no_deadlock() {
    #[loop_core::coroutine]
    fn reads() -> Option<String> {
        yield_!(Stdin).unwrap()
    }
    let hour = Input::new().at(ms(3_600_000), "x\n").stays_open();
    assert_eq!(
        Sim::new()
            .stdin(hour)
            .run(reads())
            .into_result()
            .unwrap()
            .as_deref(),
        Some("x")
    );
}

#[test]
fn the_loop_survives_a_deadlock() {
    #[loop_core::coroutine]
    fn reads() {
        yield_!(Stdin).unwrap();
    }
    #[loop_core::coroutine]
    fn other() -> u32 {
        yield_!(Sleep(ms(1)));
        7
    }
    let mut event_loop = silent().event_loop();
    deadlock(event_loop.run_until_complete(reads()));
    assert_eq!(event_loop.run_until_complete(other()).unwrap(), 7);
    deadlock(event_loop.run());
}

#[test]
fn an_error_of_a_run_tells_the_deadlock() {
    #[loop_core::coroutine]
    fn reads() {
        yield_!(Stdin).unwrap();
    }
    let error = silent().run(reads()).into_result().unwrap_err();
    assert_eq!(error.exit_status(), 1);
    assert!(error.to_string().starts_with("deadlock: "));
    assert!(
        std::io::Error::from(error)
            .to_string()
            .contains("reads waits for standard input")
    );
}

/// The awaited task fails in the batch in which a cycle closes. Its failure must not be taken for that of a later task.
#[test]
fn a_cycle_in_the_batch_in_which_the_awaited_task_fails() {
    #[loop_core::coroutine(lazy)]
    fn itself(slot: Slot<()>) {
        yield_!();
        let handle = slot.take().unwrap();
        yield_!(handle).unwrap();
    }
    #[loop_core::coroutine(lazy)]
    fn parent(slot: Slot<()>) {
        let handle = yield_!(Spawn(itself(slot.clone())));
        slot.set(Some(handle));
        for _ in 0..1000 {
            yield_!();
        }
    }
    #[loop_core::coroutine(lazy)]
    fn yields(n: u32) {
        for _ in 0..n {
            yield_!();
        }
    }
    #[loop_core::coroutine(lazy)]
    fn fails_in(n: u32) {
        for _ in 0..n {
            yield_!();
        }
        panic!("beside the ring");
    }
    for n in 0..12 {
        let mut event_loop = Sim::new().event_loop();
        event_loop.schedule(parent(Slot::default()));
        let error = event_loop.run_until_complete(fails_in(n)).unwrap_err();
        if let Error::Deadlock(_) = error {
            // The failure has not been reported yet. It must be reported once.
            let later = event_loop.run_until_complete(yields(20));
            assert!(
                matches!(&later, Err(Error::Failed(failures)) if failures.errors().len() == 1),
                "{n}: {later:?}"
            );
        }
    }
}

/// What is dropped while the loop looks for something to do may drop a group, whose tasks have handles, whose values wake a task.
#[test]
fn what_the_loop_drops_at_a_poll_wakes_a_task_in_the_end() {
    struct Sets(Event);
    impl Drop for Sets {
        fn drop(&mut self) {
            self.0.set();
        }
    }
    #[loop_core::coroutine(lazy, skip_all)]
    fn gives<T: 'static>(value: T) -> T {
        value
    }
    #[loop_core::coroutine(lazy, skip_all)]
    fn holds<T: 'static>(value: T) {
        let _value = value;
        yield_!(Event::new().wait());
    }
    #[loop_core::coroutine(lazy)]
    fn program(depth: u32) {
        let event = Event::new();
        let mut group = Group::new();
        let sets = yield_!(Spawn(gives(Sets(event.clone()))));
        yield_!(group.spawn(holds(sets)));
        for _ in 0..depth {
            let has = yield_!(Spawn(gives(group)));
            group = Group::new();
            yield_!(group.spawn(holds(has)));
        }
        yield_!(Spawn(gives(group))).detach();
        yield_!(event.wait());
    }
    for depth in 0..3 {
        Sim::new().run(program(depth)).into_result().unwrap();
    }
}

#[test]
fn a_report_may_wake_a_task() {
    #[loop_core::coroutine(lazy)]
    fn fails() {
        panic!("a reason to stop");
    }
    #[loop_core::coroutine(lazy)]
    fn waits(event: Event, notes: Notes) {
        yield_!(event.wait());
        notes.add("woken");
    }
    let (event, notes) = (Event::new(), Notes::default());
    let sets = event.clone();
    let builder = Sim::new().builder();
    let builder = builder.on_unjoined_error(move |_, _| sets.set());
    let mut event_loop = builder.build();
    event_loop.schedule(waits(event, notes.clone()));
    event_loop.schedule(fails());
    event_loop.run().unwrap_err();
    assert_eq!(notes.text(), "woken");
}
