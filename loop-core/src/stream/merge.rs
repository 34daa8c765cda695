//! `merge`: two streams that run at the same time, so each is asked by a task of its own.

use std::panic::resume_unwind;

use super::body::Ran;
use super::returned::StreamReturn;
use super::source::Stream;
use crate::groups::{Failure, Group};
use crate::sync::channel::{self, Sender};

#[loop_macros::stream(yields = Y, crate = crate)]
pub(super) fn merge<Y: 'static, T: StreamReturn + 'static>(
    one: Stream<'static, Y, T>,
    other: Stream<'static, Y, T>,
) -> T {
    let mut group = Group::new();
    let (sender, receiver) = channel::bounded(1);
    yield_!(group.spawn(pump(one, sender.clone())));
    yield_!(group.spawn(pump(other, sender)));
    loop {
        match yield_!(receiver.recv()) {
            Some(Ran::Arrived(value)) => emit!(value),
            Some(Ran::Returned(end)) if end.is_failure() => return end,
            Some(Ran::Returned(_)) => {}
            // Both tasks have ended.
            None => break,
        }
    }
    if let Err(error) = yield_!(group.join()) {
        match error.into_first() {
            Failure::Returned(never) => match never {},
            Failure::Panicked(error) => match error.try_into_panic() {
                Ok(payload) => resume_unwind(payload),
                Err(error) => panic!("{error}"),
            },
            Failure::Cancelled(error) => {
                group.cancel_asker();
                yield_!();
                // A shielded task goes on.
                panic!("{error}");
            }
        }
    }
    T::nothing()
}

/// Asks a stream, and sends what it gives out, and how it ends.
#[loop_macros::coroutine(lazy, crate = crate)]
fn pump<Y: 'static, T: StreamReturn + 'static>(
    mut stream: Stream<'static, Y, T>,
    sender: Sender<Ran<Y, T>>,
) {
    loop {
        let ran = yield_!(stream.step());
        let is_over = matches!(ran, Ran::Returned(_));
        if yield_!(sender.send(ran)).is_err() || is_over {
            return;
        }
    }
}
