//! How streams end: by returning, failing, panicking, being closed, and with who asks them.

use insta::assert_snapshot;
use loop_core::prelude::*;
use loop_core::sim::Sim;
use loop_core::sync::Lock;
use tests::{Notes, PanicsOnDrop, ms};

use crate::slowly;

#[loop_core::stream(yields = u32)]
fn fails_after_two(notes: Notes) -> Result<(), String> {
    let _noted = notes.on_drop("-fails");
    emit!(1);
    yield_!(Sleep(ms(1)));
    emit!(2);
    Err("no three".to_owned())
}

#[test]
fn an_error_is_answered_once() {
    #[loop_core::coroutine]
    fn program(notes: Notes) {
        let mut numbers = fails_after_two(notes.clone());
        assert_eq!(yield_!(numbers.next()), Ok(Some(1)));
        assert_eq!(yield_!(numbers.next()), Ok(Some(2)));
        assert!(!numbers.has_ended());
        assert_eq!(yield_!(numbers.next()), Err("no three".to_owned()));
        assert!(numbers.has_ended());
        assert_eq!(notes.text(), "-fails");
        assert_eq!(yield_!(numbers.next()), Ok(None));
    }
    Sim::new()
        .run(program(Notes::default()))
        .into_result()
        .unwrap();
}

#[test]
fn a_question_mark_hands_an_error_on() {
    #[loop_core::coroutine]
    fn sums(notes: Notes) -> Result<u32, String> {
        let mut numbers = fails_after_two(notes);
        let mut sum = 0;
        while let Some(n) = yield_!(numbers.next())? {
            sum += n;
        }
        Ok(sum)
    }
    let run = Sim::new().run(sums(Notes::default()));
    assert_eq!(run.into_result().unwrap(), Err("no three".to_owned()));
}

#[test]
fn it_is_dropped_with_its_owner_in_the_order_of_locals() {
    #[loop_core::coroutine]
    fn program(notes: Notes) {
        let _first = notes.on_drop("-first");
        let mut numbers = slowly(notes.clone(), 3);
        let _last = notes.on_drop("-last");
        yield_!(numbers.next());
    }
    let notes = Notes::default();
    Sim::new()
        .run(program(notes.clone()))
        .into_result()
        .unwrap();
    assert_eq!(notes.text(), "-last -slowly -first");
}

#[test]
fn a_panic_in_it_is_one_of_who_asks() {
    #[loop_core::stream(yields = u32)]
    fn panics(notes: Notes) {
        let _noted = notes.on_drop("-panics");
        emit!(1);
        yield_!();
        panic!("no two");
    }
    #[loop_core::coroutine]
    fn asks(numbers: Lock<Stream<'static, u32>>, notes: Notes) {
        let _noted = notes.on_drop("-asks");
        let mut numbers = yield_!(numbers.acquire());
        while yield_!(numbers.next()).is_some() {}
    }
    #[loop_core::coroutine]
    fn program(notes: Notes) -> Option<u32> {
        let numbers = Lock::new(panics(notes.clone()));
        let task = yield_!(Spawn(asks(numbers.clone(), notes)));
        let error = yield_!(task).unwrap_err();
        assert_eq!(error.message(), "no two");
        // It has ended.
        let mut numbers = yield_!(numbers.acquire());
        assert!(numbers.has_ended());
        yield_!(numbers.next())
    }
    let notes = Notes::default();
    let run = Sim::new().run(program(notes.clone()));
    assert_eq!(notes.text(), "-panics -asks");
    assert_eq!(run.into_result().unwrap(), None);
}

