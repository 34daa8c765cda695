//! A program that has outgrown one loop: its coroutines run on tokio as they are, beside tasks of tokio.
//!
//! ```text
//! $ cargo run -q --example tokio_guest
//! the coroutine asks
//! the task of tokio answers 42
//! the coroutine got 42
//! ```

use std::io;
use std::time::Duration;

use loop_core::prelude::*;
use tokio::sync::{mpsc, oneshot};
use tokio::task::LocalSet;
use tokio::time::sleep;

type Question = oneshot::Sender<u32>;

/// A coroutine as it was before the program moved, but for the question.
#[loop_core::coroutine]
fn asks(questions: mpsc::Sender<Question>) -> io::Result<()> {
    yield_!(Sleep(Duration::from_millis(10)));
    yield_!(Println("the coroutine asks"))?;
    let (reply, answer) = oneshot::channel();
    let sent = yield_!(Await(async move { questions.send(reply).await }));
    sent.map_err(io::Error::other)?;
    let answer = yield_!(Await(answer)).map_err(io::Error::other)?;
    yield_!(Println(format!("the coroutine got {answer}")))
}

async fn answers(mut questions: mpsc::Receiver<Question>) {
    while let Some(reply) = questions.recv().await {
        sleep(Duration::from_millis(10)).await;
        println!("the task of tokio answers 42");
        // Whoever has asked may have gone.
        let _ = reply.send(42);
    }
}

fn main() -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()?;
    LocalSet::new().block_on(&runtime, async {
        let (sender, receiver) = mpsc::channel(1);
        let answers = tokio::task::spawn_local(answers(receiver));
        // `EventLoop::new().run_until_complete(…)` before.
        EventLoop::new().run_as_guest(asks(sender), sleep).await??;
        answers.await.map_err(io::Error::other)
    })
}
