//! Finds out which traits a user's type implements, without a bound on it.
//!
//! The macros' expansions do so by the *autoref* rule of method calls. `(&&Probe(&x)).loop_core_debug()` looks first for the
//! method of `&Probe<T>`, which exists for `T: Debug`, and then for the method of `Probe<T>`, which always exists. A type
//! parameter without a `Debug` bound is not known to be `Debug`.
//!
//! The names of the methods are long, so that they differ from those of users' traits.

use std::fmt::{Debug, Display};

use super::describe::Failure;

/// A value whose traits are to be found. See the module's documentation.
#[derive(Debug)]
pub struct Probe<'v, T: ?Sized>(pub &'v T);

/// `(&&Probe(&x)).loop_core_debug()`, for a `Debug` type.
pub trait ProbeDebug<'v> {
    /// The value, to be formatted.
    fn loop_core_debug(&self) -> Option<&'v dyn Debug>;
}

impl<'v, T: Debug> ProbeDebug<'v> for &Probe<'v, T> {
    fn loop_core_debug(&self) -> Option<&'v dyn Debug> {
        Some(self.0)
    }
}

/// As [`ProbeDebug`], for all other types.
pub trait ProbeOpaque<'v> {
    /// None.
    fn loop_core_debug(&self) -> Option<&'v dyn Debug>;
}

impl<'v, T: ?Sized> ProbeOpaque<'v> for Probe<'v, T> {
    fn loop_core_debug(&self) -> Option<&'v dyn Debug> {
        None
    }
}

/// `(&&&&Probe(&x)).loop_core_failure()`, for a `Result` whose error can be displayed.
pub trait ProbeDisplayError<'v> {
    /// The error, if there is one.
    fn loop_core_failure(&self) -> Option<Failure<'v>>;
}

impl<'v, T, E: Display> ProbeDisplayError<'v> for &&&Probe<'v, Result<T, E>> {
    fn loop_core_failure(&self) -> Option<Failure<'v>> {
        let error = self.0.as_ref().err()?;
        Some(Failure::Display(error))
    }
}

/// As [`ProbeDisplayError`], for a `Result` whose error can be debugged.
pub trait ProbeDebugError<'v> {
    /// The error, if there is one.
    fn loop_core_failure(&self) -> Option<Failure<'v>>;
}

impl<'v, T, E: Debug> ProbeDebugError<'v> for &&Probe<'v, Result<T, E>> {
    fn loop_core_failure(&self) -> Option<Failure<'v>> {
        let error = self.0.as_ref().err()?;
        Some(Failure::Debug(error))
    }
}

/// As [`ProbeDisplayError`], for any other `Result`.
pub trait ProbeError<'v> {
    /// The error, if there is one.
    fn loop_core_failure(&self) -> Option<Failure<'v>>;
}

impl<'v, T, E> ProbeError<'v> for &Probe<'v, Result<T, E>> {
    fn loop_core_failure(&self) -> Option<Failure<'v>> {
        self.0.is_err().then_some(Failure::Unknown)
    }
}

/// As [`ProbeDisplayError`], for a type that is not a `Result`.
pub trait ProbeNoError<'v> {
    /// None.
    fn loop_core_failure(&self) -> Option<Failure<'v>>;
}

impl<'v, T: ?Sized> ProbeNoError<'v> for Probe<'v, T> {
    fn loop_core_failure(&self) -> Option<Failure<'v>> {
        None
    }
}
