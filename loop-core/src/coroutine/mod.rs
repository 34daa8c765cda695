//! Coroutines as the loop sees them: frames, and the airlock through which they pass requests and answers.
//!
//! This module is generic over the request `Q` and the answer `A`; [`request`](crate::request) defines both.

mod airlock;
mod borrowing;
mod calls;
mod changed;
mod deep_drop;
mod describe;
mod frame;
pub mod probe;
mod raw;
mod site;
mod traced;
mod way;

pub(crate) use airlock::{Airlock, Inner, Outer, StepState};
pub(crate) use borrowing::{AnyBorrowingFrame, lazy_borrowing, prime_borrowing};
#[cfg(test)]
pub(crate) use calls::Call;
pub(crate) use calls::{address, has_calls, take_arguments, take_calls};
pub(crate) use changed::{set_changed, take_changed};
pub(crate) use deep_drop::deep_drop;
pub(crate) use describe::Arguments;
pub use describe::{Shown, arguments};
pub(crate) use frame::{AnyFrame, Payload, PrimeState, foreign, take};
pub(crate) use raw::{RawCoroutine, lazy, prime};
pub use site::{Origin, Site};
pub(crate) use traced::set_tracing;
pub(crate) use way::{passes, take_way};
