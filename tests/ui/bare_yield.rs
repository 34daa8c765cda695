//! The first error is rustc's own parser's; the second one says what to write.

#[loop_core::coroutine]
fn keyword() -> u8 {
    yield 3;
    4
}

fn main() {
    let _: loop_core::Coroutine<u8> = keyword();
}
