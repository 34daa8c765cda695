//! What a socket for datagrams holds.

use std::collections::VecDeque;

use crate::id::SourceId;
use crate::time::Time;
use crate::world::Address;

/// How many bytes wait at a socket at most, and how many datagrams at a Unix socket.
const HELD: usize = 208 * 1024;
const QUEUE: usize = 512;

/// A socket for datagrams.
#[derive(Clone, Debug)]
pub(super) struct Datagrams {
    pub(super) address: Address,
    /// Whether others may have the same address.
    pub(super) shares: bool,
    /// What is on the way or has arrived: the time of arrival, the bytes, the sender.
    queue: VecDeque<(Time, Vec<u8>, Address)>,
    held: usize,
    /// Those who wait for room in it.
    pub(super) blocked: Vec<SourceId>,
}

impl Datagrams {
    pub(super) fn new(address: Address, shares: bool) -> Datagrams {
        Datagrams {
            address,
            shares,
            queue: VecDeque::new(),
            held: 0,
            blocked: Vec::new(),
        }
    }

    pub(super) fn has_room(&self, bytes: usize) -> bool {
        self.held + bytes <= HELD
    }

    pub(super) fn is_full(&self, bytes: usize) -> bool {
        self.queue.len() >= QUEUE || !self.has_room(bytes)
    }

    pub(super) fn push(&mut self, arrives: Time, bytes: &[u8], sender: Address) {
        self.held += bytes.len();
        self.queue.push_back((arrives, bytes.to_vec(), sender));
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
