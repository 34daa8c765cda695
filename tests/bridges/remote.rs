//! Remotes, called by the loop's own thread. Other threads are in `os/bridges.rs`.

use insta::assert_snapshot;
use loop_core::prelude::*;
use loop_core::sim::Sim;
use loop_core::{Error, Remote};
use tests::{Notes, SteadyOs, ms};

#[loop_core::coroutine]
fn double(n: u32) -> u32 {
    yield_!();
    2 * n
}

#[loop_core::coroutine]
fn fails() -> u32 {
    yield_!();
    std::panic::resume_unwind(Box::new("out of luck"))
}

#[test]
fn what_is_sent_is_run_in_its_order() {
    #[loop_core::coroutine]
    fn program(remote: Remote) -> u32 {
        remote.schedule(|| double(1));
        let call = remote.call(|| double(2));
        remote.schedule(|| double(3));
        yield_!(Await(call)).unwrap()
    }
    let mut event_loop = Sim::new().event_loop();
    let remote = event_loop.remote();
    assert_eq!(event_loop.run_until_complete(program(remote)).unwrap(), 4);
    assert_snapshot!(event_loop.trace(), @r"
    # steps  policy=fifo
    program  primed  =>  await future 1  park
    double  primed  =>  now
    remote  start  =>  spawn double(2)
    remote  spawned remote/1  =>  join remote/1  park
    double#2  primed  =>  now
    double  ok  =>  finish 2
    remote/1  primed  =>  now
    double#2  ok  =>  finish 6
    remote/1  ok  =>  finish 4  wakes remote
    remote  joined remote/1 4  =>  finish

    ~ +0  future 1  wakes program
    program  awaited future 1  =>  finish 4
    ");
}

#[test]
fn what_is_sent_before_a_run_is_run_in_it() {
    let notes = Notes::default();
    let mut event_loop = Sim::new().event_loop();
    let remote = event_loop.remote();
    let call = remote.call(|| double(1));
    event_loop.run().unwrap();
    assert_eq!(call.wait().unwrap(), 2);
    // With nothing to do, a run ends although there is a remote.
    event_loop.run().unwrap();
    drop(notes);
}

#[test]
fn a_run_on_the_operating_system_ends_with_its_last_task_although_there_is_a_remote() {
    let builder = EventLoop::builder().world(SteadyOs::default());
    let mut event_loop = builder.no_slow_steps().build();
    let remote = event_loop.remote();
    let call = remote.call(|| double(1));
    event_loop.schedule(double(2));
    event_loop.run().unwrap();
    assert_eq!(call.wait().unwrap(), 2);
    event_loop.run().unwrap();
    drop(remote);
}

#[test]
fn the_failure_of_a_call_is_the_callers() {
    let mut event_loop = Sim::new().event_loop();
    let call = event_loop.remote().call(fails);
    event_loop.run().unwrap();
    let error = call.wait().unwrap_err();
    assert_eq!(error.message(), "out of luck");
}

#[test]
fn the_failure_of_a_call_that_nobody_waits_for_is_not_silent() {
    let mut event_loop = Sim::new().event_loop();
    drop(event_loop.remote().call(fails));
    assert!(matches!(event_loop.run(), Err(Error::Failed(_))));
}

#[test]
fn the_failure_of_what_was_scheduled_is_the_runs() {
    let mut event_loop = Sim::new().event_loop();
    event_loop.remote().schedule(fails);
    let Err(Error::Failed(failures)) = event_loop.run() else {
        panic!("the task fails");
    };
    assert_eq!(failures.errors()[0].task(), "fails");
}

#[test]
fn a_panic_of_what_makes_the_coroutine_is_not_silent() {
    fn make() -> Coroutine<u32> {
        std::panic::resume_unwind(Box::new("out of luck"))
    }
    let mut event_loop = Sim::new().event_loop();
    event_loop.remote().schedule(make);
    assert!(matches!(event_loop.run(), Err(Error::Failed(_))));
    let call = event_loop.remote().call(make);
    assert!(matches!(event_loop.run(), Err(Error::Failed(_))));
    assert!(call.wait().unwrap_err().is_cancelled());
}

#[test]
fn a_call_ends_with_its_loop() {
    let mut event_loop = Sim::new().event_loop();
    let remote = event_loop.remote();
    let before = remote.call(|| double(1));
    drop(event_loop);
    let after = remote.call(|| double(2));
    for call in [before, after] {
        assert!(call.wait().unwrap_err().is_cancelled());
    }
}

/// A task of a call that has begun is closed with its loop.
#[test]
fn a_call_that_has_begun_ends_with_its_loop() {
    #[loop_core::coroutine]
    fn sleeps() {
        yield_!(Sleep(ms(1_000)));
    }
    #[loop_core::coroutine]
    fn stops() {
        yield_!(Sleep(ms(1)));
        yield_!(Stop);
    }
    let mut event_loop = Sim::new().event_loop();
    let call = event_loop.remote().call(sleeps);
    event_loop.schedule(stops());
    event_loop.run().unwrap();
    drop(event_loop);
    assert!(call.wait().unwrap_err().is_cancelled());
}

#[test]
fn a_coroutine_cannot_block_for_a_call() {
    #[loop_core::coroutine(lazy)]
    fn blocks(remote: Remote) {
        yield_!();
        let call = remote.call(|| double(1));
        let waits = std::panic::AssertUnwindSafe(|| call.wait());
        let panicked = std::panic::catch_unwind(waits).unwrap_err();
        assert!(panicked.downcast_ref::<&str>().unwrap().contains("Await"));
    }
    let mut event_loop = Sim::new().event_loop();
    let remote = event_loop.remote();
    event_loop.run_until_complete(blocks(remote)).unwrap();
}

/// In a simulation no other thread does anything.
#[test]
fn a_remote_does_not_hide_a_deadlock_of_the_simulation() {
    let mut event_loop = Sim::new().event_loop();
    let _remote = event_loop.remote();
    assert!(matches!(event_loop.run_forever(), Err(Error::Deadlock(_))));
}
