//! The closed list of events: one per decision of the loop.

use std::io;
use std::time::Duration;

use crate::coroutine::Site;
use crate::id::TaskId;
use crate::request::{Resume, Yield};
use crate::time::Time;

/// One decision of the loop, or what it decided upon.
///
/// The loop emits them at fixed points. Nothing in one depends on an address, a descriptor or a wall clock.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Event {
    /// A task was made: by `parent`, or by `schedule`. `ordinal` counts its parent's children from 1, or the loop's roots
    /// from 0.
    Scheduled {
        /// The new task.
        task: TaskId,
        /// Who spawned it.
        parent: Option<TaskId>,
        /// Which child, or which root.
        ordinal: u32,
        /// The coroutine that it runs.
        site: &'static Site,
    },
    /// A step begins: the task is resumed.
    Resumed {
        /// The task.
        task: TaskId,
        /// The coroutine on top of its stack.
        site: &'static Site,
        /// What it is told.
        input: Told,
    },
    /// The step ended with a request.
    Asked {
        /// The task.
        task: TaskId,
        /// The request.
        request: Asked,
    },
    /// The request is answered at once: the task goes to the back of the ready queue.
    Answered {
        /// The task.
        task: TaskId,
        /// The answer.
        answer: Told,
    },
    /// The request cannot be answered yet: the task is parked.
    Parked {
        /// The task.
        task: TaskId,
    },
    /// The step ended because the chained coroutine on top of the task's stack did; its value goes to the one below.
    Returned {
        /// The task.
        task: TaskId,
        /// The coroutine that ended.
        site: &'static Site,
    },
    /// The task ended.
    Finished {
        /// The task.
        task: TaskId,
    },
    /// The task failed.
    Failed {
        /// The task.
        task: TaskId,
        /// What the panic said.
        message: Excerpt,
    },
    /// The loop looked at the world, and something had happened. The clock stood at `now`.
    Looked {
        /// The time.
        now: Time,
    },
    /// A parked task became ready: it goes to the back of the ready queue.
    Woken {
        /// The task.
        task: TaskId,
        /// What woke it.
        cause: Cause,
    },
    /// Not the first of the ready tasks was picked to run next.
    Chose {
        /// Which one, from 0 in the order of the queue.
        picked: u32,
        /// Out of how many.
        options: u32,
    },
    /// Every task is parked and nothing outside can wake one.
    Deadlocked {
        /// The tasks, each with what it waits for.
        waits: Vec<(TaskId, Asked)>,
    },
}

/// What a task is told when it is resumed.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Told {
    /// Nothing: its body starts.
    Start,
    /// Nothing: it was primed, and its first request is looked at now.
    Primed,
    /// To go on.
    GoOn,
    /// A line of input.
    Line(Excerpt),
    /// Bytes of input.
    Bytes(Excerpt),
    /// That input has ended.
    EndOfInput,
    /// That its text was taken over.
    Written,
    /// That its request failed.
    Error(io::ErrorKind),
    /// Which task was spawned for it.
    Spawned(TaskId),
    /// That the coroutine it chained has ended with a value.
    Returned,
    /// That the task it joined has ended with a value …
    Joined,
    /// … or has failed.
    JoinFailed,
    /// The time.
    Time(Time),
}

/// What a task asks.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Asked {
    /// To let the others run.
    Now,
    /// A line of input.
    Stdin,
    /// Bytes of input.
    StdinBytes,
    /// To print.
    Print(Excerpt),
    /// To print on standard error.
    Eprint(Excerpt),
    /// To spawn a coroutine.
    Spawn(&'static Site),
    /// To chain a coroutine.
    Chain(&'static Site),
    /// To join a task.
    Join(TaskId),
    /// To join a task of another loop.
    JoinForeign,
    /// To sleep.
    Sleep(Duration),
    /// To sleep until an instant.
    SleepUntil(Time),
    /// What time it is.
    Clock,
    /// That the loop stop.
    Stop,
}

/// Why a parked task became ready.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Cause {
    /// Its deadline came.
    Timer,
    /// Standard input gave it this.
    Stdin(Told),
    /// There is room for its text on standard output …
    Stdout,
    /// … or standard error.
    Stderr,
    /// The task that it joined has ended.
    Join(TaskId),
}

/// The beginning of some text or bytes, and how long it is in all.
#[derive(Clone, PartialEq, Eq)]
pub struct Excerpt(Box<Cut>);

