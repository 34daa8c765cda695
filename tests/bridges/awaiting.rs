//! Futures of other libraries.

use std::cell::{Cell, RefCell};
use std::future::{Future, pending, poll_fn, ready};
use std::panic::resume_unwind;
use std::rc::Rc;
use std::task::{Poll, Waker};

use futures::channel::oneshot;
use futures::future::{join, join_all};
use insta::assert_snapshot;
use loop_core::prelude::*;
use loop_core::sim::Sim;
use loop_core::{Error, Request, Yield};
use tests::{Notes, ms};

use crate::others::{LastWord, Others};

#[loop_core::coroutine]
fn waits<F: Future + 'static>(future: F) -> F::Output {
    yield_!(Await(future))
}

/// Ready when it was polled this often; wakes itself.
fn after(mut polls: u32) -> impl Future<Output = u32> {
    poll_fn(move |context| {
        if polls == 0 {
            return Poll::Ready(7);
        }
        polls -= 1;
        context.waker().wake_by_ref();
        Poll::Pending
    })
}

#[test]
fn the_trace_says_which_future_wakes_whom() {
    #[loop_core::coroutine(skip(receiver))]
    fn receives(receiver: oneshot::Receiver<u32>) -> u32 {
        yield_!(Await(receiver)).unwrap()
    }
    #[loop_core::coroutine]
    fn parent() -> u32 {
        let (sender, receiver) = oneshot::channel();
        let receives = yield_!(Spawn(receives(receiver)));
        yield_!(Await(ready(())));
        yield_!(Sleep(ms(5)));
        sender.send(3).unwrap();
        yield_!(receives).unwrap()
    }
    let run = Sim::new().run(parent);
    assert_snapshot!(run.trace(), @r"
    # steps  policy=fifo
    parent  primed  =>  spawn receives(_)
    parent  spawned parent/1  =>  await future 1  ready
    parent/1  primed  =>  await future 2  park
    parent  awaited future 1  =>  sleep 5ms  park

    ~ +5ms  timer  wakes parent
    parent  slept  =>  join parent/1  park

    ~ +0  future 2  wakes parent/1
    parent/1  awaited future 2  =>  finish 3  wakes parent
    parent  joined parent/1 3  =>  finish 3
    ");
    assert_eq!(run.into_result().unwrap(), 3);
}

/// Those whose wakers were called in whatever order are polled in the order in which they were asked for.
#[test]
fn futures_are_polled_in_the_order_of_asking() {
    #[loop_core::coroutine]
    fn parent() -> Vec<usize> {
        let (senders, receivers): (Vec<_>, Vec<_>) = (0..3).map(|_| oneshot::channel()).unzip();
        let got = Rc::new(RefCell::new(Vec::new()));
        let mut handles = Vec::new();
        for receiver in receivers {
            let got = Rc::clone(&got);
            let receive = async move {
                let n = receiver.await.unwrap();
                got.borrow_mut().push(n);
            };
            handles.push(yield_!(Spawn(waits(receive))));
        }
        yield_!();
        for (n, sender) in senders.into_iter().enumerate().rev() {
            sender.send(n).unwrap();
        }
        for handle in handles {
            yield_!(handle).unwrap();
        }
        got.take()
    }
    assert_eq!(Sim::new().run(parent).into_result().unwrap(), [0, 1, 2]);
}

#[test]
fn a_future_that_wakes_itself_is_polled_once_per_look() {
    let run = Sim::new().run(waits(after(3)));
    assert_snapshot!(run.trace(), @r"
    # steps  policy=fifo
    waits  primed  =>  await future 1  park

    ~ +0  future 1  wakes waits
    waits  awaited future 1  =>  finish _
    ");
    assert_eq!(run.into_result().unwrap(), 7);
}

#[test]
fn futures_of_futures() {
    #[loop_core::coroutine]
    fn program() -> u32 {
        let (a, b) = yield_!(Await(join(after(1), async { after(2).await + 1 })));
        let all = yield_!(Await(join_all((0..10).map(after))));
        a + b + all.iter().sum::<u32>()
    }
    assert_eq!(Sim::new().run(program).into_result().unwrap(), 85);
}

#[test]
fn a_panic_of_the_future_goes_on_in_the_task() {
    for polls in [0, 1] {
        let future = async move {
            after(polls).await;
            // Without the panic hook, which would print.
            resume_unwind(Box::new("out of luck"))
        };
        let Err(Error::Failed(failures)) = Sim::new().run(waits(future)).into_result() else {
            panic!("the task fails");
        };
        let error = &failures.errors()[0];
        assert_eq!((error.task(), error.message()), ("waits", "out of luck"));
    }
}

/// A future that nobody can wake.
#[test]
fn a_future_for_which_no_waker_is_left_is_a_deadlock() {
    let run = Sim::new().run(waits(pending::<()>()));
    assert_snapshot!(run.trace(), @r"
    # steps  policy=fifo
    waits  primed  =>  await future 1  park
    ! deadlock: waits waits await future 1
    ");
    let Err(Error::Deadlock(deadlock)) = run.into_result() else {
        panic!("nothing can happen");
    };
    assert!(
        deadlock.to_string().contains("waits waits for future 1"),
        "{deadlock}"
    );
}

/// Another thread calls the last waker, and drops it, after the loop has looked and before it asks who has a waker.
#[test]
fn a_last_word_is_heard() {
    #[loop_core::coroutine]
    fn listens(last_word: LastWord) {
        let mut is_spoken = false;
        yield_!(Await(poll_fn(move |context| {
            if std::mem::replace(&mut is_spoken, true) {
                return Poll::Ready(());
            }
            *last_word.borrow_mut() = Some(context.waker().clone());
            Poll::Pending
        })));
    }
    let last_word = LastWord::default();
    let world = Others::with(&last_word);
    let mut event_loop = EventLoop::builder().world(world).build();
    event_loop.run_until_complete(listens(last_word)).unwrap();
}

/// In the simulation, also if somebody has the waker.
#[test]
fn a_waker_that_only_another_thread_could_call_is_a_deadlock_in_the_simulation() {
    let (sender, receiver) = oneshot::channel::<u32>();
    let run = Sim::new().run(waits(async { receiver.await.unwrap_or_default() }));
    assert!(matches!(run.into_result(), Err(Error::Deadlock(_))));
    drop(sender);
}

/// Cancelled while the future waits, after it is ready, and while another task goes on with it.
#[test]
fn a_future_is_dropped_when_its_task_is_cancelled() {
    #[loop_core::coroutine]
    fn parent(notes: Notes, polls: u32) {
        let noted = notes.on_drop("dropped");
        let future = async move {
            after(polls).await;
            let noted = noted;
            pending::<()>().await;
            drop(noted);
        };
        let handle = yield_!(Spawn(waits(future)));
        for _ in 0..3 {
            yield_!(Sleep(ms(1)));
        }
        yield_!(Cancel(handle)).unwrap_err();
        notes.add("cancelled");
    }
    for polls in 0..3 {
        let notes = Notes::default();
        let run = Sim::new().run(parent(notes.clone(), polls));
        run.into_result().unwrap();
        assert_eq!(notes.text(), "dropped cancelled");
    }
}

#[test]
fn the_output_of_a_cancelled_task_is_dropped() {
    #[loop_core::coroutine]
    fn awaits(notes: Notes) {
        drop(yield_!(Await(ready(notes.on_drop("output")))));
    }
    #[loop_core::coroutine]
    fn parent(notes: Notes) {
        let handle = yield_!(Spawn(awaits(notes.clone())));
        yield_!();
        notes.add("cancels");
        yield_!(Cancel(handle)).unwrap_err();
    }
    let notes = Notes::default();
    // The awaiting task is in the ready queue behind its parent, with its answer.
    Sim::new().run(parent(notes.clone())).into_result().unwrap();
    assert_eq!(notes.text(), "cancels output");
}

/// A waker that is called after its task has gone wakes nobody, also if the place is used again.
#[test]
fn a_late_waker_wakes_nobody_else() {
    #[loop_core::coroutine]
    fn parent(polled: Rc<Cell<u32>>) {
        let kept: Rc<RefCell<Option<Waker>>> = Rc::default();
        let keeps = Rc::clone(&kept);
        let keep = poll_fn(move |context| {
            *keeps.borrow_mut() = Some(context.waker().clone());
            Poll::<()>::Pending
        });
        let handle = yield_!(Spawn(waits(keep)));
        yield_!();
        yield_!(Cancel(handle)).unwrap_err();
        let polls = Rc::clone(&polled);
        let counts = poll_fn(move |_| {
            polls.set(polls.get() + 1);
            Poll::<()>::Pending
        });
        let handle = yield_!(Spawn(waits(counts)));
        yield_!();
        kept.take().unwrap().wake();
        yield_!(Sleep(ms(1)));
        yield_!(Cancel(handle)).unwrap_err();
    }
    let polled = Rc::new(Cell::new(0));
    Sim::new()
        .run(parent(Rc::clone(&polled)))
        .into_result()
        .unwrap();
    assert_eq!(polled.get(), 1);
}

/// What a future does while it is polled may concern the loop's own objects.
#[test]
fn a_future_may_use_what_tasks_wait_for() {
    use loop_core::sync::Event;

    #[loop_core::coroutine]
    fn parent() {
        let event = Event::new();
        let sets = event.clone();
        let handle = yield_!(Spawn(waits(async move {
            after(1).await;
            sets.set();
        })));
        yield_!(event.wait());
        yield_!(handle).unwrap();
    }
    Sim::new().run(parent).into_result().unwrap();
}

#[test]
fn a_raw_request_that_is_made_twice_fails() {
    #[loop_core::coroutine]
    fn raw(request: Yield) {
        yield_!(request);
    }
    #[loop_core::coroutine]
    fn parent() -> String {
        let Yield::Await(object) = Await(pending::<()>()).into_yield() else {
            unreachable!();
        };
        let first = yield_!(Spawn(raw(Yield::Await(object.clone()))));
        let second = yield_!(Spawn(raw(Yield::Await(object))));
        let error = yield_!(second).unwrap_err();
        yield_!(Cancel(first)).unwrap_err();
        error.message().to_owned()
    }
    let message = Sim::new().run(parent).into_result().unwrap();
    assert_eq!(message, "this request waits for its answer already");
}
