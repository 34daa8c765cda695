//! Everything outside the kernel, behind one small trait.
//!
//! The contract of a [`World`]:
//!
//! - A *source* is something outside that can become ready: a stream of bytes, a socket. The kernel numbers sources. It
//!   [opens](World::open) a standard stream before it uses it; a socket is opened by the operation that makes it.
//! - The kernel *tries first*: [`attempt`](World::attempt) either does the operation at once, or says that it would block. From
//!   then on the world watches that source.
//! - [`wait`](World::wait) blocks until a watched source may be tried again, until the given time, or until the user
//!   interrupts, whichever comes first. It names the sources in ascending order of their numbers, never in the order in which an
//!   operating system happens to report them, and stops watching those it names.
//! - A source that it names need not be ready: the kernel tries again, and the attempt may say again that it would block.
//! - [`now`](World::now) never goes back.
//! - What other threads do reaches the kernel between two waits: a [`waker`](World::waker) ends a wait for them.
//! - Nothing else influences the kernel: with the same answers of its world and its [policy](crate::policy), a loop makes the
//!   same decisions.
//!
//! ```
//! use loop_core::prelude::*;
//! use loop_core::sim::SimWorld;
//! use loop_core::world::World;
//!
//! #[loop_core::coroutine]
//! fn greet() -> std::io::Result<()> {
//!     yield_!(Print("hello"))
//! }
//!
//! /// The same program on any world.
//! fn greet_on<W: World + Clone>(world: W) -> W {
//!     let mut event_loop = EventLoop::builder().world(world).build();
//!     event_loop.run_until_complete(greet()).unwrap().unwrap();
//!     event_loop.world().clone()
//! }
//!
//! assert_eq!(greet_on(SimWorld::default()).stdout(), b"hello");
//! ```

mod address;
mod options;
mod start;

use std::io;
use std::net::{Shutdown, SocketAddr};
use std::task::Waker;

use crate::id::SourceId;
use crate::signal::SignalKind;
use crate::time::Time;

pub use self::address::Address;
pub use self::options::{SocketOption, SocketOptions};
pub use self::start::{Start, Stdio};

/// What a source is.
///
/// ```
/// use loop_core::world::Source;
///
/// /// The name of its file on Linux.
/// fn path(source: Source) -> Option<&'static str> {
///     match source {
///         Source::Stdin => Some("/dev/stdin"),
///         Source::Stdout => Some("/dev/stdout"),
///         Source::Stderr => Some("/dev/stderr"),
///         _ => None,
///     }
/// }
/// # assert_eq!(path(Source::Stdin), Some("/dev/stdin"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Source {
    /// The standard input of the process.
    Stdin,
    /// The standard output of the process.
    Stdout,
    /// The standard error of the process.
    Stderr,
}

