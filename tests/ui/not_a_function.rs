#[loop_core::coroutine]
struct Fib(u64);

trait Handler {
    #[loop_core::coroutine]
    fn handle(&self) -> u8;

    #[loop_core::generator(yields = u8)]
    fn items(&self);
}

fn main() {
    let _ = Fib(3);
}
