//! A carrier: one `genawaiter` generator on which many coroutines ride, one at a time.
//!
//! `genawaiter` gives each generator an airlock of its own, an allocation that a request and its answer pass
//! through. Ours share one: the generator's body is the [`Driver`], which polls whichever frame is *mounted*, and every
//! coroutine yields through the same airlock. A coroutine is then one allocation instead of three or four.
//!
//! Two more decisions shape this file, both because a task switch should cost as little as can be:
//!
//! - The airlock moves control only; a request and its answer lie on the [`Seat`] beside it (`request`, `answer`).
//!   A bare `yield_!()`, the commonest request, touches neither.
//! - The frames of running tasks stay where they are, in the [`Frames`] table, and are polled in place. Only a
//!   coroutine that is being primed, and therefore in no table yet, is handed over.
//!
//! A coroutine stays with the carrier it was born on. While one runs, its carrier is busy, so a coroutine that it
//! creates is born on the next one: the number of carriers is the depth to which priming has ever nested.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use slab::Slab;

use super::frame::AnyFrame;
use crate::switch::{Inside, Outside};

/// What the mounted coroutine did, seen from outside when control comes back.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) enum Crossing {
    /// It runs (or it came back without having asked anything: it awaits something that is not ours).
    Running,
    /// It yielded to the others and wants nothing.
    Now,
    /// It laid a request on the seat.
    Asked,
    /// It ended; its value is in the frame.
    Done,
}

/// Frames of the tasks of the loop that runs on this thread, each with what it returns to.
pub(crate) struct Slot {
    pub(crate) frame: AnyFrame,
    /// The frame that chained this one, an index into the same table, or [`Slot::ROOT`].
    pub(crate) caller: u32,
    /// Index of the carrier this frame was born on.
    pub(crate) carrier: u8,
    /// Its body has not started.
    pub(crate) is_new: bool,
}

impl Slot {
    pub(crate) const ROOT: u32 = u32::MAX;
}

/// Stands where the index of a mounted frame would, for one that is in no table.
const PRIMING: u32 = u32::MAX;

pub(crate) type Frames = RefCell<Slab<Slot>>;

/// The place beside the airlock where a request and its answer lie, reached by the loop and by the coroutine.
pub(crate) struct Seat<Q, A> {
    inside: Inside<(), ()>,
    crossing: Cell<Crossing>,
    request: Cell<Option<Q>>,
    answer: Cell<Option<A>>,
    frames: Rc<Frames>,
    /// Which frame of the table is mounted, or [`PRIMING`] …
    mounted: Cell<u32>,
    /// … if it is this one, which is in no table.
    priming: Cell<Option<AnyFrame>>,
}

impl<Q, A> Seat<Q, A> {
    /// Begins to cross the airlock with a request, or with none; the future is ready when control is back inside.
    #[inline]
    pub(crate) fn cross(&self, request: Option<Q>) -> impl Future<Output = ()> + '_ {
        if self.crossing.get() != Crossing::Running {
            self.misused(
                "a coroutine asked twice before it was answered: each yield_! must finish before the next \
                 (do not join or select over requests inside one coroutine; Spawn them instead)",
            );
        }
        match request {
            None => self.crossing.set(Crossing::Now),
            request => {
                self.crossing.set(Crossing::Asked);
                self.request.set(request);
            }
        }
        self.inside.yield_(())
    }

    /// Panics as the coroutine that runs.
    #[cold]
    fn misused(&self, how: &str) -> ! {
        self.crossing.set(Crossing::Running);
        panic!("{how}");
    }

    fn poll_primed(&self, cx: &mut Context<'_>) -> Poll<()> {
        let frame = self.priming.take();
        let mut frame = frame.expect("a primed frame was handed over");
        let polled = frame.as_mut().poll(cx);
        self.priming.set(Some(frame));
        polled
    }

    /// What the loop answered, if it was more than "go on".
    #[inline]
    pub(crate) fn answer(&self) -> Option<A> {
        self.answer.take()
    }
}

impl<Q, A> fmt::Debug for Seat<Q, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Seat({:?})", self.crossing.get())
    }
}

