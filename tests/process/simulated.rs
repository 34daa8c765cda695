//! What only a simulation can do: its trace is a snapshot, and time is data.

use std::io;
use std::rc::Rc;
use std::time::Duration;

use insta::assert_snapshot;
use loop_core::SignalKind;
use loop_core::prelude::*;
use loop_core::process::{Command, Stdio};
use loop_core::sim::{Call, RunSoFar};

use crate::programs::sim;

#[loop_core::coroutine]
fn sorts() -> io::Result<String> {
    let mut child = yield_!(
        Command::new("sort")
            .arg("-r")
            .stdin(Stdio::Piped)
            .stdout(Stdio::Piped)
            .spawn()
    )?;
    let input = child.stdin.take().unwrap();
    yield_!(input.write_all("1\n3\n2\n"))?;
    drop(input);
    let output = yield_!(child.wait_with_output())?;
    Ok(String::from_utf8(output.stdout).unwrap())
}

#[test]
fn the_trace_of_a_filter() {
    let run = sim().run(sorts);
    assert_snapshot!(run.trace(), @r#"
    # steps  policy=fifo
    sorts  primed  =>  start "sort -r"
    sorts  started process 1  =>  write to pipe 1  ready
    sorts  wrote to pipe 1  =>  chain finish(Child)
    ! closed pipe 1
    sorts:finish  start  =>  spawn all_of(_)  spawn all_of(_)  wait for group 1  park
    sorts/1  start  =>  chain read_to_end(_, _)
    sorts/1:read_to_end  start  =>  read from pipe 2  park
    sorts/2  start  =>  finish Ok([])

    ~ +0  pipe 2  wakes sorts/1
    sorts/1:read_to_end  read from pipe 2  =>  read from pipe 2  ready
    sorts/1:read_to_end  read from pipe 2  =>  return Ok([51, 10, 50, 10, 49, 10])
    sorts/1  returned Ok([51, 10, 50, 10, 49, 10])  =>  finish Ok([51, 10, 50, 10, 49, 10])  wakes sorts
    ! closed pipe 2
    sorts:finish  woken by group 1  =>  wait for process 1  ready
    sorts:finish  waited for process 1  =>  return Ok(Output { status: ExitStatus(unix_wait_status(0)), stdout: "3\n2\n1\n", stderr: "" })
    ! closed process 1
    sorts  returned Ok(Output { status: ExitStatus(unix_wait_status(0)), stdout: "3\n2\n1\n", stderr: "" })  =>  finish Ok("3\n2\n1\n")
    "#);
    assert_eq!(run.into_result().unwrap().unwrap(), "3\n2\n1\n");
}

#[test]
fn a_child_takes_its_time() {
    #[loop_core::coroutine]
    fn program() -> io::Result<()> {
        let mut child = yield_!(Command::new("sleep").arg("60").spawn())?;
        assert_eq!(yield_!(child.try_wait())?, None);
        yield_!(Sleep(Duration::from_secs(59)));
        assert_eq!(yield_!(child.try_wait())?, None);
        assert!(yield_!(child.wait())?.success());
        Ok(())
    }
    let run = sim().run(program);
    assert_eq!(run.elapsed(), Duration::from_secs(60));
    run.into_result().unwrap().unwrap();
}

/// The simulation of a test that is a coroutine has the programs too.
#[loop_core::test(sim = sim())]
fn a_test_sees_what_a_child_prints(run: RunSoFar) {
    let mut child = yield_!(
        Command::new("sh")
            .args(["-c", "echo out; echo err >&2"])
            .spawn()
    )
    .unwrap();
    assert!(yield_!(child.wait()).unwrap().success());
    assert_eq!(run.stdout(), "out\n");
    assert!(run.trace().to_string().contains("waited for process 1"));
}

#[test]
fn a_program_that_fails() {
    #[loop_core::coroutine(lazy)]
    fn fails(call: Call) -> Result<(), &'static str> {
        match call.args() {
            [] => Err("no argument"),
            [code] if code == "exit" => {
                yield_!(Println("printed")).unwrap();
                yield_!(Exit(7));
                Ok(())
            }
            _ => panic!("too many"),
        }
    }
    #[loop_core::coroutine]
    fn program() -> Vec<String> {
        let mut ends = Vec::new();
        for arguments in [&[][..], &["exit"], &["too", "many"]] {
            let output = yield_!(Command::new("fails").args(arguments).output()).unwrap();
            let [out, err] =
                [output.stdout, output.stderr].map(|text| String::from_utf8(text).unwrap());
            ends.push(format!("{} {out:?} {err:?}", output.status));
        }
        ends
    }
    let ends = sim()
        .program("fails", fails)
        .run(program)
        .into_result()
        .unwrap();
    assert_snapshot!(ends.join("\n"), @r#"
    exit status: 1 "" "Error: \"no argument\"\n"
    exit status: 7 "printed\n" ""
    exit status: 1 "" "Error: task `fails` panicked in `fails` (tests/process/simulated.rs:91): too many\n"
    "#);
}

/// It waits for a signal, and takes its time to end.
#[test]
fn a_program_that_cleans_up() {
    #[loop_core::coroutine(lazy)]
    fn server(_: Call) -> i32 {
        yield_!(Println("ready")).unwrap();
        yield_!(Signal(SignalKind::terminate())).unwrap();
        yield_!(Sleep(Duration::from_secs(5)));
        4
    }
    #[loop_core::coroutine]
    fn program() -> io::Result<Option<i32>> {
        let mut child = yield_!(Command::new("server").stdout(Stdio::Piped).spawn())?;
        let output = child.stdout.take().unwrap();
        assert_eq!(yield_!(output.read_line())?.as_deref(), Some("ready"));
        yield_!(child.signal(SignalKind::terminate()))?;
        Ok(yield_!(child.wait())?.code())
    }
    let run = sim().program("server", server).run(program);
    assert_eq!(run.elapsed(), Duration::from_secs(5));
    assert_eq!(run.into_result().unwrap().unwrap(), Some(4));
}

/// The loop does not hang.
#[test]
fn a_program_without_an_end() {
    #[loop_core::coroutine(lazy)]
    fn spins(_: Call) {
        loop {
            yield_!();
        }
    }
    #[loop_core::coroutine]
    fn program() -> io::Result<()> {
        yield_!(Command::new("spins").status())?;
        Ok(())
    }
    let error = sim()
        .program("spins", spins)
        .run(program)
        .into_result()
        .unwrap_err();
    assert_snapshot!(error, @r"task `?` panicked: the simulated program `spins` has no end: 100000 rounds");
}

/// One that was not waited for goes on, and its end is nobody's.
#[test]
fn a_child_that_is_dropped_goes_on() {
    #[loop_core::coroutine(lazy)]
    fn late(_: Call) {
        yield_!(Sleep(Duration::from_secs(1)));
        yield_!(Println("late")).unwrap();
    }
    #[loop_core::coroutine]
    fn program() -> io::Result<()> {
        yield_!(Command::new("late").spawn())?;
        yield_!(Command::new("late").kill_on_drop(true).spawn())?;
        yield_!(Sleep(Duration::from_secs(2)));
        Ok(())
    }
    let run = sim().program("late", late).run(program);
    assert_eq!(run.stdout(), "late\n");
    run.into_result().unwrap().unwrap();
}

/// Its destructors run, in whatever state the loop is that has started it.
#[test]
fn a_killed_program_drops_what_it_has() {
    #[loop_core::coroutine(lazy)]
    fn holds(_: Call, value: Rc<()>) {
        let _held = value;
        yield_!(Sleep(Duration::from_secs(1000)));
    }
    #[loop_core::coroutine]
    fn program() -> io::Result<()> {
        let mut child = yield_!(Command::new("holds").spawn())?;
        yield_!(Sleep(Duration::from_secs(1)));
        yield_!(child.kill())?;
        yield_!(child.wait())?;
        yield_!();
        Ok(())
    }
    let value = Rc::new(());
    let weak = Rc::downgrade(&value);
    let run = sim()
        .program("holds", move |call| holds(call, Rc::clone(&value)))
        .run(program);
    run.into_result().unwrap().unwrap();
    assert!(weak.upgrade().is_none());
}

#[test]
fn who_waits_for_a_child_that_waits() {
    #[loop_core::coroutine(lazy)]
    fn reads(output: loop_core::process::ChildStdout) {
        let _ = yield_!(output.read_line());
    }
    #[loop_core::coroutine]
    fn program() -> io::Result<()> {
        let command = Command::new("cat").stdin(Stdio::Piped).stdout(Stdio::Piped);
        let mut child = yield_!(command.spawn())?;
        let _input = child.stdin.take();
        yield_!(Spawn(reads(child.stdout.take().unwrap()))).detach();
        yield_!(child.wait())?;
        Ok(())
    }
    let error = sim().run(program).into_result().unwrap_err();
    assert_snapshot!(error, @r"
    deadlock: every task is parked and nothing outside can wake one
      program waits for process 1 `cat`, in `program` (tests/process/simulated.rs:223)
      program/1 waits to read from pipe 2 (the standard output of `cat`), in `reads` (tests/process/simulated.rs:219)
    ");
}
