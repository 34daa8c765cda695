//! A look at the world: due timers first, then input and output in the order of their sources' numbers.

use crate::coroutine::Site;
use crate::deadlock::{Deadlock, Waiting};
use crate::error::Error;
use crate::id::{SourceId, TaskId};
use crate::interpreter::{Kernel, NoneRemoved, StopReason};
use crate::request::Resume;
use crate::scheduler::{Message, Wait};
use crate::trace::{Asked, Cause, Event, Recorder};
use crate::world::{Attempt, Op, Until, Waited, World};

/// While tasks are always ready, what they print is written at every so manieth look: soon enough for who reads it, rarely
/// enough to gather a good deal for each system call.
const FLUSH_EVERY: u32 = 64;

/// What one look has found so far.
#[derive(Default)]
pub(crate) struct Look {
    /// Looks since output was last written.
    since_flush: u32,
    /// Sources that may be tried again.
    sources: Vec<SourceId>,
    /// Something woke a task, and the look is in the trace.
    noted: bool,
}

impl<W: World, R: Recorder> Kernel<W, R> {
    /// Looks at the clock and the world, and wakes whom it finds; blocks if nobody is ready.
    pub(crate) fn look(&mut self, look: &mut Look) -> Result<(), Error> {
        look.noted = false;
        self.note_detached();
        look.since_flush += 1;
        if self.scheduler.queue.is_empty() || look.since_flush == FLUSH_EVERY {
            look.since_flush = 0;
            self.flush(Wait::Stdout);
            self.flush(Wait::Stderr);
            if self.halt.is_some() {
                return Ok(());
            }
        }
        self.wait(look)?;
        self.expire(look);
        self.try_sources(look);
        Ok(())
    }

    fn wait(&mut self, look: &mut Look) -> Result<(), Error> {
        look.sources.clear();
        let until = self.until();
        if until == Until::Forever && !self.world.is_watching() {
            return self.nothing_can_happen();
        }
        match self.world.wait(until, &mut look.sources) {
            Ok(Waited::Looked) => Ok(()),
            Ok(Waited::Interrupted) => {
                self.halt = Some(StopReason::Interrupted);
                Ok(())
            }
            Err(error) => Err(Error::World(error)),
        }
    }

    /// How long this look may block.
    fn until(&mut self) -> Until {
        if !self.scheduler.queue.is_empty() || self.is_input_wanted() {
            return Until::Now;
        }
        self.timers
            .next(&NoneRemoved)
            .map_or(Until::Forever, Until::At)
    }

    /// Somebody waits for input, and it has not been tried since.
    fn is_input_wanted(&self) -> bool {
        !self.input.waiting.is_empty() && !self.input.watched
    }

    fn nothing_can_happen(&mut self) -> Result<(), Error> {
        match self.scheduler.unfinished() {
            0 => Ok(()),
            _ => Err(self.deadlock(self.scheduler.living().collect())),
        }
    }

    // Waking.

    fn expire(&mut self, look: &mut Look) {
        if self.timers.is_empty() {
            return;
        }
        let now = self.world.now();
        while let Some(task) = self.timers.expire(now, &NoneRemoved) {
            self.note(look);
            self.wake(task, |_| Cause::Timer, Message::GoOn);
        }
    }

    fn try_sources(&mut self, look: &mut Look) {
        if look.sources.contains(&SourceId::STDIN) || self.is_input_wanted() {
            self.try_input(look);
        }
        self.try_outputs(look);
    }

    fn try_outputs(&mut self, look: &mut Look) {
        if look.sources.contains(&SourceId::STDOUT) {
            self.try_output(look, Wait::Stdout);
        }
        if look.sources.contains(&SourceId::STDERR) {
            self.try_output(look, Wait::Stderr);
        }
    }

    fn try_input(&mut self, look: &mut Look) {
        let read = Op::Read(SourceId::STDIN, self.input.buffer());
        match self.world.attempt(read) {
            Attempt::WouldBlock => self.input.watched = true,
            Attempt::Done(result) => {
                self.input.watched = false;
                self.input.read(result);
                self.serve_input(look);
            }
        }
    }

