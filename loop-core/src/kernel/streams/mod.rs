//! The kernel's buffers over streams of bytes. They are pure: bytes come and go as arguments.

mod input;
mod output;

pub(super) use input::{Given, Input};
pub(super) use output::Output;
