//! [`Recording`]: the events in memory, the usual ones in an eighth to a half of their size.
//!
//! What an event costs is mostly the memory that it is the first to touch: a fresh page takes the operating system longer
//! than everything else about the events in it. So the usual events are kept [`Short`], and a bare `yield_!()`, which is
//! two events, is one entry. Events with text or times in them are kept whole, in a second vector.

use std::fmt;

use super::reading::Events;
use super::short::{Short, ShortAsked, ShortCause, ShortTold};
use super::sites::Sites;
use super::{Asked, Cause, Event, Recorder, Told};
use crate::id::TaskId;

/// Keeps every event in memory.
///
/// A bare `yield_!()`, which is two events, takes eight bytes; most other events take eight each, those about two tasks
/// 16 or 24, and those with text or a time 40 and up.
///
/// ```
/// use loop_core::prelude::*;
/// use loop_core::trace::Recording;
///
/// #[loop_core::coroutine]
/// fn brief() {}
///
/// let mut event_loop = EventLoop::builder().recorder(Recording::default()).build()?;
/// event_loop.run_until_complete(brief())?;
/// assert_eq!(event_loop.trace().steps().to_string(), "# steps  policy=fifo\nbrief  primed  =>  finish\n");
/// # Ok::<(), loop_core::Error>(())
/// ```
#[derive(Clone, Default)]
pub struct Recording {
    entries: Vec<Short>,
    /// In order, one for each [`Short::Whole`].
    whole: Vec<Event>,
    sites: Sites,
}

impl Recording {
    /// The events so far, in order.
    ///
    /// ```
    /// use loop_core::prelude::*;
    /// use loop_core::trace::{Event, Recording};
    ///
    /// #[loop_core::coroutine]
    /// fn brief() {}
    ///
    /// let mut event_loop = EventLoop::builder().recorder(Recording::default()).build()?;
    /// event_loop.run_until_complete(brief())?;
    /// let events: Vec<Event> = event_loop.recorder().events().collect();
    /// assert!(matches!(
    ///     events[..],
    ///     [Event::Scheduled { .. }, Event::Resumed { .. }, Event::Finished { .. }]
    /// ));
    /// # Ok::<(), loop_core::Error>(())
    /// ```
    pub fn events(&self) -> Events<'_> {
        Events::new(&self.entries, &self.whole, &self.sites)
    }

    /// Adds an event in short. `None`, and nothing is added, if that cannot be.
    #[inline(always)]
    fn shorten(&mut self, event: &Event) -> Option<()> {
        match *event {
            Event::Scheduled {
                task,
                parent,
                ordinal,
                site,
            } => {
                let site = self.sites.number(site)?;
                let TaskId(parent) = parent.unwrap_or(TaskId::NONE);
                self.push(Short::Scheduled { task, site });
                self.push(Short::Rest(parent));
                self.push(Short::Rest(ordinal));
            }
            Event::Resumed {
                task,
                site,
                ref input,
            } => {
                let site = self.sites.number(site)?;
                if let Told::Spawned(whom) = *input {
                    self.push_with(Short::ResumedSpawned { task, site }, whom);
                } else {
                    let input = ShortTold::of(input)?;
                    self.push(Short::Resumed { task, site, input });
                }
            }
            Event::Asked { task, ref request } => match *request {
                Asked::Now => self.push_now(task),
                Asked::Spawn(site) => {
                    let site = self.sites.number(site)?;
                    self.push(Short::AskedSpawn { task, site });
                }
                Asked::Chain(site) => {
                    let site = self.sites.number(site)?;
                    self.push(Short::AskedChain { task, site });
                }
                Asked::Join(whom) => self.push_with(Short::AskedJoin { task }, whom),
                ref request => {
                    let request = ShortAsked::of(request)?;
                    self.push(Short::Asked { task, request });
                }
            },
            Event::Answered { task, ref answer } => {
                if let Told::Spawned(whom) = *answer {
                    self.push_with(Short::AnsweredSpawned { task }, whom);
                } else {
                    let answer = ShortTold::of(answer)?;
                    self.push(Short::Answered { task, answer });
                }
            }
            Event::Parked { task } => self.push(Short::Parked { task }),
            Event::Returned { task, site } => {
                let site = self.sites.number(site)?;
                self.push(Short::Returned { task, site });
            }
            Event::Finished { task } => self.push(Short::Finished { task }),
            Event::Woken { task, ref cause } => {
                if let Cause::Join(whom) = *cause {
                    self.push_with(Short::WokenJoin { task }, whom);
                } else {
                    let cause = ShortCause::of(cause)?;
                    self.push(Short::Woken { task, cause });
                }
            }
            Event::Failed { .. }
            | Event::Looked { .. }
            | Event::Chose { .. }
            | Event::Deadlocked { .. } => return None,
        }
        Some(())
    }

    #[inline(always)]
    fn push(&mut self, entry: Short) {
        self.entries.push(entry);
    }

    #[inline(always)]
    fn push_with(&mut self, entry: Short, TaskId(rest): TaskId) {
        self.push(entry);
        self.push(Short::Rest(rest));
    }

    /// A task asks to let the others run: mostly the one that was resumed just before.
    #[inline(always)]
    fn push_now(&mut self, task: TaskId) {
        if let Some(last) = self.entries.last_mut()
            && let Short::Resumed {
                task: resumed,
                site,
                input,
            } = *last
            && resumed == task
        {
            *last = Short::Yielded { task, site, input };
        } else {
            let request = ShortAsked::Now;
            self.push(Short::Asked { task, request });
        }
    }

    #[cold]
    fn push_whole(&mut self, event: Event) {
        self.push(Short::Whole);
        self.whole.push(event);
    }
}

