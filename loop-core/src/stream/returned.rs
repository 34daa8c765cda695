//! [`StreamReturn`]: what the function of a stream or of a sink may return.

/// What the function of a [`Stream`](crate::Stream) or of a [`Sink`](crate::Sink) returns: `()`, or a `Result<(), E>`.
///
/// It decides what is answered to those who ask for the next value. So a stream that may fail is read as standard input is:
/// `while let Some(value) = yield_!(stream.next())? { … }`. An error is answered once; after it, the stream has ended.
///
/// ```
/// use std::io;
/// use loop_core::Stream;
/// use loop_core::stream::StreamReturn;
///
/// fn is_over<T: StreamReturn>(stream: &Stream<'_, u32, T>) -> bool {
///     stream.has_ended()
/// }
///
/// #[loop_core::stream(yields = u32)]
/// fn none() -> io::Result<()> {
///     Ok(())
/// }
/// # assert!(!is_over(&none()));
/// ```
#[diagnostic::on_unimplemented(
    message = "a stream or a sink returns nothing or a `Result<(), E>`, not `{Self}`",
    label = "this is its end, and not one of its values",
    note = "a stream gives out its values with `emit!(…)`",
    note = "a sink puts what it makes of its values where an argument says: `sum: &mut u32`"
)]
pub trait StreamReturn: Sized {
    /// What a request for the next `Y` is answered: an `Option<Y>`, or a `Result<Option<Y>, E>`.
    type Next<Y>;

    #[doc(hidden)]
    fn emitted<Y>(value: Y) -> Self::Next<Y>;

    /// The function has returned.
    #[doc(hidden)]
    fn returned<Y>(self) -> Self::Next<Y>;

    /// Whether it is an error.
    #[doc(hidden)]
    fn is_failure(&self) -> bool;

    /// What is returned by one that has ended before, or that has no more to do.
    #[doc(hidden)]
    fn nothing() -> Self;
}

impl StreamReturn for () {
    type Next<Y> = Option<Y>;

    #[inline]
    fn emitted<Y>(value: Y) -> Option<Y> {
        Some(value)
    }

    #[inline]
    fn returned<Y>(self) -> Option<Y> {
        None
    }

    #[inline]
    fn is_failure(&self) -> bool {
        false
    }

    #[inline]
    fn nothing() {}
}

impl<E> StreamReturn for Result<(), E> {
    type Next<Y> = Result<Option<Y>, E>;

    #[inline]
    fn emitted<Y>(value: Y) -> Result<Option<Y>, E> {
        Ok(Some(value))
    }

    #[inline]
    fn returned<Y>(self) -> Result<Option<Y>, E> {
        self.map(|()| None)
    }

    #[inline]
    fn is_failure(&self) -> bool {
        self.is_err()
    }

    #[inline]
    fn nothing() -> Result<(), E> {
        Ok(())
    }
}
