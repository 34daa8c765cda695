//! [`Pipe`]: one direction of a connection.

use std::collections::VecDeque;

use super::agenda::HELD;
use crate::time::Time;

/// One direction of a connection.
#[derive(Clone, Debug, Default)]
pub(super) struct Pipe {
    /// What is on the way or has arrived, with the time of arrival, which never goes back.
    pieces: VecDeque<(Time, VecDeque<u8>)>,
    held: usize,
    /// When its end arrives.
    ends: Option<Time>,
}

impl Pipe {
    /// Nothing overtakes what was sent before. Gives the time of arrival.
    pub(super) fn send(&mut self, bytes: &[u8], arrives: Time) -> Time {
        self.held += bytes.len();
        match self.pieces.back_mut() {
            Some((time, piece)) if *time >= arrives => {
                piece.extend(bytes);
                *time
            }
            _ => {
                let piece = bytes.iter().copied().collect();
                self.pieces.push_back((arrives, piece));
                arrives
            }
        }
    }

    /// Its end is sent, behind all that was sent before. Gives the time of arrival.
    pub(super) fn end(&mut self, arrives: Time) -> Time {
        *self.ends.insert(arrives.max(self.last()))
    }

    pub(super) fn is_ended(&self) -> bool {
        self.ends.is_some()
    }

    /// Whether its end has arrived.
    pub(super) fn has_ended(&self, now: Time) -> bool {
        self.ends.is_some_and(|time| time <= now)
    }

    /// How many bytes are in it.
    pub(super) fn held(&self) -> usize {
        self.held
    }

    /// When the last of what was sent arrives.
    pub(super) fn last(&self) -> Time {
        self.pieces.back().map_or(Time::ZERO, |(time, _)| *time)
    }

    /// When what was sent next arrives.
    pub(super) fn next(&self) -> Option<Time> {
        let piece = self.pieces.front().map(|(time, _)| *time);
        piece.or(self.ends)
    }

    /// How many bytes have arrived, if they are fewer than `room`.
    pub(super) fn arrived(&self, now: Time, room: usize) -> usize {
        let mut arrived = 0;
        for (time, piece) in &self.pieces {
            if *time > now || arrived >= room {
                break;
            }
            arrived += piece.len();
        }
        arrived.min(room)
    }

    /// Takes some of what has arrived.
    pub(super) fn receive(&mut self, count: usize, buffer: &mut Vec<u8>) {
        let mut missing = count;
        while missing > 0
            && let Some((_, piece)) = self.pieces.front_mut()
        {
            let some = piece.len().min(missing);
            buffer.extend(piece.drain(..some));
            missing -= some;
            if piece.is_empty() {
                self.pieces.pop_front();
            }
        }
        self.held -= count - missing;
    }

    /// What has not arrived yet never does.
    pub(super) fn cut(&mut self, now: Time) {
        self.pieces.retain(|(time, _)| *time <= now);
        self.held = self.pieces.iter().map(|(_, piece)| piece.len()).sum();
        self.ends = self.ends.filter(|time| *time <= now);
    }

    /// Nobody reads what is in it.
    pub(super) fn clear(&mut self) {
        self.pieces.clear();
        self.held = 0;
    }

    /// What was held up is sent again.
    pub(super) fn resend(&mut self, mut arrival: impl FnMut(usize) -> Time) {
        let mut last = Time::ZERO;
        for (time, piece) in &mut self.pieces {
            if *time == HELD {
                *time = arrival(piece.len()).max(last);
            }
            last = *time;
        }
        if self.ends == Some(HELD) {
            self.ends = Some(arrival(0).max(last));
        }
    }
}
