//! `yield_from!`: what a generator does while it runs another one.

use super::{Frame, Generator, Slot, Yielder};

impl<Y, S: Slot> Yielder<Y, S> {
    /// Runs `inner` to its end: what it yields is yielded here, what is sent here is sent to it. Gives its return value.
    ///
    /// # Panics
    ///
    /// When it has been started before and waits for a value, or when it has no return value to give.
    pub async fn yield_from<T, B>(&self, mut inner: Generator<Y, S::Received, T, B>) -> T
    where
        B: Frame<Y, S::Received, T>,
    {
        let mut yielded = inner.begin(S::nothing());
        while let Some(value) = yielded {
            let sent = Self::received(self.yield_(value).await, self);
            yielded = inner.resume(Some(sent));
        }
        let name = inner.name();
        let gone =
            || panic!("yield_from!: `{name}` was closed, or its return value has been taken");
        inner.into_return().unwrap_or_else(gone)
    }
}
