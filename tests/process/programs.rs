//! The programs of the tests, as the simulation has them. The operating system has real ones of the same names.

use std::io;
use std::time::Duration;

use loop_core::prelude::*;
use loop_core::sim::{Call, Sim};

#[loop_core::coroutine]
fn cat(_: Call) -> io::Result<()> {
    while let Some(bytes) = yield_!(StdinBytes)? {
        yield_!(Print(String::from_utf8(bytes).unwrap()))?;
    }
    Ok(())
}

#[loop_core::coroutine]
fn sort(call: Call) -> io::Result<()> {
    let mut lines = Vec::new();
    while let Some(line) = yield_!(Stdin)? {
        lines.push(line);
    }
    lines.sort();
    if call.args() == ["-r"] {
        lines.reverse();
    }
    for line in lines {
        yield_!(Println(line))?;
    }
    Ok(())
}

#[loop_core::coroutine]
fn yes(_: Call) -> io::Result<()> {
    loop {
        yield_!(Println("y"))?;
    }
}

#[loop_core::coroutine]
fn sleep(call: Call) -> io::Result<()> {
    let seconds: f64 = call.args()[0].parse().unwrap();
    yield_!(Sleep(Duration::from_secs_f64(seconds)));
    Ok(())
}

#[loop_core::coroutine]
fn head(call: Call) -> io::Result<()> {
    let lines = call.args()[0].trim_start_matches("-n").parse().unwrap();
    for _ in 0..lines {
        let Some(line) = yield_!(Stdin)? else { break };
        yield_!(Println(line))?;
    }
    Ok(())
}

/// What the tests ask of a shell.
#[loop_core::coroutine]
fn sh(call: Call) -> io::Result<i32> {
    let [_, script] = call.args() else {
        return Ok(2);
    };
    match script.as_str() {
        "exit 3" => return Ok(3),
        "echo $GREETING" => {
            let greeting = call.env("GREETING").unwrap_or_default();
            yield_!(Println(greeting))?;
        }
        "echo out; echo err >&2" => {
            yield_!(Println("out"))?;
            yield_!(Eprintln("err"))?;
        }
        "cat; head -c 1048576 /dev/zero >&2" => {
            while let Some(bytes) = yield_!(StdinBytes)? {
                yield_!(Print(String::from_utf8(bytes).unwrap()))?;
            }
            for _ in 0..1024 {
                yield_!(Eprint("\0".repeat(1024)))?;
            }
        }
        other => panic!("no such script: {other}"),
    }
    Ok(0)
}

/// A simulation with all of them.
pub(crate) fn sim() -> Sim {
    Sim::new()
        .program("cat", cat)
        .program("sort", sort)
        .program("yes", yes)
        .program("sleep", sleep)
        .program("head", head)
        .program("sh", sh)
        .program("true", |_| exits(0))
        .program("false", |_| exits(1))
}

#[loop_core::coroutine]
fn exits(code: i32) -> i32 {
    code
}
