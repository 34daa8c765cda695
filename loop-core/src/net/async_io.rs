//! [`AsyncStream`]: a stream for the futures of other libraries.
//!
//! A future has a waker and no way to ask the loop. So two tasks ask for it: one reads as much as the future wants, and one writes what the
//! future has written. Between them and the future are two buffers.

use std::cell::RefCell;
use std::fmt;
use std::io;
use std::mem;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use futures_io::{AsyncRead, AsyncWrite};

use super::split::{ReadHalf, WriteHalf};
use crate::groups::Group;
use crate::request::Spawn;
use crate::sync::Event;

/// How many bytes are kept in each direction.
const BUFFER: usize = 16 * 1024;

/// A stream for a future that a task [awaits](crate::Await): it has the traits of `futures-io` (feature `futures-io`). Made by
/// [`TcpStream::into_async_io`](super::TcpStream::into_async_io) and [`UnixStream::into_async_io`](super::UnixStream::into_async_io).
///
/// Two tasks of the loop read and write for it, so it works in both worlds, and what they do is in the trace. They read only when the
/// future wants to, and keep at most 32 KiB that it has written. What it has written is not yet sent: flush it.
///
/// Dropping it closes the stream, after all that was written has been sent.
///
/// ```
/// use std::io;
/// use futures::{AsyncReadExt, AsyncWriteExt};
/// use loop_core::net::{AsyncStream, TcpListener, TcpStream};
/// use loop_core::prelude::*;
/// use loop_core::sim::Sim;
///
/// async fn asks(mut stream: AsyncStream) -> io::Result<String> {
///     stream.write_all(b"question").await?;
///     stream.close().await?;
///     let mut answer = String::new();
///     stream.read_to_string(&mut answer).await?;
///     Ok(answer)
/// }
///
/// #[loop_core::coroutine]
/// fn answers(stream: TcpStream) -> io::Result<()> {
///     yield_!(stream.read_until(b'\0', 100))?;
///     yield_!(stream.write_all("answer"))?;
///     Ok(())
/// }
///
/// #[loop_core::coroutine]
/// fn program() -> io::Result<String> {
///     let listener = yield_!(TcpListener::bind("127.0.0.1:80"))?;
///     let client = yield_!(TcpStream::connect("127.0.0.1:80"))?;
///     yield_!(Spawn(answers(yield_!(listener.accept())?.0))).detach();
///     let client = yield_!(client.into_async_io());
///     yield_!(Await(asks(client)))
/// }
///
/// assert_eq!(Sim::new().run(program).into_result().unwrap().unwrap(), "answer");
/// ```
pub struct AsyncStream {
    incoming: Rc<Incoming>,
    outgoing: Rc<Outgoing>,
    /// Dropping it cancels the task that reads.
    reader: Group<()>,
}

impl fmt::Debug for AsyncStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AsyncStream")
    }
}

#[loop_macros::coroutine(lazy, skip(input, output), crate = crate)]
pub(super) fn into_async_io(input: ReadHalf, output: WriteHalf) -> AsyncStream {
    // First: if the task is cancelled meanwhile, its drop ends the tasks.
    let mut stream = AsyncStream {
        incoming: Rc::default(),
        outgoing: Rc::default(),
        reader: Group::new(),
    };
    let incoming = Reading(Rc::clone(&stream.incoming));
    let outgoing = Writing(Rc::clone(&stream.outgoing));
    yield_!(stream.reader.spawn(async_reader(input, incoming)));
    yield_!(Spawn(async_writer(output, outgoing))).detach();
    stream
}

/// What the peer has sent.
#[derive(Default)]
struct Incoming {
    /// The future wants more.
    is_wanted: Event,
    state: RefCell<In>,
}

#[derive(Default)]
struct In {
    bytes: Vec<u8>,
    /// How many of them the future has.
    taken: usize,
    /// Nothing comes any more.
    end: Option<Result<(), Failed>>,
    waker: Option<Waker>,
}

/// What the peer is sent.
#[derive(Default)]
struct Outgoing {
    /// There are bytes, or the end.
    is_filled: Event,
    state: RefCell<Out>,
}

#[derive(Default)]
struct Out {
    bytes: Vec<u8>,
    is_writing: bool,
    /// The future writes no more.
    is_closed: bool,
    /// All is written, and the direction has ended.
    end: Option<Result<(), Failed>>,
    waker: Option<Waker>,
}

/// An error that is given each time that the future asks: its kind and its text.
#[derive(Clone)]
struct Failed(io::ErrorKind, Rc<str>);

impl From<io::Error> for Failed {
    fn from(error: io::Error) -> Failed {
        Failed(error.kind(), error.to_string().into())
    }
}

impl From<Failed> for io::Error {
    fn from(failed: Failed) -> io::Error {
        io::Error::new(failed.0, &*failed.1)
    }
}

fn cancelled() -> Failed {
    io::Error::new(
        io::ErrorKind::BrokenPipe,
        "the task that serves it was cancelled",
    )
    .into()
}

/// The future is polled again, if it waits.
fn wake(waker: Option<Waker>) {
    if let Some(waker) = waker {
        waker.wake();
    }
}

/// Held by the task that reads. When the task ends, the future reads the end.
struct Reading(Rc<Incoming>);

impl Reading {
    /// Gives the future bytes, and takes the buffer that it has read.
    fn put(&self, bytes: Vec<u8>) -> Vec<u8> {
        let mut state = self.0.state.borrow_mut();
        let mut read = mem::replace(&mut state.bytes, bytes);
        state.taken = 0;
        let waker = state.waker.take();
        drop(state);
        wake(waker);
        read.clear();
        read
    }

