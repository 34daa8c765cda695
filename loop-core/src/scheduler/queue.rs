//! The ready queue: two vectors that change places, the batch that is being run and the tasks that have become ready since.
//!
//! An entry is one integer: whose turn it is, what it is told, and a number that belongs to that. It is written and read at
//! once, because a processor stalls when it reads together what was just written in parts; of two tasks that take turns, every
//! entry is read just after it was written.

use super::{Mail, Returned};
use crate::id::TaskId;

/// What a ready task is told.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Message {
    /// Go on.
    GoOn,
    /// Start: it has not run yet.
    Start,
    /// What it asked when it was primed is to be looked at now.
    First,
    /// It was primed, and asked no more than to let the others run.
    FirstNow,
    /// Its text was taken over.
    Written,
    /// The task that it wanted to have was made.
    Spawned(TaskId),
    /// The coroutine that it chained has ended.
    Returned(Returned),
    /// The task that it waited for has ended; the value is in that task's frame.
    Joined(TaskId),
    /// More than can be said here: it is in the mail.
    Mail(Mail),
}

/// Bits of a task's number, and of the number that belongs to a message.
const BITS: u32 = 30;

/// Numbers in the queue are less than this.
pub(super) const LIMIT: usize = 1 << BITS;

/// A task's place in the ready queue: from the lowest bit on, the task, a number, and the kind of message.
#[derive(Clone, Copy)]
pub(crate) struct Ready(u64);

impl Ready {
    #[inline]
    fn new(task: TaskId, message: Message) -> Ready {
        let (kind, number) = match message {
            // The commonest is the task's number and nothing else.
            Message::GoOn => (0, 0),
            Message::Start => (1, 0),
            Message::First => (2, 0),
            Message::FirstNow => (3, 0),
            Message::Written => (4, 0),
            Message::Spawned(TaskId(number)) => (5, number),
            Message::Returned(Returned(number)) => (6, number),
            Message::Joined(TaskId(number)) => (7, number),
            Message::Mail(Mail(number)) => (8, number),
        };
        Ready(kind << (2 * BITS) | u64::from(number) << BITS | u64::from(task.0))
    }

    #[inline]
    pub(crate) fn task(self) -> TaskId {
        TaskId((self.0 % LIMIT as u64) as u32)
    }

    #[inline]
    pub(crate) fn is_go_on(self) -> bool {
        self.0 < LIMIT as u64
    }

    #[inline(always)]
    pub(crate) fn message(self) -> Message {
        let number = ((self.0 >> BITS) % LIMIT as u64) as u32;
        match self.0 >> (2 * BITS) {
            0 => Message::GoOn,
            1 => Message::Start,
            2 => Message::First,
            3 => Message::FirstNow,
            4 => Message::Written,
            5 => Message::Spawned(TaskId(number)),
            6 => Message::Returned(Returned(number)),
            7 => Message::Joined(TaskId(number)),
            _ => Message::Mail(Mail(number)),
        }
    }
}

#[derive(Default)]
pub(crate) struct Queue {
    ready: Vec<Ready>,
    batch: Vec<Ready>,
    /// What comes before in the batch was run.
    cursor: usize,
}

impl Queue {
    /// Puts a task at the back of the queue, to be told `message`.
    #[inline]
    pub(crate) fn push(&mut self, task: TaskId, message: Message) {
        self.ready.push(Ready::new(task, message));
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.ready.is_empty() && self.left() == 0
    }

    /// Makes the tasks that are ready now the batch to run, if the last one is done, and says how many they are.
    #[inline]
    pub(crate) fn next_batch(&mut self) -> usize {
        if self.left() == 0 {
            self.batch.clear();
            self.cursor = 0;
            std::mem::swap(&mut self.batch, &mut self.ready);
        }
        self.left()
    }

    /// The next task of the batch.
    #[inline]
    pub(crate) fn pop(&mut self) -> Option<Ready> {
        let next = *self.batch.get(self.cursor)?;
        self.cursor += 1;
        Some(next)
    }

    /// Brings the `picked`th of the tasks left in the batch to its front; the others keep their order.
    pub(crate) fn bring_forward(&mut self, picked: usize) {
        self.batch[self.cursor..=self.cursor + picked].rotate_right(1);
    }

    /// Tasks left in the batch.
    pub(crate) fn left(&self) -> usize {
        self.batch.len() - self.cursor
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_says_what_was_put_into_it() {
        const LAST: u32 = LIMIT as u32 - 1;
        let messages = [
            Message::GoOn,
            Message::Start,
            Message::First,
            Message::FirstNow,
            Message::Written,
            Message::Spawned(TaskId(LAST)),
            Message::Returned(Returned(LAST)),
            Message::Joined(TaskId(7)),
            Message::Mail(Mail(0)),
        ];
        for task in [0, 1, LAST] {
            for message in messages {
                let ready = Ready::new(TaskId(task), message);
                assert_eq!((ready.task(), ready.message()), (TaskId(task), message));
            }
        }
    }
}
