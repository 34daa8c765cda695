//! [`SocketRequest`].

use std::cell::Cell;
use std::fmt;
use std::io;
use std::rc::Rc;

use crate::request::socket::{Got, Socket, Wanted};
use crate::request::{AnyObject, Coroutine, Request, Resume, Yield};

/// A request to a socket, whose answer is an [`io::Result`] of a `T`. Made by the methods of
/// [`TcpListener`](super::TcpListener), [`TcpStream`](super::TcpStream) and the other sockets, and of the pipes of a [process](crate::process).
///
/// ```
/// use loop_core::net::{SocketRequest, TcpListener};
///
/// let request: SocketRequest<TcpListener> = TcpListener::bind("127.0.0.1:7000"); // nothing has happened yet
/// # drop(request);
/// ```
#[must_use = "a request does nothing unless you `yield_!` it"]
pub struct SocketRequest<T>(What<T>);

/// Where a coroutine leaves the answer: the value of a request that keeps something is not passed on.
pub(super) type Slot<T> = Rc<Cell<Option<io::Result<T>>>>;

enum What<T> {
    /// A request to one socket.
    Asks {
        socket: Rc<Socket>,
        wanted: Wanted,
        request: fn(AnyObject) -> Yield,
        answer: fn(Rc<Socket>, Got) -> io::Result<T>,
    },
    /// A coroutine that makes several, and leaves the answer here.
    Runs(Coroutine<()>, Slot<T>),
    /// The error comes without asking.
    Fails(io::Error),
}

impl<T> SocketRequest<T> {
    pub(super) fn new(
        request: fn(AnyObject) -> Yield,
        what: io::Result<(Rc<Socket>, Wanted)>,
        answer: fn(Rc<Socket>, Got) -> io::Result<T>,
    ) -> SocketRequest<T> {
        SocketRequest(match what {
            Ok((socket, wanted)) => What::Asks {
                socket,
                wanted,
                request,
                answer,
            },
            Err(error) => What::Fails(error),
        })
    }

    /// What a coroutine makes of several requests.
    pub(super) fn of(coroutine: impl FnOnce(Slot<T>) -> Coroutine<()>) -> SocketRequest<T> {
        let slot = Slot::default();
        SocketRequest(What::Runs(coroutine(Rc::clone(&slot)), slot))
    }
}

impl<T> fmt::Debug for SocketRequest<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SocketRequest")
    }
}

/// What was asked. If it is dropped with what it has got, that is the next one's.
struct Asked {
    /// There until the answer comes.
    socket: Option<Rc<Socket>>,
    request: u32,
}

impl Asked {
    fn answered(mut self) -> (Rc<Socket>, u32) {
        let socket = self.socket.take();
        (socket.expect("one answer comes"), self.request)
    }
}

impl Drop for Asked {
    fn drop(&mut self) {
        if let Some(socket) = &self.socket {
            socket.give_back(self.request);
        }
    }
}

/// How the answer is found.
enum Answer<T> {
    Got(Asked, fn(Rc<Socket>, Got) -> io::Result<T>),
    Left(Slot<T>),
    Failed(io::Error),
}

impl<T: 'static> Request for SocketRequest<T> {
    type Answer = io::Result<T>;

    fn into_yield(self) -> Yield {
        match self.0 {
            What::Asks {
                socket,
                wanted,
                request,
                ..
            } => {
                socket.ask_detached(wanted);
                request(AnyObject::new(&socket))
            }
            What::Runs(coroutine, _) => coroutine.into_yield(),
            What::Fails(_) => Yield::Now,
        }
    }

    fn answer(_: Resume) -> io::Result<T> {
        unreachable!("the answer is made by the function of the request")
    }

    fn loop_core_ask(self) -> (Yield, impl FnOnce(Resume) -> io::Result<T>) {
        let (request, answer) = match self.0 {
            What::Asks {
                socket,
                wanted,
                request,
                answer,
            } => {
                let asked = socket.ask(wanted);
                let object = AnyObject::new(&socket);
                let socket = Some(socket);
                let asked = Asked {
                    socket,
                    request: asked,
                };
                (request(object), Answer::Got(asked, answer))
            }
            What::Runs(coroutine, slot) => (coroutine.into_yield(), Answer::Left(slot)),
            What::Fails(error) => (Yield::Now, Answer::Failed(error)),
        };
        let read = move |_: Resume| match answer {
            Answer::Got(asked, answer) => {
                let (socket, request) = asked.answered();
                let got = socket.result(request)?;
                answer(socket, got)
            }
            Answer::Left(slot) => slot.take().expect("the coroutine has returned"),
            Answer::Failed(error) => Err(error),
        };
        (request, read)
    }
}
