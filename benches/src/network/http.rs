//! wrk, as the client of the HTTP servers. Before it begins, an answer is looked at.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::{Command, Stdio};
use std::time::Duration;

use super::{Seen, Server};
use crate::kind::Load;
use crate::serving::{BODY, CONTENT_TYPE};

const REQUEST: &[u8] = b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

/// Why nothing can be measured here, if that is so.
pub(crate) fn hindrance() -> Option<String> {
    let probe = Command::new("wrk").arg("--version").output();
    let error = probe.err()?;
    Some(format!("wrk: {error}; Debian has it in the package wrk"))
}

/// Requests for `load.n` milliseconds, which are whole seconds, on `load.width` connections.
pub(super) fn requests(server: &Server, load: Load) -> io::Result<Seen> {
    check(server.address)?;
    let before = server.cpu()?;
    let output = Command::new("wrk")
        .args(["--threads=1", "--latency", "--timeout=10s"])
        .arg(format!("--connections={}", load.width))
        .arg(format!("--duration={}s", load.n / 1000))
        .arg(format!("http://{}/", server.address))
        .stdin(Stdio::null())
        .output()?;
    let cpu = server.cpu()? - before;
    let text = String::from_utf8_lossy(&output.stdout);
    let complaint = text.lines().find(|line| is_complaint(line));
    match (parse(&text, cpu), complaint) {
        (Some(seen), None) if output.status.success() => Ok(seen),
        (_, complaint) => Err(io::Error::other(format!(
            "wrk: {}: {}",
            output.status,
            complaint.unwrap_or(&text).trim()
        ))),
    }
}

fn is_complaint(line: &str) -> bool {
    let line = line.trim_start();
    line.starts_with("Non-2xx") || line.starts_with("Socket errors")
}

/// ```text
///      99%    1.20ms
///   178011 requests in 2.10s, 25.00MB read
/// ```
fn parse(text: &str, cpu: Duration) -> Option<Seen> {
    let after = |start: &str| {
        let mut lines = text.lines().map(str::trim_start);
        lines.find_map(|line| line.strip_prefix(start))
    };
    let (requests, rest) = text
        .lines()
        .find_map(|line| line.split_once(" requests in "))?;
    Some(Seen {
        requests: requests.trim().parse().ok()?,
        time: duration(rest.split(',').next()?)?,
        p99: duration(after("99%")?)?,
        cpu,
    })
}

/// `57.00us`, `1.20ms`, `2.10s`, `1.00m`
fn duration(text: &str) -> Option<Duration> {
    let text = text.trim();
    let unit = text.find(|c: char| c.is_ascii_alphabetic())?;
    let (number, unit) = text.split_at(unit);
    let seconds = match unit {
        "us" => 1e-6,
        "ms" => 1e-3,
        "s" => 1.0,
        "m" => 60.0,
        _ => return None,
    };
    Duration::try_from_secs_f64(number.parse::<f64>().ok()? * seconds).ok()
}

/// All servers answer the same, but for the date, the order of the headers and the case of their names.
fn check(address: SocketAddr) -> io::Result<()> {
    let mut stream = TcpStream::connect(address)?;
    stream.write_all(REQUEST)?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    let length = format!("content-length: {}", BODY.len());
    let content_type = format!("content-type: {CONTENT_TYPE}");
    let expected = [
        "connection: close",
        &length,
        &content_type,
        "date: ",
        "http/1.1 200 ok",
    ];
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or_default();
    let mut lines: Vec<String> = head.lines().map(without_date).collect();
    lines.sort();
    match lines == expected && body == BODY {
        true => Ok(()),
        false => Err(io::Error::other(format!("a wrong answer: {answer:?}"))),
    }
}

fn without_date(line: &str) -> String {
    let line = line.to_ascii_lowercase();
    match line.strip_prefix("date: ") {
        // `Thu, 26 Nov 2026 12:00:00 GMT`
        Some(date) if date.len() == 29 => "date: ".to_owned(),
        _ => line,
    }
}
