//! Random programs whose tasks wait for each other, belong together, share locks and channels, and are cancelled: whatever happens,
//! nothing hangs, nothing is lost, nothing comes twice, and nothing is left.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;

use loop_core::policy::{Choice, Policy, Random};
use loop_core::prelude::*;
use loop_core::sim::Sim;
use loop_core::sync::channel::{self, Receiver, Sender};
use loop_core::sync::{Event as Signpost, Lock, Once, RwLock, Semaphore};
use loop_core::trace::{Detail, Event, EventKind, ObjectKind, ObjectName, RequestKind};
use loop_core::{AsCompleted, Defer, Error, Failure, Shield, TaskError, TaskId};
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;
use tests::{is_step, ms};

use crate::config;

/// What ends by itself, whatever other tasks do.
#[derive(Clone, Debug)]
enum Leaf {
    Yield,
    Sleep(u64),
    /// Holds a lock for so many yields.
    Lock(usize, u8),
    Permit(u8),
    /// Reads or writes for so many yields.
    Share(bool, u8),
    /// Needs a value that is made once.
    Once,
    Send,
    /// Receives, if something comes in time.
    Receive(u64),
    /// Waits for an event, if it is set in time.
    Wait(u64),
    Set,
}

/// What a coroutine does.
#[derive(Clone, Debug)]
struct Body {
    lazy: bool,
    acts: Vec<Act>,
}

#[derive(Clone, Debug)]
enum Act {
    Leaf(Leaf),
    Chain(Body),
    InPlace(Body),
    Spawn(Body),
    Detach(Body),
    /// Spawns a task that any other may cancel, also one that belongs to it.
    Offer(Body),
    /// Joins the oldest task that has not been joined.
    Join,
    /// Cancels it.
    Cancel,
    /// Cancels one of those that are offered.
    CancelOffered(usize),
    Timeout(u64, Body),
    All(Vec<Body>),
    Race(Vec<Body>),
    Group(Option<usize>, Vec<Body>, Then),
    /// Takes so many.
    AsCompleted(Vec<Body>, usize),
    Defer(Vec<Leaf>),
    Shield(Vec<Leaf>),
    /// A stream that does something before each value.
    Stream(Vec<Vec<Leaf>>, usize),
    Merge(Vec<Vec<Leaf>>, Vec<Vec<Leaf>>, usize),
    Panic,
}

/// What becomes of a group.
#[derive(Clone, Copy, Debug)]
enum Then {
    Join,
    CancelAndJoin,
    Drop,
}

/// How far a coroutine has come that is the first one of a task.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Life {
    Made,
    Runs,
    Returned,
    Closed,
}

/// What is known of a task.
struct Known {
    life: Life,
    /// What it has deferred and has not run yet.
    deferred: Vec<usize>,
}

/// A task, and its handle.
type Offered = (usize, Handle<usize>);

/// What all tasks share.
struct Shared {
    known: RefCell<Vec<Known>>,
    offered: RefCell<Vec<Option<Offered>>>,
    locks: [Lock<()>; 2],
    semaphore: Semaphore,
    shared: RwLock<()>,
    once: Once<u32>,
    event: Signpost,
    inside: [Cell<u32>; 5],
    sender: Sender<usize>,
    mail: Mail,
    receiver: Receiver<usize>,
    shields: Rc<Cell<usize>>,
}

/// The values in the order in which they went into the channel, and in which they came out.
#[derive(Clone, Default)]
struct Mail(Rc<RefCell<(Vec<usize>, Vec<usize>)>>);

type Common = Rc<Shared>;

impl Shared {
    fn make(&self) -> usize {
        let mut known = self.known.borrow_mut();
        known.push(Known {
            life: Life::Made,
            deferred: Vec::new(),
        });
        known.len() - 1
    }

    fn life(&self, task: usize) -> Life {
        self.known.borrow()[task].life
    }

    fn set_life(&self, task: usize, life: Life) {
        self.known.borrow_mut()[task].life = life;
    }

