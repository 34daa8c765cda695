//! The processes of a simulation: each is a program on a loop of its own, whose world is made of pipes.
//!
//! They run while the loop that has started them waits for its world. So none of their decisions is one of that loop's, and their order is
//! that of their starts.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::ops::RangeInclusive;
use std::rc::Rc;

use super::call::{Call, Status};
use super::child::{ChildWorld, Pipe, Shared};
use super::signals::Signals;
use crate::error::Error;
use crate::event_loop::{Builder, EventLoop, Round};
use crate::id::{SourceId, TaskId};
use crate::policy::Fifo;
use crate::request::{Beside, Coroutine};
use crate::signal::SignalKind;
use crate::time::Time;
use crate::trace::Off;
use crate::world::{Attempt, Op, Start, Stdio, unsupported};

/// The number of the first process.
const FIRST: usize = 1001;

/// So many rounds may processes make while the loop that has started them waits.
const ROUNDS: u32 = 100_000;

/// The signal of a write that nobody reads, and the one that always ends a process.
const BROKEN_PIPE: i32 = 13;
const KILL: i32 = 9;

/// The numbers of the signals that there are.
const SIGNALS: RangeInclusive<i32> = 1..=31;

/// The operating system's error if there is no such file.
const NOT_FOUND: i32 = 2;

/// A program that processes can be started of.
type Program = Rc<dyn Fn(Call, ChildWorld) -> Box<dyn Runs>>;

/// A process that has not ended.
trait Runs {
    fn round(&mut self) -> Round<Result<i32, String>>;
}

/// A program whose coroutine is made when it first runs.
struct Running<T> {
    event_loop: EventLoop<ChildWorld, Off, Fifo>,
    begin: Option<Box<dyn FnOnce() -> Coroutine<T>>>,
    task: TaskId,
}

impl<T: Status> Runs for Running<T> {
    fn round(&mut self) -> Round<Result<i32, String>> {
        if let Some(begin) = self.begin.take() {
            self.task = self.event_loop.begin(begin);
        }
        match self.event_loop.round(self.task) {
            Round::Ended(result) => Round::Ended(result.map(T::into_code)),
            Round::Ready => Round::Ready,
            Round::Waiting(timer) => Round::Waiting(timer),
        }
    }
}

struct Process {
    name: String,
    shared: Rc<RefCell<Shared>>,
    streams: [Stdio; 3],
    is_killed_on_close: bool,
    /// There until it has ended.
    run: Option<Box<dyn Runs>>,
    /// Something has come for it.
    is_ready: bool,
    /// When its next timer is due.
    timer: Option<Time>,
    /// Its wait status.
    ended: Option<i32>,
}

impl Process {
    /// Runs it until it waits.
    fn go_on(&mut self, now: Time, rounds: &mut u32) {
        let is_due = self.timer.is_some_and(|time| time <= now);
        if self.ended.is_some() {
            // It was killed. What it had is dropped here, where no task has its turn.
            self.run = None;
        }
        let Some(run) = self.run.as_mut().filter(|_| self.is_ready || is_due) else {
            return;
        };
        self.shared.borrow_mut().now = now;
        self.is_ready = false;
        self.timer = None;
        let result = loop {
            *rounds += 1;
            assert!(
                *rounds < ROUNDS,
                "the simulated program `{}` has no end: {ROUNDS} rounds",
                self.name
            );
            match run.round() {
                Round::Ready => {}
                Round::Waiting(timer) => {
                    self.timer = timer.map(|time| now + time);
                    return;
                }
                Round::Ended(result) => break result,
            }
        };
        self.run = None;
        let status = self.wait_status(result);
        self.end(status);
    }

    fn wait_status(&self, result: Result<Result<i32, String>, Error>) -> i32 {
        let (code, error) = match result {
            Ok(Ok(code)) => (code & 0xff, None),
            Ok(Err(error)) => (1, Some(error)),
            Err(Error::BrokenPipe) => return BROKEN_PIPE,
            Err(Error::Interrupted) => return SignalKind::interrupt().as_raw(),
            Err(Error::Exit(code)) => (code & 0xff, None),
            Err(error) => (error.exit_status().into(), Some(error.to_string())),
        };
        if let Some(error) = error {
            let report = format!("Error: {error}\n");
            self.shared.borrow_mut().pipes[2].report(&report);
        }
        code << 8
    }

    fn end(&mut self, status: i32) {
        self.ended = Some(status);
        self.timer = None;
        let [input, output, errors] = &mut self.shared.borrow_mut().pipes;
        input.is_closed = true;
        output.has_ended = true;
        errors.has_ended = true;
    }

