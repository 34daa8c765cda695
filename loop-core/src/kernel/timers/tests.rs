//! The timers beside a model, with and without removals.

use super::*;

/// The number that each task waits for.
#[derive(Default)]
struct Tasks(Vec<Option<u32>>);

impl Sleepers for Tasks {
    fn sleeps(&self, task: TaskId, number: u32) -> bool {
        self.0[task.0 as usize] == Some(number)
    }

    fn renumber(&mut self, task: TaskId, number: u32) {
        self.0[task.0 as usize] = Some(number);
    }
}

/// What a loop does: timers, and tasks that sleep.
#[derive(Default)]
struct Sleeping {
    timers: Timers,
    tasks: Tasks,
}

impl Sleeping {
    fn set(&mut self, at: u64, task: u32) {
        let at = Time::from_nanos(at);
        let number = self.timers.set(at, TaskId(task), &mut self.tasks);
        let places = self.tasks.0.len().max(task as usize + 1);
        self.tasks.0.resize(places, None);
        self.tasks.0[task as usize] = Some(number);
    }

    fn remove(&mut self, task: u32) {
        self.tasks.0[task as usize] = None;
        self.timers.remove(&self.tasks);
    }

    fn next(&mut self) -> Option<u64> {
        self.timers.next(&self.tasks).map(Time::as_nanos)
    }

    fn expire(&mut self, now: u64) -> Option<u32> {
        let TaskId(task) = self.timers.expire(Time::from_nanos(now), &self.tasks)?;
        self.tasks.0[task as usize] = None;
        Some(task)
    }

    fn rest(&mut self) -> Vec<u32> {
        std::iter::from_fn(|| self.expire(u64::MAX)).collect()
    }

    /// The room for deadlines that is held.
    fn capacity(&self) -> usize {
        let piles = self.timers.piles.values().map(Vec::capacity);
        self.timers.next.capacity() + piles.sum::<usize>()
    }

    fn check(&self) {
        let Timers { next, piles, .. } = &self.timers;
        let held = next.len() + piles.values().map(Vec::len).sum::<usize>();
        assert_eq!(held, self.timers.living + self.timers.dead);
        assert!(!next.is_empty() || piles.is_empty());
        assert!(
            piles
                .values()
                .all(|pile| !pile.is_empty() && pile.len() < PILE)
        );
    }
}

fn random(seed: u64) -> impl FnMut(u64) -> u64 {
    let mut state = seed;
    move |below| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state % below
    }
}

/// Sets, removes and expires deadlines. `spans` says how far from now they are at most. Of a hundred that are set, about
/// `removed` are removed. There are enough of them to split every pile.
fn follows_the_model(spans: &[u64], removed: u64) {
    let mut random = random(1 + removed);
    let (mut sleeping, mut model) = (Sleeping::default(), BTreeMap::new());
    let mut deadlines = Vec::new();
    let mut now = 1_000;
    for task in 0..40_000_u32 {
        let span = spans[random(spans.len() as u64) as usize];
        // Some are in the past already.
        let at = now + random(span) - random(1_000).min(random(span));
        sleeping.set(at, task);
        model.insert((at, task), task);
        deadlines.push(at);
        while random(100) < removed {
            let other = random(u64::from(task) + 1) as u32;
            if model.remove(&(deadlines[other as usize], other)).is_some() {
                sleeping.remove(other);
            }
        }
        if random(2_000) == 0 {
            now += random(span);
            while let Some(first) = model.first_entry().filter(|first| first.key().0 <= now) {
                assert_eq!(sleeping.next(), Some(first.key().0));
                assert_eq!(sleeping.expire(now), Some(first.remove()));
            }
            assert_eq!(sleeping.expire(now), None);
            sleeping.check();
        }
        assert_eq!(sleeping.timers.len(), model.len());
    }
    assert!(sleeping.rest().into_iter().eq(model.into_values()));
    assert!(sleeping.timers.is_empty() && sleeping.next().is_none());
    assert_eq!(sleeping.timers.dead, 0);
}

#[test]
fn deadlines_expire_in_order() {
    follows_the_model(&[1_000_000_000], 0);
    follows_the_model(&[1], 0);
    follows_the_model(&[10, 1_000, 1 << 20, 1 << 40], 0);
}

