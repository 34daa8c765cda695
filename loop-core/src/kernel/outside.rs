//! What other threads and wakers may still change: the lines of the objects that wait for them, and the loop's inbox.

use std::collections::BTreeMap;
use std::sync::{Arc, Weak};
use std::task::Waker;

use crate::inbox::{Errand, Inbox, Line, Mail, Mailbox};
use crate::signal::SignalKind;

#[derive(Default)]
pub(super) struct Outside {
    /// There once something outside can tell the loop something.
    inbox: Option<Arc<Inbox>>,
    /// What the remotes of the loop share.
    remotes: Weak<Mailbox>,
    /// The objects that something outside is going to change: their places in the table of objects, and the numbers of their lines. A line
    /// that has rung is heard only if the object is still there.
    lines: BTreeMap<u32, u64>,
    next_number: u64,
    /// The signals for which tasks have asked so far.
    signals: Vec<SignalKind>,
    /// Those that have come while no task waited for them.
    kept: Vec<SignalKind>,
}

impl Outside {
    pub(super) fn has_inbox(&self) -> bool {
        self.inbox.is_some()
    }

    pub(super) fn set_waker(&mut self, waker: Waker) {
        self.inbox = Some(Arc::new(Inbox::new(waker)));
    }

    fn inbox(&self) -> &Arc<Inbox> {
        let inbox = self.inbox.as_ref();
        inbox.expect("the inbox is made before its first use")
    }

    /// Whether something has come since the last look.
    #[inline]
    pub(super) fn has_mail(&self) -> bool {
        self.inbox.as_ref().is_some_and(|inbox| inbox.has_mail())
    }

    /// The same, once nobody is left who could send something.
    pub(super) fn has_last_mail(&self) -> bool {
        self.inbox
            .as_ref()
            .is_some_and(|inbox| inbox.has_last_mail())
    }

    /// The loop is about to wait. False if there is something to look at first.
    #[inline]
    pub(super) fn begin_wait(&self) -> bool {
        self.inbox.as_ref().is_none_or(|inbox| inbox.begin_wait())
    }

    /// Makes the loop look, from any thread.
    pub(super) fn waker(&self) -> Waker {
        Waker::from(Arc::clone(self.inbox()))
    }

    /// Lets what comes for a loop that is a guest wake its host.
    pub(super) fn set_host(&self, host: Option<Waker>) {
        if let Some(inbox) = &self.inbox {
            inbox.set_host(host);
        }
    }

    /// A line for the object at this place.
    pub(super) fn open_line(&mut self, place: u32) -> Line {
        let number = self.next_number;
        self.next_number += 1;
        self.lines.insert(place, number);
        Line::new(self.inbox(), number, place)
    }

    /// No task waits for the object at this place any more.
    #[inline]
    pub(super) fn close_line(&mut self, place: u32) {
        if !self.lines.is_empty() {
            self.lines.remove(&place);
        }
    }

    /// The places of the objects that something outside is going to change.
    pub(super) fn places(&self) -> impl Iterator<Item = u32> {
        self.lines.keys().copied()
    }

    /// Those of them that are wanted, in the order in which tasks have asked.
    pub(super) fn places_in_order(&self, wanted: impl Fn(&u32) -> bool) -> Vec<u32> {
        let mut wanted: Vec<u32> = self.places().filter(wanted).collect();
        wanted.sort_unstable_by_key(|place| self.lines[place]);
        wanted
    }

    /// A task asks for a signal. True if it has come already.
    pub(super) fn listen(&mut self, signal: SignalKind) -> bool {
        self.listen_always(signal);
        let kept = self.kept.iter().position(|kept| *kept == signal);
        kept.map(|kept| self.kept.remove(kept)).is_some()
    }

    /// The loop itself asks for a signal.
    pub(super) fn listen_always(&mut self, signal: SignalKind) {
        if !self.signals.contains(&signal) {
            self.signals.push(signal);
        }
    }

    pub(super) fn listened_to(&self) -> &[SignalKind] {
        &self.signals
    }

    /// Keeps a signal for the next task that asks for it.
    pub(super) fn keep(&mut self, signal: SignalKind) {
        // Without a task that waits, Ctrl-C ends the run.
        if signal != SignalKind::interrupt() && !self.kept.contains(&signal) {
            self.kept.push(signal);
        }
    }

    /// Takes what has come: the places of the objects whose lines have rung, in the order in which the lines were opened, and errands.
    pub(super) fn take(&mut self) -> (Vec<u32>, Vec<Errand>) {
        let Some(inbox) = &self.inbox else {
            return Default::default();
        };
        let Mail { mut rung, errands } = inbox.take();
        rung.sort_unstable();
        rung.dedup();
        let lines = &self.lines;
        rung.retain(|(number, place)| lines.get(place) == Some(number));
        let places = rung.iter().map(|(_, place)| *place).collect();
        (places, errands)
    }

    /// The loop ends: takes what it never looks at.
    pub(super) fn close(&mut self) -> Vec<Errand> {
        let inbox = self.inbox.take();
        inbox.map(|inbox| inbox.close()).unwrap_or_default()
    }

    /// What remotes of this loop send their errands with.
    pub(super) fn mailbox(&mut self) -> Arc<Mailbox> {
        if let Some(mailbox) = self.remotes.upgrade() {
            return mailbox;
        }
        let mailbox = Arc::new(Mailbox::new(self.inbox()));
        self.remotes = Arc::downgrade(&mailbox);
        mailbox
    }

    /// Whether another thread may send an errand.
    pub(super) fn has_remotes(&self) -> bool {
        self.remotes.strong_count() > 0
    }
}
