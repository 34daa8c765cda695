//! The ready queue: first in, first out, or picked from by a policy.
//!
//! A *batch* is the turns of the tasks that were ready when it began. A *portion* is the turns of a batch that are taken before
//! the loop looks up. A policy may run a task from behind the batch instead of one in it; then an entry of the batch is
//! behind it.

mod in_order;
mod picked;
mod ready;

use std::marker::PhantomData;

use self::in_order::InOrder;
use self::picked::Picked;
pub(super) use self::ready::{BoxedAnswer, Message, Ready};
use crate::id::TaskId;
use crate::policy::Policy;

/// Of the two queues only the one that the policy needs is used.
pub(super) struct Queue<P> {
    in_order: InOrder,
    picked: Picked,
    policy: PhantomData<P>,
}

impl<P: Policy> Queue<P> {
    pub(super) fn new() -> Queue<P> {
        Queue {
            in_order: InOrder::default(),
            picked: match P::ON {
                true => Picked::new(),
                false => Picked::default(),
            },
            policy: PhantomData,
        }
    }

    /// Puts a task at the back of the queue, with a message.
    #[inline]
    pub(super) fn push(&mut self, task: TaskId, message: Message) {
        let ready = Ready::new(task, message);
        match P::ON {
            true => self.picked.push(ready),
            false => self.in_order.push(ready),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many tasks are ready.
    #[inline]
    pub(super) fn len(&self) -> usize {
        match P::ON {
            true => self.picked.len(),
            false => self.in_order.len(),
        }
    }

    /// The tasks whose next turn begins a coroutine.
    pub(super) fn new_ones(&self) -> Vec<TaskId> {
        let begins = |ready: &&Ready| ready.is_start();
        match P::ON {
            true => self
                .picked
                .iter()
                .filter(begins)
                .map(|ready| ready.task())
                .collect(),
            false => self
                .in_order
                .iter()
                .filter(begins)
                .map(|ready| ready.task())
                .collect(),
        }
    }

    /// Whether turns of the batch are left.
    #[inline]
    pub(super) fn is_in_batch(&self) -> bool {
        match P::ON {
            true => self.picked.is_in_batch(),
            false => self.in_order.is_in_batch(),
        }
    }

    /// Whether turns of the portion are left.
    #[inline]
    pub(super) fn is_in_portion(&self) -> bool {
        self.left() > 0
    }

    /// How many turns of the portion are left.
    #[inline]
    pub(super) fn left(&self) -> usize {
        match P::ON {
            true => self.picked.left(),
            false => self.in_order.left(),
        }
    }

    /// Makes the tasks that are ready now the batch to run, and at most this many of its turns the portion; says how many these
    /// are. A policy picks among all tasks that are ready, so its batches are not cut.
    #[inline]
    pub(super) fn next_batch(&mut self, most: usize) -> usize {
        match P::ON {
            true => self.picked.next_batch(),
            false => self.in_order.next_batch(most),
        }
    }

    /// Makes the next turns of the batch the portion to run, at most this many, and says how many they are.
    pub(super) fn next_portion(&mut self, most: usize) -> usize {
        match P::ON {
            true => self.picked.next_portion(most),
            false => self.in_order.next_portion(most),
        }
    }

    /// No task has a turn until there is another portion.
    pub(super) fn end_portion(&mut self) {
        match P::ON {
            true => self.picked.end_portion(),
            false => self.in_order.end_portion(),
        }
    }

    /// The next task of the portion, first in, first out.
    #[inline]
    pub(super) fn pop(&mut self) -> Option<Ready> {
        self.in_order.pop()
    }

    /// The entry at a place, from 0 at the front of the queue, where a policy picks.
    pub(super) fn get(&self, place: usize) -> Ready {
        self.picked.get(place)
    }

    /// Takes the entry at a place as the next turn of the portion; the others keep their order.
    #[inline]
    pub(super) fn take(&mut self, place: usize) -> Ready {
        self.picked.take(place)
    }
}
