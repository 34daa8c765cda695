//! The kernel's own buffers over streams of bytes. Pure: bytes come and go as arguments.

mod input;
mod output;

pub(super) use input::{Given, Input};
pub(super) use output::Output;
