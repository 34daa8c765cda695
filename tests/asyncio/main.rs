//! asyncio's own semantics beside those of loop-core: small programs in both, which have to print the same, or differ for a reason that
//! the README gives.

mod cleanup;
mod conditions;
mod events;
mod gather;
mod groups;
mod locks;
mod pair;
mod queues;
mod random;
mod sleeping;
mod tasks;
mod timeouts;
mod waiting;

use std::collections::BTreeSet;
use std::env;
use std::io::{self, Write};
use std::process::{Command, Stdio};

use pair::Pair;
use random::Program;

fn pairs() -> Vec<Pair> {
    let modules = [
        cleanup::pairs(),
        conditions::pairs(),
        events::pairs(),
        gather::pairs(),
        groups::pairs(),
        locks::pairs(),
        queues::pairs(),
        sleeping::pairs(),
        tasks::pairs(),
        timeouts::pairs(),
        waiting::pairs(),
    ];
    modules.into_iter().flatten().collect()
}

/// The minor version of Python 3, and what each program prints. `None` without a Python that is young enough.
fn run_in_python<T: AsRef<str>>(programs: &[T]) -> Option<(u32, Vec<String>)> {
    let programs: Vec<&str> = programs.iter().map(AsRef::as_ref).collect();
    let mut python = Command::new("python3")
        .args(["-I", "-W", "ignore", "-c", include_str!("driver.py")])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .ok()?;
    let mut stdin = python.stdin.take().unwrap();
    // An old one does not read it.
    let _ = stdin.write_all(serde_json::to_string(&programs).unwrap().as_bytes());
    drop(stdin);
    let output = python.wait_with_output().unwrap();
    if output.status.code() == Some(3) {
        return None;
    }
    assert!(output.status.success(), "the driver has failed");
    Some(serde_json::from_slice(&output.stdout).unwrap())
}

/// Tells what a test that succeeds has to tell. libtest does not keep it, as it does with `println!`.
fn tell(text: &str) {
    let mut stdout = io::stdout();
    writeln!(stdout, "{text}").unwrap();
}

const SKIPPED: &str = "not compared with asyncio: there is no `python3` of version 3.11 or later";

#[test]
fn programs_print_what_they_print_in_asyncio_or_differ_for_a_reason() {
    let pairs = pairs();
    let mut mistakes = String::new();
    let mut expect = |pair: &Pair, language, printed: &str, expected: &str| {
        if printed != expected {
            mistakes += &format!(
                "{} in {language}:\n{printed}\nexpected:\n{expected}\n\n",
                pair.name
            );
        }
    };
    let ours: Vec<_> = pairs.iter().map(Pair::run).collect();
    for (pair, ours) in pairs.iter().zip(&ours) {
        if let Some(difference) = &pair.difference {
            expect(pair, "Rust", ours, difference.ours);
        }
    }
    let programs: Vec<_> = pairs.iter().map(|pair| pair.python).collect();
    let in_python = run_in_python(&programs);
    match &in_python {
        None => tell(SKIPPED),
        Some((minor, printed)) => {
            for ((pair, printed), ours) in pairs.iter().zip(printed).zip(&ours) {
                expect(pair, "Python", printed, pair.expected(*minor, ours));
            }
            tell(&format!(
                "{} programs compared with Python 3.{minor}",
                pairs.len()
            ));
        }
    }
    assert!(mistakes.is_empty(), "{mistakes}");
}

/// The other tests, in a process that finds no program.
#[test]
fn without_python_that_is_said_once_and_the_programs_run_all_the_same() {
    let output = Command::new(env::current_exe().unwrap())
        .args(["--skip", "without_python", "--skip", "nothing_is_lost"])
        .env("PATH", "")
        .output()
        .unwrap();
    let told = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{told}");
    assert_eq!(told.matches(SKIPPED).count(), 1, "{told}");
}

/// What begins the rows of the README's table of differences.
fn rows() -> BTreeSet<&'static str> {
    let readme = include_str!("../../README.md");
    let (_, table) = readme.split_once("\n| what differs |").unwrap();
    let rows = table
        .lines()
        .skip(2)
        .map_while(|row| row.strip_prefix("| "));
    rows.map(|row| row.split(" | ").next().unwrap()).collect()
}

#[test]
fn the_readme_has_a_row_for_each_difference_and_no_other() {
    let pairs = pairs();
    let differences = pairs.iter().filter_map(|pair| pair.difference.as_ref());
    let named: BTreeSet<_> = differences.map(|difference| difference.row).collect();
    assert_eq!(named, rows(), "left: the pairs, right: the README");
}

#[test]
fn both_programs_of_a_pair_that_differs_print_different_things() {
    for pair in pairs() {
        if let Some(difference) = &pair.difference {
            assert_ne!(difference.asyncio, difference.ours, "{}", pair.name);
        }
    }
}

// If one differs, first compare it with the README's table: some of the differences can be seen here too, though in few programs. For
// example, a member of a group that has failed may still be given a lock in asyncio.
#[test]
fn random_programs_do_the_same() {
    let programs = random::programs();
    let texts: Vec<_> = programs.iter().map(Program::python).collect();
    let ours: Vec<_> = programs.into_iter().map(Program::run).collect();
    let lines: usize = ours.iter().map(|printed| printed.lines().count()).sum();
    assert!(lines > 10 * ours.len(), "they do something: {lines} lines");
    // That there is none is told by another test.
    let Some((minor, printed)) = run_in_python(&texts) else {
        return;
    };
    for ((text, ours), printed) in texts.iter().zip(&ours).zip(&printed) {
        // Since 3.13, a cancelled task may wake another one that waits for the condition, also if it has not been notified.
        if minor < 13 || !text.contains("log('condition") {
            assert_eq!(ours, &random::sorted(printed), "{text}");
        }
    }
}

#[test]
fn nothing_is_lost_when_many_things_happen_at_one_time() {
    for program in random::racing_programs() {
        for seed in 0..2 {
            assert_eq!(program.loses(seed), None, "seed {seed}: {program:#?}");
        }
    }
}
