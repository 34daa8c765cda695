//! Sockets and other descriptors: registered once, edge-triggered.

mod native;
mod path;
mod tries;

use std::io::{self, ErrorKind};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd, RawFd};
use std::time::{Duration, Instant};

use mio::unix::SourceFd;
use mio::{Events, Interest, Poll, Token};
use rustix::net::getsockname;

use self::path::SocketFile;
use crate::id::SourceId;
use crate::world::{Address, unsupported};

/// How many events one look takes in.
const EVENTS: usize = 1024;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Listener,
    Stream,
    /// A stream that has not asked for its connection yet.
    Unconnected,
    Datagrams,
    /// The ends of pipes.
    Sender,
    Receiver,
    /// A child process: readable when it has ended.
    Process,
}

#[derive(Debug)]
struct Opened {
    id: SourceId,
    kind: Kind,
    descriptor: OwnedFd,
    /// If it is a Unix socket with a path.
    _file: Option<SocketFile>,
    /// The last attempt was not refused, or an event has come since.
    readable: bool,
    writable: bool,
    /// The peer has ended, or there is an error: no further event says that there is something to read.
    has_ended: bool,
    /// A read that does not fill its buffer has read all there is. Not so where what was sent has marks at which reads stop: those of urgent
    /// data, of descriptors that come with the bytes, and of packets.
    has_no_marks: bool,
    /// An attempt was refused, and no event has come since.
    is_awaited: bool,
    /// It is not to be tried before its pause ends.
    is_paused: bool,
    /// How long it was not tried after the system had no more descriptors.
    pause: Duration,
}

impl Opened {
    fn is_readable(&self) -> bool {
        matches!(self.kind, Kind::Stream | Kind::Receiver)
    }
}

/// The sockets of a world, and whatever else has descriptors that tell when they are ready.
#[derive(Debug, Default)]
pub(super) struct Sockets {
    /// There once there is a socket.
    poll: Option<(Poll, Events)>,
    opened: Vec<Option<Opened>>,
    awaited: usize,
    /// Those that no event names, and when they are tried again.
    pauses: Vec<(Instant, SourceId)>,
    /// An orphan may have ended.
    is_orphaned: bool,
    /// The descriptors that wake the loop and are no sockets, as far as an event of them ends a wait for sockets.
    bells: Vec<RawFd>,
}

/// How long a listener is not tried after the system had no more descriptors: at first, and at most.
const PAUSES: (Duration, Duration) = (Duration::from_millis(10), Duration::from_secs(1));

/// The token of the descriptors that are no sockets.
const BELL: Token = Token(usize::MAX);

/// The token of the processes that are no sources any more.
const ORPHAN: Token = Token(usize::MAX - 1);

