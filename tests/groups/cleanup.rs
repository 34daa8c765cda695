//! What happens although a task is cancelled: deferred coroutines, and shields.

use insta::assert_snapshot;
use loop_core::prelude::*;
use loop_core::sim::Sim;
use loop_core::sync::Lock;
use loop_core::{Defer, Error, Handle, Shield};
use tests::{Notes, ms, without_lines};

use crate::takes;

/// Takes some time when its task ends.
#[loop_core::coroutine]
fn cleans_up(notes: Notes, name: &'static str, time: u64) {
    yield_!(Sleep(ms(time)));
    notes.add(name);
}

/// Defers two things, and then does something.
#[loop_core::coroutine]
fn careful(notes: Notes, then: Coroutine<u32>) -> u32 {
    let (one, two) = (notes.clone(), notes.clone());
    let _local = notes.on_drop("local");
    yield_!(Defer(move || cleans_up(one, "first", 2)));
    yield_!(Defer(move || cleans_up(two, "second", 1)));
    yield_!(then)
}

#[loop_core::coroutine(lazy)]
fn seven() -> u32 {
    yield_!();
    7
}

#[loop_core::coroutine(lazy)]
fn panics() -> u32 {
    yield_!();
    panic!("out of luck")
}

#[loop_core::coroutine(lazy)]
fn sleeps() -> u32 {
    yield_!(Sleep(ms(100)));
    0
}

