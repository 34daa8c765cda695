//! Writing what tasks have printed.

use std::io;

use super::{Kernel, StopReason};
use crate::id::SourceId;
use crate::scheduler::Wait;
use crate::stdio::Output;
use crate::trace::Recorder;
use crate::world::{Attempt, Op, World};

impl<W: World, R: Recorder> Kernel<W, R> {
    pub(crate) fn output(&mut self, stream: Wait) -> &mut Output {
        match stream {
            Wait::Stdout => &mut self.stdout,
            _ => &mut self.stderr,
        }
    }

    /// Writes what the world takes without blocking.
    pub(crate) fn flush(&mut self, stream: Wait) {
        let (source, output) = match stream {
            Wait::Stdout => (SourceId::STDOUT, &mut self.stdout),
            _ => (SourceId::STDERR, &mut self.stderr),
        };
        while !output.is_empty() && !output.blocked {
            match self.world.attempt(Op::Write(source, output.unwritten())) {
                Attempt::WouldBlock => output.blocked = true,
                Attempt::Done(Err(error)) if is_closed_stdout(source, &error) => {
                    output.wrote(Err(error));
                    self.halt = Some(StopReason::BrokenPipe);
                    return;
                }
                Attempt::Done(result) => output.wrote(result),
            }
        }
    }
}

fn is_closed_stdout(source: SourceId, error: &io::Error) -> bool {
    source == SourceId::STDOUT && error.kind() == io::ErrorKind::BrokenPipe
}
