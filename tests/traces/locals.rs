//! Task-local values: who has which, in traces too, and when they are dropped.

use std::cell::RefCell;
use std::rc::Rc;

use insta::assert_snapshot;
use loop_core::prelude::*;
use loop_core::sim::{Sim, cancel_everywhere};
use loop_core::sync::channel::{self, Receiver, UnboundedSender};
use loop_core::{AsCompleted, Defer, Error, TaskLocal};
use tests::{Noted, Notes, PanicsOnDrop, without_lines};

use crate::{failed, ms};

static USER: TaskLocal<&str> = TaskLocal::new("user");
static DEPTH: TaskLocal<u32> = TaskLocal::new("depth");
static NOTED: TaskLocal<Noted> = TaskLocal::new("noted");
static OTHER: TaskLocal<Noted> = TaskLocal::new("other");

#[loop_core::coroutine]
fn user() -> &'static str {
    yield_!(USER.get()).map_or("-", |user| *user)
}

#[test]
fn a_trace_shows_keys_and_no_values() {
    #[loop_core::coroutine]
    fn program() {
        yield_!(USER.set("Ada"));
        yield_!(DEPTH.scope(3, user()));
        yield_!(USER.reset(None));
        yield_!(USER.get());
    }
    assert_snapshot!(Sim::new().run(program).trace(), @r#"
    # steps  policy=fifo
    program  primed  =>  set local user
    program  had local user = none  =>  calls user  chain scope(TaskLocal(depth), _, _)
    program:scope  start  =>  set local depth
    program:scope  had local depth = none  =>  chain user
    program:user  primed  =>  get local user
    program:user  got local user  =>  return "Ada"
    program:scope  returned "Ada"  =>  set local depth = none
    program:scope  had local depth  =>  return _
    program  returned _  =>  set local user = none
    program  had local user  =>  get local user
    program  got local user = none  =>  finish
    "#);
}

#[test]
fn a_value_is_there_until_it_is_reset() {
    #[loop_core::coroutine]
    fn program() {
        assert_eq!(yield_!(USER.set("Ada")), None);
        assert_eq!(yield_!(DEPTH.set(1)), None);
        let before = yield_!(USER.set("Alan"));
        assert_eq!(before.as_deref(), Some(&"Ada"));
        assert_eq!(yield_!(user()), "Alan");
        assert_eq!(yield_!(USER.reset(before)).as_deref(), Some(&"Alan"));
        assert_eq!(yield_!(user()), "Ada");
        assert_eq!(yield_!(USER.reset(None)).as_deref(), Some(&"Ada"));
        assert_eq!(yield_!(USER.reset(None)), None);
        assert_eq!(yield_!(user()), "-");
        assert_eq!(yield_!(DEPTH.get()).as_deref(), Some(&1));
    }
    Sim::new().run(program).into_result().unwrap();
}

#[test]
fn keys_of_one_name_and_type_are_two() {
    static TWIN: TaskLocal<&str> = TaskLocal::new("user");
    #[loop_core::coroutine]
    fn program() {
        yield_!(TWIN.set("Ada"));
        assert_eq!(yield_!(user()), "-");
    }
    Sim::new().run(program).into_result().unwrap();
}

#[test]
fn scopes_nest_and_end_with_what_was_there_before() {
    #[loop_core::coroutine]
    fn inner(notes: Notes) {
        notes.add(yield_!(user()));
        yield_!(USER.set("lost"));
    }
    #[loop_core::coroutine]
    fn middle(notes: Notes) {
        notes.add(yield_!(user()));
        yield_!(USER.scope("inner", inner(notes.clone())));
        notes.add(yield_!(user()));
    }
    #[loop_core::coroutine]
    fn program(notes: Notes) {
        yield_!(USER.scope("middle", middle(notes.clone())));
        notes.add(yield_!(user()));
    }
    let notes = Notes::default();
    let run = Sim::new().run(program(notes.clone()));
    run.into_result().unwrap();
    assert_eq!(notes.text(), "middle inner middle -");
}

#[test]
fn coroutines_of_one_task_share_its_values() {
    #[loop_core::coroutine]
    fn sets(user: &'static str) {
        yield_!(USER.set(user));
    }
    #[loop_core::coroutine]
    fn sets_in_place(user: &&'static str) {
        yield_!(USER.set(*user));
    }
    #[loop_core::coroutine]
    fn program() {
        yield_!(sets("chained"));
        assert_eq!(yield_!(user()), "chained");
        yield_from!(sets_in_place(&"in place"));
        assert_eq!(yield_!(user()), "in place");
    }
    Sim::new().run(program).into_result().unwrap();
}

/// Reads a value in each way in which a task can be made.
#[loop_core::coroutine]
fn from_each_kind_of_task() -> String {
    let mut users = Vec::new();
    users.push(yield_!(yield_!(Spawn(user()))).unwrap());
    users.push(yield_!(yield_!(Spawn(user()).named("named"))).unwrap());
    let (one, two) = yield_!(All((user(), user()))).unwrap();
    users.extend([one, two]);
    users.push(yield_!(Race([user()])).unwrap());
    users.push(yield_!(Timeout(ms(1), user())).unwrap());
    let mut all = AsCompleted::new([user()]);
    users.push(yield_!(all.next()).unwrap().1.unwrap());
    for mut group in [Group::new(), Group::bounded(1)] {
        yield_!(group.spawn(user()));
        yield_!(group.spawn(user()));
        users.extend(yield_!(group.join()).unwrap());
    }
    users.join(" ")
}

#[test]
fn every_kind_of_task_inherits() {
    #[loop_core::coroutine]
    fn program() {
        let none = yield_!(from_each_kind_of_task());
        assert_eq!(none, ["-"; 11].join(" "));
        yield_!(USER.set("Ada"));
        let all = yield_!(from_each_kind_of_task());
        assert_eq!(all, ["Ada"; 11].join(" "));
    }
    Sim::new().run(program).into_result().unwrap();
}

#[test]
fn a_task_inherits_what_its_parent_has_when_it_is_spawned() {
    #[loop_core::coroutine]
    fn child() -> &'static str {
        yield_!(Sleep(ms(1)));
        let inherited = yield_!(user());
        yield_!(USER.set("child"));
        let grandchild = yield_!(Spawn(user()));
        assert_eq!(yield_!(grandchild).unwrap(), "child");
        inherited
    }
    #[loop_core::coroutine]
    fn program() {
        let before = yield_!(Spawn(child()));
        yield_!(USER.set("Ada"));
        let between = yield_!(Spawn(child()));
        yield_!(USER.set("Alan"));
        assert_eq!(yield_!(before).unwrap(), "-");
        assert_eq!(yield_!(between).unwrap(), "Ada");
        assert_eq!(yield_!(user()), "Alan");
    }
    Sim::new().run(program).into_result().unwrap();
}

