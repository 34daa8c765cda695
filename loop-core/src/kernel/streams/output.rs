//! Output, between the texts that tasks print and the bytes that the world takes.

use std::io;

/// Above this many unwritten bytes a printing task is parked.
const HIGH_WATER: usize = 64 * 1024;

#[derive(Default)]
pub(in crate::kernel) struct Output {
    buffer: Vec<u8>,
    /// What was written before here.
    start: usize,
    /// A write failed and nobody has been told yet.
    error: Option<io::Error>,
}

impl Output {
    pub(in crate::kernel) fn push(&mut self, text: &str) {
        self.buffer.extend_from_slice(text.as_bytes());
    }

    pub(in crate::kernel) fn unwritten(&self) -> &[u8] {
        &self.buffer[self.start..]
    }

    pub(in crate::kernel) fn is_empty(&self) -> bool {
        self.unwritten().is_empty()
    }

    pub(in crate::kernel) fn is_high(&self) -> bool {
        self.unwritten().len() > HIGH_WATER
    }

    /// Takes note of how a write ended. What cannot be written is given up: the stream has failed.
    pub(in crate::kernel) fn wrote(&mut self, result: io::Result<usize>) {
        match result {
            Ok(bytes) => self.start += bytes,
            Err(error) => {
                self.error = Some(error);
                self.start = self.buffer.len();
            }
        }
        if self.is_empty() {
            self.buffer.clear();
            self.start = 0;
        } else if self.start > HIGH_WATER.max(self.buffer.len() / 2) {
            // What is left is moved only when it is the smaller half: each byte is moved once, however much was printed.
            self.buffer.drain(..self.start);
            self.start = 0;
        }
    }

    pub(in crate::kernel) fn take_error(&mut self) -> Option<io::Error> {
        self.error.take()
    }
}
