//! Sockets: TCP, UDP and Unix sockets, on the operating system and in the simulation. How the simulated network differs from a real one, and
//! what faults it can have, is said [there](crate::sim#the-network).
//!
//! Listen before the task is spawned that serves. A spawned task has its first turn later, so who connects at once may come too early: it is
//! refused.
//!
//! What has come for a task that is cancelled is the next one's that asks. What a task has got is its own: a [`Timeout`](crate::Timeout) around a request
//! is a task, and if whoever has asked for it is cancelled when the request is done, what was read is lost.
//!
//! ```
//! use std::io;
//! use loop_core::net::{TcpListener, TcpStream};
//! use loop_core::prelude::*;
//! use loop_core::sim::Sim;
//!
//! #[loop_core::coroutine]
//! fn echo(stream: TcpStream) -> io::Result<()> {
//!     while let Some(line) = yield_!(stream.read_line())? {
//!         yield_!(stream.write_all(format!("{line}\n")))?;
//!     }
//!     Ok(())
//! }
//!
//! #[loop_core::coroutine]
//! fn serve(listener: TcpListener) -> io::Result<()> {
//!     loop {
//!         let (stream, _) = yield_!(listener.accept())?;
//!         yield_!(Spawn(echo(stream))).detach();
//!     }
//! }
//!
//! #[loop_core::coroutine]
//! fn program() -> io::Result<()> {
//!     let listener = yield_!(TcpListener::bind("127.0.0.1:7000"))?;
//!     let server = yield_!(Spawn(serve(listener)));
//!     let client = yield_!(TcpStream::connect("127.0.0.1:7000"))?;
//!     yield_!(client.write_all("hello\n"))?;
//!     assert_eq!(yield_!(client.read_line())?.as_deref(), Some("hello"));
//!     drop(client);
//!     let _ = yield_!(Cancel(server));
//!     Ok(())
//! }
//!
//! Sim::new().run(program).into_result().unwrap().unwrap();
//! ```

mod address;
mod ask;
#[cfg(feature = "futures-io")]
mod async_io;
mod lookup;
mod split;
mod stream;
mod tcp;
mod udp;
mod unix;

pub use self::address::ToAddress;
pub use self::ask::SocketRequest;
#[cfg(feature = "futures-io")]
pub use self::async_io::AsyncStream;
pub use self::lookup::lookup_host;
pub use self::split::{ReadHalf, ReuniteError, WriteHalf};
pub(crate) use self::stream::ByteStream;
pub use self::tcp::{TcpListener, TcpStream};
pub use self::udp::UdpSocket;
pub use self::unix::{UnixDatagram, UnixListener, UnixStream};
pub use crate::world::{Address, SocketOptions};