/// An operation on a source.
///
/// ```
/// use loop_core::SourceId;
/// use loop_core::world::Op;
///
/// fn source(op: &Op<'_>) -> Option<SourceId> {
///     match op {
///         Op::Read(source, _) | Op::Write(source, _) => Some(*source),
///         _ => None,
///     }
/// }
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum Op<'a> {
    /// Reads what has come, appending it to the buffer: at most [`READ_SIZE`] bytes from a standard stream, and from a connection as many
    /// as the buffer has capacity for. None at all is the end.
    Read(SourceId, &'a mut Vec<u8>),
    /// Writes some of the bytes: as many as can be taken without blocking, at least one.
    Write(SourceId, &'a [u8]),
    /// Makes a socket that listens at an address. It opens the source, unless it fails. It never blocks.
    Listen(SourceId, &'a Address, &'a SocketOptions),
    /// Makes a socket for datagrams at an address; one at [`Address::Unnamed`] is a Unix socket that only sends. It opens the source,
    /// unless it fails. It never blocks.
    Bind(SourceId, &'a Address, &'a SocketOptions),
    /// Takes a connection from the first source, which listens. It opens the second source, unless it fails or would block. The peer's
    /// address is stored.
    Accept(SourceId, SourceId, &'a mut Option<Address>),
    /// Makes a connection to an address. The first attempt opens the source, and mostly would block. It is tried again, and done
    /// when there is a connection, or an error. A source that has failed is still to be closed.
    Connect(SourceId, &'a Address, &'a SocketOptions),
    /// Sends a datagram.
    SendTo(SourceId, &'a [u8], &'a Address),
    /// Receives a datagram, appending it to the buffer: as much of it as the buffer has capacity for, and the rest of it is lost. The
    /// sender's address is stored.
    ReceiveFrom(SourceId, &'a mut Vec<u8>, &'a mut Option<Address>),
    /// Ends a direction of a connection, or both. It never blocks.
    Shutdown(SourceId, Shutdown),
    /// Sets an option of a connection. It never blocks.
    Set(SourceId, SocketOption),
    /// Starts a process. It opens the first source, which is the process, and one for each standard stream that is piped, unless it
    /// fails. It never blocks. Done with the process's number.
    Start(SourceId, [Option<SourceId>; 3], &'a Start),
    /// Waits for the end of a process. Done with its wait status, as the operating system gives it. It can be asked for again.
    Wait(SourceId),
    /// Sends a signal to a process; nothing happens if its end has been told. It never blocks.
    Kill(SourceId, SignalKind),
}

impl Op<'_> {
    /// The source on which it is tried.
    pub(crate) fn source(&self) -> SourceId {
        match self {
            Op::Read(source, _)
            | Op::Write(source, _)
            | Op::Listen(source, ..)
            | Op::Bind(source, ..)
            | Op::Accept(source, ..)
            | Op::Connect(source, ..)
            | Op::SendTo(source, ..)
            | Op::ReceiveFrom(source, ..)
            | Op::Shutdown(source, _)
            | Op::Set(source, _)
            | Op::Start(source, ..)
            | Op::Wait(source)
            | Op::Kill(source, _) => *source,
        }
    }
}

/// The most bytes that one [`Op::Read`] reads: many enough to make system calls rare, and few enough to let other tasks run.
///
/// ```
/// use std::io::{self, Read};
/// use loop_core::world::READ_SIZE;
///
/// fn read(mut from: impl Read, buffer: &mut Vec<u8>) -> io::Result<usize> {
///     let before = buffer.len();
///     buffer.resize(before + READ_SIZE, 0);
///     let read = from.read(&mut buffer[before..])?;
///     buffer.truncate(before + read);
///     Ok(read)
/// }
/// # assert_eq!(read(&b"abc"[..], &mut Vec::new()).unwrap(), 3);
/// ```
pub const READ_SIZE: usize = 64 * 1024;

/// The result of trying an operation.
///
/// ```
/// use std::io;
/// use loop_core::world::Attempt;
///
/// /// The result of a system call that does not block.
/// fn attempt(result: io::Result<usize>) -> Attempt {
///     match result {
///         Err(error) if error.kind() == io::ErrorKind::WouldBlock => Attempt::WouldBlock,
///         done => Attempt::Done(done),
///     }
/// }
/// # assert!(matches!(attempt(Ok(3)), Attempt::Done(Ok(3))));
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum Attempt {
    /// It is done, with this many bytes or this error.
    Done(io::Result<usize>),
    /// It would block. The world watches the source now.
    WouldBlock,
}

/// Until when to wait.
///
/// ```
/// use std::time::Duration;
/// use loop_core::Time;
/// use loop_core::world::Until;
///
/// /// How long a system call may block; `None` is for ever.
/// fn timeout(until: Until, now: Time) -> Option<Duration> {
///     match until {
///         Until::Now => Some(Duration::ZERO),
///         Until::At(deadline) => Some(deadline - now),
///         _ => None,
///     }
/// }
/// # assert_eq!(timeout(Until::Forever, Time::ZERO), None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Until {
    /// Do not wait: only find out what has happened.
    Now,
    /// Until this instant at the latest.
    At(Time),
    /// Until something happens.
    Forever,
}

/// Why a wait ended.
///
/// ```
/// use loop_core::world::Waited;
///
/// fn waited(ctrl_c: bool) -> Waited {
///     if ctrl_c { Waited::Interrupted } else { Waited::Polled }
/// }
/// # assert_eq!(waited(false), Waited::Polled);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Waited {
    /// The time came, or sources may be tried again.
    Polled,
    /// The user wants the program to end (Ctrl-C).
    Interrupted,
}

