//! Every primitive, cancelled at each yield in turn: the others go on, and nothing is lost.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use loop_core::prelude::*;
use loop_core::sim::Sim;
use loop_core::sync::channel::{self, Receiver, RecvError, Sender};
use loop_core::sync::{Barrier, Condition, Event, Lock, Once, RwLock, Semaphore};
use loop_core::{AsCompleted, Failure, GroupError, Handle, TaskError, TryAll, TryGroup};
use tests::ms;

/// Cancels a program everywhere, with a few seeds. Gives the number of cancellations.
fn everywhere(program: impl Fn() -> Coroutine<()>) -> usize {
    everywhere_checked(program, || {})
}

/// The same; `check` is called after each run.
fn everywhere_checked(program: impl Fn() -> Coroutine<()>, check: impl Fn()) -> usize {
    let seeds = 0..6;
    let runs = seeds.map(|seed| {
        let program = || || program();
        Sim::new()
            .seed(seed)
            .cancel_everywhere(program, |_| check())
    });
    runs.sum()
}

/// Joins tasks that may have been cancelled.
#[loop_core::coroutine(lazy)]
fn all_end(tasks: Vec<Handle<()>>) {
    for task in tasks {
        let _ = yield_!(task);
    }
}

/// What tasks that run at the same time do not do at the same time.
#[derive(Clone, Default)]
struct Inside(Rc<Cell<u32>>);

/// A task is inside until this is dropped.
struct Entered(Inside);

impl Inside {
    fn enter(&self, most: u32) -> Entered {
        self.0.set(self.0.get() + 1);
        assert!(self.0.get() <= most, "{} tasks are inside", self.0.get());
        Entered(self.clone())
    }
}

impl Drop for Entered {
    fn drop(&mut self) {
        self.0.0.set(self.0.0.get() - 1);
    }
}

#[test]
fn a_lock() {
    #[loop_core::coroutine]
    fn uses(lock: Lock<u32>, inside: Inside) {
        for _ in 0..3 {
            let mut value = yield_!(lock.acquire());
            let _entered = inside.enter(1);
            yield_!();
            *value += 1;
        }
    }
    #[loop_core::coroutine]
    fn program() {
        let (lock, inside) = (Lock::new(0), Inside::default());
        let mut tasks = Vec::new();
        for _ in 0..3 {
            tasks.push(yield_!(Spawn(uses(lock.clone(), inside.clone()))));
        }
        yield_!(all_end(tasks));
        assert!((6..=9).contains(&*lock.try_acquire().expect("it is free at the end")));
    }
    assert!(everywhere(program) > 100);
}

#[test]
fn a_semaphore() {
    #[loop_core::coroutine]
    fn uses(semaphore: Semaphore, inside: Inside) {
        for _ in 0..2 {
            let _permit = yield_!(semaphore.acquire());
            let _entered = inside.enter(2);
            yield_!(Sleep(ms(1)));
        }
    }
    #[loop_core::coroutine]
    fn program() {
        let (semaphore, inside) = (Semaphore::new(2), Inside::default());
        let mut tasks = Vec::new();
        for _ in 0..5 {
            tasks.push(yield_!(Spawn(uses(semaphore.clone(), inside.clone()))));
        }
        yield_!(all_end(tasks));
        assert_eq!(semaphore.available(), 2);
    }
    assert!(everywhere(program) > 100);
}

#[test]
fn a_rwlock() {
    #[loop_core::coroutine]
    fn reads(lock: RwLock<u32>, writers: Inside) {
        for _ in 0..2 {
            let _value = yield_!(lock.read());
            assert_eq!(writers.0.get(), 0, "nobody writes");
            yield_!();
            assert_eq!(writers.0.get(), 0, "nobody writes");
        }
    }
    #[loop_core::coroutine]
    fn writes(lock: RwLock<u32>, writers: Inside) {
        for _ in 0..2 {
            let mut value = yield_!(lock.write());
            let _entered = writers.enter(1);
            yield_!();
            *value += 1;
        }
    }
    #[loop_core::coroutine]
    fn program() {
        let (lock, writers) = (RwLock::new(0), Inside::default());
        let mut tasks = Vec::new();
        for _ in 0..2 {
            tasks.push(yield_!(Spawn(reads(lock.clone(), writers.clone()))));
            tasks.push(yield_!(Spawn(writes(lock.clone(), writers.clone()))));
        }
        yield_!(all_end(tasks));
        assert!(*lock.try_write().expect("it is free at the end") >= 2);
    }
    assert!(everywhere(program) > 100);
}

