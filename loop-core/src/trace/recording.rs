//! [`Recording`]: every event, in memory.

use std::slice;

use super::event::Event;
use super::recorder::Recorder;

/// Keeps every event in memory: 16 bytes each, and an allocation for one that has text, a call or a value.
///
/// ```
/// use loop_core::prelude::*;
/// use loop_core::trace::Recording;
///
/// #[loop_core::coroutine]
/// fn brief() {}
///
/// let mut event_loop = EventLoop::builder().recorder(Recording::default()).build();
/// event_loop.run_until_complete(brief())?;
/// assert_eq!(event_loop.trace().steps().to_string(), "# steps  policy=fifo\nbrief  primed  =>  finish\n");
/// # Ok::<(), loop_core::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Recording {
    events: Vec<Event>,
}

impl Recording {
    /// The events so far, in order.
    ///
    /// ```
    /// use loop_core::prelude::*;
    /// use loop_core::trace::{EventKind, Recording};
    ///
    /// #[loop_core::coroutine]
    /// fn brief() {}
    ///
    /// let mut event_loop = EventLoop::builder().recorder(Recording::default()).build();
    /// event_loop.run_until_complete(brief())?;
    /// let kinds: Vec<EventKind> = event_loop.recorder().events().map(|event| event.kind()).collect();
    /// assert_eq!(kinds, [EventKind::Scheduled, EventKind::Primed, EventKind::Finished]);
    /// # Ok::<(), loop_core::Error>(())
    /// ```
    pub fn events(&self) -> slice::Iter<'_, Event> {
        self.events.iter()
    }
}

impl Recorder for Recording {
    const NEVER_PANICS: bool = true;

    #[inline(always)]
    fn record(&mut self, event: Event) {
        self.events.push(event);
    }
}
