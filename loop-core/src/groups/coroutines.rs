//! Several coroutines as one value: vectors, arrays, tuples.

use std::collections::BTreeMap;

use crate::request::{AnyCoroutine, Coroutine, Value};

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

/// What [`All`](crate::All) takes: coroutines in a `Vec`, an array, or a tuple of up to eight of different types.
///
/// ```
/// use loop_core::{All, Coroutines};
///
/// fn both<C: Coroutines>(coroutines: C) -> All<C> {
///     All(coroutines)
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` are not coroutines that the event loop can run side by side",
    label = "not a `Vec`, an array or a tuple of coroutines that own what they use",
    note = "a coroutine that borrows can only run in place, within the coroutine from which it borrows: `yield_from!(…)`",
    note = "to run it beside others, let it take its arguments by value, or `Rc<…>` to share them",
    note = "of a request or a handle, make a coroutine that yields it; of a future, one that yields `Await(future)`",
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

/// What [`Race`](crate::Race) takes: coroutines of one type in a `Vec` or an array, or a tuple of up to eight of different types.
///
/// ```
/// use loop_core::{Race, Racers};
///
/// fn first<C: Racers>(coroutines: C) -> Race<C> {
///     Race(coroutines)
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` are not coroutines that can race",
    label = "not a `Vec`, an array or a tuple of coroutines that own what they use",
    note = "a coroutine that borrows can only run in place, within the coroutine from which it borrows: `yield_from!(…)`",
    note = "to run it beside others, let it take its arguments by value, or `Rc<…>` to share them",
    note = "of a request or a handle, make a coroutine that yields it; of a future, one that yields `Await(future)`"
)]
pub trait Racers: Coroutines {
    /// The value of the first: of a tuple, a tuple in which only that one is `Some`.
    type First: 'static;

    #[doc(hidden)]
    fn first(number: usize, value: Value) -> Self::First;
}

impl<T: 'static> Coroutines for Vec<Coroutine<T>> {
    type Values = Vec<T>;

    fn into_all(self) -> Vec<AnyCoroutine> {
        self.into_iter().map(AnyCoroutine::from).collect()
    }

    fn values(values: Values) -> Vec<T> {
        values.0.into_values().map(typed).collect()
    }
}

impl<T: 'static> Racers for Vec<Coroutine<T>> {
    type First = T;

    fn first(_: usize, value: Value) -> T {
        typed(value)
    }
}

impl<T: 'static, const N: usize> Coroutines for [Coroutine<T>; N] {
    type Values = [T; N];

    fn into_all(self) -> Vec<AnyCoroutine> {
        self.into_iter().map(AnyCoroutine::from).collect()
    }

    fn values(mut values: Values) -> [T; N] {
        std::array::from_fn(|_| values.next())
    }
}

impl<T: 'static, const N: usize> Racers for [Coroutine<T>; N] {
    type First = T;

    fn first(_: usize, value: Value) -> T {
        typed(value)
    }
}

macro_rules! tuples {
    ($(($($t:ident $n:tt),+))+) => {$(
        impl<$($t: 'static),+> Coroutines for ($(Coroutine<$t>,)+) {
            type Values = ($($t,)+);

            fn into_all(self) -> Vec<AnyCoroutine> {
                vec![$(AnyCoroutine::from(self.$n)),+]
            }

            fn values(mut values: Values) -> ($($t,)+) {
                ($(values.next::<$t>(),)+)
            }
        }

        impl<$($t: 'static),+> Racers for ($(Coroutine<$t>,)+) {
            type First = ($(Option<$t>,)+);

            fn first(number: usize, value: Value) -> ($(Option<$t>,)+) {
                let mut value = Some(value);
                ($(value.take_if(|_| number == $n).map(typed::<$t>),)+)
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
