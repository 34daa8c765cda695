//! The operating system as a [`World`].
//!
//! Standard input is read from its raw descriptor, and only while a task waits. The descriptor is never made non-blocking,
//! because every process that shares the terminal would get that flag. `poll` says whether a read would block; it accepts every
//! kind of descriptor, while `epoll` refuses regular files. One case remains: if another process that reads the same descriptor
//! takes the bytes between the `poll` and the read, the read blocks until more bytes come.

mod interrupt;
mod notify;
mod poll;
mod stdin;
mod stdout;

use std::io;
use std::os::fd::BorrowedFd;
use std::sync::Arc;
use std::task::Waker;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;

use self::interrupt::Interrupts;
use self::notify::Notify;
use self::stdin::Stdin;
use self::stdout::Stdout;
use crate::id::SourceId;
use crate::time::Time;
use crate::world::{Attempt, Op, Source, Until, Waited, World};

/// The operating system: monotonic clock, standard streams, Ctrl-C.
///
/// While a loop runs, the first Ctrl-C makes the run return [`Error::Interrupted`](crate::Error::Interrupted), at the next poll of
/// clock and world and after the text that was printed is written. A second Ctrl-C ends the process at once. While no loop runs,
/// Ctrl-C does what it did before the first loop ran. A process that was started with Ctrl-C ignored still ignores it.
///
/// ```
/// use loop_core::{EventLoop, OsWorld};
///
/// let event_loop = EventLoop::builder().world(OsWorld::new()).build(); // the default
/// ```
#[derive(Debug)]
pub struct OsWorld {
    began: Instant,
    sources: Vec<Option<Opened>>,
    interrupts: Option<Interrupts>,
    /// Made when a waker is first asked for.
    notify: Option<Arc<Notify>>,
}

/// A source that was opened.
#[derive(Debug)]
struct Opened {
    id: SourceId,
    stream: Stream,
    is_watched: bool,
}

#[derive(Debug)]
enum Stream {
    Input(Stdin),
    Output(Stdout),
}

impl Stream {
    fn of(what: Source) -> Stream {
        match what {
            Source::Stdin => Stream::Input(Stdin::new()),
            Source::Stdout => Stream::Output(Stdout::output()),
            Source::Stderr => Stream::Output(Stdout::error()),
        }
    }

    /// The descriptor to poll, and the events to poll for.
    fn polled(&self) -> PollFd<'_> {
        let (descriptor, flags): (BorrowedFd<'_>, _) = match self {
            Stream::Input(input) => (input.descriptor(), PollFlags::IN),
            Stream::Output(output) => (output.descriptor(), PollFlags::OUT),
        };
        PollFd::from_borrowed_fd(descriptor, flags)
    }

    /// Does an operation; `None` if it would block.
    fn attempt(&mut self, op: Op<'_>) -> io::Result<Option<usize>> {
        match (self, op) {
            (Stream::Input(input), Op::Read(_, buffer)) => input.read(buffer),
            (Stream::Output(output), Op::Write(_, bytes)) => output.write(bytes),
            (_, Op::Read(source, _) | Op::Write(source, _)) => Err(unsupported(source)),
        }
    }
}

fn unsupported(source: SourceId) -> io::Error {
    let message = format!("{source} cannot do that");
    io::Error::new(io::ErrorKind::Unsupported, message)
}

impl Default for OsWorld {
    fn default() -> OsWorld {
        OsWorld::new()
    }
}

impl OsWorld {
    /// The operating system. Its clock begins now.
    #[expect(clippy::disallowed_methods, reason = "this is the OS world's clock")]
    pub fn new() -> OsWorld {
        OsWorld {
            began: Instant::now(),
            sources: Vec::new(),
            interrupts: None,
            notify: None,
        }
    }

    fn timeout(&self, until: Until) -> Option<Timespec> {
        let wait = match until {
            Until::Now => Duration::ZERO,
            Until::At(time) => time - self.now(),
            Until::Forever => return None,
        };
        // A deadline beyond the range of the system's clock type is the same as no deadline.
        Timespec::try_from(wait).ok()
    }

    fn opened(&mut self, source: SourceId) -> Option<&mut Opened> {
        let opened = self.sources.get_mut(source.number())?.as_mut();
        opened.filter(|opened| opened.id == source)
    }

