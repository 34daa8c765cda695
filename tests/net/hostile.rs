//! Peers that do what no friend does.

use std::io::{self, ErrorKind};

use loop_core::prelude::*;

use crate::{pair, succeeds_in_both};

/// A length that a peer has sent may be anything.
#[test]
fn who_waits_for_more_bytes_than_memory_has_gets_those_that_come() {
    #[loop_core::coroutine]
    fn reads(count: usize) -> io::Result<(ErrorKind, String)> {
        let (_listener, client, server) = yield_!(pair())?;
        yield_!(client.write_all("hello"))?;
        drop(client);
        let error = yield_!(server.read_exact(count)).unwrap_err();
        assert_eq!(yield_!(server.read_exact(5))?, b"hello");
        Ok((
            error.kind(),
            error.to_string().split(": ").skip(1).collect(),
        ))
    }
    for count in [usize::MAX, isize::MAX as usize, 1 << 44] {
        let (kind, message) = succeeds_in_both(move || reads(count));
        assert_eq!(kind, ErrorKind::UnexpectedEof);
        assert_eq!(
            message,
            format!("the peer has closed after 5 of {count} bytes")
        );
    }
}