/// The body of a carrier's generator: polls the mounted frame whenever the generator is resumed, and never ends.
struct Driver<Q, A>(Rc<Seat<Q, A>>);

impl<Q, A> Driver<Q, A> {
    /// Comes out through the airlock on behalf of a frame that did not: it ended, or awaits something foreign.
    #[cold]
    fn come_out(&self) {
        drop(self.0.inside.yield_(()));
    }
}

impl<Q, A> Future for Driver<Q, A> {
    type Output = ();

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let seat = &*self.0;
        seat.crossing.set(Crossing::Running);
        let polled = match seat.mounted.get() {
            PRIMING => seat.poll_primed(cx),
            mounted => poll_mounted(&seat.frames, mounted, cx),
        };
        let asked = seat.crossing.get();
        if polled.is_ready() {
            if asked != Crossing::Running {
                seat.misused("a coroutine ended without waiting for what it had asked");
            }
            seat.crossing.set(Crossing::Done);
        }
        if asked == Crossing::Running {
            self.come_out();
        }
        Poll::Pending
    }
}

#[inline]
fn poll_mounted(frames: &Frames, mounted: u32, cx: &mut Context<'_>) -> Poll<()> {
    frames.borrow_mut()[mounted as usize]
        .frame
        .as_mut()
        .poll(cx)
}

/// One generator, and the seat by which both sides reach it.
pub(crate) struct Carrier<Q, A> {
    outside: RefCell<Outside<(), (), Driver<Q, A>>>,
    seat: Rc<Seat<Q, A>>,
}

impl<Q, A> Carrier<Q, A> {
    pub(crate) fn new(frames: Rc<Frames>) -> Carrier<Q, A> {
        let mut seat = None;
        let outside = Outside::new(|inside| {
            let new = Rc::new(Seat {
                inside,
                crossing: Cell::new(Crossing::Running),
                request: Cell::new(None),
                answer: Cell::new(None),
                frames,
                mounted: Cell::new(0),
                priming: Cell::new(None),
            });
            seat = Some(Rc::clone(&new));
            Driver(new)
        });
        Carrier {
            outside: RefCell::new(outside),
            seat: seat.expect("the generator's body is made at once"),
        }
    }

    pub(crate) fn seat(&self) -> &Rc<Seat<Q, A>> {
        &self.seat
    }

    /// Does a coroutine of this carrier run right now?
    pub(crate) fn is_busy(&self) -> bool {
        self.outside.try_borrow().is_err()
    }

    /// Lays down the answer that the next resumed frame finds.
    pub(crate) fn lay(&self, answer: A) {
        self.seat.answer.set(Some(answer));
    }

    /// Whether the mounted coroutine has control, or had it when it panicked.
    pub(crate) fn is_running(&self) -> bool {
        self.seat.crossing.get() == Crossing::Running
    }

    /// Forgets what a coroutine that panicked had laid down or not picked up.
    pub(crate) fn clear(&self) {
        self.seat.request.take();
        self.seat.answer.take();
    }

    /// Lays down what a coroutine asked when it was primed, as if it asked now.
    pub(crate) fn ask(&self, request: Q) {
        self.seat.request.set(Some(request));
    }

    /// What was asked, after [`Crossing::Asked`].
    pub(crate) fn asked(&self) -> Option<Q> {
        self.seat.request.take()
    }

    /// Runs frame `mounted` of the table to its next request or its end. A panic of its body goes through.
    #[inline]
    pub(crate) fn resume(&self, mounted: u32) -> Crossing {
        self.seat.mounted.set(mounted);
        self.outside.borrow_mut().resume_with(());
        self.seat.crossing.get()
    }

    /// Runs `frame`, which is in no table, to its first request or its end. A panic of its body goes through.
    pub(crate) fn prime(&self, frame: AnyFrame) -> (AnyFrame, Crossing) {
        self.seat.mounted.set(PRIMING);
        self.seat.priming.set(Some(frame));
        self.outside.borrow_mut().resume_with(());
        let frame = self.seat.priming.take();
        (
            frame.expect("the driver puts a primed frame back"),
            self.seat.crossing.get(),
        )
    }
}