    /// A task has ended, and somebody knows: it is closed, and what it has deferred has run.
    fn assert_over(&self, task: usize) {
        let known = &self.known.borrow()[task];
        assert_ne!(known.life, Life::Runs, "{task} has ended");
        assert_eq!(known.deferred, [], "what {task} has deferred has run");
    }

    /// The answer of a join or of a cancellation.
    fn assert_ended(&self, task: usize, how: &Result<usize, TaskError>) {
        self.assert_over(task);
        match how {
            Ok(value) => assert_eq!((*value, self.life(task)), (task, Life::Returned)),
            Err(error) => {
                assert_ne!(self.life(task), Life::Returned);
                assert_planned(error);
            }
        }
    }

    fn enter(self: &Rc<Self>, what: usize, most: u32) -> Inside {
        let inside = &self.inside[what];
        inside.set(inside.get() + 1);
        assert!(inside.get() <= most, "{} are inside {what}", inside.get());
        Inside(Rc::clone(self), what)
    }
}

fn assert_planned(error: &TaskError) {
    assert!(
        error.is_cancelled() || error.message() == "planned",
        "{error}"
    );
}

struct Inside(Common, usize);

impl Drop for Inside {
    fn drop(&mut self) {
        let inside = &self.0.inside[self.1];
        inside.set(inside.get() - 1);
    }
}

/// A coroutine has begun.
struct Alive(Common, usize);

impl Drop for Alive {
    fn drop(&mut self) {
        if self.0.life(self.1) == Life::Runs {
            self.0.set_life(self.1, Life::Closed);
        }
    }
}

#[loop_core::coroutine(lazy, skip_all)]
fn receive(all: Common) {
    if let Some(value) = yield_!(all.receiver.recv()) {
        all.mail.0.borrow_mut().1.push(value);
    }
}

#[loop_core::coroutine(lazy, skip_all)]
fn wait(all: Common) {
    yield_!(all.event.wait());
}

#[loop_core::coroutine(lazy)]
fn seven() -> u32 {
    yield_!();
    7
}

/// Those who send must not wait for a task that was cancelled.
struct Closes(Receiver<usize>);

impl Drop for Closes {
    fn drop(&mut self) {
        self.0.close();
    }
}

#[loop_core::coroutine(lazy, skip_all)]
fn receive_all(receiver: Receiver<usize>, mail: Mail) {
    let receiver = Closes(receiver);
    while let Some(value) = yield_!(receiver.0.recv()) {
        mail.0.borrow_mut().1.push(value);
    }
}

#[loop_core::coroutine(lazy, skip_all)]
fn leaf(all: Common, leaf: Leaf) {
    match leaf {
        Leaf::Yield => yield_!(),
        Leaf::Sleep(time) => yield_!(Sleep(ms(time))),
        Leaf::Lock(which, times) => {
            let _guard = yield_!(all.locks[which].acquire());
            let _inside = all.enter(which, 1);
            for _ in 0..times {
                yield_!();
            }
        }
        Leaf::Permit(times) => {
            let _permit = yield_!(all.semaphore.acquire());
            let _inside = all.enter(2, 2);
            for _ in 0..times {
                yield_!();
            }
        }
        Leaf::Share(false, times) => {
            let _guard = yield_!(all.shared.read());
            let _inside = all.enter(3, u32::MAX);
            for _ in 0..times {
                yield_!();
                assert_eq!(all.inside[4].get(), 0, "nobody writes");
            }
        }
        Leaf::Share(true, times) => {
            let _guard = yield_!(all.shared.write());
            let _inside = all.enter(4, 1);
            for _ in 0..times {
                yield_!();
                assert_eq!(all.inside[3].get(), 0, "nobody reads");
            }
        }
        Leaf::Once => assert_eq!(*yield_!(all.once.get_or_init(seven)), 7),
        Leaf::Wait(time) => drop(yield_!(Timeout(ms(time), wait(all)))),
        Leaf::Set => {
            all.event.set();
            all.event.clear();
        }
        Leaf::Send => {
            let value = all.make();
            if yield_!(all.sender.send(value)).is_ok() {
                all.mail.0.borrow_mut().0.push(value);
            }
        }
        Leaf::Receive(time) => drop(yield_!(Timeout(ms(time), receive(all)))),
    }
}

