//! tokio reading numbers and writing answers: over the pipes themselves, and over `tokio::io::stdin`.

use std::io;
use std::os::fd::AsFd;

use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader, BufWriter};
use tokio::net::unix::pipe;

use crate::bodies;
use crate::clock::{Sample, Stopwatch};
use crate::kind::{Bench, Kind, Load};

const BUFFER: usize = 64 * 1024;

/// `net::unix::pipe`: readiness, no other thread.
pub(crate) mod over_pipes {
    use super::*;

    pub(crate) fn bench(kind: Kind) -> Option<Bench> {
        (kind == Kind::Lines).then_some(lines as Bench)
    }

    fn lines(_: Load) -> Sample {
        run(async {
            let input = pipe::Receiver::from_owned_fd(io::stdin().as_fd().try_clone_to_owned()?)?;
            let output = pipe::Sender::from_owned_fd(io::stdout().as_fd().try_clone_to_owned()?)?;
            serve(input, output).await
        })
    }
}

/// `tokio::io::stdin` and `stdout`: what a user reaches for first; a thread pool behind.
pub(crate) mod over_stdio {
    use super::*;

    pub(crate) fn bench(kind: Kind) -> Option<Bench> {
        (kind == Kind::Lines).then_some(lines as Bench)
    }

    fn lines(_: Load) -> Sample {
        run(serve(tokio::io::stdin(), tokio::io::stdout()))
    }
}

fn run(serving: impl Future<Output = io::Result<u64>>) -> Sample {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a tokio runtime");
    let watch = Stopwatch::start();
    let lines = runtime.block_on(serving).expect("pipes that work");
    watch.per_op(lines)
}

async fn serve(input: impl AsyncRead + Unpin, output: impl AsyncWrite + Unpin) -> io::Result<u64> {
    let mut input = BufReader::with_capacity(BUFFER, input);
    let mut output = BufWriter::with_capacity(BUFFER, output);
    let (mut line, mut count) = (String::new(), 0);
    while input.read_line(&mut line).await? > 0 {
        output.write_all(bodies::answer(&line).as_bytes()).await?;
        line.clear();
        count += 1;
    }
    output.flush().await?;
    Ok(count)
}
