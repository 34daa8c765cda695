//! What holds for all that tasks can wait for.

use std::rc::Rc;

use loop_core::prelude::*;
use loop_core::sim::Sim;
use loop_core::{Cancel, Error, Handle, Stop};
use tests::{Notes, ms};

use crate::subjects::{Subject, all};

/// Does something with each subject, and checks the notes of the tasks that have gone on.
#[track_caller]
fn each(expected: &str, run: impl Fn(Rc<Subject>, &Notes)) {
    for (n, subject) in all().into_iter().enumerate() {
        let (subject, notes) = (Rc::new(subject), Notes::default());
        run(Rc::clone(&subject), &notes);
        assert_eq!(notes.text(), expected, "subject {n}, a {}", subject.kind);
    }
}

/// Starts tasks, and lets them wait.
#[loop_core::coroutine]
fn start(subject: Rc<Subject>, notes: Notes, tasks: u32) -> Vec<Handle<()>> {
    let mut handles = Vec::new();
    for number in 0..tasks {
        handles.push(yield_!(Spawn(subject.waits(&notes, number))));
    }
    yield_!(Sleep(ms(1)));
    handles
}

/// Lets a task go on so many times, one after the other.
#[loop_core::coroutine]
fn frees(subject: Rc<Subject>, times: u32) {
    for _ in 0..times {
        yield_!(Sleep(ms(1)));
        subject.free();
    }
}

#[test]
fn waiters_go_on_in_the_order_in_which_they_asked() {
    #[loop_core::coroutine]
    fn program(subject: Rc<Subject>, notes: Notes) {
        let tasks = yield_!(start(subject.clone(), notes, 4));
        yield_!(frees(subject, 4));
        for task in tasks {
            yield_!(task).unwrap();
        }
    }
    each("0 1 2 3", |subject, notes| {
        let run = Sim::new().run(|| program(subject.clone(), notes.clone()));
        run.into_result().unwrap();
    });
}

#[test]
fn a_cancelled_waiter_leaves_the_queue() {
    #[loop_core::coroutine]
    fn program(subject: Rc<Subject>, notes: Notes, leaves: usize) {
        let mut tasks = yield_!(start(subject.clone(), notes, 4));
        let cancelled = tasks.remove(leaves);
        assert!(yield_!(Cancel(cancelled)).unwrap_err().is_cancelled());
        yield_!(frees(subject, 3));
        for task in tasks {
            yield_!(task).unwrap();
        }
    }
    for (leaves, left) in [(0, "1 2 3"), (1, "0 2 3"), (3, "0 1 2")] {
        each(left, |subject, notes| {
            let run = Sim::new().run(|| program(subject.clone(), notes.clone(), leaves));
            run.into_result().unwrap();
        });
    }
}

/// What it was given goes to the next one.
#[test]
fn a_task_that_is_cancelled_before_its_turn_has_not_gone_on() {
    #[loop_core::coroutine]
    fn program(subject: Rc<Subject>, notes: Notes) {
        let mut tasks = yield_!(start(subject.clone(), notes, 2));
        subject.free();
        let first = tasks.remove(0);
        assert!(yield_!(Cancel(first)).unwrap_err().is_cancelled());
        for task in tasks {
            yield_!(task).unwrap();
        }
    }
    each("1", |subject, notes| {
        let run = Sim::new().run(|| program(subject.clone(), notes.clone()));
        run.into_result().unwrap();
    });
}

/// All are cancelled, the last one first, and none waits any more.
#[test]
fn what_cancelled_tasks_have_left_can_be_used() {
    #[loop_core::coroutine]
    fn program(subject: Rc<Subject>, notes: Notes, is_freed: bool) {
        let mut tasks = yield_!(start(subject.clone(), notes.clone(), 3));
        if is_freed {
            subject.free();
        }
        while let Some(task) = tasks.pop() {
            assert!(yield_!(Cancel(task)).unwrap_err().is_cancelled());
        }
        let last = yield_!(Spawn(subject.waits(&notes, 9)));
        yield_!(frees(subject, 1));
        yield_!(last).unwrap();
    }
    for is_freed in [false, true] {
        each("9", |subject, notes| {
            let run = Sim::new().run(|| program(subject.clone(), notes.clone(), is_freed));
            run.into_result().unwrap();
        });
    }
}

#[test]
fn a_run_that_waits_for_ever_names_what_it_waits_for() {
    each("", |subject, notes| {
        let run = Sim::new().run(|| subject.waits(notes, 0));
        let Err(Error::Deadlock(deadlock)) = run.into_result() else {
            panic!("nobody lets it go on");
        };
        let name = format!("{} 1", subject.kind);
        assert_eq!(deadlock.waits()[0].object.unwrap().to_string(), name);
        assert!(deadlock.to_string().contains(&name), "{deadlock}");
    });
}

#[test]
fn it_can_be_freed_between_two_runs() {
    each("0 1", |subject, notes| {
        let mut event_loop = Sim::new().event_loop();
        for number in 0..2 {
            event_loop.schedule(subject.waits(notes, number));
        }
        event_loop.run().unwrap_err();
        subject.free();
        // Where that lets only one go on, the other waits again.
        let _ = event_loop.run();
        subject.free();
        event_loop.run().unwrap();
    });
}

#[test]
fn it_can_be_freed_before_the_run() {
    each("0", |subject, notes| {
        if subject.kind == "condition" {
            // Who is not there is not notified.
            return notes.add("0");
        }
        subject.free();
        let run = Sim::new().run(|| subject.waits(notes, 0));
        run.into_result().unwrap();
    });
}

