//! A bounded channel: two producers that are faster than the two consumers, and have to wait for room.
//!
//! ```text
//! $ cargo run -q --example producer_consumer
//! a: no room for a3
//! b: no room for b1
//! x: takes a1
//! y: takes a2
//! a: has sent all
//! b: no room for b2
//! x: takes a3
//! y: takes b1
//! b: has sent all
//! x: takes b2
//! y: takes b3
//! x: has taken 3
//! y: has taken 3
//! 6 items were taken
//! ```
//!
//! The channel has room for two items. When both producers have ended it is closed, and the consumers get `None` after the last
//! item. Without timers and input, the order of the lines is always the same.

use std::io;

use loop_core::prelude::*;
use loop_core::sync::channel::{self, Receiver, Sender, TrySendError};

#[loop_core::coroutine]
fn producer(name: &'static str, channel: Sender<String>) -> io::Result<()> {
    for number in 1..=3 {
        let item = format!("{name}{number}");
        // Only to show who waits. `yield_!(channel.send(item))` alone does the same.
        if let Err(TrySendError::Full(item)) = channel.try_send(item) {
            yield_!(Println(format!("{name}: no room for {item}")))?;
            // Waits until there is room. An `Err` means that no consumer is left.
            yield_!(channel.send(item)).map_err(io::Error::other)?;
        }
    }
    yield_!(Println(format!("{name}: has sent all")))
    // Here its sender is dropped. The last one that is dropped closes the channel.
}

#[loop_core::coroutine]
fn consumer(name: &'static str, channel: Receiver<String>) -> io::Result<u32> {
    let mut taken = 0;
    while let Some(item) = yield_!(channel.recv()) {
        yield_!(Println(format!("{name}: takes {item}")))?;
        taken += 1;
        // Slow work, during which others run.
        for _ in 0..5 {
            yield_!();
        }
    }
    yield_!(Println(format!("{name}: has taken {taken}")))?;
    Ok(taken)
}

#[loop_core::main]
fn main() -> io::Result<()> {
    let (sender, receiver) = channel::bounded(2);
    let mut consumers = TryGroup::new();
    for name in ["x", "y"] {
        yield_!(consumers.spawn(consumer(name, receiver.clone())));
    }
    // With this one there would always be a receiver, and producers would wait for ever if the consumers failed.
    drop(receiver);
    let mut producers = TryGroup::new();
    for name in ["a", "b"] {
        yield_!(producers.spawn(producer(name, sender.clone())));
    }
    // With this one the channel would never be closed, and the consumers would wait for ever.
    drop(sender);
    yield_!(producers.join())?;
    let taken = yield_!(consumers.join())?;
    yield_!(Println(format!(
        "{} items were taken",
        taken.iter().sum::<u32>()
    )))
}