#[test]
fn a_primed_coroutine_reads_where_it_runs() {
    #[loop_core::coroutine]
    fn program() {
        let (here, there) = (user(), user());
        yield_!(USER.set("Ada"));
        let there = yield_!(Spawn(there));
        yield_!(USER.set("Alan"));
        assert_eq!(yield_!(here), "Alan");
        assert_eq!(yield_!(there).unwrap(), "Ada");
    }
    Sim::new().run(program).into_result().unwrap();
}

#[test]
fn a_deferred_coroutine_has_the_values_of_when_it_was_deferred() {
    #[loop_core::coroutine]
    fn notes_user(notes: Notes) {
        notes.add(yield_!(user()));
        yield_!(USER.set("lost"));
    }
    #[loop_core::coroutine]
    fn defers(notes: Notes) {
        let inner = notes.clone();
        yield_!(Defer(move || notes_user(inner)));
        yield_!(Sleep(ms(5)));
    }
    #[loop_core::coroutine]
    fn task(notes: Notes) {
        let (first, second) = (notes.clone(), notes.clone());
        yield_!(Defer(move || notes_user(first)));
        yield_!(USER.set("outer"));
        yield_!(Defer(move || notes_user(second)));
        yield_!(USER.scope("inner", defers(notes)));
    }
    #[loop_core::coroutine]
    fn program(notes: Notes) {
        let ends = yield_!(Spawn(task(notes.clone())));
        yield_!(ends).unwrap();
        let cancelled = yield_!(Spawn(task(notes)));
        yield_!(Sleep(ms(1)));
        assert!(yield_!(Cancel(cancelled)).unwrap_err().is_cancelled());
    }
    let notes = Notes::default();
    let run = Sim::new().run(program(notes.clone()));
    run.into_result().unwrap();
    assert_eq!(notes.text(), "inner outer - inner outer -");
}