#[loop_core::coroutine(lazy, skip_all)]
fn leaves(all: Common, acts: Vec<Leaf>) {
    for act in acts {
        yield_!(leaf(all.clone(), act));
    }
}

#[loop_core::coroutine(lazy, skip_all)]
fn deferred(all: Common, task: usize, number: usize, acts: Vec<Leaf>) {
    yield_!(leaves(all.clone(), acts));
    let deferred = &mut all.known.borrow_mut()[task].deferred;
    // The last one first. It may not be known yet that it was deferred.
    deferred.pop_if(|last| *last == number);
    assert!(!deferred.contains(&number), "{number} of {deferred:?}");
}

#[loop_core::coroutine(lazy, skip_all)]
fn shielded(all: Common, acts: Vec<Leaf>) {
    all.shields.set(all.shields.get() + 1);
    yield_!(leaves(all.clone(), acts));
    all.shields.set(all.shields.get() - 1);
}

#[loop_core::stream(yields = (bool, usize))]
fn gives(all: Common, whose: bool, parts: Vec<Vec<Leaf>>) {
    for (number, acts) in parts.into_iter().enumerate() {
        yield_!(leaves(all.clone(), acts));
        emit!((whose, number));
    }
}

/// Takes values of a stream, which must be in order.
#[loop_core::coroutine(lazy, skip_all)]
fn takes(mut stream: Stream<'static, (bool, usize)>, most: usize, lengths: [usize; 2]) {
    let mut next = [0, 0];
    for _ in 0..most {
        let Some((whose, number)) = yield_!(stream.next()) else {
            assert_eq!(next, lengths, "nothing is lost");
            return;
        };
        assert_eq!(next[usize::from(whose)], number);
        next[usize::from(whose)] += 1;
    }
}

/// The first coroutine of a task.
fn task(all: &Common, body: Body) -> (usize, Coroutine<usize>) {
    let task = all.make();
    let coroutine = match body.lazy {
        true => lazy_task(all.clone(), task, body.acts),
        false => primed_task(all.clone(), task, body.acts),
    };
    (task, coroutine)
}

fn tasks(all: &Common, bodies: Vec<Body>) -> (Vec<usize>, Vec<Coroutine<usize>>) {
    bodies.into_iter().map(|body| task(all, body)).unzip()
}

#[loop_core::coroutine(skip_all)]
fn primed_task(all: Common, task: usize, acts: Vec<Act>) -> usize {
    yield_from!(run(all, task, acts))
}

#[loop_core::coroutine(lazy, skip_all)]
fn lazy_task(all: Common, task: usize, acts: Vec<Act>) -> usize {
    yield_from!(run(all, task, acts))
}

#[loop_core::coroutine(lazy, skip_all)]
fn run(all: Common, task: usize, acts: Vec<Act>) -> usize {
    all.set_life(task, Life::Runs);
    let alive = Alive(all.clone(), task);
    yield_!(does(all.clone(), task, acts));
    all.set_life(task, Life::Returned);
    drop(alive);
    task
}

