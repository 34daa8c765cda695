//! The helper program as the tests run it. No test waits for one without a deadline.

use std::fs;
use std::io::Read;
use std::os::fd::OwnedFd;
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, Once, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process, waitid};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM, SIGUSR1};
use signal_hook::flag::register_conditional_default;

/// How long a program may take: a test that hangs fails. No machine is so busy that a program which does not hang takes as long.
const DEADLINE: Duration = Duration::from_secs(300);

/// Held while a program is started. It then has copies of all descriptors of the tests, for a moment.
static STARTING: Mutex<()> = Mutex::new(());

/// Does something with descriptors of which no program that another test starts shall have a copy.
pub(crate) fn alone<T>(act: impl FnOnce() -> T) -> T {
    let _lock = STARTING.lock().unwrap_or_else(PoisonError::into_inner);
    act()
}

/// From now on programs are started with the default actions of signals, also where the tests themselves ignore some: the background job
/// of a script ignores Ctrl-C, and what `nohup` starts ignores the end of the terminal. An action that is ignored is inherited, and a
/// handler is not.
fn let_programs_be_interrupted() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let always = Arc::new(AtomicBool::new(true));
        for signal in [SIGINT, SIGHUP, SIGTERM, SIGUSR1] {
            register_conditional_default(signal, Arc::clone(&always)).unwrap();
        }
    });
}

#[expect(clippy::disallowed_methods, reason = "real programs take real time")]
pub(crate) fn now() -> Instant {
    Instant::now()
}

/// Waits until `done` says so.
pub(crate) fn eventually(what: &str, mut done: impl FnMut() -> bool) {
    let began = now();
    while !done() {
        assert!(began.elapsed() < DEADLINE, "never: {what}");
        thread::sleep(Duration::from_millis(1));
    }
}

/// What the program prints in a flood of this many lines.
pub(crate) fn numbered(lines: usize) -> String {
    let lines: Vec<String> = (0..lines).map(|line| format!("{line:063}\n")).collect();
    lines.concat()
}

/// The settings of a helper program.
pub(crate) struct Helper {
    command: Command,
}

impl Helper {
    pub(crate) fn new(arguments: &[&str]) -> Helper {
        let mut command = Command::new(env!("CARGO_BIN_EXE_os-child"));
        command.args(arguments);
        Helper::of(command)
    }

    /// The helper program as a shell starts it: `$0` is the program, `script` the rest.
    pub(crate) fn in_shell(script: &str) -> Helper {
        let mut command = Command::new("sh");
        command.args(["-c", script, env!("CARGO_BIN_EXE_os-child")]);
        Helper::of(command)
    }

    fn of(mut command: Command) -> Helper {
        command.stdin(Stdio::null());
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        Helper { command }
    }

    pub(crate) fn stdin(mut self, stdin: impl Into<OwnedFd>) -> Helper {
        self.command.stdin(stdin.into());
        self
    }

    /// Unless given, it is a pipe that is read all the time.
    pub(crate) fn stdout(mut self, stdout: impl Into<OwnedFd>) -> Helper {
        self.command.stdout(stdout.into());
        self
    }

    /// Unless given, it is a pipe that is read all the time.
    pub(crate) fn stderr(mut self, stderr: impl Into<OwnedFd>) -> Helper {
        self.command.stderr(stderr.into());
        self
    }

    pub(crate) fn start(mut self) -> Running {
        let_programs_be_interrupted();
        let mut child = alone(|| self.command.spawn()).expect("the helper program starts");
        let stdout = Captured::new(child.stdout.take());
        let stderr = Captured::new(child.stderr.take());
        Running {
            child: Mortal(child),
            stdout,
            stderr,
        }
    }

    pub(crate) fn run(self) -> Ended {
        self.start().end()
    }
}

/// What a program writes, read as it comes.
pub(crate) struct Captured {
    so_far: Arc<Mutex<Vec<u8>>>,
    reader: Option<JoinHandle<()>>,
}

impl Captured {
    pub(crate) fn new(stream: Option<impl Read + Send + 'static>) -> Captured {
        let so_far = Arc::default();
        let reader = stream.map(|stream| {
            let so_far = Arc::clone(&so_far);
            thread::spawn(move || read_all(stream, &so_far))
        });
        Captured { so_far, reader }
    }

    pub(crate) fn text(&self) -> String {
        let bytes = self.so_far.lock().unwrap();
        String::from_utf8_lossy(&bytes).into_owned()
    }

    fn end(mut self) -> String {
        if let Some(reader) = self.reader.take() {
            reader.join().unwrap();
        }
        self.text()
    }
}

fn read_all(mut stream: impl Read, so_far: &Mutex<Vec<u8>>) {
    let mut bytes = [0; 64 * 1024];
    while let Ok(read @ 1..) = stream.read(&mut bytes) {
        so_far.lock().unwrap().extend_from_slice(&bytes[..read]);
    }
}

