//! A generator that receives values is no iterator.

#[loop_core::generator(yields = u8, receives = String)]
fn receiving() {
    yield_!(1);
}

fn main() {
    for n in receiving() {
        println!("{n}");
    }
    let _: Vec<u8> = receiving().map(|n| n + 1).collect();
    let _ = receiving().next();
    total(receiving());
}

fn total(numbers: impl Iterator<Item = u8>) -> u8 {
    numbers.sum()
}
