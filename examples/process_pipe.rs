//! Pipes its input through commands, as `a | b` does in a shell.
//!
//! ```text
//! $ printf 'pear\napple\npear\n' | cargo run -q --example process_pipe -- sort -- uniq -c
//!       1 apple
//!       2 pear
//! sort: exit status: 0
//! uniq: exit status: 0
//! ```
//!
//! What goes from command to command is any bytes. What the last one writes has to be lines of text, because the loop prints text.
//!
//! A command that writes to one which no longer reads is ended, as in a shell:
//!
//! ```text
//! $ cargo run -q --example process_pipe -- yes -- head -n 1
//! y
//! yes: signal: 13 (SIGPIPE)
//! head: exit status: 0
//! ```

use std::env;
use std::io;

use loop_core::prelude::*;
use loop_core::process::{ChildStdin, ChildStdout, Command, Stdio};

/// Whether there is more to write: not if nobody reads it.
fn is_read<T>(written: io::Result<T>) -> io::Result<bool> {
    match written {
        Ok(_) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(false),
        Err(error) => Err(error),
    }
}

/// Copies this program's input to the first command.
#[loop_core::coroutine]
fn feed(to: ChildStdin) -> io::Result<()> {
    while let Some(bytes) = yield_!(StdinBytes)? {
        if !is_read(yield_!(to.write_all(bytes)))? {
            break;
        }
    }
    Ok(())
}

/// Copies what one command writes to the next one. No more is read before that has taken it, so a slow one slows those before it down.
#[loop_core::coroutine]
fn copy(from: ChildStdout, to: ChildStdin) -> io::Result<()> {
    loop {
        let bytes = yield_!(from.read(Vec::with_capacity(16 * 1024)))?;
        // Both ends are closed when they are dropped.
        if bytes.is_empty() || !is_read(yield_!(to.write_all(bytes)))? {
            return Ok(());
        }
    }
}

/// Prints the lines of the last command.
#[loop_core::coroutine]
fn print(from: ChildStdout) -> io::Result<()> {
    while let Some(line) = yield_!(from.read_line())? {
        yield_!(Println(line))?;
    }
    Ok(())
}

/// Starts the commands, moves what goes through them, and says how each has ended.
#[loop_core::coroutine]
pub(crate) fn pipe(commands: Vec<Vec<String>>) -> io::Result<()> {
    let mut children = Vec::new();
    let mut streams = Vec::new();
    for command in &commands {
        let mut child = yield_!(
            Command::new(&command[0])
                .args(&command[1..])
                .stdin(Stdio::Piped)
                .stdout(Stdio::Piped)
                .kill_on_drop(true)
                .spawn()
        )?;
        streams.extend(child.stdin.take().zip(child.stdout.take()));
        children.push((&command[0], child));
    }
    let mut streams = streams.into_iter();
    let (input, mut output) = streams.next().expect("there is a command");
    let feeder = yield_!(Spawn(feed(input)));
    let mut copiers = TryGroup::new();
    for (input, next) in streams {
        yield_!(copiers.spawn(copy(output, input)));
        output = next;
    }
    yield_!(copiers.spawn(print(output)));
    yield_!(copiers.join())?;
    for (name, child) in &mut children {
        let status = yield_!(child.wait())?;
        yield_!(Eprintln(format!("{name}: {status}")))?;
    }
    // If nobody reads it any more, it may still wait for this program's input.
    match yield_!(Cancel(feeder)) {
        Ok(fed) => fed,
        Err(_) => Ok(()),
    }
}

#[loop_core::main]
fn main() -> io::Result<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let commands = arguments.split(|argument| argument == "--");
    let commands: Vec<Vec<String>> = commands.map(<[String]>::to_vec).collect();
    if commands.iter().any(Vec::is_empty) {
        yield_!(Eprintln(
            "usage: process_pipe COMMAND [ARGUMENT …] [-- COMMAND …]"
        ))?;
        yield_!(Exit(2));
    }
    yield_!(pipe(commands))
}
