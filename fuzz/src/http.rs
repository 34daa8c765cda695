//! Requests of HTTP. However their bytes come, the requests are the same, and so is the mistake that ends them; and no limit is passed.

use examples::http::{Limits, Mistake, Parser, Request, Step};

const LIMITS: Limits = Limits {
    head: 300,
    body: 100,
};

/// What is read of a connection: the requests, how often the client was told to go on, and how it ends.
#[derive(Debug, PartialEq)]
struct Read {
    requests: Vec<Request>,
    continues: usize,
    mistake: Option<Mistake>,
}

/// Reads the bytes at once, one by one, and in pieces as long as the first byte says.
pub(crate) fn check(data: &[u8]) {
    let [length, data @ ..] = data else {
        return;
    };
    let at_once = read(data.chunks(data.len().max(1)));
    let by_bytes = read(data.chunks(1));
    assert_eq!(at_once, by_bytes, "left: at once, right: byte by byte");
    let in_pieces = read(data.chunks(usize::from(*length).max(1)));
    assert_eq!(at_once, in_pieces, "left: at once, right: in pieces");
}

/// Does what a server does: what is not used comes again, before what comes next.
fn read<'a>(pieces: impl Iterator<Item = &'a [u8]>) -> Read {
    let mut parser = Parser::new(LIMITS);
    let mut input = Vec::new();
    let mut read = Read {
        requests: Vec::new(),
        continues: 0,
        mistake: None,
    };
    for piece in pieces {
        input.extend_from_slice(piece);
        let mut used = 0;
        loop {
            match parser.advance(&input[used..]) {
                Ok((some, step)) => {
                    used += some;
                    match step {
                        Step::More => break,
                        Step::Continue => read.continues += 1,
                        Step::Request => read.requests.push(taken(parser.request())),
                    }
                }
                Err(mistake) => {
                    read.mistake = Some(mistake);
                    return read;
                }
            }
        }
        input.drain(..used);
        assert!(input.len() < LIMITS.head, "{} bytes wait", input.len());
        assert!(parser.request().body.len() as u64 <= LIMITS.body);
    }
    read
}

fn taken(request: &Request) -> Request {
    assert!(request.body.len() as u64 <= LIMITS.body);
    assert!(request.target.len() < LIMITS.head);
    request.clone()
}
