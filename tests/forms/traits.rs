//! Methods of traits, with the attribute on what implements them.

use std::rc::Rc;

use loop_core::{BoxGenerator, Coroutine};

use crate::give;

/// What a type with generators gives.
trait Items {
    fn items(&self) -> BoxGenerator<'_, u32>;
    fn mutable(&mut self, more: u32) -> BoxGenerator<'_, u32, (), Option<&u32>>;
    fn named<'a>(&'a self, text: &'a str) -> BoxGenerator<'a, u32>;
    fn up_to(n: u32) -> BoxGenerator<'static, u32>;
    fn consuming<'g>(self) -> BoxGenerator<'g, u32>
    where
        Self: 'g;

    #[loop_core::generator(yields = u32, boxed)]
    fn twice(&self) {
        yield_from!(self.items());
        yield_from!(self.items());
    }
}

struct Numbers(Vec<u32>);

impl Items for Numbers {
    #[loop_core::generator(yields = u32, boxed)]
    fn items(&self) {
        for n in &self.0 {
            yield_!(*n);
        }
    }

    #[loop_core::generator(yields = u32, boxed)]
    fn mutable(&mut self, more: u32) -> Option<&u32> {
        for n in &mut self.0 {
            *n += more;
            yield_!(*n);
        }
        self.0.first()
    }

    #[loop_core::generator(yields = u32, boxed)]
    fn named<'a>(&'a self, text: &'a str) {
        for n in &self.0 {
            yield_!(*n + text.len() as u32);
        }
    }

    #[loop_core::generator(yields = u32, boxed)]
    fn up_to(n: u32) {
        for n in 0..n {
            yield_!(n);
        }
    }

    #[loop_core::generator(yields = u32, boxed)]
    fn consuming(self) {
        for n in self.0 {
            yield_!(n);
        }
    }
}

#[test]
fn boxed_generators_of_a_trait() {
    let mut numbers = Numbers(vec![1, 2]);
    assert_eq!(numbers.items().sum::<u32>(), 3);
    assert_eq!(numbers.twice().sum::<u32>(), 6);
    assert_eq!(numbers.mutable(1).sum::<u32>(), 5);
    assert_eq!(numbers.named("ab").sum::<u32>(), 9);
    assert_eq!(Numbers::up_to(3).sum::<u32>(), 3);
    assert_eq!(numbers.consuming().sum::<u32>(), 5);
}

/// A trait and a type with parameters.
trait Each<T> {
    fn each(&self) -> BoxGenerator<'_, T>;
}

struct Many<T>(Vec<T>);

impl<T: Clone> Each<T> for Many<T> {
    #[loop_core::generator(yields = T, boxed)]
    fn each(&self) {
        for item in &self.0 {
            yield_!(item.clone());
        }
    }
}

impl<T: Clone> Many<T> {
    #[loop_core::generator(yields = T, boxed)]
    fn first(&self, n: usize) {
        for item in self.0.iter().take(n) {
            yield_!(item.clone());
        }
    }

    #[loop_core::generator(yields = T, boxed)]
    fn into_each(self) {
        for item in self.0 {
            yield_!(item);
        }
    }
}

impl dyn Each<u8> {
    #[loop_core::generator(yields = u8, boxed)]
    fn dynamic(&self) {
        yield_from!(self.each());
    }
}

#[test]
fn boxed_generators_of_generic_types() {
    let many = Many(vec![1, 2, 3]);
    let dynamic: &dyn Each<u8> = &many;
    assert_eq!(dynamic.dynamic().sum::<u8>(), 6);
    assert_eq!(many.first(2).sum::<u8>(), 3);
    assert_eq!(many.into_each().count(), 3);
}

/// A trait with coroutines.
trait Asking {
    type Error;
    fn by_value(self, n: u8) -> Coroutine<Result<u8, Self::Error>>;
    fn shared(self: Rc<Self>) -> Coroutine<u8>;
    fn generic<T: Clone + 'static>(self, value: T) -> Coroutine<T>;

    #[loop_core::coroutine]
    fn of_a_default(self, n: u8) -> Result<u8, Self::Error>
    where
        Self: Sized,
        Self::Error: 'static,
    {
        let n = yield_!(self.by_value(n))?;
        Ok(yield_!(give(n)) + 1)
    }
}

impl Asking for u8 {
    type Error = String;

    #[loop_core::coroutine]
    fn by_value(self, n: u8) -> Result<u8, Self::Error> {
        yield_!();
        Ok(self + n)
    }

    #[loop_core::coroutine]
    fn shared(self: Rc<Self>) -> u8 {
        yield_!();
        *self
    }

    #[loop_core::coroutine]
    fn generic<T: Clone>(self, value: T) -> T {
        yield_!();
        value.clone()
    }
}

#[loop_core::test]
fn coroutines_of_a_trait() {
    assert_eq!(yield_!(1.of_a_default(2)), Ok(4));
    assert_eq!(yield_!(Rc::new(3).shared()), 3);
    assert_eq!(yield_!(3.generic("x")), "x");
}
