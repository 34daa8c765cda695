//! Cancelling a task that waits for others of its own: they are closed first, from the innermost outwards.

use loop_core::prelude::*;
use loop_core::sim::Sim;
use tests::{Notes, ms};

use crate::takes;

#[loop_core::coroutine]
fn waits_for_two(notes: Notes) {
    let _outer = notes.on_drop("outer");
    let both = [
        takes(notes.clone(), "a", 100),
        takes(notes.clone(), "b", 100),
    ];
    yield_!(All(both)).unwrap();
}

#[loop_core::coroutine]
fn cancels(victim: Coroutine<()>, notes: Notes) {
    let handle = yield_!(Spawn(victim));
    yield_!(Sleep(ms(1)));
    notes.add("cancel");
    assert!(yield_!(Cancel(handle)).unwrap_err().is_cancelled());
    notes.add("cancelled");
}

#[test]
fn the_inner_ones_are_closed_first() {
    let notes = Notes::default();
    let run = Sim::new().run(|| cancels(waits_for_two(notes.clone()), notes.clone()));
    run.into_result().unwrap();
    assert_eq!(notes.text(), "cancel -b -a outer cancelled");
}

#[test]
fn also_within_a_timeout_within_a_race() {
    #[loop_core::coroutine]
    fn times_out(notes: Notes) {
        let _middle = notes.on_drop("middle");
        let _ = yield_!(Timeout(ms(50), waits_for_two(notes.clone())));
    }
    #[loop_core::coroutine]
    fn races(notes: Notes) {
        let _race = notes.on_drop("race");
        let _ = yield_!(Race([times_out(notes.clone())]));
    }
    let notes = Notes::default();
    let run = Sim::new().run(|| cancels(races(notes.clone()), notes.clone()));
    run.into_result().unwrap();
    assert_eq!(notes.text(), "cancel -b -a outer middle race cancelled");
}

#[test]
fn ten_thousand_deep() {
    #[loop_core::coroutine(lazy)]
    fn nested(depth: u32) -> u32 {
        if depth == 0 {
            yield_!(Sleep(ms(1000)));
            return 0;
        }
        yield_!(Timeout(ms(500), nested(depth - 1))).map_or(0, |depth| depth + 1)
    }
    #[loop_core::coroutine]
    fn parent(cancelled: bool) {
        if cancelled {
            let handle = yield_!(Spawn(nested(10_000)));
            yield_!(Sleep(ms(1)));
            assert!(yield_!(Cancel(handle)).is_err());
        } else {
            assert_eq!(
                yield_!(nested(10_000)),
                0,
                "the outermost time is over first"
            );
        }
    }
    for cancelled in [true, false] {
        let mut event_loop = Sim::new().unrecorded();
        event_loop.run_until_complete(parent(cancelled)).unwrap();
    }
}

#[test]
fn a_loop_that_is_dropped_closes_them() {
    let notes = Notes::default();
    let mut event_loop = Sim::new().event_loop();
    event_loop.schedule(waits_for_two(notes.clone()));
    #[loop_core::coroutine]
    fn stops() {
        yield_!(Sleep(ms(1)));
        yield_!(Stop);
    }
    event_loop.schedule(stops());
    event_loop.run().unwrap();
    drop(event_loop);
    let mut closed: Vec<_> = notes.text().split(' ').map(str::to_owned).collect();
    closed.sort();
    assert_eq!(closed, ["-a", "-b", "outer"]);
}

#[test]
fn with_every_seed_the_same_are_closed() {
    for seed in 0..50 {
        let notes = Notes::default();
        let run = Sim::new()
            .seed(seed)
            .run(|| cancels(waits_for_two(notes.clone()), notes.clone()));
        run.into_result().unwrap();
        assert!(
            notes.text().ends_with("outer cancelled"),
            "{}",
            notes.text()
        );
    }
}

/// How a task waits for a member, or only has it.
type Waits = fn(Coroutine<()>) -> Coroutine<()>;

#[loop_core::coroutine(lazy)]
fn by_timeout(member: Coroutine<()>) {
    let _ = yield_!(Timeout(ms(100), member));
}

#[loop_core::coroutine(lazy)]
fn by_all(member: Coroutine<()>) {
    let _ = yield_!(All([member]));
}

#[loop_core::coroutine(lazy)]
fn by_race(member: Coroutine<()>) {
    let _ = yield_!(Race([member]));
}

#[loop_core::coroutine(lazy)]
fn by_joining(member: Coroutine<()>) {
    let mut group = Group::new();
    yield_!(group.spawn(member));
    let _ = yield_!(group.join());
}

#[loop_core::coroutine(lazy)]
fn by_having(member: Coroutine<()>) {
    let mut group = Group::new();
    yield_!(group.spawn(member));
    yield_!(Sleep(ms(100)));
}

/// Cancels the task that waits for the one in which this runs.
#[loop_core::coroutine(lazy)]
fn cancels_who_waits(waiting: tests::Slot<()>, notes: Notes) {
    let _member = notes.on_drop("-member");
    yield_!(Sleep(ms(1)));
    let _ = yield_!(Cancel(waiting.take().expect("its handle")));
    notes.add("never");
}

