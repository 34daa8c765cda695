//! [`ToAddress`].

use std::io;
use std::net::{IpAddr, SocketAddr};

/// What means an address: a [`SocketAddr`], a text such as `127.0.0.1:7000`, `[::1]:7000` or `localhost:7000`, or an IP address or the name of
/// a host with a port.
///
/// ```
/// use loop_core::net::ToAddress;
///
/// assert!("127.0.0.1:7000".to_address().is_ok());
/// assert_eq!("localhost:7000".host(), Some(("localhost", 7000)));
/// assert!("localhost".to_address().is_err()); // it has no port
/// ```
pub trait ToAddress {
    /// The address.
    ///
    /// ```
    /// use loop_core::net::ToAddress;
    ///
    /// assert_eq!("[::1]:80".to_address().unwrap().port(), 80);
    /// ```
    ///
    /// # Errors
    ///
    /// If it is none.
    fn to_address(self) -> io::Result<SocketAddr>;

    /// The name of a host and the port, if it is no address but names a host, whose addresses can be [looked up](super::lookup_host).
    ///
    /// ```
    /// use loop_core::net::ToAddress;
    ///
    /// assert_eq!("example.org:80".host(), Some(("example.org", 80)));
    /// assert_eq!("[::1]:80".host(), None);
    /// ```
    fn host(&self) -> Option<(&str, u16)> {
        None
    }
}

impl ToAddress for SocketAddr {
    fn to_address(self) -> io::Result<SocketAddr> {
        Ok(self)
    }
}

impl ToAddress for (IpAddr, u16) {
    fn to_address(self) -> io::Result<SocketAddr> {
        Ok(self.into())
    }
}

/// Texts that have an address and a port in them.
macro_rules! texts {
    ($($text:ty),+) => {
        $(impl ToAddress for $text {
            fn to_address(self) -> io::Result<SocketAddr> {
                let text: &str = self.as_ref();
                text.parse().map_err(|_| match self.host() {
                    Some((name, _)) => names_a_host(name),
                    None => no_address(text),
                })
            }

            fn host(&self) -> Option<(&str, u16)> {
                let text: &str = self.as_ref();
                if text.parse::<SocketAddr>().is_ok() {
                    return None;
                }
                let (name, port) = text.rsplit_once(':')?;
                Some((name, port.parse().ok()?)).filter(|_| is_name(name))
            }
        })+
    };
}

texts!(&str, String, &String);

/// Texts beside a port.
macro_rules! texts_with_port {
    ($($text:ty),+) => {
        $(impl ToAddress for ($text, u16) {
            fn to_address(self) -> io::Result<SocketAddr> {
                let ip = self.0.parse().map(|ip| SocketAddr::new(ip, self.1));
                ip.map_err(|_| match self.host() {
                    Some((name, _)) => names_a_host(name),
                    None => invalid(&self.0, "address", "`127.0.0.1`, `::1` or `localhost`"),
                })
            }

            fn host(&self) -> Option<(&str, u16)> {
                let name: &str = self.0.as_ref();
                Some((name, self.1)).filter(|_| is_name(name))
            }
        })+
    };
}

texts_with_port!(&str, String);

/// Whether it can be the name of a host. A colon is a part of an IPv6 address.
fn is_name(text: &str) -> bool {
    !text.is_empty() && !text.contains(':') && text.parse::<IpAddr>().is_err()
}

/// For what takes an address only.
fn names_a_host(name: &str) -> io::Error {
    let message =
        format!("`{name}` is no address but a host: its addresses come from `lookup_host`");
    io::Error::new(io::ErrorKind::InvalidInput, message)
}

fn invalid(text: &str, what: &str, as_what: &str) -> io::Error {
    let message = format!("`{text}` is no {what}: write it as {as_what}");
    io::Error::new(io::ErrorKind::InvalidInput, message)
}

fn no_address(text: &str) -> io::Error {
    let port = text.rsplit_once(':').map_or("", |(_, port)| port);
    let is_number = !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit());
    if is_number && port.parse::<u16>().is_err() {
        let message = format!("the port of `{text}` is not a number from 0 to 65535");
        return io::Error::new(io::ErrorKind::InvalidInput, message);
    }
    invalid(
        text,
        "address with a port",
        "`127.0.0.1:7000`, `[::1]:7000` or `localhost:7000`",
    )
}
