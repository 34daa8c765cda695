//! Whoever waits for the outside is cancelled at each of its yields in turn: the others go on, and nothing is left.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use futures::channel::oneshot;
use loop_core::SignalKind;
use loop_core::prelude::*;
use loop_core::sim::{Sim, cancel_everywhere};
use tests::ms;

#[loop_core::coroutine]
fn computes(value: Arc<()>) -> usize {
    let value = yield_!(Blocking(move || value));
    Arc::strong_count(&value)
}

#[loop_core::coroutine(skip(receiver))]
fn receives(receiver: oneshot::Receiver<Arc<()>>) -> usize {
    match yield_!(Await(receiver)) {
        Ok(value) => Arc::strong_count(&value),
        Err(oneshot::Canceled) => 0,
    }
}

#[loop_core::coroutine(skip(sender))]
fn sends(sender: oneshot::Sender<Arc<()>>, value: Arc<()>) {
    yield_!();
    let _ = sender.send(value);
}

/// Each run drops all values, whoever was cancelled.
#[test]
fn values_go_to_who_waits_or_are_dropped() {
    let values: Rc<RefCell<Vec<Arc<()>>>> = Rc::default();
    let made = Rc::clone(&values);
    let make = move || {
        let value = Arc::new(());
        made.borrow_mut().push(Arc::clone(&value));
        value
    };
    #[loop_core::coroutine]
    fn parent(value: Arc<()>) {
        let (sender, receiver) = oneshot::channel();
        let computes = yield_!(Spawn(computes(Arc::clone(&value))));
        let receives = yield_!(Spawn(receives(receiver)));
        let sends = yield_!(Spawn(sends(sender, value)));
        // Each of them may have been cancelled.
        let _ = yield_!(computes);
        let _ = yield_!(receives);
        let _ = yield_!(sends);
    }
    let runs = Sim::new().cancel_everywhere(
        || {
            let value = make();
            move || parent(value)
        },
        |_| {
            for value in values.borrow().iter() {
                assert_eq!(Arc::strong_count(value), 1);
            }
        },
    );
    assert_eq!(runs, 9);
}

#[test]
fn signals_go_to_the_others_that_wait() {
    #[loop_core::coroutine]
    fn waits() {
        yield_!(Signal(SignalKind::hangup())).unwrap();
        yield_!(Print("got ")).unwrap();
    }
    #[loop_core::coroutine]
    fn parent() {
        let tasks = [yield_!(Spawn(waits())), yield_!(Spawn(waits()))];
        let mut ended = 0;
        for task in tasks {
            ended += u32::from(yield_!(task).is_ok());
        }
        yield_!(Print(ended)).unwrap();
    }
    let sim = Sim::new().signal(ms(1), SignalKind::hangup());
    let runs = sim.cancel_everywhere(
        || parent,
        |run| {
            let whole = ["got got 2", "got got 1", "got 1"];
            assert!(
                whole.iter().any(|whole| whole.starts_with(&run.stdout())),
                "{}",
                run.stdout()
            );
        },
    );
    assert_eq!(runs, 9);
}

#[test]
fn closures_and_futures_in_every_order() {
    #[loop_core::coroutine]
    fn parent() {
        let (sender, receiver) = oneshot::channel();
        let tasks = [
            yield_!(Spawn(computes(Arc::default()))),
            yield_!(Spawn(receives(receiver))),
        ];
        yield_!(sends(sender, Arc::default()));
        for task in tasks {
            if let Ok(count) = yield_!(task) {
                assert_eq!(count, 1);
            }
        }
    }
    for seed in 0..200 {
        Sim::new().seed(seed).run(parent).into_result().unwrap();
    }
    assert!(cancel_everywhere(|| parent) > 0);
}
