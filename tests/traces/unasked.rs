//! An `Err` that a task returns and that no task can join is reported once; the run goes on.

use std::cell::RefCell;
use std::rc::Rc;

use loop_core::prelude::*;
use loop_core::sim::Sim;
use tests::Slot;

use crate::ms;

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
    let heard = Rc::<RefCell<Vec<(String, String)>>>::default();
    let hears = Rc::clone(&heard);
    let mut event_loop = Sim::new()
        .builder()
        .on_unjoined_error(move |task: &str, error: &str| {
            hears.borrow_mut().push((task.to_owned(), error.to_owned()));
        })
        .build();
    event_loop.run_until_complete(detaches()).unwrap();
    assert_eq!(event_loop.world().stderr(), b"");
    let heard = heard.borrow();
    let [(task, error)] = &heard[..] else {
        panic!("once, not {heard:?}");
    };
    assert_eq!(task, "detaches/1");
    assert!(error.contains("no route"), "{error}");
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