#[test]
fn removed_deadlines_never_expire() {
    for removed in [10, 50, 80] {
        follows_the_model(&[1_000_000_000], removed);
        follows_the_model(&[1], removed);
        follows_the_model(&[10, 1_000, 1 << 20, 1 << 40], removed);
    }
}

#[test]
fn ever_earlier_deadlines_make_piles_that_stay_in_order() {
    let mut sleeping = Sleeping::default();
    for task in (0..10_000).rev() {
        sleeping.set(task.into(), task);
    }
    assert!(sleeping.timers.next.len() <= 2 * HEAP && !sleeping.timers.piles.is_empty());
    assert!(sleeping.rest().into_iter().eq(0..10_000));
}

#[test]
fn timeouts_that_are_set_and_removed_leave_nothing_behind() {
    let mut sleeping = Sleeping::default();
    for round in 0..200_000 {
        sleeping.set(1_000_000 + round, 0);
        sleeping.remove(0);
    }
    assert!(sleeping.capacity() <= 2 * PILE, "{}", sleeping.capacity());
}

/// Many are set and then removed in another order, again and again.
#[test]
fn memory_is_bounded_by_the_deadlines_that_are_set() {
    const MANY: u32 = 20_000;
    let mut random = random(7);
    let mut sleeping = Sleeping::default();
    let mut most = 0;
    for round in 0..10_u64 {
        for task in 0..MANY {
            sleeping.set(round * 1_000_000 + random(10_000_000), task);
        }
        most = most.max(sleeping.capacity());
        // 7 shares no divisor with their number, so this is each of them once.
        (0..MANY).for_each(|step| sleeping.remove(step * 7 % MANY));
        sleeping.check();
        assert!(
            sleeping.timers.dead <= 2 * SLACK,
            "{}",
            sleeping.timers.dead
        );
        assert!(sleeping.capacity() <= 2 * PILE, "{}", sleeping.capacity());
    }
    assert!(most <= 4 * MANY as usize, "{most}");
}

/// One deadline after the other is renewed, so their number stays the same.
#[test]
fn renewed_deadlines_take_no_more_room() {
    const MANY: u32 = 10_000;
    let mut random = random(3);
    let mut sleeping = Sleeping::default();
    (0..MANY).for_each(|task| sleeping.set(u64::from(task), task));
    for now in 0..200_000 {
        let task = random(u64::from(MANY)) as u32;
        sleeping.remove(task);
        sleeping.set(1_000_000 + now, task);
        assert!(sleeping.timers.dead <= 2 * MANY as usize);
    }
    assert!(
        sleeping.capacity() <= 6 * MANY as usize,
        "{}",
        sleeping.capacity()
    );
    assert_eq!(sleeping.rest().len(), MANY as usize);
}

#[test]
fn numbers_that_run_out_keep_the_order() {
    let mut sleeping = Sleeping::default();
    sleeping.timers.number = u32::MAX - 4;
    for (task, at) in (0..).zip([7, 5, 7, 5]) {
        sleeping.set(at, task);
    }
    // Both are set under a new number, and task 2's dead deadline has the number that task 1 gets now.
    sleeping.remove(2);
    sleeping.set(7, 4);
    sleeping.set(5, 2);
    assert_eq!(sleeping.timers.number, 5);
    assert_eq!(sleeping.timers.len(), 5);
    assert_eq!(sleeping.rest(), [1, 3, 2, 0, 4]);
}

#[test]
fn a_removed_deadline_that_comes_first_is_not_the_next_one() {
    let mut sleeping = Sleeping::default();
    (0..5_000).for_each(|task| sleeping.set(task.into(), task));
    (0..4_000).for_each(|task| sleeping.remove(task));
    assert_eq!(sleeping.next(), Some(4_000));
    assert_eq!(sleeping.expire(3_999), None);
    assert_eq!(sleeping.expire(4_000), Some(4_000));
    (4_001..5_000).for_each(|task| sleeping.remove(task));
    assert_eq!(sleeping.next(), None);
    assert!(sleeping.timers.is_empty());
}
