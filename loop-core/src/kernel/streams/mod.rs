//! The kernel's buffers over streams of bytes. They are pure: bytes come and go as arguments.

mod answer_number;
mod input;
mod output;

pub(super) use answer_number::AnswerNumber;
pub(super) use input::{Given, Input};
pub(super) use output::Output;