#[loop_core::coroutine(lazy, skip_all)]
fn does(all: Common, me: usize, acts: Vec<Act>) {
    let mut children = VecDeque::new();
    for act in acts {
        match act {
            Act::Leaf(act) => yield_!(leaf(all.clone(), act)),
            Act::Chain(body) => yield_!(does(all.clone(), me, body.acts)),
            Act::InPlace(body) => yield_from!(does(all.clone(), me, body.acts)),
            Act::Spawn(body) => {
                let (child, coroutine) = task(&all, body);
                children.push_back((child, yield_!(Spawn(coroutine))));
            }
            Act::Detach(body) => yield_!(Spawn(task(&all, body).1)).detach(),
            Act::Offer(body) => {
                let (child, coroutine) = task(&all, body);
                let handle = yield_!(Spawn(coroutine));
                all.offered.borrow_mut().push(Some((child, handle)));
            }
            Act::Join => {
                if let Some((child, handle)) = children.pop_front() {
                    let how = yield_!(handle);
                    all.assert_ended(child, &how);
                }
            }
            Act::Cancel => {
                if let Some((child, handle)) = children.pop_front() {
                    let how = yield_!(Cancel(handle));
                    all.assert_ended(child, &how);
                }
            }
            Act::CancelOffered(which) => {
                let offered = {
                    let mut offered = all.offered.borrow_mut();
                    let count = offered.len().max(1);
                    offered.get_mut(which % count).and_then(Option::take)
                };
                if let Some((child, handle)) = offered {
                    let how = yield_!(Cancel(handle));
                    all.assert_ended(child, &how);
                }
            }
            Act::Timeout(time, body) => {
                let (child, coroutine) = task(&all, body);
                let value = yield_!(Timeout(ms(time), coroutine));
                all.assert_over(child);
                assert!(value.is_err() || value == Ok(child));
            }
            Act::All(bodies) => {
                let (ids, coroutines) = tasks(&all, bodies);
                let values = yield_!(All(coroutines));
                for id in &ids {
                    all.assert_over(*id);
                }
                match values {
                    Ok(values) => assert_eq!(values, ids),
                    Err(error) => assert_planned(&error),
                }
            }
            Act::Race(bodies) => {
                let (ids, coroutines) = tasks(&all, bodies);
                let first = yield_!(Race(coroutines));
                for id in &ids {
                    all.assert_over(*id);
                }
                match first {
                    Ok(first) => assert!(ids.contains(&first)),
                    Err(error) => assert_planned(&error),
                }
            }
            Act::Group(bound, bodies, then) => {
                let (ids, coroutines) = tasks(&all, bodies);
                let mut group = bound.map_or_else(Group::new, Group::bounded);
                for coroutine in coroutines {
                    yield_!(group.spawn(coroutine));
                }
                match then {
                    Then::Drop => continue,
                    Then::CancelAndJoin => group.cancel(),
                    Then::Join => {}
                }
                let values = yield_!(group.join());
                for id in &ids {
                    all.assert_over(*id);
                }
                match values {
                    Ok(values) if matches!(then, Then::Join) => {
                        assert_eq!(values.len(), ids.len());
                    }
                    Ok(values) => assert!(values.len() <= ids.len()),
                    Err(error) => match error.into_first() {
                        Failure::Panicked(error) | Failure::Cancelled(error) => {
                            assert_planned(&error);
                        }
                        _ => unreachable!("its tasks return no `Result`"),
                    },
                }
            }
            Act::AsCompleted(bodies, most) => {
                let (ids, coroutines) = tasks(&all, bodies);
                let mut completed = AsCompleted::new(coroutines);
                let mut count = 0;
                while count < most {
                    let Some((place, how)) = yield_!(completed.next()) else {
                        assert_eq!(count, ids.len(), "each has its turn");
                        break;
                    };
                    all.assert_ended(ids[place], &how);
                    count += 1;
                }
            }
            Act::Defer(acts) => {
                let number = all.make();
                let given = all.clone();
                yield_!(Defer(move || deferred(given, me, number, acts)));
                all.known.borrow_mut()[me].deferred.push(number);
            }
            Act::Shield(acts) => yield_!(Shield(shielded(all.clone(), acts))),
            Act::Stream(parts, most) => {
                let lengths = [parts.len(), 0];
                let stream = gives(all.clone(), false, parts).map(|value| value);
                yield_!(takes(stream.filter(|_| true), most, lengths));
            }
            Act::Merge(one, other, most) => {
                let lengths = [one.len(), other.len()];
                let one = gives(all.clone(), false, one);
                let both = one.merge(gives(all.clone(), true, other));
                yield_!(takes(both, most, lengths));
            }
            Act::Panic => panic_any(),
        }
    }
    for (child, handle) in children {
        let how = yield_!(handle);
        all.assert_ended(child, &how);
    }
}

