//! `Exit`: the run ends at once, with a status.

use loop_core::Error;
use loop_core::prelude::*;
use loop_core::sim::Sim;

#[loop_core::coroutine]
fn busy() {
    loop {
        yield_!(Print("busy\n")).unwrap();
        yield_!();
    }
}

#[loop_core::coroutine]
fn exits(status: i32) {
    drop(yield_!(Spawn(busy())));
    yield_!();
    yield_!(Print("done\n")).unwrap();
    yield_!(Exit(status));
    yield_!(Print("again\n")).unwrap();
}

#[test]
fn nobody_has_a_turn_after_it() {
    let run = Sim::new().run(|| exits(3));
    assert!(matches!(run.result(), Err(Error::Exit(3))), "{run:?}");
    assert_eq!(run.stdout(), "busy\ndone\n");
    let trace = run.trace().to_string();
    let last = trace.lines().last().unwrap();
    assert!(last.ends_with("=>  exit 3"), "{trace}");
}

#[test]
fn a_loop_that_is_run_again_goes_on() {
    let mut event_loop = Sim::new().event_loop();
    event_loop.schedule(exits(3));
    assert!(matches!(event_loop.run(), Err(Error::Exit(3))));
    event_loop.schedule(exits(4));
    assert!(matches!(event_loop.run(), Err(Error::Exit(4))));
    let stdout = String::from_utf8_lossy(event_loop.world().stdout()).into_owned();
    assert!(stdout.contains("again\n"), "{stdout}");
}

/// Systems keep eight bits.
#[test]
fn statuses() {
    for (status, seen) in [(0, 0), (3, 3), (256, 0), (-1, 255)] {
        assert_eq!(Error::Exit(status).exit_status(), seen);
    }
}

#[loop_core::coroutine]
fn fails() {
    panic!("out of luck");
}

#[loop_core::coroutine]
fn exits_beside_a_failure() {
    drop(yield_!(Spawn(fails())));
    yield_!();
    yield_!(Exit(0));
}

/// The status is the program's; what went wrong is said all the same.
#[test]
fn failures_are_not_silent() {
    let run = Sim::new().run(exits_beside_a_failure);
    assert!(matches!(run.result(), Err(Error::Exit(0))), "{run:?}");
    assert!(run.stderr().contains("out of luck"), "{}", run.stderr());
}
