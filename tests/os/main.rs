//! The operating system's world, on real descriptors: a helper program runs on streams that each test makes.

mod helper;
mod idle;
mod interrupt;
mod kernel;
mod nonblocking;
mod output;
mod slow;
mod stdin_contents;
mod stdin_kinds;
mod streams;
