//! [`Trace`]: a log with its views.

use std::fmt::{self, Display, Formatter, Write as _};

use super::detail::Detail;
use super::event::Event;
use super::kind::EventKind;
use super::lines::{Line, Lines};
use super::reader::Reader;
use super::recorder::Recorder as _;
use super::ring::Ring;
use super::tasks::{Serial, Tasks};
use super::text::{Naming, Short, is_told, join, rest};
use crate::time::Time;

/// A log of decisions. Its own text is the view [`steps`](Trace::steps).
///
/// ```
/// use loop_core::prelude::*;
/// use loop_core::sim::Sim;
///
/// #[loop_core::coroutine]
/// fn echo() -> std::io::Result<()> {
///     while let Some(line) = yield_!(Stdin)? {
///         yield_!(Print(line))?;
///     }
///     Ok(())
/// }
///
/// let run = Sim::new().stdin("hi\n").run(echo());
/// assert_eq!(
///     run.trace().to_string(),
///     r#"# steps  policy=fifo
/// echo  primed  =>  stdin  park
///
/// ~ +0  stdin line "hi"  wakes echo
/// echo  line "hi"  =>  print "hi"
/// echo  printed  =>  stdin  park
///
/// ~ +0  stdin eof  wakes echo
/// echo  eof  =>  finish Ok(())
/// "#
/// );
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trace {
    policy: String,
    events: Vec<Event>,
}

impl Trace {
    /// The last events as text, in the words of a flight record.
    pub(crate) fn last(&self, events: usize) -> Option<String> {
        let mut ring = Ring::new(events);
        for event in &self.events {
            ring.record(event.clone());
        }
        ring.flight_record()
    }

    pub(crate) fn new(policy: String, events: Vec<Event>) -> Trace {
        Trace { policy, events }
    }

    /// The events themselves.
    ///
    /// ```
    /// use loop_core::prelude::*;
    /// use loop_core::sim::Sim;
    /// use loop_core::trace::EventKind;
    ///
    /// #[loop_core::coroutine]
    /// fn idle() {
    ///     yield_!();
    /// }
    ///
    /// let run = Sim::new().run(idle);
    /// let first = &run.trace().events()[0];
    /// assert_eq!(first.kind(), EventKind::Scheduled);
    /// ```
    pub fn events(&self) -> &[Event] {
        &self.events
    }

    /// One line per step: the task, the answer that it was given, its request, and the outcome.
    ///
    /// ```
    /// use loop_core::prelude::*;
    /// use loop_core::sim::Sim;
    ///
    /// #[loop_core::coroutine]
    /// fn idle() {
    ///     yield_!();
    /// }
    ///
    /// let run = Sim::new().run(idle);
    /// assert_eq!(
    ///     run.trace().steps().to_string(),
    ///     "# steps  policy=fifo\n\
    ///      idle  primed  =>  now\n\
    ///      idle  ok  =>  finish\n"
    /// );
    /// ```
    pub fn steps(&self) -> Steps<'_> {
        Steps(self)
    }

    /// One line per decision: schedule, resume, ask, answer, park, wake, return, finish.
    ///
    /// ```
    /// use loop_core::prelude::*;
    /// use loop_core::sim::Sim;
    ///
    /// #[loop_core::coroutine]
    /// fn idle() {
    ///     yield_!();
    /// }
    ///
    /// let run = Sim::new().run(idle);
    /// assert_eq!(
    ///     run.trace().decisions().to_string(),
    ///     "# decisions  policy=fifo\n\
    ///      schedule  idle  idle\n\
    ///      primed  idle\n\
    ///      ask  idle  now\n\
    ///      resume  idle\n\
    ///      finish  idle\n"
    /// );
    /// ```
    pub fn decisions(&self) -> Decisions<'_> {
        Decisions(self)
    }

    /// The steps of each task by itself: the roots in the order in which they were scheduled, each followed by its
    /// children. Unchanged when steps of independent tasks change places.
    ///
    /// ```
    /// use loop_core::prelude::*;
    /// use loop_core::sim::Sim;
    ///
    /// #[loop_core::coroutine]
    /// fn idle() {
    ///     yield_!();
    /// }
    ///
    /// let run = Sim::new().run(idle);
    /// assert_eq!(
    ///     run.trace().per_task().to_string(),
    ///     "# per task\n\
    ///      \n\
    ///      idle\n  \
    ///        primed  =>  now\n  \
    ///        ok  =>  finish\n"
    /// );
    /// ```
    pub fn per_task(&self) -> PerTask<'_> {
        PerTask(self)
    }

    fn read(&self) -> Reader {
        Reader::default().read(self.events.iter())
    }
}

