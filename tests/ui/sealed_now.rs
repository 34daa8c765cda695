//! Only the library's own requests are always `Yield::Now`: another one cannot say so and lose what it asks.

use loop_core::{Request, Resume, Yield};

struct Mine;

impl Request for Mine {
    type Answer = ();
    const HOW: bool = true;

    fn into_yield(self) -> Yield {
        Yield::Stdin
    }

    fn answer(_: Resume) {}
}

fn main() {}
