//! [`SocketRequest`].

use std::fmt;
use std::io;
use std::rc::Rc;

use crate::request::socket::{Got, Socket, Wanted};
use crate::request::{AnyObject, Request, Resume, Yield};

/// A request to a socket, whose answer is an [`io::Result`] of a `T`. Made by [`TcpListener`](super::TcpListener) and
/// [`TcpStream`](super::TcpStream).
///
/// ```
/// use loop_core::net::{SocketRequest, TcpListener};
///
/// let request: SocketRequest<TcpListener> = TcpListener::bind("127.0.0.1:7000"); // nothing has happened yet
/// # drop(request);
/// ```
#[must_use = "a request does nothing unless you `yield_!` it"]
pub struct SocketRequest<T> {
    /// Or the error that comes without asking.
    what: io::Result<(Rc<Socket>, Wanted)>,
    request: fn(AnyObject) -> Yield,
    answer: fn(Rc<Socket>, Got) -> io::Result<T>,
}

impl<T> SocketRequest<T> {
    pub(super) fn new(
        request: fn(AnyObject) -> Yield,
        what: io::Result<(Rc<Socket>, Wanted)>,
        answer: fn(Rc<Socket>, Got) -> io::Result<T>,
    ) -> SocketRequest<T> {
        SocketRequest {
            what,
            request,
            answer,
        }
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

impl<T> Request for SocketRequest<T> {
    type Answer = io::Result<T>;

    fn into_yield(self) -> Yield {
        match self.what {
            Ok((socket, wanted)) => {
                socket.ask_detached(wanted);
                (self.request)(AnyObject::new(&socket))
            }
            Err(_) => Yield::Now,
        }
    }

    fn answer(_: Resume) -> io::Result<T> {
        unreachable!("the answer is made by the function of the request")
    }

    fn loop_core_ask(self) -> (Yield, impl FnOnce(Resume) -> io::Result<T>) {
        let answer = self.answer;
        let (request, asked) = match self.what {
            Ok((socket, wanted)) => {
                let request = socket.ask(wanted);
                let object = AnyObject::new(&socket);
                let socket = Some(socket);
                ((self.request)(object), Ok(Asked { socket, request }))
            }
            Err(error) => (Yield::Now, Err(error)),
        };
        let read = move |_: Resume| {
            let (socket, request) = asked?.answered();
            let got = socket.result(request)?;
            answer(socket, got)
        };
        (request, read)
    }
}
