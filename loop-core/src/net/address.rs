//! [`ToAddress`].

use std::io;
use std::net::SocketAddr;

/// What means an address: a [`SocketAddr`], or a text such as `127.0.0.1:7000` or `[::1]:7000`.
///
/// ```
/// use loop_core::net::ToAddress;
///
/// assert!("127.0.0.1:7000".to_address().is_ok());
/// assert!("localhost".to_address().is_err());
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
}

impl ToAddress for SocketAddr {
    fn to_address(self) -> io::Result<SocketAddr> {
        Ok(self)
    }
}

impl ToAddress for &str {
    fn to_address(self) -> io::Result<SocketAddr> {
        self.parse().map_err(|_| {
            let message =
                format!("`{self}` is no address: write it as `127.0.0.1:7000` or `[::1]:7000`");
            io::Error::new(io::ErrorKind::InvalidInput, message)
        })
    }
}

impl ToAddress for String {
    fn to_address(self) -> io::Result<SocketAddr> {
        self.as_str().to_address()
    }
}

impl ToAddress for &String {
    fn to_address(self) -> io::Result<SocketAddr> {
        self.as_str().to_address()
    }
}
