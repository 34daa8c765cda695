//! The one file that names `genawaiter`, the crate that suspends and resumes.
//!
//! All other code uses the names of this file, so that the crate can be replaced here. Only its `rc` flavour is used: the
//! published `stack` flavour is unsound, and `sync` locks a mutex at every switch.

pub(crate) use genawaiter::GeneratorState as Switched;
pub(crate) use genawaiter::rc::{Co as Inside, Gen as Outside};
