//! Single lines.

use std::io;

use super::*;

fn steps(log: Log) -> String {
    let text = log.trace().steps().to_string();
    text.strip_prefix("# steps  policy=fifo\n")
        .unwrap()
        .to_owned()
}

#[test]
fn a_call_is_told_unless_the_request_hands_it_over() {
    use RequestKind::*;
    let log = Log::new()
        .started(MAIN, &PROGRAM)
        .with(EventKind::Called, MAIN, calls(&OPENS, "7", 0))
        .with(EventKind::Called, MAIN, calls(&FIB, "1", 1))
        .with(EventKind::Called, MAIN, calls(&OPENS, "8", 0))
        .asked(MAIN, Spawn, calls(&OPENS, "7", 0))
        .answered(MAIN, Spawn, Payload::Task(FIRST))
        .resumed(MAIN, &PROGRAM)
        .with(EventKind::Called, MAIN, calls(&FIB, "1", 0))
        .with(EventKind::Called, MAIN, calls(&FIB, "2", 0))
        .finished(MAIN, "_");
    let many = (0..10).fold(Log::new().started(MAIN, &PROGRAM), |log, n| {
        log.with(EventKind::Called, MAIN, calls(&FIB, &n.to_string(), 0))
    });
    assert_eq!(
        steps(log) + &steps(many.asked(MAIN, Now, Payload::None)),
        "main  start  =>  calls opens(8)  spawn opens(7)\n\
         main  spawned ?  =>  calls fib(1), fib(2)  finish _\n\
         main  start  =>  calls fib(0), fib(1), fib(2), fib(3), fib(4), fib(5), fib(6), fib(7), … and 2 more  now\n"
    );
}

#[test]
fn a_join_says_how_the_other_ended() {
    use RequestKind::*;
    let join = |end: fn(Log) -> Log| {
        let log = Log::new().child(FIRST, MAIN, 1).started(MAIN, &PROGRAM);
        let log = log.asked(MAIN, Join, Payload::Task(FIRST)).parked(MAIN);
        let log = end(log.started(FIRST, &FIB)).woken(MAIN, Join, Payload::Task(FIRST));
        steps(log.resumed(MAIN, &PROGRAM))
    };
    assert_eq!(
        join(|log| log.with(EventKind::Failed, FIRST, text("oh\nno"))),
        "main  start  =>  join main/1  park\n\
         main/1  start  =>  panic \"oh\\nno\"  wakes main\n\
         main  joined main/1 panicked \"oh\\nno\"  =>\n"
    );
    assert_eq!(
        join(|log| log.plain(EventKind::Cancelled, FIRST)),
        "main  start  =>  join main/1  park\n\
         main/1  start  =>  cancelled  wakes main\n\
         main  joined main/1 cancelled  =>\n"
    );
    assert_eq!(
        join(|log| log.finished(FIRST, "")),
        "main  start  =>  join main/1  park\n\
         main/1  start  =>  finish  wakes main\n\
         main  joined main/1  =>\n"
    );
}

#[test]
fn a_task_that_is_cancelled_too_late_says_how_it_ended() {
    use RequestKind::*;
    let log = Log::new()
        .child(FIRST, MAIN, 1)
        .started(FIRST, &FIB)
        .finished(FIRST, "5")
        .started(MAIN, &PROGRAM)
        .asked(MAIN, Cancel, Payload::Task(FIRST))
        .answered(MAIN, Cancel, Payload::Task(FIRST))
        .resumed(MAIN, &PROGRAM);
    assert_eq!(
        steps(log),
        "main/1  start  =>  finish 5\n\
         main  start  =>  cancel main/1\n\
         main  cancelled main/1 5  =>\n"
    );
}

/// The cancelled task makes no step: it is closed where it waits. The turn of the task that cancels goes on, and then ends.
#[test]
fn a_cancelled_task_has_a_line_of_its_own() {
    use RequestKind::*;
    let log = Log::new().child(FIRST, MAIN, 1).child(SECOND, MAIN, 2);
    let log = log
        .started(FIRST, &FIB)
        .asked(FIRST, SleepUntil, Payload::Time(Time::from_nanos(7)))
        .parked(FIRST)
        .started(SECOND, &FIB)
        .asked(SECOND, Join, Payload::Task(FIRST))
        .parked(SECOND)
        .started(MAIN, &PROGRAM)
        .asked(MAIN, Cancel, Payload::Task(FIRST))
        .plain(EventKind::Cancelled, FIRST)
        .woken(SECOND, Join, Payload::Task(FIRST))
        .answered(MAIN, Cancel, Payload::Task(FIRST))
        .plain(EventKind::Budget, MAIN)
        .resumed(MAIN, &PROGRAM)
        .finished(MAIN, "")
        .with(
            EventKind::Unjoined,
            SECOND,
            Payload::Value(Some("Err(1)".to_owned())),
        );
    assert_eq!(
        steps(log),
        "main/1  start  =>  sleep until 7ns  park\n\
         main/2  start  =>  join main/1  park\n\
         main  start  =>  cancel main/1  budget\n\
         main/1  =>  cancelled  wakes main/2\n\
         main  cancelled main/1  =>  finish\n\
         ! unjoined main/2 Err(1)\n"
    );
}

