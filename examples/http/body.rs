//! Bodies: where they end, and what is in them.

use super::Mistake;

/// How the end of a body is known.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Framing {
    /// It has so many bytes.
    Length(u64),
    /// It comes in chunks.
    Chunked,
    /// It goes on until the connection ends. Only of an answer.
    UntilClose,
}

/// Takes a body out of what comes, a piece at a time.
#[derive(Clone, Debug)]
pub struct Decoder {
    state: State,
    /// So many bytes may still come.
    room: u64,
    /// So many bytes may still come that are not the body's: extensions of chunks, and trailers.
    spare: usize,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum State {
    /// Bytes of the body, until so many have come.
    Bytes(u64),
    UntilClose,
    /// The size of a chunk, before its first digit, and after it.
    SizeStart,
    Size(u64),
    /// What follows the size of a chunk on its line, and what ends the line.
    Extension(u64),
    SizeLf(u64),
    /// Bytes of a chunk, and what follows them.
    Chunk(u64),
    ChunkCr,
    ChunkLf,
    /// Lines after the last chunk: at the first byte of one, within one, and at its end.
    TrailerStart,
    Trailer,
    TrailerLf,
    LastLf,
    Done,
}

/// How long the extensions of chunks and the trailers may be in all.
const SPARE: usize = 4096;

const NO_CHUNK: Mistake = Mistake::Malformed("the body is not in chunks");

impl Decoder {
    /// Of a body that has at most `limit` bytes.
    ///
    /// # Errors
    ///
    /// If it says that it has more.
    pub fn new(framing: Framing, limit: u64) -> Result<Decoder, Mistake> {
        let state = match framing {
            Framing::Length(0) => State::Done,
            Framing::Length(length) if length > limit => return Err(Mistake::BodyTooLarge),
            Framing::Length(length) => State::Bytes(length),
            Framing::Chunked => State::SizeStart,
            Framing::UntilClose => State::UntilClose,
        };
        Ok(Decoder {
            state,
            room: limit,
            spare: SPARE,
        })
    }

    /// Whether all of it has come.
    pub fn is_done(&self) -> bool {
        self.state == State::Done
    }

    /// Whether the connection may end now.
    pub fn may_end(&self) -> bool {
        matches!(self.state, State::Done | State::UntilClose)
    }

    /// Adds to `body` what of it is in `input`. Answers how many bytes of `input` belong to it: all, unless it is done.
    ///
    /// # Errors
    ///
    /// If it is no body, or has more bytes than it may.
    pub fn decode(&mut self, input: &[u8], body: &mut Vec<u8>) -> Result<usize, Mistake> {
        let mut used = 0;
        while used < input.len() && self.state != State::Done {
            let rest = &input[used..];
            let (some, next) = match self.state {
                State::Bytes(left) => match self.take(rest, left, body)? {
                    (some, 0) => (some, State::Done),
                    (some, left) => (some, State::Bytes(left)),
                },
                State::Chunk(left) => match self.take(rest, left, body)? {
                    (some, 0) => (some, State::ChunkCr),
                    (some, left) => (some, State::Chunk(left)),
                },
                State::UntilClose => (self.take(rest, u64::MAX, body)?.0, State::UntilClose),
                _ => (1, self.between(rest[0])?),
            };
            used += some;
            self.state = next;
        }
        Ok(used)
    }

    /// Takes what is there of the `left` bytes that come next. Answers how many that is, and how many are left.
    fn take(
        &mut self,
        input: &[u8],
        left: u64,
        body: &mut Vec<u8>,
    ) -> Result<(usize, u64), Mistake> {
        let some = input.len().min(usize::try_from(left).unwrap_or(usize::MAX));
        let room = self.room.checked_sub(some as u64);
        self.room = room.ok_or(Mistake::BodyTooLarge)?;
        body.extend_from_slice(&input[..some]);
        Ok((some, left - some as u64))
    }

    /// The state after a byte that is between the chunks. Lines end with `\r\n` there, and with nothing else: somebody who reads the same
    /// bytes more loosely would see another end of the body.
    fn between(&mut self, byte: u8) -> Result<State, Mistake> {
        Ok(match (self.state, byte) {
            (State::SizeStart, byte) => State::Size(self.size(0, byte)?),
            (State::Size(size) | State::Extension(size), b'\r') => State::SizeLf(size),
            (State::Size(size), b';' | b' ' | b'\t') => State::Extension(size),
            (State::Size(size), byte) => State::Size(self.size(size, byte)?),
            (State::SizeLf(0), b'\n') => State::TrailerStart,
            (State::SizeLf(size), b'\n') => State::Chunk(size),
            (State::ChunkCr, b'\r') => State::ChunkLf,
            (State::ChunkLf, b'\n') => State::SizeStart,
            (State::TrailerStart, b'\r') => State::LastLf,
            (State::Trailer, b'\r') => State::TrailerLf,
            (State::TrailerLf, b'\n') => State::TrailerStart,
            (State::LastLf, b'\n') => State::Done,
            (state @ State::Extension(_), byte) if byte != b'\n' => self.spare(state)?,
            (State::TrailerStart | State::Trailer, byte) if byte != b'\n' => {
                self.spare(State::Trailer)?
            }
            _ => return Err(NO_CHUNK),
        })
    }

    /// The size of a chunk with one digit more.
    fn size(&self, size: u64, digit: u8) -> Result<u64, Mistake> {
        let digit = char::from(digit).to_digit(16).ok_or(NO_CHUNK)?;
        let size = size.saturating_mul(16).saturating_add(digit.into());
        match size > self.room {
            true => Err(Mistake::BodyTooLarge),
            false => Ok(size),
        }
    }

    /// The state after a byte that is skipped.
    fn spare(&mut self, next: State) -> Result<State, Mistake> {
        let spare = self.spare.checked_sub(1);
        self.spare = spare.ok_or(Mistake::HeadTooLarge)?;
        Ok(next)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_that_ends_with_the_connection_has_a_limit_too() {
        let mut decoder = Decoder::new(Framing::UntilClose, 3).unwrap();
        let mut body = Vec::new();
        assert_eq!(decoder.decode(b"ab", &mut body), Ok(2));
        assert!(decoder.may_end() && !decoder.is_done());
        assert_eq!(decoder.decode(b"cd", &mut body), Err(Mistake::BodyTooLarge));
        assert_eq!(body, b"ab");
    }
}
