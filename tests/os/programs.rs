//! Further programs of the helper: interrupts, slow turns, input that is left over, exits.

use std::cell::Cell;
use std::io;
use std::process::ExitCode;
use std::rc::Rc;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use loop_core::prelude::*;
use loop_core::{Builder, Error};
use rustix::process::{Signal, getpid, kill_process};

/// Runs one of these programs; `None` if there is none of that name.
pub(crate) fn run(name: &str) -> Option<ExitCode> {
    match name {
        "interrupt-a-run-that-ends" => interrupt_a_run_that_ends(),
        "interrupt-a-run-that-fails" => interrupt_a_run_that_fails(),
        "interrupt-twice" => two_in_one_turn(),
        "interrupt-between-turns" => say(&interrupted(turns).to_string()),
        "interrupt-between-slow-turns" => say(&interrupted(slow_turns).to_string()),
        "interrupt-within-a-turn" => say(&interrupted(clocks).to_string()),
        "progress" => report(run_quietly(progress())),
        "stuck" => report(run_quietly(stuck())),
        "one-line" => report(run_quietly(one_line())),
        "two-loops" => two_loops(),
        "given-back" => two_programs(reads_and_cancels()),
        "given-back-once" => report(run_quietly(reads_and_cancels())),
        "given-back-late" => two_programs(reads_on_and_cancels()),
        "two-runs" => two_runs(),
        "exit-while-a-closure-runs" => exit_while_a_closure_runs(),
        "exit" => loop_core::report(quiet().build().run_until_complete(exits())),
        "interrupted" => loop_core::report(quiet().build().run_until_complete(compute(true))),
        "reported-flood" => loop_core::report(quiet().build().run_until_complete(flood())),
        "server" => loop_core::report(quiet().build().run_until_complete(server(false))),
        "server-that-fails" => loop_core::report(quiet().build().run_until_complete(server(true))),
        "chatter" => report(chatter(100_000)),
        "mutter" => report(chatter(3)),
        _ => return None,
    }
    .into()
}

fn quiet() -> Builder {
    EventLoop::builder().no_slow_steps()
}

fn run_quietly(main: Coroutine<io::Result<()>>) -> Result<(), Error> {
    quiet()
        .build()
        .run_until_complete(main)
        .map(|ended| ended.expect("streams work"))
}

fn report(result: Result<(), Error>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => say(&error.to_string()),
    }
}

fn say(text: &str) -> ExitCode {
    println!("{text}");
    ExitCode::SUCCESS
}

/// As Ctrl-C does. The signal has come when this returns.
fn interrupt() {
    kill_process(getpid(), Signal::INT).expect("a process may send itself a signal");
}

// Ctrl-C.

/// Never lets the loop look at anything before it ends.
#[loop_core::coroutine(lazy)]
fn compute(is_interrupted: bool) {
    if is_interrupted {
        interrupt();
    }
}

/// Says which of its runs was interrupted.
fn interrupt_a_run_that_ends() -> ExitCode {
    let mut event_loop = quiet().build();
    let runs = (0..30).map(|run| event_loop.run_until_complete(compute(run == 3)));
    let shown: Vec<String> = runs
        .map(|run| run.map_or_else(|error| error.to_string(), |()| "ok".to_owned()))
        .collect();
    say(&shown[..6].join(" "))
}

#[loop_core::coroutine(lazy)]
fn interrupt_and_fail() {
    interrupt();
    panic!("out of luck");
}

/// The first run ends with an error of its own; the interrupt ends the next one, which is on another loop.
fn interrupt_a_run_that_fails() -> ExitCode {
    let first = quiet().build().run_until_complete(interrupt_and_fail());
    let failed = matches!(first, Err(Error::Failed(_)));
    let second = quiet().build().run_until_complete(compute(false));
    let third = quiet().build().run_until_complete(compute(false));
    say(&format!("{failed} {second:?} {third:?}"))
}

#[loop_core::coroutine(lazy)]
fn interrupt_twice() {
    interrupt();
    interrupt();
}

fn two_in_one_turn() -> ExitCode {
    let run = quiet().build().run_until_complete(interrupt_twice());
    say(&format!("{run:?}"))
}

/// How many steps there were after the interrupt.
fn interrupted(make: fn(usize, Rc<Cell<u32>>) -> Coroutine<()>) -> u32 {
    let steps = Rc::new(Cell::new(0));
    let mut event_loop = quiet().build();
    for task in 0..10 {
        event_loop.schedule(make(task, Rc::clone(&steps)));
    }
    let run = event_loop.run();
    assert!(matches!(run, Err(Error::Interrupted)), "{run:?}");
    steps.get()
}

fn step(task: usize, at: usize, steps: &Cell<u32>) {
    steps.set(steps.get() + 1);
    if task == 3 && at == 100 {
        interrupt();
        steps.set(0);
    }
}

#[loop_core::coroutine(lazy)]
fn turns(task: usize, steps: Rc<Cell<u32>>) {
    for at in 0.. {
        step(task, at, &steps);
        yield_!();
    }
}

#[loop_core::coroutine(lazy)]
fn slow_turns(task: usize, steps: Rc<Cell<u32>>) {
    for at in 98.. {
        thread::sleep(Duration::from_millis(10));
        step(task, at, &steps);
        yield_!();
    }
}

