//! Tasks that do not outlive their group.

use std::convert::Infallible;
use std::io;

use insta::assert_snapshot;
use loop_core::prelude::*;
use loop_core::sim::{Input, Sim};
use loop_core::{Failure, GroupError, Shield, TryGroup};
use tests::{Notes, ms};

use crate::takes;

#[loop_core::coroutine]
fn fails(after: u64, why: &'static str) -> Result<u32, &'static str> {
    yield_!(Sleep(ms(after)));
    Err(why)
}

#[loop_core::coroutine]
fn works(notes: Notes, after: u64) -> Result<u32, &'static str> {
    yield_!(takes(notes, "work", after));
    Ok(1)
}

#[test]
fn the_first_failure_cancels_the_others() {
    #[loop_core::coroutine]
    fn parent(notes: Notes) -> String {
        let mut group = TryGroup::new();
        yield_!(group.spawn(works(notes.clone(), 1)));
        yield_!(group.spawn(fails(2, "no luck")));
        yield_!(group.spawn(works(notes.clone(), 3)));
        let error = yield_!(group.join()).unwrap_err();
        notes.add("joined");
        error.to_string()
    }
    let notes = Notes::default();
    let run = Sim::new().run(|| parent(notes.clone()));
    assert_snapshot!(run.trace(), @r#"
    # steps  policy=fifo
    parent  primed  =>  spawn works(_, 1)
    parent  spawned parent/1  =>  spawn fails(2, "no luck")
    parent  spawned parent/2  =>  spawn works(_, 3)
    parent  spawned parent/3  =>  wait for group 1  park
    parent/1  primed  =>  chain takes(_, "work", 1)
    parent/1:takes  start  =>  sleep 1ms  park
    parent/2  primed  =>  sleep 2ms  park
    parent/3  primed  =>  chain takes(_, "work", 3)
    parent/3:takes  start  =>  sleep 3ms  park

    ~ +1ms  timer  wakes parent/1
    parent/1:takes  slept  =>  return "work"
    parent/1  returned "work"  =>  finish Ok(1)

    ~ +1ms  timer  wakes parent/2
    parent/2  slept  =>  finish Err("no luck")
    parent/3  =>  cancelled  wakes parent
    parent  woken by group 1  =>  finish "a task of the group failed: no luck"
    "#);
    assert_eq!(run.stderr(), "");
    assert_eq!(
        run.into_result().unwrap(),
        "a task of the group failed: no luck"
    );
    assert_eq!(notes.text(), "work -work -work joined");
}

#[test]
fn other_failures_are_kept() {
    #[loop_core::coroutine]
    fn panics() {
        yield_!(Sleep(ms(3)));
        panic!("second");
    }
    #[loop_core::coroutine]
    fn shielded() -> Result<u32, &'static str> {
        yield_!(Shield(panics()));
        Ok(1)
    }
    #[loop_core::coroutine]
    fn parent() -> String {
        let mut group = TryGroup::new();
        yield_!(group.spawn(fails(1, "first")));
        yield_!(group.spawn(fails(2, "too late: it is cancelled")));
        yield_!(group.spawn(shielded()));
        let error = yield_!(group.join()).unwrap_err();
        let Failure::Panicked(other) = &error.others()[0] else {
            panic!("it panicked");
        };
        format!("{error}; {}", other.message())
    }
    let run = Sim::new().run(parent);
    assert_eq!(run.elapsed(), ms(3));
    let text = run.into_result().unwrap();
    assert_eq!(
        text,
        "a task of the group failed: first (and 1 more); second"
    );
}

#[test]
fn a_panic_is_a_failure_too() {
    #[loop_core::coroutine]
    fn panics() {
        yield_!();
        panic!("out of luck");
    }
    #[loop_core::coroutine]
    fn parent() -> bool {
        let mut group = Group::new();
        yield_!(group.spawn(panics()));
        let error = yield_!(group.join()).unwrap_err();
        matches!(error.first(), Failure::Panicked(error) if error.message() == "out of luck")
    }
    let run = Sim::new().run(parent);
    assert_eq!(run.stderr(), "");
    assert!(run.into_result().unwrap());
}

