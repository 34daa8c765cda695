//! Names of hosts.

use std::io;
use std::net::SocketAddr;
use std::rc::Rc;

use super::address::ToAddress;
use super::ask::{Slot, SocketRequest};
use crate::request::lookup::Host;
use crate::request::{AnyObject, Request, Resume, Yield};

/// Request: the addresses of a host, with the port. Its text is as `localhost:80`; that of an address is answered at once.
///
/// On the operating system its resolver is asked, on another thread: on one of `Blocking`'s if there is the feature `blocking`, and
/// otherwise on one of its own. It cannot be stopped: if the task is cancelled, the thread goes on to its end. A simulation knows the
/// [hosts that it was given](crate::sim::Sim::host).
///
/// ```
/// use std::io;
/// use std::net::Ipv4Addr;
/// use loop_core::net::lookup_host;
/// use loop_core::prelude::*;
/// use loop_core::sim::Sim;
///
/// #[loop_core::coroutine]
/// fn program() -> io::Result<()> {
///     assert_eq!(yield_!(lookup_host("example.org:80"))?[0].to_string(), "10.0.0.1:80");
///     assert_eq!(yield_!(lookup_host(("localhost", 7000)))?[0].to_string(), "127.0.0.1:7000");
///     Ok(())
/// }
///
/// let sim = Sim::new().host("example.org", Ipv4Addr::new(10, 0, 0, 1));
/// sim.run(program).into_result().unwrap().unwrap();
/// ```
///
/// # Errors
///
/// [`NotFound`](io::ErrorKind::NotFound) if the host has no address, or the resolver does not know; [`InvalidInput`](io::ErrorKind::InvalidInput)
/// if the text is neither an address nor a host with a port.
pub fn lookup_host(
    host: impl ToAddress,
) -> impl Request<Answer = io::Result<Vec<SocketAddr>>> + 'static {
    match host.host() {
        Some((name, port)) => Lookup::Host(Host::new(name.to_owned(), port)),
        None => Lookup::Known(host.to_address()),
    }
}

enum Lookup {
    Host(Rc<Host>),
    Known(io::Result<SocketAddr>),
}

impl Request for Lookup {
    type Answer = io::Result<Vec<SocketAddr>>;

    fn into_yield(self) -> Yield {
        self.loop_core_ask().0
    }

    fn answer(_: Resume) -> io::Result<Vec<SocketAddr>> {
        unreachable!("the answer is made by the function of the request")
    }

    fn loop_core_ask(self) -> (Yield, impl FnOnce(Resume) -> io::Result<Vec<SocketAddr>>) {
        let request = match &self {
            Lookup::Host(host) => Yield::LookUp(AnyObject::new(host)),
            Lookup::Known(_) => Yield::Now,
        };
        let read = move |_: Resume| match self {
            Lookup::Host(host) => host.addresses(),
            Lookup::Known(address) => address.map(|address| vec![address]),
        };
        (request, read)
    }
}

/// Makes a request for the addresses of a host, one after the other, until one is answered without an error. Its name is in traces.
#[loop_macros::coroutine(lazy, skip(request, answer), crate = crate)]
pub(super) fn by_name<T: 'static>(
    host: String,
    port: u16,
    request: impl Fn(SocketAddr) -> SocketRequest<T> + 'static,
    answer: Slot<T>,
) {
    let addresses = match yield_!(Lookup::Host(Host::new(host, port))) {
        Ok(addresses) => addresses,
        Err(error) => return answer.set(Some(Err(error))),
    };
    for address in addresses {
        let tried = yield_!(request(address));
        let is_made = tried.is_ok();
        answer.set(Some(tried));
        if is_made {
            break;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::lookup_host;
    use crate::event_loop::EventLoop;

    #[loop_macros::coroutine(crate = crate)]
    fn looks_up() -> bool {
        let addresses = yield_!(lookup_host("localhost:80")).unwrap();
        addresses.iter().all(|address| address.ip().is_loopback())
    }

    /// Also without the pool of threads, with which all other tests are built.
    #[test]
    fn the_operating_system_knows_localhost() {
        assert!(EventLoop::new().run_until_complete(looks_up()).unwrap());
    }
}