#[loop_core::coroutine(lazy)]
fn clocks(task: usize, steps: Rc<Cell<u32>>) {
    for at in 0.. {
        step(task, at, &steps);
        yield_!(Clock);
    }
}

// Failures.

#[loop_core::coroutine(lazy)]
fn request() {
    panic!("out of luck");
}

/// A task of it fails, and then it waits for a line.
#[loop_core::coroutine(lazy)]
fn server(fails: bool) {
    yield_!(Spawn(request())).detach();
    let _ = yield_!(Stdin);
    assert!(!fails, "the server failed");
}

// Progress.

/// Says how far its work is, in turns that do not end.
#[loop_core::coroutine(lazy)]
fn progress() -> io::Result<()> {
    for done in 1..=5 {
        thread::sleep(Duration::from_millis(30));
        yield_!(Print(format!("{done} done\n")))?;
    }
    thread::sleep(Duration::from_secs(3600));
    Ok(())
}

/// Prints, and never lets the loop do anything again.
#[loop_core::coroutine(lazy)]
fn stuck() -> io::Result<()> {
    for line in 1..=3 {
        yield_!(Print(format!("line {line}\n")))?;
    }
    thread::sleep(Duration::from_secs(3600));
    Ok(())
}

// Input that nobody asked for.

#[loop_core::coroutine]
fn one_line() -> io::Result<()> {
    let line = yield_!(Stdin)?;
    yield_!(Print(format!("{line:?}\n")))
}

fn two_loops() -> ExitCode {
    for _ in 0..2 {
        run_quietly(one_line()).expect("a line");
    }
    ExitCode::SUCCESS
}

#[loop_core::coroutine(lazy)]
fn reads() {
    let _ = yield_!(Stdin);
    unreachable!("it is cancelled before it gets its line");
}

/// The second line is read for a task, which is cancelled before it gets it. Then the run ends.
#[loop_core::coroutine]
fn reads_and_cancels() -> io::Result<()> {
    yield_!(one_line())?;
    let reader = yield_!(Spawn(reads()));
    yield_!();
    let _ = yield_!(Cancel(reader));
    Ok(())
}

/// The second line is read for a task, which is cancelled before it gets it, and another task gets the third one. Then the run ends.
#[loop_core::coroutine]
fn reads_on_and_cancels() -> io::Result<()> {
    yield_!(one_line())?;
    let reader = yield_!(Spawn(reads()));
    let other = yield_!(Spawn(one_line()));
    yield_!();
    let _ = yield_!(Cancel(reader));
    yield_!(other).expect("no panic")
}

/// Another loop reads what the first program has left.
fn two_programs(first: Coroutine<io::Result<()>>) -> ExitCode {
    run_quietly(first).expect("the lines are there");
    run_quietly(three_lines()).expect("the rest is there");
    ExitCode::SUCCESS
}

#[loop_core::coroutine]
fn three_lines() -> io::Result<()> {
    for _ in 0..3 {
        yield_!(one_line())?;
    }
    Ok(())
}

fn two_runs() -> ExitCode {
    let mut event_loop = quiet().build();
    for _ in 0..2 {
        let run = event_loop.run_until_complete(one_line());
        run.expect("a run").expect("a line");
    }
    ExitCode::SUCCESS
}

// Exits.

#[loop_core::coroutine]
fn busy() {
    loop {
        yield_!();
    }
}

#[loop_core::coroutine]
fn exits() -> io::Result<()> {
    drop(yield_!(Spawn(busy())));
    yield_!(Print("printed before\n"))?;
    yield_!(Exit(3));
    yield_!(Print("printed after\n"))
}

/// Prints more than any pipe takes.
#[loop_core::coroutine]
fn flood() -> io::Result<()> {
    for line in 0..20_000 {
        yield_!(Print(format!("{line:063}\n")))?;
    }
    Ok(())
}

// Reports.

#[loop_core::coroutine]
fn nows(turns: u32) {
    for _ in 0..turns {
        yield_!();
    }
}

/// Each of its turns is reported.
fn chatter(turns: u32) -> Result<(), Error> {
    let builder = EventLoop::builder().slow_step(Duration::ZERO);
    builder.build().run_until_complete(nows(turns))
}

/// A closure never ends; its task is cancelled, and a second one's task is not.
fn exit_while_a_closure_runs() -> ExitCode {
    #[loop_core::coroutine]
    fn stuck(started: mpsc::Sender<()>) {
        yield_!(Blocking(move || {
            started.send(()).unwrap();
            loop {
                thread::park();
            }
        }))
    }
    #[loop_core::coroutine]
    fn program() -> io::Result<()> {
        let (sender, receiver) = mpsc::channel();
        let cancelled = yield_!(Spawn(stuck(sender.clone())));
        yield_!(Spawn(stuck(sender))).detach();
        for _ in yield_!(Blocking(move || receiver
            .iter()
            .take(2)
            .collect::<Vec<()>>()))
        {}
        yield_!(Cancel(cancelled)).unwrap_err();
        yield_!(Println("leaves"))
    }
    report(run_quietly(program()))
}
