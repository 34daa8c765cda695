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

#[loop_core::coroutine]
fn length(text: &str) -> usize {
    text.len()
}

#[loop_core::coroutine]
fn moved(task: loop_core::Handle<u8>) {
    let asked = text();
    yield_!(asked);
    yield_!(asked);
    let borrowing = length("a");
    yield_from!(borrowing);
    yield_from!(borrowing);
    for _ in 0..2 {
        println!("{:?}", yield_!(task));
    }
}

fn main() {}
