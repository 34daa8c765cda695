//! An `Err` that a task returns and that no task can join, and a panic that none can join, are reported once; the run goes on.

use std::cell::RefCell;
use std::io;
use std::rc::Rc;

use insta::assert_snapshot;
use loop_core::Error;
use loop_core::prelude::*;
use loop_core::sim::Sim;
use tests::{Slot, without_lines};

use crate::{failed, ms};

type Outcome = Result<u32, String>;

#[loop_core::coroutine]
fn refuses() -> Outcome {
    yield_!();
    Err("no route".to_owned())
}

#[loop_core::coroutine]
fn accepts() -> Outcome {
    yield_!();
    Ok(7)
}

/// What standard error says after a run that ended well.
fn reported(coroutine: Coroutine<()>) -> String {
    let run = Sim::new().run(coroutine);
    let stderr = run.stderr();
    run.into_result().expect("the run's result stays as it is");
    stderr
}

/// What a hook gets, and the result of the run. Nothing is on standard error.
fn heard(coroutine: Coroutine<()>) -> (Vec<String>, Result<(), Error>) {
    let heard = Rc::<RefCell<Vec<String>>>::default();
    let hears = Rc::clone(&heard);
    let mut event_loop = Sim::new()
        .builder()
        .on_unjoined_error(move |task, error| hears.borrow_mut().push(format!("{task}: {error}")))
        .build();
    let run = event_loop.run_until_complete(coroutine);
    assert_eq!(event_loop.world().stderr(), b"");
    (heard.take(), run)
}

/// One line about this task, with its error.
fn assert_is_report(stderr: &str, task: &str) {
    let begins = format!("task {task} ended with an error that nobody asked for: ");
    assert!(stderr.starts_with(&begins), "{stderr:?}");
    assert!(stderr.contains("no route"), "{stderr:?}");
    assert_eq!(stderr.matches('\n').count(), 1, "{stderr:?}");
    assert!(stderr.ends_with('\n'), "{stderr:?}");
}

#[test]
fn the_error_of_a_detached_task_is_on_standard_error() {
    #[loop_core::coroutine]
    fn server() {
        for _ in 0..2 {
            yield_!(Spawn(accepts())).detach();
        }
        yield_!(Spawn(refuses())).detach();
        yield_!(Sleep(ms(1)));
    }
    assert_is_report(&reported(server()), "server/3");
}

#[test]
fn so_is_the_error_of_a_task_whose_handle_is_dropped_before_its_end() {
    #[loop_core::coroutine]
    fn server() {
        let handle = yield_!(Spawn(refuses()));
        drop(handle);
        yield_!(Sleep(ms(1)));
    }
    assert_is_report(&reported(server()), "server/1");
}

#[test]
fn so_is_the_error_of_a_task_whose_handle_is_dropped_after_its_end() {
    #[loop_core::coroutine]
    fn server() {
        let handle = yield_!(Spawn(refuses()));
        yield_!(Sleep(ms(1)));
        drop(handle);
        yield_!(Sleep(ms(1)));
    }
    assert_is_report(&reported(server()), "server/1");
}

#[test]
fn so_is_the_error_of_a_task_whose_handle_is_dropped_at_the_very_end() {
    #[loop_core::coroutine]
    fn server() {
        let _handle = yield_!(Spawn(refuses()));
        yield_!(Sleep(ms(1)));
    }
    assert_is_report(&reported(server()), "server/1");
}

#[test]
fn so_is_the_error_of_a_task_that_had_ended_when_it_was_spawned() {
    #[loop_core::coroutine]
    fn at_once() -> Outcome {
        Err("no route".to_owned())
    }
    #[loop_core::coroutine]
    fn server() {
        yield_!(Spawn(at_once())).detach();
        yield_!(Sleep(ms(1)));
    }
    assert_is_report(&reported(server()), "server/1");
}

#[test]
fn so_is_the_error_of_a_scheduled_task() {
    let mut event_loop = Sim::new().event_loop();
    event_loop.schedule(refuses());
    event_loop.run().unwrap();
    let stderr = String::from_utf8(event_loop.world().stderr().to_vec()).unwrap();
    assert_is_report(&stderr, "refuses");
    event_loop.run().unwrap();
    assert_eq!(event_loop.world().stderr(), stderr.as_bytes(), "once");
}

