//! Generators as Python has them: iteration, `send`, return values, `yield from`, recursion and the `yield` keyword.
//!
//! ```text
//! $ cargo run -q --example generators
//! fibonacci: 0 1 1 2 3 5 8 13 21 34
//! averages: 10 15 20
//! count and average: Some((3, 20.0))
//! in order: 1 2 3 4 5 6 7
//! height: Some(3)
//! primes: 2 3 5 7 11 13 17 19
//! countdown: 3 2 1
//! Generator { name: "countdown", state: Finished } Some("lift-off")
//! ```

use loop_core::GeneratorState;

/// Yields for ever: the caller decides where to stop.
#[loop_core::generator(yields = u64)]
fn fibonacci() {
    let (mut a, mut b) = (0, 1);
    loop {
        yield_!(a);
        (a, b) = (b, a + b);
    }
}

/// Receives a value at each yield, and yields the average so far. `None` asks for the result.
#[loop_core::generator(yields = f64, receives = Option<f64>)]
fn averaging() -> (usize, f64) {
    let (mut count, mut sum) = (0, 0.0);
    while let Some(value) = yield_!(sum / f64::max(count as f64, 1.0)) {
        count += 1;
        sum += value;
    }
    (count, sum / count as f64)
}

/// A binary tree.
struct Tree {
    value: u32,
    halves: Option<Box<[Tree; 2]>>,
}

impl Tree {
    /// A tree of the numbers from `low` to `high`.
    fn of(low: u32, high: u32) -> Tree {
        let value = low.midpoint(high);
        let halves =
            (low < high).then(|| Box::new([Tree::of(low, value - 1), Tree::of(value + 1, high)]));
        Tree { value, halves }
    }

    /// Yields the values in order and returns the height. It borrows the tree. It delegates to itself, so its type needs a name.
    #[loop_core::generator(yields = u32, boxed)]
    fn in_order(&self) -> u32 {
        let Some(halves) = &self.halves else {
            yield_!(self.value);
            return 1;
        };
        let left = yield_from!(halves[0].in_order());
        yield_!(self.value);
        let right = yield_from!(halves[1].in_order());
        1 + left.max(right)
    }
}

// In this block the attributes need no path, and the keyword works.
loop_core::coroutines! {
    /// Those of `numbers` that are not divisible by an earlier one.
    #[generator(yields = u64)]
    fn primes(numbers: impl Iterator<Item = u64>) {
        let mut found = Vec::new();
        for n in numbers {
            if found.iter().all(|prime| n % prime != 0) {
                found.push(n);
                yield n;
            }
        }
    }

    #[generator(yields = u32)]
    fn countdown(from: u32) -> &'static str {
        for n in (1..=from).rev() {
            yield n;
        }
        "lift-off"
    }
}

/// The items, side by side.
fn joined<T: ToString>(items: impl Iterator<Item = T>) -> String {
    items
        .map(|item| item.to_string())
        .collect::<Vec<_>>()
        .join(" ")
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("fibonacci: {}", joined(fibonacci().take(10)));

    let mut averages = averaging();
    averages.start()?;
    let mut shown = Vec::new();
    for value in [10.0, 20.0, 30.0] {
        shown.extend(averages.send(Some(value))?);
    }
    println!("averages: {}", joined(shown.into_iter()));
    averages.send(None)?;
    println!("count and average: {:?}", averages.return_value());

    let tree = Tree::of(1, 7);
    let mut walk = tree.in_order();
    println!("in order: {}", joined(walk.by_ref()));
    println!("height: {:?}", walk.into_return());

    println!("primes: {}", joined(primes(2..20)));

    let mut count = countdown(3);
    println!("countdown: {}", joined(count.by_ref()));
    assert_eq!(count.state(), GeneratorState::Finished);
    println!("{:?} {:?}", count, count.return_value());
    Ok(())
}