    /// Its wait status, once it has ended and what it has printed is in the pipes.
    fn status(&self) -> Option<i32> {
        let pipes = &self.shared.borrow().pipes;
        self.ended
            .filter(|_| pipes[1..].iter().all(Pipe::is_through))
    }

    fn signal(&mut self, now: Time, signal: SignalKind) {
        if self.ended.is_some() {
            return;
        }
        let is_ignored = [
            SignalKind::child(),
            SignalKind::resume(),
            SignalKind::window_change(),
        ]
        .contains(&signal);
        let mut shared = self.shared.borrow_mut();
        if signal.as_raw() != KILL && shared.signals.matters(signal) {
            shared.signals.add(now, signal);
            self.is_ready = true;
        } else if !is_ignored {
            drop(shared);
            self.end(signal.as_raw());
        }
    }

    /// Whether an attempt would not block.
    fn has(&self, end: Which) -> bool {
        let pipes = &self.shared.borrow().pipes;
        match end {
            Which::Process => self.status().is_some(),
            Which::Pipe(0) => pipes[0].is_writable(),
            Which::Pipe(which) => pipes[which].is_readable(),
        }
    }
}

/// What a source is.
#[derive(Clone, Copy)]
enum Which {
    Process,
    /// Our end of this standard stream.
    Pipe(usize),
}

struct End {
    process: Rc<RefCell<Process>>,
    which: Which,
    is_awaited: bool,
}

impl End {
    fn is_ready(&self) -> bool {
        self.is_awaited && self.process.borrow().has(self.which)
    }
}

/// All processes of a simulation, and the programs that there are.
#[derive(Default)]
pub(super) struct Processes {
    programs: BTreeMap<String, Program>,
    /// In the order in which they were started.
    running: Vec<Rc<RefCell<Process>>>,
    ends: BTreeMap<SourceId, End>,
    started: usize,
}

impl Processes {
    pub(super) fn add_program<T: Status>(
        &mut self,
        name: &str,
        program: impl Fn(Call) -> Coroutine<T> + 'static,
    ) {
        let program = Rc::new(program);
        let start = move |call: Call, world: ChildWorld| -> Box<dyn Runs> {
            let program = Rc::clone(&program);
            Box::new(Running {
                event_loop: Builder::on(world, Fifo).no_slow_steps().build(),
                begin: Some(Box::new(move || program(call))),
                task: TaskId::NONE,
            })
        };
        self.programs.insert(name.to_owned(), Rc::new(start));
    }

    /// Whether a source is a process or belongs to one.
    pub(super) fn has(&self, source: SourceId) -> bool {
        self.ends.contains_key(&source)
    }

    fn start(
        &mut self,
        now: Time,
        source: SourceId,
        sources: [Option<SourceId>; 3],
        start: &Start,
    ) -> io::Result<usize> {
        let call = Call::new(start);
        let Some(program) = self.programs.get(call.name()) else {
            // As Linux says it.
            return Err(io::Error::from_raw_os_error(NOT_FOUND));
        };
        let pipe = |which: usize| match start.streams[which] {
            Stdio::Piped => Pipe::new(),
            _ => Pipe::endless(),
        };
        let shared = Rc::new(RefCell::new(Shared {
            now,
            pipes: [pipe(0), pipe(1), pipe(2)],
            signals: Signals::default(),
        }));
        shared.borrow_mut().pipes[0].has_ended = start.streams[0] != Stdio::Piped;
        let process = Rc::new(RefCell::new(Process {
            name: call.name().to_owned(),
            streams: start.streams,
            is_killed_on_close: start.is_killed_on_close,
            run: Some(program(call, ChildWorld::new(&shared))),
            shared,
            is_ready: true,
            timer: None,
            ended: None,
        }));
        let mut add = |source, which| {
            let process = Rc::clone(&process);
            let is_awaited = false;
            self.ends.insert(
                source,
                End {
                    process,
                    which,
                    is_awaited,
                },
            );
        };
        add(source, Which::Process);
        for (which, source) in sources.into_iter().enumerate() {
            if let Some(source) = source {
                add(source, Which::Pipe(which));
            }
        }
        self.running.push(process);
        self.started += 1;
        Ok(FIRST + self.started - 1)
    }

