//! [`Connection`]: two sides, and what is on the way between them.

use std::io::{self, ErrorKind};
use std::net::IpAddr;

use super::agenda::HELD;
use super::links::Links;
use super::pipe::Pipe;
use super::place::{Way, way};
use crate::id::SourceId;
use crate::time::Time;
use crate::world::Address;

/// Who has asked for the connection, and who has accepted it.
pub(super) const CLIENT: usize = 0;
pub(super) const SERVER: usize = 1;

/// One side of a connection.
#[derive(Clone, Debug)]
pub(super) struct Side {
    pub(super) address: Address,
    /// None before it is accepted, and when it has left.
    pub(super) socket: Option<SourceId>,
    pub(super) has_left: bool,
    pub(super) incoming: Pipe,
    /// It has said that it reads no more.
    pub(super) reads_no_more: bool,
    /// When it learns that the connection is reset.
    reset: Option<Time>,
    /// It was told so.
    is_told: bool,
    /// A read has given less than has arrived, and a write has taken less than there was room for. The others come at the next look.
    is_torn: bool,
    is_short: bool,
}

impl Side {
    fn new(address: Address) -> Side {
        Side {
            address,
            socket: None,
            has_left: false,
            incoming: Pipe::default(),
            reads_no_more: false,
            reset: None,
            is_told: false,
            is_torn: false,
            is_short: false,
        }
    }

    fn is_reset(&self, now: Time) -> bool {
        self.reset.is_some_and(|time| time <= now)
    }

    fn announce(&self, links: &mut Links, time: Time) {
        if let Some(socket) = self.socket {
            links.agenda.announce(time, socket);
        }
    }

    /// The first to come is what it learns.
    fn reset(&mut self, links: &mut Links, time: Time) {
        let time = self.reset.map_or(time, |before| before.min(time));
        self.reset = Some(time);
        self.announce(links, time);
    }

    /// It waits for what comes: it is told when there may be something new.
    pub(super) fn wait_for_input(&self, links: &mut Links) {
        for time in self.incoming.next().into_iter().chain(self.reset) {
            self.announce(links, time);
        }
    }

    /// There was a moment.
    pub(super) fn look(&mut self) {
        self.is_torn = false;
        self.is_short = false;
    }
}

/// How far it is with a connection.
#[derive(Clone, Copy, Debug)]
pub(super) enum Making {
    /// The question for it is on its way, or waits until the listener has room.
    Asked,
    /// The question waits until the link is repaired.
    Held,
    /// The answer arrives then.
    Answered(Time, Option<ErrorKind>),
}

#[derive(Clone, Debug)]
pub(super) struct Connection {
    pub(super) sides: [Side; 2],
    pub(super) making: Making,
    /// When the client gives up, if there is no answer by then.
    pub(super) gives_up: Time,
    /// From which address to which what the client sends goes.
    way: Way,
}

impl Connection {
    pub(super) fn new(client: Address, server: Address, gives_up: Time) -> Connection {
        let way = way(&client, &server);
        let mut sides = [Side::new(client), Side::new(server)];
        // Until there is one.
        sides[SERVER].has_left = true;
        Connection {
            sides,
            making: Making::Asked,
            gives_up,
            way,
        }
    }

    /// From which address to which what a side sends goes.
    pub(super) fn way(&self, from: usize) -> Way {
        let (client, server) = self.way?;
        Some(match from {
            CLIENT => (client, server),
            _ => (server, client),
        })
    }

    /// Whether its link is that between two addresses.
    pub(super) fn is_over(&self, a: IpAddr, b: IpAddr) -> bool {
        self.way == Some((a, b)) || self.way == Some((b, a))
    }

    /// Whether a side has gone, or reads no more, and the other one learns it when it writes, as with Unix sockets.
    fn is_left_at_once(&self, me: usize) -> bool {
        let other = &self.sides[1 - me];
        self.way.is_none() && (other.has_left || other.reads_no_more)
    }

    /// Whether nothing can be shut down any more.
    pub(super) fn is_closed(&self, now: Time, me: usize) -> bool {
        let mut sides = self.sides.iter();
        let has_ended = sides.all(|side| side.incoming.has_ended(now));
        self.way.is_some() && (has_ended || self.sides[me].is_reset(now))
    }

    /// Whether it is there for both sides, or is going to be.
    pub(super) fn is_made(&self) -> bool {
        matches!(self.making, Making::Answered(_, None))
    }

    pub(super) fn is_left(&self) -> bool {
        self.sides.iter().all(|side| side.has_left)
    }

    /// How many of the bytes are taken; none if it would block.
    pub(super) fn write(
        &mut self,
        links: &mut Links,
        now: Time,
        me: usize,
        bytes: &[u8],
    ) -> io::Result<Option<usize>> {
        self.can_write(now, me)?;
        let link = links.link(self.way(me));
        let (buffer, resets, short_writes) = (link.buffer, link.resets, link.short_writes);
        let room = buffer.saturating_sub(self.sides[1 - me].incoming.held());
        if bytes.is_empty() {
            return Ok(Some(0));
        }
        if room == 0 || self.sides[me].is_short {
            // Who reads tells when there is room again.
            return Ok(None);
        }
        if links.falls(resets) {
            self.reset_by_network(links, now);
            self.can_write(now, me)?;
        }
        let all = bytes.len().min(room);
        let some = links.some_of(all, short_writes);
        if some < all {
            links.faults.short_writes += 1;
            self.sides[me].is_short = true;
            self.sides[me].announce(links, now);
        }
        self.send(links, now, me, &bytes[..some]);
        Ok(Some(some))
    }