impl Display for Trace {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.steps().fmt(f)
    }
}

/// One line per step. See [`Trace::steps`].
///
/// ```
/// use loop_core::trace::{Steps, Trace};
///
/// fn print(trace: &Trace) {
///     let view: Steps<'_> = trace.steps();
///     print!("{view}");
/// }
/// # #[loop_core::coroutine] fn idle() {}
/// # print(loop_core::sim::Sim::new().run(idle).trace());
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Steps<'a>(&'a Trace);

impl Display for Steps<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(f, "# steps  policy={}", self.0.policy)?;
        let Reader { lines, tasks, .. } = self.0.read();
        Lines(&lines, &tasks).fmt(f)
    }
}

/// The steps of each task by itself. See [`Trace::per_task`].
///
/// ```
/// use loop_core::trace::{PerTask, Trace};
///
/// fn print(trace: &Trace) {
///     let view: PerTask<'_> = trace.per_task();
///     print!("{view}");
/// }
/// # #[loop_core::coroutine] fn idle() {}
/// # print(loop_core::sim::Sim::new().run(idle).trace());
/// ```
#[derive(Clone, Copy, Debug)]
pub struct PerTask<'a>(&'a Trace);

impl Display for PerTask<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(f, "# per task")?;
        let Reader { lines, tasks, .. } = self.0.read();
        let family = tasks.by_family();
        let mut texts = vec![String::new(); family.len()];
        for line in lines {
            own_lines(&line, |task: Serial, line| {
                writeln!(texts[task.index()], "  {line}")
            })?;
        }
        for task in family {
            let title = tasks.title(task);
            write!(f, "\n{title}\n{}", texts[task.index()])?;
        }
        Ok(())
    }
}

/// A line as each task's own. Choices and deadlocks are no one task's.
fn own_lines(line: &Line, mut add: impl FnMut(Serial, &str) -> fmt::Result) -> fmt::Result {
    match line {
        Line::Step(step) => add(step.task, &step.text()),
        Line::Poll(poll) => {
            let mut wakes = poll.wakes.iter();
            wakes.try_for_each(|wake| add(wake.task, &format!("~ {}", wake.cause)))
        }
        Line::Note(_) => Ok(()),
    }
}

/// One line per decision. See [`Trace::decisions`].
///
/// ```
/// use loop_core::trace::{Decisions, Trace};
///
/// fn print(trace: &Trace) {
///     let view: Decisions<'_> = trace.decisions();
///     print!("{view}");
/// }
/// # #[loop_core::coroutine] fn idle() {}
/// # print(loop_core::sim::Sim::new().run(idle).trace());
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Decisions<'a>(&'a Trace);

impl Display for Decisions<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(f, "# decisions  policy={}", self.0.policy)?;
        let mut tasks = Tasks::default();
        let mut polled = Time::ZERO;
        for event in self.0.events.iter().filter(|event| is_told(event)) {
            tasks.learn(event);
            if let (EventKind::Polled, Detail::Time(now)) = (event.kind(), event.detail()) {
                writeln!(f, "\npoll  +{}", Short(now - polled))?;
                polled = now;
            } else {
                writeln!(f, "{}", decision(event, &tasks))?;
            }
        }
        Ok(())
    }
}

/// One event as a line: a verb, the task, and the rest.
fn decision(event: &Event, tasks: &Tasks) -> String {
    let verb = event.kind().verb();
    let name = tasks.name(event.task());
    let (who, rest) = match (event.kind(), event.detail()) {
        (EventKind::Deadlocked | EventKind::Closed | EventKind::EndedWriting, _) => {
            (String::new(), rest(event, tasks))
        }
        (_, detail @ (Detail::Site(_) | Detail::InPlace { .. })) => {
            let place = tasks.place(event.task(), detail);
            (name + &place, String::new())
        }
        _ => (name, rest(event, tasks)),
    };
    join(&join(verb, "  ", &who), "  ", &rest)
}