// The end of values.

#[loop_core::coroutine]
fn naps(time: u64) {
    yield_!(Sleep(ms(time)));
}

#[test]
fn a_value_is_dropped_with_the_last_task_that_has_it_before_its_end_is_told() {
    #[loop_core::coroutine]
    fn first(notes: Notes) {
        yield_!(NOTED.set(notes.on_drop("value")));
        yield_!(Spawn(naps(2))).detach();
        yield_!(Spawn(naps(1))).detach();
    }
    #[loop_core::coroutine]
    fn program(notes: Notes) {
        yield_!(yield_!(Spawn(first(notes.clone())))).unwrap();
        notes.add("parent");
        yield_!(Sleep(ms(1)));
        notes.add("one");
        yield_!(Sleep(ms(2)));
        notes.add("both");
        let last = yield_!(Spawn(NOTED.scope(notes.on_drop("scoped"), naps(1))));
        yield_!(last).unwrap();
        notes.add("joined");
    }
    let notes = Notes::default();
    let run = Sim::new().run(program(notes.clone()));
    run.into_result().unwrap();
    assert_eq!(notes.text(), "parent one value both scoped joined");
}

#[test]
fn values_are_dropped_however_a_task_ends_the_last_one_that_was_set_first() {
    #[loop_core::coroutine]
    fn task(notes: Notes, how: &'static str) {
        yield_!(NOTED.set(notes.on_drop("first")));
        yield_!(OTHER.set(notes.on_drop("last")));
        let _local = notes.on_drop("local");
        match how {
            "fails" => panic!("out of luck"),
            "waits" => yield_!(Sleep(ms(10))),
            _ => {}
        }
    }
    #[loop_core::coroutine]
    fn program(notes: Notes, how: &'static str) {
        let task = yield_!(Spawn(task(notes.clone(), how)));
        yield_!(Sleep(ms(1)));
        match how {
            "waits" => drop(yield_!(Cancel(task))),
            _ => drop(yield_!(task)),
        }
        notes.add("ended");
    }
    for how in ["returns", "fails", "waits"] {
        let notes = Notes::default();
        let run = Sim::new().run(program(notes.clone(), how));
        run.into_result().unwrap();
        assert_eq!(notes.text(), "local last first ended", "{how}");
    }
}

#[test]
fn a_value_that_is_left_elsewhere_stays() {
    #[loop_core::coroutine]
    fn task(notes: Notes) -> Rc<Noted> {
        yield_!(NOTED.set(notes.on_drop("dropped")));
        yield_!(NOTED.get()).unwrap()
    }
    #[loop_core::coroutine]
    fn program(notes: Notes) {
        let value = yield_!(yield_!(Spawn(task(notes.clone())))).unwrap();
        notes.add("joined");
        drop(value);
    }
    let notes = Notes::default();
    let run = Sim::new().run(program(notes.clone()));
    run.into_result().unwrap();
    assert_eq!(notes.text(), "joined dropped");
}

#[test]
fn a_loop_that_is_dropped_drops_the_values_of_its_tasks() {
    #[loop_core::coroutine]
    fn task(notes: Notes) {
        yield_!(NOTED.set(notes.on_drop("deferred")));
        yield_!(Defer(|| naps(1)));
        yield_!(NOTED.set(notes.on_drop("value")));
        let _local = notes.on_drop("local");
        yield_!(Sleep(ms(1000)));
    }
    let notes = Notes::default();
    let mut event_loop = Sim::new().event_loop();
    event_loop.schedule(task(notes.clone()));
    event_loop.run_until_complete(naps(1)).unwrap();
    assert_eq!(notes.text(), "");
    drop(event_loop);
    assert_eq!(notes.text(), "local value deferred");
}

