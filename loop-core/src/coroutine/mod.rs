//! Coroutines as the loop sees them: a frame, which says how far it ran when it was primed.
//!
//! This module is generic over the request `Q` and the answer `A`, and knows nothing of what can be asked;
//! [`request`](crate::request) gives both their types.

mod airlock;
mod calls;
mod deep_drop;
mod describe;
mod frame;
pub mod probe;
mod raw;
mod site;
mod traced;

pub(crate) use airlock::{Airlock, Outer, StepState};
#[cfg(test)]
pub(crate) use calls::Call;
pub(crate) use calls::{forget_outer_call, take_arguments, take_calls};
pub(crate) use deep_drop::deep_drop;
pub(crate) use describe::Arguments;
pub use describe::{Shown, arguments};
pub(crate) use frame::{AnyFrame, Payload, PrimeState, take};
pub(crate) use raw::{RawCoroutine, foreign, lazy, prime};
pub use site::{Origin, Site};
pub(crate) use traced::set_tracing;