    fn watched(&self) -> impl Iterator<Item = &Opened> {
        let opened = self.sources.iter().flatten();
        opened.filter(|opened| opened.is_watched)
    }
}

impl World for OsWorld {
    #[expect(clippy::disallowed_methods, reason = "this is the OS world's clock")]
    fn now(&self) -> Time {
        Time::ZERO + Instant::now().duration_since(self.began)
    }

    fn open(&mut self, source: SourceId, what: Source) -> io::Result<()> {
        let number = source.number();
        if self.sources.len() <= number {
            self.sources.resize_with(number + 1, || None);
        }
        self.sources[number] = Some(Opened {
            id: source,
            stream: Stream::of(what),
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
        let (Op::Read(source, _) | Op::Write(source, _)) = op;
        let Some(opened) = self.opened(source) else {
            return Attempt::Done(Err(unsupported(source)));
        };
        match opened.stream.attempt(op).transpose() {
            Some(done) => Attempt::Done(done),
            None => {
                opened.is_watched = true;
                Attempt::WouldBlock
            }
        }
    }

    fn wait(&mut self, until: Until, sources: &mut Vec<SourceId>) -> io::Result<Waited> {
        // A loop that is busy and watches nothing needs no system call.
        if until != Until::Now || self.is_watching() {
            self.poll(until, sources)?;
            for source in sources.iter() {
                if let Some(opened) = self.opened(*source) {
                    opened.is_watched = false;
                }
            }
        }
        let interrupts = self.interrupts.as_ref();
        Ok(match interrupts.is_some_and(Interrupts::take) {
            true => Waited::Interrupted,
            false => Waited::Polled,
        })
    }

    fn is_watching(&self) -> bool {
        self.watched().next().is_some()
    }

    fn unwatch(&mut self, source: SourceId) {
        if let Some(opened) = self.opened(source) {
            opened.is_watched = false;
        }
    }

    fn waker(&mut self) -> Waker {
        match &self.notify {
            Some(notify) => Waker::from(Arc::clone(notify)),
            None => match Notify::new() {
                Ok(notify) => Waker::from(Arc::clone(self.notify.insert(Arc::new(notify)))),
                // There is no descriptor left: the loop finds the stop at its next poll.
                Err(_) => Waker::noop().clone(),
            },
        }
    }

    fn begin(&mut self) -> io::Result<()> {
        self.interrupts = Interrupts::begin()?;
        Ok(())
    }

    fn end(&mut self) {
        self.interrupts = None;
        for opened in self.sources.iter_mut().flatten() {
            if let Stream::Output(output) = &mut opened.stream {
                output.release();
            }
        }
    }
}

impl OsWorld {
    /// Blocks in `poll`, and names the watched sources that it found.
    fn poll(&self, until: Until, sources: &mut Vec<SourceId>) -> io::Result<()> {
        let mut polled: Vec<PollFd<'_>> = Vec::new();
        polled.extend(self.watched().map(|opened| opened.stream.polled()));
        let watched = polled.len();
        // After the sources come the descriptors that wake the loop and are no sources.
        if let Some(interrupts) = &self.interrupts {
            let descriptor = interrupts.descriptor();
            polled.push(PollFd::from_borrowed_fd(descriptor, PollFlags::IN));
        }
        if let Some(notify) = &self.notify {
            let descriptor = notify.descriptor();
            polled.push(PollFd::from_borrowed_fd(descriptor, PollFlags::IN));
        }
        match poll(&mut polled, self.timeout(until).as_ref()) {
            Ok(_) => {}
            // A signal that is not the loop's: poll again.
            Err(Errno::INTR) => return Ok(()),
            Err(error) => return Err(error.into()),
        }
        let is_found = |polled: &PollFd<'_>| !polled.revents().is_empty();
        if polled[watched..].iter().any(is_found) {
            if let Some(interrupts) = &self.interrupts {
                interrupts.calm();
            }
            if let Some(notify) = &self.notify {
                notify.calm();
            }
        }
        let found = self.watched().zip(&polled);
        let found = found.filter(|(_, polled)| is_found(polled));
        sources.extend(found.map(|(opened, _)| opened.id));
        Ok(())
    }
}