    fn has_unread(&self) -> bool {
        let state = self.0.state.borrow();
        state.taken < state.bytes.len()
    }

    fn end(&self, how: Result<(), Failed>) {
        let mut state = self.0.state.borrow_mut();
        state.end.get_or_insert(how);
        let waker = state.waker.take();
        drop(state);
        wake(waker);
    }
}

impl Drop for Reading {
    fn drop(&mut self) {
        self.end(Err(cancelled()));
    }
}

#[loop_macros::coroutine(lazy, skip(input, incoming), crate = crate)]
fn async_reader(input: ReadHalf, incoming: Reading) {
    let mut buffer = Vec::with_capacity(BUFFER);
    let end = loop {
        yield_!(incoming.0.is_wanted.wait());
        incoming.0.is_wanted.clear();
        // The future may have asked twice for the same.
        if incoming.has_unread() {
            continue;
        }
        match yield_!(input.read(buffer)) {
            Ok(bytes) if bytes.is_empty() => break Ok(()),
            Ok(bytes) => buffer = incoming.put(bytes),
            Err(error) => break Err(error.into()),
        }
    };
    incoming.end(end);
}

/// Held by the task that writes. When the task ends, the future can write no more.
struct Writing(Rc<Outgoing>);

impl Writing {
    /// What is to be written; the buffer is filled next. `None` if that is all.
    fn next(&self, buffer: &mut Vec<u8>) -> Option<Vec<u8>> {
        let mut state = self.0.state.borrow_mut();
        if state.bytes.is_empty() && state.is_closed {
            return None;
        }
        state.is_writing = !state.bytes.is_empty();
        Some(mem::replace(&mut state.bytes, mem::take(buffer)))
    }

    fn written(&self) {
        let mut state = self.0.state.borrow_mut();
        state.is_writing = false;
        let waker = state.waker.take();
        drop(state);
        wake(waker);
    }

    fn end(&self, how: Result<(), Failed>) {
        self.0.state.borrow_mut().end.get_or_insert(how);
        self.written();
    }
}

impl Drop for Writing {
    fn drop(&mut self) {
        self.end(Err(cancelled()));
    }
}

#[loop_macros::coroutine(lazy, skip(output, outgoing), crate = crate)]
fn async_writer(output: WriteHalf, outgoing: Writing) {
    let mut buffer = Vec::new();
    let end = loop {
        let Some(bytes) = outgoing.next(&mut buffer) else {
            break Ok(());
        };
        if bytes.is_empty() {
            yield_!(outgoing.0.is_filled.wait());
            outgoing.0.is_filled.clear();
            continue;
        }
        match yield_!(output.write_all(bytes)) {
            Ok(empty) => buffer = empty,
            Err(error) => break Err(error.into()),
        }
        outgoing.written();
    };
    // First, so that the direction has ended when the future hears of it.
    drop(output);
    outgoing.end(end);
}

impl AsyncRead for AsyncStream {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut [u8],
    ) -> Poll<io::Result<usize>> {
        let mut state = self.incoming.state.borrow_mut();
        let unread = &state.bytes[state.taken..];
        let some = unread.len().min(buffer.len());
        if some > 0 || buffer.is_empty() {
            buffer[..some].copy_from_slice(&unread[..some]);
            state.taken += some;
            return Poll::Ready(Ok(some));
        }
        if let Some(end) = state.end.clone() {
            return Poll::Ready(end.map(|()| 0).map_err(Into::into));
        }
        state.waker = Some(cx.waker().clone());
        drop(state);
        self.incoming.is_wanted.set();
        Poll::Pending
    }
}

impl AsyncWrite for AsyncStream {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let mut state = self.outgoing.state.borrow_mut();
        if let Some(Err(error)) = &state.end {
            return Poll::Ready(Err(error.clone().into()));
        }
        if state.is_closed {
            return Poll::Ready(Err(io::ErrorKind::BrokenPipe.into()));
        }
        let some = bytes.len().min(BUFFER - state.bytes.len());
        if some == 0 && !bytes.is_empty() {
            state.waker = Some(cx.waker().clone());
            return Poll::Pending;
        }
        state.bytes.extend_from_slice(&bytes[..some]);
        drop(state);
        self.outgoing.is_filled.set();
        Poll::Ready(Ok(some))
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut state = self.outgoing.state.borrow_mut();
        if let Some(end) = state.end.clone() {
            return Poll::Ready(end.map_err(Into::into));
        }
        if state.bytes.is_empty() && !state.is_writing {
            return Poll::Ready(Ok(()));
        }
        state.waker = Some(cx.waker().clone());
        Poll::Pending
    }

    fn poll_close(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut state = self.outgoing.state.borrow_mut();
        if let Some(end) = state.end.clone() {
            return Poll::Ready(end.map_err(Into::into));
        }
        state.is_closed = true;
        state.waker = Some(cx.waker().clone());
        drop(state);
        self.outgoing.is_filled.set();
        Poll::Pending
    }
}

impl Drop for AsyncStream {
    fn drop(&mut self) {
        let mut state = self.outgoing.state.borrow_mut();
        state.is_closed = true;
        let waker = state.waker.take();
        drop(state);
        // A waker may have a destructor, which must not find the state borrowed.
        drop(waker);
        self.outgoing.is_filled.set();
    }
}
