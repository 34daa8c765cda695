// A yield where nothing can yield. Nothing that the functions use is reported as unused.

use std::io;
use std::time::Duration;

use loop_core::prelude::*;

fn plain() -> io::Result<u32> {
    let line: Option<String> = yield_!(Stdin)?;
    yield_!(Sleep(Duration::from_secs(1)));
    yield_!();
    Ok(yield_from!(helper(line)))
}

fn in_a_closure() -> Vec<u32> {
    [1, 2].into_iter().map(|_| yield_!(helper(None))).collect()
}

#[loop_core::coroutine]
fn helper(line: Option<String>) -> u32 {
    line.map_or(0, |_| 1)
}

#[loop_core::coroutine]
fn under_another_name() {
    use loop_core::yield_ as ask;
    ask!(Sleep(Duration::ZERO));
}

fn main() {
    drop(under_another_name);
    let _ = (plain(), in_a_closure());
}