static BAD: TaskLocal<PanicsOnDrop> = TaskLocal::new("bad");
static WORSE: TaskLocal<PanicsOnDrop> = TaskLocal::new("worse");

#[test]
fn values_whose_destructors_panic_are_failures_of_their_own() {
    #[loop_core::coroutine]
    fn task(notes: Notes) -> u32 {
        yield_!(BAD.set(PanicsOnDrop));
        yield_!(NOTED.set(notes.on_drop("good")));
        yield_!(WORSE.set(PanicsOnDrop));
        42
    }
    #[loop_core::coroutine]
    fn program(notes: Notes) {
        let task = yield_!(Spawn(task(notes.clone())));
        assert_eq!(yield_!(task).unwrap(), 42);
        notes.add("joined");
    }
    let notes = Notes::default();
    let run = Sim::new().run(program(notes.clone()));
    let failures = failed(run.into_result());
    assert_eq!(notes.text(), "good joined");
    assert_snapshot!(without_lines(&failures), @r"
    task `program/1` panicked: destructor
    task `program/1` panicked: destructor
    ");
}

#[test]
fn a_value_that_is_replaced_is_dropped_in_its_task() {
    #[loop_core::coroutine]
    fn task() {
        yield_!(BAD.set(PanicsOnDrop));
        yield_!(BAD.reset(None));
    }
    #[loop_core::coroutine]
    fn program() {
        let error = yield_!(yield_!(Spawn(task()))).unwrap_err();
        assert_eq!(error.message(), "destructor");
    }
    Sim::new().run(program).into_result().unwrap();
}

#[test]
fn values_whose_destructors_panic_are_dropped_with_their_loop() {
    #[loop_core::coroutine]
    fn task(notes: Notes) {
        yield_!(NOTED.set(notes.on_drop("good")));
        yield_!(BAD.set(PanicsOnDrop));
        yield_!(WORSE.set(PanicsOnDrop));
        yield_!(Sleep(ms(1000)));
    }
    let notes = Notes::default();
    let mut event_loop = Sim::new().event_loop();
    event_loop.schedule(task(notes.clone()));
    event_loop.run_until_complete(naps(1)).unwrap();
    drop(event_loop);
    assert_eq!(notes.text(), "good");
}

/// A channel that is open as long as a task has this value.
static OPEN: TaskLocal<UnboundedSender<u32>> = TaskLocal::new("open");

#[test]
fn a_destructor_of_a_value_wakes_who_waits_for_it() {
    #[loop_core::coroutine]
    fn program() {
        let (sender, receiver) = channel::unbounded();
        yield_!(Spawn(OPEN.scope(sender, naps(5)))).detach();
        assert_eq!(yield_!(receiver.recv()), None);
        assert_eq!(yield_!(Clock).as_nanos(), 5_000_000);
        let (sender, receiver) = channel::unbounded();
        let cancelled = yield_!(Spawn(OPEN.scope(sender, naps(500))));
        let waits = yield_!(Spawn(waits_for_the_end(receiver)));
        yield_!(Sleep(ms(1)));
        let _ = yield_!(Cancel(cancelled));
        yield_!(waits).unwrap();
        assert_eq!(yield_!(Clock).as_nanos(), 6_000_000);
    }
    #[loop_core::coroutine]
    fn waits_for_the_end(receiver: Receiver<u32>) {
        assert_eq!(yield_!(receiver.recv()), None);
    }
    Sim::new().run(program).into_result().unwrap();
}

static GROUP: TaskLocal<RefCell<Group<()>>> = TaskLocal::new("group");

#[test]
fn a_group_that_is_a_value_is_cancelled_with_it() {
    #[loop_core::coroutine]
    fn member(notes: Notes) {
        let _noted = notes.on_drop("member");
        yield_!(Sleep(ms(1000)));
    }
    #[loop_core::coroutine]
    fn task(notes: Notes) {
        let mut group = Group::new();
        // Members do not have the group: it would never end.
        yield_!(group.spawn(member(notes)));
        yield_!(GROUP.set(RefCell::new(group)));
        yield_!();
    }
    #[loop_core::coroutine]
    fn program(notes: Notes) {
        yield_!(yield_!(Spawn(task(notes.clone())))).unwrap();
        yield_!();
        notes.add("joined");
    }
    let notes = Notes::default();
    let run = Sim::new().run(program(notes.clone()));
    assert_eq!(run.elapsed(), ms(0));
    run.into_result().unwrap();
    assert_eq!(notes.text(), "member joined");
}

// Tasks and loops.

#[test]
fn a_task_in_the_place_of_another_does_not_have_its_values() {
    #[loop_core::coroutine]
    fn sets() {
        yield_!(USER.set("Ada"));
    }
    #[loop_core::coroutine]
    fn program() {
        for _ in 0..3 {
            yield_!(yield_!(Spawn(sets()))).unwrap();
            assert_eq!(yield_!(yield_!(Spawn(user()))).unwrap(), "-");
        }
    }
    Sim::new().run(program).into_result().unwrap();
}

#[test]
fn loops_do_not_share_values_and_roots_have_none() {
    #[loop_core::coroutine]
    fn sets() {
        yield_!(USER.set("Ada"));
        yield_!(Sleep(ms(10)));
    }
    let (mut one, mut two) = (Sim::new().event_loop(), Sim::new().event_loop());
    one.schedule(sets());
    one.run_until_complete(naps(1)).unwrap();
    assert_eq!(one.run_until_complete(user()).unwrap(), "-");
    assert_eq!(two.run_until_complete(user()).unwrap(), "-");
}

#[test]
fn a_loop_within_a_coroutine_that_is_primed_has_values_of_its_own() {
    #[loop_core::coroutine]
    fn runs_a_loop() -> &'static str {
        let mut inner = Sim::new().event_loop();
        let scoped = USER.scope("inner", user());
        assert_eq!(inner.run_until_complete(scoped).unwrap(), "inner");
        yield_!(user())
    }
    let outer = USER.scope("outer", runs_a_loop());
    assert_eq!(Sim::new().run(outer).into_result().unwrap(), "outer");
}

