//! Channels from which each value goes to one receiver.

use std::cell::RefCell;
use std::rc::Rc;

use insta::assert_snapshot;
use loop_core::prelude::*;
use loop_core::sim::Sim;
use loop_core::sync::channel::{
    Closed, Receiver, SendError, Sender, TryRecvError, TrySendError, bounded, lifo, oneshot,
    priority, unbounded,
};
use loop_core::{Cancel, Defer};
use tests::{Notes, PanicsOnDrop, ms, without_lines};

#[loop_core::coroutine]
fn sends(sender: Sender<u32>, values: std::ops::Range<u32>) {
    for value in values {
        yield_!(sender.send(value)).unwrap();
    }
}

#[loop_core::coroutine]
fn receives(receiver: Receiver<u32>, notes: Notes) {
    while let Some(value) = yield_!(receiver.recv()) {
        notes.add(value.to_string());
    }
    notes.add("end");
}

/// A channel for one value: the sender waits for the receiver, and the receiver for the sender.
#[test]
fn the_trace_says_who_waits_for_room_and_who_for_a_value() {
    #[loop_core::coroutine]
    fn parent(notes: Notes) {
        let (sender, receiver) = bounded(1);
        yield_!(Spawn(sends(sender, 1..4))).detach();
        yield_!(receives(receiver, notes));
    }
    let notes = Notes::default();
    let run = Sim::new().run(|| parent(notes.clone()));
    assert_snapshot!(run.trace(), @r"
    # steps  policy=fifo
    parent  primed  =>  spawn sends(Sender(channel { len: 0, .. }), 1..4)
    parent  spawned parent/1  =>  chain receives(Receiver(channel { len: 0, .. }), _)
    parent:receives  primed  =>  receive from channel 1  park
    parent/1  primed  =>  send to channel 1  ready
    parent/1  sent to channel 1  =>  send to channel 1  park  wakes parent
    parent:receives  received from channel 1  =>  receive from channel 1  park  wakes parent/1
    parent/1  sent to channel 1  =>  send to channel 1  park  wakes parent
    parent:receives  received from channel 1  =>  receive from channel 1  park  wakes parent/1
    parent/1  sent to channel 1  =>  finish  wakes parent
    parent:receives  received from channel 1  =>  receive from channel 1  ready
    parent:receives  received from channel 1  =>  return
    parent  returned  =>  finish
    ");
    run.into_result().unwrap();
    assert_eq!(notes.text(), "1 2 3 end");
}

/// A sender waits for the room of a value that is on its way, and a receiver for that value.
#[test]
fn senders_and_receivers_wait_at_the_same_time() {
    #[loop_core::coroutine]
    fn parent(notes: Notes) {
        let (sender, receiver) = bounded(1);
        yield_!(Spawn(sends(sender.clone(), 1..2))).detach();
        yield_!(Spawn(sends(sender, 2..3))).detach();
        let receives = yield_!(Spawn(receives(receiver, notes)));
        yield_!(receives).unwrap();
    }
    let notes = Notes::default();
    Sim::new().run(parent(notes.clone())).into_result().unwrap();
    assert_eq!(notes.text(), "1 2 end");
}

#[test]
fn values_are_received_after_the_last_sender_is_dropped() {
    #[loop_core::coroutine]
    fn parent() {
        let (sender, receiver) = unbounded();
        sender.send(1).unwrap();
        let other = sender.clone();
        drop(sender);
        other.send(2).unwrap();
        drop(other);
        assert_eq!((receiver.len(), receiver.try_recv()), (2, Ok(1)));
        assert_eq!(yield_!(receiver.recv()), Some(2));
        assert_eq!(receiver.try_recv(), Err(TryRecvError::Closed));
        assert_eq!(yield_!(receiver.recv()), None);
    }
    Sim::new().run(parent).into_result().unwrap();
}

/// All who wait for a value are told.
#[test]
fn the_last_sender_wakes_the_receivers() {
    #[loop_core::coroutine]
    fn parent(notes: Notes) {
        let (sender, receiver) = unbounded::<u32>();
        let first = yield_!(Spawn(receives(receiver.clone(), notes.clone())));
        let second = yield_!(Spawn(receives(receiver, notes)));
        yield_!(Sleep(ms(1)));
        drop(sender);
        yield_!(first).unwrap();
        yield_!(second).unwrap();
    }
    let notes = Notes::default();
    let run = Sim::new().run(|| parent(notes.clone()));
    assert_snapshot!(run.trace(), @r"
    # steps  policy=fifo
    parent  primed  =>  spawn receives(Receiver(channel { len: 0, .. }), _)
    parent  spawned parent/1  =>  spawn receives(Receiver(channel { len: 0, .. }), _)
    parent  spawned parent/2  =>  sleep 1ms  park
    parent/1  primed  =>  receive from channel 1  park
    parent/2  primed  =>  receive from channel 1  park

    ~ +1ms  timer  wakes parent
    parent  slept  =>  join parent/1  park  wakes parent/1, parent/2
    parent/1  received from channel 1  =>  finish  wakes parent
    parent/2  received from channel 1  =>  finish
    parent  joined parent/1  =>  join parent/2  ready
    parent  joined parent/2  =>  finish
    ");
    run.into_result().unwrap();
    assert_eq!(notes.text(), "end end");
}

#[test]
fn senders_get_their_values_back_from_a_closed_channel() {
    #[loop_core::coroutine]
    fn waits(sender: Sender<u32>) -> Result<(), SendError<u32>> {
        yield_!(sender.send(2))
    }
    #[loop_core::coroutine]
    fn parent(closes: bool) {
        let (sender, receiver) = bounded(1);
        sender.try_send(1).unwrap();
        assert_eq!(sender.try_send(9), Err(TrySendError::Full(9)));
        let waits = yield_!(Spawn(waits(sender.clone())));
        yield_!(Sleep(ms(1)));
        if closes {
            receiver.close();
            assert_eq!(receiver.try_recv(), Ok(1));
            assert_eq!(receiver.try_recv(), Err(TryRecvError::Closed));
        }
        drop(receiver);
        assert!(sender.is_closed());
        assert_eq!(yield_!(waits).unwrap(), Err(SendError(2)));
        assert_eq!(sender.try_send(3), Err(TrySendError::Closed(3)));
        assert_eq!(yield_!(sender.send(4)), Err(SendError(4)));
    }
    for closes in [false, true] {
        Sim::new().run(parent(closes)).into_result().unwrap();
    }
}

/// Not for one that is about to be cancelled with it, and waits for the next one.
#[test]
fn what_a_cancelled_task_was_given_is_there_for_others() {
    #[loop_core::coroutine]
    fn gets(after: u64, from: Receiver<u32>) -> Option<u32> {
        yield_!(Sleep(ms(after)));
        yield_!(from.recv())
    }
    #[loop_core::coroutine(lazy)]
    fn nothing() {}
    #[loop_core::coroutine]
    fn both(from: Receiver<u32>, defers: bool) {
        if defers {
            yield_!(Defer(nothing));
        }
        // The second one waits first, and is cancelled first.
        let _ = yield_!(All([gets(2, from.clone()), gets(1, from)]));
    }
    #[loop_core::coroutine]
    fn parent(defers: bool) {
        let (sender, receiver) = unbounded();
        let both = yield_!(Spawn(both(receiver.clone(), defers)));
        yield_!(Sleep(ms(3)));
        sender.send(1).unwrap();
        assert!(yield_!(Cancel(both)).is_err());
        assert_eq!(receiver.try_recv(), Ok(1));
    }
    for defers in [false, true] {
        Sim::new().run(parent(defers)).into_result().unwrap();
    }
}

/// Also if another loop has made steps on this thread meanwhile.
#[test]
fn what_is_sent_between_two_runs_is_for_the_task_that_waits() {
    #[loop_core::coroutine(lazy)]
    fn gets(from: Receiver<u32>) -> Option<u32> {
        yield_!(from.recv())
    }
    #[loop_core::coroutine]
    fn yields() {
        yield_!();
    }
    let [mut one, mut other] = [(), ()].map(|()| Sim::new().unrecorded());
    let (sender, receiver) = unbounded();
    let notes = Notes::default();
    one.schedule(receives(receiver.clone(), notes.clone()));
    one.run_until_complete(yields()).unwrap();
    sender.send(1).unwrap();
    sender.send(2).unwrap();
    other.run_until_complete(yields()).unwrap();
    assert_eq!(one.run_until_complete(gets(receiver)).unwrap(), Some(2));
    assert_eq!(notes.text(), "1");
}

/// In the step in which a value comes and another task waits for it.
#[test]
fn nobody_overtakes_who_waits() {
    #[loop_core::coroutine]
    fn parent(notes: Notes) {
        let (sender, receiver) = unbounded();
        yield_!(Spawn(receives(receiver.clone(), notes.clone()))).detach();
        yield_!(Sleep(ms(1)));
        sender.send(1).unwrap();
        assert_eq!(
            receiver.try_recv(),
            Err(TryRecvError::Empty),
            "it is promised"
        );
        sender.send(2).unwrap();
        assert_eq!(receiver.try_recv(), Ok(1), "one of the two is left");
        yield_!(Sleep(ms(1)));

        let (sender, receiver) = bounded(1);
        sender.try_send(3).unwrap();
        let waits = yield_!(Spawn(sends(sender.clone(), 4..5)));
        yield_!(Sleep(ms(1)));
        assert_eq!(receiver.try_recv(), Ok(3));
        assert_eq!(
            sender.try_send(9),
            Err(TrySendError::Full(9)),
            "the room is promised"
        );
        yield_!(waits).unwrap();
        assert_eq!(receiver.try_recv(), Ok(4));
    }
    let notes = Notes::default();
    Sim::new().run(parent(notes.clone())).into_result().unwrap();
    assert_eq!(notes.text(), "2");
}

/// The task has only the request: the end that it is of was dropped.
#[test]
fn a_request_keeps_the_channel_open() {
    #[loop_core::coroutine]
    fn parent() {
        let (sender, receiver) = bounded(1);
        sender.try_send(1).unwrap();
        let sending = sender.send(2);
        drop(sender);
        let sends = yield_!(Spawn(asks(sending)));
        yield_!(Sleep(ms(1)));
        assert_eq!(yield_!(receiver.recv()), Some(1));
        assert_eq!(yield_!(receiver.recv()), Some(2));
        assert_eq!(yield_!(sends).unwrap(), Ok(()));
        assert_eq!(yield_!(receiver.recv()), None);

        let (sender, receiver) = bounded(1);
        let receiving = receiver.recv();
        drop(receiver);
        let receives = yield_!(Spawn(asks(receiving)));
        yield_!(Sleep(ms(1)));
        assert_eq!(yield_!(sender.send(3)), Ok(()));
        assert_eq!(yield_!(receives).unwrap(), Some(3));
        assert_eq!(yield_!(sender.send(4)), Err(SendError(4)));
    }
    #[loop_core::coroutine]
    fn asks<R: loop_core::Request<Answer: 'static> + 'static>(request: R) -> R::Answer {
        yield_!(request)
    }
    Sim::new().run(parent).into_result().unwrap();
}

#[test]
fn the_youngest_and_the_least_value_first() {
    #[loop_core::coroutine]
    fn all(sender: Sender<u32>, receiver: Receiver<u32>) -> String {
        for value in [2, 1, 3, 1] {
            yield_!(sender.send(value)).unwrap();
        }
        drop(sender);
        let notes = Notes::default();
        yield_!(receives(receiver, notes.clone()));
        notes.text()
    }
    let order = |(sender, receiver)| Sim::new().run(all(sender, receiver)).into_result().unwrap();
    assert_eq!(order(bounded(4)), "2 1 3 1 end");
    assert_eq!(order(lifo(4)), "1 3 1 2 end");
    assert_eq!(order(priority(4)), "1 1 2 3 end");
}

/// A sender that waits has not sent; a receiver that is cancelled when a value is promised has not received.
#[test]
fn cancellations() {
    #[loop_core::coroutine]
    fn parent(notes: Notes) {
        let (sender, receiver) = bounded(1);
        sender.try_send(1).unwrap();
        let waiting = yield_!(Spawn(sends(sender.clone(), 2..3)));
        let admitted = yield_!(Spawn(sends(sender.clone(), 3..4)));
        let last = yield_!(Spawn(sends(sender.clone(), 4..5)));
        yield_!(Sleep(ms(1)));
        yield_!(Cancel(waiting)).unwrap_err();
        assert_eq!(receiver.try_recv(), Ok(1));
        yield_!(Cancel(admitted)).unwrap_err();
        yield_!(last).unwrap();
        let first = yield_!(Spawn(receives(receiver.clone(), notes.clone())));
        let second = yield_!(Spawn(receives(receiver.clone(), notes)));
        yield_!(); // the first one is ready, and the second one waits
        yield_!(Cancel(first)).unwrap_err();
        drop(sender);
        yield_!(second).unwrap();
    }
    let notes = Notes::default();
    let run = Sim::new().run(|| parent(notes.clone()));
    assert_snapshot!(run.trace(), @r"
    # steps  policy=fifo
    parent  primed  =>  spawn sends(Sender(channel { len: 1, .. }), 2..3)
    parent  spawned parent/1  =>  spawn sends(Sender(channel { len: 1, .. }), 3..4)
    parent  spawned parent/2  =>  spawn sends(Sender(channel { len: 1, .. }), 4..5)
    parent  spawned parent/3  =>  sleep 1ms  park
    parent/1  primed  =>  send to channel 1  park
    parent/2  primed  =>  send to channel 1  park
    parent/3  primed  =>  send to channel 1  park

    ~ +1ms  timer  wakes parent
    parent  slept  =>  cancel parent/1
    parent/1  =>  cancelled
    parent  cancelled parent/1  =>  cancel parent/2  wakes parent/2, parent/3
    parent/2  =>  cancelled
    parent  cancelled parent/2  =>  join parent/3  park
    parent/3  sent to channel 1  =>  finish  wakes parent
    parent  joined parent/3  =>  spawn receives(Receiver(channel { len: 1, .. }), _)
    parent  spawned parent/4  =>  spawn receives(Receiver(channel { len: 1, .. }), _)
    parent  spawned parent/5  =>  now
    parent/4  primed  =>  receive from channel 1  ready
    parent/5  primed  =>  receive from channel 1  park
    parent  ok  =>  cancel parent/4  wakes parent/5
    parent/4  =>  cancelled
    parent  cancelled parent/4  =>  join parent/5  park
    parent/5  received from channel 1  =>  receive from channel 1  ready
    parent/5  received from channel 1  =>  finish  wakes parent
    parent  joined parent/5  =>  finish
    ");
    run.into_result().unwrap();
    assert_eq!(notes.text(), "4 end");
}

#[test]
fn a_receiver_that_has_the_sender_itself() {
    #[loop_core::coroutine]
    fn parent() {
        let (sender, receiver) = unbounded::<u32>();
        let (other, full) = bounded(1);
        other.try_send(1).unwrap();
        yield_!(Spawn(sends(other.clone(), 2..3))).detach();
        yield_!(receiver.recv());
        drop((sender, full));
    }
    let run = Sim::new().run(parent);
    assert_snapshot!(without_lines(&run.result().as_ref().unwrap_err()), @r"
    deadlock: every task is parked and nothing outside can wake one
      parent waits to receive from channel 1, in `parent` (tests/sync/channels.rs)
      parent/1 waits to send to channel 2, in `sends` (tests/sync/channels.rs)
    ");
}

/// Values that use their own channel, and values that panic.
#[test]
fn what_is_left_is_dropped_with_the_last_receiver() {
    struct Sends(Sender<Box<dyn std::any::Any>>, Notes);
    impl Drop for Sends {
        fn drop(&mut self) {
            let refused = self.0.try_send(Box::new(())).is_err();
            self.1.add(format!("{refused}"));
        }
    }
    let notes = Notes::default();
    let (sender, receiver) = bounded::<Box<dyn std::any::Any>>(3);
    sender
        .try_send(Box::new(Sends(sender.clone(), notes.clone())))
        .unwrap();
    sender.try_send(Box::new(notes.on_drop("dropped"))).unwrap();
    drop(receiver);
    assert_eq!(notes.text(), "true dropped");

    #[loop_core::coroutine]
    fn fails() {
        let (sender, receiver) = unbounded();
        sender.send(PanicsOnDrop).unwrap();
        yield_!();
        drop(receiver);
    }
    let error = Sim::new().run(fails).into_result().unwrap_err();
    assert!(error.to_string().contains("destructor"), "{error}");
}

#[test]
fn a_panic_closes_the_ends() {
    #[loop_core::coroutine]
    fn fails<T: 'static>(_end: T) {
        yield_!();
        panic!("with an end of a channel");
    }
    #[loop_core::coroutine]
    fn parent(notes: Notes) {
        let (sender, receiver) = bounded::<u32>(1);
        let failed = yield_!(Spawn(fails(sender)));
        yield_!(receives(receiver, notes));
        yield_!(failed).unwrap_err();
        let (sender, receiver) = bounded(1);
        sender.try_send(1).unwrap();
        let failed = yield_!(Spawn(fails(receiver)));
        assert_eq!(yield_!(sender.send(2)), Err(SendError(2)));
        yield_!(failed).unwrap_err();
    }
    let notes = Notes::default();
    Sim::new().run(parent(notes.clone())).into_result().unwrap();
    assert_eq!(notes.text(), "end");
}

#[test]
fn one_value_or_none() {
    #[loop_core::coroutine]
    fn parent() {
        let (reply, answer) = oneshot();
        reply.send(1).unwrap();
        assert_eq!(yield_!(answer.recv()), Ok(1));
        let (reply, answer) = oneshot::<u32>();
        drop(reply);
        assert_eq!(yield_!(answer.recv()), Err(Closed));
        let (reply, answer) = oneshot();
        drop(answer);
        assert!(reply.is_closed());
        assert_eq!(reply.send(2), Err(2));
    }
    Sim::new().run(parent).into_result().unwrap();
}

/// While a task waits for the value, the sender is not told that nobody does.
#[test]
fn a_receiver_of_one_value_is_cancelled() {
    #[loop_core::coroutine]
    fn waits(answer: loop_core::sync::channel::OneshotReceiver<u32>) -> Result<u32, Closed> {
        yield_!(answer.recv())
    }
    #[loop_core::coroutine]
    fn parent() {
        let (reply, answer) = oneshot();
        let waits = yield_!(Spawn(waits(answer)));
        yield_!(Sleep(ms(1)));
        assert!(!reply.is_closed());
        yield_!(Cancel(waits)).unwrap_err();
        assert!(reply.is_closed());
        assert_eq!(reply.send(1), Err(1));
    }
    Sim::new().run(parent).into_result().unwrap();
}

/// Its value is a loop's own, so a channel may hold itself.
#[test]
fn a_channel_that_is_in_itself() {
    type Ends = Rc<RefCell<Vec<Receiver<Ends2>>>>;
    struct Ends2(#[allow(dead_code, reason = "it is only dropped")] Ends);
    #[loop_core::coroutine]
    fn parent() {
        let (sender, receiver) = unbounded();
        let ends: Ends = Rc::default();
        ends.borrow_mut().push(receiver.clone());
        sender.send(Ends2(ends)).unwrap();
        // The receiver in the channel keeps the channel open until it is received.
        drop(yield_!(receiver.recv()));
        assert!(!sender.is_closed());
        drop(receiver);
        assert!(sender.is_closed());
    }
    Sim::new().run(parent).into_result().unwrap();
}
