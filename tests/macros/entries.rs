//! `#[loop_core::main]` and `#[loop_core::test]`.

use std::io;
use std::process::{ExitCode, Termination};
use std::time::Duration;

use loop_core::prelude::*;
use loop_core::sim::{Input, RunSoFar, Sim};

use crate::give;

#[loop_core::test]
fn time_is_simulated() {
    let before = yield_!(Clock);
    yield_!(Sleep(Duration::from_secs(3600)));
    assert_eq!(yield_!(Clock) - before, Duration::from_secs(3600));
}

#[loop_core::test(os)]
fn or_real() {
    let before = yield_!(Clock);
    yield_!(Sleep(Duration::from_millis(2)));
    assert!(yield_!(Clock) - before >= Duration::from_millis(2));
}

#[loop_core::test]
#[should_panic(expected = "in the test")]
fn attributes_are_kept() {
    yield_!();
    panic!("in the test");
}

#[loop_core::test]
fn a_result_is_the_tests_result() -> io::Result<()> {
    yield_!(Print(String::new()))
}

#[loop_core::coroutine]
fn doubles() -> io::Result<()> {
    while let Some(line) = yield_!(Stdin)? {
        yield_!(Println(format!("{line}{line}")))?;
    }
    Ok(())
}

#[loop_core::test(stdin = "ha\n")]
fn sees_its_run(run: RunSoFar) -> io::Result<()> {
    yield_!(doubles())?;
    assert_eq!(run.stdout(), "haha\n");
    insta::assert_snapshot!(run.trace(), @r#"
    # steps  policy=fifo
    sees_its_run  primed  =>  chain doubles
    sees_its_run:doubles  primed  =>  stdin  park

    ~ +0  stdin line "ha"  wakes sees_its_run
    sees_its_run:doubles  line "ha"  =>  print "haha\n"
    sees_its_run:doubles  printed  =>  stdin  park

    ~ +0  stdin eof  wakes sees_its_run
    sees_its_run:doubles  eof  =>  return Ok(())
    sees_its_run  returned Ok(())  =>
    "#);
    Ok(())
}

#[loop_core::coroutine]
fn greets_after_an_hour() -> io::Result<()> {
    yield_!(Eprint("wait"))?;
    yield_!(Sleep(Duration::from_secs(3600)));
    yield_!(Print("hello"))
}

#[loop_core::test]
fn a_test_looks_while_others_run(run: RunSoFar) -> io::Result<()> {
    let hour = Duration::from_secs(3600);
    assert_eq!(run.trace().events(), []);
    let handle = yield_!(Spawn(greets_after_an_hour()));
    yield_!(Sleep(hour / 2));
    assert_eq!(
        (run.stdout(), run.stderr()),
        (String::new(), "wait".to_owned())
    );
    assert_eq!(run.elapsed(), hour / 2);
    yield_!(handle.flatten())?;
    assert_eq!((run.stdout(), run.elapsed()), ("hello".to_owned(), hour));
    Ok(())
}

/// The words of three tasks in the order in which they are printed.
#[loop_core::coroutine]
fn three_words() {
    #[loop_core::coroutine]
    fn say(word: &'static str) {
        yield_!();
        yield_!(Print(word)).unwrap();
    }
    let mut handles = Vec::new();
    for word in ["a", "b", "c"] {
        handles.push(yield_!(Spawn(say(word))));
    }
    for handle in handles {
        yield_!(handle).unwrap();
    }
}

#[loop_core::test(seed = 4 - 1)]
fn a_seed_decides_the_order(run: RunSoFar) {
    yield_!(three_words());
    assert_eq!(run.stdout(), "bac");
    let trace = run.trace().to_string();
    assert!(trace.starts_with("# steps  policy=seed(3)\n"), "{trace}");
}

fn torn() -> Input {
    Input::new().at(Duration::from_secs(1), "3\n").torn()
}

#[loop_core::test(sim = Sim::new().text_limit(0).stdin("lost"), stdin = torn())]
fn all_of_a_simulation_can_be_set(mut run: RunSoFar) -> io::Result<()> {
    assert_eq!(yield_!(Stdin)?.as_deref(), Some("3"));
    assert_eq!(run.elapsed(), Duration::from_secs(1));
    run = run.clone();
    assert!(run.trace().to_string().contains(r#"line "…"(1)"#));
    Ok(())
}

#[loop_core::test(sim = Sim::new().step_limit(10))]
#[should_panic(
    expected = "the run did not end within 10 steps; the last turn was that of endless_fails"
)]
fn endless_fails(_: RunSoFar) {
    loop {
        yield_!();
    }
}

mod program {
    use super::give;

    #[loop_core::main]
    pub(super) fn main() -> Result<(), String> {
        Err(yield_!(give("no".to_owned())))
    }
}

fn reported(code: ExitCode) -> String {
    format!("{:?}", code.report())
}

#[test]
fn main_reports_what_it_returns() {
    assert_eq!(reported(program::main()), reported(ExitCode::FAILURE));
}

mod program_with_settings {
    use std::cell::RefCell;

    use loop_core::prelude::*;
    use loop_core::trace::Ring;

    thread_local! {
        pub(super) static ERRORS: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
    }

    fn note(task: &str, error: &str) {
        ERRORS.with_borrow_mut(|errors| errors.push(format!("{task}: {error}")));
    }

    #[loop_core::coroutine]
    fn fails() -> Result<(), &'static str> {
        Err("out of luck")
    }

    #[loop_core::main(builder = EventLoop::builder().recorder(Ring::new(8)).on_unjoined_error(note))]
    pub(super) fn main() {
        yield_!(Spawn(fails())).detach();
        yield_!();
    }
}

#[test]
fn main_takes_the_settings_of_its_loop() {
    let code = reported(program_with_settings::main());
    assert_eq!(code, reported(ExitCode::SUCCESS));
    let errors = program_with_settings::ERRORS.take();
    assert_eq!(errors, ["main/1: out of luck"]);
}