#[test]
fn an_error_that_is_joined_is_its_joiners() {
    #[loop_core::coroutine]
    fn server() {
        let handle = yield_!(Spawn(refuses()));
        yield_!(handle).unwrap().unwrap_err();
    }
    assert_eq!(reported(server()), "");
}

#[test]
fn the_error_of_the_awaited_coroutine_is_the_runs_value() {
    let run = Sim::new().run(refuses());
    assert_eq!(run.stderr(), "");
    assert_eq!(run.into_result().unwrap(), Err("no route".to_owned()));
}

#[test]
fn an_error_whose_handle_outlives_the_run_can_still_be_joined() {
    #[loop_core::coroutine]
    fn leaves(slot: Slot<Outcome>) {
        slot.set(Some(yield_!(Spawn(refuses()))));
        yield_!(Sleep(ms(1)));
    }
    #[loop_core::coroutine(lazy)]
    fn joins(slot: Slot<Outcome>) {
        let handle = slot.take().unwrap();
        yield_!(handle).unwrap().unwrap_err();
    }
    let slot = Slot::default();
    let mut event_loop = Sim::new().event_loop();
    event_loop.run_until_complete(leaves(slot.clone())).unwrap();
    event_loop.run_until_complete(joins(slot)).unwrap();
    assert_eq!(event_loop.world().stderr(), b"");
}

#[test]
fn a_value_that_is_no_error_is_not_reported() {
    #[loop_core::coroutine]
    fn server() {
        yield_!(Spawn(accepts())).detach();
        drop(yield_!(Spawn(accepts())));
        yield_!(Sleep(ms(1)));
    }
    assert_eq!(reported(server()), "");
}

#[test]
fn an_error_of_a_type_that_cannot_be_shown_is_reported_too() {
    struct Opaque;
    #[loop_core::coroutine]
    fn refuses() -> Result<(), Opaque> {
        yield_!();
        Err(Opaque)
    }
    #[loop_core::coroutine]
    fn server() {
        yield_!(Spawn(refuses())).detach();
        yield_!(Sleep(ms(1)));
    }
    let stderr = reported(server());
    let begins = "task server/1 ended with an error that nobody asked for: ";
    assert!(stderr.starts_with(begins), "{stderr:?}");
}

#[loop_core::coroutine]
fn detaches() {
    yield_!(Spawn(refuses())).detach();
    yield_!(Sleep(ms(1)));
}

#[test]
fn the_trace_shows_the_error() {
    let trace = Sim::new().run(detaches()).trace().to_string();
    let line = trace.lines().find(|line| line.contains("no route"));
    assert!(
        line.is_some_and(|line| line.contains("detaches/1")),
        "{trace}"
    );
}

#[test]
fn a_hook_takes_the_report_instead_of_standard_error() {
    let (heard, run) = heard(detaches());
    run.unwrap();
    assert_eq!(heard, ["detaches/1: no route"]);
}

#[test]
fn the_other_tasks_go_on() {
    #[loop_core::coroutine]
    fn counts() -> u32 {
        for _ in 0..100 {
            yield_!();
        }
        100
    }
    #[loop_core::coroutine]
    fn server() {
        yield_!(Spawn(refuses())).detach();
        let counting = yield_!(Spawn(counts()));
        assert_eq!(yield_!(counting).unwrap(), 100);
    }
    assert_is_report(&reported(server()), "server/1");
}

// Panics.

#[loop_core::coroutine]
fn panics() {
    yield_!();
    panic!("out of luck");
}

