//! The expansion repeats the types of the signature; a mistake in one is still one error.

#[loop_core::coroutine]
fn argument(value: Missing) -> u8 {
    yield_!();
    3
}

#[loop_core::coroutine]
fn returned() -> Missing {
    yield_!();
    3
}

#[loop_core::generator(yields = Missing)]
fn yielded() {
    yield_!(3);
}

fn main() {}
