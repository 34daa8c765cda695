//! Tasks that do not simply end when they end or are cancelled: coroutines that are to run first, and shields.

use std::collections::BTreeMap;

use super::locals::Values;
use crate::coroutine::AnyFrame;
use crate::id::TaskId;
use crate::request::TaskError;

/// How a task has ended. It is told when the deferred coroutines have run.
pub(super) enum Ending {
    /// It has returned; the value is in the frame.
    Returned(AnyFrame),
    Failed(TaskError),
    Cancelled(TaskError),
}

/// Who cancels a task, and why.
#[derive(Clone, Default)]
pub(super) struct Cause {
    by: Option<String>,
    reason: Option<String>,
}

impl Cause {
    pub(super) fn new(by: Option<String>, reason: Option<String>) -> Cause {
        Cause { by, reason }
    }

    /// The error of a task that is cancelled for this cause.
    pub(super) fn error(&self, task: String, site: &'static crate::coroutine::Site) -> TaskError {
        TaskError::cancelled(task, Some(site), self.by.clone(), self.reason.clone())
    }
}

/// A coroutine that runs when its task ends, and the values that it has then.
pub(super) type Deferred = (AnyFrame, Option<Values>);

#[derive(Default)]
struct Closing {
    /// Coroutines that run when the task ends, the last one first, each with the values that the task had.
    deferred: Vec<Deferred>,
    /// How many shields there are around what the task does.
    shields: u32,
    /// The task has ended, and the deferred coroutines run.
    ending: Option<Ending>,
    /// The task is to be cancelled as soon as that is possible.
    cancelled: Option<Cause>,
}

impl Closing {
    /// Whether the end of the task is simple after all.
    fn is_over(&self) -> bool {
        self.deferred.is_empty()
            && self.shields == 0
            && self.ending.is_none()
            && self.cancelled.is_none()
    }
}

/// Empty unless a task defers something or shields itself.
#[derive(Default)]
pub(super) struct Closings(BTreeMap<TaskId, Closing>);

impl Closings {
    #[inline]
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether the end of a task is not simple.
    #[inline]
    pub(super) fn has(&self, task: TaskId) -> bool {
        !self.0.is_empty() && self.0.contains_key(&task)
    }

    pub(super) fn defer(&mut self, task: TaskId, coroutine: AnyFrame, values: Option<Values>) {
        let closing = self.0.entry(task).or_default();
        closing.deferred.push((coroutine, values));
    }

    pub(super) fn shield(&mut self, task: TaskId) {
        self.0.entry(task).or_default().shields += 1;
    }

    /// Removes a shield. Gives the cause if the task has been cancelled meanwhile, and no shield is left.
    pub(super) fn unshield(&mut self, task: TaskId) -> Option<Cause> {
        let closing = self.0.get_mut(&task)?;
        closing.shields = closing.shields.saturating_sub(1);
        // A deferred coroutine may have shields of its own, but the task has been cancelled before.
        if closing.shields > 0 || closing.ending.is_some() {
            return None;
        }
        self.take_cause(task)
    }

    /// Whether a cancellation of the task has to wait: it is shielded, or it is ending already.
    pub(super) fn resists(&self, task: TaskId) -> bool {
        let closing = self.0.get(&task);
        closing.is_some_and(|closing| closing.shields > 0 || closing.ending.is_some())
    }

    pub(super) fn is_ending(&self, task: TaskId) -> bool {
        let closing = self.0.get(&task);
        closing.is_some_and(|closing| closing.ending.is_some())
    }

    /// The task is to be cancelled as soon as that is possible. The first cause stays.
    pub(super) fn cancel_later(&mut self, task: TaskId, cause: &Cause) {
        let closing = self.0.entry(task).or_default();
        closing.cancelled.get_or_insert_with(|| cause.clone());
    }

    #[inline]
    pub(super) fn is_cancelled(&self, task: TaskId) -> bool {
        !self.0.is_empty()
            && self
                .0
                .get(&task)
                .is_some_and(|closing| closing.cancelled.is_some())
    }

    /// Why the task is to be cancelled: now it can be. If nothing is to be done before its end, there is nothing about it any more.
    pub(super) fn take_cause(&mut self, task: TaskId) -> Option<Cause> {
        let closing = self.0.get_mut(&task)?;
        let cause = closing.cancelled.take();
        if closing.is_over() {
            self.0.remove(&task);
        }
        cause
    }

    /// The task has ended like this. False if it is ending already: then a deferred coroutine has ended.
    pub(super) fn begin(&mut self, task: TaskId, how: Ending) -> Result<(), Ending> {
        let closing = self.0.entry(task).or_default();
        closing.shields = 0;
        if closing.ending.is_some() {
            return Err(how);
        }
        closing.ending = Some(how);
        Ok(())
    }

    /// The next coroutine that is to run before the end of the task is told.
    pub(super) fn next(&mut self, task: TaskId) -> Option<Deferred> {
        self.0.get_mut(&task)?.deferred.pop()
    }

    /// All coroutines have run: how the task has ended.
    pub(super) fn finish(&mut self, task: TaskId) -> Ending {
        let closing = self.0.remove(&task);
        let ending = closing.and_then(|closing| closing.ending);
        ending.expect("a task that is ending has ended somehow")
    }

    /// Takes everything, to be dropped.
    pub(super) fn take_frames(&mut self) -> Vec<Deferred> {
        let closings = std::mem::take(&mut self.0).into_values();
        let frames = closings.flat_map(|closing| {
            let value = match closing.ending {
                Some(Ending::Returned(frame)) => Some((frame, None)),
                _ => None,
            };
            closing.deferred.into_iter().rev().chain(value)
        });
        frames.collect()
    }
}
