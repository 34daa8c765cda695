//! The programs in this folder are the content of this crate. The library has what several of them share, and the tests of the README.

pub mod http;

/// What the README shows compiles and runs.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
