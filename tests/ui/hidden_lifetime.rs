// A type whose lifetime does not show. With `Parser<'_>` the coroutine would borrow.

struct Parser<'a>(&'a str);

#[loop_core::coroutine]
fn parses(parser: Parser) -> usize {
    parser.0.len()
}

fn main() {}
