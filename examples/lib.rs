//! The programs in this folder are the content of this crate. The library is empty, except for the tests of the README.

/// What the README shows compiles and runs.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
