//! The programs `http_server` and `http_client`, with each other and with clients that are not well.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::Output;
use std::thread;
use std::time::Duration;

use rustix::net::sockopt::set_socket_linger;
use rustix::net::{AddressFamily, SocketType, bind, getsockname, socket};
use rustix::process::{Pid, Resource, Signal, getrlimit, kill_process, setrlimit};

use crate::{Running, died_quietly, ended_quietly, promised, promises, run, start, stderr, stdout};

/// A server that runs, as long as the test.
struct Server {
    example: Option<Running>,
    pid: Pid,
    address: String,
}

impl Server {
    fn start(arguments: &[&str]) -> Server {
        let mut example = start("http_server", arguments);
        let mut stdout = BufReader::new(example.child.stdout.take().unwrap());
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        let address = line.trim_end().strip_prefix("listening on http://");
        let address = address.unwrap_or_else(|| panic!("{line:?}")).to_owned();
        let pid = Pid::from_child(&example.child);
        let example = Some(example);
        Server {
            example,
            pid,
            address,
        }
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(&self.address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream
    }

    /// What is answered to these bytes, after which the client ends.
    fn answer(&self, request: &[u8]) -> String {
        let mut stream = self.connect();
        stream.write_all(request).unwrap();
        stream.shutdown(Shutdown::Write).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        String::from_utf8(answer).unwrap()
    }

    fn is_well(&self) {
        let answer = self.answer(&get("/fib/10"));
        assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
        assert!(answer.ends_with("\r\n\r\n55\n"), "{answer}");
    }

    /// What its descriptors are, without pipes: it opens its standard error once a step was slow, as any may be on a busy machine.
    fn descriptors(&self) -> Vec<PathBuf> {
        let folder = format!("/proc/{}/fd", self.pid.as_raw_nonzero());
        let entries = fs::read_dir(folder).unwrap();
        // One may be closed meanwhile.
        let links = entries.filter_map(|entry| fs::read_link(entry.unwrap().path()).ok());
        links
            .filter(|link| !link.to_string_lossy().starts_with("pipe:"))
            .collect()
    }

    /// It answers, and has no more descriptors than before. Connections that it has refused linger for a second.
    #[track_caller]
    fn is_well_and_has(&self, descriptors: &[PathBuf]) {
        self.is_well();
        for _ in 0..PATIENCE.as_millis() / 10 {
            if self.descriptors().len() == descriptors.len() {
                return;
            }
            thread::sleep(Duration::from_millis(10));
        }
        assert_eq!(self.descriptors(), descriptors);
    }

    fn end(self, signal: Signal) -> Output {
        kill_process(self.pid, signal).unwrap();
        self.wait()
    }

    fn wait(mut self) -> Output {
        self.example.take().unwrap().wait()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if self.example.is_some() {
            kill_process(self.pid, Signal::KILL).unwrap();
        }
    }
}

/// How long an answer may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

fn get(path: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nHost: a\r\n\r\n").into_bytes()
}

/// A folder with a file.
fn folder(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("file.txt"), "a file\n").unwrap();
    folder
}

#[test]
fn http_server_and_http_client_print_what_they_promise() {
    let folder = folder("http");
    let server = Server::start(&["--root", folder.to_str().unwrap()]);
    let client = |path: &str| run("http_client", &[&server.url(path)], "");

    let output = client("/fib/100");
    let source = include_str!("../http_server.rs");
    assert_eq!(stdout(&output), promises(source).nth(1).unwrap());
    ended_quietly(&output, 0);
    let output = client("/fib/10");
    assert_eq!(stdout(&output), promised(include_str!("../http_client.rs")));
    assert_eq!(stdout(&client("/file.txt")), "a file\n");

    let output = client("/nothing");
    assert_eq!(stdout(&output), "404 Not Found: there is no such file\n");
    assert_eq!(stderr(&output), "http_client: 404 Not Found\n");
    assert_eq!(output.status.code(), Some(1));
    ended_quietly(&server.end(Signal::TERM), 0);
}

