//! The program that the tests run on descriptors of their making. Its first argument says what it does.

mod process_programs;
mod programs;
mod signal_programs;
mod socket_programs;

use std::env;
use std::future::poll_fn;
use std::hint::black_box;
use std::io;
use std::process::{ExitCode, Termination};
use std::task::Poll;
use std::thread;
use std::time::Duration;

use loop_core::prelude::*;
use loop_core::{Builder, Error, LineError};

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let number = || arguments[1].parse().expect("a number");
    match arguments[0].as_str() {
        "lines" => run(lines("")),
        "late" => run(late()),
        "limit" => limited(number(), lines("")),
        "bytes" => run(bytes()),
        "limit-then-bytes" => limited(number(), long_line_then_bytes()),
        "two" => run(several(&["a ", "b "])),
        "three" => run(several(&["a ", "b ", "c "])),
        "cat" => run(cat()),
        "ready" => run(ready_then_lines()),
        "end-then-wait" => run(end_then_wait()),
        "print" => run(print(arguments[1].clone())),
        "print-twice" => run(print_twice()),
        "complain-twice" => run(complain_twice()),
        "flood" => run(flood(number())),
        "one-print" => run(one_print(number())),
        "flood-and-tick" => run(flood_and_tick(number())),
        "busy" => run(busy()),
        "flood-in-two-runs" => flood_in_two_runs(number()),
        "complain" => complain().report(),
        "awaits" => run(awaits()),
        "asleep" => asleep().report(),
        "stubborn" => run(stubborn()),
        "loop-over" => loop_over(),
        "twice" => interrupted_then_again(),
        "slow" => run_on(EventLoop::builder(), slow()),
        other => programs::run(other)
            .or_else(|| signal_programs::run(other))
            .or_else(|| socket_programs::run(other))
            .or_else(|| process_programs::run(other))
            .unwrap_or_else(|| panic!("no such mode: {other}")),
    }
}

// How a program ends.

/// On a busy machine any step may be slow, and the tests compare standard error.
fn run(main: Coroutine<io::Result<()>>) -> ExitCode {
    run_on(EventLoop::builder().no_slow_steps(), main)
}

fn limited(limit: usize, main: Coroutine<io::Result<()>>) -> ExitCode {
    run_on(EventLoop::builder().no_slow_steps().line_limit(limit), main)
}

fn run_on(builder: Builder, main: Coroutine<io::Result<()>>) -> ExitCode {
    ended(builder.build().run_until_complete(main))
}

fn ended(result: Result<io::Result<()>, Error>) -> ExitCode {
    match result {
        Ok(Ok(())) => ExitCode::SUCCESS,
        Ok(Err(error)) => {
            eprintln!("task: {error}");
            ExitCode::from(3)
        }
        Err(error) => {
            if !matches!(error, Error::BrokenPipe | Error::Interrupted) {
                eprintln!("run: {error}");
            }
            ExitCode::from(error.exit_status())
        }
    }
}

// Input.

fn shown(answer: &io::Result<Option<String>>) -> String {
    match answer {
        Ok(Some(line)) => format!("{line:?}"),
        Ok(None) => "end".to_owned(),
        Err(error) => match line_error(error) {
            Some(LineError::NotUtf8 { bytes, .. }) => {
                format!("not utf-8: {}", bytes.escape_ascii())
            }
            Some(LineError::TooLong { limit, prefix, .. }) => {
                format!("over {limit}: {}", prefix.escape_ascii())
            }
            _ => format!("error: {error}"),
        },
    }
}

fn line_error(error: &io::Error) -> Option<&LineError> {
    error.get_ref()?.downcast_ref()
}

fn is_final(answer: &io::Result<Option<String>>) -> bool {
    match answer {
        Ok(line) => line.is_none(),
        Err(error) => line_error(error).is_none(),
    }
}

/// Prints each answer until the final one, and what comes after that.
#[loop_core::coroutine]
fn lines(name: &'static str) -> io::Result<()> {
    loop {
        let answer = yield_!(Stdin);
        yield_!(Print(format!("{name}{}\n", shown(&answer))))?;
        if is_final(&answer) {
            break;
        }
    }
    let again = yield_!(Stdin);
    yield_!(Print(format!("{name}{}\n", shown(&again))))
}

/// Input comes long before a task waits for it.
#[loop_core::coroutine]
fn late() -> io::Result<()> {
    yield_!(Sleep(Duration::from_millis(100)));
    yield_!(lines(""))
}

#[loop_core::coroutine]
fn ready_then_lines() -> io::Result<()> {
    yield_!(Eprint("ready\n"))?;
    yield_!(Print("ready\n"))?;
    yield_!(lines(""))
}

#[loop_core::coroutine]
fn bytes() -> io::Result<()> {
    loop {
        match yield_!(StdinBytes) {
            Ok(Some(bytes)) => yield_!(Print(bytes.escape_ascii().to_string()))?,
            Ok(None) => return yield_!(Print(" end\n")),
            Err(error) => return yield_!(Print(format!("error: {error}\n"))),
        }
    }
}

/// The bytes that are left of a line that was too long are bytes; the line after them is a line.
#[loop_core::coroutine]
fn long_line_then_bytes() -> io::Result<()> {
    let long = yield_!(Stdin);
    yield_!(Print(format!("{}\n", shown(&long))))?;
    // Until everything that was written has come.
    yield_!(Sleep(Duration::from_millis(50)));
    let bytes = yield_!(StdinBytes)?.unwrap_or_default();
    yield_!(Print(format!("{}\n", bytes.escape_ascii())))?;
    yield_!(lines(""))
}

