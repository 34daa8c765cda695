//! The client of the echo servers: a bare loop over mio, which has one request on its way on each connection, and looks at each answer.

use std::io::{self, ErrorKind, Read, Write};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use mio::net::TcpStream;
use mio::{Events, Interest, Poll, Token};

use super::{Seen, Server, p99};
use crate::kind::Load;

/// The length of a request, and of an answer.
const LENGTH: usize = 64;

/// Longer than any answer takes.
const PATIENCE: Duration = Duration::from_secs(10);

struct Connection {
    stream: TcpStream,
    sent: Instant,
    request: [u8; LENGTH],
    answer: [u8; LENGTH],
    /// So much of the answer is there.
    come: usize,
}

impl Connection {
    fn open(address: SocketAddr) -> io::Result<Connection> {
        let stream = std::net::TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        stream.set_nonblocking(true)?;
        Ok(Connection {
            stream: TcpStream::from_std(stream),
            sent: Instant::now(),
            request: [0; LENGTH],
            answer: [0; LENGTH],
            come: 0,
        })
    }

    /// No two requests are equal.
    fn ask(&mut self, number: u64, now: Instant) -> io::Result<()> {
        self.come = 0;
        self.sent = now;
        self.request.fill(number as u8);
        self.request[..8].copy_from_slice(&number.to_le_bytes());
        // There always is room for so little.
        self.stream.write_all(&self.request)
    }

    /// Reads what has come. True if it is a whole answer.
    fn hear(&mut self) -> io::Result<bool> {
        match self.stream.read(&mut self.answer[self.come..]) {
            Ok(0) => return Err(ErrorKind::UnexpectedEof.into()),
            Ok(read) => self.come += read,
            Err(error) if error.kind() == ErrorKind::WouldBlock => {}
            Err(error) => return Err(error),
        }
        match self.come == LENGTH {
            true if self.answer != self.request => Err(io::Error::other("a wrong answer")),
            is_whole => Ok(is_whole),
        }
    }
}

/// A request on each connection, and another one as soon as it is answered. The first tenth of the time is not measured.
pub(super) fn echo(server: &Server, load: Load) -> io::Result<Seen> {
    let mut poll = Poll::new()?;
    let mut connections = Vec::new();
    for number in 0..load.width as usize {
        let mut connection = Connection::open(server.address)?;
        let token = Token(number);
        poll.registry()
            .register(&mut connection.stream, token, Interest::READABLE)?;
        connections.push(connection);
    }
    let mut asked = 0;
    for connection in &mut connections {
        connection.ask(asked, Instant::now())?;
        asked += 1;
    }
    let time = Duration::from_millis(load.n);
    converse(&mut poll, &mut connections, &mut asked, time / 10)?;
    let (cpu, began) = (server.cpu()?, Instant::now());
    let mut latencies = converse(&mut poll, &mut connections, &mut asked, time)?;
    Ok(Seen {
        time: began.elapsed(),
        cpu: server.cpu()? - cpu,
        requests: latencies.len() as u64,
        p99: Duration::from_nanos(p99(&mut latencies)),
    })
}

/// Goes on for a while; how many nanoseconds each answer took. An error unless each connection has got one.
fn converse(
    poll: &mut Poll,
    connections: &mut [Connection],
    asked: &mut u64,
    time: Duration,
) -> io::Result<Vec<u64>> {
    let mut events = Events::with_capacity(1024);
    let mut latencies = Vec::new();
    let began = Instant::now();
    let mut now = began;
    while now - began < time {
        poll.poll(&mut events, Some(PATIENCE))?;
        if events.is_empty() {
            return Err(io::Error::other("no answer"));
        }
        for event in &events {
            let connection = &mut connections[event.token().0];
            if connection.hear()? {
                now = Instant::now();
                latencies.push((now - connection.sent).as_nanos() as u64);
                connection.ask(*asked, now)?;
                *asked += 1;
            }
        }
    }
    Ok(latencies)
}
