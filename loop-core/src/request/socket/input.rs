//! What has come and no task has got.

/// What has come and no task has got. Taking a little of much does not move the rest.
#[derive(Default)]
pub(super) struct Input {
    bytes: Vec<u8>,
    /// So many of them are taken.
    taken: usize,
    /// A byte that is not among so many of those that are not taken.
    absent: Option<(u8, usize)>,
}

impl Input {
    pub(super) fn len(&self) -> usize {
        self.bytes.len() - self.taken
    }

    pub(super) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many bytes there are up to the first one that is this, with it. What was searched is not searched again.
    pub(super) fn up_to(&mut self, delimiter: u8) -> Option<usize> {
        let absent = self.absent.filter(|(byte, _)| *byte == delimiter);
        let searched = absent.map_or(0, |(_, count)| count);
        let found = memchr::memchr(delimiter, &self.bytes[self.taken + searched..]);
        if found.is_none() {
            self.absent = Some((delimiter, self.len()));
        }
        found.map(|at| searched + at + 1)
    }

    /// Takes the first bytes.
    pub(super) fn take(&mut self, count: usize) -> Vec<u8> {
        let mut bytes = Vec::new();
        self.take_into(count, &mut bytes);
        bytes
    }

    /// Takes the first bytes, and adds them to a buffer.
    pub(super) fn take_into(&mut self, count: usize, buffer: &mut Vec<u8>) {
        let end = self.taken + count;
        buffer.extend_from_slice(&self.bytes[self.taken..end]);
        self.taken = end;
        self.absent = None;
        if self.is_empty() {
            self.bytes.clear();
            self.taken = 0;
        }
    }

    /// Takes back what was taken.
    pub(super) fn give_back(&mut self, bytes: Vec<u8>) {
        self.bytes.splice(..self.taken, bytes);
        self.taken = 0;
        self.absent = None;
    }

    /// Where more is added, with room for so many bytes at least.
    pub(super) fn end(&mut self, room: usize) -> &mut Vec<u8> {
        self.bytes.drain(..self.taken);
        self.taken = 0;
        self.bytes.reserve(room);
        &mut self.bytes
    }
}
