//! The servers among the examples, as programs, with clients that know nothing of this library.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};

use rustix::process::{Pid, Signal, kill_process};

use crate::{PATIENCE, Running, died_quietly, ended_quietly, run, start, stderr, stdout};

/// Starts a server, and gives the address that it prints.
fn serve(name: &str, arguments: &[&str]) -> (Running, SocketAddr) {
    let mut server = start(name, arguments);
    let mut line = String::new();
    let mut stdout = BufReader::new(server.child.stdout.take().unwrap());
    stdout.read_line(&mut line).unwrap();
    let address = line.trim_end().strip_prefix("listening on ");
    (server, address.expect(&line).parse().unwrap())
}

fn interrupt(server: &Running) {
    kill_process(Pid::from_child(&server.child), Signal::INT).unwrap();
}

struct Client {
    input: BufReader<TcpStream>,
    output: TcpStream,
}

impl Client {
    fn new(address: SocketAddr) -> Client {
        let output = TcpStream::connect(address).unwrap();
        output.set_read_timeout(Some(PATIENCE)).unwrap();
        let input = BufReader::new(output.try_clone().unwrap());
        Client { input, output }
    }

    fn says(&mut self, text: &str) {
        self.output.write_all(text.as_bytes()).unwrap();
    }

    /// A line, or nothing at the end.
    fn hears(&mut self) -> String {
        let mut line = String::new();
        self.input.read_line(&mut line).unwrap();
        line
    }

    fn hears_all(&mut self) -> String {
        let mut all = String::new();
        self.input.read_to_string(&mut all).unwrap();
        all
    }
}

#[test]
fn echo_server_echoes() {
    let (server, address) = serve("echo_server", &[]);
    let mut clients = [Client::new(address), Client::new(address)];
    for word in ["one\n", "two\n"] {
        for client in &mut clients {
            client.says(word);
            assert_eq!(client.hears(), word);
        }
    }
    for client in &mut clients {
        client.output.shutdown(Shutdown::Write).unwrap();
        assert_eq!(client.hears(), "");
    }
    interrupt(&server);
    died_quietly(&server.wait(), Signal::INT);
}

#[test]
fn chat_server_lets_two_talk_and_says_goodbye() {
    let (server, address) = serve("chat_server", &["0"]);
    let mut ann = Client::new(address);
    assert_eq!(ann.hears(), "* what is your name?\n");
    ann.says("ann\r\n");
    assert!(ann.hears().starts_with("* hello ann: "));
    let mut bob = Client::new(address);
    assert_eq!(bob.hears(), "* what is your name?\n");
    bob.says("ann\nbob\n");
    assert!(bob.hears().starts_with("* somebody is called ann already"));
    assert!(bob.hears().starts_with("* hello bob: "));
    assert_eq!(ann.hears(), "* bob has come\n");
    bob.says("good \x1b[31mmorning\n");
    assert_eq!(ann.hears(), "bob: good [31mmorning\n");
    ann.says("/who\n");
    assert_eq!(ann.hears(), "* ann, bob\n");
    let mut nameless = Client::new(address);
    assert_eq!(nameless.hears(), "* what is your name?\n");
    bob.says("/quit\n");
    assert_eq!(bob.hears_all(), "");
    assert_eq!(ann.hears(), "* bob has left\n");
    interrupt(&server);
    assert_eq!(ann.hears_all(), "* the chat ends\n");
    assert_eq!(nameless.hears_all(), "* the chat ends\n");
    ended_quietly(&server.wait(), 130);
}

/// One who reads nothing does not keep the others, and not the end.
#[test]
fn chat_server_drops_who_is_too_slow() {
    let (server, address) = serve("chat_server", &[]);
    let mut slow = Client::new(address);
    slow.says("slow\n");
    assert_eq!(slow.hears(), "* what is your name?\n");
    let mut ann = Client::new(address);
    ann.says("ann\n");
    let mut bob = Client::new(address);
    bob.says("bob\n");
    // Both have names when bob has his.
    while !bob.hears().starts_with("* hello bob") {}
    let text = format!("{}\n", "x".repeat(900));
    let mut said = 0;
    loop {
        ann.says(&text);
        said += text.len();
        match bob.hears() {
            line if line.ends_with(&text) => {}
            line => break assert_eq!(line, "* slow was too slow, and is dropped\n"),
        }
        assert!(said < 100_000_000, "nobody is dropped");
    }
    interrupt(&server);
    ended_quietly(&server.wait(), 130);
}

