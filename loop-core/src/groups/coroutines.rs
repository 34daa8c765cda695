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

/// What [`TryAll`](crate::TryAll) takes: coroutines and other requests whose answer is a `Result`, with one type of error, in a `Vec`, an array,
/// or a tuple of up to eight.
///
/// ```
/// use loop_core::{TryAll, TryCoroutines};
///
/// fn both<C: TryCoroutines>(coroutines: C) -> TryAll<C> {
///     TryAll(coroutines)
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is nothing that the event loop can run side by side until one fails",
    label = "not a `Vec`, an array or a tuple of up to eight coroutines, requests and handles that give a `Result` with one type of error",
    note = "of different types of coroutines write a tuple, of other collections `.collect::<Vec<_>>()`"
)]
pub trait TryCoroutines: Coroutines {
    /// What is in their `Ok`, in the same form.
    type Oks: 'static;

    /// What is in their `Err`.
    type Error: 'static;

    #[doc(hidden)]
    type Kept: Default + 'static;

    #[doc(hidden)]
    fn keep(kept: &mut Self::Kept, number: usize, value: Value) -> Result<(), Self::Error>;

    #[doc(hidden)]
    fn oks(kept: Self::Kept) -> Self::Oks;
}

impl<T: 'static, E: 'static, R: Request<Answer = Result<T, E>> + 'static> TryCoroutines for Vec<R> {
    type Oks = Vec<T>;
    type Error = E;
    type Kept = BTreeMap<usize, T>;

    fn keep(kept: &mut BTreeMap<usize, T>, number: usize, value: Value) -> Result<(), E> {
        kept.insert(number, typed::<Result<T, E>>(value)?);
        Ok(())
    }

    fn oks(kept: BTreeMap<usize, T>) -> Vec<T> {
        kept.into_values().collect()
    }
}

impl<T: 'static, E: 'static, R, const N: usize> TryCoroutines for [R; N]
where
    R: Request<Answer = Result<T, E>> + 'static,
{
    type Oks = [T; N];
    type Error = E;
    type Kept = BTreeMap<usize, T>;

    fn keep(kept: &mut BTreeMap<usize, T>, number: usize, value: Value) -> Result<(), E> {
        Vec::<R>::keep(kept, number, value)
    }

    fn oks(mut kept: BTreeMap<usize, T>) -> [T; N] {
        std::array::from_fn(|_| kept.pop_first().expect("every coroutine has a value").1)
    }
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
    ($(($($t:ident $ok:ident $n:tt),+))+) => {$(
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

        impl<Error: 'static, $($ok: 'static, $t: Request<Answer = Result<$ok, Error>> + 'static),+> TryCoroutines
            for ($($t,)+)
        {
            type Oks = ($($ok,)+);
            type Error = Error;
            type Kept = ($(Option<$ok>,)+);

            fn keep(kept: &mut Self::Kept, number: usize, value: Value) -> Result<(), Error> {
                match number {
                    $($n => kept.$n = Some(typed::<Result<$ok, Error>>(value)?),)+
                    _ => unreachable!("so many coroutines are not in the tuple"),
                }
                Ok(())
            }

            fn oks(kept: Self::Kept) -> Self::Oks {
                ($(kept.$n.expect("every coroutine has a value"),)+)
            }
        }
    )+};
}

tuples! {
    (A OkA 0)
    (A OkA 0, B OkB 1)
    (A OkA 0, B OkB 1, C OkC 2)
    (A OkA 0, B OkB 1, C OkC 2, D OkD 3)
    (A OkA 0, B OkB 1, C OkC 2, D OkD 3, E OkE 4)
    (A OkA 0, B OkB 1, C OkC 2, D OkD 3, E OkE 4, F OkF 5)
    (A OkA 0, B OkB 1, C OkC 2, D OkD 3, E OkE 4, F OkF 5, G OkG 6)
    (A OkA 0, B OkB 1, C OkC 2, D OkD 3, E OkE 4, F OkF 5, G OkG 6, H OkH 7)
}