#[test]
fn http_server_answers_to_each_method() {
    let server = Server::start(&[]);
    let first_line = |request: &str| {
        let request = format!("{request} HTTP/1.1\r\nHost: a\r\n\r\n");
        let answer = server.answer(request.as_bytes());
        answer.lines().next().unwrap_or_default().to_owned()
    };
    for (request, expected) in [
        ("GET /", "200 OK"),
        ("HEAD /", "200 OK"),
        ("GET http://somewhere/fib/1", "200 OK"),
        ("GET http://somewhere", "200 OK"),
        ("GET /fib/100001", "404 Not Found"),
        ("GET /fib/-1", "404 Not Found"),
        ("GET /file", "404 Not Found"),
        ("GET *", "400 Bad Request"),
        ("POST /echo", "200 OK"),
        ("GET /echo", "405 Method Not Allowed"),
        ("DELETE /fib/1", "405 Method Not Allowed"),
        ("BREW /fib/1", "501 Not Implemented"),
    ] {
        assert_eq!(
            first_line(request),
            format!("HTTP/1.1 {expected}"),
            "{request}"
        );
    }
    died_quietly(&server.end(Signal::INT), Signal::INT);
}

/// A request is in work when Ctrl-C comes, and another connection only waits.
#[test]
fn http_server_finishes_its_work_at_ctrl_c() {
    let server = Server::start(&[]);
    let mut idle = server.connect();
    let mut busy = server.connect();
    let head =
        "POST /echo HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n";
    busy.write_all(head.as_bytes()).unwrap();
    let mut goes_on = [0; "HTTP/1.1 100 Continue\r\n\r\n".len()];
    busy.read_exact(&mut goes_on).unwrap();

    kill_process(server.pid, Signal::INT).unwrap();
    assert_eq!(idle.read(&mut [0]).unwrap(), 0);
    assert!(TcpStream::connect(&server.address).is_err());
    busy.write_all(b"hello").unwrap();
    let mut answer = String::new();
    busy.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    assert!(
        answer.ends_with("\r\nConnection: close\r\n\r\nhello"),
        "{answer}"
    );
    died_quietly(&server.wait(), Signal::INT);
}

/// The second Ctrl-C does not wait for anybody.
#[test]
fn http_server_ends_at_once_at_a_second_ctrl_c() {
    let server = Server::start(&[]);
    let mut idle = server.connect();
    let mut busy = server.connect();
    busy.write_all(b"GET / HTTP/1.1\r\nExpect: ").unwrap();
    server.is_well();
    kill_process(server.pid, Signal::INT).unwrap();
    // It has heard of the first one.
    assert_eq!(idle.read(&mut [0]).unwrap(), 0);
    died_quietly(&server.end(Signal::INT), Signal::INT);
    assert_eq!(busy.read(&mut [0]).unwrap_or(0), 0);
}

#[test]
fn http_programs_explain_mistakes() {
    let fails = |name: &str, arguments: &[&str], status: i32| {
        let output = run(name, arguments, "");
        assert_eq!((stdout(&output), output.status.code()), ("", Some(status)));
        stderr(&output)
    };
    assert!(
        fails("http_server", &["x"], 2)
            .starts_with("http_server: unknown argument \"x\"\n\nusage: ")
    );
    assert!(fails("http_server", &["--root"], 2).contains("--root needs a folder"));
    let text = fails("http_server", &["--root", "/nowhere"], 1);
    assert!(text.starts_with("http_server: \"/nowhere\": "), "{text}");
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap();
    let text = fails("http_server", &[&address.port().to_string()], 1);
    assert!(
        text.starts_with(&format!("http_server: cannot listen at {address}: ")),
        "{text}"
    );

    assert_eq!(
        fails("http_client", &[], 2),
        "http_client: usage: http_client URL [SECONDS]\n"
    );
    assert!(fails("http_client", &["ftp://a"], 2).contains("it has to begin with `http://`"));
    assert!(fails("http_client", &["http://a", "x"], 2).contains("is no number of seconds"));
    // Somebody listens there, and does not answer.
    let url = format!("http://{address}/");
    let text = fails("http_client", &[&url, "0"], 1);
    assert_eq!(
        text,
        format!("http_client: {url}: there is no answer within 0ns\n")
    );
    // A port that nobody else can have meanwhile, and nobody listens at.
    let silent = socket(AddressFamily::INET, SocketType::STREAM, None).unwrap();
    let any: SocketAddr = "127.0.0.1:0".parse().unwrap();
    bind(&silent, &any).unwrap();
    let address = SocketAddr::try_from(getsockname(&silent).unwrap()).unwrap();
    let url = format!("http://{address}/");
    let text = fails("http_client", &[&url], 1);
    assert!(
        text.starts_with(&format!(
            "http_client: {url}: cannot connect to {address}: "
        )),
        "{text}"
    );
}

