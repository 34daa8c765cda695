//! The input buffer: the world appends bytes, and tasks take lines or bytes.

use std::collections::VecDeque;
use std::io;

use super::answer_number::{AnswerNumber, UnusualEnd};
use crate::request::LineError;

/// So many bytes of a line that is too long are part of its error.
const PREFIX: usize = 64;

/// The state of an input.
enum State {
    Open,
    /// The end was read. That is final.
    Ended,
    /// Reading failed with this error, which is the answer to every further request.
    Failed(io::ErrorKind, String),
}

/// Input that was given to a task which was cancelled before it got it.
pub(in crate::kernel) enum Given {
    Line(io::Result<Option<String>>),
    Bytes(io::Result<Option<Vec<u8>>>),
}

impl Given {
    /// Whether it is the error of a line that was too long.
    fn is_too_long(&self) -> bool {
        let Given::Line(Err(error)) = self else {
            return false;
        };
        let error = error.get_ref().and_then(|error| error.downcast_ref());
        matches!(error, Some(LineError::TooLong { .. }))
    }

    /// The bytes that it was made of. There are none for a line that was too long: they are not kept, so that memory stays within
    /// the limit. It is the only input that a task can take with it when it is cancelled.
    fn into_bytes(self, number: AnswerNumber) -> Vec<u8> {
        let mut bytes = match self {
            Given::Bytes(bytes) => return bytes.ok().flatten().unwrap_or_default(),
            Given::Line(Ok(Some(line))) => line.into_bytes(),
            Given::Line(Ok(None)) => return Vec::new(),
            Given::Line(Err(error)) => match error.downcast() {
                Ok(LineError::NotUtf8 { bytes }) => bytes,
                _ => return Vec::new(),
            },
        };
        bytes.extend_from_slice(number.end());
        bytes
    }
}

pub(in crate::kernel) struct Input {
    /// Input that was given back, in the order in which it was read. It comes before the buffer.
    given_back: VecDeque<(AnswerNumber, Given)>,
    buffer: Vec<u8>,
    /// The bytes before this index have been served.
    start: usize,
    /// There is no unserved line end before this index.
    scanned: usize,
    /// The rest of a line that was too long is still to be skipped.
    skipping: bool,
    limit: usize,
    state: State,
}

impl Input {
    pub(in crate::kernel) fn new(limit: usize) -> Input {
        Input {
            given_back: VecDeque::new(),
            buffer: Vec::new(),
            start: 0,
            scanned: 0,
            skipping: false,
            limit,
            state: State::Open,
        }
    }

    /// Where the world appends what it reads.
    pub(in crate::kernel) fn buffer(&mut self) -> &mut Vec<u8> {
        if self.start > 0 {
            self.buffer.drain(..self.start);
            self.scanned -= self.start;
            self.start = 0;
        }
        &mut self.buffer
    }

    /// Takes out what nobody has asked for, or was given back. With it the end of input is gone too: it comes again behind it.
    pub(in crate::kernel) fn take_unread(&mut self) -> Vec<u8> {
        // Only this loop knows of a line that was too long, or skips the rest of it. Then what was given back stays, in its order.
        let mut given_back = self.given_back.iter();
        if !self.skipping && !given_back.any(|(_, given)| given.is_too_long()) {
            self.unread();
        }
        let bytes = std::mem::take(self.buffer());
        self.scanned = 0;
        if let (false, State::Ended) = (bytes.is_empty(), &self.state) {
            self.state = State::Open;
        }
        bytes
    }

    /// Takes note of how a read ended.
    pub(in crate::kernel) fn read(&mut self, result: io::Result<usize>) {
        match result {
            Ok(0) => self.state = State::Ended,
            Ok(_) => {}
            Err(error) => self.state = State::Failed(error.kind(), error.to_string()),
        }
    }

    /// Takes input back from a cancelled task. `number` is the number of the answer, which gives its place in the order.
    pub(in crate::kernel) fn give_back(&mut self, number: AnswerNumber, given: Given) {
        let given_back = &self.given_back;
        let place = given_back.partition_point(|(before, _)| before.is_before(number));
        self.given_back.insert(place, (number, given));
    }

    /// Takes the first line that was given back, with its number. Bytes that were given back become part of the buffer instead.
    fn line_again(&mut self, number: &mut AnswerNumber) -> Option<io::Result<Option<String>>> {
        match self.given_back.pop_front()? {
            (first, Given::Line(line)) => {
                *number = first;
                Some(line)
            }
            bytes => {
                self.given_back.push_front(bytes);
                self.unread();
                None
            }
        }
    }

    /// Puts all input that was given back in front of the buffer, as bytes.
    fn unread(&mut self) {
        let given_back = std::mem::take(&mut self.given_back);
        let mut bytes: Vec<u8> = Vec::new();
        for (number, given) in given_back {
            bytes.extend(given.into_bytes(number));
        }
        // A line begins in front of what was to be skipped, so nothing of it is.
        self.skipping &= bytes.is_empty();
        bytes.append(self.buffer());
        self.buffer = bytes;
        self.scanned = 0;
    }

