//! All of them, or the first.

use std::io;

use insta::assert_snapshot;
use loop_core::AsCompleted;
use loop_core::prelude::*;
use loop_core::sim::Sim;
use loop_core::sync::channel::{self, Receiver, UnboundedSender};
use tests::{Notes, ms};

use crate::takes;

#[test]
fn a_race_cancels_the_losers_before_it_answers() {
    #[loop_core::coroutine]
    fn parent(notes: Notes) -> &'static str {
        let racers = [
            takes(notes.clone(), "a", 3),
            takes(notes.clone(), "b", 1),
            takes(notes.clone(), "c", 2),
        ];
        let winner = yield_!(Race(racers)).unwrap();
        notes.add("answer");
        winner
    }
    let notes = Notes::default();
    let run = Sim::new().run(|| parent(notes.clone()));
    assert_snapshot!(run.trace(), @r#"
    # steps  policy=fifo
    parent  primed  =>  spawn takes(_, "a", 3)  spawn takes(_, "b", 1)  spawn takes(_, "c", 2)  wait for group 1  park
    parent/1  start  =>  sleep 3ms  park
    parent/2  start  =>  sleep 1ms  park
    parent/3  start  =>  sleep 2ms  park

    ~ +1ms  timer  wakes parent/2
    parent/2  slept  =>  finish "b"
    parent/3  =>  cancelled
    parent/1  =>  cancelled  wakes parent
    parent  woken by group 1  =>  finish "b"
    "#);
    assert_eq!(run.into_result().unwrap(), "b");
    assert_eq!(notes.text(), "b -b -c -a answer");
}

