use super::logs::exercise;
use super::*;

fn ring(size: usize, log: Log) -> Ring {
    let mut ring = Ring::new(size);
    for event in log.0 {
        ring.record(event);
    }
    ring
}

#[test]
fn a_ring_keeps_the_last_events_in_order() {
    let all = exercise().0;
    for size in 0..=all.len() + 1 {
        let kept = ring(size, exercise());
        let expected = &all[all.len() - size.clamp(1, all.len())..];
        assert!(kept.events().eq(expected), "of {size}");
    }
}

#[test]
fn a_ring_that_has_lost_nothing_says_what_steps_says() {
    let steps = exercise().trace().to_string();
    let (_, steps) = steps.split_once('\n').unwrap();
    let record = ring(100, exercise()).flight_record().unwrap();
    assert_eq!(
        record,
        format!("# last {} events\n{steps}", exercise().0.len())
    );
}

#[test]
fn a_ring_names_tasks_whose_making_is_lost() {
    assert_eq!(
        ring(12, exercise()).flight_record().unwrap(),
        r#"# last 12 events

~ +5ms  timer  wakes main/1
main/1  slept  =>  finish Err("boom")  wakes main
main  joined main/1 Err("boom")  =>  now
main  ok  =>  stdin  ready
main  eof  =>  finish
"#
    );
    assert_eq!(
        ring(5, exercise()).flight_record().unwrap(),
        "# last 5 events\n\
         main  …  =>  stdin  ready\n\
         main  eof  =>  finish\n"
    );
}

/// The first event that is kept may be in the middle of a step.
#[test]
fn a_ring_tells_what_is_left_of_a_step() {
    let log = Log::new()
        .started(MAIN, &PROGRAM)
        .asked(MAIN, RequestKind::Stdin, Payload::None)
        .parked(MAIN);
    assert_eq!(
        ring(2, log).flight_record().unwrap(),
        "# last 2 events\nmain  …  =>  stdin  park\n"
    );
}

/// A number is used again: it means the task that was made last with it.
#[test]
fn a_ring_remembers_a_name_per_number() {
    let mut log = Log::new();
    for ordinal in 1..=1_000 {
        log = log.child(FIRST, MAIN, ordinal).child(SECOND, FIRST, 1);
        log = log.finished(FIRST, "").child(FIRST, SECOND, 5);
    }
    let log = log
        .started(SECOND, &FIB)
        .started(FIRST, &FIB)
        .started(MAIN, &PROGRAM);
    let ring = ring(3, log);
    assert_eq!(
        ring.flight_record().unwrap(),
        "# last 3 events\n\
         main/1000/1  start  =>\n\
         main/1000/1/5  start  =>\n\
         main  start  =>\n"
    );
}

#[test]
fn off_keeps_no_flight_record() {
    assert_eq!(Off.flight_record(), None);
    assert_eq!(Recording::default().flight_record(), None);
    const { assert!(!Off::ON && Ring::ON) };
}
