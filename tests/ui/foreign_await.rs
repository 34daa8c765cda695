#[loop_core::coroutine]
fn awaiting() -> u8 {
    std::future::ready(3).await
}

#[loop_core::generator(yields = u8)]
fn in_a_macro() {
    println!("{}", std::future::ready(3).await);
}

fn main() {
    let _: loop_core::Coroutine<u8> = awaiting();
    let _: Option<u8> = in_a_macro().next();
}
