//! Channels whose values go to every receiver: broadcast and watch.

use insta::assert_snapshot;
use loop_core::prelude::*;
use loop_core::sim::Sim;
use loop_core::sync::channel::{
    BroadcastReceiver, Closed, RecvError, WatchReceiver, broadcast, watch,
};
use loop_core::{Cancel, Handle};
use std::rc::Rc;
use tests::{Notes, ms};

#[loop_core::coroutine]
fn hears(receiver: Rc<BroadcastReceiver<u32>>, notes: Notes, name: &'static str) {
    loop {
        match yield_!(receiver.recv()) {
            Ok(value) => notes.add(format!("{name}{value}")),
            Err(RecvError::Lagged(lost)) => notes.add(format!("{name}-{lost}")),
            Err(_) => return notes.add(format!("{name}.")),
        }
    }
}

#[test]
fn the_trace_says_who_is_told() {
    #[loop_core::coroutine]
    fn parent(notes: Notes) {
        let (sender, receiver) = broadcast(4);
        let (a, b) = (Rc::new(receiver), Rc::new(sender.subscribe()));
        let tasks = [
            yield_!(Spawn(hears(a, notes.clone(), "a"))),
            yield_!(Spawn(hears(b, notes.clone(), "b"))),
        ];
        yield_!(Sleep(ms(1)));
        assert_eq!(sender.send(1), 2);
        drop(sender);
        for task in tasks {
            yield_!(task).unwrap();
        }
    }
    let notes = Notes::default();
    let run = Sim::new().run(|| parent(notes.clone()));
    assert_snapshot!(run.trace(), @r#"
    # steps  policy=fifo
    parent  primed  =>  spawn hears(BroadcastReceiver { .. }, _, "a")
    parent  spawned parent/1  =>  spawn hears(BroadcastReceiver { .. }, _, "b")
    parent  spawned parent/2  =>  sleep 1ms  park
    parent/1  primed  =>  receive from channel 1  park
    parent/2  primed  =>  receive from channel 2  park

    ~ +1ms  timer  wakes parent
    parent  slept  =>  join parent/1  park  wakes parent/1, parent/2
    parent/1  received from channel 1  =>  receive from channel 1  ready
    parent/2  received from channel 2  =>  receive from channel 2  ready
    parent/1  received from channel 1  =>  finish  wakes parent
    parent/2  received from channel 2  =>  finish
    parent  joined parent/1  =>  join parent/2  ready
    parent  joined parent/2  =>  finish
    "#);
    run.into_result().unwrap();
    assert_eq!(notes.text(), "a1 b1 a. b.");
}

#[test]
fn a_slow_receiver_is_told_what_it_has_lost() {
    #[loop_core::coroutine]
    fn parent(notes: Notes) {
        let (sender, receiver) = broadcast(2);
        let late = Rc::new(sender.subscribe());
        let task = yield_!(Spawn(hears(Rc::new(receiver), notes.clone(), "a")));
        for value in 1..=5 {
            sender.send(value);
        }
        yield_!(Sleep(ms(1)));
        sender.send(6);
        yield_!(Sleep(ms(1)));
        drop(sender);
        yield_!(task).unwrap();
        yield_!(hears(late, notes, "b"));
    }
    let notes = Notes::default();
    Sim::new().run(parent(notes.clone())).into_result().unwrap();
    assert_eq!(notes.text(), "a-3 a4 a5 a6 a. b-4 b5 b6 b.");
}

/// Two tasks share one receiver: each value goes to one of them, and the other is not told that the channel is closed.
#[test]
fn two_tasks_share_a_receiver() {
    #[loop_core::coroutine]
    fn parent(notes: Notes, cancels: bool) {
        let (sender, receiver) = broadcast(4);
        let receiver = Rc::new(receiver);
        let mut tasks: Vec<Handle<()>> = Vec::new();
        for name in ["a", "b", "c"] {
            tasks.push(yield_!(Spawn(hears(receiver.clone(), notes.clone(), name))));
        }
        yield_!(Sleep(ms(1)));
        sender.send(1);
        if cancels {
            yield_!(Cancel(tasks.remove(0))).unwrap_err();
        }
        yield_!(Sleep(ms(1)));
        sender.send(2);
        sender.send(3);
        yield_!(Sleep(ms(1)));
        drop(sender);
        for task in tasks {
            yield_!(task).unwrap();
        }
    }
    for (cancels, expected) in [(false, "a1 b2 c3 a. b. c."), (true, "b1 c2 b3 c. b.")] {
        let notes = Notes::default();
        Sim::new()
            .run(parent(notes.clone(), cancels))
            .into_result()
            .unwrap();
        assert_eq!(notes.text(), expected);
    }
}

#[loop_core::coroutine]
fn watches(receiver: Rc<WatchReceiver<u32>>, notes: Notes, name: &'static str) {
    while yield_!(receiver.changed()).is_ok() {
        notes.add(format!("{name}{}", receiver.borrow()));
    }
    notes.add(format!("{name}."));
}

#[test]
fn only_the_last_value_counts() {
    #[loop_core::coroutine]
    fn parent(notes: Notes) {
        let (sender, receiver) = watch(0);
        let receiver = Rc::new(receiver);
        let other = Rc::new(WatchReceiver::clone(&receiver));
        let tasks = [
            yield_!(Spawn(watches(receiver, notes.clone(), "a"))),
            yield_!(Spawn(watches(other, notes.clone(), "b"))),
        ];
        yield_!(Sleep(ms(1)));
        assert_eq!((sender.send(1), sender.send(2)), (0, 1));
        yield_!(Sleep(ms(1)));
        sender.send(3);
        drop(sender);
        for task in tasks {
            yield_!(task).unwrap();
        }
    }
    let notes = Notes::default();
    let run = Sim::new().run(|| parent(notes.clone()));
    assert_snapshot!(run.trace(), @r#"
    # steps  policy=fifo
    parent  primed  =>  spawn watches(WatchReceiver(0), _, "a")
    parent  spawned parent/1  =>  spawn watches(WatchReceiver(0), _, "b")
    parent  spawned parent/2  =>  sleep 1ms  park
    parent/1  primed  =>  receive from channel 1  park
    parent/2  primed  =>  receive from channel 2  park

    ~ +1ms  timer  wakes parent
    parent  slept  =>  sleep 1ms  park  wakes parent/1, parent/2
    parent/1  received from channel 1  =>  receive from channel 1  park
    parent/2  received from channel 2  =>  receive from channel 2  park

    ~ +1ms  timer  wakes parent
    parent  slept  =>  join parent/1  park  wakes parent/1, parent/2
    parent/1  received from channel 1  =>  receive from channel 1  ready
    parent/2  received from channel 2  =>  receive from channel 2  ready
    parent/1  received from channel 1  =>  finish  wakes parent
    parent/2  received from channel 2  =>  finish
    parent  joined parent/1  =>  join parent/2  ready
    parent  joined parent/2  =>  finish
    "#);
    run.into_result().unwrap();
    assert_eq!(notes.text(), "a2 b2 a3 b3 a. b.");
}

#[test]
fn two_tasks_share_a_receiver_of_a_watched_value() {
    #[loop_core::coroutine]
    fn parent(notes: Notes) {
        let (sender, receiver) = watch(0);
        let receiver = Rc::new(receiver);
        let tasks = [
            yield_!(Spawn(watches(receiver.clone(), notes.clone(), "a"))),
            yield_!(Spawn(watches(receiver.clone(), notes.clone(), "b"))),
        ];
        for value in [1, 2] {
            yield_!(Sleep(ms(1)));
            sender.send(value);
        }
        yield_!(Sleep(ms(1)));
        assert!(!receiver.has_changed());
        drop(sender);
        for task in tasks {
            yield_!(task).unwrap();
        }
        assert_eq!(yield_!(receiver.changed()), Err(Closed));
    }
    let notes = Notes::default();
    Sim::new().run(parent(notes.clone())).into_result().unwrap();
    assert_eq!(notes.text(), "a1 b2 a. b.");
}

/// A task that is cancelled before its turn has not seen the value.
#[test]
fn a_cancelled_task_has_seen_nothing() {
    #[loop_core::coroutine]
    fn parent(notes: Notes) {
        let (sender, receiver) = watch(0);
        let receiver = Rc::new(receiver);
        let task = yield_!(Spawn(watches(receiver.clone(), notes.clone(), "a")));
        yield_!(Sleep(ms(1)));
        sender.send(1);
        yield_!(Cancel(task)).unwrap_err();
        assert!(receiver.has_changed());
        assert_eq!(yield_!(receiver.changed()), Ok(()));
        assert!(!receiver.has_changed());
    }
    let notes = Notes::default();
    Sim::new().run(parent(notes.clone())).into_result().unwrap();
    assert_eq!(notes.text(), "");
}

/// The number of receivers does not grow with those that are gone.
#[test]
fn receivers_come_and_go() {
    let (sender, receiver) = broadcast(1);
    for _ in 0..100 {
        let other = sender.subscribe();
        assert_eq!(sender.send(1), 2);
        drop(other);
    }
    drop(receiver);
    assert_eq!(sender.send(2), 0);
}

/// The errors have no further cases: this compiles without a last arm.
#[test]
fn each_error_is_matched() {
    let (sender, receiver) = broadcast::<u32>(1);
    drop(sender);
    let program = || {
        #[loop_core::coroutine]
        fn hears(receiver: BroadcastReceiver<u32>) -> u64 {
            match yield_!(receiver.recv()) {
                Ok(value) => value.into(),
                Err(RecvError::Lagged(lost)) => lost,
                Err(RecvError::Closed) => 7,
            }
        }
        hears(receiver)
    };
    assert_eq!(Sim::new().run(program).into_result().unwrap(), 7);
}