/// Without a message on standard error.
fn panic_any() {
    std::panic::resume_unwind(Box::new("planned"));
}

fn leaf_acts() -> impl Strategy<Value = Leaf> {
    prop_oneof![
        13 => steady_acts(),
        2 => (0..4_u64).prop_map(Leaf::Receive),
        1 => (0..4_u64).prop_map(Leaf::Wait),
    ]
}

/// Without tasks of their own. If the policy cancels such a task, the one that asks ends too, also if it is shielded.
fn steady_acts() -> impl Strategy<Value = Leaf> {
    prop_oneof![
        3 => Just(Leaf::Yield),
        2 => (0..4_u64).prop_map(Leaf::Sleep),
        3 => (0..2_usize, 0..4_u8).prop_map(|(which, times)| Leaf::Lock(which, times)),
        2 => (0..4_u8).prop_map(Leaf::Permit),
        2 => (any::<bool>(), 0..3_u8).prop_map(|(writes, times)| Leaf::Share(writes, times)),
        1 => Just(Leaf::Once),
        3 => Just(Leaf::Send),
        1 => Just(Leaf::Set),
    ]
}

fn steady_leaves() -> impl Strategy<Value = Vec<Leaf>> {
    prop::collection::vec(steady_acts(), 0..4)
}

fn many_leaves() -> impl Strategy<Value = Vec<Leaf>> {
    prop::collection::vec(leaf_acts(), 0..4)
}

fn parts() -> impl Strategy<Value = Vec<Vec<Leaf>>> {
    prop::collection::vec(many_leaves(), 0..4)
}

fn bodies() -> impl Strategy<Value = Vec<Body>> {
    let single = || {
        prop_oneof![
            6 => leaf_acts().prop_map(Act::Leaf),
            2 => Just(Act::Join),
            2 => Just(Act::Cancel),
            2 => (0..8_usize).prop_map(Act::CancelOffered),
            1 => steady_leaves().prop_map(Act::Defer),
            1 => steady_leaves().prop_map(Act::Shield),
            1 => (parts(), 0..5_usize).prop_map(|(parts, most)| Act::Stream(parts, most)),
            1 => (parts(), parts(), 0..9_usize).prop_map(|(one, other, most)| Act::Merge(one, other, most)),
            1 => Just(Act::Panic),
        ]
    };
    let leaf = (any::<bool>(), prop::collection::vec(single(), 0..5));
    let leaf = leaf.prop_map(|(lazy, acts)| Body { lazy, acts });
    let body = leaf.prop_recursive(4, 48, 4, move |inner| {
        let some = || prop::collection::vec(inner.clone(), 1..4);
        let then = prop_oneof![
            Just(Then::Join),
            Just(Then::CancelAndJoin),
            Just(Then::Drop)
        ];
        let act = prop_oneof![
            4 => single(),
            1 => inner.clone().prop_map(Act::Chain),
            1 => inner.clone().prop_map(Act::InPlace),
            2 => inner.clone().prop_map(Act::Spawn),
            1 => inner.clone().prop_map(Act::Detach),
            2 => inner.clone().prop_map(Act::Offer),
            2 => (0..5_u64, inner.clone()).prop_map(|(time, body)| Act::Timeout(time, body)),
            1 => some().prop_map(Act::All),
            1 => some().prop_map(Act::Race),
            1 => (prop::option::of(1..3_usize), some(), then)
                .prop_map(|(bound, bodies, then)| Act::Group(bound, bodies, then)),
            1 => (some(), 0..4_usize).prop_map(|(bodies, most)| Act::AsCompleted(bodies, most)),
        ];
        let body = (any::<bool>(), prop::collection::vec(act, 0..6));
        body.prop_map(|(lazy, acts)| Body { lazy, acts })
    });
    prop::collection::vec(body, 1..4)
}

