//! [`Site`]: name and place of a coroutine's source.

use std::fmt;

/// Where a coroutine was written, as `#[coroutine]` records it.
///
/// Each coroutine function has a type of its own for it, without a value, so that a frame has a name and no extra byte.
pub trait Origin: 'static {
    /// The function's name.
    const NAME: &'static str;
    /// The file, as `file!()` gives it.
    const FILE: &'static str;
    /// The line of the function's signature.
    const LINE: u32;
}

/// Name and place of a coroutine's source, for reports and traces.
///
/// ```
/// use loop_core::prelude::*;
///
/// #[loop_core::coroutine(lazy)]
/// fn tick() {}
///
/// assert_eq!(tick().site().name, "tick");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct Site {
    /// The function's name.
    pub name: &'static str,
    /// The file it is in, as `file!()` gives it.
    pub file: &'static str,
    /// The line of its signature.
    pub line: u32,
}

impl Site {
    pub(crate) const fn of<O: Origin>() -> &'static Site {
        const {
            &Site {
                name: O::NAME,
                file: O::FILE,
                line: O::LINE,
            }
        }
    }
}

impl fmt::Display for Site {
    /// `` `name` (file:line) ``, as in messages.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Site { name, file, line } = self;
        write!(f, "`{name}` ({file}:{line})")
    }
}
