#[loop_core::generator(yields = impl Clone)]
fn unnamed_item() {
    yield_!(3);
}

#[loop_core::generator(yields = u8)]
fn unnamed_return() -> impl Clone {
    yield_!(3);
    4
}

fn main() {}
