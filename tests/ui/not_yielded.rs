// Requests, coroutines and handles that are used as if they were their own answers.

use std::io;

use loop_core::Handle;

#[loop_core::coroutine]
fn child() -> u64 {
    yield_!();
    1
}

#[loop_core::coroutine]
fn tries() -> io::Result<u64> {
    Ok(yield_!(child()))
}

mod requests {
    use loop_core::prelude::*;

    #[loop_core::coroutine]
    fn asks() -> std::io::Result<Option<String>> {
        Print("name? ")?;
        Println(format!("{}", 1)).unwrap();
        let line = Stdin?;
        yield_!(Println(yield_!(Stdin?)))?;
        Ok(line.or(Stdin.expect("a line")))
    }
}

#[loop_core::coroutine]
fn coroutines() -> io::Result<u64> {
    let tried = tries()?;
    let number: u64 = child();
    Ok(tried + number + child())
}

#[loop_core::coroutine]
fn handles(task: Handle<u64>, other: Handle<u64>) -> io::Result<u64> {
    let number = task?;
    Ok(number + yield_!(other))
}

#[loop_core::coroutine]
fn unwraps(task: Handle<u64>) -> u64 {
    tries().unwrap() + task.expect("no panic")
}

#[loop_core::coroutine]
fn objects(lock: loop_core::sync::Lock<u64>) -> u64 {
    loop_core::Timeout(std::time::Duration::ZERO, child()).unwrap();
    *lock.acquire() += 1;
    lock.acquire().unwrap()
}

#[loop_core::coroutine]
fn returns() -> u64 {
    yield_!(child());
    "no number"
}

fn main() {}
