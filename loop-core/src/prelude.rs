//! What a program usually needs: `use loop_core::prelude::*;`.
//!
//! What is needed more rarely is imported by name: `use loop_core::AsCompleted;`, `use loop_core::sync::Lock;`.
//!
//! The macros are not in it, because a bare `#[coroutine]` that comes from an import is ambiguous with an attribute of the
//! compiler's own: write `#[loop_core::coroutine]`.
//!
//! ```
//! use loop_core::prelude::*;
//!
//! #[loop_core::coroutine]
//! fn greet() -> std::io::Result<()> {
//!     yield_!(Println("hello"))
//! }
//!
//! EventLoop::new().run_until_complete(greet())??;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub use crate::event_loop::EventLoop;
pub use crate::generator::{AnyGenerator, BoxGenerator, Generator};
pub use crate::groups::{All, Group, Race, Timeout, TryAll, TryGroup};
#[cfg(feature = "blocking")]
pub use crate::request::Blocking;
pub use crate::request::{
    Await, Cancel, Clock, Coroutine, Defer, Eprint, Eprintln, Exit, Handle, Interval, Now, Print,
    Println, Shield, Signal, Sleep, SleepUntil, Spawn, Stdin, StdinBytes, Stop,
};
pub use crate::stream::{Sink, Stream};
pub use loop_macros::{emit, receive, yield_, yield_from};
