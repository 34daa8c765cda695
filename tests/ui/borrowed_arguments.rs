use std::borrow::Cow;

struct Server;

impl Server {
    #[loop_core::coroutine]
    fn shared(&self) -> u8 {
        3
    }

    #[loop_core::coroutine]
    fn exclusive(self: &mut Server) -> u8 {
        3
    }
}

#[loop_core::coroutine]
fn text(name: &str) -> usize {
    name.len()
}

#[loop_core::coroutine]
fn nested<'a>(names: Vec<(u8, &'a str)>) -> usize {
    names.len()
}

#[loop_core::coroutine]
fn hidden(name: Cow<'_, str>) -> usize {
    name.len()
}

fn main() {
    let _: [loop_core::Coroutine<usize>; 2] = [text("x"), hidden("x".into())];
    let _: loop_core::Coroutine<u8> = Server.shared();
}
