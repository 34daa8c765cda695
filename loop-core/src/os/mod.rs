//! The operating system as a [`World`].
//!
//! Standard input is read from its raw descriptor, only while a task waits, and never by making the descriptor
//! non-blocking: that flag would belong to every process that shares the terminal. `poll` says whether a read would block; it
//! accepts every kind of descriptor, where `epoll` refuses regular files. Another process that reads the same descriptor may take the
//! bytes between the `poll` and the read. Linux then refuses the read of a pipe or a socket, since it is told not to wait. What
//! remains: of a terminal, and on other systems, such a read blocks until more comes, and the loop with it.

mod interrupt;
mod notify;
mod poll;
mod processes;
mod signals;
mod sockets;
mod stdin;
mod stdout;

use std::io;
use std::net::ToSocketAddrs;
use std::os::fd::BorrowedFd;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Waker;
#[cfg(not(feature = "blocking"))]
use std::thread;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::termios::isatty;
use rustix::time::{ClockId, clock_gettime};

use self::interrupt::Interrupts;
pub(crate) use self::interrupt::{die_interrupted, die_of_broken_pipe};
use self::notify::Notify;
use self::processes::Processes;
use self::signals::Signals;
use self::sockets::Sockets;
use self::stdin::Stdin;
use self::stdout::Stdout;
use crate::id::SourceId;
use crate::signal::SignalKind;
use crate::time::Time;
use crate::world::{Address, Attempt, Op, Source, Tell, Until, Waited, World, unsupported};

/// A monotonic clock that costs a few nanoseconds.
const COARSE: ClockId = if cfg!(target_os = "linux") {
    ClockId::MonotonicCoarse
} else {
    ClockId::Monotonic
};

/// How long a loop waits that cannot be woken, though others may have something for it.
const DEAF: Duration = Duration::from_millis(10);

/// The operating system: monotonic clock, standard streams, Ctrl-C.
///
/// While a loop runs, the first Ctrl-C makes the run return [`Error::Interrupted`](crate::Error::Interrupted) once the current turn is
/// over (of quick turns, some of the same batch may still follow, within about a millisecond) and what had been printed is written; a second one ends the process at once. None is lost: one that comes when a
/// run is about to end ends that run all the same, or, if the run fails, the next one before it starts. A task that waits for it with [`Signal`](crate::Signal) gets it instead. While none runs, Ctrl-C does
/// what it did before the first one ran. A process that was started with Ctrl-C ignored goes on ignoring it.
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
    /// Ctrl-C has come. Read before each turn, and therefore not somewhere inside of what is there only during a run.
    interrupted: Arc<AtomicBool>,
    /// There once somebody wants to wake the loop from outside.
    notify: Option<Arc<Notify>>,
    /// There was no descriptor left when somebody wanted to: the loop looks every now and then.
    is_deaf: bool,
    /// The other signals for which tasks have asked.
    signals: Signals,
    sockets: Sockets,
    processes: Processes,
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

    fn is_terminal(&self) -> bool {
        match self {
            Stream::Input(input) => isatty(input.descriptor()),
            Stream::Output(output) => isatty(output.descriptor()),
        }
    }

    /// Does an operation; `None` if it would block.
    fn attempt(&mut self, op: Op<'_>) -> io::Result<Option<usize>> {
        match (self, op) {
            (Stream::Input(input), Op::Read(_, buffer)) => input.read(buffer),
            (Stream::Output(output), Op::Write(_, bytes)) => output.write(bytes),
            (_, op) => Err(unsupported(op.source())),
        }
    }
}

impl Default for OsWorld {
    fn default() -> OsWorld {
        OsWorld::new()
    }
}

impl OsWorld {
    /// The operating system. Its clock begins now.
    ///
    /// ```
    /// use loop_core::{EventLoop, OsWorld};
    ///
    /// EventLoop::builder().world(OsWorld::new()).build().run()?;
    /// # Ok::<(), loop_core::Error>(())
    /// ```
    #[expect(clippy::disallowed_methods, reason = "this is the OS world's clock")]
    pub fn new() -> OsWorld {
        OsWorld {
            began: Instant::now(),
            sources: Vec::new(),
            interrupts: None,
            interrupted: Arc::default(),
            notify: None,
            is_deaf: false,
            signals: Signals::default(),
            sockets: Sockets::default(),
            processes: Processes::default(),
        }
    }

