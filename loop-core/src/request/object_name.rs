//! [`ObjectName`]: the names of what tasks wait for and other tasks change.

use std::fmt;

use super::kind::RequestKind;
use crate::signal::SignalKind;

/// Declares the kinds of objects, with their names in traces and reports, and the two requests of those who wait, which may be the
/// same.
macro_rules! object_kinds {
    ($($(#[$doc:meta])* $kind:ident: $name:literal, $first:ident, $second:ident;)+) => {
        /// What kind of object a task waits for.
        ///
        /// Its text is the first part of an object's name: `lock` in `lock 2`.
        ///
        /// ```
        /// use loop_core::trace::ObjectKind;
        ///
        /// assert_eq!(ObjectKind::RwLock.to_string(), "rwlock");
        /// ```
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
        #[repr(u8)]
        #[non_exhaustive]
        pub enum ObjectKind {
            $($(#[$doc])* $kind),+
        }

        impl ObjectKind {
            /// How many kinds there are.
            pub(crate) const COUNT: usize = [$($name),+].len();

            /// The requests to objects of this kind.
            #[inline]
            pub(crate) fn requests(self) -> [RequestKind; 2] {
                match self { $(ObjectKind::$kind => [RequestKind::$first, RequestKind::$second]),+ }
            }

            fn name(self) -> &'static str {
                match self { $(ObjectKind::$kind => $name),+ }
            }
        }
    };
}

object_kinds! {
    /// A [`Lock`](crate::sync::Lock).
    Lock: "lock", Acquire, Acquire;
    /// An [`RwLock`](crate::sync::RwLock).
    RwLock: "rwlock", Acquire, Share;
    /// A [`Semaphore`](crate::sync::Semaphore).
    Semaphore: "semaphore", Acquire, Acquire;
    /// An [`Event`](crate::sync::Event).
    Event: "event", Wait, Wait;
    /// A [`Condition`](crate::sync::Condition).
    Condition: "condition", Wait, Wait;
    /// A [`Barrier`](crate::sync::Barrier).
    Barrier: "barrier", Wait, Wait;
    /// A [channel](crate::sync::channel).
    Channel: "channel", Receive, Send;
    /// A [`Group`](crate::Group) of tasks, or those of [`All`](crate::All), [`Race`](crate::Race), [`Timeout`](crate::Timeout).
    Group: "group", Wait, Room;
    /// A future that a task [awaits](crate::Await).
    Future: "future", Await, Await;
    /// A closure that runs on another thread (feature `blocking`).
    Blocking: "blocking", Blocking, Blocking;
    /// A host whose addresses are [looked up](crate::net::lookup_host).
    Host: "host", LookUp, LookUp;
    /// A [`Signal`](crate::Signal). Its number is that of the signal, and its name the signal's.
    Signal: "signal", Signal, Signal;
    /// A [`TcpListener`](crate::net::TcpListener) or a [`UnixListener`](crate::net::UnixListener).
    Listener: "listener", Accept, Accept;
    /// A [`TcpStream`](crate::net::TcpStream) or a [`UnixStream`](crate::net::UnixStream).
    Connection: "connection", Read, Write;
    /// A connection that is being made.
    Connecting: "connection", Connect, Connect;
    /// A socket for datagrams: a [`UdpSocket`](crate::net::UdpSocket) or a [`UnixDatagram`](crate::net::UnixDatagram).
    Datagrams: "socket", Read, Write;
    /// Our end of a standard stream of a child process.
    Pipe: "pipe", Read, Write;
    /// A [`Child`](crate::process::Child) process.
    Process: "process", WaitChild, WaitChild;
}

impl ObjectKind {
    /// Which of its two requests a task has made to an object of this kind.
    #[inline]
    pub(crate) fn request(self, is_second: bool) -> RequestKind {
        self.requests()[usize::from(is_second)]
    }

    /// With the objects of which kind it is numbered.
    pub(crate) fn counted_as(self) -> ObjectKind {
        match self {
            ObjectKind::Connecting => ObjectKind::Connection,
            kind => kind,
        }
    }

    /// Whether those who wait with the second request do not stand behind those who wait with the first. A receiver can wait for a
    /// value, and at the same time a sender for the room of one that is promised and not taken yet. One task can wait for the end of a
    /// group, and another one for room in it.
    #[inline]
    pub(crate) fn has_two_queues(self) -> bool {
        // Those behind a group have no second request. So this is one comparison.
        self >= ObjectKind::Channel
    }
}

impl fmt::Display for ObjectKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The name of an object: its kind, and its number among those of its kind, from 1, in the order in which the loop got to know them.
///
/// ```
/// use loop_core::prelude::*;
/// use loop_core::Error;
/// use loop_core::sim::Sim;
/// use loop_core::sync::Event;
///
/// #[loop_core::coroutine]
/// fn waits(event: Event) {
///     yield_!(event.wait());
/// }
///
/// let run = Sim::new().run(waits(Event::new()));
/// let Err(Error::Deadlock(deadlock)) = run.into_result() else { unreachable!() };
/// assert_eq!(deadlock.waits()[0].object.unwrap().to_string(), "event 1");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
#[non_exhaustive]
pub struct ObjectName {
    /// Its kind.
    pub kind: ObjectKind,
    /// Its number.
    pub number: u32,
}

impl fmt::Display for ObjectName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            ObjectKind::Signal => SignalKind::from_raw(self.number as i32).fmt(f),
            kind => write!(f, "{kind} {}", self.number),
        }
    }
}
