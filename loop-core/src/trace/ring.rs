//! [`Ring`]: the flight recorder.

use std::collections::BTreeSet;
use std::fmt::{self, Debug, Formatter};

use super::detail::{Detail, Made};
use super::event::Event;
use super::kind::EventKind;
use super::lines::Lines;
use super::reader::Reader;
use super::recorder::Recorder;
use super::tasks::{Tasks, write_name};
use crate::coroutine::Site;
use crate::id::TaskId;
use crate::time::Time;

/// Keeps the last events, at a cost that you can leave on in production.
///
/// The reports of failures, deadlocks and slow steps end with these events, in the form of [`steps`](super::Trace::steps). An
/// answer that was given before the first of the events is written `…`. Memory is bounded by the number of events, and by the
/// highest number of tasks that are alive at the same time: the ring remembers the name of each.
///
/// ```
/// use loop_core::prelude::*;
/// use loop_core::trace::{Recorder, Ring};
///
/// #[loop_core::coroutine]
/// fn restless() {
///     for _ in 0..1000 {
///         yield_!();
///     }
/// }
///
/// let mut event_loop = EventLoop::builder().recorder(Ring::new(5)).build();
/// event_loop.run_until_complete(restless())?;
/// assert_eq!(
///     event_loop.recorder().flight_record().unwrap(),
///     "# last 5 events\n\
///      restless  …  =>  now\n\
///      restless  ok  =>  now\n\
///      restless  ok  =>  finish\n"
/// );
/// # Ok::<(), loop_core::Error>(())
/// ```
#[derive(Clone)]
pub struct Ring {
    events: Vec<Event>,
    capacity: usize,
    /// The oldest event, once the ring is full: the next one to be overwritten.
    oldest: usize,
    /// By its number, each task whose [`Scheduled`](EventKind::Scheduled) event was overwritten.
    tasks: Vec<Option<Remembered>>,
    /// The time of the last poll that was overwritten.
    polled: Time,
}

/// What is kept of a task whose [`Scheduled`](EventKind::Scheduled) event was overwritten.
#[derive(Clone)]
struct Remembered {
    name: String,
    site: &'static Site,
}

impl Ring {
    /// A ring of this many events, but at least one.
    ///
    /// ```
    /// use loop_core::trace::Ring;
    ///
    /// assert_eq!(Ring::new(64).events().count(), 0);
    /// ```
    pub fn new(events: usize) -> Ring {
        let capacity = events.max(1);
        Ring {
            events: Vec::with_capacity(capacity),
            capacity,
            oldest: 0,
            tasks: Vec::new(),
            polled: Time::ZERO,
        }
    }

    /// The events that are kept, in order.
    ///
    /// ```
    /// use loop_core::prelude::*;
    /// use loop_core::trace::{EventKind, Ring};
    ///
    /// #[loop_core::coroutine]
    /// fn idle() {
    ///     yield_!();
    /// }
    ///
    /// let mut event_loop = EventLoop::builder().recorder(Ring::new(2)).build();
    /// event_loop.run_until_complete(idle())?;
    /// let kinds: Vec<EventKind> = event_loop.recorder().events().map(|event| event.kind()).collect();
    /// assert_eq!(kinds, [EventKind::Resumed, EventKind::Finished]);
    /// # Ok::<(), loop_core::Error>(())
    /// ```
    pub fn events(&self) -> impl Iterator<Item = &Event> {
        let (newer, older) = self.events.split_at(self.oldest);
        older.iter().chain(newer)
    }

    /// Keeps the part of an overwritten event that later events need.
    #[inline(always)]
    fn forget(&mut self, event: Event) {
        if matches!(event.kind(), EventKind::Scheduled | EventKind::Polled) {
            self.remember(&event);
        }
    }

    #[cold]
    fn remember(&mut self, event: &Event) {
        match event.detail() {
            Detail::Made(made) => self.remember_task(event.task(), made),
            Detail::Time(now) => self.polled = now,
            _ => {}
        }
    }

    /// Events are overwritten in the order in which they came. So the parent is known: the next task of its number was made
    /// later than this child.
    fn remember_task(&mut self, TaskId(number): TaskId, made: &Made) {
        let number = number as usize;
        if number >= self.tasks.len() {
            self.tasks.resize(number + 1, None);
        }
        // The previous name's memory is used again, which is faster than an allocation.
        let old = self.tasks[number].take();
        let mut name = old.map_or(String::new(), |old| old.name);
        let known = |TaskId(number)| self.tasks.get(number as usize)?.as_ref();
        let parent = made.parent.and_then(known);
        write_name(&mut name, made, parent.map_or("…", |parent| &parent.name));
        let site = made.site;
        self.tasks[number] = Some(Remembered { name, site });
    }

    /// What is remembered of the tasks that occur in the events. The others have no part in the text, and there may be many.
    fn remembered(&self) -> Tasks {
        let mut occurring = BTreeSet::new();
        for event in self.events() {
            occurring.insert(event.task());
            event.detail().for_each_task(|task| {
                occurring.insert(task);
            });
        }
        let mut tasks = Tasks::default();
        for task in occurring {
            if let Some(Remembered { name, site }) = self.remembered_task(task) {
                tasks.remember(task, name, Some(site));
            }
        }
        tasks
    }

    fn remembered_task(&self, TaskId(number): TaskId) -> Option<&Remembered> {
        self.tasks.get(number as usize)?.as_ref()
    }
}

impl Recorder for Ring {
    const NEVER_PANICS: bool = true;

    #[inline(always)]
    fn record(&mut self, event: Event) {
        if self.events.len() < self.capacity {
            self.events.push(event);
            return;
        }
        let old = std::mem::replace(&mut self.events[self.oldest], event);
        self.oldest += 1;
        if self.oldest == self.capacity {
            self.oldest = 0;
        }
        self.forget(old);
    }

    fn flight_record(&self) -> Option<String> {
        let reader = Reader::after(self.remembered(), self.polled).read(self.events());
        let lines = Lines(&reader.lines, &reader.tasks);
        Some(format!("# last {} events\n{lines}", self.events.len()))
    }
}

impl Debug for Ring {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("Ring ")?;
        f.debug_list().entries(self.events()).finish()
    }
}
