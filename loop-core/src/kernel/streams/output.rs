//! The output buffer: tasks append text, and the world takes bytes.

use std::io;
use std::time::Duration;

use crate::time::Time;

/// Above this many unwritten bytes a printing task is parked.
const HIGH_WATER: usize = 64 * 1024;

/// Text waits for more to come for so long at most, as far as the loop has the chance to do something about it.
const GATHERED: Duration = Duration::from_millis(10);

#[derive(Default)]
pub(in crate::kernel) struct Output {
    buffer: Vec<u8>,
    /// When text was last written in this run.
    flushed: Option<Time>,
    /// Whether a person reads it. Found when a run first prints.
    is_interactive: Option<bool>,
    /// What was written before here.
    start: usize,
    /// The error of a failed write, until a task gets it as an answer.
    error: Option<io::Error>,
    /// Some of what is unwritten is a task's.
    is_a_tasks: bool,
    /// Reports of the loop's own that there was no room for.
    dropped: u64,
}

impl Output {
    pub(in crate::kernel) fn push(&mut self, text: &str) {
        self.is_a_tasks = true;
        self.buffer.extend_from_slice(text.as_bytes());
    }

    /// Adds the loop's own words. Nobody can be parked for them: those that there is no room for are only counted.
    pub(in crate::kernel) fn push_report(&mut self, text: &str) {
        if self.is_high() {
            self.dropped += 1;
        } else {
            self.note_dropped();
            self.buffer.extend_from_slice(text.as_bytes());
        }
    }

    /// Says how many reports are missing here.
    pub(in crate::kernel) fn note_dropped(&mut self) {
        let dropped = std::mem::take(&mut self.dropped);
        if dropped > 0 {
            let note = format!("… {dropped} reports dropped\n");
            self.buffer.extend_from_slice(note.as_bytes());
        }
    }

    /// A run begins, perhaps with another stream under the same name.
    pub(in crate::kernel) fn begin(&mut self) {
        self.flushed = None;
        self.is_interactive = None;
    }

    /// Whether a person reads it: `find` is asked once in a run.
    #[inline]
    pub(in crate::kernel) fn is_interactive(&mut self, find: impl FnOnce() -> bool) -> bool {
        *self.is_interactive.get_or_insert_with(find)
    }

    /// Whether what is unwritten has waited long. Where the clock stands still it never has.
    #[inline]
    pub(in crate::kernel) fn is_due(&self, now: Option<Time>) -> bool {
        now.is_some_and(|now| {
            let is_recent = |flushed| now - flushed < GATHERED;
            !self.flushed.is_some_and(is_recent)
        })
    }

    /// What is unwritten is being written.
    pub(in crate::kernel) fn flushed(&mut self, now: Option<Time>) {
        self.flushed = now;
    }

    pub(in crate::kernel) fn unwritten(&self) -> &[u8] {
        &self.buffer[self.start..]
    }

    pub(in crate::kernel) fn is_empty(&self) -> bool {
        self.unwritten().is_empty()
    }

    pub(in crate::kernel) fn is_high(&self) -> bool {
        self.unwritten().len() > HIGH_WATER
    }

    /// Takes note of how a write ended. What cannot be written is given up: the stream has failed. If that was only reports, it is
    /// no failure of the program.
    pub(in crate::kernel) fn wrote(&mut self, result: io::Result<usize>) {
        let result = match result {
            // It would be tried for ever.
            Ok(0) => Err(io::ErrorKind::WriteZero.into()),
            result => result,
        };
        match result {
            Ok(bytes) => self.start += bytes,
            Err(error) => {
                if self.is_a_tasks {
                    self.error = Some(error);
                }
                self.start = self.buffer.len();
            }
        }
        if self.is_empty() {
            self.buffer.clear();
            self.start = 0;
            self.is_a_tasks = false;
        } else if self.start > HIGH_WATER.max(self.buffer.len() / 2) {
            // The rest is moved to the front only when it is the smaller half, so the cost per byte is constant.
            self.buffer.drain(..self.start);
            self.start = 0;
        }
    }

    /// Takes back an error that no task was told.
    pub(in crate::kernel) fn untold(&mut self, error: io::Error) {
        self.error.get_or_insert(error);
    }

    pub(in crate::kernel) fn take_error(&mut self) -> Option<io::Error> {
        self.error.take()
    }
}
