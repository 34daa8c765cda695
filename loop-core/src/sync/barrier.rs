//! [`Barrier`].

use std::cell::Cell;
use std::fmt;
use std::rc::Rc;

use super::ask::ask;
use crate::request::object::Registration;
use crate::request::{Asker, Object, ObjectKind, Request, RequestKind, Yield};

/// A place where tasks wait for each other: asyncio's `Barrier`. When as many wait as it is for, all of them go on, and the next
/// round begins.
///
/// All clones are the same barrier. A task that is cancelled while it waits is not counted any more.
///
/// ```
/// use std::time::Duration;
/// use loop_core::prelude::*;
/// use loop_core::sim::Sim;
/// use loop_core::sync::Barrier;
///
/// #[loop_core::coroutine]
/// fn worker(barrier: Barrier, takes: u64) -> Duration {
///     yield_!(Sleep(Duration::from_secs(takes)));
///     yield_!(barrier.wait());
///     yield_!(Clock) - loop_core::Time::ZERO
/// }
///
/// #[loop_core::coroutine]
/// fn program() {
///     let barrier = Barrier::new(2);
///     let other = yield_!(Spawn(worker(barrier.clone(), 3)));
///     assert_eq!(yield_!(worker(barrier, 1)), Duration::from_secs(3));
///     assert_eq!(yield_!(other).unwrap(), Duration::from_secs(3));
/// }
///
/// Sim::new().run(program()).into_result().unwrap();
/// ```
#[derive(Clone)]
pub struct Barrier(Rc<Inner>);

struct Inner {
    registration: Registration,
    parties: u32,
    /// Those who wait and go on, because the last one has come.
    released: Cell<u32>,
    /// Of a round, how many have gone on or were cancelled before they did.
    departed: Cell<u32>,
    /// One of them was told that it is the leader.
    is_led: Cell<bool>,
}

impl Barrier {
    /// A barrier at which `parties` tasks wait for each other.
    ///
    /// ```
    /// let barrier = loop_core::sync::Barrier::new(2);
    /// assert_eq!(barrier.waiting(), 0);
    /// ```
    ///
    /// # Panics
    ///
    /// If `parties` is 0 or more than 2²⁹.
    pub fn new(parties: usize) -> Barrier {
        assert!(
            (1..=1 << 29).contains(&parties),
            "a barrier is for 1 to 536,870,912 tasks, not for {parties}"
        );
        Barrier(Rc::new(Inner {
            registration: Registration::new(ObjectKind::Barrier),
            parties: parties as u32,
            released: Cell::new(0),
            departed: Cell::new(0),
            is_led: Cell::new(false),
        }))
    }

    /// Request: waits until the barrier's number of tasks wait. In each round the answer is `true` for one of them and `false` for the
    /// others, so that one of them can do what is to be done once.
    ///
    /// ```
    /// use loop_core::prelude::*;
    /// use loop_core::sync::Barrier;
    ///
    /// #[loop_core::coroutine]
    /// fn program() -> bool {
    ///     yield_!(Barrier::new(1).wait()) // the only one
    /// }
    /// # assert_eq!(loop_core::sim::Sim::new().run(program).into_result().unwrap(), true);
    /// ```
    pub fn wait(&self) -> impl Request<Answer = bool> + use<> {
        ask(Yield::Wait, Rc::clone(&self.0), |barrier| {
            barrier.depart();
            !barrier.is_led.replace(true)
        })
    }

    /// How many tasks wait.
    ///
    /// ```
    /// assert_eq!(loop_core::sync::Barrier::new(2).waiting(), 0);
    /// ```
    pub fn waiting(&self) -> usize {
        self.0.registration.waiting() as usize
    }
}

impl Inner {
    /// A task that was admitted leaves: each so many are a round, with a leader of its own.
    fn depart(&self) {
        let departed = self.departed.get();
        if departed == 0 {
            self.is_led.set(false);
        }
        self.departed.set((departed + 1) % self.parties);
    }
}

impl fmt::Debug for Barrier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Barrier")
            .field("parties", &self.0.parties)
            .field("waiting", &self.waiting())
            .finish()
    }
}

impl Object for Inner {
    fn registration(&self) -> &Registration {
        &self.registration
    }

    fn admit(&self, asker: Asker) -> bool {
        let released = self.released.get();
        if asker.has_waited {
            self.released.set(released.saturating_sub(1));
            return released > 0;
        }
        let waiting = self.registration.waiting();
        // Those who are released leave before anybody else comes.
        let is_last = waiting + 1 == self.parties;
        if is_last {
            self.released.set(waiting);
            self.registration.changed();
        }
        is_last
    }

    // The round is over, with or without it.
    fn give_back(&self, _: RequestKind) {
        self.depart();
    }
}
