//! `#[loop_core::main]` and `#[loop_core::test]`.

use std::io;
use std::process::{ExitCode, Termination};
use std::time::Duration;

use loop_core::prelude::*;

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

mod program {
    use super::give;

    #[loop_core::main]
    pub(super) fn main() -> Result<(), String> {
        Err(yield_!(give("no".to_owned())))
    }
}

#[test]
fn main_reports_what_it_returns() {
    let exit_code: ExitCode = program::main();
    assert_eq!(
        format!("{:?}", exit_code.report()),
        format!("{:?}", ExitCode::FAILURE)
    );
}