/// A schedule at random, in which also tasks are cancelled now and then.
struct Cancels {
    random: Random,
    every: u64,
    state: u64,
}

impl Policy for Cancels {
    fn choose(&mut self, choice: Choice, options: usize) -> usize {
        self.random.choose(choice, options)
    }

    fn cancels(&mut self) -> bool {
        // Xorshift.
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        self.every > 0 && self.state.is_multiple_of(self.every)
    }

    fn name(&self) -> String {
        self.random.name()
    }
}

struct Ran {
    steps: String,
    sent: Vec<usize>,
    received: Vec<usize>,
}

fn shared() -> (Common, Receiver<usize>) {
    let (sender, receiver) = channel::bounded(2);
    let all = Rc::new(Shared {
        known: RefCell::default(),
        offered: RefCell::default(),
        locks: [Lock::new(()), Lock::new(())],
        semaphore: Semaphore::new(2),
        shared: RwLock::new(()),
        once: Once::new(),
        event: Signpost::new(),
        inside: Default::default(),
        sender,
        mail: Mail::default(),
        receiver: receiver.clone(),
        shields: Rc::default(),
    });
    (all, receiver)
}

/// Runs programs, and checks what holds for each run.
fn runs(bodies: &[Body], seed: u64, every: u64) -> Result<Ran, TestCaseError> {
    let policy = Cancels {
        random: Random::new(seed),
        every,
        state: seed + 1,
    };
    let mut event_loop = Sim::new().policy(policy).event_loop();
    let (all, receiver) = shared();
    let (mail, shields) = (all.mail.clone(), Rc::clone(&all.shields));
    event_loop.schedule(receive_all(receiver, mail.clone()));
    for body in bodies {
        event_loop.schedule(task(&all, body.clone()).1);
    }
    let weak = Rc::downgrade(&all);
    let (locks, semaphore) = (all.locks.clone(), all.semaphore.clone());
    let shared = all.shared.clone();
    drop(all);
    // Handles that nobody has cancelled keep no task running.
    let result = event_loop.run();
    match &result {
        Ok(()) => {}
        Err(Error::Failed(failures)) => {
            for error in failures.errors() {
                prop_assert!(
                    error.is_cancelled() || error.message() == "planned",
                    "{error}"
                );
            }
        }
        Err(error) => return Err(TestCaseError::fail(error.to_string())),
    }
    prop_assert!(weak.upgrade().is_none(), "nothing is left of the tasks");
    prop_assert!(
        locks.iter().all(|lock| !lock.is_held()),
        "the locks are free"
    );
    prop_assert_eq!(semaphore.available(), 2);
    prop_assert!(shared.try_write().is_some(), "nobody reads or writes");
    prop_assert_eq!(shields.get(), 0, "what is shielded ends");
    let trace = event_loop.trace();
    served_in_order(trace.events())?;
    ended_once(trace.events())?;

    // Each place in the table of tasks is free: so many tasks that run at the same time need no further one.
    let places = trace
        .events()
        .iter()
        .filter(|event| event.kind() == EventKind::Scheduled);
    let places = places.map(Event::task).max().expect("a task");
    let count = number(places) + 1;
    // In its first turn also what was cancelled while it was ready leaves the queue.
    event_loop.schedule(leaf_yield());
    let _ = event_loop.run();
    let before = event_loop.trace().events().len();
    for _ in 0..count {
        event_loop.schedule(leaf_yield());
    }
    let _ = event_loop.run();
    let trace = event_loop.trace();
    let after = trace.events()[before..].iter();
    let after = after.filter(|event| event.kind() == EventKind::Scheduled);
    let after = after.map(Event::task).max().expect("a task");
    prop_assert_eq!(number(after), number(places), "every place is free");

    let (sent, received) = mail.0.take();
    Ok(Ran {
        steps: trace.to_string(),
        sent,
        received,
    })
}

#[loop_core::coroutine(lazy)]
fn leaf_yield() {
    yield_!();
}

fn number(task: TaskId) -> u32 {
    task.to_string().parse().expect("a number")
}