/// One allocation. What is not kept is zero.
#[derive(Clone, PartialEq, Eq)]
struct Cut {
    head: [u8; Excerpt::KEPT],
    length: usize,
}

impl Excerpt {
    /// How much is kept.
    const KEPT: usize = 32;

    pub(crate) fn of(bytes: impl AsRef<[u8]>) -> Excerpt {
        let bytes = bytes.as_ref();
        let kept = bytes.len().min(Excerpt::KEPT);
        let mut head = [0; Excerpt::KEPT];
        head[..kept].copy_from_slice(&bytes[..kept]);
        Excerpt(Box::new(Cut {
            head,
            length: bytes.len(),
        }))
    }

    /// The first bytes, at most 32.
    pub fn head(&self) -> &[u8] {
        &self.0.head[..self.0.length.min(Excerpt::KEPT)]
    }

    /// The length of the whole, in bytes.
    pub fn length(&self) -> usize {
        self.0.length
    }
}

impl std::fmt::Debug for Excerpt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self, f)
    }
}

impl From<&Resume> for Told {
    fn from(resume: &Resume) -> Told {
        match resume {
            Resume::Unit => Told::GoOn,
            Resume::Line(Ok(Some(line))) => Told::Line(Excerpt::of(line)),
            Resume::Bytes(Ok(Some(bytes))) => Told::Bytes(Excerpt::of(bytes)),
            Resume::Line(Ok(None)) | Resume::Bytes(Ok(None)) => Told::EndOfInput,
            Resume::Written(Ok(())) => Told::Written,
            Resume::Line(Err(error)) | Resume::Bytes(Err(error)) | Resume::Written(Err(error)) => {
                Told::Error(error.kind())
            }
            Resume::Spawned(handle) => Told::Spawned(handle.task()),
            Resume::Returned(_) => Told::Returned,
            Resume::Joined(Ok(_)) => Told::Joined,
            Resume::Joined(Err(_)) => Told::JoinFailed,
            Resume::Time(time) => Told::Time(*time),
        }
    }
}

impl From<&Yield> for Asked {
    fn from(request: &Yield) -> Asked {
        match request {
            Yield::Now => Asked::Now,
            Yield::Stdin => Asked::Stdin,
            Yield::StdinBytes => Asked::StdinBytes,
            Yield::Print(text) => Asked::Print(Excerpt::of(text)),
            Yield::Eprint(text) => Asked::Eprint(Excerpt::of(text)),
            Yield::Spawn(coroutine) => Asked::Spawn(coroutine.0.site()),
            Yield::Chain(coroutine) => Asked::Chain(coroutine.0.site()),
            Yield::Join(handle) => Asked::Join(handle.task()),
            Yield::Sleep(time) => Asked::Sleep(*time),
            Yield::SleepUntil(time) => Asked::SleepUntil(*time),
            Yield::Clock => Asked::Clock,
            Yield::Stop => Asked::Stop,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A run writes two or three events per step.
    #[test]
    fn an_event_is_small() {
        assert!(size_of::<Event>() <= 32, "{} bytes", size_of::<Event>());
    }

    #[test]
    fn an_excerpt_keeps_the_beginning_and_the_length() {
        let cut = Excerpt::of([7; 40]);
        assert_eq!((cut.head(), cut.length()), ([7; 32].as_slice(), 40));
        let whole = Excerpt::of("ab");
        assert_eq!((whole.head(), whole.length()), (b"ab".as_slice(), 2));
    }

    #[test]
    fn an_excerpt_is_quoted_text() {
        let text = |bytes: &[u8]| Excerpt::of(bytes).to_string();
        assert_eq!(text(b"plain"), r#""plain""#);
        assert_eq!(text("tab\t \"é\"".as_bytes()), r#""tab\t \"é\"""#);
        assert_eq!(text(b"\xff\0"), r#""\xff\0""#);
        assert_eq!(text(&[b'x'; 33]), format!("\"{}\"…(33)", "x".repeat(32)));
        // The cut goes through the middle of a character, or behind a byte that is no text.
        let odd = format!("x{}", "é".repeat(20));
        assert_eq!(
            text(odd.as_bytes()),
            format!("\"x{}\"…(41)", "é".repeat(15))
        );
        assert_eq!(
            text(&[b'\xff'; 33]),
            format!("\"{}\"…(33)", "\\xff".repeat(32))
        );
    }
}
