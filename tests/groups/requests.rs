//! Requests and handles where coroutines are: with a time limit, in a race, all of them.

use std::cell::RefCell;
use std::rc::Rc;

use insta::assert_snapshot;
use loop_core::prelude::*;
use loop_core::sim::{Input, Sim};
use loop_core::sync::Lock;
use loop_core::sync::channel::{self, Receiver, UnboundedSender};
use loop_core::{Elapsed, Error, TaskError, Time, TimeoutAt};
use tests::{Notes, ms, without_lines};

use crate::takes;

#[test]
fn a_request_with_a_time_limit() {
    #[loop_core::coroutine]
    fn parent() -> (Result<Option<u32>, Elapsed>, String) {
        let (sender, receiver) = channel::unbounded();
        sender.send(7).unwrap();
        let first = yield_!(Timeout(ms(5), receiver.recv()));
        let elapsed = yield_!(Timeout(ms(5), receiver.recv())).unwrap_err();
        (first, elapsed.to_string())
    }
    let run = Sim::new().run(parent);
    assert_snapshot!(without_lines(&run.trace()), @r#"
    # steps  policy=fifo
    parent  primed  =>  spawn request(_)  timeout 5ms  wait for group 1  park
    parent/1  start  =>  receive from channel 1  ready
    parent/1  received from channel 1  =>  finish _  wakes parent
    parent  woken by group 1  =>  spawn request(_)  timeout 5ms  wait for group 2  park
    parent/2  start  =>  receive from channel 1  park

    ~ +5ms  timer  wakes parent
    parent/2  =>  cancelled
    parent  timed out  =>  finish (Ok(Some(7)), "timed out: parent/2 waits to receive from channel 1, in `request` (loop-core/src/request/typed.rs)")
    "#);
    let (first, elapsed) = run.into_result().unwrap();
    assert_eq!(first, Ok(Some(7)));
    assert_snapshot!(without_lines(&elapsed), @r"timed out: parent/2 waits to receive from channel 1, in `request` (loop-core/src/request/typed.rs)");
}

#[test]
fn a_handle_with_a_time_limit_is_dropped_and_its_task_goes_on() {
    #[loop_core::coroutine]
    fn parent(notes: Notes) {
        let fast = yield_!(Spawn(takes(notes.clone(), "fast", 1)));
        let slow = yield_!(Spawn(takes(notes.clone(), "slow", 3)));
        let fast: Result<Result<_, TaskError>, Elapsed> = yield_!(Timeout(ms(2), fast));
        assert_eq!(fast.unwrap().unwrap(), "fast");
        let until = TimeoutAt(Time::ZERO + ms(2), slow);
        assert!(yield_!(until).is_err());
        notes.add("parent");
        yield_!(Sleep(ms(5)));
    }
    let notes = Notes::default();
    let run = Sim::new().run(|| parent(notes.clone()));
    run.into_result().unwrap();
    assert_eq!(notes.text(), "fast -fast parent slow -slow");
}

#[test]
fn a_race_between_a_coroutine_and_a_request() {
    #[loop_core::coroutine]
    fn parent(notes: Notes) -> &'static str {
        match yield_!(Race((takes(notes, "job", 5), Sleep(ms(1))))).unwrap() {
            (Some(job), _) => job,
            (None, _) => "too late",
        }
    }
    let run = Sim::new().run(parent(Notes::default()));
    assert_snapshot!(run.trace(), @r#"
    # steps  policy=fifo
    parent  primed  =>  spawn takes  spawn request(_)  wait for group 1  park
    parent/1  start  =>  sleep 5ms  park
    parent/2  start  =>  sleep 1ms  park

    ~ +1ms  timer  wakes parent/2
    parent/2  slept  =>  finish _
    parent/1  =>  cancelled  wakes parent
    parent  woken by group 1  =>  finish "too late"
    "#);
    assert_eq!(run.into_result().unwrap(), "too late");
}

#[test]
fn all_of_handles_and_of_requests() {
    #[loop_core::coroutine]
    fn half(n: u32) -> u32 {
        yield_!(Sleep(ms(n.into())));
        assert!(n.is_multiple_of(2), "odd");
        n / 2
    }
    #[loop_core::coroutine]
    fn parent() {
        let handles = [yield_!(Spawn(half(4))), yield_!(Spawn(half(2)))];
        let [four, two] = yield_!(All(handles)).unwrap();
        assert_eq!((four.unwrap(), two.unwrap()), (2, 1));
        // A failure of a task that was joined is a value: it cancels nothing.
        let handles = vec![yield_!(Spawn(half(1))), yield_!(Spawn(half(2)))];
        let halves = yield_!(All(handles)).unwrap();
        assert!(halves[0].as_ref().is_err_and(TaskError::is_panic));
        assert_eq!(*halves[1].as_ref().unwrap(), 1);

        let lock = Lock::new(3);
        let (guard, (), now) = yield_!(All((lock.acquire(), Sleep(ms(1)), Clock))).unwrap();
        assert_eq!((*guard, now), (3, Time::ZERO + ms(6)));
    }
    Sim::new().run(parent).into_result().unwrap();
}

#[test]
fn requests_of_groups_within_one_another() {
    #[loop_core::coroutine]
    fn parent(notes: Notes) {
        let two = All([takes(notes.clone(), "a", 1), takes(notes.clone(), "b", 9)]);
        assert!(yield_!(Timeout(ms(5), two)).is_err());
        let in_time = Timeout(ms(3), Timeout(ms(5), Race([Sleep(ms(4)), Sleep(ms(2))])));
        yield_!(in_time).unwrap().unwrap().unwrap();
    }
    let notes = Notes::default();
    let run = Sim::new().run(|| parent(notes.clone()));
    assert_eq!(run.elapsed(), ms(7));
    run.into_result().unwrap();
    assert_eq!(notes.text(), "a -a -b");
}

#[test]
fn what_a_loser_was_to_get_stays() {
    #[loop_core::coroutine]
    fn parent() {
        let ((to_a, a), (to_b, b)) = (channel::unbounded(), channel::unbounded());
        to_a.send(1).unwrap();
        to_b.send(2).unwrap();
        assert_eq!(
            yield_!(Race((a.recv(), b.recv()))).unwrap(),
            (Some(Some(1)), None)
        );
        assert_eq!(b.try_recv(), Ok(2));
    }
    Sim::new().run(parent).into_result().unwrap();
}

/// The line and the end of the time come in the same poll.
#[test]
fn what_comes_when_the_time_is_over_is_for_the_next() {
    #[loop_core::coroutine]
    fn parent() -> Option<String> {
        match yield_!(TimeoutAt(Time::ZERO + ms(5), Stdin)) {
            Ok(line) => line.unwrap(),
            Err(_) => yield_!(Stdin).unwrap(),
        }
    }
    let input = Input::new().at(ms(5), "hello\n");
    for seed in 0..20 {
        let run = Sim::new().seed(seed).stdin(input.clone()).run(parent);
        assert_eq!(run.into_result().unwrap().as_deref(), Some("hello"));
    }
}

#[test]
fn a_request_that_panics() {
    #[loop_core::coroutine]
    fn parent() {
        let fails = Await(async { panic!("out of luck") });
        let error = yield_!(All((fails, Sleep(ms(5))))).unwrap_err();
        assert_eq!((error.task(), error.message()), ("parent/1", "out of luck"));
    }
    let run = Sim::new().run(parent);
    assert_eq!(run.elapsed(), ms(0));
    run.into_result().unwrap();
}

/// Numbers that have come.
type Received = Rc<RefCell<Vec<u32>>>;

#[loop_core::coroutine]
fn sends(sender: UnboundedSender<u32>) {
    for value in 0..4 {
        sender.send(value).unwrap();
        yield_!(Sleep(ms(1)));
    }
}

/// Those who send are cancelled everywhere, and so are those who receive and their requests. Whatever is cancelled, no number is lost.
fn nothing_is_lost(receives: fn(Receiver<u32>, Received) -> Coroutine<()>) {
    #[loop_core::coroutine]
    fn program(receives: fn(Receiver<u32>, Received) -> Coroutine<()>, received: Received) {
        let (sender, receiver) = channel::unbounded();
        let task = yield_!(Spawn(receives(receiver.clone(), Rc::clone(&received))));
        let sends = yield_!(Spawn(sends(sender)));
        let _ = yield_!(sends);
        let _ = yield_!(task);
        while let Ok(value) = receiver.try_recv() {
            received.borrow_mut().push(value);
        }
        let received = received.take();
        let is_whole = received.iter().copied().eq(0..received.len() as u32);
        assert!(is_whole && !received.is_empty(), "{received:?}");
    }
    for seed in 0..6 {
        let program = || move || program(receives, Received::default());
        let cancellations = Sim::new().seed(seed).cancel_everywhere(program, |run| {
            let result = run.result();
            assert!(!matches!(result, Err(Error::Failed(failed)) if failed.errors().iter().any(TaskError::is_panic)));
        });
        assert!(cancellations > 10);
    }
}

#[test]
fn requests_with_a_time_limit_that_are_cancelled_lose_nothing() {
    #[loop_core::coroutine(lazy)]
    fn receives(receiver: Receiver<u32>, received: Received) {
        loop {
            match yield_!(Timeout(ms(1), receiver.recv())) {
                Ok(Some(value)) => received.borrow_mut().push(value),
                Ok(None) => return,
                Err(_) => {}
            }
        }
    }
    nothing_is_lost(receives);
}

#[test]
fn requests_in_a_race_that_are_cancelled_lose_nothing() {
    #[loop_core::coroutine(lazy)]
    fn receives(receiver: Receiver<u32>, received: Received) {
        while let Ok(Some(value)) = yield_!(Race([receiver.recv(), receiver.recv()])) {
            received.borrow_mut().push(value);
        }
    }
    nothing_is_lost(receives);
}

/// As with a coroutine that has a time limit: the request is answered, and the task that asks has not had its turn.
#[test]
fn an_answer_that_has_come_is_dropped_with_the_task_that_asks() {
    #[loop_core::coroutine(lazy)]
    fn receives(receiver: Receiver<u32>) {
        let _ = yield_!(Timeout(ms(5), receiver.recv()));
    }
    #[loop_core::coroutine]
    fn parent(turns: u32) -> usize {
        let (sender, receiver) = channel::unbounded();
        let task = yield_!(Spawn(receives(receiver.clone())));
        yield_!(Sleep(ms(1)));
        sender.send(1).unwrap();
        for _ in 0..turns {
            yield_!();
        }
        assert!(yield_!(Cancel(task)).unwrap_err().is_cancelled());
        receiver.len()
    }
    let left = |turns| Sim::new().run(move || parent(turns)).into_result();
    assert_eq!(left(0).unwrap(), 1, "it was promised, and is given back");
    assert_eq!(left(1).unwrap(), 0, "it was received, and has nobody");
}