/// Whoever asks a lock or the semaphore first has it first, unless it is cancelled.
fn served_in_order(events: &[Event]) -> Result<(), TestCaseError> {
    let mut waiting = VecDeque::new();
    // They have left the queue, and their end comes in the trace before the next step.
    let mut leaving = Vec::new();
    for event in events {
        let task = event.task();
        if is_step(event) {
            prop_assert_eq!(&leaving, &[], "nobody is overtaken");
        }
        match (event.kind(), event.detail()) {
            // Once and RwLock have rules of their own.
            (EventKind::Asked(RequestKind::Acquire), Detail::Object(of)) if is_fair(of) => {
                waiting.push_back((of, task));
            }
            (
                EventKind::Woken(RequestKind::Acquire) | EventKind::Readied(RequestKind::Acquire),
                Detail::Object(of),
            ) if is_fair(of) => {
                let mut others = waiting.iter().filter(|(other, _)| *other == of);
                let before = others.by_ref().take_while(|(_, other)| *other != task);
                leaving.extend(before.map(|(_, other)| *other));
                waiting.retain(|other| *other != (of, task));
            }
            (EventKind::Cancelled | EventKind::Failed, _) => {
                waiting.retain(|(_, other)| *other != task);
                leaving.retain(|other| *other != task);
            }
            _ => {}
        }
    }
    prop_assert!(waiting.is_empty() && leaving.is_empty());
    Ok(())
}

fn is_fair(of: ObjectName) -> bool {
    matches!(of.kind, ObjectKind::Lock | ObjectKind::Semaphore)
}

/// Every task has one end.
fn ended_once(events: &[Event]) -> Result<(), TestCaseError> {
    let mut living = Vec::new();
    for event in events {
        match event.kind() {
            EventKind::Scheduled => living.push(event.task()),
            EventKind::Finished | EventKind::Cancelled | EventKind::Failed => {
                let place = living.iter().position(|task| *task == event.task());
                // What fails in a deferred coroutine fails after the end.
                if let Some(place) = place {
                    living.remove(place);
                } else {
                    prop_assert_eq!(event.kind(), EventKind::Failed);
                }
            }
            _ => {}
        }
    }
    prop_assert!(living.is_empty(), "{living:?} have not ended");
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2 * config().cases, ..config() })]

    #[test]
    fn nothing_hangs_and_nothing_is_lost(bodies in bodies(), seed in 0..1_000_u64) {
        let ran = runs(&bodies, seed, 0)?;
        prop_assert_eq!(&ran.sent, &ran.received);
        let again = runs(&bodies, seed, 0)?;
        prop_assert_eq!(ran.steps, again.steps);
    }

    /// The policy may cancel also the task that receives what is left.
    #[test]
    fn also_if_the_policy_cancels(bodies in bodies(), seed in 0..1_000_u64, every in 5..60_u64) {
        let ran = runs(&bodies, seed, every)?;
        prop_assert!(ran.sent.starts_with(&ran.received), "{:?} {:?}", ran.sent, ran.received);
    }

    #[test]
    fn a_loop_that_is_dropped_leaves_nothing(bodies in bodies(), seed in 0..1_000_u64, steps in 1..300_u64) {
        let mut event_loop = Sim::new().seed(seed).step_limit(steps).unrecorded();
        let (all, receiver) = shared();
        event_loop.schedule(receive_all(receiver, all.mail.clone()));
        for body in bodies {
            event_loop.schedule(task(&all, body).1);
        }
        let _ = event_loop.run();
        drop(event_loop);
        prop_assert_eq!(Rc::strong_count(&all), 1, "no coroutine is left");
        prop_assert!(all.locks.iter().all(|lock| !lock.is_held()), "the locks are free");
        prop_assert_eq!(all.semaphore.available(), 2);
        prop_assert!(all.shared.try_write().is_some(), "nobody reads or writes");
        prop_assert!(all.inside.iter().all(|inside| inside.get() == 0));
    }
}
