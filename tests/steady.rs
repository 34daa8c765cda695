//! The operating system at a steady pace.

use std::io;
use std::task::Waker;

use loop_core::world::{Address, Attempt, Op, Source, Until, Waited, World};
use loop_core::{OsWorld, SignalKind, SourceId, Time};

/// The operating system, but for the clock that says how long tasks have run. Without that one a loop polls as rarely as in a
/// simulation. With it, a loop on a busy machine polls in the middle of a batch, and decides otherwise.
#[derive(Debug, Default)]
pub struct SteadyOs(OsWorld);

impl World for SteadyOs {
    fn now(&self) -> Time {
        self.0.now()
    }

    fn open(&mut self, source: SourceId, what: Source) -> io::Result<()> {
        self.0.open(source, what)
    }

    fn close(&mut self, source: SourceId) {
        self.0.close(source);
    }

    fn is_interactive(&mut self, source: SourceId) -> bool {
        self.0.is_interactive(source)
    }

    fn attempt(&mut self, op: Op<'_>) -> Attempt {
        self.0.attempt(op)
    }

    fn local_addr(&self, source: SourceId) -> io::Result<Address> {
        self.0.local_addr(source)
    }

    fn unread(&mut self, source: SourceId, bytes: Vec<u8>) -> Vec<u8> {
        self.0.unread(source, bytes)
    }

    fn wait(&mut self, until: Until, sources: &mut Vec<SourceId>) -> io::Result<Waited> {
        self.0.wait(until, sources)
    }

    fn is_interrupted(&self) -> bool {
        self.0.is_interrupted()
    }

    fn take_interrupt(&mut self) -> bool {
        self.0.take_interrupt()
    }

    fn is_watching(&self) -> bool {
        self.0.is_watching()
    }

    fn unwatch(&mut self, source: SourceId) {
        self.0.unwatch(source);
    }

    fn can_be_woken(&self) -> bool {
        self.0.can_be_woken()
    }

    fn waker(&mut self) -> Waker {
        self.0.waker()
    }

    fn offload(&mut self, job: Box<dyn FnOnce() + Send>) {
        self.0.offload(job);
    }

    fn listen(&mut self, signal: SignalKind) -> io::Result<()> {
        self.0.listen(signal)
    }

    fn take_signal(&mut self, signal: SignalKind) -> bool {
        self.0.take_signal(signal)
    }

    fn begin(&mut self) -> io::Result<()> {
        self.0.begin()
    }

    fn end(&mut self) {
        self.0.end();
    }
}