#[test]
fn dropping_a_group_cancels_its_tasks() {
    #[loop_core::coroutine]
    fn parent(notes: Notes) {
        let mut group = Group::new();
        yield_!(group.spawn(takes(notes.clone(), "a", 10)));
        yield_!(group.spawn(takes(notes.clone(), "b", 10)));
        yield_!(Sleep(ms(1)));
        drop(group);
        yield_!();
        notes.add("dropped");
    }
    let notes = Notes::default();
    let run = Sim::new().run(|| parent(notes.clone()));
    assert_snapshot!(run.trace(), @r#"
    # steps  policy=fifo
    parent  primed  =>  spawn takes(_, "a", 10)
    parent  spawned parent/1  =>  spawn takes(_, "b", 10)
    parent  spawned parent/2  =>  sleep 1ms  park
    parent/1  start  =>  sleep 10ms  park
    parent/2  start  =>  sleep 10ms  park

    ~ +1ms  timer  wakes parent
    parent  slept  =>  now
    parent/2  =>  cancelled
    parent/1  =>  cancelled
    parent  ok  =>  finish
    "#);
    run.into_result().unwrap();
    assert_eq!(notes.text(), "-b -a dropped");
}

#[test]
fn the_end_of_the_task_that_has_a_group_ends_its_tasks() {
    #[loop_core::coroutine]
    fn has_group(notes: Notes) {
        let mut group = Group::new();
        yield_!(group.spawn(takes(notes, "child", 10)));
    }
    #[loop_core::coroutine]
    fn parent(notes: Notes) {
        let handle = yield_!(Spawn(has_group(notes.clone())));
        yield_!(handle).unwrap();
        notes.add("joined");
        yield_!(Sleep(ms(100)));
    }
    let notes = Notes::default();
    Sim::new()
        .run(|| parent(notes.clone()))
        .into_result()
        .unwrap();
    // A lazy coroutine that never began has no locals.
    assert_eq!(notes.text(), "joined");
}

#[test]
fn a_task_can_drop_the_group_to_which_it_belongs() {
    #[loop_core::coroutine]
    fn suicidal(slot: std::rc::Rc<std::cell::Cell<Option<Group<()>>>>, notes: Notes) {
        let _local = notes.on_drop("closed");
        yield_!();
        drop(slot.take());
        notes.add("goes on to its next request");
        yield_!(Print("never\n")).unwrap();
        notes.add("never");
    }
    #[loop_core::coroutine]
    fn parent(notes: Notes) {
        let slot = std::rc::Rc::default();
        let mut group = Group::new();
        yield_!(group.spawn(suicidal(std::rc::Rc::clone(&slot), notes.clone())));
        slot.set(Some(group));
        yield_!(Sleep(ms(1)));
        notes.add("end");
    }
    for seed in 0..5 {
        let notes = Notes::default();
        let run = Sim::new().seed(seed).run(|| parent(notes.clone()));
        assert_eq!(run.stdout(), "");
        run.into_result().unwrap();
        assert_eq!(notes.text(), "goes on to its next request closed end");
    }
}

#[test]
fn a_group_can_be_used_again_after_a_join() {
    #[loop_core::coroutine]
    fn parent() -> Vec<Vec<&'static str>> {
        let mut group = Group::new();
        let mut rounds = Vec::new();
        for names in [["a", "b"], ["c", "d"]] {
            for name in names {
                yield_!(group.spawn(takes(Notes::default(), name, 1)));
            }
            rounds.push(yield_!(group.join()).unwrap());
        }
        rounds
    }
    let rounds = Sim::new().run(parent).into_result().unwrap();
    assert_eq!(rounds, [["a", "b"], ["c", "d"]]);
}

