//! An `.await` has one error, whatever is awaited, and what the body uses counts as used.
#![deny(unused)]

use std::future::ready;
use std::time::Duration;

use loop_core::prelude::*;

#[loop_core::coroutine]
fn child() -> std::io::Result<u64> {
    Ok(1)
}

#[loop_core::coroutine]
fn awaits(task: Handle<u64>) -> std::io::Result<u64> {
    Sleep(Duration::ZERO).await;
    let line = Stdin.await?;
    println!("{line:?}");
    Ok(child().await? + task.await? + ready(2).await)
}

fn main() {
    drop(awaits);
}
