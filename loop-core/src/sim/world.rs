//! [`SimWorld`]: the simulation as a [`World`].

use std::collections::VecDeque;
use std::io;

use super::input::{Input, Piece};
use super::random::Random;
use crate::id::SourceId;
use crate::time::Time;
use crate::world::{Attempt, Choice, Op, READ_SIZE, Until, Waited, World};

/// A virtual clock, scripted input, captured output, and a seed.
///
/// Made by [`Sim`](super::Sim); use it through [`EventLoop::world`](crate::EventLoop::world) to see what a loop has written so far.
///
/// ```
/// use loop_core::prelude::*;
/// use loop_core::sim::Sim;
///
/// #[loop_core::coroutine]
/// fn hello() {
///     yield_!(Print("hello")).unwrap();
/// }
///
/// let mut event_loop = Sim::new().event_loop();
/// event_loop.run_until_complete(hello())?;
/// assert_eq!(event_loop.world().stdout(), b"hello");
/// # Ok::<(), loop_core::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct SimWorld {
    now: Time,
    input: VecDeque<(Time, Piece)>,
    /// So many bytes of the first piece have been read.
    taken: usize,
    watching_stdin: bool,
    stdout: Vec<u8>,
    stderr: Vec<u8>,
    seed: u64,
    random: Random,
}

impl Default for SimWorld {
    fn default() -> SimWorld {
        SimWorld {
            now: Time::ZERO,
            input: Input::new().into_script(),
            taken: 0,
            watching_stdin: false,
            stdout: Vec::new(),
            stderr: Vec::new(),
            seed: 0,
            random: Random::new(0),
        }
    }
}

impl SimWorld {
    pub(super) fn set_input(&mut self, input: Input) {
        self.input = input.into_script();
        self.taken = 0;
    }

    pub(super) fn set_seed(&mut self, seed: u64) {
        self.seed = seed;
        self.random = Random::new(seed);
    }

    pub(super) fn take_output(&mut self) -> (Vec<u8>, Vec<u8>) {
        (
            std::mem::take(&mut self.stdout),
            std::mem::take(&mut self.stderr),
        )
    }

    /// What has been written to standard output.
    pub fn stdout(&self) -> &[u8] {
        &self.stdout
    }

    /// What has been written to standard error.
    pub fn stderr(&self) -> &[u8] {
        &self.stderr
    }

    /// When the next piece of input comes, or came.
    fn next_input(&self) -> Option<Time> {
        self.input.front().map(|(time, _)| *time)
    }

    fn read(&mut self, buffer: &mut Vec<u8>) -> Attempt {
        if self.next_input().is_none_or(|time| time > self.now) {
            self.watching_stdin = true;
            return Attempt::WouldBlock;
        }
        match self.input.front() {
            Some((_, Piece::Bytes(bytes))) => {
                // The piece is not cut: what is left of it would be moved at every read.
                let end = bytes.len().min(self.taken + READ_SIZE);
                let read = &bytes[self.taken..end];
                buffer.extend_from_slice(read);
                let done = Attempt::Done(Ok(read.len()));
                self.taken = end;
                if end == bytes.len() {
                    self.input.pop_front();
                    self.taken = 0;
                }
                done
            }
            Some((_, Piece::Error(error))) => Attempt::Done(Err((*error).into())),
            Some((_, Piece::End)) => Attempt::Done(Ok(0)),
            None => Attempt::WouldBlock,
        }
    }
}

impl World for SimWorld {
    const CHOOSES: bool = true;

    fn now(&self) -> Time {
        self.now
    }

    fn attempt(&mut self, op: Op<'_>) -> Attempt {
        match op {
            Op::Read(SourceId::STDIN, buffer) => self.read(buffer),
            Op::Write(SourceId::STDOUT, bytes) => {
                self.stdout.extend_from_slice(bytes);
                Attempt::Done(Ok(bytes.len()))
            }
            Op::Write(SourceId::STDERR, bytes) => {
                self.stderr.extend_from_slice(bytes);
                Attempt::Done(Ok(bytes.len()))
            }
            Op::Read(source, _) | Op::Write(source, _) => Attempt::Done(Err(io::Error::new(
                io::ErrorKind::Unsupported,
                format!("{source} cannot do that"),
            ))),
        }
    }

    /// Nothing is waited for: the clock jumps to whatever comes first.
    fn wait(&mut self, until: Until, sources: &mut Vec<SourceId>) -> io::Result<Waited> {
        let input = self.next_input().filter(|_| self.watching_stdin);
        let jump = match (until, input) {
            (Until::Now, _) | (Until::Forever, None) => self.now,
            (Until::At(time), None) => time,
            (Until::At(time), Some(input)) => time.min(input),
            (Until::Forever, Some(input)) => input,
        };
        self.now = self.now.max(jump);
        if input.is_some_and(|time| time <= self.now) {
            self.watching_stdin = false;
            sources.push(SourceId::STDIN);
        }
        Ok(Waited::Looked)
    }

    fn is_watching(&self) -> bool {
        self.watching_stdin && !self.input.is_empty()
    }

    fn cancel(&mut self, _: SourceId) {
        self.watching_stdin = false;
    }

    fn choose(&mut self, _: Choice, options: usize) -> usize {
        match self.seed {
            0 => 0,
            _ => self.random.below(options),
        }
    }

    fn policy(&self) -> String {
        match self.seed {
            0 => "fifo".to_owned(),
            seed => format!("seed({seed})"),
        }
    }
}
