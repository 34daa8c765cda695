//! A task's name says where the task comes from.

use insta::assert_snapshot;
use loop_core::prelude::*;
use loop_core::sim::Sim;

use crate::ms;

#[loop_core::coroutine(lazy)]
fn leaf() {}

#[loop_core::coroutine(lazy)]
fn branch(leaves: u32) {
    for _ in 0..leaves {
        yield_!(Spawn(leaf())).detach();
    }
}

#[loop_core::coroutine(lazy)]
fn tree(first: u32) {
    yield_!(Spawn(branch(first))).detach();
    yield_!(Spawn(branch(2))).detach();
}

fn names(first: u32) -> String {
    let mut event_loop = Sim::new().event_loop();
    event_loop.schedule(tree(first));
    event_loop.run().unwrap();
    let trace = event_loop.trace().per_task().to_string();
    let tasks = trace
        .lines()
        .skip(1)
        .filter(|line| !line.starts_with(' ') && !line.is_empty());
    tasks.collect::<Vec<_>>().join("\n")
}

#[test]
fn children_are_numbered_by_their_parent() {
    assert_snapshot!(names(1), @r"
    tree
    tree/1 (branch(1))
    tree/1/1 (leaf)
    tree/2 (branch(2))
    tree/2/1 (leaf)
    tree/2/2 (leaf)
    ");
}

#[test]
fn one_more_task_elsewhere_renames_no_task() {
    let more = names(2);
    let name = |line: &str| line.split(' ').next().map(str::to_owned);
    for line in names(1).lines() {
        let is_there = more.lines().any(|other| name(other) == name(line));
        assert!(is_there, "{line}");
    }
    assert!(more.contains("tree/1/2 (leaf)"));
}

#[test]
fn roots_of_one_name_are_counted() {
    let mut event_loop = Sim::new().event_loop();
    event_loop.schedule(branch(0));
    event_loop.schedule(leaf());
    event_loop.schedule(branch(1));
    event_loop.schedule(leaf());
    event_loop.run().unwrap();
    assert_snapshot!(event_loop.trace(), @r"
    # steps  policy=fifo
    branch  start  =>  finish
    leaf  start  =>  finish
    branch#2  start  =>  spawn leaf
    branch#2  spawned branch#2/1  =>  finish
    leaf#2  start  =>  finish
    branch#2/1  start  =>  finish
    ");
}

#[test]
fn a_name_outlives_the_parent() {
    #[loop_core::coroutine]
    fn fails_late() {
        yield_!(Sleep(ms(1)));
        panic!("late");
    }
    #[loop_core::coroutine]
    fn parent() {
        yield_!(Spawn(fails_late())).detach();
    }
    let mut event_loop = Sim::new().event_loop();
    event_loop.schedule(parent());
    let error = event_loop.run().unwrap_err().to_string();
    assert!(
        error.starts_with("task `parent/1` panicked in `fails_late`"),
        "{error}"
    );
}

#[test]
fn numbers_that_are_given_again_are_other_tasks() {
    #[loop_core::coroutine]
    fn parent() {
        for _ in 0..3 {
            let handle = yield_!(Spawn(leaf()));
            yield_!(handle).unwrap();
        }
    }
    assert_snapshot!(Sim::new().run(parent()).trace(), @r"
    # steps  policy=fifo
    parent  primed  =>  spawn leaf
    parent  spawned parent/1  =>  join parent/1  park
    parent/1  start  =>  finish  wakes parent
    parent  joined parent/1  =>  spawn leaf
    parent  spawned parent/2  =>  join parent/2  park
    parent/2  start  =>  finish  wakes parent
    parent  joined parent/2  =>  spawn leaf
    parent  spawned parent/3  =>  join parent/3  park
    parent/3  start  =>  finish  wakes parent
    parent  joined parent/3  =>  finish
    ");
}

#[test]
fn a_raw_name_is_what_was_written() {
    #[loop_core::coroutine]
    fn r#loop() {}
    assert_eq!(r#loop().site().name, "loop");
}

/// The text of a run depends only on the program: not on the addresses of its data, and not on earlier runs.
#[test]
fn nothing_address_like_is_in_a_trace() {
    let mut event_loop = Sim::new().event_loop();
    let kept: Vec<Vec<u8>> = (1..100).map(|n| vec![0; n]).collect();
    event_loop.schedule(tree(3));
    event_loop.run().unwrap();
    let trace = event_loop.trace();
    drop(kept);
    let mut again = Sim::new().event_loop();
    again.schedule(tree(3));
    again.run().unwrap();
    for text in [
        trace.steps().to_string(),
        trace.decisions().to_string(),
        trace.per_task().to_string(),
    ] {
        assert!(!text.contains("0x"), "{text}");
        assert!(!text.contains('@'), "{text}");
    }
    assert_eq!(trace, again.trace());
}

#[test]
fn a_descendant_a_hundred_thousand_deep_has_a_name() {
    #[loop_core::coroutine(lazy)]
    fn begets(depth: u32) {
        match depth {
            0 => panic!("at the bottom"),
            _ => yield_!(Spawn(begets(depth - 1))).detach(),
        }
    }
    let thread = std::thread::Builder::new().stack_size(2 * 1024 * 1024);
    let run = thread.spawn(|| {
        Sim::new()
            .unrecorded()
            .run_until_complete(begets(0))
            .is_err()
    });
    assert!(run.unwrap().join().unwrap());
    let thread = std::thread::Builder::new().stack_size(2 * 1024 * 1024);
    let run = thread.spawn(|| {
        let mut event_loop = Sim::new().unrecorded();
        event_loop.schedule(begets(100_000));
        event_loop.run().is_err()
    });
    assert!(run.unwrap().join().unwrap());
}
