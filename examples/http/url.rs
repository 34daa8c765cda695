//! What a client is told to ask for.

use std::fmt;
use std::str::FromStr;

/// A URL of HTTP, as `http://localhost:8000/fib/10`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Url {
    /// A name or an address.
    pub(super) host: String,
    pub(super) port: u16,
    /// The path and the query.
    pub(super) target: String,
}

impl Url {
    /// Where a redirection leads to.
    pub(super) fn join(&self, location: &str) -> Result<Url, String> {
        match location.starts_with('/') && !location.starts_with("//") {
            true => format!("http://{}{location}", self.authority()).parse(),
            false => location.parse(),
        }
    }

    /// The host and the port, as they stand in a URL.
    pub(super) fn authority(&self) -> String {
        match self.host.contains(':') {
            true => format!("[{}]:{}", self.host, self.port),
            false => format!("{}:{}", self.host, self.port),
        }
    }
}

impl FromStr for Url {
    type Err = String;

    fn from_str(text: &str) -> Result<Url, String> {
        let wrong = |why: &str| format!("`{text}` is no URL for this program: {why}");
        if text.bytes().any(|byte| byte <= b' ' || byte == 0x7f) {
            return Err(wrong("there is a blank or a control character in it"));
        }
        let rest = text
            .strip_prefix("http://")
            .ok_or_else(|| wrong("it has to begin with `http://`"))?;
        let rest = rest.split('#').next().unwrap_or_default();
        let (authority, target) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
        let (host, port) = match authority.strip_prefix('[') {
            Some(rest) => rest
                .split_once(']')
                .ok_or_else(|| wrong("a `]` is missing"))?,
            None => authority.split_at(authority.find(':').unwrap_or(authority.len())),
        };
        let port = match port.strip_prefix(':') {
            Some(port) => port.parse().map_err(|_| wrong("the port is no number"))?,
            None if port.is_empty() => 80,
            None => return Err(wrong("there is something between host and port")),
        };
        if host.is_empty() || host.contains('@') {
            return Err(wrong("there has to be a host, and no user"));
        }
        let slash = if target.starts_with('/') { "" } else { "/" };
        Ok(Url {
            host: host.to_owned(),
            port,
            target: format!("{slash}{target}"),
        })
    }
}

impl fmt::Display for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "http://{}{}", self.authority(), self.target)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_has_a_host_a_port_and_a_target() {
        let is = |text: &str, host: &str, port, target: &str| {
            let url: Url = text.parse().unwrap();
            assert_eq!((&*url.host, url.port, &*url.target), (host, port, target));
            assert_eq!(url.to_string().parse(), Ok(url));
        };
        is("http://localhost", "localhost", 80, "/");
        is("http://a:8000/b/c?d#e", "a", 8000, "/b/c?d");
        is("http://a?b", "a", 80, "/?b");
        is("http://[::1]:80/x", "::1", 80, "/x");
        is("http://[::1]", "::1", 80, "/");
    }

    #[test]
    fn what_is_none_is_told_why() {
        let why = |text: &str| text.parse::<Url>().unwrap_err();
        for text in [
            "",
            "a",
            "https://a",
            "http://",
            "http:///a",
            "http://a:b",
            "http://a:99999",
            "http://[::1",
            "http://[::1]x",
            "http://u@a",
            "http://a/b c",
            "http://a/\r\nX: y",
        ] {
            assert!(why(text).contains("is no URL"), "{text}");
        }
    }

    #[test]
    fn a_redirection_leads_somewhere() {
        let url: Url = "http://a:1/b/c?d".parse().unwrap();
        assert_eq!(url.join("/e").unwrap().to_string(), "http://a:1/e");
        assert_eq!(url.join("http://f/g").unwrap().to_string(), "http://f:80/g");
        assert!(url.join("//f/g").is_err());
        assert!(url.join("https://a").is_err());
    }
}
