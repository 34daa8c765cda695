//! Errors about a yield point at all of it, also in the arguments of another macro.

fn negated(n: u8) -> u8 {
    !n
}

#[loop_core::coroutine]
fn text() -> &'static str {
    yield_!();
    "text"
}

#[loop_core::coroutine]
fn converted() -> String {
    println!("{}", negated(yield_!(text())));
    yield_!(text())
}

loop_core::coroutines! {
    #[coroutine]
    fn keyword_converted() -> String {
        println!("{}", negated(yield text()));
        yield text()
    }

    #[coroutine]
    fn not_a_request() { yield 5; }

    #[generator(yields = u8)]
    fn not_a_number() { yield "text"; }
}

fn main() {}
