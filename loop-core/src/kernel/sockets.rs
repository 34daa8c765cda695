//! The table of sockets.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::rc::{Rc, Weak};

use super::sources::STANDARD;
use crate::id::SourceId;
use crate::request::Object;

struct Slot {
    /// How many sockets were in this slot before.
    generation: u32,
    /// There while it is open.
    socket: Option<Weak<dyn Object>>,
}

/// The sockets that are open. Their numbers follow those of the standard streams.
#[derive(Default)]
pub(super) struct Sockets {
    slots: Vec<Slot>,
    /// The least is used first, so that numbers do not depend on the order in which sockets were closed.
    vacant: BinaryHeap<Reverse<usize>>,
}

fn slot_of(source: SourceId) -> Option<usize> {
    source.number().checked_sub(STANDARD)
}

impl Sockets {
    /// The number of a source that is about to be opened.
    pub(super) fn reserve(&mut self) -> SourceId {
        let slot = match self.vacant.pop() {
            Some(Reverse(slot)) => slot,
            None => {
                self.slots.push(Slot {
                    generation: 0,
                    socket: None,
                });
                self.slots.len() - 1
            }
        };
        SourceId::new((STANDARD + slot) as u32, self.slots[slot].generation)
    }

    /// A source was reserved and not opened.
    pub(super) fn abandon(&mut self, source: SourceId) {
        self.vacant.extend(slot_of(source).map(Reverse));
    }

    pub(super) fn put(&mut self, source: SourceId, socket: Weak<dyn Object>) {
        let slot = &mut self.slots[slot_of(source).expect("the source of a socket")];
        slot.socket = Some(socket);
    }

    fn slot(&self, source: SourceId) -> Option<&Slot> {
        let slot = self.slots.get(slot_of(source)?)?;
        (slot.socket.is_some() && slot.generation == source.generation()).then_some(slot)
    }

    /// Whether the source is a socket's that is open.
    pub(super) fn is_current(&self, source: SourceId) -> bool {
        self.slot(source).is_some()
    }

    pub(super) fn socket(&self, source: SourceId) -> Option<Rc<dyn Object>> {
        self.slot(source)?.socket.as_ref()?.upgrade()
    }

    /// Forgets a socket. False if it was not open.
    pub(super) fn remove(&mut self, source: SourceId) -> bool {
        if !self.is_current(source) {
            return false;
        }
        let number = slot_of(source).expect("it is current");
        let slot = &mut self.slots[number];
        slot.socket = None;
        slot.generation = slot.generation.wrapping_add(1);
        self.vacant.push(Reverse(number));
        true
    }

    /// Those that are open.
    pub(super) fn open(&self) -> Vec<SourceId> {
        let slots = self.slots.iter().enumerate();
        let open = slots.filter(|(_, slot)| slot.socket.is_some());
        open.map(|(number, slot)| SourceId::new((STANDARD + number) as u32, slot.generation))
            .collect()
    }
}