/// Those that lose are ready too. They make no further step, and what is there for them stays there.
#[test]
fn losers_that_are_ready_lose_nothing() {
    #[loop_core::coroutine]
    fn gets(receiver: Receiver<u32>) -> u32 {
        yield_!(receiver.recv()).unwrap()
    }
    #[loop_core::coroutine]
    fn sends(senders: [UnboundedSender<u32>; 2]) {
        yield_!(Sleep(ms(1)));
        for sender in senders {
            sender.send(7).unwrap();
        }
    }
    #[loop_core::coroutine]
    fn parent() -> [usize; 2] {
        let ((to_a, a), (to_b, b)) = (channel::unbounded(), channel::unbounded());
        yield_!(Spawn(sends([to_a, to_b]))).detach();
        assert_eq!(
            yield_!(Race([gets(a.clone()), gets(b.clone())])).unwrap(),
            7
        );
        [a.len(), b.len()]
    }
    let run = Sim::new().run(parent);
    assert_snapshot!(run.trace(), @r"
    # steps  policy=fifo
    parent  primed  =>  spawn sends([UnboundedSender(channel { len…nder(channel { len: 0, .. })])
    parent  spawned parent/1  =>  spawn gets(Receiver(channel { len: 0, .. }))  spawn gets(Receiver(channel { len: 0, .. }))  wait for group 1  park
    parent/1  primed  =>  sleep 1ms  park
    parent/2  primed  =>  receive from channel 1  park
    parent/3  primed  =>  receive from channel 2  park

    ~ +1ms  timer  wakes parent/1
    parent/1  slept  =>  finish  wakes parent/2, parent/3
    parent/2  received from channel 1  =>  finish 7
    parent/3  =>  cancelled  wakes parent
    parent  woken by group 1  =>  finish [0, 1]
    ");
    assert_eq!(run.into_result().unwrap(), [0, 1]);
}

#[test]
fn racers_behind_one_that_has_ended_when_it_was_called_do_not_become_tasks() {
    #[loop_core::coroutine]
    fn ready(n: u32) -> u32 {
        n
    }
    #[loop_core::coroutine]
    fn parent() -> u32 {
        yield_!(Race(vec![ready(1), ready(2)])).unwrap()
    }
    let run = Sim::new().run(parent);
    assert_snapshot!(run.trace(), @r"
    # steps  policy=fifo
    parent  primed  =>  calls ready(2)  spawn ready(1)  wait for group 1  ready
    parent/1  primed  =>  finish 1
    parent  woken by group 1  =>  finish 1
    ");
    assert_eq!(run.into_result().unwrap(), 1);
}

#[test]
fn a_trace_shows_primed_racers_once() {
    #[loop_core::coroutine]
    fn works(n: u64) -> u64 {
        yield_!(Sleep(ms(n)));
        n
    }
    #[loop_core::coroutine]
    fn parent() -> u64 {
        let _unused = works(9);
        yield_!(Race([works(1), works(2)])).unwrap()
    }
    let run = Sim::new().run(parent);
    assert_snapshot!(run.trace(), @r"
    # steps  policy=fifo
    parent  primed  =>  calls works(9)  spawn works(1)  spawn works(2)  wait for group 1  park
    parent/1  primed  =>  sleep 1ms  park
    parent/2  primed  =>  sleep 2ms  park

    ~ +1ms  timer  wakes parent/1
    parent/1  slept  =>  finish 1
    parent/2  =>  cancelled  wakes parent
    parent  woken by group 1  =>  finish 1
    ");
    assert_eq!(run.into_result().unwrap(), 1);
}

#[test]
fn the_first_panic_of_all_cancels_the_others() {
    #[loop_core::coroutine]
    fn fails() -> &'static str {
        yield_!(Sleep(ms(1)));
        panic!("out of luck");
    }
    #[loop_core::coroutine]
    fn parent(notes: Notes) -> String {
        let all = [
            takes(notes.clone(), "a", 3),
            fails(),
            takes(notes.clone(), "b", 2),
        ];
        let error = yield_!(All(all)).unwrap_err();
        notes.add("answer");
        error.to_string()
    }
    let notes = Notes::default();
    let run = Sim::new().run(|| parent(notes.clone()));
    assert_eq!(run.elapsed(), ms(1));
    assert_eq!(run.stderr(), "", "the failure was told to the parent");
    let text = run.into_result().unwrap();
    assert!(
        text.contains("parent/2") && text.contains("out of luck"),
        "{text}"
    );
    assert_eq!(notes.text(), "-b -a answer");
}

#[test]
fn nothing_to_wait_for() {
    #[loop_core::coroutine]
    fn parent() -> (usize, usize, bool) {
        let all = yield_!(All(Vec::<Coroutine<u32>>::new())).unwrap();
        let try_all = yield_!(TryAll(Vec::<Coroutine<std::io::Result<u32>>>::new())).unwrap();
        let mut completed = AsCompleted::<u32>::new([]);
        (
            all.len(),
            try_all.len(),
            yield_!(completed.next()).is_none(),
        )
    }
    assert_eq!(Sim::new().run(parent).into_result().unwrap(), (0, 0, true));
}

#[test]
fn as_completed_gives_failures_too_and_cancels_what_is_left_when_it_is_dropped() {
    #[loop_core::coroutine]
    fn fails() -> &'static str {
        yield_!(Sleep(ms(2)));
        panic!("out of luck");
    }
    #[loop_core::coroutine]
    fn parent(notes: Notes) {
        let mut all = AsCompleted::new([
            takes(notes.clone(), "a", 3),
            fails(),
            takes(notes.clone(), "b", 1),
        ]);
        assert_eq!(yield_!(all.next()).unwrap().1.unwrap(), "b");
        let (number, failed) = yield_!(all.next()).unwrap();
        assert_eq!((number, failed.unwrap_err().message()), (1, "out of luck"));
        drop(all);
        yield_!();
        notes.add("dropped");
    }
    let notes = Notes::default();
    Sim::new()
        .run(|| parent(notes.clone()))
        .into_result()
        .unwrap();
    assert_eq!(notes.text(), "b -b -a dropped");
}

#[test]
fn a_request_for_the_next_one_that_is_not_yielded_takes_none_along() {
    #[loop_core::coroutine]
    fn program(notes: Notes) {
        let both = [takes(notes.clone(), "a", 2), takes(notes.clone(), "b", 1)];
        let mut both = AsCompleted::new(both);
        drop(both.next());
        while let Some((place, name)) = yield_!(both.next()) {
            notes.add(format!("{place}={}", name.unwrap()));
            drop(both.next());
        }
    }
    let notes = Notes::default();
    Sim::new()
        .run(program(notes.clone()))
        .into_result()
        .unwrap();
    assert_eq!(notes.text(), "b -b 1=b a -a 0=a");
}

#[test]
fn as_completed_goes_on_when_a_request_for_the_next_one_is_cancelled() {
    #[loop_core::coroutine]
    fn parent(notes: Notes) {
        let mut all = AsCompleted::new([
            takes(notes.clone(), "a", 2),
            takes(notes.clone(), "b", 2),
            takes(notes.clone(), "c", 3),
        ]);
        assert!(yield_!(Timeout(ms(1), all.next())).is_err());
        let [a, b] = yield_!(All([all.next(), all.next()])).unwrap();
        let mut places = [a.unwrap().0, b.unwrap().0];
        places.sort_unstable();
        assert_eq!(places, [0, 1]);
        assert_eq!(yield_!(all.next()).unwrap().0, 2);
        assert!(yield_!(all.next()).is_none());
    }
    for seed in 0..10 {
        let program = || parent(Notes::default());
        let run = Sim::new().seed(seed).run(program);
        run.into_result().unwrap();
    }
}

#[test]
fn try_all_of_arrays_tuples_and_requests() {
    #[loop_core::coroutine]
    fn number(notes: Notes, n: u64) -> io::Result<u64> {
        let _noted = notes.on_drop(format!("-{n}"));
        yield_!(Sleep(ms(n)));
        match n {
            2 => Err(io::ErrorKind::NotFound.into()),
            _ => Ok(n),
        }
    }
    #[loop_core::coroutine]
    fn text(notes: Notes) -> io::Result<&'static str> {
        Ok(yield_!(takes(notes, "text", 3)))
    }
    #[loop_core::coroutine]
    fn panics() -> io::Result<()> {
        yield_!();
        panic!("out of luck");
    }
    #[loop_core::coroutine]
    fn parent(notes: Notes) -> io::Result<()> {
        let n = |n| number(notes.clone(), n);
        assert_eq!(yield_!(TryAll([n(3), n(1)]))?, [3, 1]);
        let (three, text, line) = yield_!(TryAll((n(3), text(Notes::default()), Stdin)))?;
        assert_eq!((three, text, line), (3, "text", None));
        let error = yield_!(TryAll((n(9), n(2)))).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::NotFound);
        let error = yield_!(TryAll((n(9), panics()))).unwrap_err();
        assert!(error.to_string().contains("out of luck"), "{error}");

        let handles = [yield_!(Spawn(n(1))), yield_!(Spawn(n(2)))];
        let error = yield_!(TryAll(handles.map(Handle::flatten))).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::NotFound);
        Ok(())
    }
    let notes = Notes::default();
    let run = Sim::new().run(|| parent(notes.clone()));
    assert_eq!(run.elapsed(), ms(3 + 3 + 2 + 2));
    run.into_result().unwrap().unwrap();
    assert_eq!(notes.text(), "-1 -3 -3 -2 -9 -9 -1 -2");
}