fn cancelled_by_its_member(
    waits: Waits,
    member: fn(Coroutine<()>, Notes) -> Coroutine<()>,
) -> String {
    #[loop_core::coroutine]
    fn program(waits: Waits, member: fn(Coroutine<()>, Notes) -> Coroutine<()>, notes: Notes) {
        let slot = tests::Slot::default();
        let cancels = member(
            cancels_who_waits(slot.clone(), notes.clone()),
            notes.clone(),
        );
        let task = yield_!(Spawn(waits(cancels)));
        slot.set(Some(task));
        yield_!(Sleep(ms(50)));
        notes.add("then");
        // The places of both are free, and others have them.
        for _ in 0..3 {
            assert_eq!(yield_!(takes(Notes::default(), "other", 1)), "other");
        }
    }
    let notes = Notes::default();
    Sim::new()
        .run(|| program(waits, member, notes.clone()))
        .into_result()
        .unwrap();
    notes.text()
}

#[test]
fn a_member_that_cancels_who_waits_for_it() {
    for waits in [by_timeout, by_all, by_race, by_joining, by_having] {
        let text = cancelled_by_its_member(waits, |cancels, _| cancels);
        assert_eq!(text, "-member then");
    }
}

#[test]
fn what_such_a_member_has_deferred_runs() {
    #[loop_core::coroutine(lazy)]
    fn member(cancels: Coroutine<()>, notes: Notes) {
        yield_!(loop_core::Defer(move || takes(notes, "deferred", 1)));
        yield_!(cancels);
    }
    for waits in [by_timeout, by_all, by_race, by_joining] {
        let text = cancelled_by_its_member(waits, member);
        assert_eq!(text, "-member deferred -deferred then");
    }
}

/// What the members of a group have of it. Whoever drops it, cancels them all.
#[derive(Clone, Default)]
struct Has(std::rc::Rc<std::cell::RefCell<Option<Group<()>>>>);

struct DropsGroup(Has);

impl Drop for DropsGroup {
    fn drop(&mut self) {
        let group = self.0.0.take();
        drop(group);
    }
}

#[loop_core::coroutine(lazy, skip_all)]
fn with_group(_group: DropsGroup) {
    yield_!();
}

#[loop_core::coroutine(skip_all)]
fn fails_with_group(_group: DropsGroup, fails: bool) {
    assert!(!fails, "failed");
}

/// The coroutine that is never run, or that fails at once, drops the group to which the task belongs that asks.
#[test]
fn a_request_that_drops_the_group_of_who_asks() {
    #[loop_core::coroutine(lazy)]
    fn member(group: Has, how: u8, notes: Notes) {
        let _member = notes.on_drop("-member");
        yield_!();
        let group = DropsGroup(group);
        match how {
            0 => drop(yield_!(Race([
                fails_with_group(DropsGroup(Has::default()), false),
                with_group(group)
            ]))),
            1 => drop(yield_!(All([fails_with_group(group, true)]))),
            2 => drop(yield_!(Timeout(ms(1), fails_with_group(group, true)))),
            3 => {
                let mut cancelled = Group::new();
                cancelled.cancel();
                yield_!(cancelled.spawn(with_group(group)));
            }
            _ => {
                let mut other = Group::new();
                yield_!(other.spawn(fails_with_group(group, true)));
            }
        }
        notes.add("never");
    }
    #[loop_core::coroutine(lazy)]
    fn program(how: u8, notes: Notes) {
        let has = Has::default();
        let mut group = Group::new();
        yield_!(group.spawn(member(has.clone(), how, notes.clone())));
        *has.0.borrow_mut() = Some(group);
        yield_!(Sleep(ms(5)));
        notes.add("then");
    }
    for how in 0..5 {
        for seed in 0..8 {
            let notes = Notes::default();
            let run = Sim::new().seed(seed).run(program(how, notes.clone()));
            run.into_result().unwrap();
            assert_eq!(notes.text(), "-member then");
        }
    }
}

/// Whichever task the policy lets run.
#[test]
fn a_member_that_loses_makes_no_further_step_when_another_fails_at_once() {
    #[loop_core::coroutine(lazy)]
    fn counts(steps: std::rc::Rc<std::cell::Cell<u32>>) {
        loop {
            steps.set(steps.get() + 1);
            yield_!();
        }
    }
    #[loop_core::coroutine(lazy)]
    fn program() {
        let steps = std::rc::Rc::default();
        let mut group = Group::new();
        for _ in 0..3 {
            yield_!(group.spawn(counts(std::rc::Rc::clone(&steps))));
        }
        yield_!();
        let fails = fails_with_group(DropsGroup(Has::default()), true);
        let seen = steps.get();
        yield_!(group.spawn(fails));
        assert_eq!(steps.get(), seen);
        yield_!(group.join()).unwrap_err();
    }
    for seed in 0..50 {
        Sim::new().seed(seed).run(program).into_result().unwrap();
    }
}