#[test]
fn a_bounded_group_makes_its_spawner_wait() {
    #[loop_core::coroutine]
    fn parent() {
        let mut group = Group::bounded(1);
        for name in ["a", "b"] {
            yield_!(group.spawn(takes(Notes::default(), name, 1)));
        }
        assert_eq!(group.len(), 1);
        assert_eq!(yield_!(group.join()).unwrap(), ["a", "b"]);
    }
    let run = Sim::new().run(parent);
    assert_snapshot!(run.trace(), @r#"
    # steps  policy=fifo
    parent  primed  =>  chain spawn_with_room(AnyObject(group), takes (created))
    parent:spawn_with_room  start  =>  wait for room in group 1  ready
    parent:spawn_with_room  has room in group 1  =>  spawn takes(_, "a", 1)
    parent:spawn_with_room  spawned parent/1  =>  return
    parent  returned  =>  chain spawn_with_room(AnyObject(group), takes (created))
    parent:spawn_with_room  start  =>  wait for room in group 1  park
    parent/1  start  =>  sleep 1ms  park

    ~ +1ms  timer  wakes parent/1
    parent/1  slept  =>  finish "a"  wakes parent
    parent:spawn_with_room  has room in group 1  =>  spawn takes(_, "b", 1)
    parent:spawn_with_room  spawned parent/2  =>  return
    parent  returned  =>  wait for group 1  park
    parent/2  start  =>  sleep 1ms  park

    ~ +1ms  timer  wakes parent/2
    parent/2  slept  =>  finish "b"  wakes parent
    parent  woken by group 1  =>  finish
    "#);
    run.into_result().unwrap();
}

#[test]
fn a_bounded_group_that_has_failed_still_has_room() {
    #[loop_core::coroutine]
    fn parent() -> String {
        let mut group = TryGroup::bounded(2);
        for _ in 0..5 {
            yield_!(group.spawn(fails(1, "no luck")));
        }
        yield_!(group.join()).unwrap_err().to_string()
    }
    let answer = Sim::new().run(parent).into_result().unwrap();
    assert_eq!(answer, "a task of the group failed: no luck");
}

#[test]
fn a_bounded_group_that_is_cancelled_still_has_room() {
    #[loop_core::coroutine]
    fn parent() -> Vec<&'static str> {
        let mut group = Group::bounded(1);
        group.cancel();
        for _ in 0..3 {
            yield_!(group.spawn(takes(Notes::default(), "a", 1)));
        }
        yield_!(group.join()).unwrap()
    }
    let answer = Sim::new().run(parent).into_result().unwrap();
    assert_eq!(answer, [""; 0]);
}

#[test]
fn a_group_whose_tasks_never_end_is_a_deadlock_that_names_them() {
    #[loop_core::coroutine]
    fn reads() {
        let _ = yield_!(Stdin);
    }
    #[loop_core::coroutine]
    fn parent() {
        let mut group = Group::new();
        yield_!(group.spawn(reads()));
        yield_!(group.join()).unwrap();
    }
    let run = Sim::new().stdin(Input::new().stays_open()).run(parent);
    let text = tests::without_lines(&run.into_result().unwrap_err());
    assert_snapshot!(text, @r"
    deadlock: every task is parked and nothing outside can wake one
      parent waits for group 1, in `parent` (tests/groups/groups.rs)
      parent/1 waits for standard input, in `reads` (tests/groups/groups.rs)
    ");
}

#[test]
fn an_io_error_of_a_failed_group_keeps_the_kind() {
    #[loop_core::coroutine]
    fn reads(kind: Option<io::ErrorKind>) -> io::Result<()> {
        yield_!();
        match kind {
            Some(kind) => Err(kind.into()),
            None => panic!("out of luck"),
        }
    }
    #[loop_core::coroutine]
    fn returned(kind: Option<io::ErrorKind>) -> io::Result<Vec<()>> {
        let mut group = TryGroup::new();
        yield_!(group.spawn(reads(kind)));
        Ok(yield_!(group.join())?)
    }
    #[loop_core::coroutine]
    fn panicked() -> io::Result<Vec<io::Result<()>>> {
        let mut group = Group::new();
        yield_!(group.spawn(reads(None)));
        Ok(yield_!(group.join())?)
    }
    let returned = |kind| Sim::new().run(move || returned(kind)).into_result();
    let error = returned(Some(io::ErrorKind::NotFound))
        .unwrap()
        .unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::NotFound);
    assert_eq!(
        error.to_string(),
        "a task of the group failed: entity not found"
    );
    let inner = error.get_ref().expect("the error is inside");
    assert!(inner.is::<GroupError<io::Error>>());
    assert_eq!(
        returned(None).unwrap().unwrap_err().kind(),
        io::ErrorKind::Other
    );
    let error = Sim::new().run(panicked).into_result().unwrap().unwrap_err();
    assert!(error.to_string().contains("out of luck"), "{error}");
    assert!(
        error
            .get_ref()
            .expect("inside")
            .is::<GroupError<Infallible>>()
    );
}