#[test]
fn values_outlive_a_run_that_is_stopped() {
    #[loop_core::coroutine]
    fn task() -> &'static str {
        yield_!(USER.set("Ada"));
        yield_!(Stop);
        yield_!();
        yield_!(user())
    }
    let mut event_loop = Sim::new().event_loop();
    let stopped = event_loop.run_until_complete(USER.scope("-", task()));
    assert!(matches!(stopped, Err(Error::Stopped)));
    event_loop.run().unwrap();
    assert!(event_loop.trace().to_string().contains(r#"return "Ada""#));
}

#[test]
fn tasks_with_values_are_cancelled_everywhere() {
    #[loop_core::coroutine]
    fn checks(expected: &'static str) {
        for _ in 0..2 {
            assert_eq!(yield_!(user()), expected);
            yield_!();
        }
    }
    #[loop_core::coroutine]
    fn task(name: &'static str, notes: Notes) {
        yield_!(Defer(move || checks("program")));
        yield_!(USER.set(name));
        yield_!(Defer(move || checks(name)));
        yield_!(NOTED.set(notes.on_drop("dropped")));
        let _ = yield_!(All([checks(name), USER.scope("scope", checks("scope"))]));
        yield_!(checks(name));
    }
    #[loop_core::coroutine]
    fn program() {
        let notes = Notes::default();
        yield_!(USER.set("program"));
        let tasks = ["one", "two"].map(|name| task(name, notes.clone()));
        let mut handles = Vec::new();
        for task in tasks {
            handles.push(yield_!(Spawn(task)));
        }
        for handle in handles {
            let _ = yield_!(handle);
        }
        assert!(["", "dropped", "dropped dropped"].contains(&&*notes.text()));
        yield_!(checks("program"));
    }
    assert!(cancel_everywhere(program) > 50);
}