    fn timeout(&self, until: Until) -> Option<Timespec> {
        let wait = match until {
            Until::Now => Duration::ZERO,
            Until::At(time) => time - self.now(),
            Until::Forever => Duration::MAX,
        };
        let wait = wait.min(self.sockets.pause().unwrap_or(Duration::MAX));
        let wait = match self.is_deaf {
            true => wait.min(DEAF),
            false => wait,
        };
        // A deadline beyond the range of the system's clock type is the same as no deadline.
        Timespec::try_from(wait).ok()
    }

    fn notify(&mut self) -> io::Result<&Arc<Notify>> {
        notify_of(&mut self.notify)
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

fn notify_of(notify: &mut Option<Arc<Notify>>) -> io::Result<&Arc<Notify>> {
    Ok(match notify {
        Some(notify) => notify,
        none => none.insert(Arc::new(Notify::new()?)),
    })
}

impl World for OsWorld {
    #[expect(clippy::disallowed_methods, reason = "this is the OS world's clock")]
    fn now(&self) -> Time {
        Time::ZERO + Instant::now().duration_since(self.began)
    }

    #[inline]
    fn coarse_now(&self) -> Option<Time> {
        let now = clock_gettime(COARSE);
        // As it is since the machine was started, it fits for centuries.
        Some(Time::from_nanos(
            now.tv_sec as u64 * 1_000_000_000 + now.tv_nsec as u64,
        ))
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
        match self.opened(source).is_some() {
            true => self.sources[source.number()] = None,
            false if self.processes.close(&mut self.sockets, source) => {}
            false => self.sockets.close(source),
        }
    }

    fn local_addr(&self, source: SourceId) -> io::Result<Address> {
        self.sockets.local_addr(source)
    }

    fn is_interactive(&mut self, source: SourceId) -> bool {
        self.opened(source)
            .is_some_and(|opened| opened.stream.is_terminal())
    }

    fn attempt(&mut self, op: Op<'_>) -> Attempt {
        let source = op.source();
        if let Some(attempt) = self.attempt_process(&op) {
            return attempt;
        }
        let Some(opened) = self.opened(source) else {
            return self.sockets.attempt(op);
        };
        match opened.stream.attempt(op).transpose() {
            Some(done) => Attempt::Done(done),
            None => {
                opened.is_watched = true;
                Attempt::WouldBlock
            }
        }
    }

    fn unread(&mut self, source: SourceId, bytes: Vec<u8>) -> Vec<u8> {
        match self.opened(source).map(|opened| &opened.stream) {
            Some(Stream::Input(input)) => {
                input.unread(bytes);
                Vec::new()
            }
            _ => bytes,
        }
    }

    fn wait(&mut self, until: Until, sources: &mut Vec<SourceId>) -> io::Result<Waited> {
        // It may be older than this run, and then it makes no descriptor readable.
        let until = match self.is_interrupted() {
            true => Until::Now,
            false => until,
        };
        // A loop that is busy and watches nothing needs no system call.
        if until != Until::Now || self.is_watching() {
            self.poll(until, sources)?;
            self.processes.look(&mut self.sockets, sources);
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

    #[inline]
    fn is_interrupted(&self) -> bool {
        self.interrupted.load(Ordering::Relaxed)
    }

    fn take_interrupt(&mut self) -> bool {
        interrupt::take_late()
    }

    fn is_watching(&self) -> bool {
        self.watched().next().is_some() || self.sockets.is_awaited() || self.processes.is_awaited()
    }

    fn unwatch(&mut self, source: SourceId) {
        match self.opened(source) {
            Some(opened) => opened.is_watched = false,
            None => {
                self.sockets.unwatch(source);
                self.processes.unwatch(source);
            }
        }
    }

    fn can_be_woken(&self) -> bool {
        true
    }

    fn waker(&mut self) -> Waker {
        match self.notify() {
            Ok(notify) => Waker::from(Arc::clone(notify)),
            Err(_) => {
                self.is_deaf = true;
                Waker::noop().clone()
            }
        }
    }

    fn listen(&mut self, signal: SignalKind) -> io::Result<()> {
        if signal == SignalKind::interrupt() {
            // The run listens to it already.
            interrupt::asked_for();
            return Ok(());
        }
        if self.signals.has(signal) {
            return Ok(());
        }
        let ringer = self.notify()?.ringer()?;
        self.signals.listen(signal, ringer)
    }

    fn take_signal(&mut self, signal: SignalKind) -> bool {
        self.signals.take(signal)
    }

    #[cfg(feature = "blocking")]
    fn offload(&mut self, job: Box<dyn FnOnce() + Send>) {
        blocking::unblock(job).detach();
    }

    /// Without the pool there is a thread for each. If there can be none, who has asked is told when the job is dropped.
    #[cfg(not(feature = "blocking"))]
    fn offload(&mut self, job: Box<dyn FnOnce() + Send>) {
        drop(thread::Builder::new().spawn(job));
    }

    fn look_up(&mut self, host: String, port: u16, tell: Tell) {
        self.offload(Box::new(move || {
            let addresses = (host.as_str(), port).to_socket_addrs();
            tell(addresses.map(Iterator::collect));
        }));
    }

    fn begin(&mut self) -> io::Result<()> {
        self.interrupts = Interrupts::begin(&self.interrupted)?;
        Ok(())
    }

    fn begin_as_guest(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn end(&mut self) {
        self.interrupts = None;
        self.sockets.forget_bells();
        self.processes.reap();
        for opened in self.sources.iter_mut().flatten() {
            if let Stream::Output(output) = &mut opened.stream {
                output.release();
            }
        }
    }
}

impl OsWorld {
    /// Tries what concerns a process. `None` if it is something else.
    fn attempt_process(&mut self, op: &Op<'_>) -> Option<Attempt> {
        Some(Attempt::Done(match *op {
            Op::Start(source, sources, start) => {
                let notify = &mut self.notify;
                let bell = || notify_of(notify)?.ringer();
                let sources = (source, sources);
                self.processes
                    .start(&mut self.sockets, bell, sources, start)
            }
            Op::Wait(source) => match self.processes.wait(&mut self.sockets, source).transpose() {
                Some(status) => status,
                None => return Some(Attempt::WouldBlock),
            },
            Op::Kill(source, signal) => self.processes.kill(source, signal),
            _ => return None,
        }))
    }

    /// What wakes the loop and is no source is quiet again.
    fn calm(&self) {
        if let Some(interrupts) = &self.interrupts {
            interrupts.calm();
        }
        if let Some(notify) = &self.notify {
            notify.calm();
        }
    }

    /// Blocks in `poll`, and names the watched sources that it found.
    fn poll(&mut self, until: Until, sources: &mut Vec<SourceId>) -> io::Result<()> {
        let is_undisturbed = !self.is_deaf && !self.sockets.has_pause();
        let timeout = match until {
            Until::Now => Some(Some(Duration::ZERO)),
            Until::Forever if is_undisturbed => Some(None),
            // The whole milliseconds before a deadline. The rest is waited for below, more exactly.
            Until::At(time) if is_undisturbed => {
                let millis = (time - self.now()).as_millis() as u64;
                (millis > 0).then_some(Some(Duration::from_millis(millis)))
            }
            _ => None,
        };
        if let Some(timeout) = timeout
            && self.watched().next().is_none()
        {
            let bells = [
                self.interrupts.as_ref().map(Interrupts::descriptor),
                self.notify.as_ref().map(|notify| notify.descriptor()),
            ];
            if self.sockets.can_wait(&bells) {
                if self.sockets.wait(timeout, sources)? {
                    self.calm();
                }
                return Ok(());
            }
        }
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
        let before_sockets = polled.len();
        if let Some(descriptor) = self.sockets.descriptor() {
            polled.push(PollFd::from_borrowed_fd(descriptor, PollFlags::IN));
        }
        match poll(&mut polled, self.timeout(until).as_ref()) {
            Ok(_) => {}
            // A signal that is not the loop's: poll again.
            Err(Errno::INTR) => return Ok(()),
            Err(error) => return Err(error.into()),
        }
        let is_found = |polled: &PollFd<'_>| !polled.revents().is_empty();
        if polled[watched..before_sockets].iter().any(is_found) {
            self.calm();
        }
        let found = self.watched().zip(&polled);
        let found = found.filter(|(_, polled)| is_found(polled));
        sources.extend(found.map(|(opened, _)| opened.id));
        if self.sockets.has_pause() || polled[before_sockets..].iter().any(is_found) {
            self.sockets.wait(Some(Duration::ZERO), sources)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Otherwise this test has no end.
    #[test]
    fn a_loop_that_cannot_be_woken_does_not_wait_for_ever() {
        let mut world = OsWorld::new();
        world.is_deaf = true;
        let waited = world.wait(Until::Forever, &mut Vec::new());
        assert_eq!(waited.unwrap(), Waited::Polled);
    }
}