#[test]
fn deferred_coroutines_run_after_the_task_the_last_one_first() {
    #[loop_core::coroutine]
    fn parent(notes: Notes) -> u32 {
        let task = yield_!(Spawn(careful(notes.clone(), seven())));
        let value = yield_!(task).unwrap();
        notes.add("joined");
        value
    }
    let notes = Notes::default();
    let run = Sim::new().run(|| parent(notes.clone()));
    assert_snapshot!(run.trace(), @r#"
    # steps  policy=fifo
    parent  primed  =>  spawn careful(_, Coroutine seven (created))
    parent  spawned parent/1  =>  join parent/1  park
    parent/1  primed  =>  defer
    parent/1  deferred  =>  defer
    parent/1  deferred  =>  chain seven
    parent/1:seven  start  =>  now
    parent/1:seven  ok  =>  return 7
    parent/1  returned 7  =>  finish 7
    parent/1:deferred  start  =>  chain cleans_up(_, "second", 1)
    parent/1:cleans_up  primed  =>  sleep 1ms  park

    ~ +1ms  timer  wakes parent/1
    parent/1:cleans_up  slept  =>  return
    parent/1:deferred  returned  =>  return _
    parent/1:deferred  start  =>  chain cleans_up(_, "first", 2)
    parent/1:cleans_up  primed  =>  sleep 2ms  park

    ~ +2ms  timer  wakes parent/1
    parent/1:cleans_up  slept  =>  return
    parent/1:deferred  returned  =>  return _  wakes parent
    parent  joined parent/1 7  =>  finish 7
    "#);
    assert_eq!(run.into_result().unwrap(), 7);
    assert_eq!(notes.text(), "local second first joined");
}

#[test]
fn also_after_a_panic() {
    #[loop_core::coroutine]
    fn parent(notes: Notes) -> String {
        let task = yield_!(Spawn(careful(notes.clone(), panics())));
        let error = yield_!(task).unwrap_err();
        notes.add("joined");
        error.message().to_owned()
    }
    let notes = Notes::default();
    let run = Sim::new().run(|| parent(notes.clone()));
    assert_eq!(run.stderr(), "");
    assert_eq!(run.into_result().unwrap(), "out of luck");
    assert_eq!(notes.text(), "local second first joined");
}

#[test]
fn whoever_cancels_waits_for_them() {
    #[loop_core::coroutine]
    fn parent(notes: Notes) -> String {
        let task = yield_!(Spawn(careful(notes.clone(), sleeps())));
        yield_!(Sleep(ms(10)));
        let error = yield_!(Cancel(task).because("it is late")).unwrap_err();
        notes.add("cancelled");
        without_lines(&error)
    }
    let notes = Notes::default();
    let run = Sim::new().run(|| parent(notes.clone()));
    assert_snapshot!(run.trace(), @r#"
    # steps  policy=fifo
    parent  primed  =>  spawn careful(_, Coroutine sleeps (created))
    parent  spawned parent/1  =>  sleep 10ms  park
    parent/1  primed  =>  defer
    parent/1  deferred  =>  defer
    parent/1  deferred  =>  chain sleeps
    parent/1:sleeps  start  =>  sleep 100ms  park

    ~ +10ms  timer  wakes parent
    parent  slept  =>  cancel parent/1  park
    parent/1  =>  cancelled
    parent/1:deferred  start  =>  chain cleans_up(_, "second", 1)
    parent/1:cleans_up  primed  =>  sleep 1ms  park

    ~ +1ms  timer  wakes parent/1
    parent/1:cleans_up  slept  =>  return
    parent/1:deferred  returned  =>  return _
    parent/1:deferred  start  =>  chain cleans_up(_, "first", 2)
    parent/1:cleans_up  primed  =>  sleep 2ms  park

    ~ +2ms  timer  wakes parent/1
    parent/1:cleans_up  slept  =>  return
    parent/1:deferred  returned  =>  return _  wakes parent
    parent  joined parent/1 cancelled  =>  finish "task `parent/1` was cancelled by parent in `sleeps` (tests/groups/cleanup.rs): it is late"
    "#);
    assert_eq!(run.elapsed(), ms(13));
    let error = run.into_result().unwrap();
    assert!(
        error.contains("was cancelled by parent in `sleeps`"),
        "{error}"
    );
    assert_eq!(notes.text(), "local second first cancelled");
}

#[test]
fn a_failure_in_one_is_reported_and_the_others_run() {
    #[loop_core::coroutine]
    fn fails() {
        yield_!();
        panic!("cleaning up failed");
    }
    #[loop_core::coroutine]
    fn task(notes: Notes) -> u32 {
        let note = notes.clone();
        yield_!(Defer(move || cleans_up(note, "first", 1)));
        yield_!(Defer(fails));
        7
    }
    #[loop_core::coroutine]
    fn parent(notes: Notes) {
        let task = yield_!(Spawn(task(notes.clone())));
        notes.add(yield_!(task).unwrap().to_string());
    }
    let notes = Notes::default();
    let run = Sim::new().run(|| parent(notes.clone()));
    assert!(matches!(run.result(), Err(Error::Failed(failures)) if failures.errors().len() == 1));
    assert!(
        run.stderr().contains("cleaning up failed"),
        "{}",
        run.stderr()
    );
    assert_eq!(notes.text(), "first 7");
}

#[test]
fn a_root_defers_too() {
    let notes = Notes::default();
    let run = Sim::new().run(|| careful(notes.clone(), seven()));
    assert_eq!(run.elapsed(), ms(3));
    assert_eq!(run.into_result().unwrap(), 7);
    assert_eq!(notes.text(), "local second first");
}

#[test]
fn the_answer_of_a_timeout_comes_when_what_was_deferred_has_run() {
    #[loop_core::coroutine]
    fn parent(notes: Notes) {
        let answer = yield_!(Timeout(ms(5), careful(notes.clone(), sleeps())));
        notes.add(if answer.is_err() {
            "elapsed"
        } else {
            "in time"
        });
    }
    let notes = Notes::default();
    let run = Sim::new().run(|| parent(notes.clone()));
    assert_snapshot!(run.trace(), @r#"
    # steps  policy=fifo
    parent  primed  =>  spawn careful(_, Coroutine sleeps (created))  timeout 5ms  wait for group 1  park
    parent/1  primed  =>  defer
    parent/1  deferred  =>  defer
    parent/1  deferred  =>  chain sleeps
    parent/1:sleeps  start  =>  sleep 100ms  park

    ~ +5ms
    parent/1  =>  cancelled
    parent/1:deferred  start  =>  chain cleans_up(_, "second", 1)
    parent/1:cleans_up  primed  =>  sleep 1ms  park

    ~ +1ms  timer  wakes parent/1
    parent/1:cleans_up  slept  =>  return
    parent/1:deferred  returned  =>  return _
    parent/1:deferred  start  =>  chain cleans_up(_, "first", 2)
    parent/1:cleans_up  primed  =>  sleep 2ms  park

    ~ +2ms  timer  wakes parent/1
    parent/1:cleans_up  slept  =>  return
    parent/1:deferred  returned  =>  return _  wakes parent
    parent  timed out  =>  finish
    "#);
    run.into_result().unwrap();
    assert_eq!(notes.text(), "local second first elapsed");
}

#[test]
fn the_losers_of_a_race_clean_up_before_it_answers() {
    #[loop_core::coroutine]
    fn parent(notes: Notes) -> u32 {
        let racers = [careful(notes.clone(), sleeps()), seven()];
        let winner = yield_!(Race(racers)).unwrap();
        notes.add("answer");
        winner
    }
    let notes = Notes::default();
    let run = Sim::new().run(|| parent(notes.clone()));
    assert_eq!(run.into_result().unwrap(), 7);
    assert_eq!(notes.text(), "local second first answer");
}

#[test]
fn a_task_that_waits_for_others_is_closed_when_they_have_cleaned_up() {
    #[loop_core::coroutine]
    fn outer(notes: Notes) {
        let _local = notes.on_drop("outer");
        let both = [
            careful(notes.clone(), sleeps()),
            careful(notes.clone(), sleeps()),
        ];
        let _ = yield_!(All(both));
        notes.add("never");
    }
    #[loop_core::coroutine]
    fn parent(notes: Notes) {
        let task = yield_!(Spawn(outer(notes.clone())));
        yield_!(Sleep(ms(10)));
        assert!(yield_!(Cancel(task)).unwrap_err().is_cancelled());
        notes.add("cancelled");
    }
    let notes = Notes::default();
    let run = Sim::new().run(|| parent(notes.clone()));
    run.into_result().unwrap();
    let text = notes.text();
    assert_eq!(
        text,
        "local local second second first first outer cancelled"
    );
}

#[test]
fn a_shield_keeps_a_cancellation_off_until_it_ends() {
    #[loop_core::coroutine]
    fn shielded(notes: Notes) {
        let _local = notes.on_drop("local");
        let word = yield_!(Shield(takes(notes.clone(), "work", 5)));
        notes.add(format!("never: {word}"));
    }
    #[loop_core::coroutine]
    fn parent(notes: Notes) {
        let task = yield_!(Spawn(shielded(notes.clone())));
        yield_!(Sleep(ms(1)));
        assert!(yield_!(Cancel(task)).unwrap_err().is_cancelled());
        notes.add("cancelled");
    }
    let notes = Notes::default();
    let run = Sim::new().run(|| parent(notes.clone()));
    assert_snapshot!(run.trace(), @r#"
    # steps  policy=fifo
    parent  primed  =>  spawn shielded(_)
    parent  spawned parent/1  =>  sleep 1ms  park
    parent/1  primed  =>  chain shield(Coroutine takes (created))
    parent/1:shield  start  =>  shield
    parent/1:shield  shielded  =>  chain takes(_, "work", 5)
    parent/1:takes  start  =>  sleep 5ms  park

    ~ +1ms  timer  wakes parent
    parent  slept  =>  cancel parent/1  park

    ~ +4ms  timer  wakes parent/1
    parent/1:takes  slept  =>  return "work"
    parent/1:shield  returned "work"  =>  unshield  cancelled  wakes parent
    parent  joined parent/1 cancelled  =>  finish
    "#);
    assert_eq!(run.elapsed(), ms(5));
    run.into_result().unwrap();
    assert_eq!(notes.text(), "work -work local cancelled");
}

#[test]
fn a_shield_gives_its_value_if_nobody_cancels() {
    #[loop_core::coroutine]
    fn parent() -> u32 {
        yield_!(Shield(seven())) + yield_!(Shield(seven()))
    }
    assert_eq!(Sim::new().run(parent).into_result().unwrap(), 14);
}

#[test]
fn a_shielded_task_gets_the_lock_that_it_waits_for() {
    #[loop_core::coroutine]
    fn locks(lock: Lock<u32>) {
        *yield_!(lock.acquire()) += 1;
    }
    #[loop_core::coroutine]
    fn shielded(lock: Lock<u32>) {
        yield_!(Shield(locks(lock)));
    }
    #[loop_core::coroutine]
    fn parent() -> u32 {
        let lock = Lock::new(0);
        let guard = yield_!(lock.acquire());
        let task = yield_!(Spawn(shielded(lock.clone())));
        let canceller = yield_!(Spawn(cancels(task)));
        yield_!(Sleep(ms(5)));
        drop(guard);
        assert!(yield_!(canceller).unwrap(), "it was cancelled");
        *yield_!(lock.acquire())
    }
    #[loop_core::coroutine]
    fn cancels(task: Handle<()>) -> bool {
        yield_!(Sleep(ms(1)));
        yield_!(Cancel(task)).is_err_and(|error| error.is_cancelled())
    }
    assert_eq!(Sim::new().run(parent).into_result().unwrap(), 1);
}

#[test]
fn a_task_that_is_ending_is_not_cancelled_once_more() {
    #[loop_core::coroutine]
    fn parent(notes: Notes) {
        let mut group = Group::new();
        yield_!(group.spawn(careful(notes.clone(), seven())));
        yield_!(Sleep(ms(1)));
        // It has returned, and cleans up.
        group.cancel();
        assert_eq!(yield_!(group.join()).unwrap(), [7]);
    }
    let notes = Notes::default();
    Sim::new()
        .run(|| parent(notes.clone()))
        .into_result()
        .unwrap();
    assert_eq!(notes.text(), "local second first");
}

/// Somebody else cleans up, so the loop looks at what resists. Whoever cancels a task that does not is told at once.
#[test]
fn others_that_are_cancelled_meanwhile_end_at_once() {
    #[loop_core::coroutine]
    fn cancels(task: Handle<u32>) -> bool {
        yield_!(Cancel(task)).is_err_and(|error| error.is_cancelled())
    }
    #[loop_core::coroutine]
    fn parent(notes: Notes) {
        let careful = yield_!(Spawn(careful(notes.clone(), sleeps())));
        let [waits, is_ready] = [yield_!(Spawn(sleeps())), yield_!(Spawn(seven()))];
        yield_!(Sleep(ms(1)));
        let canceller = yield_!(Spawn(cancels(careful)));
        yield_!();
        assert!(yield_!(Cancel(waits)).unwrap_err().is_cancelled());
        assert_eq!(yield_!(Cancel(is_ready)).unwrap(), 7);
        notes.add("others");
        // It waits until the careful one has ended.
        assert!(yield_!(Cancel(canceller)).unwrap_err().is_cancelled());
        notes.add("canceller");
        yield_!(Sleep(ms(5)));
    }
    let notes = Notes::default();
    Sim::new()
        .run(|| parent(notes.clone()))
        .into_result()
        .unwrap();
    assert_eq!(notes.text(), "local others canceller second first");
}

/// One has been handed the lock, the other one waits for it. Both are cancelled, while somebody else may resist.
#[test]
fn a_lock_is_free_when_who_was_next_is_cancelled_too() {
    #[loop_core::coroutine(lazy)]
    fn locks(lock: Lock<()>, after: u64) {
        yield_!(Sleep(ms(after)));
        drop(yield_!(lock.acquire()));
    }
    #[loop_core::coroutine(lazy)]
    fn both(lock: Lock<()>) {
        yield_!(All([locks(lock.clone(), 2), locks(lock, 1)])).unwrap();
    }
    #[loop_core::coroutine]
    fn parent() {
        yield_!(Spawn(careful(Notes::default(), sleeps()))).detach();
        let lock = Lock::new(());
        let guard = yield_!(lock.acquire());
        let both = yield_!(Spawn(both(lock.clone())));
        yield_!(Sleep(ms(5)));
        drop(guard);
        assert!(yield_!(Cancel(both)).unwrap_err().is_cancelled());
        assert!(!lock.is_held());
        drop(yield_!(lock.acquire()));
    }
    Sim::new().run(parent).into_result().unwrap();
}

#[test]
fn a_shield_in_a_deferred_coroutine_does_not_cut_it_short() {
    #[loop_core::coroutine]
    fn cleans_up_shielded(notes: Notes) {
        yield_!(Shield(cleans_up(notes.clone(), "shielded", 1)));
        yield_!(cleans_up(notes, "rest", 1));
    }
    #[loop_core::coroutine]
    fn works(notes: Notes) {
        yield_!(Defer(move || cleans_up_shielded(notes)));
        yield_!(sleeps());
    }
    #[loop_core::coroutine]
    fn parent(notes: Notes) {
        let mut group = Group::new();
        yield_!(group.spawn(works(notes.clone())));
        yield_!();
        group.cancel();
        yield_!();
        // It is ending, and shielded.
        group.cancel();
        yield_!(group.join()).unwrap();
        notes.add("joined");
    }
    let notes = Notes::default();
    Sim::new()
        .run(|| parent(notes.clone()))
        .into_result()
        .unwrap();
    assert_eq!(notes.text(), "shielded rest joined");
}

#[test]
fn a_task_that_cancels_itself_cleans_up() {
    #[loop_core::coroutine]
    fn suicidal(slot: tests::Slot<()>, notes: Notes) {
        let note = notes.clone();
        yield_!(Defer(move || cleans_up(note, "clean", 1)));
        yield_!();
        let _ = yield_!(Cancel(slot.take().expect("the handle")));
        notes.add("never");
    }
    #[loop_core::coroutine]
    fn parent(notes: Notes) {
        let slot = tests::Slot::default();
        let task = yield_!(Spawn(suicidal(slot.clone(), notes.clone())));
        slot.set(Some(task));
        yield_!(Sleep(ms(5)));
        notes.add("end");
    }
    let notes = Notes::default();
    Sim::new()
        .run(|| parent(notes.clone()))
        .into_result()
        .unwrap();
    assert_eq!(notes.text(), "clean end");
}

#[test]
fn a_loop_that_is_dropped_closes_what_was_deferred() {
    let notes = Notes::default();
    let mut event_loop = Sim::new().event_loop();
    event_loop.schedule(careful(notes.clone(), sleeps()));
    #[loop_core::coroutine]
    fn stops() {
        yield_!(Sleep(ms(1)));
        yield_!(Stop);
    }
    event_loop.schedule(stops());
    event_loop.run().unwrap();
    drop(event_loop);
    assert_eq!(notes.text(), "local");
}

#[test]
fn cancelled_everywhere_what_was_deferred_has_run() {
    #[loop_core::coroutine]
    fn works(notes: Notes) {
        let note = notes.clone();
        yield_!(Defer(move || cleans_up(note, "clean", 1)));
        notes.add("begun");
        yield_!(Shield(takes(notes.clone(), "work", 1)));
        let _ = yield_!(Timeout(ms(1), careful(notes.clone(), sleeps())));
        let _ = yield_!(Race([careful(notes.clone(), sleeps()), seven()]));
    }
    #[loop_core::coroutine]
    fn program(notes: Notes) {
        let task = yield_!(Spawn(works(notes.clone())));
        let _ = yield_!(task);
    }
    let mut tried = 0;
    for seed in 0..10 {
        let notes = std::cell::RefCell::new(Notes::default());
        let program = || {
            let fresh = Notes::default();
            *notes.borrow_mut() = fresh.clone();
            move || program(fresh)
        };
        tried += Sim::new().seed(seed).cancel_everywhere(program, |run| {
            let text = notes.borrow().text();
            let count = |word: &str| text.split(' ').filter(|found| *found == word).count();
            if run.result().is_ok() {
                // It may be cancelled right after it has deferred something.
                assert!(count("begun") <= count("clean"), "{text}");
                assert!(count("second") <= count("first"), "{text}");
            }
        });
    }
    assert!(tried > 200, "{tried}");
}

/// It waits for its own end, as one that joins itself does.
#[test]
fn a_task_that_cancels_itself_while_it_cannot_be_cancelled() {
    #[loop_core::coroutine(lazy)]
    fn suicidal(slot: tests::Slot<()>) {
        yield_!();
        let _ = yield_!(Cancel(slot.take().expect("the handle")));
    }
    #[loop_core::coroutine(lazy)]
    fn shielded(slot: tests::Slot<()>) {
        yield_!(Shield(suicidal(slot)));
    }
    #[loop_core::coroutine(lazy)]
    fn defers(slot: tests::Slot<()>) {
        yield_!(Defer(move || suicidal(slot)));
    }
    #[loop_core::coroutine]
    fn parent(task: fn(tests::Slot<()>) -> Coroutine<()>) {
        let slot = tests::Slot::default();
        let task = yield_!(Spawn(task(slot.clone())));
        slot.set(Some(task));
        yield_!(Sleep(ms(5)));
    }
    for task in [shielded, defers] {
        let run = Sim::new().run(|| parent(task));
        let error = run.into_result().unwrap_err();
        assert!(
            matches!(&error, Error::Deadlock(deadlock) if deadlock.cycles().len() == 1),
            "{error}"
        );
    }
}
