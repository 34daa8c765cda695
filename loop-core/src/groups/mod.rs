//! Tasks that belong together: to wait for all of them, for the first, for so long, or as a group.
//!
//! The tasks have no handles. An object, their [`Members`], is told how each of them has ended, and the task that started them waits
//! for it.

mod all;
mod as_completed;
mod coroutines;
mod error;
mod group;
mod members;
mod outcomes;
mod race;
mod timeout;
mod turns;

pub use all::{All, TryAll};
pub use as_completed::AsCompleted;
pub use coroutines::{Coroutines, Racers, TryCoroutines};
pub use error::{Elapsed, Failure, GroupError};
pub use group::{Group, TryGroup};
pub use race::Race;
pub use timeout::{Timeout, TimeoutAt};
