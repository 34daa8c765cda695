//! How tasks of one loop wait for each other: locks, events, channels.
//!
//! All of them are for the tasks of one loop, on one thread, and are cloned to be shared. What may have to wait is a request:
//! `yield_!(lock.acquire())`. What never waits is a plain call: `event.set()`, `sender.send(value)` of an unbounded channel, the
//! drop of a guard. Tasks that such a call wakes are in the ready queue before the caller's next request is handled.
//!
//! | to | use |
//! |---|---|
//! | let one task at a time use a value | [`Lock`], or [`RwLock`] if most only read |
//! | let at most so many tasks do something | [`Semaphore`] |
//! | wait until something has happened | [`Event`]; with a value [`channel::oneshot`] |
//! | wait until a condition holds for a locked value | [`Condition`] |
//! | let tasks wait until all have come | [`Barrier`] |
//! | make a value once, when it is first asked for | [`Once`] |
//! | give values to other tasks | [`channel`] |
//!
//! # Rules
//!
//! - Those who wait are served in the order in which they asked. Nobody overtakes them, also not with a `try_` call.
//! - A request puts its task at the back of the ready queue, also if it need not wait. So where others may run does not depend on
//!   who came first.
//! - A cancelled task loses nothing for the others. If it still waited, it is no longer in the queue. If it had been given something
//!   and had not gone on, that goes to the next one: the lock, the permit, the value.
//! - An object has a name, by its kind and its number in the order in which the loop got to know it: `lock 2`. The trace has the
//!   requests to it, and the report of a [`Deadlock`](crate::Deadlock) says who waits for it and which task has it.
//! - While a task waits for an object, only tasks of the same loop may use it: a task of another loop that asks for it panics.
//!
//! Other threads cannot use them: none is `Send`.

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
