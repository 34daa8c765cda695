//! What `#[loop_core::main]` and `#[loop_core::test]` expand to.

use std::panic::resume_unwind;
use std::process::{ExitCode, Termination};

use crate::error::{Error, report};
use crate::event_loop::{Builder, EventLoop};
use crate::policy::Policy;
use crate::request::Coroutine;
use crate::sim::{RunSoFar, Sim};
use crate::trace::Recorder;
use crate::world::World;

/// Runs a program's main coroutine on a loop with these settings, and gives the program's exit status.
pub fn run_main<W: World, R: Recorder, P: Policy, T: Termination + 'static>(
    builder: Builder<W, R, P>,
    main: Coroutine<T>,
) -> ExitCode {
    // The loop is dropped before: a report may not return.
    let result = builder.build().run_until_complete(main);
    report(result)
}

/// Runs a test in a simulation, and lets it see its own run. A failure shows the trace.
///
/// # Panics
///
/// If the test does, or its run ends with an error.
pub fn run_test<P: Policy, T: 'static>(
    sim: Sim<P>,
    test: impl FnOnce(RunSoFar) -> Coroutine<T>,
) -> T {
    let (result, run) = sim.run_from_inside(test);
    if let Err(error) = &result
        && !matches!(error, Error::StepLimit(_))
    {
        eprintln!("{}", run.trace());
    }
    result.unwrap_or_else(|error| fail(error))
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
