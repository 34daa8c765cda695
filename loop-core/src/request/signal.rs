//! [`Signal`]: waiting for a signal of the operating system.

use std::cell::Cell;
use std::io;
use std::rc::Rc;

use super::kind::RequestKind;
use super::object::{AnyObject, Asker, Object, Registration};
use super::object_name::ObjectKind;
use super::typed::Request;
use super::yields::{Resume, Yield};
use crate::signal::SignalKind;

/// Waits for the next delivery of a signal of the operating system.
///
/// All tasks that wait for a signal go on when it comes. The program goes on too: from the first task on that asks for a kind of signal, until
/// the loop is dropped, this kind does not end the program. If it comes while no task waits for it, the next task that asks gets it. Deliveries
/// that come before the loop looks are one, as everywhere.
///
/// # Ctrl-C
///
/// Nobody has to ask for [`SignalKind::interrupt`]: it ends the run with [`Error::Interrupted`](crate::Error::Interrupted). It does not if a
/// task waits for it when it comes; then that task decides. A second one ends the process at once, unless a task waits for it again when it
/// comes. A process that was started with Ctrl-C ignored, as a shell does in the background, never gets it.
///
/// # In a simulation
///
/// Signals come when [`Sim::signal`](crate::sim::Sim::signal) says so.
///
/// # Errors
///
/// The operating system's error if the signal cannot be waited for: `SIGKILL`, for example.
///
/// A signal that the process was started to ignore, as `nohup` does with `SIGHUP`, stays ignored: nobody gets it.
///
/// ```
/// use std::io;
/// use std::time::Duration;
/// use loop_core::prelude::*;
/// use loop_core::SignalKind;
/// use loop_core::sim::Sim;
///
/// #[loop_core::coroutine]
/// fn server() -> io::Result<()> {
///     loop {
///         yield_!(Sleep(Duration::from_secs(1)));
///         yield_!(Println("a piece of work"))?;
///     }
/// }
///
/// #[loop_core::coroutine]
/// fn program() -> io::Result<()> {
///     let server = yield_!(Spawn(server()));
///     yield_!(Signal(SignalKind::terminate()))?;
///     let _ = yield_!(Cancel(server));
///     yield_!(Println("all work is saved"))
/// }
///
/// let run = Sim::new().signal(Duration::from_millis(1500), SignalKind::terminate()).run(program);
/// assert_eq!(run.stdout(), "a piece of work\nall work is saved\n");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[must_use = "a request does nothing unless you `yield_!` it"]
pub struct Signal(pub SignalKind);

impl Request for Signal {
    type Answer = io::Result<()>;

    fn into_yield(self) -> Yield {
        self.loop_core_ask().0
    }

    fn answer(_: Resume) -> io::Result<()> {
        unreachable!("whether the signal has come is not in the loop's answer")
    }

    fn loop_core_ask(self) -> (Yield, impl FnOnce(Resume) -> io::Result<()>) {
        let number = self.0.as_raw().unsigned_abs();
        let awaited = Rc::new(Awaited {
            registration: Registration::numbered(ObjectKind::Signal, number),
            signal: self.0,
            is_there: Cell::new(false),
            refused: Cell::new(None),
        });
        let request = Yield::Signal(AnyObject::new(&awaited));
        (request, move |_| match awaited.refused.take() {
            Some(error) => Err(error),
            None => Ok(()),
        })
    }
}

/// A delivery that a task waits for.
struct Awaited {
    registration: Registration,
    signal: SignalKind,
    is_there: Cell<bool>,
    refused: Cell<Option<io::Error>>,
}

impl Object for Awaited {
    fn registration(&self) -> &Registration {
        &self.registration
    }

    fn signal(&self) -> Option<SignalKind> {
        Some(self.signal)
    }

    fn deliver(&self, delivered: io::Result<()>) {
        self.is_there.set(true);
        self.refused.set(delivered.err());
    }

    fn admit(&self, _: Asker) -> bool {
        self.is_there.get()
    }

    /// Anybody may send a signal.
    fn can_ring(&self) -> bool {
        true
    }

    fn give_back(&self, _: RequestKind) {}
}
