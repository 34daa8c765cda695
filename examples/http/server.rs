//! A server: it accepts connections until it is told to stop.

use std::cell::RefCell;
use std::fmt;
use std::io::{self, ErrorKind};
use std::rc::Rc;
use std::time::{Duration, SystemTime};

use loop_core::Time;
use loop_core::net::TcpListener;
use loop_core::prelude::*;
use loop_core::sync::Event;

use super::answer::Answer;
use super::connection::connection;
use super::date::Dates;
use super::request::{Limits, Request};

/// What is answered to a request.
#[derive(Debug)]
pub enum Reply {
    /// It is there.
    Now(Answer),
    /// It takes a while.
    Later(Coroutine<Answer>),
}

/// What a server does, and how long it waits.
pub struct Server {
    pub(super) handler: Box<dyn Fn(&mut Request) -> Reply>,
    pub(super) limits: Limits,
    dates: RefCell<Dates>,
    pub(super) patience: Duration,
    pub(super) closing: Event,
    grace: Duration,
    connections: usize,
}

impl Server {
    /// One that answers by `handler`. It is `now`, and the loop's clock says `time`: so the answers have a date.
    pub fn new(
        now: SystemTime,
        time: Time,
        handler: impl Fn(&mut Request) -> Reply + 'static,
    ) -> Server {
        Server {
            handler: Box::new(handler),
            limits: Limits::default(),
            dates: RefCell::new(Dates::new(now, time)),
            patience: Duration::from_secs(30),
            closing: Event::new(),
            grace: Duration::from_secs(10),
            connections: 10_000,
        }
    }

    /// Other limits of the requests.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Server {
        self.limits = limits;
        self
    }

    /// How long a client may take for a request, for reading a piece of an answer, and between two requests; and how long an answer may take.
    #[must_use]
    pub fn patience(mut self, patience: Duration) -> Server {
        self.patience = patience;
        self
    }

    /// How long the requests in work may take once the server is told to stop.
    #[must_use]
    pub fn grace(mut self, grace: Duration) -> Server {
        self.grace = grace;
        self
    }

    /// Setting it stops the server: no connection is accepted any more, those without a request end, and the requests in work are finished.
    pub fn closing(&self) -> &Event {
        &self.closing
    }

    /// Adds an answer to what is to be written.
    pub(super) fn write(
        &self,
        answer: &Answer,
        request: &Request,
        goes_on: bool,
        now: Time,
        output: &mut Vec<u8>,
    ) {
        let mut dates = self.dates.borrow_mut();
        answer.write(request, goes_on, dates.at(now), output);
    }

    /// Serves until the server is closing and its connections have ended.
    pub fn serve(self: &Rc<Self>, listener: TcpListener) -> Coroutine<()> {
        serve(listener, Rc::clone(self))
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Server")
    }
}

type Connections = Rc<RefCell<Group<()>>>;

#[loop_core::coroutine(lazy)]
fn serve(listener: TcpListener, server: Rc<Server>) {
    let connections = Rc::new(RefCell::new(Group::bounded(server.connections)));
    let accepting = accept(listener, Rc::clone(&server), Rc::clone(&connections));
    // The listener is closed with the coroutine.
    let _ = yield_!(Race((accepting, server.closing.wait())));
    let all = connections.borrow_mut().join();
    // Those that are left when the group is dropped are cancelled.
    let _ = yield_!(Timeout(server.grace, all));
}

#[loop_core::coroutine(lazy, skip(connections))]
fn accept(listener: TcpListener, server: Rc<Server>, connections: Connections) {
    loop {
        match yield_!(listener.accept()) {
            Ok((stream, _)) => {
                let connection = connection(stream, Rc::clone(&server));
                let spawning = connections.borrow_mut().spawn(connection);
                yield_!(spawning);
            }
            // The client has left before that.
            Err(error) if error.kind() == ErrorKind::ConnectionAborted => {}
            // Mostly there are no descriptors left. Connections that end give theirs back.
            Err(error) => {
                let _: io::Result<()> = yield_!(Eprintln(error));
                yield_!(Sleep(Duration::from_millis(100)));
            }
        }
    }
}