    /// The next line, if input has one or has come to its end; `None` if more must be read. `number` is the number of the answer:
    /// it gets the end of the line, or becomes the number that the line had before.
    // Inlined, so that the usual line and its number go to their places in registers.
    #[inline(always)]
    pub(in crate::kernel) fn line(
        &mut self,
        number: &mut AnswerNumber,
    ) -> Option<io::Result<Option<String>>> {
        let end = match self.skipping || !self.given_back.is_empty() {
            true => None,
            false => self.line_end(),
        };
        let Some(end) = end else {
            // Another variable, because one that is passed by reference has to be in memory.
            let mut unusual = *number;
            let line = self.unusual_line(&mut unusual);
            *number = unusual;
            return line;
        };
        Some(self.line_before(end, number))
    }

    /// The line that ends at this index.
    #[inline(always)]
    fn line_before(&mut self, end: usize, number: &mut AnswerNumber) -> io::Result<Option<String>> {
        let line = self.start..end;
        self.start = end + 1;
        self.scanned = end + 1;
        let mut line = &self.buffer[line];
        if let Some(short) = line.strip_suffix(b"\r") {
            line = short;
            *number = number.with_end(UnusualEnd::CarriageReturn);
        }
        match std::str::from_utf8(line) {
            Ok(text) if line.len() <= self.limit => Ok(Some(text.to_owned())),
            _ => self.checked(line).map(Some),
        }
    }

    /// Where the next line ends; if its end has not come, nothing is scanned twice.
    #[inline]
    fn line_end(&mut self) -> Option<usize> {
        match memchr::memchr(b'\n', &self.buffer[self.scanned..]) {
            Some(found) => Some(self.scanned + found),
            None => {
                self.scanned = self.buffer.len();
                None
            }
        }
    }

    /// The next line if one was given back, the rest of one that was too long comes first, or no line end is in sight.
    #[cold]
    fn unusual_line(&mut self, number: &mut AnswerNumber) -> Option<io::Result<Option<String>>> {
        if let Some(line) = self.line_again(number) {
            return Some(line);
        }
        if self.skipping {
            let Some(end) = self.line_end() else {
                return self.unfinished_line(number);
            };
            self.start = end + 1;
            self.scanned = end + 1;
            self.skipping = false;
        }
        match self.line_end() {
            Some(end) => Some(self.line_before(end, number)),
            None => self.unfinished_line(number),
        }
    }

    /// A line without its end, if it is short enough and text.
    #[cold]
    fn checked(&self, line: &[u8]) -> io::Result<String> {
        if line.len() > self.limit {
            return Err(self.too_long(line).into());
        }
        match std::str::from_utf8(line) {
            Ok(line) => Ok(line.to_owned()),
            Err(_) => Err(LineError::NotUtf8 {
                bytes: line.to_vec(),
            }
            .into()),
        }
    }

    /// The error for a line that is too long. Its prefix is cut at the limit, so that it does not depend on how the bytes came.
    fn too_long(&self, line: &[u8]) -> LineError {
        LineError::TooLong {
            limit: self.limit,
            prefix: line[..self.limit.min(PREFIX)].to_vec(),
        }
    }

    /// No line end in sight: the line is too long, or it is the last one, or more must be read.
    fn unfinished_line(&mut self, number: &mut AnswerNumber) -> Option<io::Result<Option<String>>> {
        let rest = self.start..self.buffer.len();
        if self.skipping {
            self.drop_rest();
        } else if rest.len().saturating_sub(1) > self.limit {
            // One byte more than the limit may be the `\r` of the line's end.
            let error = self.too_long(&self.buffer[rest]);
            self.skipping = true;
            self.drop_rest();
            return Some(Err(error.into()));
        } else if !rest.is_empty() && !matches!(self.state, State::Open) {
            let line = self.checked(&self.buffer[rest]);
            *number = number.with_end(UnusualEnd::EndOfInput);
            self.drop_rest();
            return Some(line.map(Some));
        }
        self.end().map(|end| end.map(|()| None))
    }

    fn drop_rest(&mut self) {
        self.buffer.clear();
        self.start = 0;
        self.scanned = 0;
    }

    /// All that has come, if anything has or input has come to its end; `None` if more must be read.
    pub(in crate::kernel) fn bytes(
        &mut self,
        number: &mut AnswerNumber,
    ) -> Option<io::Result<Option<Vec<u8>>>> {
        if let Some((first, _)) = self.given_back.front() {
            *number = *first;
            self.unread();
        }
        if self.start == self.buffer.len() {
            return self.end().map(|end| end.map(|()| None));
        }
        // A task that wants bytes gets the rest of a line that was too long.
        self.skipping = false;
        let bytes = std::mem::take(self.buffer());
        self.scanned = 0;
        Some(Ok(Some(bytes)))
    }

    fn end(&self) -> Option<io::Result<()>> {
        match &self.state {
            State::Open => None,
            State::Ended => Some(Ok(())),
            State::Failed(kind, message) => Some(Err(io::Error::new(*kind, message.clone()))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A task is cancelled before it gets its bytes. Meanwhile another one has read the beginning of a line that is too long.
    #[test]
    fn bytes_that_come_back_before_a_line_that_is_too_long_are_not_skipped_with_it() {
        let mut input = Input::new(20);
        let (mut first, mut second) = (AnswerNumber::default(), AnswerNumber::default().next());
        input.buffer().extend(b"early");
        let bytes = input.bytes(&mut first).unwrap();
        input.buffer().extend([b'x'; 100]);
        assert!(input.line(&mut second).unwrap().is_err());
        input.give_back(first, Given::Bytes(bytes));
        input.buffer().extend(b"end\n");
        let line = input.line(&mut second.next()).unwrap();
        assert_eq!(line.unwrap().unwrap(), "earlyend");
    }
}
