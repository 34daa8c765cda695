//! [`Queue`]: the datagrams that a socket holds.

use std::collections::VecDeque;

use crate::time::Time;
use crate::world::Address;

/// How many bytes wait at a socket at most, and how many datagrams at a Unix socket.
const HELD: usize = 208 * 1024;
const QUEUE: usize = 512;

/// What is on the way or has arrived: the time of arrival, by which it is ordered, the bytes, the sender.
#[derive(Clone, Debug, Default)]
pub(super) struct Queue {
    queue: VecDeque<(Time, Vec<u8>, Address)>,
    held: usize,
}

impl Queue {
    pub(super) fn has_room(&self, bytes: usize) -> bool {
        self.held + bytes <= HELD
    }

    pub(super) fn is_full(&self, bytes: usize) -> bool {
        self.queue.len() >= QUEUE || !self.has_room(bytes)
    }

    pub(super) fn push(&mut self, arrives: Time, bytes: &[u8], sender: Address) {
        self.held += bytes.len();
        let place = self.queue.partition_point(|(time, ..)| *time <= arrives);
        self.queue.insert(place, (arrives, bytes.to_vec(), sender));
    }

    pub(super) fn pop(&mut self, now: Time) -> Option<(Vec<u8>, Address)> {
        if self.queue.front()?.0 > now {
            return None;
        }
        let (_, bytes, sender) = self.queue.pop_front()?;
        self.held -= bytes.len();
        Some((bytes, sender))
    }
}
