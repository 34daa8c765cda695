//! Logs that more than one test reads.

use super::*;

/// Reads a line, computes `fib(2)` by chaining, spawns a task that fails, and joins it.
pub(super) fn exercise() -> Log {
    use RequestKind::*;
    Log::new()
        .started(MAIN, &PROGRAM)
        .asked(MAIN, Stdin, Payload::None)
        .parked(MAIN)
        .polled(0)
        .woken(MAIN, Stdin, text("2"))
        .resumed(MAIN, &PROGRAM)
        .with(EventKind::Called, MAIN, calls(&FIB, "2", 0))
        .with(EventKind::Called, MAIN, calls(&FIB, "1", 1))
        .asked(MAIN, Chain, calls(&FIB, "2", 0))
        .primed(MAIN, &FIB)
        .asked(MAIN, Chain, calls(&FIB, "1", 0))
        .primed(MAIN, &FIB)
        .returned(MAIN, "1")
        .resumed(MAIN, &FIB)
        .with(EventKind::Called, MAIN, calls(&FIB, "0", 0))
        .asked(
            MAIN,
            Chain,
            Payload::Call {
                site: &FIB,
                arguments: None,
                depth: 0,
            },
        )
        .plain(EventKind::Budget, MAIN)
        .primed(MAIN, &FIB)
        .returned(MAIN, "0")
        .resumed(MAIN, &FIB)
        .returned(MAIN, "1")
        .resumed(MAIN, &PROGRAM)
        .asked(MAIN, Print, text("fib(2) = 1\n"))
        .answered(MAIN, Print, Payload::None)
        .resumed(MAIN, &PROGRAM)
        .asked(MAIN, Spawn, calls(&FIB, "3", 0))
        .child(FIRST, MAIN, 1)
        .answered(MAIN, Spawn, Payload::Task(FIRST))
        .resumed(MAIN, &PROGRAM)
        .asked(MAIN, Clock, Payload::None)
        .answered(MAIN, Clock, Payload::Time(Time::from_nanos(5_000_000)))
        .plain(EventKind::Preempted, MAIN)
        .primed(FIRST, &FIB)
        .asked(FIRST, Sleep, Payload::Duration(Duration::from_millis(5)))
        .parked(FIRST)
        .resumed(MAIN, &PROGRAM)
        .asked(MAIN, Join, Payload::Task(FIRST))
        .parked(MAIN)
        .polled(5)
        .woken(FIRST, Sleep, Payload::None)
        .resumed(FIRST, &FIB)
        .finished(FIRST, "Err(\"boom\")")
        .woken(MAIN, Join, Payload::Task(FIRST))
        .resumed(MAIN, &PROGRAM)
        .asked(MAIN, Now, Payload::None)
        .resumed(MAIN, &PROGRAM)
        .asked(MAIN, Stdin, Payload::None)
        .readied(MAIN, Stdin, Payload::EndOfInput)
        .resumed(MAIN, &PROGRAM)
        .finished(MAIN, "()")
}
