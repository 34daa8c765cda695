#[loop_core::coroutine]
async fn asynchronous() -> u8 {
    3
}

#[loop_core::coroutine]
const fn constant() -> u8 {
    3
}

#[loop_core::generator(yields = u8)]
unsafe fn not_safe() {}

#[loop_core::coroutine]
extern "C" fn foreign() -> u8 {
    3
}

fn main() {
    let _: [loop_core::Coroutine<u8>; 3] = [asynchronous(), constant(), foreign()];
    let _: Option<u8> = not_safe().next();
}