#[test]
fn port_proxy_passes_on_both_directions_and_their_ends() {
    let (target, target_address) = serve("echo_server", &[]);
    let target_argument = format!("localhost:{}", target_address.port());
    let (proxy, address) = serve("port_proxy", &["127.0.0.1:0", &target_argument]);
    let text = "0123456789".repeat(100_000);
    let mut first = Client::new(address);
    let mut second = Client::new(address);
    second.says("hello\n");
    assert_eq!(second.hears(), "hello\n");
    let mut output = first.output.try_clone().unwrap();
    let sent = text.clone();
    let writer = std::thread::spawn(move || {
        output.write_all(sent.as_bytes()).unwrap();
        output.shutdown(Shutdown::Write).unwrap();
    });
    assert!(first.hears_all() == text);
    writer.join().unwrap();
    // The other connection is still there.
    second.says("bye\n");
    assert_eq!(second.hears(), "bye\n");
    for server in [proxy, target] {
        interrupt(&server);
        died_quietly(&server.wait(), Signal::INT);
    }
}

#[test]
fn port_proxy_says_what_has_failed() {
    // Nobody listens there any more.
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap();
    let target = nobody.local_addr().unwrap().to_string();
    drop(nobody);
    let (proxy, address) = serve("port_proxy", &["127.0.0.1:0", &target]);
    let mut client = Client::new(address);
    let local = client.output.local_addr().unwrap();
    assert_eq!(client.hears(), "");
    interrupt(&proxy);
    let output = proxy.wait();
    let error = format!("{local}: cannot connect to {target}: ");
    assert!(stderr(&output).starts_with(&error), "{}", stderr(&output));

    let output = run("port_proxy", &["127.0.0.1:0"], "");
    assert_eq!(stderr(&output), "usage: port_proxy LISTEN TARGET\n");
    assert_eq!((stdout(&output), output.status.code()), ("", Some(2)));

    let output = run("port_proxy", &["nonsense", "127.0.0.1:1"], "");
    assert!(
        stderr(&output).contains("`nonsense` is no address"),
        "{}",
        stderr(&output)
    );
    assert_eq!(output.status.code(), Some(1));
}

/// A server that has no descriptors left says so, goes on, and takes the next client when one has left.
#[test]
#[cfg(target_os = "linux")]
fn chat_server_survives_too_many_clients() {
    use std::path::Path;

    use rustix::process::{Resource, getrlimit, prlimit};

    let (mut server, address) = serve("chat_server", &[]);
    let pid = Pid::from_child(&server.child);
    let descriptors = format!("/proc/{}/fd", pid.as_raw_nonzero());
    let is_free = |number: &u64| !Path::new(&format!("{descriptors}/{number}")).exists();
    let free = (0..).find(is_free).unwrap();
    // Room for one client.
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = Some(free + 1);
    prlimit(Some(pid), Resource::Nofile, limit).unwrap();
    let mut first = Client::new(address);
    assert_eq!(first.hears(), "* what is your name?\n");
    let mut second = Client::new(address);
    let mut error = String::new();
    let mut stderr = BufReader::new(server.child.stderr.take().unwrap());
    while !error.starts_with("cannot accept") {
        error.clear();
        assert_ne!(stderr.read_line(&mut error).unwrap(), 0, "it ended");
    }
    assert!(error.contains("Too many open files"), "{error}");
    first.says("first\n/quit\n");
    assert!(first.hears_all().starts_with("* hello first"));
    assert_eq!(second.hears(), "* what is your name?\n");
    interrupt(&server);
    assert_eq!(second.hears_all(), "* the chat ends\n");
    assert_eq!(server.wait().status.code(), Some(130));
}
