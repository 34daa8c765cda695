//! The operating system as a [`World`].
//!
//! Standard input is read from its raw descriptor, only while a task waits, and never by making the descriptor
//! non-blocking: that flag would belong to every process that shares the terminal. `poll` says whether a read would block; it
//! accepts every kind of descriptor, where `epoll` refuses regular files. What remains: if another process that reads the same
//! descriptor takes the bytes between the `poll` and the read, the read blocks until more come.

mod interrupt;
mod poll;
mod stdin;
mod stdout;

use std::io;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;

use self::interrupt::Interrupts;
use self::stdin::Stdin;
use self::stdout::Stdout;
use crate::id::SourceId;
use crate::time::Time;
use crate::world::{Attempt, Op, Until, Waited, World};

/// The operating system: monotonic clock, standard streams, Ctrl-C.
///
/// While a loop runs, the first Ctrl-C makes the run return [`Error::Interrupted`](crate::Error::Interrupted) once the current step is
/// over and what had been printed is written; a second one ends the process at once. While none runs, Ctrl-C does
/// what it did before the first one ran. A process that was started with Ctrl-C ignored goes on ignoring it.
///
/// ```
/// use loop_core::{EventLoop, OsWorld};
///
/// let event_loop = EventLoop::builder().world(OsWorld::new()).build()?; // the default
/// # Ok::<(), loop_core::Error>(())
/// ```
#[derive(Debug)]
pub struct OsWorld {
    began: Instant,
    watching: Watching,
    stdin: Stdin,
    stdout: Stdout,
    stderr: Stdout,
    interrupts: Option<Interrupts>,
}

/// Which sources are watched.
#[derive(Debug, Default, Clone, Copy)]
struct Watching {
    stdin: bool,
    stdout: bool,
    stderr: bool,
}

impl Default for OsWorld {
    fn default() -> OsWorld {
        OsWorld::new()
    }
}

impl OsWorld {
    /// The operating system, its clock beginning now.
    #[expect(clippy::disallowed_methods, reason = "this is the OS world's clock")]
    pub fn new() -> OsWorld {
        OsWorld {
            began: Instant::now(),
            watching: Watching::default(),
            stdin: Stdin::new(),
            stdout: Stdout::output(),
            stderr: Stdout::error(),
            interrupts: None,
        }
    }

    fn timeout(&self, until: Until) -> Option<Timespec> {
        let wait = match until {
            Until::Now => Duration::ZERO,
            Until::At(time) => time - self.now(),
            Until::Forever => return None,
        };
        // A deadline too far for the system's clock type is as good as none.
        Timespec::try_from(wait).ok()
    }

    fn watched(&mut self, source: SourceId) -> &mut bool {
        match source {
            SourceId::STDIN => &mut self.watching.stdin,
            SourceId::STDOUT => &mut self.watching.stdout,
            _ => &mut self.watching.stderr,
        }
    }

    fn read(&mut self, buffer: &mut Vec<u8>) -> Attempt {
        let read = self.stdin.read(buffer);
        self.attempted(SourceId::STDIN, read)
    }

    fn write(&mut self, source: SourceId, bytes: &[u8]) -> Attempt {
        let stream = match source {
            SourceId::STDOUT => &mut self.stdout,
            _ => &mut self.stderr,
        };
        let written = stream.write(bytes);
        self.attempted(source, written)
    }

    fn attempted(&mut self, source: SourceId, done: io::Result<Option<usize>>) -> Attempt {
        match done.transpose() {
            Some(done) => Attempt::Done(done),
            None => {
                *self.watched(source) = true;
                Attempt::WouldBlock
            }
        }
    }
}

impl World for OsWorld {
    #[expect(clippy::disallowed_methods, reason = "this is the OS world's clock")]
    fn now(&self) -> Time {
        Time::ZERO + Instant::now().duration_since(self.began)
    }

    fn attempt(&mut self, op: Op<'_>) -> Attempt {
        match op {
            Op::Read(SourceId::STDIN, buffer) => self.read(buffer),
            Op::Write(source @ (SourceId::STDOUT | SourceId::STDERR), bytes) => {
                self.write(source, bytes)
            }
            Op::Read(source, _) | Op::Write(source, _) => Attempt::Done(Err(io::Error::new(
                io::ErrorKind::Unsupported,
                format!("{source} cannot do that"),
            ))),
        }
    }

    fn wait(&mut self, until: Until, sources: &mut Vec<SourceId>) -> io::Result<Waited> {
        // A loop that is busy and watches nothing needs no system call.
        if until != Until::Now || self.is_watching() {
            self.poll(until, sources)?;
            for source in sources.iter() {
                *self.watched(*source) = false;
            }
        }
        let interrupts = self.interrupts.as_ref();
        Ok(match interrupts.is_some_and(Interrupts::take) {
            true => Waited::Interrupted,
            false => Waited::Looked,
        })
    }

    fn is_watching(&self) -> bool {
        let Watching {
            stdin,
            stdout,
            stderr,
        } = self.watching;
        stdin || stdout || stderr
    }

    fn cancel(&mut self, source: SourceId) {
        *self.watched(source) = false;
    }

    fn begin(&mut self) -> io::Result<()> {
        self.interrupts = Interrupts::begin()?;
        Ok(())
    }

    fn end(&mut self) {
        self.interrupts = None;
        self.stdout.release();
        self.stderr.release();
    }
}

impl OsWorld {
    /// Blocks in `poll`, and names the watched sources that it found.
    fn poll(&self, until: Until, sources: &mut Vec<SourceId>) -> io::Result<()> {
        let (watched, mut polled): (Vec<SourceId>, Vec<PollFd<'_>>) = self.to_poll().unzip();
        if let Some(interrupts) = &self.interrupts {
            let descriptor = interrupts.descriptor();
            polled.push(PollFd::from_borrowed_fd(descriptor, PollFlags::IN));
        }
        match poll(&mut polled, self.timeout(until).as_ref()) {
            Ok(_) => {}
            // A signal that is not ours: look again.
            Err(Errno::INTR) => return Ok(()),
            Err(error) => return Err(error.into()),
        }
        let is_found = |polled: &PollFd<'_>| !polled.revents().is_empty();
        if let Some(interrupts) = &self.interrupts
            && polled.last().is_some_and(is_found)
        {
            interrupts.calm();
        }
        let found = watched.into_iter().zip(&polled);
        let found = found.filter(|(_, polled)| is_found(polled));
        sources.extend(found.map(|(source, _)| source));
        Ok(())
    }

    /// The watched sources, in the order of their numbers.
    fn to_poll(&self) -> impl Iterator<Item = (SourceId, PollFd<'_>)> {
        let Watching {
            stdin,
            stdout,
            stderr,
        } = self.watching;
        let (input, output, error) = (
            self.stdin.descriptor(),
            self.stdout.descriptor(),
            self.stderr.descriptor(),
        );
        let all = [
            (stdin, SourceId::STDIN, input, PollFlags::IN),
            (stdout, SourceId::STDOUT, output, PollFlags::OUT),
            (stderr, SourceId::STDERR, error, PollFlags::OUT),
        ];
        let watched = all.into_iter().filter(|(watched, ..)| *watched);
        watched.map(|(_, source, descriptor, flags)| {
            (source, PollFd::from_borrowed_fd(descriptor, flags))
        })
    }
}
