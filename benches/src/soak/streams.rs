//! Standard streams of every kind for a child process, and the ends that its parent has.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Seek, Write};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::process;
use std::sync::atomic::{AtomicUsize, Ordering};

use rustix::fs::{CWD, MemfdFlags, Mode, OFlags, memfd_create, mkfifoat};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    Pipe,
    Fifo,
    Socket,
    Terminal,
    File,
}

impl Kind {
    pub(crate) const ALL: [Kind; 5] = [
        Kind::Pipe,
        Kind::Fifo,
        Kind::Socket,
        Kind::Terminal,
        Kind::File,
    ];

    /// An input for a child, and the parent's end. A file has its contents from the beginning.
    pub(crate) fn input(self, contents: &[u8]) -> io::Result<(OwnedFd, Option<File>)> {
        let (parent, child) = match self {
            Kind::Pipe => {
                let (reader, writer) = io::pipe()?;
                (File::from(OwnedFd::from(writer)), reader.into())
            }
            Kind::Fifo => {
                let (reader, writer) = fifo()?;
                (writer, reader.into())
            }
            Kind::Socket => socket()?,
            Kind::Terminal => terminal(true)?,
            Kind::File => {
                let mut file = file()?;
                file.write_all(contents)?;
                file.rewind()?;
                return Ok((file.into(), None));
            }
        };
        Ok((child, Some(parent)))
    }

    /// An output for a child, and the parent's end.
    pub(crate) fn output(self) -> io::Result<(OwnedFd, File)> {
        let (parent, child) = match self {
            Kind::Pipe => {
                let (reader, writer) = io::pipe()?;
                (File::from(OwnedFd::from(reader)), writer.into())
            }
            Kind::Fifo => {
                let (reader, writer) = fifo()?;
                (reader, writer.into())
            }
            Kind::Socket => socket()?,
            Kind::Terminal => terminal(false)?,
            Kind::File => {
                let file = file()?;
                (file.try_clone()?, file.into())
            }
        };
        Ok((child, parent))
    }
}

fn file() -> io::Result<File> {
    Ok(memfd_create("soak", MemfdFlags::CLOEXEC)?.into())
}

fn socket() -> io::Result<(File, OwnedFd)> {
    let (ours, theirs) = UnixStream::pair()?;
    Ok((File::from(OwnedFd::from(ours)), theirs.into()))
}

/// A named FIFO: its reading side, and its writing side.
fn fifo() -> io::Result<(File, File)> {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    let next = NEXT.fetch_add(1, Ordering::Relaxed);
    let path: PathBuf = std::env::temp_dir().join(format!("soak-{}-{next}", process::id()));
    mkfifoat(CWD, &path, Mode::RUSR | Mode::WUSR)?;
    // Open for both, so that neither side has to wait for the other, and for one each from then on.
    let both = OpenOptions::new().read(true).write(true).open(&path)?;
    let reader = File::open(&path)?;
    let writer = OpenOptions::new().write(true).open(&path)?;
    drop(both);
    fs::remove_file(path)?;
    Ok((reader, writer))
}

/// A terminal without echo, through which bytes go as they are, as text is typed: line by line, with an end.
fn terminal(is_typed: bool) -> io::Result<(File, OwnedFd)> {
    let person = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC)?;
    grantpt(&person)?;
    unlockpt(&person)?;
    let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC;
    let program = rustix::fs::open(ptsname(&person, Vec::new())?, flags, Mode::empty())?;
    let mut attributes = tcgetattr(&program)?;
    attributes.make_raw();
    attributes.local_modes.set(LocalModes::ICANON, is_typed);
    tcsetattr(&program, OptionalActions::Now, &attributes)?;
    Ok((File::from(person), program))
}
