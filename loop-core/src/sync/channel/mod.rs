//! Channels: values that tasks give to other tasks.
//!
//! | channel | a value goes to | when it is full |
//! |---|---|---|
//! | [`bounded`] | one receiver, the values in the order in which they were sent | the sender waits |
//! | [`unbounded`] | the same | it is never full |
//! | [`lifo`], [`priority`] | one receiver, the youngest or the least one first: asyncio's `LifoQueue` and `PriorityQueue` | the sender waits |
//! | [`oneshot`] | the receiver, one value | – |
//! | [`broadcast`] | every receiver | a receiver that is too slow loses the oldest values, and is told so |
//! | [`watch`] | every receiver, only the last value | the value is replaced |
//!
//! Dropping the last sender closes a channel: receivers get what is still in it, and then the end. Dropping the last receiver
//! closes it too: senders get their values back.
//!
//! ```
//! use loop_core::prelude::*;
//! use loop_core::sim::Sim;
//! use loop_core::sync::channel::{self, Sender};
//!
//! #[loop_core::coroutine]
//! fn producer(numbers: Sender<u32>) {
//!     for number in 1..=4 {
//!         yield_!(numbers.send(number)).unwrap(); // waits while two numbers are in the channel
//!     }
//! }
//!
//! #[loop_core::coroutine]
//! fn consumer() -> u32 {
//!     let (sender, receiver) = channel::bounded(2);
//!     yield_!(Spawn(producer(sender))).detach();
//!     let mut sum = 0;
//!     while let Some(number) = yield_!(receiver.recv()) {
//!         sum += number;
//!     }
//!     sum
//! }
//!
//! assert_eq!(Sim::new().run(consumer()).into_result().unwrap(), 10);
//! ```

mod broadcast;
mod errors;
mod oneshot;
mod queue;
mod store;
mod subscribers;
mod watch;

pub use broadcast::{BroadcastReceiver, BroadcastSender, broadcast};
pub use errors::{Closed, RecvError, SendError, TryRecvError, TrySendError};
pub use oneshot::{OneshotReceiver, OneshotSender, oneshot};
pub use queue::{Receiver, Sender, UnboundedSender, bounded, lifo, priority, unbounded};
pub use watch::{WatchReceiver, WatchSender, watch};