#[test]
fn an_event() {
    #[loop_core::coroutine]
    fn waits(event: Event) {
        yield_!(event.wait());
    }
    #[loop_core::coroutine]
    fn program() {
        let event = Event::new();
        let mut tasks = Vec::new();
        for _ in 0..3 {
            tasks.push(yield_!(Spawn(waits(event.clone()))));
        }
        yield_!();
        event.set();
        event.clear();
        event.set();
        yield_!(all_end(tasks));
    }
    assert!(everywhere(program) > 40);
}

#[test]
fn a_condition() {
    #[loop_core::coroutine]
    fn takes(stock: Lock<u32>, changed: Condition, taken: Rc<Cell<u32>>) {
        let stock = yield_!(stock.acquire());
        let mut stock = yield_!(changed.wait_while(stock, |stock| *stock == 0));
        *stock -= 1;
        taken.set(taken.get() + 1);
    }
    /// Three take, one of which may be cancelled: one notification for each that is still there must reach it.
    #[loop_core::coroutine]
    fn program() {
        let (stock, changed, taken) = (Lock::new(0), Condition::new(), Rc::new(Cell::new(0)));
        let mut tasks = Vec::new();
        for _ in 0..3 {
            tasks.push(yield_!(Spawn(takes(
                stock.clone(),
                changed.clone(),
                Rc::clone(&taken)
            ))));
        }
        for _ in 0..3 {
            yield_!(Sleep(ms(1)));
            *yield_!(stock.acquire()) += 1;
            changed.notify_one();
        }
        yield_!(all_end(tasks));
        let left = *stock.try_acquire().expect("it is free at the end");
        assert_eq!(taken.get() + left, 3);
    }
    assert!(everywhere(program) > 100);
}

#[test]
fn a_barrier() {
    #[loop_core::coroutine]
    fn comes(barrier: Barrier) {
        yield_!(barrier.wait());
    }
    /// Comes as long as somebody waits at the barrier, whoever has been cancelled.
    #[loop_core::coroutine]
    fn program() {
        let barrier = Barrier::new(3);
        let mut tasks = Vec::new();
        for _ in 0..3 {
            tasks.push(yield_!(Spawn(comes(barrier.clone()))));
        }
        yield_!(Sleep(ms(1)));
        while barrier.waiting() > 0 {
            tasks.push(yield_!(Spawn(comes(barrier.clone()))));
            yield_!(Sleep(ms(1)));
        }
        yield_!(all_end(tasks));
    }
    assert!(everywhere(program) > 40);
}

#[test]
fn a_value_that_is_made_once() {
    #[loop_core::coroutine]
    fn makes(made: Rc<Cell<u32>>) -> u32 {
        yield_!(Sleep(ms(1)));
        made.set(made.get() + 1);
        7
    }
    #[loop_core::coroutine]
    fn asks(once: Once<u32>, made: Rc<Cell<u32>>) {
        assert_eq!(*yield_!(once.get_or_init(|| makes(made))), 7);
    }
    #[loop_core::coroutine]
    fn program() {
        let (once, made) = (Once::new(), Rc::new(Cell::new(0)));
        let mut tasks = Vec::new();
        for _ in 0..3 {
            tasks.push(yield_!(Spawn(asks(once.clone(), Rc::clone(&made)))));
        }
        yield_!(all_end(tasks));
        assert!(once.get().is_some());
        // A task that was cancelled when it had made the value may have kept it to itself.
        assert!((1..=2).contains(&made.get()));
    }
    assert!(everywhere(program) > 60);
}

/// Values that are on their way, and those that have come.
#[derive(Clone, Default)]
struct Mail {
    sent: Rc<RefCell<Vec<u32>>>,
    received: Rc<RefCell<Vec<u32>>>,
}

#[loop_core::coroutine]
fn sends(sender: Sender<u32>, first: u32, mail: Mail) {
    for value in first..first + 3 {
        if yield_!(sender.send(value)).is_ok() {
            mail.sent.borrow_mut().push(value);
        }
    }
}

#[loop_core::coroutine]
fn receives(receiver: Receiver<u32>, mail: Mail) {
    while let Some(value) = yield_!(receiver.recv()) {
        mail.received.borrow_mut().push(value);
        yield_!();
    }
}

