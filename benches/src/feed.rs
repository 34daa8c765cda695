//! The other ends of a child's pipes: numbers in, answers out, and whether all the answers came.

use std::io::{self, Read, Write};
use std::process::{Child, ChildStdin, ChildStdout};
use std::thread::{self, JoinHandle};

use crate::bodies;

/// The numbers 1 to 10, over and over.
const CYCLE: u64 = 10;
/// So many cycles are about 64 KiB, which is what a pipe holds.
const CYCLES_PER_BLOCK: u64 = 3000;

/// Two threads: one writes, one reads and counts.
pub(crate) struct Feeding {
    writer: JoinHandle<io::Result<()>>,
    reader: JoinHandle<io::Result<u64>>,
    expected: u64,
}

impl Feeding {
    pub(crate) fn start(child: &mut Child, lines: u64) -> Feeding {
        let stdin = child.stdin.take().expect("standard input is a pipe");
        let stdout = child.stdout.take().expect("standard output is a pipe");
        Feeding {
            writer: thread::spawn(move || write_lines(stdin, lines)),
            reader: thread::spawn(move || count_bytes(stdout)),
            expected: expected_bytes(lines),
        }
    }

    /// An error unless the child read every line and answered it.
    pub(crate) fn finish(self) -> Result<(), String> {
        let wrote = self.writer.join().expect("the writer does not panic");
        let read = self.reader.join().expect("the reader does not panic");
        wrote.map_err(|error| format!("writing its input: {error}"))?;
        match read.map_err(|error| format!("reading its output: {error}"))? {
            bytes if bytes == self.expected => Ok(()),
            bytes => Err(format!(
                "{bytes} bytes of answers instead of {}",
                self.expected
            )),
        }
    }
}

fn numbers(from: u64, lines: u64) -> String {
    (from..from + lines)
        .map(|i| format!("{}\n", i % CYCLE + 1))
        .collect()
}

fn write_lines(mut stdin: ChildStdin, lines: u64) -> io::Result<()> {
    let per_block = CYCLE * CYCLES_PER_BLOCK;
    let block = numbers(0, per_block);
    for _ in 0..lines / per_block {
        stdin.write_all(block.as_bytes())?;
    }
    stdin.write_all(numbers(0, lines % per_block).as_bytes())
}

fn count_bytes(mut stdout: ChildStdout) -> io::Result<u64> {
    let mut buffer = vec![0; 64 * 1024];
    let mut count = 0;
    loop {
        match stdout.read(&mut buffer)? {
            0 => return Ok(count),
            read => count += read as u64,
        }
    }
}

fn expected_bytes(lines: u64) -> u64 {
    let length = |i: u64| bodies::answer(&(i + 1).to_string()).len() as u64;
    let cycle: u64 = (0..CYCLE).map(length).sum();
    lines / CYCLE * cycle + (0..lines % CYCLE).map(length).sum::<u64>()
}

/// One question and the end of input; back when the first byte of the answer is there.
pub(crate) fn one_line(child: &mut Child) -> io::Result<()> {
    child
        .stdin
        .take()
        .expect("standard input is a pipe")
        .write_all(b"10\n")?;
    let mut first = [0];
    child
        .stdout
        .as_mut()
        .expect("standard output is a pipe")
        .read_exact(&mut first)
}
