//! The world of a simulated child process: pipes to the simulation around it, and its clock.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::io;
use std::rc::Rc;

use super::signals::Signals;
use crate::id::SourceId;
use crate::signal::SignalKind;
use crate::time::Time;
use crate::world::{Attempt, Op, READ_SIZE, Source, Until, Waited, World, unsupported};

/// How many bytes a pipe holds.
const BUFFER: usize = 64 * 1024;

/// A pipe between a process and the simulation around it.
#[derive(Debug)]
pub(super) struct Pipe {
    bytes: VecDeque<u8>,
    /// How many bytes it holds at most.
    limit: usize,
    /// Nobody writes to it any more.
    pub(super) has_ended: bool,
    /// Nobody reads it any more.
    pub(super) is_closed: bool,
}

impl Pipe {
    pub(super) fn new() -> Pipe {
        Pipe {
            bytes: VecDeque::new(),
            limit: BUFFER,
            has_ended: false,
            is_closed: false,
        }
    }

    /// One that is never full.
    pub(super) fn endless() -> Pipe {
        Pipe {
            limit: usize::MAX,
            ..Pipe::new()
        }
    }

    pub(super) fn is_readable(&self) -> bool {
        !self.bytes.is_empty() || self.has_ended
    }

    pub(super) fn is_writable(&self) -> bool {
        self.bytes.len() < self.limit || self.is_closed
    }

    /// Whether it holds no more than a pipe does.
    pub(super) fn is_through(&self) -> bool {
        self.bytes.len() <= BUFFER || self.is_closed
    }

    /// Takes at most `room` bytes. `None` if it would block.
    pub(super) fn read(&mut self, room: usize, buffer: &mut Vec<u8>) -> Option<usize> {
        if !self.is_readable() && room > 0 {
            return None;
        }
        let read = self.bytes.len().min(room);
        buffer.extend(self.bytes.drain(..read));
        Some(read)
    }

    /// Adds a text, also if it is full.
    pub(super) fn report(&mut self, text: &str) {
        if !self.is_closed {
            self.bytes.extend(text.as_bytes());
        }
    }

    /// Moves all that it holds.
    pub(super) fn move_to(&mut self, buffer: &mut Vec<u8>) {
        buffer.extend(self.bytes.drain(..));
    }

    /// Adds some of the bytes. `None` if it would block.
    pub(super) fn write(&mut self, bytes: &[u8]) -> io::Result<Option<usize>> {
        if self.is_closed {
            return Err(io::ErrorKind::BrokenPipe.into());
        }
        let written = bytes.len().min(self.limit - self.bytes.len());
        self.bytes.extend(&bytes[..written]);
        Ok((written > 0 || bytes.is_empty()).then_some(written))
    }
}

/// What a process and the simulation around it share.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) now: Time,
    /// Standard input, output and error.
    pub(super) pipes: [Pipe; 3],
    pub(super) signals: Signals,
}

/// How many standard streams a process has.
const STREAMS: usize = 3;

/// What a process runs on.
#[derive(Debug)]
pub(super) struct ChildWorld {
    shared: Rc<RefCell<Shared>>,
    sources: [Option<Opened>; STREAMS],
}

#[derive(Clone, Copy, Debug)]
struct Opened {
    id: SourceId,
    /// Its place among the pipes.
    pipe: usize,
    is_watched: bool,
}

impl ChildWorld {
    pub(super) fn new(shared: &Rc<RefCell<Shared>>) -> ChildWorld {
        ChildWorld {
            shared: Rc::clone(shared),
            sources: [None; STREAMS],
        }
    }

    fn opened(&mut self, source: SourceId) -> Option<&mut Opened> {
        let opened = self.sources.get_mut(source.number())?.as_mut();
        opened.filter(|opened| opened.id == source)
    }
}

impl World for ChildWorld {
    fn now(&self) -> Time {
        self.shared.borrow().now
    }

    fn open(&mut self, source: SourceId, what: Source) -> io::Result<()> {
        let place = self.sources.get_mut(source.number());
        *place.ok_or_else(|| unsupported(source))? = Some(Opened {
            id: source,
            pipe: match what {
                Source::Stdin => 0,
                Source::Stdout => 1,
                Source::Stderr => 2,
            },
            is_watched: false,
        });
        Ok(())
    }

    fn close(&mut self, source: SourceId) {
        if self.opened(source).is_some() {
            self.sources[source.number()] = None;
        }
    }

    fn attempt(&mut self, op: Op<'_>) -> Attempt {
        let source = op.source();
        let Some(pipe) = self.opened(source).map(|opened| opened.pipe) else {
            return Attempt::Done(Err(unsupported(source)));
        };
        let mut shared = self.shared.borrow_mut();
        let tried = match op {
            Op::Read(_, buffer) if pipe == 0 => Ok(shared.pipes[0].read(READ_SIZE, buffer)),
            Op::Write(_, bytes) if pipe > 0 => shared.pipes[pipe].write(bytes),
            _ => Err(unsupported(source)),
        };
        drop(shared);
        match tried.transpose() {
            Some(done) => Attempt::Done(done),
            None => {
                if let Some(opened) = self.opened(source) {
                    opened.is_watched = true;
                }
                Attempt::WouldBlock
            }
        }
    }

    /// Never waits: the simulation around it does.
    fn wait(&mut self, until: Until, sources: &mut Vec<SourceId>) -> io::Result<Waited> {
        let mut shared = self.shared.borrow_mut();
        if until == Until::Forever {
            // The program has ended, and what it has printed is written before the process ends.
            shared
                .pipes
                .iter_mut()
                .for_each(|pipe| pipe.limit = usize::MAX);
        }
        for opened in self.sources.iter_mut().flatten() {
            let pipe = &shared.pipes[opened.pipe];
            let is_ready = match opened.pipe {
                0 => pipe.is_readable(),
                _ => pipe.is_writable(),
            };
            if opened.is_watched && is_ready {
                opened.is_watched = false;
                sources.push(opened.id);
            }
        }
        sources.sort_unstable();
        let now = shared.now;
        Ok(match shared.signals.come(now) {
            true => Waited::Interrupted,
            false => Waited::Polled,
        })
    }

    fn is_watching(&self) -> bool {
        let mut opened = self.sources.iter().flatten();
        opened.any(|opened| opened.is_watched)
    }

    fn unwatch(&mut self, source: SourceId) {
        if let Some(opened) = self.opened(source) {
            opened.is_watched = false;
        }
    }

    fn listen(&mut self, signal: SignalKind) -> io::Result<()> {
        self.shared.borrow_mut().signals.listen(signal);
        Ok(())
    }

    fn take_signal(&mut self, signal: SignalKind) -> bool {
        self.shared.borrow_mut().signals.take(signal)
    }
}
