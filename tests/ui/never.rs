#[loop_core::coroutine]
fn serves() -> ! {
    loop {
        yield_!();
    }
}

#[loop_core::generator(yields = u8)]
fn counts() -> ! {
    loop {
        yield_!(3);
    }
}

#[loop_core::coroutine]
fn allowed(exits: fn() -> !) -> std::convert::Infallible {
    yield_!();
    exits()
}

#[loop_core::main]
fn main() -> ! {
    let _ = (serves(), counts(), allowed(|| panic!()));
    loop {
        yield_!();
    }
}
