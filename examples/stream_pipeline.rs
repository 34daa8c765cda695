//! A pipeline whose stages ask the event loop: a stream reads lines, adapters choose and batch them, and a sink prints them.
//!
//! ```text
//! $ printf 'a python\nno match\na yellow python\nred\npython 3\n' | cargo run -q --example stream_pipeline -- python
//! 1: a python
//! 3: a yellow python
//! -- 2 lines
//! 5: python 3
//! -- 1 line
//! 3 of 5 lines
//! ```
//!
//! Lines come out in batches of two. At the end, what is left comes out, and then the sums: they need the stages to know that there
//! is no more, and to wait for the event loop once more.
//!
//! A *stream* is pulled: who needs a value asks for it. A *sink* is pushed: who has a value sends it. Both run within the coroutine that
//! uses them. So the whole pipeline is one task, and its stages may borrow: here they count in variables of `search`. The example `pipeline` does the same with
//! generators, which cannot ask the event loop.

use std::env;
use std::io;

use loop_core::prelude::*;

/// The lines of standard input, with their numbers.
#[loop_core::stream(yields = (usize, String))]
fn numbered_lines(count: &mut usize) -> io::Result<()> {
    while let Some(line) = yield_!(Stdin)? {
        *count += 1;
        emit!((*count, line));
    }
    Ok(())
}

/// Prints batches of lines.
#[loop_core::sink(receives = Vec<(usize, String)>)]
fn printer(printed: &mut usize) -> io::Result<()> {
    while let Some(batch) = receive!() {
        for (number, line) in &batch {
            yield_!(Println(format!("{number}: {line}")))?;
        }
        *printed += batch.len();
        let lines = if batch.len() == 1 { "line" } else { "lines" };
        yield_!(Println(format!("-- {} {lines}", batch.len())))?;
    }
    Ok(())
}

#[loop_core::coroutine]
fn search(word: String) -> io::Result<()> {
    let (mut read, mut printed) = (0, 0);

    let mut batches = numbered_lines(&mut read)
        .filter(|(_, line)| line.contains(&word))
        .chunks(2);
    let mut printer = printer(&mut printed);
    while let Some(batch) = yield_!(batches.next())? {
        yield_!(printer.send(batch))?;
    }
    yield_!(printer.close())?;

    // What the stages have borrowed can be used again when they are gone.
    drop((batches, printer));
    yield_!(Println(format!("{printed} of {read} lines")))
}

#[loop_core::main]
fn main() -> io::Result<()> {
    let word = env::args().nth(1).unwrap_or_else(|| "python".to_owned());
    yield_!(search(word))
}
