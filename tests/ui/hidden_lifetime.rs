// A type whose lifetime does not show. With `Parser<'_>` the coroutine would borrow.

struct Parser<'a>(&'a str);

#[loop_core::coroutine]
fn parses(parser: Parser) -> usize {
    parser.0.len()
}

/// In the body the lint is the user's.
#[loop_core::coroutine]
fn shows(parser: Parser<'_>) -> usize {
    let own: Parser = Parser(parser.0);
    own.0.len()
}

fn main() {}