/// What a world calls once it knows the addresses of a host.
///
/// ```
/// use std::net::Ipv4Addr;
/// use loop_core::world::Tell;
///
/// /// A world in which every host is this machine.
/// fn look_up(_host: String, port: u16, tell: Tell) {
///     tell(Ok(vec![(Ipv4Addr::LOCALHOST, port).into()]));
/// }
/// # look_up("example.org".to_owned(), 80, Box::new(|addresses| assert_eq!(addresses.unwrap().len(), 1)));
/// ```
pub type Tell = Box<dyn FnOnce(io::Result<Vec<SocketAddr>>) + Send>;

/// Everything outside the kernel: the clock and the sources. See the [module](self) for the contract.
///
/// [`OsWorld`](crate::OsWorld) is the operating system and [`SimWorld`](crate::sim::SimWorld) a simulation.
///
/// ```
/// use std::io;
/// use loop_core::prelude::*;
/// use loop_core::world::{Attempt, Op, Source, Until, Waited, World};
/// use loop_core::{SourceId, Time};
///
/// /// No input, output that is kept, and a clock that jumps to the next deadline.
/// #[derive(Default)]
/// struct Memory {
///     now: Time,
///     written: Vec<u8>,
/// }
///
/// impl World for Memory {
///     fn now(&self) -> Time {
///         self.now
///     }
///
///     fn open(&mut self, _: SourceId, _: Source) -> io::Result<()> {
///         Ok(())
///     }
///
///     fn close(&mut self, _: SourceId) {}
///
///     fn attempt(&mut self, op: Op<'_>) -> Attempt {
///         match op {
///             Op::Write(_, bytes) => {
///                 self.written.extend(bytes);
///                 Attempt::Done(Ok(bytes.len()))
///             }
///             _ => Attempt::Done(Ok(0)), // the end of input
///         }
///     }
///
///     fn wait(&mut self, until: Until, _: &mut Vec<SourceId>) -> io::Result<Waited> {
///         if let Until::At(deadline) = until {
///             self.now = deadline;
///         }
///         Ok(Waited::Polled)
///     }
///
///     fn is_watching(&self) -> bool {
///         false
///     }
///
///     fn unwatch(&mut self, _: SourceId) {}
/// }
///
/// #[loop_core::coroutine]
/// fn tea() -> io::Result<()> {
///     yield_!(Sleep(std::time::Duration::from_secs(240)));
///     yield_!(Print("ready"))
/// }
///
/// let mut event_loop = EventLoop::builder().world(Memory::default()).build();
/// event_loop.run_until_complete(tea())??;
/// assert_eq!(event_loop.world().written, b"ready");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait World {
    /// The time on the loop's clock.
    fn now(&self) -> Time;

    /// A clock that says how long tasks have run. It may be some milliseconds coarse, if that makes it cheap, and it has a zero of
    /// its own. `None`: time stands still while tasks run, as in a simulation; then the loop polls after whole batches.
    #[inline]
    fn coarse_now(&self) -> Option<Time> {
        None
    }

    /// Makes a source known under a number. Numbers of closed sources are given again, with another generation.
    ///
    /// # Errors
    ///
    /// The operating system's error when it refuses the source.
    fn open(&mut self, source: SourceId, what: Source) -> io::Result<()>;

    /// Closes a source: stops watching it and frees what belongs to it.
    fn close(&mut self, source: SourceId);

    /// Whether a person looks at what is written to a source: then text is written as soon as it is printed, and otherwise it is
    /// gathered for a while.
    fn is_interactive(&mut self, _source: SourceId) -> bool {
        false
    }

    /// Tries an operation.
    fn attempt(&mut self, op: Op<'_>) -> Attempt;

    /// The address of a socket.
    ///
    /// # Errors
    ///
    /// The operating system's error. By default no world has sockets.
    fn local_addr(&self, _source: SourceId) -> io::Result<Address> {
        Err(io::ErrorKind::Unsupported.into())
    }

    /// Takes back what was read and nobody has asked for, at the end of a run: the next read, of this loop, the process's next loop or
    /// another program, gives it again. It begins with what cancelled tasks have given back, and others may have got what came after
    /// that. What the world cannot take back it returns; the loop keeps that for its own next run.
    fn unread(&mut self, _source: SourceId, bytes: Vec<u8>) -> Vec<u8> {
        bytes
    }

    /// Blocks until something may have happened, and names the sources to try again in `sources` (which is empty).
    ///
    /// # Errors
    ///
    /// The operating system's error when it cannot wait. The run ends with it.
    fn wait(&mut self, until: Until, sources: &mut Vec<SourceId>) -> io::Result<Waited>;

    /// Whether the user has interrupted, and no [`wait`](World::wait) has said so yet. Asked before each slow turn of a
    /// task, and before each portion of quick ones.
    #[inline]
    fn is_interrupted(&self) -> bool {
        false
    }

    /// Whether the user has interrupted a run that has [ended](World::end) without saying so. Asking uses it up; what is not
    /// asked for interrupts the next run.
    fn take_interrupt(&mut self) -> bool {
        false
    }

    /// Whether a source is watched that may still become ready. If not, only a deadline can end a wait.
    fn is_watching(&self) -> bool;

    /// Stops watching a source, because no task waits for it any more.
    fn unwatch(&mut self, source: SourceId);

    /// Whether a [`waker`](World::waker) can end a wait. If not, and no source is watched, a loop that has nothing to wait for
    /// reports a deadlock instead of waiting for a [`Stopper`](crate::Stopper), a [`Remote`](crate::Remote), or the waker of a future.
    fn can_be_woken(&self) -> bool {
        false
    }

    /// A waker that makes a [`wait`](World::wait) return, from any thread. A [`Stopper`](crate::Stopper) uses it.
    ///
    /// A world whose `wait` never blocks needs none.
    fn waker(&mut self) -> Waker {
        Waker::noop().clone()
    }

    /// Does something that may take long: on another thread, so that the loop goes on meanwhile. Where the clock stands still while tasks
    /// run, it is done at once, and takes no time. It does not panic.
    fn offload(&mut self, job: Box<dyn FnOnce() + Send>) {
        job();
    }

    /// Finds out the addresses of a host with a port, and tells them, from any thread, once they are known. By default no world knows names.
    fn look_up(&mut self, _host: String, _port: u16, tell: Tell) {
        tell(Err(io::ErrorKind::Unsupported.into()));
    }

    /// A task waits for a signal. From now on, as long as the world lives, the signal does not end the program: [`take_signal`](World::take_signal)
    /// says that it has come, and it ends a [`wait`](World::wait). Called for each task that asks. The signal of Ctrl-C stays what
    /// [`Waited::Interrupted`] says.
    ///
    /// # Errors
    ///
    /// The operating system's error if it does not give the signal. By default no world has signals.
    fn listen(&mut self, _signal: SignalKind) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }

    /// Whether a signal for which a task has asked has come since the last call.
    fn take_signal(&mut self, _signal: SignalKind) -> bool {
        false
    }

    /// A run of the loop begins.
    ///
    /// # Errors
    ///
    /// The operating system's error when it refuses what a run needs. The run does not begin then.
    fn begin(&mut self) -> io::Result<()> {
        Ok(())
    }

    /// A run begins of a loop that is a guest in another one. Ctrl-C is the other one's then.
    ///
    /// # Errors
    ///
    /// As [`begin`](World::begin).
    fn begin_as_guest(&mut self) -> io::Result<()> {
        self.begin()
    }

    /// The run ends. Called once for each [`begin`](World::begin) that succeeded, also when the run fails.
    fn end(&mut self) {}
}

/// The error of an operation that a source does not have.
pub(crate) fn unsupported(source: SourceId) -> io::Error {
    let message = format!("{source} cannot do that");
    io::Error::new(io::ErrorKind::Unsupported, message)
}
