//! [`Ask`]: a request to a socket.

use std::io;
use std::rc::Rc;

use crate::request::socket::{Got, Operation, Socket, Wanted};
use crate::request::{AnyObject, Request, Resume, Yield};

/// A request to a socket, or the error that comes without asking.
pub(super) struct Ask<F> {
    what: io::Result<(Rc<Socket>, Wanted)>,
    request: fn(AnyObject) -> Yield,
    answer: F,
}

pub(super) fn ask<A, F>(
    request: fn(AnyObject) -> Yield,
    what: io::Result<(Rc<Socket>, Wanted)>,
    answer: F,
) -> Ask<F>
where
    F: FnOnce(Rc<Socket>, io::Result<Got>) -> A,
{
    Ask {
        what,
        request,
        answer,
    }
}

/// What was asked. If it is dropped with what it has got, that is the next one's.
struct Asked {
    socket: Rc<Socket>,
    operation: Rc<Operation>,
}

impl Drop for Asked {
    fn drop(&mut self) {
        self.socket.give_back(&self.operation);
    }
}

impl<A, F: FnOnce(Rc<Socket>, io::Result<Got>) -> io::Result<A>> Request for Ask<F> {
    type Answer = io::Result<A>;

    fn into_yield(self) -> Yield {
        match self.what {
            Ok((socket, wanted)) => {
                socket.ask(&Operation::new(wanted));
                (self.request)(AnyObject::new(&socket))
            }
            Err(_) => Yield::Now,
        }
    }

    fn answer(_: Resume) -> io::Result<A> {
        unreachable!("the answer is made by the function of the request")
    }

    fn loop_core_ask(self) -> (Yield, impl FnOnce(Resume) -> io::Result<A>) {
        let answer = self.answer;
        let (request, asked) = match self.what {
            Ok((socket, wanted)) => {
                let operation = Operation::new(wanted);
                socket.ask(&operation);
                let object = AnyObject::new(&socket);
                ((self.request)(object), Ok(Asked { socket, operation }))
            }
            Err(error) => (Yield::Now, Err(error)),
        };
        let read = move |_: Resume| {
            let asked = asked?;
            let result = asked.socket.result(&asked.operation);
            answer(Rc::clone(&asked.socket), result)
        };
        (request, read)
    }
}
