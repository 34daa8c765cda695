//! Many tasks, and deep ones.

use super::*;

#[test]
fn a_deadlock_of_many_is_cut() {
    let wait = |number| Wait {
        task: TaskId(number),
        request: RequestKind::Join,
        object: None,
        holder: Some(TaskId(number + 1)),
    };
    let deadlock = |count: u32| {
        let told = count.min(1_000);
        let waits = Payload::Waits((0..told).map(wait).collect(), (count - told) as usize);
        let log = (0..count).fold(Log::default(), |log, number| {
            log.root(TaskId(number), &PROGRAM, number + 1)
        });
        let log = log.with(EventKind::Deadlocked, TaskId::NONE, waits);
        log.trace().steps().to_string()
    };
    assert_eq!(
        deadlock(2),
        "# steps  policy=fifo\n! deadlock: main waits join main#2, main#2 waits join ?\n"
    );
    let many = deadlock(3_000);
    assert_eq!(many.matches(" waits ").count(), 50);
    assert!(
        many.ends_with("main#50 waits join main#51, … and 2,950 more\n"),
        "{many}"
    );
    assert_eq!(deadlock(50).matches("more").count(), 0);
}

/// Each task spawns the next.
fn generations(count: u32) -> Log {
    (1..count).fold(Log::new(), |log, number| {
        let (task, parent) = (TaskId(number), TaskId(number - 1));
        log.child(task, parent, 1)
            .primed(task, &FIB)
            .finished(task, "1")
    })
}

#[test]
fn a_trace_of_ten_thousand_generations_is_small() {
    let trace = generations(10_000).trace();
    for text in [
        trace.steps().to_string(),
        trace.decisions().to_string(),
        trace.per_task().to_string(),
    ] {
        assert!(text.len() < 5_000_000, "{} bytes", text.len());
        assert!(text.lines().all(|line| line.len() < 150));
    }
    let last = trace.steps().to_string();
    let last = last.lines().last().unwrap();
    let name = format!("main{}…{}", "/1".repeat(22), "/1".repeat(24));
    assert_eq!(last, format!("{name}  primed  =>  finish 1"));
}
