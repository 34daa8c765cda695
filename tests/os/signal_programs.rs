//! Programs of the helper that wait for signals.

use std::io;
use std::process::ExitCode;

use loop_core::prelude::*;
use loop_core::{Error, SignalKind};
use rustix::process::{Signal as Sent, getpid, kill_process};

/// Runs one of these programs; `None` if there is none of that name.
pub(crate) fn run(name: &str) -> Option<ExitCode> {
    let main = match name {
        "signal" => several(SignalKind::terminate(), 1),
        "signal-kept" => kept(),
        "signal-refused" => refused(),
        "signal-or-line" => ignored(),
        "tasks-on-usr1" => return Some(tasks_on(SignalKind::user_defined1())),
        "tasks-on-kill" => return Some(tasks_on(SignalKind::from_raw(9))),
        "signal-after-the-loop" => return Some(after_the_loop()),
        "interrupt-asked" => several(SignalKind::interrupt(), 3),
        "interrupt-asked-once" => goes_on(),
        "interrupt-not-asked-any-more" => not_any_more(),
        _ => return None,
    };
    Some(match run_quietly(main) {
        Ok(()) => ExitCode::SUCCESS,
        // Not by the signal, so that the tests see whether the run has ended, or the process.
        Err(error) => ExitCode::from(error.exit_status()),
    })
}

fn run_quietly(main: Coroutine<io::Result<()>>) -> Result<(), Error> {
    let mut event_loop = EventLoop::builder().no_slow_steps().build();
    let ended = event_loop.run_until_complete(main);
    ended.map(|ended| ended.expect("signals and streams work"))
}

fn raise(signal: Sent) {
    kill_process(getpid(), signal).unwrap();
}

#[loop_core::coroutine]
fn several(signal: SignalKind, times: u32) -> io::Result<()> {
    for time in 1..=times {
        yield_!(Eprint(format!("waits {time} ")))?;
        yield_!(Signal(signal))?;
        yield_!(Println(format_args!("got {signal}")))?;
    }
    Ok(())
}

#[loop_core::coroutine]
fn waits(signal: SignalKind) -> io::Result<()> {
    yield_!(Signal(signal))
}

#[loop_core::coroutine]
fn kept() -> io::Result<()> {
    let hangup = yield_!(Spawn(waits(SignalKind::hangup())));
    yield_!();
    raise(Sent::HUP);
    yield_!(hangup.flatten())?;
    yield_!(Println("got the first"))?;
    raise(Sent::HUP);
    yield_!(Sleep(std::time::Duration::from_millis(1)));
    yield_!(Signal(SignalKind::hangup()))?;
    yield_!(Println("got the second"))
}

#[loop_core::coroutine]
fn refused() -> io::Result<()> {
    for number in [9, 0] {
        let error = yield_!(Signal(SignalKind::from_raw(number))).unwrap_err();
        yield_!(Println(error))?;
    }
    Ok(())
}

#[loop_core::coroutine]
fn ignored() -> io::Result<()> {
    let ignored = yield_!(Spawn(waits(SignalKind::terminate())));
    yield_!(Eprint("waits"))?;
    yield_!(Signal(SignalKind::hangup()))?;
    assert!(yield_!(Cancel(ignored)).is_err());
    yield_!(Println("got SIGHUP"))
}

fn after_the_loop() -> ExitCode {
    #[loop_core::coroutine]
    fn gets() -> io::Result<()> {
        let waits = yield_!(Spawn(waits(SignalKind::user_defined1())));
        yield_!();
        raise(Sent::USR1);
        yield_!(waits.flatten())?;
        yield_!(Println("got SIGUSR1"))
    }
    run_quietly(gets()).expect("the run ends");
    raise(Sent::USR1);
    ExitCode::SUCCESS
}

#[loop_core::coroutine]
fn goes_on() -> io::Result<()> {
    yield_!(several(SignalKind::interrupt(), 1))?;
    yield_!(Eprint("goes on"))?;
    yield_!(Signal(SignalKind::terminate()))
}

#[loop_core::coroutine]
fn not_any_more() -> io::Result<()> {
    let waits = yield_!(Spawn(waits(SignalKind::interrupt())));
    yield_!();
    assert!(yield_!(Cancel(waits)).is_err());
    yield_!(Eprint("goes on"))?;
    yield_!(Signal(SignalKind::terminate()))
}

/// Shows its tasks on a signal, and ends on SIGTERM.
fn tasks_on(signal: SignalKind) -> ExitCode {
    #[loop_core::coroutine]
    fn reads(lines: &mut u32) -> io::Result<()> {
        while yield_!(Stdin)?.is_some() {
            *lines += 1;
        }
        Ok(())
    }
    #[loop_core::coroutine]
    fn counts() -> io::Result<u32> {
        let mut lines = 0;
        yield_from!(reads(&mut lines))?;
        Ok(lines)
    }
    #[loop_core::coroutine]
    fn program() -> io::Result<()> {
        let counts = yield_!(Spawn(counts()).named("counts"));
        yield_!(several(SignalKind::terminate(), 1))?;
        assert!(yield_!(Cancel(counts)).is_err());
        Ok(())
    }
    let builder = EventLoop::builder().no_slow_steps().show_tasks_on(signal);
    loop_core::report(builder.build().run_until_complete(program()))
}