#[test]
fn two_loops_can_use_it_one_after_the_other() {
    each("0 1 2", |subject, notes| {
        let mut loops = [Sim::new().event_loop(), Sim::new().event_loop()];
        for (number, which) in [0, 1, 0].into_iter().enumerate() {
            loops[which].schedule(subject.waits(notes, number as u32));
            loops[which].schedule(frees(subject.clone(), 1));
            loops[which].run().unwrap();
        }
    });
}

#[test]
fn two_loops_cannot_use_it_at_the_same_time() {
    each("0", |subject, notes| {
        let (mut one, mut other) = (Sim::new().event_loop(), Sim::new().event_loop());
        one.schedule(subject.waits(notes, 0));
        one.run().unwrap_err();
        other.schedule(subject.waits(notes, 1));
        let error = other.run().unwrap_err().to_string();
        if matches!(subject.kind, "condition" | "event") && !error.contains("another event loop") {
            // A lock was free, or was held: the tasks wait for different things.
            assert!(error.contains("waits"), "{error}");
        } else {
            let used = "is used by tasks of another event loop: the tasks that share it must be in one loop";
            assert!(
                error.contains(&format!("the {} {used}", subject.kind)),
                "{error}"
            );
        }
        drop(other);
        subject.free();
        one.run().unwrap();
    });
}

#[test]
fn a_loop_is_dropped_while_tasks_wait() {
    for is_freed in [false, true] {
        each("2", |subject, notes| {
            let mut dropped = Sim::new().event_loop();
            for number in 0..2 {
                dropped.schedule(subject.waits(notes, number));
            }
            dropped.run().unwrap_err();
            if is_freed {
                subject.free();
            }
            drop(dropped);
            let mut event_loop = Sim::new().event_loop();
            event_loop.schedule(subject.waits(notes, 2));
            event_loop.schedule(frees(subject.clone(), 1));
            event_loop.run().unwrap();
        });
    }
}

#[test]
fn a_loop_is_dropped_while_an_admitted_task_is_ready() {
    #[loop_core::coroutine]
    fn frees_and_stops(subject: Rc<Subject>) {
        yield_!(Sleep(ms(1)));
        subject.free();
        yield_!(Stop);
    }
    each("2", |subject, notes| {
        let mut dropped = Sim::new().event_loop();
        for number in 0..2 {
            dropped.schedule(subject.waits(notes, number));
        }
        dropped.schedule(frees_and_stops(subject.clone()));
        dropped.run().unwrap();
        assert!(
            dropped.trace().to_string().contains("wakes"),
            "one is ready"
        );
        drop(dropped);
        let mut event_loop = Sim::new().event_loop();
        event_loop.schedule(subject.waits(notes, 2));
        event_loop.schedule(frees(subject.clone(), 1));
        event_loop.run().unwrap();
    });
}

#[test]
fn it_can_be_used_after_its_loop() {
    each("0 1", |subject, notes| {
        let mut event_loop = Sim::new().event_loop();
        event_loop.schedule(subject.waits(notes, 0));
        event_loop.schedule(frees(subject.clone(), 1));
        event_loop.run().unwrap();
        drop(event_loop);
        subject.free();
        let mut event_loop = Sim::new().event_loop();
        event_loop.schedule(subject.waits(notes, 1));
        event_loop.schedule(frees(subject.clone(), 1));
        event_loop.run().unwrap();
    });
}

#[test]
fn the_operating_system_and_the_simulation_serve_in_the_same_order() {
    #[loop_core::coroutine]
    fn program(subject: Rc<Subject>, notes: Notes) {
        let mut tasks = Vec::new();
        for number in 0..4 {
            tasks.push(yield_!(Spawn(subject.waits(&notes, number))));
            yield_!();
        }
        for _ in 0..4 {
            subject.free();
            yield_!();
            notes.add("-");
        }
        for task in tasks {
            yield_!(task).unwrap();
        }
    }
    let both = all().into_iter().zip(all());
    for (simulated, real) in both {
        let notes = [Notes::default(), Notes::default()];
        let run = Sim::new().run(program(Rc::new(simulated), notes[0].clone()));
        run.into_result().unwrap();
        let program = program(Rc::new(real), notes[1].clone());
        EventLoop::new().run_until_complete(program).unwrap();
        assert_eq!(notes[0].text(), notes[1].text());
        assert_eq!(
            notes[0].text().replace("- ", "").replace(" -", ""),
            "0 1 2 3"
        );
    }
}

/// In any order of the ready tasks, all go on, each once.
#[test]
fn any_seed_lets_all_go_on() {
    #[loop_core::coroutine]
    fn program(subject: Rc<Subject>, notes: Notes) {
        let tasks = yield_!(start(subject.clone(), notes, 4));
        yield_!(frees(subject, 4));
        for task in tasks {
            yield_!(task).unwrap();
        }
    }
    for seed in 1..30 {
        for subject in all() {
            let (subject, notes) = (Rc::new(subject), Notes::default());
            let run = Sim::new()
                .seed(seed)
                .run(|| program(subject.clone(), notes.clone()));
            run.into_result().unwrap();
            let mut numbers: Vec<_> = notes.text().split(' ').map(str::to_owned).collect();
            numbers.sort();
            assert_eq!(numbers.join(" "), "0 1 2 3", "a {}", subject.kind);
        }
    }
}
