//! Limits: the least that each workload can cost. None of these is a usable loop.

pub(crate) mod awaiting;
pub(crate) mod boxed;
pub(crate) mod heap;
pub(crate) mod iterator;
pub(crate) mod lines;
