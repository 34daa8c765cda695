//! Writes the text that tasks have printed.

use std::io;
use std::mem;

use super::stop_reason::StopReason;
use super::{Kernel, Standard};
use crate::id::SourceId;
use crate::policy::Policy;
use crate::time::Time;
use crate::trace::Recorder;
use crate::world::{Attempt, Op, Source, World};

impl<W: World, R: Recorder, P: Policy> Kernel<W, R, P> {
    /// Writes as much of a stream's text as the world takes without blocking.
    pub(super) fn flush(&mut self, source: SourceId) {
        while !self.sources.is_watched(source) {
            let output = self.sources.output_mut(source);
            if output.is_empty() {
                return;
            }
            match self.world.attempt(Op::Write(source, output.unwritten())) {
                Attempt::WouldBlock => self.sources.set_watched(source, true),
                Attempt::Done(result) => {
                    let is_closed =
                        matches!(&result, Err(error) if error.kind() == io::ErrorKind::BrokenPipe);
                    output.wrote(result);
                    if is_closed && self.sources.what(source) == Source::Stdout {
                        self.stop_reason = Some(StopReason::BrokenPipe);
                        return;
                    }
                }
            }
        }
    }

    /// A run begins.
    pub(super) fn begin_outputs(&mut self) {
        let Standard { stdout, stderr, .. } = self.standard();
        self.sources.output_mut(stdout).begin();
        self.sources.output_mut(stderr).begin();
    }

    /// Text was added to an output: it is written now if it is much, if a person waits for it, or if it has waited long.
    #[inline]
    pub(super) fn flush_if_due(&mut self, source: SourceId) {
        let now = self.now_if_slow();
        let world = &mut self.world;
        let output = self.sources.output_mut(source);
        if output.is_due(now) {
            output.flushed(now);
            self.flush(source);
        } else if output.is_high() || output.is_interactive(|| world.is_interactive(source)) {
            self.flush(source);
        }
    }

    /// The time, if it may be long until a poll looks for text that has waited: turns have been slow, or this one prints more than once.
    #[inline]
    fn now_if_slow(&mut self) -> Option<Time> {
        let turn = self.queue.left();
        let is_first = mem::replace(&mut self.printed_in, turn) != turn;
        match is_first && self.pace.is_quick() {
            true => None,
            false => self.world.coarse_now(),
        }
    }

    /// Writes what has waited long.
    pub(super) fn flush_due(&mut self) {
        let now = self.pace.now();
        let Standard { stdout, stderr, .. } = self.standard();
        for source in [stdout, stderr] {
            let output = self.sources.output_mut(source);
            if !output.is_empty() && output.is_due(now) {
                output.flushed(now);
                self.flush(source);
            }
        }
    }

    /// Writes what the world takes of both outputs.
    pub(super) fn flush_outputs(&mut self) {
        let standard = self.standard();
        self.flush(standard.stdout);
        self.flush(standard.stderr);
    }

    /// Whether all that was printed is written.
    pub(super) fn is_flushed(&mut self) -> bool {
        let standard = self.standard();
        self.sources.output_mut(standard.stdout).is_empty()
            && self.sources.output_mut(standard.stderr).is_empty()
    }

    /// Adds a message of the loop itself to standard error.
    pub(super) fn complain(&mut self, text: &str) {
        let stderr = self.standard().stderr;
        self.sources.output_mut(stderr).push_report(text);
        self.flush_if_due(stderr);
    }
}