    /// Gives those who wait for input what there is, one item each, in the order of asking.
    fn serve_input(&mut self, look: &mut Look) {
        while let Some(&task) = self.input.waiting.front() {
            let wait = self.scheduler.task(task).wait;
            let Some(answer) = self.input_for(wait) else {
                return;
            };
            self.input.waiting.pop_front();
            self.note(look);
            let message = self.scheduler.post(answer);
            self.wake(task, |kernel| Cause::Stdin(kernel.told(message)), message);
        }
    }

    fn try_output(&mut self, look: &mut Look, stream: Wait) {
        self.output(stream).blocked = false;
        self.flush(stream);
        while !self.output(stream).is_high() {
            let output = self.output(stream);
            let Some(task) = output.waiting.pop_front() else {
                return;
            };
            let result = output.take_error().map_or(Ok(()), Err);
            self.note(look);
            let cause = |_: &Self| match stream {
                Wait::Stdout => Cause::Stdout,
                _ => Cause::Stderr,
            };
            let message = match result {
                Ok(()) => Message::Written,
                Err(_) => self.scheduler.post(Resume::Written(result)),
            };
            self.wake(task, cause, message);
        }
    }

    /// The look has found something: it is in the trace from now on.
    fn note(&mut self, look: &mut Look) {
        if !std::mem::replace(&mut look.noted, true) {
            self.record(|kernel| Event::Looked {
                now: kernel.world.now(),
            });
        }
    }

    /// Writes all that is left, however long it takes.
    pub(crate) fn drain(&mut self) -> Result<(), Error> {
        let mut look = Look::default();
        loop {
            self.flush(Wait::Stdout);
            self.flush(Wait::Stderr);
            if self.stdout.is_empty() && self.stderr.is_empty() {
                return Ok(());
            }
            look.sources.clear();
            let waited = self.world.wait(Until::Forever, &mut look.sources);
            look.noted = false;
            self.input.watched &= !look.sources.contains(&SourceId::STDIN);
            // Who waited for room is woken, and goes on when the loop is run again.
            self.try_outputs(&mut look);
            match waited {
                Ok(Waited::Looked) => {}
                Ok(Waited::Interrupted) => return Err(Error::Interrupted),
                Err(error) => return Err(Error::World(error)),
            }
        }
    }

    // Deadlock.

    /// The error that says who waits for what.
    pub(crate) fn deadlock(&mut self, tasks: Vec<TaskId>) -> Error {
        if self.is_recording() {
            let waits = tasks.iter().map(|task| (*task, self.waits_for(*task)));
            let waits = waits.collect();
            self.record(|_| Event::Deadlocked { waits });
        }
        let waits = tasks.into_iter().map(|task| self.waiting(task)).collect();
        Error::Deadlock(Deadlock { waits })
    }

    fn waits_for(&self, task: TaskId) -> Asked {
        let entry = self.scheduler.task(task);
        match entry.wait {
            Wait::Line => Asked::Stdin,
            Wait::Bytes => Asked::StdinBytes,
            Wait::Join => Asked::Join(entry.joins),
            _ => Asked::Now,
        }
    }

    fn waiting(&self, task: TaskId) -> Waiting {
        let entry = self.scheduler.task(task);
        let holder = (entry.wait == Wait::Join).then(|| self.scheduler.name(entry.joins));
        let what = match (entry.wait, &holder) {
            (Wait::Line, _) => "standard input".to_owned(),
            (Wait::Bytes, _) => "bytes of standard input".to_owned(),
            (Wait::Timer, _) => "its deadline".to_owned(),
            (Wait::Stdout, _) => "room on standard output".to_owned(),
            (Wait::Stderr, _) => "room on standard error".to_owned(),
            (_, Some(other)) => format!("{other} to end"),
            _ => "nothing: it is ready".to_owned(),
        };
        Waiting {
            task: self.scheduler.name(task),
            stack: self.stack(task),
            what,
            holder,
        }
    }

    /// The coroutines on a task's stack, the innermost last.
    fn stack(&self, task: TaskId) -> Vec<&'static Site> {
        let frames = self.scheduler.stack(task);
        let mut sites: Vec<_> = frames.map(|frame| frame.site()).collect();
        sites.reverse();
        sites
    }
}
