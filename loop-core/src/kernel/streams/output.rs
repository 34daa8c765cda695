//! The output buffer: tasks append text, and the world takes bytes.

use std::io;

/// Above this many unwritten bytes a printing task is parked.
const HIGH_WATER: usize = 64 * 1024;

#[derive(Default)]
pub(in crate::kernel) struct Output {
    buffer: Vec<u8>,
    /// The bytes before this index have been written.
    start: usize,
    /// The error of a failed write, until a task gets it as an answer.
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

    /// Handles the result of a write. After an error all unwritten text is dropped, because the stream has failed.
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
            // The rest is moved to the front only when it is the smaller half, so the cost per byte is constant.
            self.buffer.drain(..self.start);
            self.start = 0;
        }
    }

    pub(in crate::kernel) fn take_error(&mut self) -> Option<io::Error> {
        self.error.take()
    }
}