#[test]
fn a_poll_names_its_causes() {
    use RequestKind::*;
    let broken = Payload::Error(io::ErrorKind::BrokenPipe);
    let log = Log::new().child(FIRST, MAIN, 1).child(SECOND, MAIN, 2);
    let log = log
        .polled(5)
        .woken(MAIN, Sleep, Payload::None)
        .woken(FIRST, SleepUntil, Payload::None)
        .woken(SECOND, Stdin, text("x"))
        .polled(5)
        .woken(MAIN, StdinBytes, Payload::EndOfInput)
        .woken(FIRST, Print, Payload::None)
        .woken(SECOND, Eprint, broken)
        .polled(8)
        .resumed(MAIN, &PROGRAM)
        .resumed(FIRST, &FIB)
        .resumed(SECOND, &FIB);
    assert_eq!(
        steps(log),
        "\n~ +5ms  timer  wakes main, main/1\n\
         ~  stdin line \"x\"  wakes main/2\n\
         \n~ +0  stdin eof  wakes main\n\
         ~  stdout writable  wakes main/1\n\
         ~  stderr writable err BrokenPipe  wakes main/2\n\
         \n~ +3ms\n\
         main  eof  =>\n\
         main/1  printed  =>\n\
         main/2  err BrokenPipe  =>\n"
    );
}

#[test]
fn only_choices_that_are_not_production_s_are_told() {
    let chose = |log: Log, kind, task, picked, of, first| {
        let options = Options { picked, of, first };
        log.with(EventKind::Chose(kind), task, Payload::Options(options))
    };
    let log = Log::new().child(FIRST, MAIN, 1);
    let log = chose(log, Choice::NextTask, MAIN, 0, 2, MAIN);
    let log = chose(log, Choice::NextTask, FIRST, 1, 2, MAIN);
    let log = log
        .started(FIRST, &FIB)
        .asked(FIRST, RequestKind::Stop, Payload::None)
        .answered(FIRST, RequestKind::Stop, Payload::None);
    let log = chose(log, Choice::KeepTurn, FIRST, 1, 2, FIRST).plain(EventKind::Preempted, FIRST);
    let trace = log.trace();
    assert_eq!(
        trace.steps().to_string(),
        "# steps  policy=fifo\n\
         ! choice main/1, fifo main (2 of 2)\n\
         main/1  start  =>  stop  preempted\n"
    );
    let decisions = trace.decisions().to_string();
    assert_eq!(decisions.matches("choice").count(), 1);
    assert!(decisions.contains("\nchoice  main/1  fifo main (2 of 2)\n"));
    let picked = trace
        .events()
        .iter()
        .filter_map(|event| match event.detail() {
            Detail::Options(options) => Some((event.task(), options.picked, options.of)),
            _ => None,
        });
    assert!(picked.eq([(MAIN, 0, 2), (FIRST, 1, 2), (FIRST, 1, 2)]));
}

#[test]
fn a_name_of_ones_own_is_the_beginning_of_the_childrens() {
    let log = Log::new()
        .root(FIRST, &PROGRAM, 2)
        .made(SECOND, Some(FIRST), 1, Some("worker"), &FIB, Some("9"))
        .child(TaskId(3), SECOND, 4)
        .made(TaskId(4), None, 2, Some("server"), &FIB, None)
        .made(TaskId(5), None, 1, None, &OPENS, Some("7"));
    assert_eq!(
        log.trace().per_task().to_string(),
        "# per task\n\nmain\n\nmain#2\n\nworker (fib(9))\n\nworker/4 (fib(3))\n\nserver#2 (fib)\n\nopens(7)\n"
    );
}

/// A destructor of a task that waits may panic; a task may be cancelled before it has run.
#[test]
fn a_task_that_ends_outside_its_steps_has_a_line_of_its_own() {
    use RequestKind::*;
    let log = Log::new().child(FIRST, MAIN, 1).child(SECOND, MAIN, 2);
    let log = log
        .started(FIRST, &FIB)
        .asked(FIRST, Stdin, Payload::None)
        .parked(FIRST)
        .started(MAIN, &PROGRAM)
        .asked(MAIN, Cancel, Payload::Task(FIRST))
        .with(EventKind::Failed, FIRST, text("drop"))
        .plain(EventKind::Cancelled, SECOND);
    assert_eq!(
        steps(log),
        "main/1  start  =>  stdin  park\n\
         main  start  =>  cancel main/1\n\
         main/1  =>  panic \"drop\"\n\
         main/2  =>  cancelled\n"
    );
}
