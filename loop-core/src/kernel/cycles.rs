//! Cycles of tasks that wait for each other.

use std::collections::BTreeMap;

use crate::id::TaskId;

/// The cycles among these tasks, in each of which every task waits for the next one and the last one for the first. `holder` gives
/// the task that a task waits for.
pub(super) fn cycles(
    tasks: impl Iterator<Item = TaskId>,
    holder: impl Fn(TaskId) -> Option<TaskId>,
) -> Vec<Vec<TaskId>> {
    // For each task, the number of the walk that first came to it. A walk that comes to a task twice has found a cycle.
    let mut walks: BTreeMap<TaskId, usize> = BTreeMap::new();
    let mut cycles = Vec::new();
    for (walk, start) in tasks.enumerate() {
        let mut path = Vec::new();
        let mut next = start;
        while let (Some(holder), false) = (holder(next), walks.contains_key(&next)) {
            walks.insert(next, walk);
            path.push(next);
            next = holder;
        }
        if walks.get(&next) == Some(&walk)
            && let Some(begin) = path.iter().position(|task| *task == next)
        {
            cycles.push(path.split_off(begin));
        }
    }
    cycles
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The cycles of tasks of which each waits for the task that is written at its place, if one is.
    fn of(holders: &[Option<u32>]) -> Vec<Vec<u32>> {
        let holder = |TaskId(task)| holders[task as usize].map(TaskId);
        let found = cycles((0..holders.len() as u32).map(TaskId), holder);
        let numbers = |cycle: Vec<TaskId>| cycle.iter().map(|task| task.0).collect();
        found.into_iter().map(numbers).collect()
    }

    #[test]
    fn each_cycle_is_found_once() {
        assert_eq!(of(&[Some(0)]), [[0]]);
        assert_eq!(of(&[Some(1), Some(2), Some(0)]), [[0, 1, 2]]);
        // The first task waits for a task of the cycle, but is not in it.
        assert_eq!(of(&[Some(2), Some(2), Some(1)]), [[2, 1]]);
        assert_eq!(of(&[Some(1), Some(0), Some(2)]), [vec![0, 1], vec![2]]);
    }

    #[test]
    fn a_chain_is_no_cycle() {
        assert!(of(&[Some(1), Some(2), None, Some(1)]).is_empty());
    }
}
