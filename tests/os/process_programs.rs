//! Programs of the helper that have children of their own. They count what is left of these, so they need a process for themselves.

use std::fs;
use std::io;
use std::process::ExitCode;
use std::time::Duration;

use loop_core::net::{TcpListener, TcpStream};
use loop_core::prelude::*;
use loop_core::process::{Command, Stdio};
use rustix::io::Errno;
use rustix::process::{WaitId, WaitIdOptions, waitid};

/// Runs one of these programs; `None` if there is none of that name.
pub(crate) fn run(name: &str) -> Option<ExitCode> {
    match name {
        "children" => {
            let mut event_loop = EventLoop::builder().no_slow_steps().build();
            // What a loop opens once is there after the first run.
            for _ in 0..2 {
                let before = descriptors();
                event_loop.run_until_complete(children()).unwrap().unwrap();
                print!("{} descriptors more, ", descriptors() - before);
            }
            println!("children: {}", has_children());
        }
        "orphan" => orphan(),
        "inherited" => {
            let mut event_loop = EventLoop::builder().no_slow_steps().build();
            event_loop.run_until_complete(inherited()).unwrap().unwrap();
        }
        _ => return None,
    }
    Some(ExitCode::SUCCESS)
}

fn descriptors() -> usize {
    fs::read_dir("/dev/fd").unwrap().count()
}

/// Whether there are any, zombies included.
fn has_children() -> bool {
    let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
    waitid(WaitId::All, options).err() != Some(Errno::CHILD)
}

fn piped(program: &str) -> Command {
    Command::new(program)
        .stdin(Stdio::Piped)
        .stdout(Stdio::Piped)
}

#[loop_core::coroutine(lazy)]
fn waits() -> io::Result<()> {
    let mut child = yield_!(Command::new("sleep").arg("1000").kill_on_drop(true).spawn())?;
    yield_!(child.wait())?;
    Ok(())
}

/// Children that end in all ways, of which none is left.
#[loop_core::coroutine]
fn children() -> io::Result<()> {
    for _ in 0..10 {
        let mut child = yield_!(piped("cat").spawn())?;
        yield_!(child.wait())?;
        yield_!(yield_!(piped("cat").spawn())?.wait_with_output())?;
        // They end by themselves, some time.
        drop(yield_!(piped("cat").spawn())?);
        drop(yield_!(Command::new("sleep").arg("0.01").spawn())?);
        drop(yield_!(
            Command::new("sleep").arg("1000").kill_on_drop(true).spawn()
        )?);
        let child = yield_!(piped("cat").spawn())?;
        yield_!(child.kill())?;
        drop(child);
        assert!(yield_!(Command::new("nosuch").stdin(Stdio::Piped).spawn()).is_err());
        assert!(yield_!(Timeout(Duration::from_millis(1), waits())).is_err());
        let waiter = yield_!(Spawn(waits()));
        yield_!();
        assert!(yield_!(Cancel(waiter)).is_err());
    }
    while has_children() {
        yield_!(Sleep(Duration::from_millis(1)));
    }
    Ok(())
}

#[loop_core::coroutine]
fn drops_one() -> io::Result<()> {
    yield_!(Command::new("sleep").arg("0.05").spawn())?;
    Ok(())
}

#[loop_core::coroutine]
fn starts_one() -> io::Result<()> {
    assert!(yield_!(Command::new("true").status())?.success());
    Ok(())
}

/// A child that ends when its loop is gone is no zombie any more once the next loop starts a process.
fn orphan() {
    let mut event_loop = EventLoop::builder().no_slow_steps().build();
    event_loop.run_until_complete(drops_one()).unwrap().unwrap();
    drop(event_loop);
    println!("children: {}", has_children());
    let ended = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT;
    waitid(WaitId::All, ended).unwrap();
    EventLoop::new()
        .run_until_complete(starts_one())
        .unwrap()
        .unwrap();
    println!("children: {}", has_children());
}

/// The descriptors of a child.
#[loop_core::coroutine]
fn listed() -> io::Result<String> {
    let listed = yield_!(Command::new("sh").args(["-c", "ls /dev/fd/"]).output())?;
    Ok(String::from_utf8_lossy(&listed.stdout).replace('\n', " "))
}

/// What a child has of the loop, which also has sockets and other children.
#[loop_core::coroutine]
fn inherited() -> io::Result<()> {
    // Whoever has started this program may have left it some.
    let before = yield_!(listed())?;
    let listener = yield_!(TcpListener::bind("127.0.0.1:0"))?;
    let _client = yield_!(TcpStream::connect(listener.local_addr()?))?;
    let _server = yield_!(listener.accept())?;
    let other = yield_!(piped("cat").spawn())?;
    let with_others = yield_!(listed())?;
    yield_!(Println(format!("{before}, {with_others}")))?;
    let script = "ulimit -c 0; kill -PIPE $$; echo alive";
    let status = yield_!(Command::new("sh").args(["-c", script]).status())?;
    yield_!(Println(format!("{status}")))?;
    drop(other);
    Ok(())
}