impl Recorder for Recording {
    // Inlined always, because then next to nothing is left of it: who makes an event knows its variant.
    #[inline(always)]
    fn record(&mut self, event: Event) {
        if self.shorten(&event).is_none() {
            self.push_whole(event);
        }
    }
}

impl fmt::Debug for Recording {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Recording ")?;
        f.debug_list().entries(self.events()).finish()
    }
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::time::Duration;

    use super::super::Excerpt;
    use super::super::reading::{answered, asked, woken};
    use super::*;
    use crate::coroutine::Site;
    use crate::time::Time;

    const ONE: TaskId = TaskId(1);
    const LAST: TaskId = TaskId(u32::MAX - 1);

    static SITES: [Site; 2] = [
        Site {
            name: "one",
            file: "a.rs",
            line: 1,
        },
        Site {
            name: "two",
            file: "a.rs",
            line: 2,
        },
    ];

    fn told() -> Vec<Told> {
        vec![
            Told::Start,
            Told::Primed,
            Told::GoOn,
            Told::Line(Excerpt::of("line")),
            Told::Bytes(Excerpt::of([b'x'; 40])),
            Told::EndOfInput,
            Told::Written,
            Told::Error(io::ErrorKind::BrokenPipe),
            Told::Spawned(ONE),
            Told::Spawned(LAST),
            Told::Returned,
            Told::Joined,
            Told::JoinFailed,
            Told::Time(Time::MAX),
        ]
    }

    fn requests() -> Vec<Asked> {
        vec![
            Asked::Now,
            Asked::Stdin,
            Asked::StdinBytes,
            Asked::Print(Excerpt::of("out")),
            Asked::Eprint(Excerpt::of("err")),
            Asked::Spawn(&SITES[1]),
            Asked::Chain(&SITES[0]),
            Asked::Join(ONE),
            Asked::Join(LAST),
            Asked::JoinForeign,
            Asked::Sleep(Duration::MAX),
            Asked::SleepUntil(Time::MAX),
            Asked::Clock,
            Asked::Stop,
        ]
    }

    fn causes() -> Vec<Cause> {
        let stdin = told().into_iter().map(Cause::Stdin);
        let others = [
            Cause::Timer,
            Cause::Stdout,
            Cause::Stderr,
            Cause::Join(ONE),
            Cause::Join(LAST),
        ];
        stdin.chain(others).collect()
    }

    /// Events of every kind about one task.
    fn events(task: TaskId) -> Vec<Event> {
        let mut events = vec![
            Event::Parked { task },
            Event::Finished { task },
            Event::Failed {
                task,
                message: Excerpt::of("oh"),
            },
            Event::Looked { now: Time::MAX },
            Event::Chose {
                picked: 1,
                options: u32::MAX,
            },
            Event::Deadlocked {
                waits: vec![(task, Asked::Join(LAST)), (LAST, Asked::Stdin)],
            },
        ];
        for site in &SITES {
            events.push(Event::Returned { task, site });
            for (parent, ordinal) in [(None, 0), (Some(ONE), 1), (Some(LAST), u32::MAX)] {
                events.push(Event::Scheduled {
                    task,
                    parent,
                    ordinal,
                    site,
                });
            }
            let resumed = |input| Event::Resumed { task, site, input };
            events.extend(told().into_iter().map(resumed));
        }
        events.extend(requests().into_iter().map(|request| asked(task, request)));
        events.extend(told().into_iter().map(|answer| answered(task, answer)));
        events.extend(causes().into_iter().map(|cause| woken(task, cause)));
        events
    }

    /// Each kind of event behind each: two that follow each other may share an entry.
    #[test]
    fn what_is_read_is_what_was_recorded() {
        let all = [ONE, LAST].map(events).concat();
        let mut recording = Recording::default();
        let mut expected = Vec::new();
        for first in &all {
            for second in &all {
                for event in [first, second] {
                    recording.record(event.clone());
                    expected.push(event.clone());
                }
            }
        }
        assert!(recording.events().eq(expected));
    }

    #[test]
    fn a_yield_is_one_entry() {
        let mut recording = Recording::default();
        let (site, input) = (&SITES[0], Told::GoOn);
        let task = ONE;
        recording.record(Event::Resumed { task, site, input });
        recording.record(asked(task, Asked::Now));
        assert_eq!(
            (recording.entries.len(), recording.events().count()),
            (1, 2)
        );
    }

    /// It can be read at any time, also between two events that share an entry.
    #[test]
    fn a_recording_can_be_read_while_it_grows() {
        let mut recording = Recording::default();
        let mut expected = Vec::new();
        for event in events(ONE) {
            recording.record(event.clone());
            expected.push(event);
            assert_eq!(recording.events().len(), expected.len());
            assert!(recording.events().eq(expected.iter().cloned()));
        }
        let debug = format!("{recording:?}");
        assert_eq!(debug, format!("Recording {expected:?}"));
    }
}
