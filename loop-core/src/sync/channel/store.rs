//! [`Store`]: the values in a channel, and which of them is next.

use std::cmp::{Ordering, Reverse};
use std::collections::{BinaryHeap, VecDeque};

/// The values in a channel.
pub(super) enum Store<T> {
    /// The oldest value is next.
    Fifo(VecDeque<T>),
    /// Another one.
    Other(Box<dyn Values<T>>),
}

/// Values of which one is next.
pub(super) trait Values<T> {
    fn push(&mut self, value: T);
    fn pop(&mut self) -> Option<T>;
    fn len(&self) -> usize;
}

impl<T> Store<T> {
    pub(super) fn push(&mut self, value: T) {
        match self {
            Store::Fifo(values) => values.push_back(value),
            Store::Other(values) => values.push(value),
        }
    }

    pub(super) fn pop(&mut self) -> Option<T> {
        match self {
            Store::Fifo(values) => values.pop_front(),
            Store::Other(values) => values.pop(),
        }
    }

    pub(super) fn len(&self) -> usize {
        match self {
            Store::Fifo(values) => values.len(),
            Store::Other(values) => values.len(),
        }
    }
}

/// The youngest value is next.
impl<T> Values<T> for Vec<T> {
    fn push(&mut self, value: T) {
        self.push(value);
    }

    fn pop(&mut self) -> Option<T> {
        self.pop()
    }

    fn len(&self) -> usize {
        self.len()
    }
}

/// The least value is next; of equal ones the oldest.
pub(super) struct Least<T> {
    heap: BinaryHeap<Reverse<Numbered<T>>>,
    next: u64,
}

impl<T: Ord> Least<T> {
    pub(super) fn new() -> Least<T> {
        let heap = BinaryHeap::new();
        Least { heap, next: 0 }
    }
}

impl<T: Ord> Values<T> for Least<T> {
    fn push(&mut self, value: T) {
        let number = self.next;
        self.next += 1;
        self.heap.push(Reverse(Numbered { value, number }));
    }

    fn pop(&mut self) -> Option<T> {
        self.heap.pop().map(|Reverse(numbered)| numbered.value)
    }

    fn len(&self) -> usize {
        self.heap.len()
    }
}

struct Numbered<T> {
    value: T,
    number: u64,
}

impl<T: Ord> Ord for Numbered<T> {
    fn cmp(&self, other: &Numbered<T>) -> Ordering {
        let values = self.value.cmp(&other.value);
        values.then(self.number.cmp(&other.number))
    }
}

impl<T: Ord> PartialOrd for Numbered<T> {
    fn partial_cmp(&self, other: &Numbered<T>) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<T: Ord> PartialEq for Numbered<T> {
    fn eq(&self, other: &Numbered<T>) -> bool {
        self.cmp(other).is_eq()
    }
}

impl<T: Ord> Eq for Numbered<T> {}
