//! Slow steps: a step that keeps the loop from everything else is reported on standard error.

use std::fs::File;
use std::io;

use crate::helper::Helper;
use crate::streams;

/// The program's step takes 120 ms, or longer on a busy machine. Its other steps may be slow there too.
#[test]
fn debug_builds_report_it_on_standard_error() {
    let ended = Helper::new(&["slow"]).run();
    assert!(ended.status.success());
    if cfg!(not(debug_assertions)) {
        return assert_eq!(ended.stderr, "");
    }
    let report = ended.stderr;
    let is_report = |line: &str| {
        line.starts_with("slow step: task `slow` ran for ")
            && line.contains("s without letting others run, in `slow` (")
            && line.contains("child.rs:")
    };
    assert!(report.lines().all(is_report), "{report}");
    assert!(report.lines().count() <= 2, "{report}");
    assert!(report.lines().any(|line| millis(line) >= 120.0), "{report}");
}

/// How long the report says that the step took.
fn millis(report: &str) -> f64 {
    let time = report.split(" ran for ").nth(1).unwrap();
    let time = time.split(' ').next().unwrap();
    let parsed = match time.strip_suffix("ms") {
        Some(millis) => millis.parse(),
        None => time.trim_end_matches('s').parse().map(|s: f64| s * 1e3),
    };
    parsed.unwrap()
}

/// The reports are the loop's own words: that nobody can read them is not the program's failure.
#[test]
fn reports_that_cannot_be_written_do_not_change_the_exit_status() {
    let full = File::options().write(true).open("/dev/full").unwrap();
    let ended = Helper::new(&["mutter"]).stderr(full).run();
    assert!(ended.status.success(), "{ended:?}");
}

#[test]
fn reports_that_nobody_reads_are_counted_instead_of_kept() {
    let (stderr, reader) = streams::pipe();
    let running = Helper::new(&["chatter"]).stderr(stderr).start();
    // Everything has happened, and the program waits for its reader.
    running.wait_until_parked();
    let reports = io::read_to_string(File::from(reader)).unwrap();
    assert!(running.end().status.success());
    assert!(reports.len() < 300_000, "{} bytes", reports.len());
    let last = reports.lines().last().unwrap();
    assert!(
        last.starts_with("… ") && last.ends_with(" reports dropped"),
        "{last}"
    );
}