impl Sockets {
    /// The descriptor that is readable when an event has come.
    pub(super) fn descriptor(&self) -> Option<BorrowedFd<'_>> {
        self.poll.as_ref().map(|(poll, _)| poll.registry().as_fd())
    }

    /// Whether a task waits for a socket.
    pub(super) fn is_awaited(&self) -> bool {
        self.awaited > 0
    }

    fn poll(&mut self) -> io::Result<&mut Poll> {
        if self.poll.is_none() {
            self.poll = Some((Poll::new()?, Events::with_capacity(EVENTS)));
        }
        Ok(&mut self.poll.as_mut().expect("it was made").0)
    }

    fn get(&mut self, source: SourceId) -> Option<&mut Opened> {
        let opened = self.opened.get_mut(source.number())?.as_mut();
        opened.filter(|opened| opened.id == source)
    }

    /// Waits for sockets and bells alone, in one system call. False if that cannot be done.
    pub(super) fn can_wait(&mut self, bells: &[Option<BorrowedFd<'_>>]) -> bool {
        let Some((poll, _)) = &self.poll else {
            return false;
        };
        for bell in bells.iter().flatten() {
            let bell = bell.as_raw_fd();
            if !self.bells.contains(&bell) {
                let registered =
                    poll.registry()
                        .register(&mut SourceFd(&bell), BELL, Interest::READABLE);
                match registered {
                    Ok(()) => self.bells.push(bell),
                    Err(error) if error.kind() == ErrorKind::AlreadyExists => self.bells.push(bell),
                    Err(_) => return false,
                }
            }
        }
        true
    }

    /// Some bells may be gone: they are registered again.
    pub(super) fn forget_bells(&mut self) {
        self.bells.clear();
    }

    /// Takes in what has come, and names the sockets that tasks wait for. True if a bell has rung.
    pub(super) fn wait(
        &mut self,
        timeout: Option<Duration>,
        sources: &mut Vec<SourceId>,
    ) -> io::Result<bool> {
        let Some((poll, events)) = &mut self.poll else {
            return Ok(false);
        };
        match poll.poll(events, timeout) {
            Ok(()) => {}
            Err(error) if error.kind() == ErrorKind::Interrupted => return Ok(false),
            Err(error) => return Err(error),
        }
        let before = sources.len();
        let mut has_rung = false;
        for event in events.iter() {
            if event.token() == BELL {
                has_rung = true;
                continue;
            }
            self.is_orphaned |= event.token() == ORPHAN;
            let Some(opened) = self
                .opened
                .get_mut(event.token().0)
                .and_then(Option::as_mut)
            else {
                continue;
            };
            // A new connection is no new descriptor.
            if opened.is_paused && opened.kind == Kind::Listener {
                continue;
            }
            opened.has_ended |= event.is_read_closed() || event.is_error();
            opened.has_no_marks &= !event.is_priority();
            opened.readable |= event.is_readable() || opened.has_ended;
            opened.writable |= event.is_writable() || event.is_write_closed() || event.is_error();
            if std::mem::take(&mut opened.is_awaited) {
                self.awaited -= 1;
                sources.push(opened.id);
            }
        }
        if !self.pauses.is_empty() {
            self.end_pauses(sources);
        }
        sources[before..].sort_unstable();
        Ok(has_rung)
    }

    /// Whether a socket is to be tried that no event names.
    pub(super) fn has_pause(&self) -> bool {
        !self.pauses.is_empty()
    }

    /// How long until the first of them is tried.
    #[expect(clippy::disallowed_methods, reason = "this is the OS world's clock")]
    pub(super) fn pause(&self) -> Option<Duration> {
        let first = self.pauses.iter().map(|(end, _)| *end).min();
        first.map(|end| end.saturating_duration_since(Instant::now()))
    }

    #[expect(clippy::disallowed_methods, reason = "this is the OS world's clock")]
    fn pause_for(&mut self, source: SourceId, pause: Duration) {
        if let Some(opened) = self.get(source)
            && !std::mem::replace(&mut opened.is_paused, true)
        {
            self.pauses.push((Instant::now() + pause, source));
        }
    }

    /// Names those whose pause is over, if tasks wait for them.
    #[expect(clippy::disallowed_methods, reason = "this is the OS world's clock")]
    fn end_pauses(&mut self, sources: &mut Vec<SourceId>) {
        let now = Instant::now();
        let over = self.pauses.extract_if(.., |(end, _)| *end <= now);
        for (_, source) in over.collect::<Vec<_>>() {
            let Some(opened) = self.get(source) else {
                continue;
            };
            opened.is_paused = false;
            opened.readable = true;
            opened.writable = true;
            if std::mem::take(&mut opened.is_awaited) {
                self.awaited -= 1;
                sources.push(source);
            }
        }
    }

    /// A process is no source any more. Gives its descriptor, which wakes the loop at its end as long as it is open.
    pub(super) fn orphan(&mut self, source: SourceId) -> Option<OwnedFd> {
        self.unwatch(source);
        self.get(source)?;
        let descriptor = self.opened[source.number()].take()?.descriptor;
        let (poll, _) = self.poll.as_ref()?;
        let fd = descriptor.as_raw_fd();
        let interest = Interest::READABLE;
        let registered = poll
            .registry()
            .reregister(&mut SourceFd(&fd), ORPHAN, interest);
        registered.ok().map(|()| descriptor)
    }

    /// Whether an orphan may have ended since the last call.
    pub(super) fn take_orphaned(&mut self) -> bool {
        std::mem::take(&mut self.is_orphaned)
    }

    /// A task waits for it. False if it is not here.
    pub(super) fn watch(&mut self, source: SourceId) -> bool {
        let Some(opened) = self.get(source) else {
            return false;
        };
        if !std::mem::replace(&mut opened.is_awaited, true) {
            self.awaited += 1;
        }
        true
    }

    /// No task waits for it any more.
    pub(super) fn unwatch(&mut self, source: SourceId) {
        if let Some(opened) = self.get(source)
            && std::mem::take(&mut opened.is_awaited)
        {
            self.awaited -= 1;
        }
    }

    pub(super) fn close(&mut self, source: SourceId) {
        self.unwatch(source);
        if self.get(source).is_some() {
            self.opened[source.number()] = None;
        }
    }

    pub(super) fn local_addr(&self, source: SourceId) -> io::Result<Address> {
        let opened = self.opened.get(source.number()).and_then(Option::as_ref);
        match opened.filter(|opened| opened.id == source) {
            Some(opened) => Ok(native::address(Some(getsockname(&opened.descriptor)?))),
            None => Err(unsupported(source)),
        }
    }

    fn open(&mut self, id: SourceId, kind: Kind, descriptor: OwnedFd, file: Option<SocketFile>) {
        let number = id.number();
        if self.opened.len() <= number {
            self.opened.resize_with(number + 1, || None);
        }
        self.opened[number] = Some(Opened {
            id,
            kind,
            descriptor,
            _file: file,
            readable: true,
            writable: true,
            has_ended: false,
            has_no_marks: false,
            is_awaited: false,
            is_paused: false,
            pause: Duration::ZERO,
        });
    }

    /// From now on, an event says that it may be tried again.
    fn register(&mut self, id: SourceId, descriptor: RawFd, kind: Kind) -> io::Result<()> {
        let interest = match kind {
            Kind::Listener | Kind::Receiver | Kind::Process => Interest::READABLE,
            Kind::Sender => Interest::WRITABLE,
            #[cfg(target_os = "linux")]
            Kind::Stream => Interest::READABLE | Interest::WRITABLE | Interest::PRIORITY,
            _ => Interest::READABLE | Interest::WRITABLE,
        };
        let registry = self.poll()?.registry();
        registry.register(&mut SourceFd(&descriptor), Token(id.number()), interest)
    }

    /// On Linux, an event says that TCP has a mark.
    fn expect_marks(&mut self, stream: SourceId, peer: &Address) {
        if let Some(opened) = self.get(stream) {
            let is_tcp = matches!(peer, Address::Inet(_));
            opened.has_no_marks = is_tcp && cfg!(target_os = "linux");
        }
    }

    /// Adds a descriptor that is no socket, and does not block.
    pub(super) fn adopt(&mut self, id: SourceId, kind: Kind, owned: OwnedFd) -> io::Result<()> {
        self.add(id, kind, owned, None).map(drop)
    }

    fn add(
        &mut self,
        id: SourceId,
        kind: Kind,
        descriptor: OwnedFd,
        file: Option<SocketFile>,
    ) -> io::Result<usize> {
        self.register(id, descriptor.as_raw_fd(), kind)?;
        self.open(id, kind, descriptor, file);
        Ok(0)
    }
}
