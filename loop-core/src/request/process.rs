//! Processes as objects: what tasks want of a child process.
//!
//! All who wait for a process get its status, so nothing is given to one of them, and nothing is to be given back.

use std::cell::{Cell, RefCell};
use std::io;
use std::rc::{Rc, Weak};

use super::kind::RequestKind;
use super::object::{Asker, Endpoint, Holder, Io, Object, Registration};
use super::object_name::ObjectKind;
use super::socket::Socket;
use crate::id::SourceId;
use crate::signal::SignalKind;
use crate::world::{Address, Attempt, Op, Start, Stdio};

/// What a task wants of a process.
pub(crate) enum Wish {
    /// That it is started.
    Start(Start),
    /// Its status, when it has ended.
    Status,
    /// Whether it has ended.
    Look,
    Signal(SignalKind),
}

/// What its streams are called in reports and errors.
const STREAMS: [&str; 3] = ["standard input", "standard output", "standard error"];

/// A child process.
pub(crate) struct Process {
    registration: Registration,
    this: Weak<Process>,
    /// What it is called in reports and errors.
    program: String,
    /// There once it is started.
    source: Cell<Option<SourceId>>,
    number: Cell<u32>,
    /// Our ends of the streams that are piped, until they are taken.
    streams: RefCell<[Option<Rc<Socket>>; 3]>,
    /// What is asked next.
    next: RefCell<Option<Wish>>,
    /// How what never waits has ended.
    result: RefCell<Option<io::Result<()>>>,
    /// How it has ended: its wait status.
    ended: RefCell<Option<Result<i32, (io::ErrorKind, String)>>>,
}

impl Process {
    pub(crate) fn new(start: &Start) -> Rc<Process> {
        Rc::new_cyclic(|this| Process {
            registration: Registration::new(ObjectKind::Process),
            this: Weak::clone(this),
            program: start.program.to_string_lossy().into_owned(),
            source: Cell::new(None),
            number: Cell::new(0),
            streams: RefCell::default(),
            next: RefCell::default(),
            result: RefCell::default(),
            ended: RefCell::default(),
        })
    }

    /// Says what the request that is about to be made wants.
    pub(crate) fn ask(&self, wish: Wish) {
        *self.next.borrow_mut() = Some(wish);
    }

    pub(crate) fn number(&self) -> u32 {
        self.number.get()
    }

    pub(crate) fn take_stream(&self, which: usize) -> Option<Rc<Socket>> {
        self.streams.borrow_mut()[which].take()
    }

    /// How what never waits has ended.
    pub(crate) fn result(&self) -> io::Result<()> {
        self.result.take().unwrap_or(Ok(()))
    }

    /// Its wait status, once it has ended.
    pub(crate) fn status(&self) -> io::Result<Option<i32>> {
        match &*self.ended.borrow() {
            Some(Ok(status)) => Ok(Some(*status)),
            Some(Err((kind, error))) => {
                let message = format!("cannot wait for `{}`: {error}", self.program);
                Err(io::Error::new(*kind, message))
            }
            None => Ok(None),
        }
    }

    fn start(&self, start: &Start, io: &mut dyn Io) -> io::Result<()> {
        let source = io.reserve();
        let sources = start.streams.map(|stream| match stream {
            Stdio::Piped => Some(io.reserve()),
            Stdio::Inherit | Stdio::Null => None,
        });
        match io.attempt(Op::Start(source, sources, start)) {
            Attempt::Done(Ok(number)) => {
                self.number.set(number as u32);
                io.adopt(source, self);
                for (which, source) in sources.into_iter().enumerate() {
                    let Some(source) = source else { continue };
                    let what = format!("the {} of `{}`", STREAMS[which], self.program);
                    let socket = Socket::pipe(what);
                    io.adopt(source, &*socket);
                    self.streams.borrow_mut()[which] = Some(socket);
                }
                Ok(())
            }
            refused => {
                io.abandon(source);
                sources
                    .into_iter()
                    .flatten()
                    .for_each(|source| io.abandon(source));
                let error = match refused {
                    Attempt::Done(Err(error)) => error,
                    _ => io::ErrorKind::WouldBlock.into(),
                };
                // If there is no such folder, the error is the same as if there is no such program.
                let folder = start.folder.as_ref();
                let folder =
                    folder.map_or(String::new(), |path| format!(" in `{}`", path.display()));
                let message = format!("cannot start `{}`{folder}: {error}", self.program);
                Err(io::Error::new(error.kind(), message))
            }
        }
    }

    /// True if it has ended.
    fn look(&self, io: &mut dyn Io) -> bool {
        let mut ended = self.ended.borrow_mut();
        if ended.is_none()
            && let Some(source) = self.source.get()
            && let Attempt::Done(status) = io.attempt(Op::Wait(source))
        {
            let status = status.map(|status| status as i32);
            *ended = Some(status.map_err(|error| (error.kind(), error.to_string())));
        }
        ended.is_some()
    }

    fn signal(&self, signal: SignalKind, io: &mut dyn Io) -> io::Result<()> {
        let source = self.source.get().expect("a child is started");
        match io.attempt(Op::Kill(source, signal)) {
            Attempt::Done(Err(error)) => {
                let message = format!("cannot send {signal} to `{}`: {error}", self.program);
                Err(io::Error::new(error.kind(), message))
            }
            _ => Ok(()),
        }
    }
}

impl Object for Process {
    fn registration(&self) -> &Registration {
        &self.registration
    }

    fn admit(&self, asker: Asker) -> bool {
        if !asker.has_waited {
            self.finish_next();
        }
        self.ended.borrow().is_some()
    }

    // All get the same.
    fn give_back(&self, _: RequestKind) {}

    fn endpoint(&self) -> Option<&dyn Endpoint> {
        Some(self)
    }

    fn label(&self) -> Option<String> {
        Some(format!("`{}`", self.program))
    }
}

impl Endpoint for Process {
    fn attempt_next(&self, io: &mut dyn Io) -> bool {
        let next = self.next.borrow();
        let result = match next.as_ref() {
            Some(Wish::Status | Wish::Look) => return self.look(io),
            Some(Wish::Start(start)) => self.start(start, io),
            Some(Wish::Signal(signal)) => self.signal(*signal, io),
            None => return false,
        };
        *self.result.borrow_mut() = Some(result);
        true
    }

    fn finish_next(&self) {
        self.next.take();
    }

    fn attempt_of(&self, _: Holder, io: &mut dyn Io) -> bool {
        self.look(io)
    }

    fn source(&self) -> Option<SourceId> {
        self.source.get()
    }

    fn asks(&self) -> Option<String> {
        match &*self.next.borrow() {
            Some(Wish::Start(start)) => {
                let words = [&start.program].into_iter().chain(&start.arguments);
                let words: Vec<_> = words.map(|word| word.to_string_lossy()).collect();
                Some(words.join(" "))
            }
            Some(Wish::Signal(signal)) => {
                Some(format!("{} with {signal}", self.registration.name()))
            }
            _ => None,
        }
    }

    fn opened(&self, source: SourceId, _: Option<Address>) {
        self.source.set(Some(source));
    }

    fn to_weak(&self) -> Weak<dyn Object> {
        self.this.clone()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if let Some(source) = self.source.get() {
            self.registration.close(source);
        }
    }
}
