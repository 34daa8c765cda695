//! Descriptors of every kind, to be the standard streams of a helper program.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;
use std::{fs, io, process};

use rustix::fs::{CWD, Mode, OFlags};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{OptionalActions, tcgetattr, tcsetattr};

use crate::helper::alone;

/// A pseudo-terminal: the side of the person, and the side of the program.
pub(crate) fn terminal() -> (File, OwnedFd) {
    let person = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC).unwrap();
    grantpt(&person).unwrap();
    unlockpt(&person).unwrap();
    let name = ptsname(&person, Vec::new()).unwrap();
    let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC;
    let program = rustix::fs::open(name, flags, Mode::empty()).unwrap();
    (File::from(person), program)
}

/// Bytes go through this terminal as they are.
pub(crate) fn make_raw(terminal: impl AsFd) {
    let mut attributes = tcgetattr(&terminal).unwrap();
    attributes.make_raw();
    tcsetattr(&terminal, OptionalActions::Now, &attributes).unwrap();
}

/// A path where nothing is yet.
pub(crate) fn new_path() -> PathBuf {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    let next = NEXT.fetch_add(1, Ordering::Relaxed);
    let directory = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    directory.join(format!("os-{}-{next}", process::id()))
}

/// A regular file with these bytes, to read.
pub(crate) fn file(contents: &[u8]) -> OwnedFd {
    let path = new_path();
    fs::write(&path, contents).unwrap();
    let file = File::open(&path).unwrap();
    fs::remove_file(path).unwrap();
    file.into()
}

/// A named FIFO: its writing side, and its reading side.
pub(crate) fn fifo() -> (File, OwnedFd) {
    let path = new_path();
    rustix::fs::mkfifoat(CWD, &path, Mode::RUSR | Mode::WUSR).unwrap();
    // Open for both, so that neither side has to wait for the other …
    let both = OpenOptions::new()
        .read(true)
        .write(true)
        .open(&path)
        .unwrap();
    let reader = File::open(&path).unwrap();
    let writer = OpenOptions::new().write(true).open(&path).unwrap();
    // … and for one each from now on, or the end would never come.
    drop(both);
    fs::remove_file(path).unwrap();
    (writer, reader.into())
}

pub(crate) fn pipe() -> (File, OwnedFd) {
    let (reader, writer) = io::pipe().unwrap();
    (File::from(OwnedFd::from(writer)), reader.into())
}

pub(crate) fn socket() -> (File, OwnedFd) {
    let (reader, writer) = UnixStream::pair().unwrap();
    (File::from(OwnedFd::from(writer)), reader.into())
}

/// The writing end of a pipe that has no reader, not even for a moment in a program that another test starts.
pub(crate) fn pipe_without_a_reader() -> File {
    alone(|| pipe().0)
}

/// The same of a socket.
pub(crate) fn socket_without_a_reader() -> File {
    alone(|| socket().0)
}

/// The ways in which a test gives a program its input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    Pipe,
    /// One byte at a time.
    SlowPipe,
    Fifo,
    File,
    Socket,
    Terminal,
}

impl Source {
    pub(crate) const ALL: [Source; 6] = [
        Source::Pipe,
        Source::SlowPipe,
        Source::Fifo,
        Source::File,
        Source::Socket,
        Source::Terminal,
    ];

    /// A descriptor that gives these bytes, in one write unless it is the slow pipe, and then its end.
    pub(crate) fn giving(self, bytes: &[u8]) -> OwnedFd {
        let (writer, reader) = match self {
            Source::Pipe | Source::SlowPipe => pipe(),
            Source::Fifo => fifo(),
            Source::Socket => socket(),
            Source::Terminal => terminal(),
            Source::File => return file(bytes),
        };
        let bytes = bytes.to_vec();
        thread::spawn(move || self.write(writer, &bytes));
        reader
    }

    /// The program may have ended before everything is written: that is for the test to judge by its output.
    fn write(self, mut writer: File, bytes: &[u8]) {
        match self {
            Source::SlowPipe => {
                for byte in bytes {
                    let _ = writer.write_all(&[*byte]);
                    thread::sleep(Duration::from_millis(1));
                }
            }
            Source::Terminal => {
                // ^D gives what was typed; where nothing was, it is the end.
                let end: &[u8] = match bytes.last() {
                    None | Some(b'\n') => b"\x04",
                    _ => b"\x04\x04",
                };
                let _ = writer.write_all(bytes);
                let _ = writer.write_all(end);
                // A closed terminal is an end too: it stays open until the program has closed its side. Until then there is its echo.
                let _ = io::copy(&mut writer, &mut io::sink());
            }
            _ => drop(writer.write_all(bytes)),
        }
    }
}
