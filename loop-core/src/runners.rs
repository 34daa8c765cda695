//! What `#[loop_core::main]` and `#[loop_core::test]` expand to.

use std::panic::resume_unwind;
use std::process::{ExitCode, Termination};

use crate::error::{Error, report};
use crate::event_loop::EventLoop;
use crate::request::Coroutine;
use crate::sim::Sim;

/// Runs a program's main coroutine on the operating system, and gives the program's exit status.
pub fn run_main<T: Termination + 'static>(main: Coroutine<T>) -> ExitCode {
    // The loop is dropped before: a report may not return.
    let result = EventLoop::new().run_until_complete(main);
    report(result)
}

/// Runs a test in the simulation. A failure shows the trace.
///
/// # Panics
///
/// If the test does, or its run ends with an error.
pub fn run_test<T: 'static>(test: Coroutine<T>) -> T {
    let run = Sim::new().run(test);
    if let Err(error) = run.result()
        && !matches!(error, Error::StepLimit(_))
    {
        eprintln!("{}", run.trace());
    }
    run.into_result().unwrap_or_else(|error| fail(error))
}

/// Runs a test on the operating system.
///
/// # Panics
///
/// If the test does, or its run ends with an error.
pub fn run_test_os<T: 'static>(test: Coroutine<T>) -> T {
    let run = EventLoop::new().run_until_complete(test);
    run.unwrap_or_else(|error| fail(error))
}

/// Ends a test as the first failure did, so that `#[should_panic(expected = …)]` sees its message.
fn fail(error: Error) -> ! {
    match error {
        Error::Failed(failures) => match failures.into_first().try_into_panic() {
            Ok(payload) => resume_unwind(payload),
            Err(error) => panic!("{error}"),
        },
        error => panic!("{error}"),
    }
}