fn channels(channel: impl Fn() -> (Sender<u32>, Receiver<u32>) + Copy + 'static) -> usize {
    #[loop_core::coroutine]
    fn program(channel: (Sender<u32>, Receiver<u32>), mail: Mail) {
        let (sender, receiver) = channel;
        let rest = receiver.clone();
        let mut tasks = Vec::new();
        for first in [0, 10] {
            tasks.push(yield_!(Spawn(sends(sender.clone(), first, mail.clone()))));
            tasks.push(yield_!(Spawn(receives(receiver.clone(), mail.clone()))));
        }
        drop((sender, receiver));
        yield_!(all_end(tasks));
        while let Ok(value) = rest.try_recv() {
            mail.received.borrow_mut().push(value);
        }
        let (mut sent, mut received) = (mail.sent.take(), mail.received.take());
        sent.sort_unstable();
        received.sort_unstable();
        // A sender that was cancelled when its value was in the channel does not know that.
        received
            .retain(|value| sent.contains(value) || *value == 2 || !sent.contains(&(value + 1)));
        for value in &sent {
            assert!(received.contains(value), "{value} was lost: {received:?}");
        }
        let mut unique = received.clone();
        unique.dedup();
        assert_eq!(unique, received, "nothing came twice");
    }
    everywhere(move || program(channel(), Mail::default()))
}

#[test]
fn a_channel() {
    assert!(channels(|| channel::bounded(1)) > 100);
    assert!(channels(|| channel::bounded(3)) > 100);
}

#[test]
fn a_channel_in_another_order() {
    assert!(channels(|| channel::lifo(2)) > 100);
    assert!(channels(|| channel::priority(2)) > 100);
}

#[test]
fn a_channel_for_one_value() {
    #[loop_core::coroutine]
    fn asks(receiver: channel::OneshotReceiver<u32>) {
        assert_eq!(yield_!(receiver.recv()).unwrap_or(7), 7);
    }
    #[loop_core::coroutine]
    fn answers(sender: channel::OneshotSender<u32>) {
        yield_!();
        let _ = sender.send(7);
    }
    #[loop_core::coroutine]
    fn program() {
        let (sender, receiver) = channel::oneshot();
        let tasks = vec![
            yield_!(Spawn(asks(receiver))),
            yield_!(Spawn(answers(sender))),
        ];
        yield_!(all_end(tasks));
    }
    assert!(everywhere(program) > 20);
}

#[test]
fn channels_that_all_hear() {
    #[loop_core::coroutine]
    fn hears(receiver: channel::BroadcastReceiver<u32>) {
        let mut next = 0;
        loop {
            match yield_!(receiver.recv()) {
                Ok(value) => assert_eq!(value, next),
                Err(RecvError::Lagged(_)) => panic!("there is room for all"),
                Err(_) => return,
            }
            next += 1;
        }
    }
    #[loop_core::coroutine]
    fn sees(receiver: channel::WatchReceiver<u32>) {
        let mut last = 0;
        while yield_!(receiver.changed()).is_ok() {
            assert!(*receiver.borrow() > last);
            last = *receiver.borrow();
        }
    }
    #[loop_core::coroutine]
    fn speaks(voice: channel::BroadcastSender<u32>, sign: channel::WatchSender<u32>) {
        for value in 0..3 {
            voice.send(value);
            sign.send(value + 1);
            yield_!();
        }
    }
    #[loop_core::coroutine]
    fn program() {
        let (voice, ear) = channel::broadcast(8);
        let (sign, eye) = channel::watch(0);
        let mut tasks = vec![
            yield_!(Spawn(hears(voice.subscribe()))),
            yield_!(Spawn(hears(ear))),
            yield_!(Spawn(sees(eye.clone()))),
            yield_!(Spawn(sees(eye))),
        ];
        tasks.push(yield_!(Spawn(speaks(voice, sign))));
        yield_!(all_end(tasks));
    }
    assert!(everywhere(program) > 100);
}

#[test]
fn tasks_that_belong_together() {
    #[loop_core::coroutine]
    fn works(alive: Inside, time: u64) -> u64 {
        let _alive = alive.enter(100);
        yield_!(Sleep(ms(time)));
        yield_!();
        time
    }
    #[loop_core::coroutine]
    fn works_well(alive: Inside, time: u64) -> Result<u64, String> {
        Ok(yield_!(works(alive, time)))
    }
    #[loop_core::coroutine]
    fn waits(alive: Inside) {
        let _ = yield_!(All([works(alive.clone(), 2), works(alive.clone(), 1)]));
        let _ = yield_!(Race([works(alive.clone(), 2), works(alive.clone(), 1)]));
        let _ = yield_!(Timeout(ms(1), works(alive.clone(), 2)));
        let _ = yield_!(Timeout(ms(2), works(alive.clone(), 1)));
        let mut all = AsCompleted::new([works(alive.clone(), 2), works(alive.clone(), 1)]);
        while let Some(_next) = yield_!(all.next()) {}
        let mut group = TryGroup::bounded(2);
        for time in 0..4 {
            yield_!(group.spawn(works_well(alive.clone(), time)));
        }
        let _ = yield_!(group.join());
    }
    #[loop_core::coroutine]
    fn program(alive: Inside) {
        let task = yield_!(Spawn(waits(alive.clone())));
        let _ = yield_!(task);
        // What belongs to a cancelled task has ended with it.
        yield_!();
        assert_eq!(alive.0.get(), 0);
    }
    let alive = Inside::default();
    let runs = everywhere_checked(
        || program(alive.clone()),
        || assert_eq!(alive.0.get(), 0, "everything is closed at the end"),
    );
    assert!(runs > 200);
}

