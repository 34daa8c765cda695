//! Echo servers over tokio, monoio and bare mio.

use std::io::{self, Read, Write};

use crate::clock::Sample;
use crate::kind::{Bench, Kind, Load};
use crate::serving::{self, ANY_PORT, BUFFER};

const WORKS: &str = "sockets that work";

/// For a peer that has other answers, too: adds its echo server.
pub(crate) fn and(
    kind: Kind,
    echo: Bench,
    others: impl FnOnce(Kind) -> Option<Bench>,
) -> Option<Bench> {
    match kind {
        Kind::Echo => Some(echo),
        other => others(other),
    }
}

pub(crate) mod tokio {
    use super::*;
    use ::tokio::io::{AsyncReadExt, AsyncWriteExt};
    use ::tokio::net::{TcpListener, TcpStream};

    pub(crate) fn serve(_: Load) -> Sample {
        let runtime = ::tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a tokio runtime");
        runtime.block_on(accept()).expect(WORKS)
    }

    async fn accept() -> io::Result<Sample> {
        let listener = TcpListener::bind(ANY_PORT).await?;
        serving::announce(listener.local_addr()?.port());
        loop {
            let (stream, _) = listener.accept().await?;
            ::tokio::spawn(echo(stream));
        }
    }

    async fn echo(mut stream: TcpStream) -> io::Result<()> {
        let mut buffer = vec![0; BUFFER];
        loop {
            let read = stream.read(&mut buffer).await?;
            if read == 0 {
                return Ok(());
            }
            stream.write_all(&buffer[..read]).await?;
        }
    }
}

pub(crate) mod monoio {
    use super::*;
    use ::monoio::io::{AsyncReadRent, AsyncWriteRentExt};
    use ::monoio::net::{TcpListener, TcpStream};
    use ::monoio::{IoUringDriver, LegacyDriver, RuntimeBuilder};

    pub(crate) fn serve(_: Load) -> Sample {
        let mut runtime = RuntimeBuilder::<LegacyDriver>::new()
            .build()
            .expect("a monoio runtime");
        runtime.block_on(accept()).expect(WORKS)
    }

    pub(crate) fn serve_by_uring(_: Load) -> Sample {
        let mut runtime = RuntimeBuilder::<IoUringDriver>::new()
            .build()
            .expect("io_uring");
        runtime.block_on(accept()).expect(WORKS)
    }

    async fn accept() -> io::Result<Sample> {
        let listener = TcpListener::bind(ANY_PORT)?;
        serving::announce(listener.local_addr()?.port());
        loop {
            let (stream, _) = listener.accept().await?;
            ::monoio::spawn(echo(stream));
        }
    }

    async fn echo(mut stream: TcpStream) -> io::Result<()> {
        let mut buffer = Vec::with_capacity(BUFFER);
        loop {
            let (read, filled) = stream.read(buffer).await;
            if read? == 0 {
                return Ok(());
            }
            let (written, mut used) = stream.write_all(filled).await;
            written?;
            used.clear();
            buffer = used;
        }
    }
}

/// A limit: one loop around mio, one buffer, a table of connections.
pub(crate) mod mio {
    use super::*;
    use ::mio::net::{TcpListener, TcpStream};
    use ::mio::{Events, Interest, Poll, Token};

    const LISTENER: Token = Token(usize::MAX);

    pub(crate) fn bench(kind: Kind) -> Option<Bench> {
        (kind == Kind::Echo).then_some(serve as Bench)
    }

    fn serve(_: Load) -> Sample {
        serve_with_mio().expect(WORKS)
    }

    fn serve_with_mio() -> io::Result<Sample> {
        let mut poll = Poll::new()?;
        let mut events = Events::with_capacity(1024);
        let mut listener = TcpListener::bind(ANY_PORT.parse().expect("an address"))?;
        poll.registry()
            .register(&mut listener, LISTENER, Interest::READABLE)?;
        serving::announce(listener.local_addr()?.port());
        let mut connections: Vec<Option<TcpStream>> = Vec::new();
        let mut buffer = [0; BUFFER];
        loop {
            poll.poll(&mut events, None)?;
            for event in &events {
                if event.token() == LISTENER {
                    accept(&poll, &listener, &mut connections)?;
                    continue;
                }
                let place = &mut connections[event.token().0];
                if let Some(connection) = place
                    && !echo(connection, &mut buffer).unwrap_or(false)
                {
                    *place = None;
                }
            }
        }
    }

    fn accept(
        poll: &Poll,
        listener: &TcpListener,
        connections: &mut Vec<Option<TcpStream>>,
    ) -> io::Result<()> {
        loop {
            let mut stream = match listener.accept() {
                Ok((stream, _)) => stream,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(()),
                Err(error) => return Err(error),
            };
            let token = Token(connections.len());
            poll.registry()
                .register(&mut stream, token, Interest::READABLE)?;
            connections.push(Some(stream));
        }
    }

    /// Whether the connection goes on. What is written here always has room. After a read that does not fill the buffer nothing is left.
    fn echo(connection: &mut TcpStream, buffer: &mut [u8]) -> io::Result<bool> {
        loop {
            match connection.read(buffer) {
                Ok(0) => return Ok(false),
                Ok(read) => {
                    connection.write_all(&buffer[..read])?;
                    if read < buffer.len() {
                        return Ok(true);
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(true),
                Err(error) => return Err(error),
            }
        }
    }
}
