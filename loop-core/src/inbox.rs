//! [`Inbox`]: what other threads, and wakers, tell a loop.
//!
//! An object that something outside is going to change has a [`Line`] to its loop. Who is going to change it has a [`Bell`] at the
//! end of that line. The loop takes what has rung at its next look; if it waits, the bell ends the wait. While nobody has a bell any
//! more, it cannot ring: so the loop knows a deadlock when it sees one.

use std::mem;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Wake, Waker};

use crate::coroutine::RawCoroutine;
use crate::world::Tell;

/// What another thread wants to be run: it is called on the loop's thread, and told whether the loop records.
pub(crate) type Errand = Box<dyn FnOnce(bool) -> RawCoroutine + Send>;

/// What the world is to do for an object.
pub(crate) enum Job {
    /// Something on another thread.
    #[cfg(feature = "blocking")]
    Run(Box<dyn FnOnce() + Send>),
    /// To find out the addresses of a host with a port, and tell them.
    LookUp(String, u16, Tell),
}

/// What other threads tell one loop.
pub(crate) struct Inbox {
    state: Mutex<State>,
    /// Something is in it. A loop that is busy looks here, without the lock.
    has_mail: AtomicBool,
    /// Ends the wait of the loop's world.
    waker: Waker,
}

#[derive(Default)]
struct State {
    mail: Mail,
    /// The loop waits, or is about to.
    is_awaited: bool,
    /// The loop was dropped.
    is_closed: bool,
    /// While the loop is a guest: wakes the task that drives it.
    host: Option<Waker>,
}

/// What has come since the last look.
#[derive(Default)]
pub(crate) struct Mail {
    /// The lines that have rung, by number and place.
    pub(crate) rung: Vec<(u64, u32)>,
    /// In the order in which they came.
    pub(crate) errands: Vec<Errand>,
}

impl Inbox {
    pub(crate) fn new(waker: Waker) -> Inbox {
        Inbox {
            state: Mutex::default(),
            has_mail: AtomicBool::new(false),
            waker,
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    // The side of the others.

    /// Puts something in, unless the loop was dropped.
    fn put(&self, put: impl FnOnce(&mut Mail)) {
        let mut state = self.state();
        if state.is_closed {
            // What is not put in may have a destructor, which must not find the box locked.
            drop(state);
            return;
        }
        put(&mut state.mail);
        self.has_mail.store(true, Ordering::Release);
        self.end_wait(state);
    }

    /// Makes a loop that waits look again whether anything can still happen.
    fn look_again(&self) {
        self.end_wait(self.state());
    }

    /// One call of the waker ends a wait, so only the first of several costs a system call.
    fn end_wait(&self, mut state: MutexGuard<'_, State>) {
        let is_awaited = mem::take(&mut state.is_awaited);
        let host = state.host.take();
        drop(state);
        match host {
            Some(host) => host.wake(),
            None if is_awaited => self.waker.wake_by_ref(),
            None => {}
        }
    }

    // The loop's side.

    /// The next thing that comes wakes this task instead of ending a wait.
    pub(crate) fn set_host(&self, host: Option<Waker>) {
        let mut state = self.state();
        let before = mem::replace(&mut state.host, host);
        drop(state);
        // A waker may have a destructor, which must not find the box locked.
        drop(before);
    }

    /// Whether something is in it.
    #[inline]
    pub(crate) fn has_mail(&self) -> bool {
        self.has_mail.load(Ordering::Acquire)
    }

    /// The loop is about to wait: what comes from now on ends the wait. False if something is in the box already.
    pub(crate) fn begin_wait(&self) -> bool {
        let mut state = self.state();
        state.is_awaited = !self.has_mail();
        state.is_awaited
    }

    /// Whether something is in it, also what was put in by somebody of whom only the end is known. The lock orders the two.
    pub(crate) fn has_last_mail(&self) -> bool {
        let _state = self.state();
        self.has_mail()
    }

    /// The loop is dropped: nothing comes in any more. Gives the errands that it has not run.
    pub(crate) fn close(&self) -> Vec<Errand> {
        let mut state = self.state();
        state.is_closed = true;
        mem::take(&mut state.mail.errands)
    }

    /// Takes what is in it. The loop does not wait any more.
    pub(crate) fn take(&self) -> Mail {
        let mut state = self.state();
        state.is_awaited = false;
        self.has_mail.store(false, Ordering::Release);
        mem::take(&mut state.mail)
    }
}

/// Where other threads leave errands. All remotes of a loop share it, so the loop knows whether there is one.
pub(crate) struct Mailbox(Arc<Inbox>);

impl Mailbox {
    pub(crate) fn new(inbox: &Arc<Inbox>) -> Mailbox {
        Mailbox(Arc::clone(inbox))
    }

    /// Leaves an errand for the loop.
    pub(crate) fn send(&self, errand: Errand) {
        self.0.put(|mail| mail.errands.push(errand));
    }
}

impl Drop for Mailbox {
    /// No errand can come any more, which may be a deadlock.
    fn drop(&mut self) {
        self.0.look_again();
    }
}

/// From an object to the loop whose task waits for it.
#[derive(Clone)]
pub(crate) struct Line {
    inbox: Arc<Inbox>,
    /// Lines are numbered in the order in which tasks have asked, and answered in that order.
    number: u64,
    /// The object's place in the loop's table.
    place: u32,
}

impl Line {
    pub(crate) fn new(inbox: &Arc<Inbox>, number: u64, place: u32) -> Line {
        Line {
            inbox: Arc::clone(inbox),
            number,
            place,
        }
    }

    /// A bell at its end.
    pub(crate) fn bell(&self) -> Arc<Bell> {
        Arc::new(Bell {
            line: self.clone(),
            has_rung: AtomicBool::new(false),
        })
    }
}

/// Tells a loop that an object has changed, from any thread.
pub(crate) struct Bell {
    line: Line,
    /// And the loop has not heard it yet.
    has_rung: AtomicBool,
}

impl Bell {
    pub(crate) fn ring(&self) {
        if !self.has_rung.swap(true, Ordering::AcqRel) {
            let Line { number, place, .. } = self.line;
            self.line.inbox.put(|mail| mail.rung.push((number, place)));
        }
    }

    /// The loop has heard it, and it can ring again.
    pub(crate) fn heard(&self) {
        self.has_rung.swap(false, Ordering::AcqRel);
    }
}

impl Wake for Inbox {
    /// The loop looks, at its next turn of doing so: something outside of the box has changed.
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.put(|_| ());
    }
}

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.ring();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.ring();
    }
}

