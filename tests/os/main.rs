//! The operating system's world, on real descriptors: a helper program runs on streams that each test makes.

mod bridges;
mod ending;
mod guest;
mod helper;
mod idle;
mod interrupt;
mod kernel;
mod left_over;
mod nonblocking;
mod output;
mod pace;
mod processes;
mod signals;
mod slow;
mod sockets;
mod stdin_contents;
mod stdin_kinds;
mod streams;
