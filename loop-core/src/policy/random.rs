//! [`Random`]: the schedules of a seed.

use super::dice::Dice;
use super::{Choice, Policy};

/// A random schedule: which task runs next, and at which requests a task loses its turn. The same seed always gives the same
/// schedule.
///
/// How often a task loses its turn differs from seed to seed: between every second answer and never. Some races need many
/// preemptions, and others need a long turn without one; one frequency for all seeds would miss some of them. Seed 0 is first
/// in, first out, as in production.
///
/// ```
/// use loop_core::policy::{Choice, Policy, Random};
///
/// let draw = |seed| {
///     let mut policy = Random::new(seed);
///     (0..100).map(|_| policy.choose(Choice::NextTask, 3)).collect::<Vec<_>>()
/// };
/// assert_eq!(draw(7), draw(7));
/// assert_ne!(draw(7), draw(8));
/// assert_eq!(draw(0), [0; 100]);
/// ```
#[derive(Clone, Debug)]
pub struct Random {
    seed: u64,
    dice: Dice,
    /// On average one in this many answers ends the turn. 0: none does.
    preempts_one_in: usize,
}

/// The frequencies of preemption; each seed has one of them.
const ODDS: [usize; 6] = [2, 4, 8, 16, 32, 0];

impl Random {
    /// The schedule of a seed.
    ///
    /// ```
    /// use loop_core::policy::{Policy, Random};
    ///
    /// assert_eq!(Random::new(0).name(), "fifo");
    /// assert_eq!(Random::new(7).name(), "seed(7)");
    /// ```
    pub fn new(seed: u64) -> Random {
        let mut dice = Dice::new(seed);
        let preempts_one_in = ODDS[dice.below(ODDS.len())];
        Random {
            seed,
            dice,
            preempts_one_in,
        }
    }
}

impl Policy for Random {
    fn choose(&mut self, choice: Choice, options: usize) -> usize {
        if self.seed == 0 {
            return 0;
        }
        match choice {
            Choice::NextTask => self.dice.below(options),
            Choice::KeepTurn if self.preempts_one_in == 0 => 0,
            Choice::KeepTurn => usize::from(self.dice.below(self.preempts_one_in) == 0),
        }
    }

    fn name(&self) -> String {
        match self.seed {
            0 => "fifo".to_owned(),
            seed => format!("seed({seed})"),
        }
    }
}
