//! An entry of the ready queue, one integer: the task, a message to it, and a number that belongs to the message.
//!
//! One integer, because a processor stalls when it reads in one piece what was just written in several; when two tasks
//! alternate, each entry is read just after it was written.

use super::super::waits::{LIMIT, Of};
use crate::id::TaskId;

/// The place of an answer in the table of answers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::kernel) struct BoxedAnswer(u32);

impl BoxedAnswer {
    pub(in crate::kernel) fn at(place: u32) -> BoxedAnswer {
        BoxedAnswer(place)
    }

    pub(in crate::kernel) fn place(self) -> u32 {
        self.0
    }
}

/// The message to a task in the ready queue: how its next turn begins.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::kernel) enum Message {
    /// Go on, without an answer.
    GoOn,
    /// Start the coroutine on top of the stack: the loop has not run it before.
    Start,
    /// The task that it joined has returned; the value is in that task's frame.
    Joined(TaskId),
    /// Any other answer.
    Answer(BoxedAnswer),
    /// An object has admitted it.
    Admitted(Of),
}

/// Bits of a task's number, and of the number that belongs to a message.
const BITS: u32 = LIMIT.ilog2();

/// A task's entry in the ready queue. From the lowest bit on: the task, a number, and the kind of message.
#[derive(Clone, Copy, Debug)]
pub(in crate::kernel) struct Ready(u64);

impl Ready {
    #[inline]
    pub(super) fn new(task: TaskId, message: Message) -> Ready {
        let (kind, number) = match message {
            // For the most frequent message the entry is the task's number alone.
            Message::GoOn => (0, 0),
            Message::Start => (1, 0),
            Message::Joined(TaskId(number)) => (2, number),
            Message::Answer(BoxedAnswer(number)) => (3, number),
            Message::Admitted(of) => (4 + u64::from(of.is_second()), of.place()),
        };
        Ready(kind << (2 * BITS) | u64::from(number) << BITS | u64::from(task.0))
    }

    #[inline]
    pub(in crate::kernel) fn task(self) -> TaskId {
        TaskId((self.0 % LIMIT as u64) as u32)
    }

    #[inline]
    pub(in crate::kernel) fn is_go_on(self) -> bool {
        self.0 < LIMIT as u64
    }

    #[inline]
    pub(in crate::kernel) fn is_start(self) -> bool {
        self.0 >> (2 * BITS) == 1
    }

    /// The object that has admitted it, if that is the message.
    #[inline(always)]
    pub(in crate::kernel) fn admitted(self) -> Option<Of> {
        let kind = self.0 >> (2 * BITS);
        let place = ((self.0 >> BITS) % LIMIT as u64) as u32;
        (kind >= 4).then(|| Of::new(place, kind == 5))
    }

    #[inline(always)]
    pub(in crate::kernel) fn message(self) -> Message {
        let number = ((self.0 >> BITS) % LIMIT as u64) as u32;
        match self.0 >> (2 * BITS) {
            0 => Message::GoOn,
            1 => Message::Start,
            2 => Message::Joined(TaskId(number)),
            3 => Message::Answer(BoxedAnswer(number)),
            kind => Message::Admitted(Of::new(number, kind == 5)),
        }
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
            Message::Joined(TaskId(LAST)),
            Message::Answer(BoxedAnswer(0)),
            Message::Answer(BoxedAnswer(LAST)),
            Message::Admitted(Of::new(LAST, false)),
            Message::Admitted(Of::new(0, true)),
        ];
        for task in [0, 1, LAST] {
            for message in messages {
                let ready = Ready::new(TaskId(task), message);
                assert_eq!((ready.task(), ready.message()), (TaskId(task), message));
            }
        }
    }
}