#[test]
fn lines_of_input() {
    #[loop_core::coroutine]
    fn reads(lines: Rc<RefCell<Vec<String>>>) {
        while let Ok(Some(line)) = yield_!(Stdin) {
            lines.borrow_mut().push(line);
        }
    }
    #[loop_core::coroutine]
    fn program() {
        let lines = Rc::new(RefCell::new(Vec::new()));
        let mut tasks = Vec::new();
        for _ in 0..3 {
            tasks.push(yield_!(Spawn(reads(Rc::clone(&lines)))));
        }
        yield_!(all_end(tasks));
        let mut lines = lines.take();
        lines.sort_unstable();
        assert_eq!(lines, ["a", "b", "c", "d"]);
    }
    for seed in 0..6 {
        let sim = Sim::new().seed(seed).stdin("a\nb\nc\nd\n");
        assert!(sim.cancel_everywhere(|| program, |_| {}) > 10);
    }
}

/// What the program makes of a member that was cancelled, and the member's own part.
#[derive(Clone, Default)]
struct Seen(Rc<RefCell<Vec<&'static str>>>);

impl Seen {
    fn add(&self, what: &'static str) {
        self.0.borrow_mut().push(what);
    }

    fn count(&self, what: &str) -> usize {
        self.0.borrow().iter().filter(|seen| **seen == what).count()
    }
}

/// A member that takes two yields, and says if it comes to its end.
#[loop_core::coroutine(lazy)]
fn member(seen: Seen) -> u32 {
    yield_!();
    yield_!(Sleep(ms(1)));
    seen.add("value");
    1
}

#[loop_core::coroutine(lazy)]
fn trying_member(seen: Seen) -> Result<u32, TaskError> {
    Ok(yield_!(member(seen)))
}

/// Runs a program, cancelled everywhere. It notes `ok` for an answer with all values and `cancelled` for one that says that a member was
/// cancelled. Each run has one of both, unless the program itself was cancelled.
fn members_are_cancelled(program: fn(Seen) -> Coroutine<()>) -> (usize, usize) {
    let seen = Seen::default();
    let mut whole = 0;
    let given = seen.clone();
    Sim::new().cancel_everywhere(
        || program(given.clone()),
        |run| whole += usize::from(run.result().is_ok()),
    );
    assert_eq!(seen.count("ok") + seen.count("cancelled"), whole);
    (seen.count("ok"), seen.count("cancelled"))
}

#[test]
fn members_of_all() {
    #[loop_core::coroutine(lazy)]
    fn program(seen: Seen) {
        match yield_!(All([member(seen.clone()), member(seen.clone())])) {
            Ok(values) => seen.add(if values == [1, 1] { "ok" } else { "wrong" }),
            Err(error) => seen.add(if error.is_cancelled() {
                "cancelled"
            } else {
                "wrong"
            }),
        }
    }
    assert_eq!(members_are_cancelled(program), (1, 4));
}

#[test]
fn members_of_all_that_return_results() {
    #[loop_core::coroutine(lazy)]
    fn program(seen: Seen) {
        let two = vec![trying_member(seen.clone()), trying_member(seen.clone())];
        match yield_!(TryAll(two)) {
            Ok(values) => seen.add(if values == [1, 1] { "ok" } else { "wrong" }),
            Err(error) => seen.add(if error.is_cancelled() {
                "cancelled"
            } else {
                "wrong"
            }),
        }
    }
    assert_eq!(members_are_cancelled(program), (1, 8));
}

#[test]
fn a_race_of_one() {
    #[loop_core::coroutine(lazy)]
    fn program(seen: Seen) {
        match yield_!(Race([member(seen.clone())])) {
            Ok(value) => seen.add(if value == 1 { "ok" } else { "wrong" }),
            Err(error) => seen.add(if error.is_cancelled() {
                "cancelled"
            } else {
                "wrong"
            }),
        }
    }
    assert_eq!(members_are_cancelled(program), (1, 2));
}

#[test]
fn members_of_a_group() {
    #[loop_core::coroutine(lazy)]
    fn program(seen: Seen) {
        let mut group = Group::new();
        for _ in 0..2 {
            yield_!(group.spawn(member(seen.clone())));
        }
        match yield_!(group.join()).map_err(GroupError::into_first) {
            Ok(values) => seen.add(if values == [1, 1] { "ok" } else { "wrong" }),
            Err(Failure::Cancelled(_)) => seen.add("cancelled"),
            Err(_) => seen.add("wrong"),
        }
    }
    assert_eq!(members_are_cancelled(program), (1, 4));
}

#[test]
fn members_of_a_group_that_are_taken_as_they_come() {
    #[loop_core::coroutine(lazy)]
    fn program(seen: Seen) {
        let mut group = Group::new();
        for _ in 0..2 {
            yield_!(group.spawn(member(seen.clone())));
        }
        let mut values = 0;
        let how = loop {
            match yield_!(group.next()).map_err(GroupError::into_first) {
                Ok(Some(value)) => values += value,
                Ok(None) if values == 2 => break "ok",
                Err(Failure::Cancelled(_)) => break "cancelled",
                _ => break "wrong",
            }
        };
        seen.add(how);
    }
    assert_eq!(members_are_cancelled(program), (1, 4));
}

/// A task that waits for the next value is cancelled: the values are for whoever asks then.
#[test]
fn requests_for_the_next_value_of_a_group() {
    #[loop_core::coroutine]
    fn one() -> u32 {
        yield_!(Sleep(ms(1)));
        1
    }
    #[loop_core::coroutine]
    fn program() {
        let mut group = Group::new();
        for _ in 0..3 {
            yield_!(group.spawn(one()));
        }
        let mut values = 0;
        let turns = [group.next(), group.next()];
        for turn in turns {
            match yield_!(Timeout(ms(0), turn)) {
                Ok(Ok(value)) => values += value.unwrap_or(0),
                Ok(Err(_)) => return,
                Err(_) => {}
            }
        }
        let both = yield_!(All((group.next(), group.next())));
        let Ok((a, b)) = both else { return };
        let Ok(rest) = yield_!(group.join()) else {
            return;
        };
        let (Ok(a), Ok(b)) = (a, b) else { return };
        values += a.unwrap_or(0) + b.unwrap_or(0) + rest.len() as u32;
        assert_eq!(values, 3);
    }
    assert!(everywhere(program) > 40);
}

#[test]
fn those_that_are_taken_as_they_complete() {
    #[loop_core::coroutine(lazy)]
    fn program(seen: Seen) {
        let mut two = AsCompleted::new([member(seen.clone()), member(seen.clone())]);
        let mut places = 0;
        let mut is_whole = true;
        while let Some((place, how)) = yield_!(two.next()) {
            places += 1 + place;
            is_whole &= how.is_ok();
        }
        assert_eq!(places, 3, "each has its turn");
        seen.add(if is_whole { "ok" } else { "cancelled" });
    }
    assert_eq!(members_are_cancelled(program), (1, 4));
}

/// The task that asks is cancelled too: its answer has no place for it.
#[test]
fn a_coroutine_with_a_time_limit() {
    #[loop_core::coroutine(lazy)]
    fn program(seen: Seen) {
        let value = yield_!(Timeout(ms(100), member(seen.clone())));
        seen.add(if value == Ok(1) { "ok" } else { "wrong" });
    }
    assert_eq!(members_are_cancelled(program), (1, 0));
}

#[test]
fn a_time_limit_within_a_time_limit() {
    #[loop_core::coroutine(lazy)]
    fn inner(seen: Seen) -> u32 {
        yield_!(Timeout(ms(100), member(seen))).unwrap()
    }
    #[loop_core::coroutine(lazy)]
    fn outer(seen: Seen) {
        let value = yield_!(Timeout(ms(200), inner(seen.clone())));
        seen.add(if value == Ok(1) { "ok" } else { "wrong" });
    }
    #[loop_core::coroutine(lazy)]
    fn program(seen: Seen) {
        let task = yield_!(Spawn(outer(seen.clone())));
        match yield_!(task) {
            Ok(()) => {}
            Err(error) => seen.add(if error.is_cancelled() {
                "cancelled"
            } else {
                "wrong"
            }),
        }
    }
    assert_eq!(members_are_cancelled(program), (1, 4));
}
