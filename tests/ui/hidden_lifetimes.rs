//! A type that borrows, and does not show it.

struct Parser<'a>(&'a str);

#[loop_core::coroutine]
fn coroutine(parser: Parser) -> usize {
    yield_!();
    parser.0.len()
}

#[loop_core::generator(yields = usize, boxed)]
fn boxed(parsers: Vec<Parser>) {
    yield_!(parsers.len());
}

// These are no mistakes.

#[loop_core::coroutine]
fn shown(parser: Parser<'_>) -> usize {
    yield_!();
    parser.0.len()
}

#[loop_core::coroutine]
fn of_calls(calls: fn(Parser) -> usize, also: Box<dyn Fn(Parser) -> usize>) -> usize {
    yield_!();
    calls(Parser("text")) + also(Parser("text"))
}

#[loop_core::generator(yields = usize)]
fn not_boxed(parser: Parser) {
    yield_!(parser.0.len());
}

fn main() {
    let _ = (shown(Parser("text")), of_calls(|_| 3, Box::new(|_| 4)), not_boxed(Parser("text")));
}
