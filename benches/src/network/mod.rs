//! Servers, measured from outside: the child serves, and this process is its client.

mod client;
pub(crate) mod http;

use std::fs;
use std::io::{self, BufRead, BufReader};
use std::net::{Ipv4Addr, SocketAddr};
use std::process::{Child, ChildStderr};
use std::time::Duration;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use crate::child;
use crate::clock::{Sample, nanos};
use crate::kind::{Kind, Load};
use crate::peers::Peer;
use crate::pin::Cores;
use crate::serving::PORT;

pub(crate) use self::http::hindrance as hindrance_to_http;

/// What a client has seen.
struct Seen {
    requests: u64,
    time: Duration,
    /// Of each hundred answers, one took longer.
    p99: Duration,
    /// CPU time of the server.
    cpu: Duration,
}

impl Seen {
    fn sample(&self) -> Sample {
        Sample::default()
            .with("cpu us", nanos(self.cpu, self.requests) / 1e3)
            .with("p99 us", self.p99.as_nanos() as f64 / 1e3)
            .with("requests/s", self.requests as f64 / self.time.as_secs_f64())
    }
}

/// Measures a server for `load.n` milliseconds with `load.width` connections.
pub(crate) fn measure(
    peer: &Peer,
    kind: Kind,
    load: Load,
    cores: Option<&Cores>,
) -> Result<Sample, String> {
    let server = Server::start(peer, kind, load, cores)?;
    let seen = match kind {
        Kind::Http => http::requests(&server, load),
        _ => client::echo(&server, load),
    };
    seen.map(|seen| seen.sample())
        .map_err(|error| error.to_string())
}

/// A server that runs. It is killed when this is dropped.
struct Server {
    child: Child,
    address: SocketAddr,
    /// Kept open: it may have something to say.
    _stderr: BufReader<ChildStderr>,
}

impl Server {
    fn start(peer: &Peer, kind: Kind, load: Load, cores: Option<&Cores>) -> Result<Server, String> {
        allow_descriptors();
        let mut child = child::start(peer, kind, load, cores)?;
        let stderr = child.stderr.take().expect("standard error is a pipe");
        let mut stderr = BufReader::new(stderr);
        let port = port(&mut stderr);
        if port.is_err() {
            let _ = child.kill();
            let _ = child.wait();
        }
        Ok(Server {
            child,
            address: (Ipv4Addr::LOCALHOST, port?).into(),
            _stderr: stderr,
        })
    }

    /// The CPU time that its threads have taken so far.
    fn cpu(&self) -> io::Result<Duration> {
        let mut all = Duration::ZERO;
        for thread in fs::read_dir(format!("/proc/{}/task", self.child.id()))? {
            let text = fs::read_to_string(thread?.path().join("schedstat"))?;
            let nanos = text.split(' ').next().and_then(|nanos| nanos.parse().ok());
            all += Duration::from_nanos(nanos.ok_or(io::ErrorKind::InvalidData)?);
        }
        Ok(all)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The port that a server says, or the last thing it said instead.
fn port(stderr: &mut impl BufRead) -> Result<u16, String> {
    let mut said = "it ended and said no port".to_owned();
    for line in stderr.lines() {
        let line = line.map_err(|error| error.to_string())?;
        if let Some(port) = Sample::from_lines(&line).get(PORT) {
            return Ok(port as u16);
        }
        if !line.trim().is_empty() && !line.starts_with("note: ") {
            said = line;
        }
    }
    Err(said)
}

/// Lets this process and its children open as many as they may: a thousand connections are just too many for the usual limit.
fn allow_descriptors() {
    let Rlimit { maximum, .. } = getrlimit(Resource::Nofile);
    // Where it does not work, opening fails, and that is told.
    let _ = setrlimit(
        Resource::Nofile,
        Rlimit {
            current: maximum,
            maximum,
        },
    );
}

/// What of a hundred values one is greater than.
fn p99(values: &mut [u64]) -> u64 {
    values.sort_unstable();
    let place = (values.len() * 99).div_ceil(100);
    values.get(place.saturating_sub(1)).copied().unwrap_or(0)
}