#[loop_core::coroutine]
fn several(names: &'static [&'static str]) -> io::Result<()> {
    let mut tasks = Vec::new();
    for name in names {
        tasks.push(yield_!(Spawn(lines(name))));
    }
    for task in tasks {
        yield_!(task).expect("no panic")?;
    }
    Ok(())
}

#[loop_core::coroutine]
fn cat() -> io::Result<()> {
    while let Some(bytes) = yield_!(StdinBytes)? {
        yield_!(Print(
            String::from_utf8(bytes).expect("the tests send ASCII here")
        ))?;
    }
    Ok(())
}

/// At the end of input the program goes on, and has nothing to do.
#[loop_core::coroutine]
fn end_then_wait() -> io::Result<()> {
    while yield_!(Stdin)?.is_some() {}
    yield_!(Print("ready\n"))?;
    yield_!(Sleep(Duration::from_secs(3600)));
    Ok(())
}

// Output.

#[loop_core::coroutine]
fn print(text: String) -> io::Result<()> {
    yield_!(Print(text))
}

#[loop_core::coroutine]
fn print_twice() -> io::Result<()> {
    yield_!(Print("once\n"))?;
    yield_!(Sleep(Duration::from_millis(1)));
    let result = yield_!(Print("twice\n"));
    yield_!(Eprint(match result {
        Ok(()) => "fine\n".to_owned(),
        Err(error) => format!("{error}\n"),
    }))
}

#[loop_core::coroutine]
fn complain_twice() -> io::Result<()> {
    yield_!(Eprint("once\n"))?;
    yield_!(Sleep(Duration::from_millis(1)));
    let result = yield_!(Eprint("twice\n"));
    yield_!(Print(match result {
        Ok(()) => "fine\n".to_owned(),
        Err(error) => format!("{:?}: {error}\n", error.kind()),
    }))
}

/// Prints this many numbered lines, of 64 bytes each.
#[loop_core::coroutine]
fn flood(lines: usize) -> io::Result<()> {
    for line in 0..lines {
        yield_!(Print(format!("{line:063}\n")))?;
    }
    Ok(())
}

/// The same, all at once.
#[loop_core::coroutine]
fn one_print(lines: usize) -> io::Result<()> {
    let all: Vec<String> = (0..lines).map(|line| format!("{line:063}\n")).collect();
    yield_!(Print(all.concat()))
}

/// Floods standard output, and meanwhile ticks on standard error.
#[loop_core::coroutine]
fn flood_and_tick(lines: usize) -> io::Result<()> {
    let flood = yield_!(Spawn(flood(lines)));
    for tick in 0..20 {
        yield_!(Sleep(Duration::from_millis(5)));
        yield_!(Eprint(format!("tick {tick}\n")))?;
    }
    yield_!(flood).expect("no panic")
}

/// Prints, and from then on is never idle.
#[loop_core::coroutine]
fn busy() -> io::Result<()> {
    yield_!(Print("hello\n"))?;
    while black_box(true) {
        yield_!();
    }
    Ok(())
}

/// The first run ends while the flood has to wait for its reader; the second one lets it go on.
fn flood_in_two_runs(lines: usize) -> ExitCode {
    let mut event_loop = EventLoop::builder().no_slow_steps().build();
    event_loop.schedule(flood(lines));
    let first = event_loop.run_until_complete(nap());
    first.expect("the nap ends well");
    ended(event_loop.run().map(Ok))
}

#[loop_core::coroutine]
fn nap() {
    yield_!(Sleep(Duration::from_millis(50)));
}

#[loop_core::main]
fn complain() {
    let _ = yield_!(Eprint("once\n"));
}

// Ctrl-C.

#[loop_core::main]
fn asleep() -> io::Result<()> {
    yield_!(Print("some"))?;
    yield_!(Print(" output\n"))?;
    yield_!(Eprint("ready\n"))?;
    yield_!(Sleep(Duration::from_secs(3600)));
    Ok(())
}

/// Begins a step that never ends, and says so without the loop.
#[loop_core::coroutine]
fn stubborn() -> io::Result<()> {
    yield_!(Sleep(Duration::from_millis(1)));
    eprintln!("in the step");
    while black_box(true) {
        thread::sleep(Duration::from_millis(1));
    }
    Ok(())
}

/// No loop runs any more.
fn loop_over() -> ExitCode {
    let code = run(print(String::new()));
    eprintln!("ready");
    thread::sleep(Duration::from_secs(3600));
    code
}

/// A program that goes on after Ctrl-C, with the same loop.
fn interrupted_then_again() -> ExitCode {
    let mut event_loop = EventLoop::new();
    let first = event_loop.run_until_complete(ready_then_lines());
    let text = match first {
        Err(error) => error.to_string(),
        Ok(_) => "not interrupted".to_owned(),
    };
    ended(event_loop.run_until_complete(print(format!("{text}, and on it goes\n"))))
}

// Slow steps.

#[loop_core::coroutine]
fn slow() -> io::Result<()> {
    yield_!();
    thread::sleep(Duration::from_millis(120));
    Ok(())
}

/// Waits for a future whose waker another thread has.
#[loop_core::coroutine]
fn awaits() -> io::Result<()> {
    yield_!(Eprint("ready"))?;
    let mut is_started = false;
    yield_!(Await(poll_fn(move |context| {
        if !std::mem::replace(&mut is_started, true) {
            let waker = context.waker().clone();
            thread::spawn(move || {
                let _waker = waker;
                loop {
                    thread::park();
                }
            });
        }
        Poll::Pending
    })))
}
