//! [`Recorder`]: what the loop hands its events to.

use super::event::Event;

/// Records what the loop decides.
///
/// ```
/// use loop_core::prelude::*;
/// use loop_core::trace::{Event, EventKind, Recorder};
///
/// /// Counts the requests.
/// #[derive(Default)]
/// struct Requests(usize);
///
/// impl Recorder for Requests {
///     fn record(&mut self, event: Event) {
///         self.0 += usize::from(matches!(event.kind(), EventKind::Asked(_)));
///     }
/// }
///
/// #[loop_core::coroutine]
/// fn twice() {
///     yield_!();
///     yield_!();
/// }
///
/// let mut event_loop = EventLoop::builder().recorder(Requests::default()).build();
/// event_loop.run_until_complete(twice())?;
/// assert_eq!(event_loop.recorder().0, 2);
/// # Ok::<(), loop_core::Error>(())
/// ```
pub trait Recorder {
    /// Whether it uses events at all. If not, the code that makes them is compiled out.
    const ON: bool = true;

    /// Whether `record` never panics, so that the loop need not catch a panic of it.
    #[doc(hidden)]
    const NEVER_PANICS: bool = false;

    /// Records one event.
    ///
    /// If it panics, that is reported as a failure of the task whose turn it is; the task goes on.
    ///
    /// ```
    /// use loop_core::trace::{Event, Recorder};
    ///
    /// /// Writes each event to standard error.
    /// struct Debugging;
    ///
    /// impl Recorder for Debugging {
    ///     fn record(&mut self, event: Event) {
    ///         eprintln!("{event:?}");
    ///     }
    /// }
    /// # loop_core::EventLoop::builder().recorder(Debugging).build().run().unwrap();
    /// ```
    fn record(&mut self, event: Event);

    /// The text at the end of reports of failures, deadlocks and slow steps. `None` if the recorder has none.
    ///
    /// ```
    /// use loop_core::prelude::*;
    /// use loop_core::trace::{Recorder, Ring};
    ///
    /// #[loop_core::coroutine]
    /// fn idle() {
    ///     yield_!();
    /// }
    ///
    /// let mut event_loop = EventLoop::builder().recorder(Ring::new(2)).build();
    /// event_loop.run_until_complete(idle())?;
    /// let text = event_loop.recorder().flight_record();
    /// assert_eq!(text.as_deref(), Some("# last 2 events\nidle  …  =>  finish\n"));
    /// # Ok::<(), loop_core::Error>(())
    /// ```
    fn flight_record(&self) -> Option<String> {
        None
    }
}

/// Records nothing, and costs nothing.
///
/// ```
/// use loop_core::prelude::*;
/// use loop_core::trace::Off;
///
/// let event_loop = EventLoop::builder().recorder(Off).build(); // the default
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Off;

impl Recorder for Off {
    const ON: bool = false;
    const NEVER_PANICS: bool = true;

    #[inline(always)]
    fn record(&mut self, _: Event) {}
}