impl Drop for Bell {
    /// Nobody can ring it any more, which may be a deadlock.
    fn drop(&mut self) {
        self.line.inbox.look_again();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::AtomicUsize;

    /// Counts how often the loop's wait was ended.
    #[derive(Default)]
    struct Woken(AtomicUsize);

    impl Wake for Woken {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn inbox() -> (Arc<Inbox>, Arc<Woken>) {
        let woken = Arc::new(Woken::default());
        (Arc::new(Inbox::new(Arc::clone(&woken).into())), woken)
    }

    fn taken(inbox: &Inbox) -> Vec<(u64, u32)> {
        inbox.take().rung
    }

    #[test]
    fn a_bell_rings_once_until_it_is_heard() {
        let (inbox, _) = inbox();
        let bell = Line::new(&inbox, 7, 1).bell();
        bell.ring();
        bell.ring();
        assert_eq!(taken(&inbox), [(7, 1)]);
        bell.ring();
        assert_eq!(taken(&inbox), []);
        bell.heard();
        bell.ring();
        assert_eq!(taken(&inbox), [(7, 1)]);
        assert!(!inbox.has_mail());
    }

    #[test]
    fn only_a_wait_is_ended_and_only_once() {
        let (inbox, woken) = inbox();
        let bells = [1, 2].map(|number| Line::new(&inbox, number, 0).bell());
        bells[0].ring();
        assert!(!inbox.begin_wait());
        assert_eq!(taken(&inbox), [(1, 0)]);
        assert_eq!(woken.0.load(Ordering::Relaxed), 0);
        assert!(inbox.begin_wait());
        bells[0].heard();
        bells.iter().for_each(|bell| bell.ring());
        assert_eq!(woken.0.load(Ordering::Relaxed), 1);
        assert_eq!(taken(&inbox), [(1, 0), (2, 0)]);
    }

    #[test]
    fn the_end_of_a_bell_ends_a_wait() {
        let (inbox, woken) = inbox();
        let bell = Line::new(&inbox, 1, 0).bell();
        assert!(inbox.begin_wait());
        drop(bell);
        assert_eq!(woken.0.load(Ordering::Relaxed), 1);
        assert!(!inbox.has_mail());
    }
}
