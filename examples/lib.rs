//! The programs in this folder are its content; the library is empty, but for the tests of the README.

/// What the README shows compiles and runs.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