    pub(super) fn attempt(&mut self, now: Time, op: Op<'_>) -> Attempt {
        let source = op.source();
        if let Op::Start(source, sources, start) = op {
            return Attempt::Done(self.start(now, source, sources, start));
        }
        let Some(end) = self.ends.get_mut(&source) else {
            return Attempt::Done(Err(unsupported(source)));
        };
        let mut process = end.process.borrow_mut();
        let tried = match (op, end.which) {
            (Op::Read(_, buffer), Which::Pipe(which)) if which > 0 => {
                let room = buffer.capacity() - buffer.len();
                Ok(process.shared.borrow_mut().pipes[which].read(room, buffer))
            }
            (Op::Write(_, bytes), Which::Pipe(0)) => {
                process.shared.borrow_mut().pipes[0].write(bytes)
            }
            (Op::Wait(_), Which::Process) => Ok(process.status().map(|raw| raw as u32 as usize)),
            (Op::Kill(_, signal), Which::Process) => match SIGNALS.contains(&signal.as_raw()) {
                true => {
                    process.signal(now, signal);
                    Ok(Some(0))
                }
                false => Err(io::ErrorKind::InvalidInput.into()),
            },
            _ => Err(unsupported(source)),
        };
        // There is something to read for it, or room for what it writes.
        process.is_ready |= matches!(end.which, Which::Pipe(_));
        match tried.transpose() {
            Some(done) => Attempt::Done(done),
            None => {
                end.is_awaited = true;
                Attempt::WouldBlock
            }
        }
    }

    pub(super) fn unwatch(&mut self, source: SourceId) {
        if let Some(end) = self.ends.get_mut(&source) {
            end.is_awaited = false;
        }
    }

    pub(super) fn close(&mut self, now: Time, source: SourceId) {
        let Some(End { process, which, .. }) = self.ends.remove(&source) else {
            return;
        };
        let mut process = process.borrow_mut();
        match which {
            Which::Process if process.is_killed_on_close => {
                process.signal(now, SignalKind::from_raw(KILL));
            }
            Which::Process => {}
            Which::Pipe(which) => {
                let pipe = &mut process.shared.borrow_mut().pipes[which];
                pipe.has_ended |= which == 0;
                pipe.is_closed |= which > 0;
            }
        }
        process.is_ready = true;
    }

    /// Runs the processes until something has come for which the loop waits, or until this time. Gives the time then. What goes to streams that they
    /// have inherited is added to these.
    pub(super) fn run(
        &mut self,
        mut now: Time,
        until: Option<Time>,
        mut inherited: [&mut Vec<u8>; 2],
    ) -> Time {
        let mut rounds = 0;
        loop {
            self.go_on(now, &mut rounds, &mut inherited);
            if self.ends.values().any(End::is_ready) {
                return now;
            }
            match (self.next(), until) {
                (Some(next), Some(until)) if next <= until => now = now.max(next),
                (Some(next), None) if self.is_awaited() => now = now.max(next),
                _ => return until.unwrap_or(now),
            }
        }
    }

    fn go_on(&mut self, now: Time, rounds: &mut u32, inherited: &mut [&mut Vec<u8>; 2]) {
        if self.running.is_empty() {
            return;
        }
        let beside = Beside::new();
        for process in &self.running {
            let mut process = process.borrow_mut();
            process.go_on(now, rounds);
            for (which, inherited) in inherited.iter_mut().enumerate() {
                let pipe = &mut process.shared.borrow_mut().pipes[1 + which];
                match process.streams[1 + which] {
                    Stdio::Piped => {}
                    Stdio::Inherit => pipe.move_to(inherited),
                    Stdio::Null => pipe.move_to(&mut Vec::new()),
                }
            }
        }
        self.running
            .retain(|process| process.borrow().run.is_some());
        drop(beside);
    }

    /// When the next timer of a process is due.
    fn next(&self) -> Option<Time> {
        let running = self.running.iter();
        running.filter_map(|process| process.borrow().timer).min()
    }

    fn is_awaited(&self) -> bool {
        self.ends.values().any(|end| end.is_awaited)
    }

    /// Whether something can come for which the loop waits.
    pub(super) fn is_watching(&self) -> bool {
        let mut running = self.running.iter();
        self.is_awaited()
            && (self.next().is_some()
                || running.any(|process| process.borrow().is_ready)
                || self.ends.values().any(End::is_ready))
    }

    /// Names the sources for which the loop has waited.
    pub(super) fn take_ready(&mut self, sources: &mut Vec<SourceId>) {
        for (source, end) in &mut self.ends {
            if end.is_ready() {
                end.is_awaited = false;
                sources.push(*source);
            }
        }
    }
}

/// A copy has the programs. Processes that run are not copied.
impl Clone for Processes {
    fn clone(&self) -> Processes {
        Processes {
            programs: self.programs.clone(),
            ..Processes::default()
        }
    }
}

impl fmt::Debug for Processes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Processes")
            .field("programs", &self.programs.keys())
            .field("running", &self.running.len())
            .finish_non_exhaustive()
    }
}
