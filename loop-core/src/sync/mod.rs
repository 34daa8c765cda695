//! What tasks of one loop share and wait for: locks, events, channels.
//!
//! All of them are for the tasks of one loop, on one thread. To share one, clone it: all clones are the same object.
//!
//! What may have to wait is a request: `yield_!(lock.acquire())`. What never waits is a plain call: `event.set()`,
//! `sender.send(value)` of an unbounded channel, the drop of a guard. Tasks that such a call wakes are in the ready queue before the
//! caller's next request is handled.
//!
//! Tasks that belong together are [`All`](crate::All), [`Race`](crate::Race), [`Timeout`](crate::Timeout) and
//! [`Group`](crate::Group). The guide has a section about [tasks that wait for each
//! other](crate::language#tasks-that-wait-for-each-other).
//!
//! | to | use |
//! |---|---|
//! | let one task at a time use a value | [`Lock`], or [`RwLock`] if most only read |
//! | let only a number of tasks do something at a time | [`Semaphore`] |
//! | wait until something has happened | [`Event`]; with a value [`channel::oneshot`] |
//! | wait until a condition holds for a locked value | [`Condition`] |
//! | let tasks wait for each other at one place | [`Barrier`] |
//! | make a value once, when it is first asked for | [`Once`] |
//! | give values to other tasks | [`channel`] |
//!
//! ```
//! use std::time::Duration;
//! use loop_core::prelude::*;
//! use loop_core::sim::Sim;
//! use loop_core::sync::{Event, Lock};
//!
//! #[loop_core::coroutine]
//! fn deposits(account: Lock<u32>, open: Event) {
//!     yield_!(open.wait());
//!     let mut balance = yield_!(account.acquire());
//!     yield_!(Sleep(Duration::from_secs(1))); // nobody else has the account meanwhile
//!     *balance += 10;
//! } // the guard is dropped, and the next task gets the lock
//!
//! #[loop_core::coroutine]
//! fn bank() -> u32 {
//!     let (account, open) = (Lock::new(0), Event::new());
//!     let mut group = Group::new();
//!     for _ in 0..3 {
//!         yield_!(group.spawn(deposits(account.clone(), open.clone())));
//!     }
//!     open.set(); // never waits, so it is a plain call
//!     yield_!(group.join()).unwrap();
//!     *yield_!(account.acquire())
//! }
//!
//! let run = Sim::new().run(bank);
//! assert_eq!(run.elapsed(), Duration::from_secs(3)); // one after the other
//! assert_eq!(run.into_result().unwrap(), 30);
//! ```
//!
//! # Rules
//!
//! - Tasks that wait are served in the order in which they asked. Nobody overtakes them, not even with a `try_` call.
//! - A request puts its task at the back of the ready queue even if it need not wait. So whether other tasks run there does not depend
//!   on who came first.
//! - What a cancelled task was to get is not lost. If the task still waited, it leaves the queue. If it had been given the lock, the
//!   permit or the value, and had not gone on yet, that goes to the next task.
//! - An object has a name, made of its kind and a number: `lock 2` is the second lock that this loop was asked for. A trace shows the
//!   requests to it, and the report of a [`Deadlock`](crate::Deadlock) says which tasks wait for it and which task has it.
//! - While a task waits for an object, only tasks of the same loop may use it: a task of another loop that asks for it panics.
//! - None of them is `Send`: other threads cannot use them.

mod ask;
mod barrier;
pub mod channel;
mod condition;
mod event;
mod lock;
mod once;
mod rwlock;
mod semaphore;

pub use barrier::Barrier;
pub use condition::Condition;
pub use event::Event;
pub use lock::{Lock, LockGuard};
pub use once::Once;
pub use rwlock::{ReadGuard, RwLock, WriteGuard};
pub use semaphore::{Permit, Semaphore};