#[test]
fn a_panic_that_no_task_can_join_is_reported_while_the_others_go_on() {
    #[loop_core::coroutine]
    fn server() -> io::Result<()> {
        yield_!(Spawn(panics())).detach();
        let kept = yield_!(Spawn(panics()));
        yield_!(Sleep(ms(1)));
        yield_!(Eprint("a millisecond later\n"))?;
        drop(kept);
        yield_!(Sleep(ms(1)));
        yield_!(Eprint("two milliseconds later\n"))
    }
    let run = Sim::new().run(server());
    assert_snapshot!(without_lines(&run.stderr()), @r"
    task `server/1` panicked in `panics` (tests/traces/unasked.rs): out of luck
    a millisecond later
    task `server/2` panicked in `panics` (tests/traces/unasked.rs): out of luck
    two milliseconds later
    ");
    let failures = failed(run.into_result());
    assert_eq!(failures.errors().len(), 2, "{failures}");
}

/// What a program writes does not depend on whether the loop has polled before the end.
#[test]
fn so_is_one_with_which_the_run_ends() {
    #[loop_core::coroutine]
    fn brief() {
        yield_!(Spawn(panics())).detach();
        yield_!();
        yield_!();
    }
    let run = Sim::new().run(brief());
    assert_snapshot!(without_lines(&run.stderr()), @"task `brief/1` panicked in `panics` (tests/traces/unasked.rs): out of luck");
    assert_eq!(failed(run.into_result()).errors()[0].task(), "brief/1");
}

#[test]
fn a_hook_takes_panics_too() {
    #[loop_core::coroutine]
    fn parent() {
        yield_!(Spawn(panics())).detach();
        yield_!(Sleep(ms(1)));
    }
    let (heard, run) = heard(parent());
    assert_snapshot!(without_lines(&heard.join("\n")), @"parent/1: panicked in `panics` (tests/traces/unasked.rs): out of luck");
    failed(run);
}

#[test]
fn a_hook_that_panics_is_reported_too_and_not_called_again_for_that() {
    let mut event_loop = Sim::new()
        .builder()
        .on_unjoined_error(|_, _| panic!("no hook"))
        .build();
    event_loop.schedule(panics());
    let failures = failed(event_loop.run());
    let stderr = String::from_utf8_lossy(event_loop.world().stderr()).into_owned();
    assert_snapshot!(without_lines(&stderr), @"task `panics` panicked: no hook");
    let messages: Vec<_> = failures
        .errors()
        .iter()
        .map(|error| error.message())
        .collect();
    assert_eq!(messages, ["out of luck", "no hook"]);
}

#[test]
fn of_very_many_panics_at_once_the_first_are_reported_and_the_others_counted() {
    #[loop_core::coroutine]
    fn server() {
        for _ in 0..3 {
            yield_!(Spawn(panics())).detach();
            yield_!(Sleep(ms(1)));
        }
    }
    let mut event_loop = Sim::new().event_loop();
    for _ in 0..120 {
        event_loop.schedule(panics());
    }
    event_loop.schedule(server());
    let failures = failed(event_loop.run());
    let stderr = String::from_utf8_lossy(event_loop.world().stderr());
    let named = stderr.lines().filter(|line| line.starts_with("task `"));
    assert_eq!(named.count(), 103, "{stderr}");
    assert!(
        stderr.contains("… and 20 more tasks panicked\n"),
        "{stderr}"
    );
    // Whatever happened before, each one that comes alone is named.
    assert!(stderr.contains("task `server/3` panicked"), "{stderr}");
    assert_eq!((failures.errors().len(), failures.more()), (100, 23));
}

/// The failure of the awaited coroutine is not among those that were reported before, however many there are.
#[test]
fn the_awaited_coroutines_failure_is_returned_after_hundreds_of_others() {
    #[loop_core::coroutine]
    fn server() {
        for _ in 0..120 {
            yield_!(Spawn(panics())).detach();
            yield_!(Sleep(ms(1)));
        }
        panic!("the server failed");
    }
    let failures = failed(Sim::new().run(server()).into_result());
    let last = failures.errors().last().unwrap();
    assert_eq!(
        (last.task(), last.message()),
        ("server", "the server failed")
    );
    assert_eq!((failures.errors().len(), failures.more()), (100, 21));
}

/// Handles that a hook drops are of failures too.
#[test]
fn a_hook_may_drop_the_handles_of_failed_tasks() {
    let handles = Rc::<RefCell<Vec<Handle<()>>>>::default();
    #[loop_core::coroutine]
    fn keeps(handles: Rc<RefCell<Vec<Handle<()>>>>) {
        for _ in 0..5 {
            let handle = yield_!(Spawn(panics()));
            handles.borrow_mut().push(handle);
        }
        yield_!(Spawn(panics())).detach();
        yield_!();
        yield_!();
    }
    let held = Rc::clone(&handles);
    let heard = Rc::<RefCell<u32>>::default();
    let hears = Rc::clone(&heard);
    let mut event_loop = Sim::new()
        .builder()
        .on_unjoined_error(move |_, _| {
            *hears.borrow_mut() += 1;
            held.borrow_mut().pop();
        })
        .build();
    let failures = failed(event_loop.run_until_complete(keeps(handles)));
    assert_eq!((failures.errors().len(), *heard.borrow()), (6, 6));
}
