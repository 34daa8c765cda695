use loop_core::prelude::*;
use loop_core::sim::Sim;

struct Server {
    requests: u32,
}

impl Server {
    #[loop_core::coroutine]
    fn serve(&mut self) -> u32 {
        yield_!();
        self.requests += 1;
        self.requests
    }
}

#[loop_core::coroutine]
fn length(text: &str) -> usize {
    text.len()
}

#[loop_core::coroutine]
fn program() {
    let mut server = Server { requests: 0 };
    yield_!(server.serve());
    yield_!(Spawn(server.serve())).detach();
    yield_!(Spawn(length("abc")).named("length"));
    yield_from!(Sleep(std::time::Duration::ZERO));
    yield_from!(5);
}

#[loop_core::coroutine]
fn dangles() -> usize {
    let coroutine = {
        let text = String::from("abc");
        length(&text)
    };
    yield_from!(coroutine)
}

fn main() {
    let text = String::from("abc");
    let _ = Sim::new().run(length(&text));
    let _ = EventLoop::new().run_until_complete(length(&text));
    EventLoop::new().schedule(length(&text));
    let _: Coroutine<usize> = length(&text);
}

#[loop_core::coroutine]
fn groups() {
    let text = String::from("abc");
    let _ = yield_!(Timeout(std::time::Duration::ZERO, length(&text)));
    let _ = yield_!(loop_core::All(vec![length(&text)]));
    let _ = yield_!(loop_core::Race([length(&text)]));
    let _ = yield_!(loop_core::All((length(&text), owned())));
}

#[loop_core::coroutine]
fn owned() {}