    fn can_write(&mut self, now: Time, me: usize) -> io::Result<()> {
        if self.is_left_at_once(me) {
            return Err(ErrorKind::BrokenPipe.into());
        }
        let is_ended = self.sides[1 - me].incoming.is_ended();
        let side = &mut self.sides[me];
        let error = match side.is_reset(now) {
            false if is_ended => ErrorKind::BrokenPipe,
            false => return Ok(()),
            true if std::mem::replace(&mut side.is_told, true) => ErrorKind::BrokenPipe,
            true if side.incoming.has_ended(now) => ErrorKind::BrokenPipe,
            true => ErrorKind::ConnectionReset,
        };
        Err(error.into())
    }

    fn send(&mut self, links: &mut Links, now: Time, me: usize, bytes: &[u8]) {
        let arrives = links.arrival(now, self.way(me), bytes.len());
        links.faults.held += u64::from(arrives == HELD);
        let back = self.way(1 - me);
        let has_ended = self.sides[me].incoming.is_ended();
        let other = &mut self.sides[1 - me];
        let arrives = other.incoming.send(bytes, arrives);
        other.announce(links, arrives);
        // Nobody reads it: the answer is a reset.
        if other.has_left || other.reads_no_more && has_ended {
            let answer = match arrives {
                HELD => HELD,
                arrives => links.arrival(arrives, back, 0),
            };
            self.sides[me].reset(links, answer);
        }
    }

    /// How many bytes are read; none if it would block.
    pub(super) fn read(
        &mut self,
        links: &mut Links,
        now: Time,
        me: usize,
        buffer: &mut Vec<u8>,
    ) -> io::Result<Option<usize>> {
        let link = links.link(self.way(1 - me));
        let (latency, resets, torn_reads) = (link.latency, link.resets, link.torn_reads);
        let room = buffer.capacity() - buffer.len();
        let arrived = self.sides[me].incoming.arrived(now, room);
        if arrived > 0 && !self.sides[me].is_torn {
            if links.falls(resets) {
                self.reset_by_network(links, now);
            }
            let some = links.some_of(arrived, torn_reads);
            let [mine, other] = self.mine_and_other(me);
            if some < arrived {
                links.faults.torn_reads += 1;
                mine.is_torn = true;
                mine.announce(links, now);
            }
            mine.incoming.receive(some, buffer);
            // There is room again.
            other.announce(links, now + latency);
            return Ok(Some(some));
        }
        let mine = &mut self.sides[me];
        let has_ended = arrived == 0
            && (mine.incoming.has_ended(now)
                || mine.is_reset(now) && mine.is_told
                || mine.reads_no_more && !mine.is_reset(now));
        if has_ended || room == 0 {
            return Ok(Some(0));
        }
        if arrived == 0 && mine.is_reset(now) {
            mine.is_told = true;
            return Err(ErrorKind::ConnectionReset.into());
        }
        mine.wait_for_input(links);
        Ok(None)
    }

    fn mine_and_other(&mut self, me: usize) -> [&mut Side; 2] {
        let [client, server] = &mut self.sides;
        match me {
            CLIENT => [client, server],
            _ => [server, client],
        }
    }

    /// A side sends nothing more.
    pub(super) fn end(&mut self, links: &mut Links, now: Time, me: usize) {
        if self.sides[1 - me].incoming.is_ended() {
            return;
        }
        let arrives = links.arrival(now, self.way(me), 0);
        links.faults.held += u64::from(arrives == HELD);
        let other = &mut self.sides[1 - me];
        let arrives = other.incoming.end(arrives);
        other.announce(links, arrives);
    }

    pub(super) fn stop_reading(&mut self, links: &mut Links, now: Time, me: usize) {
        self.sides[me].reads_no_more = true;
        self.sides[me].announce(links, now);
    }

    /// A side leaves. The other one is reset if there is something that is not read.
    pub(super) fn leave(&mut self, links: &mut Links, now: Time, me: usize, resets: bool) {
        let mine = &mut self.sides[me];
        mine.has_left = true;
        mine.socket = None;
        let is_unread = mine.incoming.held() > 0;
        mine.incoming.clear();
        // What is reset says nothing more.
        if mine.is_reset(now) || self.is_left() {
            return;
        }
        if is_unread || resets {
            let arrives = links.arrival(now, self.way(me), 0);
            let other = &mut self.sides[1 - me];
            let arrives = arrives.max(other.incoming.last());
            other.reset(links, arrives);
        } else {
            self.end(links, now, me);
        }
    }

    /// The network resets it: both sides learn it at once.
    pub(super) fn reset_by_network(&mut self, links: &mut Links, now: Time) {
        if self.sides.iter().all(|side| side.is_reset(now)) {
            return;
        }
        links.faults.resets += 1;
        for side in &mut self.sides {
            side.incoming.cut(now);
            side.reset(links, now);
        }
    }

    /// The client is answered.
    pub(super) fn answer(&mut self, links: &mut Links, now: Time, error: Option<ErrorKind>) {
        let arrives = links.arrival(now, self.way(SERVER), 0);
        self.making = Making::Answered(arrives, error);
        self.sides[CLIENT].announce(links, arrives);
    }

    /// The link is repaired: what was held up is sent again, but for the question for the connection.
    pub(super) fn resume(&mut self, links: &mut Links, now: Time) {
        if let Making::Answered(HELD, error) = self.making {
            self.answer(links, now, error);
        }
        for me in [CLIENT, SERVER] {
            let way = self.way(1 - me);
            let side = &mut self.sides[me];
            side.incoming.resend(|bytes| links.arrival(now, way, bytes));
            if side.reset == Some(HELD) {
                let arrives = links.arrival(now, way, 0).max(side.incoming.last());
                side.reset = Some(arrives);
            }
            side.wait_for_input(links);
        }
    }
}
