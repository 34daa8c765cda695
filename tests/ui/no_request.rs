// What the event loop cannot answer, and what a generator cannot yield.

#[loop_core::coroutine]
fn child() -> u64 {
    1
}

#[loop_core::generator(yields = u8)]
fn bytes() {
    yield_!(1);
}

#[loop_core::coroutine]
fn yields_a_generator() {
    yield_!(bytes());
    yield_from!(bytes());
}

#[loop_core::coroutine]
fn does_not_call() {
    yield_!(child);
    yield_from!(child);
    yield_!(loop_core::Spawn(child)).detach();
}

#[loop_core::coroutine]
fn yields_values() {
    yield_!(5);
    yield_!("text");
}

#[loop_core::generator]
fn says_not_what_it_yields() {
    yield_!(3);
}

#[loop_core::coroutine(receives = u8)]
fn receiver_that_yields() {
    yield_!("text");
}

#[loop_core::generator(yields = u8)]
fn yields_a_coroutine() {
    yield_!(child());
    yield_from!(child());
}

fn main() {}
