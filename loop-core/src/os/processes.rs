//! Child processes.
//!
//! The end of one is an event like those of sockets, as its descriptor becomes readable then. So no signal is needed, and that of one child
//! can't be lost in that of another. Where there are no such descriptors, or none is left, `SIGCHLD` makes the loop look at all.
//!
//! The standard library starts them. It gives `SIGPIPE` its default action back, and makes pipes that no other child inherits. A signal
//! that has a handler here does in a child what it does by default, as the system wants it, and the loop blocks none.

use std::collections::BTreeMap;
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Command};
use std::sync::{Mutex, PoisonError};

use rustix::io::ioctl_fionbio;
use rustix::process::{Pid, Signal, kill_process};

use super::signals::Signals;
use super::sockets::{Kind, Sockets};
use crate::id::SourceId;
use crate::signal::SignalKind;
use crate::world::{Start, Stdio, unsupported};

/// Children of loops that are gone, which had not ended then. Loops look at them now and then, so that no zombies gather.
static LEFT_OVER: Mutex<Vec<Child>> = Mutex::new(Vec::new());

/// The children of a world.
#[derive(Debug, Default)]
pub(super) struct Processes {
    started: BTreeMap<SourceId, Started>,
    /// Those of which nobody wants to know any more that they have ended. They have their descriptors for the sake of the event.
    orphans: Vec<(Child, Option<OwnedFd>)>,
    /// Where a child has no descriptor: `SIGCHLD`.
    signals: Signals,
    /// As on a system without such descriptors.
    #[cfg(test)]
    has_no_descriptors: bool,
}

#[derive(Debug)]
struct Started {
    child: Child,
    is_killed_on_close: bool,
    /// How it has ended.
    status: Option<i32>,
    /// It has ended, and somebody else has taken note of that: its number may be another process's.
    is_gone: bool,
    /// The sockets have its descriptor.
    has_descriptor: bool,
    /// A task waits for it, and no event of a descriptor says that it has ended.
    is_awaited: bool,
}

impl Started {
    /// As far as is known.
    fn runs(&self) -> bool {
        self.status.is_none() && !self.is_gone
    }
}

#[cfg(target_os = "linux")]
fn descriptor(child: &Child) -> Option<OwnedFd> {
    use rustix::process::{PidfdFlags, pidfd_open};
    pidfd_open(Pid::from_child(child), PidfdFlags::empty()).ok()
}

#[cfg(not(target_os = "linux"))]
fn descriptor(_: &Child) -> Option<OwnedFd> {
    None
}

