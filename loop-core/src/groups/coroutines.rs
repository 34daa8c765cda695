//! Several coroutines and requests as one value: vectors, arrays, tuples.

use std::collections::BTreeMap;

use crate::request::{AnyCoroutine, Request, Value};

/// The values of all coroutines, by their numbers.
#[derive(Debug)]
pub struct Values(pub(super) BTreeMap<usize, Value>);

impl Values {
    fn next<T: 'static>(&mut self) -> T {
        let first = self.0.pop_first().expect("every coroutine has a value");
        typed(first.1)
    }
}

fn typed<T: 'static>(value: Value) -> T {
    value.expect("a coroutine's value")
}

/// What [`All`](crate::All) takes: coroutines and other requests in a `Vec`, an array, or a tuple of up to eight of different types.
///
/// ```
/// use loop_core::{All, Coroutines};
///
/// fn both<C: Coroutines>(coroutines: C) -> All<C> {
///     All(coroutines)
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is nothing that the event loop can run side by side",
    label = "not a `Vec`, an array or a tuple of up to eight coroutines, requests and handles",
    note = "of different types of coroutines write a tuple, of other collections `.collect::<Vec<_>>()`"
)]
pub trait Coroutines {
    /// Their values, in the same form.
    type Values: 'static;

    #[doc(hidden)]
    fn into_all(self) -> Vec<AnyCoroutine>;

    #[doc(hidden)]
    fn values(values: Values) -> Self::Values;
}

/// What [`Race`](crate::Race) takes: coroutines and other requests of one type in a `Vec` or an array, or a tuple of up to eight of different types.
///
/// ```
/// use loop_core::{Race, Racers};
///
/// fn first<C: Racers>(coroutines: C) -> Race<C> {
///     Race(coroutines)
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is nothing of which one can come first",
    label = "not a `Vec`, an array or a tuple of up to eight coroutines, requests and handles",
    note = "of different types of coroutines write a tuple, of other collections `.collect::<Vec<_>>()`"
)]
pub trait Racers: Coroutines {
    /// The value of the first: of a tuple, a tuple in which only that one is `Some`.
    type First: 'static;

    #[doc(hidden)]
    fn first(number: usize, value: Value) -> Self::First;
}

impl<R: Request + 'static> Coroutines for Vec<R> {
    type Values = Vec<R::Answer>;

    fn into_all(self) -> Vec<AnyCoroutine> {
        self.into_iter().map(R::loop_core_coroutine).collect()
    }

    fn values(values: Values) -> Vec<R::Answer> {
        values.0.into_values().map(typed).collect()
    }
}

impl<R: Request + 'static> Racers for Vec<R> {
    type First = R::Answer;

    fn first(_: usize, value: Value) -> R::Answer {
        typed(value)
    }
}

impl<R: Request + 'static, const N: usize> Coroutines for [R; N] {
    type Values = [R::Answer; N];

    fn into_all(self) -> Vec<AnyCoroutine> {
        self.into_iter().map(R::loop_core_coroutine).collect()
    }

    fn values(mut values: Values) -> [R::Answer; N] {
        std::array::from_fn(|_| values.next())
    }
}

impl<R: Request + 'static, const N: usize> Racers for [R; N] {
    type First = R::Answer;

    fn first(_: usize, value: Value) -> R::Answer {
        typed(value)
    }
}

macro_rules! tuples {
    ($(($($t:ident $n:tt),+))+) => {$(
        impl<$($t: Request + 'static),+> Coroutines for ($($t,)+) {
            type Values = ($($t::Answer,)+);

            fn into_all(self) -> Vec<AnyCoroutine> {
                vec![$(self.$n.loop_core_coroutine()),+]
            }

            fn values(mut values: Values) -> Self::Values {
                ($(values.next::<$t::Answer>(),)+)
            }
        }

        impl<$($t: Request + 'static),+> Racers for ($($t,)+) {
            type First = ($(Option<$t::Answer>,)+);

            fn first(number: usize, value: Value) -> Self::First {
                let mut value = Some(value);
                ($(value.take_if(|_| number == $n).map(typed::<$t::Answer>),)+)
            }
        }
    )+};
}

tuples! {
    (A 0)
    (A 0, B 1)
    (A 0, B 1, C 2)
    (A 0, B 1, C 2, D 3)
    (A 0, B 1, C 2, D 3, E 4)
    (A 0, B 1, C 2, D 3, E 4, F 5)
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6)
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7)
}
