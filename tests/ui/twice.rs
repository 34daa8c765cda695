#[loop_core::coroutine]
#[loop_core::coroutine]
fn coroutine() {
    yield_!();
}

#[loop_core::generator(yields = u8)]
#[loop_core::coroutine]
fn both() {
    yield_!(1);
}

#[loop_core::coroutine]
#[test]
fn called_without_a_loop() {
    yield_!();
}

#[loop_core::test]
#[test]
fn a_test_already() {
    yield_!();
}

#[loop_core::generator]
#[test]
fn called_without_a_caller() {
    yield_!();
}

mod program {
    #[loop_core::coroutine]
    #[loop_core::main]
    pub fn main() {
        yield_!();
    }
}

fn main() {}