fn spawn(start: &Start) -> io::Result<Child> {
    let mut command = Command::new(&start.program);
    command.args(&start.arguments);
    if start.clears_environment {
        command.env_clear();
    }
    for (name, value) in &start.environment {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    if let Some(folder) = &start.folder {
        command.current_dir(folder);
    }
    let [input, output, errors] = start.streams.map(|stream| match stream {
        Stdio::Inherit => std::process::Stdio::inherit(),
        Stdio::Null => std::process::Stdio::null(),
        Stdio::Piped => std::process::Stdio::piped(),
    });
    command.stdin(input).stdout(output).stderr(errors).spawn()
}

/// Our ends of its standard streams.
fn take_pipes(child: &mut Child) -> [Option<OwnedFd>; 3] {
    [
        child.stdin.take().map(OwnedFd::from),
        child.stdout.take().map(OwnedFd::from),
        child.stderr.take().map(OwnedFd::from),
    ]
}

impl Processes {
    /// Starts one. The bell is rung by `SIGCHLD`, if that is needed.
    pub(super) fn start(
        &mut self,
        sockets: &mut Sockets,
        bell: impl FnOnce() -> io::Result<UnixStream>,
        (source, sources): (SourceId, [Option<SourceId>; 3]),
        start: &Start,
    ) -> io::Result<usize> {
        self.reap();
        let mut child = spawn(start)?;
        let descriptor = descriptor(&child);
        #[cfg(test)]
        let descriptor = descriptor.filter(|_| !self.has_no_descriptors);
        let has_descriptor = descriptor.is_some();
        let added = match descriptor {
            Some(descriptor) => sockets.adopt(source, Kind::Process, descriptor),
            None if self.signals.has(SignalKind::child()) => Ok(()),
            None => bell().and_then(|bell| self.signals.listen(SignalKind::child(), bell)),
        };
        let added = added.and_then(|()| add_pipes(sockets, take_pipes(&mut child), sources));
        if let Err(error) = added {
            sockets.close(source);
            sources
                .into_iter()
                .flatten()
                .for_each(|source| sockets.close(source));
            let _ = child.kill();
            self.orphans.push((child, None));
            return Err(error);
        }
        let number = child.id() as usize;
        let started = Started {
            child,
            is_killed_on_close: start.is_killed_on_close,
            status: None,
            is_gone: false,
            has_descriptor,
            is_awaited: false,
        };
        self.started.insert(source, started);
        Ok(number)
    }

    fn get(&mut self, source: SourceId) -> io::Result<&mut Started> {
        let started = self.started.get_mut(&source);
        started.ok_or_else(|| unsupported(source))
    }

    /// Its wait status. `None` if it has not ended.
    pub(super) fn wait(
        &mut self,
        sockets: &mut Sockets,
        source: SourceId,
    ) -> io::Result<Option<usize>> {
        let started = self.get(source)?;
        if started.status.is_none() {
            let ended = started.child.try_wait();
            started.is_gone = ended.is_err();
            started.status = ended?.map(ExitStatusExt::into_raw);
            match started.status {
                Some(_) => sockets.close(source),
                None => started.is_awaited = !sockets.watch(source),
            }
        }
        Ok(started.status.map(|status| status as u32 as usize))
    }

    /// As long as nobody has taken note of its end, its number is no other process's.
    pub(super) fn kill(&mut self, source: SourceId, signal: SignalKind) -> io::Result<usize> {
        let started = self.get(source)?;
        let signal = Signal::from_named_raw(signal.as_raw());
        let signal = signal.ok_or(io::ErrorKind::InvalidInput)?;
        if started.runs() {
            kill_process(Pid::from_child(&started.child), signal)?;
        }
        Ok(0)
    }

    /// False if it is no process.
    pub(super) fn close(&mut self, sockets: &mut Sockets, source: SourceId) -> bool {
        let Some(mut started) = self.started.remove(&source) else {
            return false;
        };
        if started.runs() {
            if started.is_killed_on_close {
                // If it has ended already, that is well.
                let _ = started.child.kill();
            }
            let descriptor = match started.has_descriptor {
                true => sockets.orphan(source),
                false => None,
            };
            self.orphans.push((started.child, descriptor));
            self.reap();
        }
        // If it is still there.
        sockets.close(source);
        true
    }

    pub(super) fn unwatch(&mut self, source: SourceId) {
        if let Some(started) = self.started.get_mut(&source) {
            started.is_awaited = false;
        }
    }

    /// Whether a task waits for one without a descriptor.
    pub(super) fn is_awaited(&self) -> bool {
        // Mostly no child is without.
        self.signals.has(SignalKind::child())
            && self.started.values().any(|started| started.is_awaited)
    }

    /// The loop has waited: takes note of the ends of orphans, and names the children without descriptors that may have ended.
    pub(super) fn look(&mut self, sockets: &mut Sockets, sources: &mut Vec<SourceId>) {
        let has_signal = self.signals.take(SignalKind::child());
        if sockets.take_orphaned() || has_signal {
            self.reap();
        }
        if has_signal {
            for (source, started) in &mut self.started {
                if std::mem::take(&mut started.is_awaited) {
                    sources.push(*source);
                }
            }
            sources.sort_unstable();
        }
    }

    /// Takes note of the ends of children that nobody waits for.
    pub(super) fn reap(&mut self) {
        self.orphans.retain_mut(|(child, _)| runs(child));
        let mut left_over = LEFT_OVER.lock().unwrap_or_else(PoisonError::into_inner);
        left_over.retain_mut(runs);
    }
}

/// Whether it has not ended. If it has, it is no zombie any more.
fn runs(child: &mut Child) -> bool {
    matches!(child.try_wait(), Ok(None))
}

fn add_pipes(
    sockets: &mut Sockets,
    pipes: [Option<OwnedFd>; 3],
    sources: [Option<SourceId>; 3],
) -> io::Result<()> {
    let kinds = [Kind::Sender, Kind::Receiver, Kind::Receiver];
    for ((pipe, source), kind) in pipes.into_iter().zip(sources).zip(kinds) {
        if let (Some(pipe), Some(source)) = (pipe, source) {
            // The flag belongs to our end only.
            ioctl_fionbio(&pipe, true)?;
            sockets.adopt(source, kind, pipe)?;
        }
    }
    Ok(())
}

impl Drop for Processes {
    fn drop(&mut self) {
        self.reap();
        let started = std::mem::take(&mut self.started).into_values();
        let running = started.filter(Started::runs);
        let running = running.map(|started| started.child);
        let orphans = self.orphans.drain(..).map(|(child, _)| child);
        let mut left_over = LEFT_OVER.lock().unwrap_or_else(PoisonError::into_inner);
        left_over.extend(running.chain(orphans));
    }
}

#[cfg(test)]
mod tests {
    use std::ffi::OsStr;

    use super::super::OsWorld;
    use crate::id::SourceId;
    use crate::signal::SignalKind;
    use crate::world::{Attempt, Op, Start, Until, World};

    fn start(world: &mut OsWorld, source: SourceId, seconds: &str) {
        let mut sleep = Start::new(OsStr::new("sleep"));
        sleep.arguments.push(seconds.into());
        let started = world.attempt(Op::Start(source, [None; 3], &sleep));
        assert!(matches!(started, Attempt::Done(Ok(_))), "{started:?}");
    }

    /// As on macOS.
    #[test]
    fn without_descriptors_a_signal_tells_that_children_have_ended() {
        let mut world = OsWorld::new();
        world.processes.has_no_descriptors = true;
        let sources = [10, 11].map(|number| SourceId::new(number, 0));
        start(&mut world, sources[0], "0.05");
        start(&mut world, sources[1], "1000");
        for source in sources {
            assert!(matches!(
                world.attempt(Op::Wait(source)),
                Attempt::WouldBlock
            ));
        }
        assert!(world.is_watching());
        let mut ended = Vec::new();
        while ended.is_empty() {
            world.wait(Until::Forever, &mut ended).unwrap();
        }
        assert_eq!(ended, sources);
        let status = world.attempt(Op::Wait(sources[0]));
        assert!(matches!(status, Attempt::Done(Ok(0))), "{status:?}");
        assert!(matches!(
            world.attempt(Op::Wait(sources[1])),
            Attempt::WouldBlock
        ));
        let killed = world.attempt(Op::Kill(sources[1], SignalKind::from_raw(9)));
        assert!(matches!(killed, Attempt::Done(Ok(0))), "{killed:?}");
        ended.clear();
        while ended.is_empty() {
            world.wait(Until::Forever, &mut ended).unwrap();
        }
        let status = world.attempt(Op::Wait(sources[1]));
        assert!(matches!(status, Attempt::Done(Ok(9))), "{status:?}");
        // Nobody waits for this one.
        start(&mut world, sources[0], "1000");
        world.attempt(Op::Kill(sources[0], SignalKind::from_raw(9)));
        world.close(sources[0]);
        while !world.processes.orphans.is_empty() {
            world.wait(Until::Forever, &mut ended).unwrap();
        }
    }
}
