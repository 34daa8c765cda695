//! Channels beside a queue.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;

use loop_core::sync::channel::{
    BroadcastReceiver, BroadcastSender, Receiver, RecvError, SendError, Sender, TrySendError,
    UnboundedSender, WatchReceiver, WatchSender, bounded, broadcast, lifo, priority, unbounded,
    watch,
};
use proptest::prelude::*;

use super::{Acts, Line, config, plans, rests};

#[derive(Clone, Copy, Debug)]
enum Kind {
    Unbounded,
    Bounded,
    Lifo,
    Priority,
}

/// The values that have been sent and not received.
#[derive(Clone)]
struct Model {
    values: Rc<RefCell<VecDeque<u32>>>,
    next: Rc<Cell<u32>>,
    kind: Kind,
    capacity: usize,
    is_closed: Rc<Cell<bool>>,
    senders: Line,
    receivers: Line,
}

impl Model {
    fn new_value(&self) -> u32 {
        // Not in the order of sending, so that it matters which is the least one.
        self.next.set(self.next.get() + 7);
        self.next.get() % 31
    }

    fn sent(&self, value: u32) {
        let mut values = self.values.borrow_mut();
        values.push_back(value);
        assert!(values.len() <= self.capacity, "more than its capacity");
    }

    fn refused(&self, value: u32, SendError(back): SendError<u32>) {
        assert!(
            self.is_closed.get(),
            "it is refused, and receivers are left"
        );
        assert_eq!(value, back);
    }

    fn received(&self, value: u32) {
        let mut values = self.values.borrow_mut();
        let next = match self.kind {
            Kind::Unbounded | Kind::Bounded => values.pop_front(),
            Kind::Lifo => values.pop_back(),
            Kind::Priority => {
                let least = values.iter().copied().min();
                let place = values.iter().position(|value| Some(*value) == least);
                place.and_then(|place| values.remove(place))
            }
        };
        assert_eq!(next, Some(value));
    }
}

/// Both kinds of senders.
#[derive(Clone)]
enum Sends {
    Sender(Sender<u32>),
    Unbounded(UnboundedSender<u32>),
}

#[loop_core::coroutine(lazy)]
fn sends(sender: Sends, acts: Acts, model: Model) {
    for act in acts {
        let value = model.new_value();
        match (act, &sender) {
            (0 | 1, _) => yield_!(rests(act)),
            (_, Sends::Unbounded(sender)) => match sender.send(value) {
                Ok(()) => model.sent(value),
                Err(error) => model.refused(value, error),
            },
            (2, Sends::Sender(sender)) => match sender.try_send(value) {
                Ok(()) => model.sent(value),
                Err(TrySendError::Closed(back)) => model.refused(value, SendError(back)),
                Err(_) => {}
            },
            (_, Sends::Sender(sender)) => {
                let place = model.senders.ask();
                match yield_!(sender.send(value)) {
                    Ok(()) => model.sent(value),
                    Err(error) => model.refused(value, error),
                }
                place.goes_on();
            }
        }
    }
}

#[loop_core::coroutine(lazy)]
fn receives(receiver: Receiver<u32>, acts: Acts, model: Model) {
    for act in acts {
        match act {
            0 | 1 => yield_!(rests(act)),
            2 => {
                if let Ok(value) = receiver.try_recv() {
                    model.received(value);
                }
            }
            3 => {
                model.is_closed.set(true);
                receiver.close();
            }
            _ => {
                let place = model.receivers.ask();
                if let Some(value) = yield_!(receiver.recv()) {
                    model.received(value);
                } else {
                    assert!(model.values.borrow().is_empty(), "the end comes last");
                }
                place.goes_on();
            }
        }
        assert_eq!(receiver.len(), model.values.borrow().len());
    }
}

/// When all senders have ended, so has the channel.
#[loop_core::coroutine(lazy)]
fn receives_the_rest(receiver: Receiver<u32>, model: Model) {
    while let Some(value) = yield_!(receiver.recv()) {
        model.received(value);
    }
    assert!(model.values.borrow().is_empty(), "nothing is lost");
}

#[loop_core::coroutine(lazy)]
fn broadcasts(sender: BroadcastSender<u64>, acts: Acts, sent: Rc<Cell<u64>>) {
    for act in acts {
        match act {
            0 | 1 => yield_!(rests(act)),
            _ => {
                sender.send(sent.get());
                sent.set(sent.get() + 1);
            }
        }
    }
}

