//! [`RunSoFar`]: a simulation seen from inside.

use std::cell::RefCell;
use std::fmt;
use std::io;
use std::rc::Rc;
use std::time::Duration;

use super::net::Faults;
use super::world::SimWorld;
use crate::id::SourceId;
use crate::signal::SignalKind;
use crate::time::Time;
use crate::trace::{Event, Recorder, Recording, Trace};
use crate::world::{Address, Attempt, Op, Source, Tell, Until, Waited, World};

/// A simulation seen from inside: what has been printed so far, and what the loop has decided so far.
///
/// A function with the attribute [`#[loop_core::test]`](macro@crate::test) may take it as its argument. So a test can look between two requests:
///
/// ```
/// use std::time::Duration;
/// use loop_core::prelude::*;
/// use loop_core::sim::RunSoFar;
///
/// #[loop_core::coroutine]
/// fn greets_after_an_hour() {
///     yield_!(Sleep(Duration::from_secs(3600)));
///     yield_!(Println("hello")).unwrap();
/// }
///
/// #[loop_core::test]
/// fn nothing_is_said_too_early(run: RunSoFar) {
///     let handle = yield_!(Spawn(greets_after_an_hour()));
///     yield_!(Sleep(Duration::from_secs(3599)));
///     assert_eq!(run.stdout(), "");
///     yield_!(handle).unwrap();
///     assert_eq!(run.stdout(), "hello\n");
///     assert_eq!(run.elapsed(), Duration::from_secs(3600));
/// }
/// ```
#[derive(Clone)]
pub struct RunSoFar {
    world: Rc<RefCell<SimWorld>>,
    recording: Rc<RefCell<Recording>>,
    policy: Rc<str>,
}

impl RunSoFar {
    /// A run that has not begun.
    pub(super) fn new(world: SimWorld, policy: &str) -> RunSoFar {
        RunSoFar {
            world: Rc::new(RefCell::new(world)),
            recording: Rc::default(),
            policy: policy.into(),
        }
    }

    /// What the loop runs on, and what it records in.
    pub(super) fn parts(&self) -> (SharedWorld, SharedRecording) {
        (
            SharedWorld(Rc::clone(&self.world)),
            SharedRecording(Rc::clone(&self.recording)),
        )
    }

    /// The text that has been printed to standard output. Bytes that are not UTF-8 are replaced.
    ///
    /// ```
    /// use loop_core::prelude::*;
    /// use loop_core::sim::RunSoFar;
    ///
    /// #[loop_core::test]
    /// fn greets(run: RunSoFar) {
    ///     yield_!(Println("hello")).unwrap();
    ///     assert_eq!(run.stdout(), "hello\n");
    /// }
    /// ```
    pub fn stdout(&self) -> String {
        String::from_utf8_lossy(self.world.borrow().stdout()).into_owned()
    }

    /// The text that has been printed to standard error. Bytes that are not UTF-8 are replaced.
    ///
    /// ```
    /// use loop_core::prelude::*;
    /// use loop_core::sim::RunSoFar;
    ///
    /// #[loop_core::test]
    /// fn complains(run: RunSoFar) {
    ///     yield_!(Eprintln("no such file")).unwrap();
    ///     assert_eq!(run.stderr(), "no such file\n");
    /// }
    /// ```
    pub fn stderr(&self) -> String {
        String::from_utf8_lossy(self.world.borrow().stderr()).into_owned()
    }

    /// Every decision of the loop until now. Its text is the view [`steps`](Trace::steps). The step in which it is asked for has not ended, so
    /// the last line ends with `=>`.
    ///
    /// ```
    /// use loop_core::prelude::*;
    /// use loop_core::sim::RunSoFar;
    ///
    /// #[loop_core::test]
    /// fn sees_its_own_steps(run: RunSoFar) {
    ///     yield_!();
    ///     assert!(run.trace().to_string().ends_with("sees_its_own_steps  ok  =>\n"));
    /// }
    /// ```
    pub fn trace(&self) -> Trace {
        let events = self.recording.borrow().events().cloned().collect();
        Trace::new(self.policy.to_string(), events)
    }

    /// How often the [network](super::Sim::network) has been at fault.
    ///
    /// ```
    /// use loop_core::net::TcpStream;
    /// use loop_core::prelude::*;
    /// use loop_core::sim::{Link, RunSoFar, Sim};
    ///
    /// #[loop_core::test(sim = Sim::new().network(Link::new().unreachable(1.0)))]
    /// fn connects(run: RunSoFar) {
    ///     assert!(yield_!(TcpStream::connect("10.0.0.1:80")).is_err());
    ///     assert_eq!(run.faults().unreachable, 1);
    /// }
    /// ```
    pub fn faults(&self) -> Faults {
        self.world.borrow().faults()
    }

    /// The time on the virtual clock.
    ///
    /// ```
    /// use std::time::Duration;
    /// use loop_core::prelude::*;
    /// use loop_core::sim::RunSoFar;
    ///
    /// #[loop_core::test]
    /// fn sleeps(run: RunSoFar) {
    ///     yield_!(Sleep(Duration::from_secs(60)));
    ///     assert_eq!(run.elapsed(), Duration::from_secs(60));
    /// }
    /// ```
    pub fn elapsed(&self) -> Duration {
        self.world.borrow().now() - Time::ZERO
    }
}

impl fmt::Debug for RunSoFar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RunSoFar")
            .field("elapsed", &self.elapsed())
            .finish_non_exhaustive()
    }
}

/// The world of a run that is seen from inside.
pub(super) struct SharedWorld(Rc<RefCell<SimWorld>>);

impl World for SharedWorld {
    fn now(&self) -> Time {
        self.0.borrow().now()
    }

    fn open(&mut self, source: SourceId, what: Source) -> io::Result<()> {
        self.0.borrow_mut().open(source, what)
    }

    fn close(&mut self, source: SourceId) {
        self.0.borrow_mut().close(source);
    }

    /// The test looks at what is written, and the loop must not keep it back.
    fn is_interactive(&mut self, _: SourceId) -> bool {
        true
    }

    fn local_addr(&self, source: SourceId) -> io::Result<Address> {
        self.0.borrow().local_addr(source)
    }

    fn attempt(&mut self, op: Op<'_>) -> Attempt {
        self.0.borrow_mut().attempt(op)
    }

    fn wait(&mut self, until: Until, sources: &mut Vec<SourceId>) -> io::Result<Waited> {
        self.0.borrow_mut().wait(until, sources)
    }

    fn look_up(&mut self, host: String, port: u16, tell: Tell) {
        self.0.borrow_mut().look_up(host, port, tell);
    }

    fn is_watching(&self) -> bool {
        self.0.borrow().is_watching()
    }

    fn unwatch(&mut self, source: SourceId) {
        self.0.borrow_mut().unwatch(source);
    }

    fn listen(&mut self, signal: SignalKind) -> io::Result<()> {
        self.0.borrow_mut().listen(signal)
    }

    fn take_signal(&mut self, signal: SignalKind) -> bool {
        self.0.borrow_mut().take_signal(signal)
    }

    fn end(&mut self) {
        self.0.borrow_mut().end();
    }
}

/// The recorder of a run that is seen from inside.
pub(super) struct SharedRecording(Rc<RefCell<Recording>>);

impl Recorder for SharedRecording {
    const NEVER_PANICS: bool = true;

    fn record(&mut self, event: Event) {
        self.0.borrow_mut().record(event);
    }
}
