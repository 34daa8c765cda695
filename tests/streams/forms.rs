//! The forms in which streams and sinks can be written.

use std::rc::Rc;

use loop_core::prelude::*;
use loop_core::sim::Sim;

/// Runs a coroutine in a simulation.
fn run<T: 'static>(make: impl FnOnce() -> Coroutine<T>) -> T {
    Sim::new().run(make).into_result().unwrap()
}

loop_core::coroutines! {
    #[stream(yields = u32)]
    fn in_a_block(to: u32) {
        for n in 0..to {
            yield;
            emit!(n);
        }
    }

    #[sink(receives = u32)]
    fn sum(out: Rc<std::cell::Cell<u32>>) {
        while let Some(n) = receive!() {
            yield Now;
            out.set(out.get() + n);
        }
    }

    #[coroutine]
    fn feeds(out: Rc<std::cell::Cell<u32>>) {
        let mut numbers = in_a_block(4);
        let mut sum = sum(out);
        while let Some(n) = yield numbers.next() {
            yield sum.send(n);
        }
    }
}

#[test]
fn in_a_block_of_coroutines() {
    let out = Rc::default();
    let same = Rc::clone(&out);
    run(|| feeds(same));
    assert_eq!(out.get(), 6);
}

struct Words(Vec<String>);

trait Source {
    fn items(&self) -> Stream<'_, &str>;

    fn shared<'a>(self: Rc<Self>) -> Stream<'a, usize>
    where
        Self: 'a;
}

impl Source for Words {
    #[loop_core::stream(yields = &str)]
    fn items(&self) {
        for word in &self.0 {
            emit!(word);
        }
    }

    #[loop_core::stream(yields = usize)]
    fn shared(self: Rc<Self>) {
        emit!(self.0.len());
    }
}

impl Words {
    #[loop_core::stream(yields = String)]
    fn consumed(self) {
        for word in self.0 {
            emit!(word);
        }
    }

    #[loop_core::sink(receives = String)]
    fn filled(&mut self) {
        while let Some(word) = receive!() {
            self.0.push(word);
        }
    }
}

#[test]
fn as_methods_and_in_traits() {
    #[loop_core::coroutine]
    fn program() -> Vec<String> {
        let mut words = Words(Vec::new());
        let mut sink = words.filled();
        yield_!(sink.send("to".to_owned()));
        yield_!(sink.send("be".to_owned()));
        drop(sink);
        let mut items = words.items();
        assert_eq!(yield_!(items.next()), Some("to"));
        drop(items);
        let mut count = Rc::new(Words(words.0.clone())).shared();
        assert_eq!(yield_!(count.next()), Some(2));
        let mut all = words.consumed();
        let mut seen = Vec::new();
        while let Some(word) = yield_!(all.next()) {
            seen.push(word);
        }
        seen
    }
    assert_eq!(run(program), ["to", "be"]);
}

#[loop_core::stream(yields = (K, V))]
pub(crate) fn generic<K: Clone, V, const N: usize>(key: K, values: [V; N])
where
    V: Copy,
{
    for value in values {
        emit!((key.clone(), value));
    }
}

#[loop_core::stream(yields = T)]
fn repeats<T>(mut make: impl FnMut() -> T, times: usize) {
    for _ in 0..times {
        emit!(make());
    }
}

#[loop_core::stream]
fn ticks() {
    emit!();
    emit!(())
}

#[loop_core::sink]
fn pulses(#[allow(unused)] name: &'static str, (one, _): (u32, u32)) {
    let _ = receive!();
    let _ = one;
}

#[test]
fn generic_ones_and_such_of_nothing() {
    #[loop_core::coroutine]
    fn program() {
        let mut pairs = generic("k", [1, 2]);
        assert_eq!(yield_!(pairs.next()), Some(("k", 1)));
        let mut count = 0;
        let mut numbers = repeats(
            || {
                count += 1;
                count
            },
            2,
        );
        assert_eq!(yield_!(numbers.next()), Some(1));
        assert_eq!(yield_!(numbers.next()), Some(2));
        assert_eq!(yield_!(numbers.next()), None);
        let mut ticks = ticks();
        assert_eq!(yield_!(ticks.next()), Some(()));
        assert_eq!(yield_!(ticks.next()), Some(()));
        assert_eq!(yield_!(ticks.next()), None);
        let mut pulses = pulses("p", (1, 2));
        assert_eq!(yield_!(pulses.send(())), None);
    }
    run(program);
}

#[loop_core::stream(yields = u32)]
fn walks(tree: &'static [u32]) {
    if let Some((first, rest)) = tree.split_first() {
        emit!(*first);
        let mut rest = Box::new(walks(rest));
        while let Some(n) = yield_!(rest.next()) {
            emit!(n);
        }
    }
}

#[test]
fn a_stream_may_ask_itself() {
    #[loop_core::coroutine]
    fn program() -> u32 {
        let mut all = walks(&[1, 2, 3, 4]);
        let mut sum = 0;
        while let Some(n) = yield_!(all.next()) {
            sum += n;
        }
        sum
    }
    assert_eq!(run(program), 10);
}

/// `emit!` and `receive!` are expressions, also between the tokens of a macro.
#[test]
fn wherever_an_expression_stands() {
    #[loop_core::stream(yields = u32)]
    fn numbers() {
        let () = emit!(1);
        emit!({
            emit!(2);
            3
        });
        let _ = (emit!(5), emit!(6,));
        assert_eq!(emit!(7), ());
    }
    #[loop_core::sink(receives = u32)]
    fn doubles(seen: Rc<std::cell::RefCell<Vec<u32>>>) {
        let two = [receive!().unwrap() * 2, receive!().map_or(0, |n| n)];
        seen.borrow_mut().extend(two);
        if let Some(n) = receive!()
            && n > 1
        {
            seen.borrow_mut().push(n);
        }
    }
    #[loop_core::coroutine]
    fn program() -> (Vec<u32>, Vec<u32>) {
        let mut numbers = numbers();
        let mut all = Vec::new();
        while let Some(n) = yield_!(numbers.next()) {
            all.push(n);
        }
        let seen = Rc::default();
        let mut doubles = doubles(Rc::clone(&seen));
        for n in 1..=3 {
            yield_!(doubles.send(n));
        }
        drop(doubles);
        (all, seen.take())
    }
    assert_eq!(run(program), (vec![1, 2, 3, 5, 6, 7], vec![2, 2, 3]));
}

/// A request of a stream is one in the head of a loop and behind a `?` as well, and may be made by a function.
#[test]
fn requests_of_streams_are_values() {
    fn ask(stream: &mut Stream<'_, u32>) -> impl loop_core::Request<Answer = Option<u32>> {
        stream.next()
    }
    #[loop_core::stream(yields = u32)]
    fn one() {
        yield_!();
        emit!(1);
    }
    #[loop_core::coroutine]
    fn program() -> Option<u32> {
        let mut one = one();
        let request = ask(&mut one);
        let n = yield_!(request)?;
        while yield_!(one.next()).is_some() {}
        Some(n)
    }
    assert_eq!(run(program), Some(1));
}
