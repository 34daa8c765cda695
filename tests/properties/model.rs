//! A model of the ready queue, the batches and the turns, by the rules in the documentation of `EventLoop`.

use std::collections::VecDeque;

use loop_core::TaskId;
use loop_core::trace::{Choice, Detail, Event, EventKind, RequestKind};
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;
use tests::is_step;

/// The most answers in one turn, and the fewest steps between two polls while tasks are ready.
const ENOUGH: usize = 64;

/// Follows the events of a run, and says where they break the rules.
#[derive(Default)]
pub(crate) struct Model {
    queue: VecDeque<TaskId>,
    /// Turns that are left of the batch.
    turns: usize,
    /// The task whose turn it is.
    running: Option<TaskId>,
    /// Steps of this turn.
    steps: usize,
    /// Steps since the last poll of clock and world.
    gathered: usize,
    polled: bool,
    picked: usize,
}

impl Model {
    pub(crate) fn follow(mut self, events: &[Event]) -> Result<(), TestCaseError> {
        for event in events {
            self.event(event)?;
        }
        prop_assert!(self.queue.is_empty() && self.running.is_none());
        Ok(())
    }

    fn event(&mut self, event: &Event) -> Result<(), TestCaseError> {
        let task = event.task();
        match event.kind() {
            EventKind::Scheduled | EventKind::Woken(_) => self.queue.push_back(task),
            EventKind::Started | EventKind::Primed | EventKind::Resumed => self.step(task)?,
            EventKind::Asked(RequestKind::Now) | EventKind::Readied(_) | EventKind::Preempted => {
                self.end_turn(task)?;
                self.queue.push_back(task);
            }
            EventKind::Budget => {
                prop_assert_eq!(self.steps, ENOUGH);
                self.end_turn(task)?;
                self.queue.push_back(task);
            }
            EventKind::Parked | EventKind::Finished => self.end_turn(task)?,
            EventKind::Polled => self.poll()?,
            EventKind::Chose(choice) => self.choose(choice, event)?,
            _ => prop_assert!(!is_step(event)),
        }
        Ok(())
    }

    fn step(&mut self, task: TaskId) -> Result<(), TestCaseError> {
        if self.running.is_none() {
            self.begin_batch();
            let picked = std::mem::take(&mut self.picked);
            prop_assert_eq!(self.queue.remove(picked), Some(task));
            self.turns -= 1;
            self.running = Some(task);
            self.steps = 0;
        }
        prop_assert_eq!(
            self.running,
            Some(task),
            "a step in the turn of another task"
        );
        self.steps += 1;
        self.gathered += 1;
        prop_assert!(self.steps <= ENOUGH, "a turn without an end");
        Ok(())
    }

    /// When a batch is done, the next one is all that are ready.
    fn begin_batch(&mut self) {
        if self.turns == 0 {
            // A poll that found nothing is not recorded.
            if std::mem::take(&mut self.polled) || self.gathered >= ENOUGH {
                self.gathered = 0;
            }
            self.turns = self.queue.len();
        }
    }

    fn end_turn(&mut self, task: TaskId) -> Result<(), TestCaseError> {
        prop_assert_eq!(self.running.take(), Some(task));
        Ok(())
    }

    fn poll(&mut self) -> Result<(), TestCaseError> {
        prop_assert!(
            self.turns == 0 && self.running.is_none(),
            "a poll in the middle of a batch"
        );
        prop_assert!(
            self.queue.is_empty() || self.gathered >= ENOUGH,
            "a poll too early"
        );
        self.polled = true;
        Ok(())
    }

    fn choose(&mut self, choice: Choice, event: &Event) -> Result<(), TestCaseError> {
        let Detail::Options(options) = event.detail() else {
            return Err(TestCaseError::fail("a choice has options"));
        };
        match choice {
            Choice::NextTask => {
                self.begin_batch();
                prop_assert_eq!(
                    options.of as usize,
                    self.queue.len(),
                    "of all who are ready"
                );
                self.picked = options.picked as usize;
            }
            _ => prop_assert_eq!(self.running, Some(event.task())),
        }
        Ok(())
    }
}
