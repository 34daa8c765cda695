//! Lines read and answered with the standard library alone.

use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::os::fd::AsFd;

use crate::bodies::fib;
use crate::clock::{Sample, Stopwatch};
use crate::kind::{Bench, Kind, Load};

const BUFFER: usize = 64 * 1024;

pub(crate) fn bench(kind: Kind) -> Option<Bench> {
    (kind == Kind::Lines).then_some(lines as Bench)
}

fn lines(_: Load) -> Sample {
    let watch = Stopwatch::start();
    let lines = serve().expect("pipes that work");
    watch.per_op(lines)
}

fn serve() -> io::Result<u64> {
    let mut input = BufReader::with_capacity(BUFFER, io::stdin().lock());
    let output = File::from(io::stdout().as_fd().try_clone_to_owned()?); // without `Stdout`'s own line buffer
    let mut output = BufWriter::with_capacity(BUFFER, output);
    let (mut line, mut count) = (String::new(), 0);
    while input.read_line(&mut line)? > 0 {
        let n = line.trim().parse().unwrap_or(0);
        writeln!(output, "fib({n}) = {}", fib(n))?;
        line.clear();
        count += 1;
    }
    output.flush()?;
    Ok(count)
}