/// A process that does not outlive its test.
struct Mortal(Child);

impl Drop for Mortal {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A helper program that runs.
pub(crate) struct Running {
    child: Mortal,
    pub(crate) stdout: Captured,
    pub(crate) stderr: Captured,
}

impl Running {
    /// Waits until the program has written this to standard error.
    pub(crate) fn wait_for(&self, text: &str) {
        eventually(text, || self.stderr.text().contains(text));
    }

    /// Waits until the program runs a loop that sleeps, as it does when it has nothing to do.
    pub(crate) fn wait_until_parked(&self) {
        self.wait_until_parked_for(Duration::from_millis(20), "the program sleeps");
    }

    /// Waits until the program has slept for so long without being woken even once. So it has used no processor time either.
    pub(crate) fn wait_until_parked_for(&self, time: Duration, what: &str) {
        eventually(what, || {
            assert!(!self.has_ended(), "it has ended, and so never: {what}");
            let before = self.status().sleeps;
            thread::sleep(time);
            let after = self.status();
            after.runs_a_loop && after.is_asleep && after.sleeps == before
        });
    }

    /// Waits until the signal that was sent has come. A second one would be lost before that, as signals do not queue.
    pub(crate) fn wait_until_interrupted(&self) {
        eventually("the signal", || {
            self.has_ended() || !self.status().is_signal_pending
        });
    }

    fn status(&self) -> Status {
        let status = format!("/proc/{}/status", self.child.0.id());
        Status::parse(&fs::read_to_string(status).unwrap())
    }

    /// How much processor time it has used so far.
    pub(crate) fn cpu(&self) -> Duration {
        let stat = format!("/proc/{}/stat", self.child.0.id());
        let stat = fs::read_to_string(stat).unwrap();
        // The name of the program is in brackets. The times are the 14th and the 15th field, in ticks of 10 ms.
        let fields = stat.rsplit(')').next().unwrap().split_whitespace();
        let ticks: u64 = fields
            .skip(11)
            .take(2)
            .map(|n| n.parse::<u64>().unwrap())
            .sum();
        Duration::from_millis(10 * ticks)
    }

    pub(crate) fn interrupt(&self) {
        self.send(Signal::INT);
    }

    pub(crate) fn send(&self, signal: Signal) {
        kill_process(self.pid(), signal).unwrap();
    }

    fn pid(&self) -> Pid {
        Pid::from_child(&self.child.0)
    }

    pub(crate) fn has_ended(&self) -> bool {
        let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
        waitid(WaitId::Pid(self.pid()), options).unwrap().is_some()
    }

    /// Waits for its end.
    pub(crate) fn end(mut self) -> Ended {
        let began = now();
        while !self.has_ended() {
            if began.elapsed() > DEADLINE {
                let (stdout, stderr) = (self.stdout.text(), self.stderr.text());
                panic!("it hangs; so far it wrote {stdout:.200} and {stderr:.200}");
            }
            thread::sleep(Duration::from_millis(1));
        }
        // While it is not buried, the system still tells what it used.
        let cpu = self.cpu();
        let status = self.child.0.wait().unwrap();
        Ended {
            status,
            cpu,
            stdout: self.stdout.end(),
            stderr: self.stderr.end(),
        }
    }
}

/// What the system says of a process at one moment.
struct Status {
    is_asleep: bool,
    /// How often it went to sleep, that is, how often something woke it.
    sleeps: u64,
    runs_a_loop: bool,
    is_signal_pending: bool,
}

impl Status {
    fn parse(status: &str) -> Status {
        let field = |name| {
            let mut lines = status.lines();
            let field = lines.find_map(|line| line.strip_prefix(name));
            field
                .unwrap_or_else(|| panic!("no {name} in {status}"))
                .trim()
        };
        let has_sigint = |name| {
            let signals = u64::from_str_radix(field(name), 16).unwrap();
            signals & (1 << (SIGINT - 1)) != 0
        };
        Status {
            is_asleep: field("State:").starts_with('S'),
            sleeps: field("voluntary_ctxt_switches:").parse().unwrap(),
            // A loop handles Ctrl-C from its first run on.
            runs_a_loop: has_sigint("SigCgt:"),
            is_signal_pending: has_sigint("ShdPnd:"),
        }
    }
}

/// A helper program that has ended.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) status: ExitStatus,
    pub(crate) cpu: Duration,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Ended {
    /// It ended well and had nothing to complain about; what it printed.
    #[track_caller]
    pub(crate) fn printed(self) -> String {
        assert_eq!(self.stderr, "");
        assert!(self.status.success(), "{}", self.status);
        self.stdout
    }

    pub(crate) fn code(&self) -> Option<i32> {
        self.status.code()
    }

    /// The signal that killed it.
    pub(crate) fn signal(&self) -> Option<i32> {
        self.status.signal()
    }
}
