//! [`Pipe`]: one direction of a connection.

use std::collections::VecDeque;

use crate::time::Time;

/// How many bytes a direction of a connection holds that were sent and not read.
pub(super) const BUFFER: usize = 64 * 1024;

/// One direction of a connection.
#[derive(Clone, Debug, Default)]
pub(super) struct Pipe {
    /// What is on the way or has arrived, with the time of arrival.
    pub(super) pieces: VecDeque<(Time, VecDeque<u8>)>,
    pub(super) held: usize,
    /// When its end arrives.
    pub(super) ends: Option<Time>,
    /// Nobody reads it any more.
    pub(super) is_closed: bool,
}

impl Pipe {
    pub(super) fn send(&mut self, bytes: &[u8], arrives: Time) {
        self.held += bytes.len();
        match self.pieces.back_mut() {
            Some((time, piece)) if *time == arrives => piece.extend(bytes),
            _ => self
                .pieces
                .push_back((arrives, bytes.iter().copied().collect())),
        }
    }

    /// Takes what has arrived, at most `room` bytes.
    pub(super) fn receive(&mut self, now: Time, room: usize, buffer: &mut Vec<u8>) -> usize {
        let before = buffer.len();
        while let Some((time, piece)) = self.pieces.front_mut()
            && *time <= now
            && buffer.len() - before < room
        {
            let some = piece.len().min(room - (buffer.len() - before));
            buffer.extend(piece.drain(..some));
            if piece.is_empty() {
                self.pieces.pop_front();
            }
        }
        let read = buffer.len() - before;
        self.held -= read;
        read
    }
}
