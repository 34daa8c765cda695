//! Yields in forms about which rustc warns, and for which it has a fix.

use std::time::Duration;

use loop_core::prelude::*;
use loop_core::sim::Sim;

loop_core::coroutines! {
    #[coroutine]
    fn keyword(second: Duration) -> Option<u8> {
        let () = (yield Sleep(second));
        let mut text = (yield answer("let"));
        yield Print(format!("{text}\n"));
        if (yield answer(true)) { yield Print("if\n".to_owned()); }
        if(yield answer(true)) { yield Print("if(\n".to_owned()); }
        match (yield answer(3)) { 3 => { yield Print("3\n".to_owned()); } _ => return None }
        if let Some(n) = (yield answer(Some(4))) { yield Print(format!("{n}\n")); }
        if let Some(5) = (yield answer(Some(5))) {}
        for n in (yield answer(0..2)) { println!("{}", (yield answer(n))); }
        let mut round = 0;
        while (yield answer(round < 2)) { round += 1; }
        while let Some(n) = (yield answer(Some(round).filter(|n| *n < 4))) { round = (yield answer(n + 1)); }
        match yield(answer(round)) { 4 => {} _ => return None }
        yield { answer(round) };
        yield(answer(round));
        yield Spawn((never_ends()));
        return (yield returned(second));
    }

    #[coroutine]
    fn needed() -> bool {
        // Here the parentheses are needed.
        if (yield Answer { value: true }) { println!("if"); }
        if yield (Answer { value: true }) { println!("if yield"); }
        match (yield Answer { value: 3 }) { n => println!("match {n}") }
        for n in (yield Answer { value: 0..2 }) { println!("for {n}"); }
        if let 5 = (yield Answer { value: 5 }) { println!("if let"); }
        (yield answer(2)) + 1 == 3
    }

    #[coroutine]
    fn returned(second: Duration) -> Option<u8> {
        return Some({ (yield Sleep(second)); (yield answer(7)) });
    }

    #[coroutine]
    fn never_ends() -> std::convert::Infallible {
        loop { (yield Sleep(Duration::from_secs(1000))) }
    }

    #[generator(yields = u32, receives = bool)]
    fn values() -> bool {
        let first = (yield 1);
        if (yield 2) { println!("sent"); }
        if(yield first as u32) == (yield 3 | 1) {}
        return (yield 4);
    }

    fn unused(argument: u32) {}
}

#[loop_core::coroutine]
fn call(second: Duration) -> Option<u8> {
    let () = (yield_!(Sleep(second)));
    yield_!(Print("print\n".to_owned()));
    if (yield_!(answer(true))) {
        yield_!(Print("if\n".to_owned()));
    }
    match (yield_!(answer(3))) {
        3 => println!("{}", (yield_!(answer("3")))),
        _ => return None,
    }
    while let Some(_) = (yield_!(answer(None::<u8>))) {}
    return (yield_!(returned(second)));
}

#[loop_core::generator(yields = u32, receives = bool)]
fn call_values() -> bool {
    yield_from!((values()));
    let first = (yield_!(5));
    return (yield_!((first as u32)));
}

/// A request that needs a struct literal.
struct Answer<T> {
    value: T,
}

impl<T: 'static> loop_core::Request for Answer<T> {
    type Answer = T;
    fn into_yield(self) -> loop_core::Yield {
        answer(self.value).into_yield()
    }
    fn answer(resume: loop_core::Resume) -> T {
        <loop_core::Coroutine<T> as loop_core::Request>::answer(resume)
    }
}

#[loop_core::coroutine]
fn answer<T>(value: T) -> T {
    yield_!();
    value
}

fn show<T: std::fmt::Debug + 'static>(coroutine: loop_core::Coroutine<T>) {
    let run = Sim::new().run(coroutine);
    println!("{:?} {:?} {:?}", run.stdout(), run.elapsed(), run.result());
}

fn main() {
    show(keyword(Duration::from_secs(5)));
    show(needed());
    show(call(Duration::from_secs(5)));
    let mut g = call_values();
    println!("{:?}", g.start());
    while let Ok(Some(n)) = g.send(true) {
        println!("{}", n);
    }
    println!("{:?}", g.into_return());
}
