//! The operating system as a [`World`].
//!
//! Standard input is read from its raw descriptor, only while a task waits, and never by making the descriptor
//! non-blocking: that flag would belong to every process that shares the terminal. `poll` says whether a read would block; it
//! accepts every kind of descriptor, where `epoll` refuses regular files.

mod interrupt;
mod streams;

use std::io;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};

use self::interrupt::Interrupts;
use self::streams::{Stdout, read_stdin, stdin_is_ready};
use crate::id::SourceId;
use crate::time::Time;
use crate::world::{Attempt, Op, Until, Waited, World};

/// The operating system: monotonic clock, standard streams, Ctrl-C.
///
/// While a loop runs, the first Ctrl-C makes the run return [`Error::Interrupted`](crate::Error::Interrupted) once the current step is
/// over, and a second one ends the process at once. While none runs, Ctrl-C does what it did before.
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
            stdout: Stdout::new(rustix::stdio::stdout()),
            stderr: Stdout::new(rustix::stdio::stderr()),
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
        match stdin_is_ready().and_then(|ready| match ready {
            true => read_stdin(buffer),
            false => Ok(None),
        }) {
            Ok(Some(bytes)) => Attempt::Done(Ok(bytes)),
            Ok(None) => {
                self.watching.stdin = true;
                Attempt::WouldBlock
            }
            Err(error) => Attempt::Done(Err(error)),
        }
    }

    fn write(&mut self, source: SourceId, bytes: &[u8]) -> Attempt {
        let stream = match source {
            SourceId::STDOUT => &mut self.stdout,
            _ => &mut self.stderr,
        };
        match stream.write(bytes) {
            Ok(Some(written)) => Attempt::Done(Ok(written)),
            Ok(None) => {
                *self.watched(source) = true;
                Attempt::WouldBlock
            }
            Err(error) => Attempt::Done(Err(error)),
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
        let pending = |world: &OsWorld| {
            let interrupts = world.interrupts.as_ref();
            interrupts.is_some_and(Interrupts::is_pending)
        };
        if until == Until::Now && !self.is_watching() {
            return Ok(match pending(self) {
                true => Waited::Interrupted,
                false => Waited::Looked,
            });
        }
        self.poll(until, sources)?;
        for source in sources.iter() {
            *self.watched(*source) = false;
        }
        Ok(match pending(self) {
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
        self.interrupts = Some(Interrupts::begin()?);
        Ok(())
    }

    fn end(&mut self) {
        self.interrupts = None;
    }
}

impl OsWorld {
    /// Blocks in `poll`, and names the watched sources that it found.
    fn poll(&self, until: Until, sources: &mut Vec<SourceId>) -> io::Result<()> {
        let (stdin, stdout, stderr) = (
            rustix::stdio::stdin(),
            self.stdout.descriptor(),
            self.stderr.descriptor(),
        );
        let all = [
            (self.watching.stdin, SourceId::STDIN, stdin, PollFlags::IN),
            (self.watching.stdout, SourceId::STDOUT, stdout, PollFlags::OUT),
            (self.watching.stderr, SourceId::STDERR, stderr, PollFlags::OUT),
        ];
        let watched = || all.iter().filter(|(watched, ..)| *watched);
        let mut descriptors: Vec<PollFd<'_>> = watched()
            .map(|(_, _, descriptor, flags)| PollFd::from_borrowed_fd(*descriptor, *flags))
            .collect();
        if let Some(interrupts) = &self.interrupts {
            let flags = PollFlags::IN;
            descriptors.push(PollFd::from_borrowed_fd(interrupts.descriptor(), flags));
        }
        match poll(&mut descriptors, self.timeout(until).as_ref()) {
            Ok(_) => {}
            // A signal that is not ours: look again.
            Err(rustix::io::Errno::INTR) => return Ok(()),
            Err(error) => return Err(error.into()),
        }
        let found = watched().zip(&descriptors);
        let found = found.filter(|(_, polled)| !polled.revents().is_empty());
        sources.extend(found.map(|((_, source, ..), _)| *source));
        Ok(())
    }
}
