//! The kernel's own buffers over the standard streams. Pure: bytes come and go as arguments.

mod input;
mod output;

pub(crate) use input::Input;
pub(crate) use output::Output;
