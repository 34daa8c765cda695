//! A program with a loop of its own, of a game or a window: each frame it lets the event loop make one round, and draws.
//!
//! ```text
//! $ cargo run -q --example frame_loop
//! |a       b|
//! | a     b |
//! |  a   b  |
//! |   a b   |
//! |    X    |
//! |   b a   |
//! |  b   a  |
//! | b     a |
//! a has arrived
//! b has arrived
//! |b       a|
//! ```
//!
//! Each sprite is a task. A bare `yield_!()` waits for the next frame. A real program would pass the rest of the frame's time to `step`, so
//! that timers and input are served in it.

use std::cell::Cell;
use std::process::ExitCode;
use std::rc::Rc;
use std::time::Duration;

use loop_core::prelude::*;
use loop_core::{Error, Step};

const WIDTH: usize = 9;

/// Where a sprite is.
type Place = Rc<Cell<usize>>;

/// Moves a sprite to a place, by one in each frame.
#[loop_core::coroutine(lazy)]
fn fly(name: char, place: Place, to: usize) -> std::io::Result<()> {
    while place.get() != to {
        yield_!();
        let next = if place.get() < to {
            place.get() + 1
        } else {
            place.get() - 1
        };
        place.set(next);
    }
    yield_!(Println(format!("{name} has arrived")))
}

fn draw(sprites: &[(char, Place)]) {
    let cell = |column| {
        let here: Vec<char> = sprites
            .iter()
            .filter(|(_, place)| place.get() == column)
            .map(|(name, _)| *name)
            .collect();
        match here[..] {
            [] => ' ',
            [name] => name,
            _ => 'X',
        }
    };
    println!("|{}|", (0..WIDTH).map(cell).collect::<String>());
}

fn frames() -> Result<(), Error> {
    let sprites = [
        ('a', Place::new(Cell::new(0))),
        ('b', Place::new(Cell::new(WIDTH - 1))),
    ];
    let mut event_loop = EventLoop::new();
    for (name, place) in &sprites {
        event_loop.schedule(fly(*name, Rc::clone(place), WIDTH - 1 - place.get()));
    }
    // One round: each task that is ready has a turn. It does not wait.
    while event_loop.step(Duration::ZERO)? == Step::Ready {
        draw(&sprites);
    }
    draw(&sprites);
    Ok(())
}

fn main() -> ExitCode {
    loop_core::report(frames())
}