#[test]
fn it_is_closed_if_who_asks_is_cancelled_meanwhile() {
    #[loop_core::coroutine]
    fn asks(numbers: Lock<Stream<'static, u32>>) {
        let mut numbers = yield_!(numbers.acquire());
        while yield_!(numbers.next()).is_some() {}
    }
    #[loop_core::coroutine]
    fn program(notes: Notes) {
        let numbers = Lock::new(slowly(notes.clone(), 9));
        let task = yield_!(Spawn(asks(numbers.clone())));
        yield_!(Sleep(ms(15)));
        assert!(yield_!(Cancel(task)).unwrap_err().is_cancelled());
        notes.add("cancelled");
        let mut numbers = yield_!(numbers.acquire());
        assert!(numbers.has_ended());
        assert_eq!(yield_!(numbers.next()), None);
    }
    let notes = Notes::default();
    let run = Sim::new().run(program(notes.clone()));
    assert_snapshot!(run.trace(), @r"
    # steps  policy=fifo
    program  primed  =>  spawn asks
    program  spawned program/1  =>  sleep 15ms  park
    program/1  primed  =>  acquire lock 1  ready
    program/1  acquired lock 1  =>  sleep 10ms  park

    ~ +10ms  timer  wakes program/1
    program/1>slowly  slept  =>  sleep 10ms  park

    ~ +5ms  timer  wakes program
    program  slept  =>  cancel program/1
    program/1  =>  cancelled
    program  cancelled program/1  =>  acquire lock 1  ready
    program  acquired lock 1  =>  finish
    ");
    run.into_result().unwrap();
    assert_eq!(notes.text(), "-slowly cancelled");
}

#[test]
fn it_goes_on_if_who_has_asked_is_cancelled_between_two_values() {
    #[loop_core::coroutine]
    fn asks_once(numbers: Lock<Stream<'static, u32>>) {
        {
            let mut numbers = yield_!(numbers.acquire());
            yield_!(numbers.next());
        }
        yield_!(Sleep(ms(1_000)));
    }
    #[loop_core::coroutine]
    fn program(notes: Notes) -> Option<u32> {
        let numbers = Lock::new(slowly(notes.clone(), 9));
        let task = yield_!(Spawn(asks_once(numbers.clone())));
        yield_!(Sleep(ms(15)));
        assert!(yield_!(Cancel(task)).unwrap_err().is_cancelled());
        let mut numbers = yield_!(numbers.acquire());
        yield_!(numbers.next())
    }
    let run = Sim::new().run(program(Notes::default()));
    assert_eq!(run.into_result().unwrap(), Some(2));
}

#[test]
fn a_timeout_closes_it() {
    #[loop_core::coroutine]
    fn counts(notes: Notes) {
        let mut numbers = slowly(notes.clone(), 9);
        while let Some(n) = yield_!(numbers.next()) {
            notes.add(n.to_string());
        }
    }
    #[loop_core::coroutine]
    fn program(notes: Notes) -> String {
        let elapsed = yield_!(Timeout(ms(25), counts(notes))).unwrap_err();
        elapsed.to_string()
    }
    let notes = Notes::default();
    let run = Sim::new().run(program(notes.clone()));
    assert_eq!(notes.text(), "1 2 -slowly");
    assert_snapshot!(run.into_result().unwrap(), @r"timed out: program/1 waits for its deadline, in `counts` > `slowly` (tests/streams/main.rs:16)");
}

/// What a stream must do at its end, and for which it must wait, it defers.
#[test]
fn what_a_stream_defers_runs_when_the_task_ends() {
    #[loop_core::coroutine(lazy)]
    fn says_goodbye() {
        let _ = yield_!(Println("goodbye"));
    }
    #[loop_core::stream(yields = u32)]
    fn polite() {
        yield_!(loop_core::Defer(says_goodbye));
        emit!(1);
        yield_!(Sleep(ms(1_000)));
    }
    #[loop_core::coroutine]
    fn asks() {
        let mut numbers = polite();
        while yield_!(numbers.next()).is_some() {}
    }
    #[loop_core::coroutine]
    fn program() {
        let task = yield_!(Spawn(asks()));
        yield_!(Sleep(ms(1)));
        assert!(yield_!(Cancel(task)).unwrap_err().is_cancelled());
    }
    let run = Sim::new().run(program);
    assert_eq!(run.stdout(), "goodbye\n");
    run.into_result().unwrap();
}

/// The destructor of a value that nobody gets, and of a local, may panic.
#[test]
fn destructors_that_panic_do_not_lose_the_task() {
    #[loop_core::stream(yields = PanicsOnDrop)]
    fn bombs() {
        let _local = PanicsOnDrop;
        emit!(PanicsOnDrop);
        yield_!(Sleep(ms(1_000)));
    }
    #[loop_core::coroutine]
    fn asks() {
        let mut bombs = bombs();
        std::mem::forget(yield_!(bombs.next()));
        yield_!(bombs.next());
    }
    #[loop_core::coroutine]
    fn program() {
        let task = yield_!(Spawn(asks()));
        yield_!(Sleep(ms(1)));
        assert!(yield_!(Cancel(task)).unwrap_err().is_cancelled());
    }
    let error = Sim::new().run(program).into_result().unwrap_err();
    assert_snapshot!(error, @r"task `program/1` panicked: destructor");
}

#[test]
fn a_closed_stream_has_dropped_its_locals() {
    let notes = Notes::default();
    #[loop_core::coroutine]
    fn program(notes: Notes) -> Option<u32> {
        let mut numbers = slowly(notes.clone(), 3);
        assert_eq!(yield_!(numbers.next()), Some(1));
        numbers.close();
        notes.add("closed");
        yield_!(numbers.next())
    }
    let run = Sim::new().run(program(notes.clone()));
    assert_eq!(notes.text(), "-slowly closed");
    assert_eq!(run.into_result().unwrap(), None);
}
