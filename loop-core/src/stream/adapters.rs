//! What makes streams of streams. Each is a stream itself.

use super::body::Ran;
use super::merge;
use super::returned::StreamReturn;
use super::source::Stream;

impl<'a, Y: 'a, T: StreamReturn + 'a> Stream<'a, Y, T> {
    /// A stream of what a function makes of the values.
    ///
    /// ```
    /// use loop_core::prelude::*;
    ///
    /// #[loop_core::stream(yields = u32)]
    /// fn count() {
    ///     for n in 1..=3 {
    ///         emit!(n);
    ///     }
    /// }
    ///
    /// #[loop_core::coroutine]
    /// fn program() {
    ///     let mut squares = count().map(|n| n * n);
    ///     let mut sum = 0;
    ///     while let Some(square) = yield_!(squares.next()) {
    ///         sum += square;
    ///     }
    ///     assert_eq!(sum, 14);
    /// }
    /// # loop_core::sim::Sim::new().run(program()).into_result().unwrap();
    /// ```
    pub fn map<U: 'a>(self, f: impl FnMut(Y) -> U + 'a) -> Stream<'a, U, T> {
        map(self, f)
    }

    /// A stream of those values for which a function says `true`.
    ///
    /// ```
    /// use loop_core::prelude::*;
    ///
    /// #[loop_core::stream(yields = u32)]
    /// fn count() {
    ///     for n in 1..=3 {
    ///         emit!(n);
    ///     }
    /// }
    ///
    /// #[loop_core::coroutine]
    /// fn program() {
    ///     let mut odd = count().filter(|n| n % 2 == 1);
    ///     assert_eq!(yield_!(odd.next()), Some(1));
    ///     assert_eq!(yield_!(odd.next()), Some(3));
    ///     assert_eq!(yield_!(odd.next()), None);
    /// }
    /// # loop_core::sim::Sim::new().run(program()).into_result().unwrap();
    /// ```
    pub fn filter(self, f: impl FnMut(&Y) -> bool + 'a) -> Stream<'a, Y, T> {
        filter(self, f)
    }

    /// A stream of the first `count` values. This one is closed after the last of them, and is not asked for more.
    ///
    /// ```
    /// use loop_core::prelude::*;
    ///
    /// #[loop_core::stream(yields = u32)]
    /// fn endless() {
    ///     for n in 1.. {
    ///         emit!(n);
    ///     }
    /// }
    ///
    /// #[loop_core::coroutine]
    /// fn program() {
    ///     let mut two = endless().take(2);
    ///     assert_eq!(yield_!(two.next()), Some(1));
    ///     assert_eq!(yield_!(two.next()), Some(2));
    ///     assert_eq!(yield_!(two.next()), None);
    /// }
    /// # loop_core::sim::Sim::new().run(program()).into_result().unwrap();
    /// ```
    pub fn take(self, count: usize) -> Stream<'a, Y, T> {
        take(self, count)
    }

    /// A stream of vectors of `size` values. The last vector has what is left, and is not empty.
    ///
    /// If this stream fails, the values before the error come first.
    ///
    /// ```
    /// use loop_core::prelude::*;
    ///
    /// #[loop_core::stream(yields = u32)]
    /// fn count() {
    ///     for n in 1..=3 {
    ///         emit!(n);
    ///     }
    /// }
    ///
    /// #[loop_core::coroutine]
    /// fn program() {
    ///     let mut pairs = count().chunks(2);
    ///     assert_eq!(yield_!(pairs.next()), Some(vec![1, 2]));
    ///     assert_eq!(yield_!(pairs.next()), Some(vec![3]));
    ///     assert_eq!(yield_!(pairs.next()), None);
    /// }
    /// # loop_core::sim::Sim::new().run(program()).into_result().unwrap();
    /// ```
    ///
    /// # Panics
    ///
    /// If `size` is 0.
    pub fn chunks(self, size: usize) -> Stream<'a, Vec<Y>, T> {
        assert!(size > 0, "a chunk has at least one value");
        chunks(self, size)
    }
}

impl<Y: 'static, T: StreamReturn + 'static> Stream<'static, Y, T> {
    /// A stream of the values of both, each as soon as it comes.
    ///
    /// Both run at the same time, each as a task of a [`Group`](crate::Group) that the stream owns. Each is one value ahead at most. It ends
    /// when both have ended, or with the first error or panic; then the other one is closed.
    ///
    /// ```
    /// use std::time::Duration;
    /// use loop_core::prelude::*;
    /// use loop_core::sim::Sim;
    ///
    /// #[loop_core::stream(yields = &'static str)]
    /// fn ticks(name: &'static str, seconds: u64) {
    ///     for _ in 0..2 {
    ///         yield_!(Sleep(Duration::from_secs(seconds)));
    ///         emit!(name);
    ///     }
    /// }
    ///
    /// #[loop_core::coroutine]
    /// fn program() -> String {
    ///     let mut both = ticks("slow", 3).merge(ticks("fast", 2));
    ///     let mut seen = String::new();
    ///     while let Some(name) = yield_!(both.next()) {
    ///         seen += &format!("{name} ");
    ///     }
    ///     seen
    /// }
    ///
    /// assert_eq!(Sim::new().run(program()).into_result().unwrap(), "fast slow fast slow ");
    /// ```
    pub fn merge(self, other: Stream<'static, Y, T>) -> Stream<'static, Y, T> {
        merge::merge(self, other)
    }
}

#[loop_macros::stream(yields = U, crate = crate)]
fn map<'a, Y: 'a, U: 'a, T: StreamReturn + 'a>(
    mut from: Stream<'a, Y, T>,
    mut f: impl FnMut(Y) -> U + 'a,
) -> T {
    loop {
        match yield_!(from.step()) {
            Ran::Arrived(value) => emit!(f(value)),
            Ran::Returned(end) => return end,
        }
    }
}

#[loop_macros::stream(yields = Y, crate = crate)]
fn filter<'a, Y: 'a, T: StreamReturn + 'a>(
    mut from: Stream<'a, Y, T>,
    mut f: impl FnMut(&Y) -> bool + 'a,
) -> T {
    loop {
        match yield_!(from.step()) {
            Ran::Arrived(value) if f(&value) => emit!(value),
            Ran::Arrived(_) => {}
            Ran::Returned(end) => return end,
        }
    }
}

#[loop_macros::stream(yields = Y, crate = crate)]
fn take<'a, Y: 'a, T: StreamReturn + 'a>(mut from: Stream<'a, Y, T>, count: usize) -> T {
    for left in (0..count).rev() {
        match yield_!(from.step()) {
            Ran::Arrived(value) => {
                if left == 0 {
                    from.close();
                }
                emit!(value);
            }
            Ran::Returned(end) => return end,
        }
    }
    T::nothing()
}

#[loop_macros::stream(yields = Vec<Y>, crate = crate)]
fn chunks<'a, Y: 'a, T: StreamReturn + 'a>(mut from: Stream<'a, Y, T>, size: usize) -> T {
    let mut chunk = Vec::new();
    loop {
        match yield_!(from.step()) {
            Ran::Arrived(value) => {
                chunk.push(value);
                if chunk.len() == size {
                    emit!(std::mem::take(&mut chunk));
                }
            }
            Ran::Returned(end) => {
                if !chunk.is_empty() {
                    emit!(chunk);
                }
                return end;
            }
        }
    }
}