/// The deadlock, the task tree and the trace say for what a full group lets its spawner wait.
#[test]
fn a_full_group_is_waited_for() {
    #[loop_core::coroutine]
    fn reads() {
        let _ = yield_!(Stdin);
    }
    #[loop_core::coroutine]
    fn parent() {
        let mut group = Group::bounded(1);
        for _ in 0..2 {
            yield_!(group.spawn(reads()));
        }
    }
    let run = Sim::new().stdin(Input::new().stays_open()).run(parent);
    assert_snapshot!(run.trace(), @r"
    # steps  policy=fifo
    parent  primed  =>  calls reads  chain spawn_with_room(AnyObject(group), reads (primed))
    parent:spawn_with_room  start  =>  wait for room in group 1  ready
    parent:spawn_with_room  has room in group 1  =>  spawn reads
    parent:spawn_with_room  spawned parent/1  =>  return
    parent  returned  =>  calls reads  chain spawn_with_room(AnyObject(group), reads (primed))
    parent:spawn_with_room  start  =>  wait for room in group 1  park
    parent/1  primed  =>  stdin  park
    ! deadlock: parent waits wait for room in group 1, parent/1 waits stdin
    ");
    assert_snapshot!(tests::without_lines(&run.tasks()), @r"
    parent waits for room in group 1
    │ `parent` (tests/groups/groups.rs)
    │ `spawn_with_room` (loop-core/src/groups/group.rs)
    └─ parent/1 waits for standard input
         `reads` (tests/groups/groups.rs)
    ");
    let text = tests::without_lines(&run.into_result().unwrap_err());
    assert_snapshot!(text, @r"
    deadlock: every task is parked and nothing outside can wake one
      parent waits for room in group 1, in `parent` > `spawn_with_room` (loop-core/src/groups/group.rs)
      parent/1 waits for standard input, in `reads` (tests/groups/groups.rs)
    ");
}

/// Two requests for room, by tasks other than the one that has the group: nobody is overtaken, a cancelled one leaves the queue, and the
/// tasks of the group stay.
#[test]
fn others_wait_for_room_in_a_group() {
    #[loop_core::coroutine]
    fn parent(notes: Notes) {
        let mut group = Group::bounded(1);
        for name in ["a", "b"] {
            yield_!(group.spawn(takes(notes.clone(), name, 2)));
        }
        let given_up = group.spawn(takes(notes.clone(), "given up", 2));
        assert!(yield_!(Timeout(ms(1), given_up)).is_err());
        let two = [
            group.spawn(takes(notes.clone(), "c", 2)),
            group.spawn(takes(notes.clone(), "d", 2)),
        ];
        yield_!(All(two)).unwrap();
        yield_!(group.join()).unwrap();
    }
    let notes = Notes::default();
    let run = Sim::new().run(|| parent(notes.clone()));
    assert_eq!(run.elapsed(), ms(8));
    run.into_result().unwrap();
    assert_eq!(notes.text(), "a -a b -b c -c d -d");
}

/// A task waits for the end of a group while another one waits for room in it.
#[test]
fn a_group_is_joined_while_there_is_no_room() {
    #[loop_core::coroutine]
    fn parent(notes: Notes) -> usize {
        let mut group = Group::bounded(1);
        yield_!(group.spawn(takes(notes.clone(), "a", 2)));
        let another = group.spawn(takes(notes.clone(), "b", 2));
        let (joined, ()) = yield_!(All((group.join(), another))).unwrap();
        joined.unwrap().len() + yield_!(group.join()).unwrap().len()
    }
    for seed in 0..10 {
        let run = Sim::new().seed(seed).run(parent(Notes::default()));
        assert_eq!(run.elapsed(), ms(4));
        assert_eq!(run.into_result().unwrap(), 2);
    }
}

#[test]
fn values_of_a_group_as_they_come() {
    #[loop_core::coroutine]
    fn parent() -> Vec<&'static str> {
        let mut group = Group::bounded(2);
        assert_eq!(yield_!(group.next()).unwrap(), None, "it has no task");
        yield_!(group.spawn(takes(Notes::default(), "slow", 3)));
        yield_!(group.spawn(takes(Notes::default(), "fast", 1)));
        let mut values = vec![yield_!(group.next()).unwrap().unwrap()];
        yield_!(group.spawn(takes(Notes::default(), "later", 1)));
        assert!(yield_!(Timeout(ms(0), group.next())).is_err());
        values.extend(yield_!(group.next()).unwrap());
        values.extend(yield_!(group.join()).unwrap());
        assert_eq!(yield_!(group.next()).unwrap(), None, "all were taken");
        values
    }
    let run = Sim::new().run(parent);
    assert_snapshot!(run.trace(), @r#"
    # steps  policy=fifo
    parent  primed  =>  wait for group 1  ready
    parent  woken by group 1  =>  chain spawn_with_room(AnyObject(group), takes (created))
    parent:spawn_with_room  start  =>  wait for room in group 1  ready
    parent:spawn_with_room  has room in group 1  =>  spawn takes(_, "slow", 3)
    parent:spawn_with_room  spawned parent/1  =>  return
    parent  returned  =>  chain spawn_with_room(AnyObject(group), takes (created))
    parent:spawn_with_room  start  =>  wait for room in group 1  ready
    parent/1  start  =>  sleep 3ms  park
    parent:spawn_with_room  has room in group 1  =>  spawn takes(_, "fast", 1)
    parent:spawn_with_room  spawned parent/2  =>  return
    parent  returned  =>  wait for group 1  park
    parent/2  start  =>  sleep 1ms  park

    ~ +1ms  timer  wakes parent/2
    parent/2  slept  =>  finish "fast"  wakes parent
    parent  woken by group 1  =>  chain spawn_with_room(AnyObject(group), takes (created))
    parent:spawn_with_room  start  =>  wait for room in group 1  ready
    parent:spawn_with_room  has room in group 1  =>  spawn takes(_, "later", 1)
    parent:spawn_with_room  spawned parent/3  =>  return
    parent  returned  =>  spawn request(_)  timeout 0  wait for group 2  park
    parent/3  start  =>  sleep 1ms  park
    parent/4  start  =>  wait for group 1  park

    ~ +0  timer  wakes parent
    parent/4  =>  cancelled
    parent  timed out  =>  wait for group 1  park

    ~ +1ms  timer  wakes parent/3
    parent/3  slept  =>  finish "later"  wakes parent
    parent  woken by group 1  =>  wait for group 1  park

    ~ +1ms  timer  wakes parent/1
    parent/1  slept  =>  finish "slow"  wakes parent
    parent  woken by group 1  =>  wait for group 1  ready
    parent  woken by group 1  =>  finish ["fast", "later", "slow"]
    "#);
    assert_eq!(run.into_result().unwrap(), ["fast", "later", "slow"]);
}

#[test]
fn the_values_of_a_group_come_before_its_failure() {
    #[loop_core::coroutine]
    fn parent(notes: Notes) {
        let mut group = TryGroup::new();
        yield_!(group.spawn(works(notes.clone(), 1)));
        yield_!(group.spawn(works(notes.clone(), 9)));
        yield_!(group.spawn(fails(2, "no luck")));
        yield_!(Sleep(ms(5)));
        assert_eq!(yield_!(group.next()).unwrap(), Some(1));
        let error = yield_!(group.next()).unwrap_err();
        assert!(matches!(error.first(), Failure::Returned("no luck")));
        yield_!(group.spawn(works(notes.clone(), 1))); // is closed
        assert_eq!(yield_!(group.next()).unwrap(), None, "the failure was told");
    }
    let notes = Notes::default();
    let run = Sim::new().run(|| parent(notes.clone()));
    assert_eq!(run.elapsed(), ms(5));
    run.into_result().unwrap();
    assert_eq!(notes.text(), "work -work -work");
}

#[test]
fn a_failure_is_told_when_a_shielded_task_has_ended() {
    #[loop_core::coroutine]
    fn shielded(notes: Notes) -> Result<u32, &'static str> {
        yield_!(Shield(works(notes, 5)))
    }
    #[loop_core::coroutine]
    fn parent(notes: Notes) -> bool {
        let mut group = TryGroup::new();
        yield_!(group.spawn(shielded(notes)));
        yield_!(group.spawn(fails(1, "no luck")));
        yield_!(group.next()).is_err()
    }
    let notes = Notes::default();
    let run = Sim::new().run(|| parent(notes.clone()));
    assert_eq!(run.elapsed(), ms(5));
    assert!(run.into_result().unwrap());
    assert_eq!(notes.text(), "work -work");
}

/// Each value is for one of them, and none is told that there is no further value while there is one.
#[test]
fn several_wait_for_the_next_value_of_a_group() {
    #[loop_core::coroutine]
    fn parent() -> Vec<u32> {
        let mut group = Group::new();
        for (name, n) in [("a", 1), ("b", 1), ("c", 2), ("d", 2)] {
            yield_!(group.spawn(takes(Notes::default(), name, n)));
        }
        let two = [group.next(), group.next()];
        assert!(
            yield_!(All(two))
                .unwrap()
                .iter()
                .all(|next| matches!(next, Ok(Some(_))))
        );
        let first = yield_!(Race([group.next(), group.next()])).unwrap();
        let last = yield_!(group.join()).unwrap();
        vec![u32::from(first.unwrap().is_some()), last.len() as u32]
    }
    for seed in 0..20 {
        let run = Sim::new().seed(seed).run(parent);
        assert_eq!(run.into_result().unwrap(), [1, 1], "seed {seed}");
    }
}