/// The parts of a conversation at which a client may go away.
const PARTS: [&str; 7] = [
    "",
    "GET /fib",
    "GET /fib/1 HTTP/1.1\r\nHost: a\r\n\r\n",
    "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nhello",
    "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhe",
    "GET /fib/5000 HTTP/1.1\r\nHost: a\r\n\r\n",
    "nonsense\r\n",
];

/// After each kind of abuse a request is answered, and all descriptors are given back.
#[cfg(target_os = "linux")]
#[test]
fn http_server_bears_abuse() {
    // A thousand connections at the same time, here and there.
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit
        .maximum
        .map_or(Some(4096), |most| Some(most.min(4096)));
    setrlimit(Resource::Nofile, limit).unwrap();
    let folder = folder("abused");
    let big = fs::File::create(folder.join("big")).unwrap();
    big.set_len(50_000_000).unwrap();
    let server = Server::start(&["--root", folder.to_str().unwrap()]);
    server.is_well();
    let descriptors = server.descriptors();

    // Byte by byte.
    let mut stream = server.connect();
    stream.set_nodelay(true).unwrap();
    for byte in get("/fib/10") {
        stream.write_all(&[byte]).unwrap();
    }
    stream.shutdown(Shutdown::Write).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.ends_with("\r\n\r\n55\n"), "{answer}");
    drop(stream);
    server.is_well_and_has(&descriptors);

    // Random bytes, the same in each run.
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut random = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    for _ in 0..100 {
        let length = random() as usize % 20_000;
        let bytes: Vec<u8> = (0..length).map(|_| random() as u8).collect();
        let mut stream = server.connect();
        // It may be refused before the end.
        let _ = stream.write_all(&bytes);
        let _ = stream.shutdown(Shutdown::Write);
        let _ = stream.read_to_end(&mut Vec::new());
    }
    server.is_well_and_has(&descriptors);

    // Resets in each phase, and in the middle of a large answer.
    for part in PARTS
        .into_iter()
        .chain(["GET /big HTTP/1.1\r\nHost: a\r\n\r\n"])
    {
        for wait in [0, 1, 5] {
            let mut stream = server.connect();
            stream.write_all(part.as_bytes()).unwrap();
            thread::sleep(Duration::from_millis(wait));
            set_socket_linger(&stream, Some(Duration::ZERO)).unwrap();
            drop(stream);
        }
        server.is_well_and_has(&descriptors);
    }

    // A thousand connections, some with a part of a request, dropped at once.
    let streams: Vec<TcpStream> = (0..1000).map(|_| server.connect()).collect();
    server.is_well();
    for (stream, part) in streams.iter().zip(PARTS.into_iter().cycle()) {
        let mut stream = stream;
        stream.write_all(part.as_bytes()).unwrap();
    }
    drop(streams);
    server.is_well_and_has(&descriptors);

    // One after the other.
    for _ in 0..1000 {
        drop(server.connect());
    }
    server.is_well_and_has(&descriptors);
    died_quietly(&server.end(Signal::INT), Signal::INT);
}
