//! Writes the text that tasks have printed.

use std::io;

use super::Kernel;
use super::stop_reason::StopReason;
use crate::id::SourceId;
use crate::policy::Policy;
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

    /// Flushes standard output and standard error.
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
        self.sources.output_mut(stderr).push(text);
    }
}