/// Several tasks share one receiver. Its values and those that it is told to have lost are all, in their order.
#[loop_core::coroutine(lazy)]
fn hears(receiver: Rc<BroadcastReceiver<u64>>, heard: Rc<Cell<u64>>, sent: Rc<Cell<u64>>) {
    loop {
        match yield_!(receiver.recv()) {
            Ok(value) => {
                assert_eq!(value, heard.get());
                heard.set(value + 1);
            }
            Err(RecvError::Lagged(lost)) => heard.set(heard.get() + lost),
            Err(_) => break,
        }
        yield_!();
    }
    assert_eq!(heard.get(), sent.get(), "it is closed before all is heard");
}

#[loop_core::coroutine(lazy)]
fn changes(sender: WatchSender<u64>, acts: Acts) {
    for act in acts {
        match act {
            0 | 1 => yield_!(rests(act)),
            _ => {
                let value = sender.send(0) + 1;
                sender.send(value);
            }
        }
    }
}

#[loop_core::coroutine(lazy)]
fn watches(receiver: Rc<WatchReceiver<u64>>, last: Rc<Cell<u64>>) {
    while yield_!(receiver.changed()).is_ok() {
        let value = *receiver.borrow();
        assert!(value > last.replace(value), "it has not changed");
        yield_!();
    }
}

fn kinds() -> impl Strategy<Value = Kind> {
    prop_oneof![
        Just(Kind::Unbounded),
        Just(Kind::Bounded),
        Just(Kind::Lifo),
        Just(Kind::Priority)
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3 * config().cases, ..config() })]

    #[test]
    fn a_channel_is_a_queue(
        kind in kinds(), capacity in 1..4_usize, plan in plans(6, 7), closes in 0..8_u8,
    ) {
        let (sender, receiver) = match kind {
            Kind::Unbounded => {
                let (sender, receiver) = unbounded();
                (Sends::Unbounded(sender), receiver)
            }
            Kind::Bounded => {
                let (sender, receiver) = bounded(capacity);
                (Sends::Sender(sender), receiver)
            }
            Kind::Lifo => {
                let (sender, receiver) = lifo(capacity);
                (Sends::Sender(sender), receiver)
            }
            Kind::Priority => {
                let (sender, receiver) = priority(capacity);
                (Sends::Sender(sender), receiver)
            }
        };
        let model = Model {
            values: Rc::default(),
            next: Rc::default(),
            kind,
            capacity: if let Kind::Unbounded = kind { usize::MAX } else { capacity },
            is_closed: Rc::default(),
            senders: Line::new(plan.seed),
            receivers: Line::new(plan.seed),
        };
        let last = receives_the_rest(receiver.clone(), model.clone());
        let next = Cell::new(0);
        let start = |mut acts: Acts| {
            next.set(next.get() + 1);
            if next.get() % 2 == 0 {
                return sends(sender.clone(), acts, model.clone());
            }
            // Few programs close their channel.
            acts.iter_mut().filter(|act| **act == 3 && closes > 0).for_each(|act| *act = 6);
            receives(receiver.clone(), acts, model.clone())
        };
        let tasks = plan.tasks.clone().into_iter().map(start).collect();
        drop((sender, receiver));
        super::run(tasks, plan, last);
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn a_broadcast_reaches_every_receiver(plan in plans(4, 6), capacity in 1..4_usize, shared in 1..4) {
        let (sender, receiver) = broadcast(capacity);
        let receivers = [Rc::new(receiver), Rc::new(sender.subscribe())];
        let sent = Rc::new(Cell::new(0));
        let mut tasks = Vec::new();
        let mut all_hear = Vec::new();
        for receiver in receivers {
            let heard = Rc::new(Cell::new(0));
            for _ in 0..shared {
                tasks.push(hears(receiver.clone(), heard.clone(), sent.clone()));
            }
            all_hear.push(hears(receiver, heard, sent.clone()));
        }
        for acts in &plan.tasks {
            tasks.push(broadcasts(sender.clone(), acts.clone(), sent.clone()));
        }
        drop(sender);
        super::run(tasks, plan, super::all_of(all_hear));
    }

    #[test]
    fn a_watched_value_only_changes(plan in plans(4, 6), shared in 1..4) {
        let (sender, receiver) = watch(0);
        let (receiver, last) = (Rc::new(receiver), Rc::new(Cell::new(0)));
        let mut tasks: Vec<_> = (0..shared).map(|_| watches(receiver.clone(), last.clone())).collect();
        // One sender, which has the whole plan.
        tasks.push(changes(sender, plan.tasks.concat()));
        super::run(tasks, plan, watches(receiver.clone(), last.clone()));
        prop_assert_eq!(*receiver.borrow(), last.get());
    }
}
