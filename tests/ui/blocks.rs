loop_core::coroutines! {
    fn helper() -> u8 {
        yield 3
    }

    #[coroutine]
    struct Fib(u64);

    #[coroutine]
    #[coroutine]
    fn twice() {}

    #[coroutine(eager)]
    fn unknown() -> u8 { yield; 3 }

    #[coroutine]
    fn waits() -> u8 { std::future::ready(3).await }

    #[coroutine]
    fn receives() { let _: u8 = yield; }
}

loop_core::coroutines! {
    #[coroutine]
    fn signature(n: ) -> u8 { yield; n }

    #[coroutine]
    fn is_there(n: u8) -> u8 { yield; n }

    #[generator(yields = u8)]
    fn no_expression() { yield !; }
}

fn main() {
    let _: [loop_core::Coroutine<u8>; 2] = [unknown(), waits()];
    let _: u8 = helper();
    let _ = Fib(3);
    let _: loop_core::Coroutine<u8> = is_there(3);
    let _: Option<u8> = no_expression().next();
}
