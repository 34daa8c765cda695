//! Channels: values that tasks give to other tasks.
//!
//! | channel | a value goes to | the order | when it is full |
//! |---|---|---|---|
//! | [`bounded`]: asyncio's `Queue` | one of the receivers | the oldest first | the sender waits |
//! | [`unbounded`] | one of the receivers | the oldest first | it is never full |
//! | [`lifo`]: asyncio's `LifoQueue` | one of the receivers | the youngest first | the sender waits |
//! | [`priority`]: asyncio's `PriorityQueue` | one of the receivers | the least first | the sender waits |
//! | [`oneshot`]: asyncio's `Future` | the receiver | only one value | – |
//! | [`broadcast`] | every receiver | the oldest first | a receiver that is too slow loses the oldest values, and is told so |
//! | [`watch`] | every receiver | only the last value | the value is replaced |
//!
//! Dropping the last sender closes a channel: receivers get what is still in it, and then learn that it has ended. Dropping the last
//! receiver closes it too: senders get their values back. So drop the ends that a task does not need, or the others wait for ever.
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
