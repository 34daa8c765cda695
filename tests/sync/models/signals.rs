//! Events, conditions and barriers: no wake-up is lost, so each program ends.

use std::cell::Cell;
use std::rc::Rc;

use loop_core::prelude::*;
use loop_core::sync::{Barrier, Condition, Event, Lock};
use proptest::prelude::*;
use tests::ms;

use super::{Acts, config, plans, rests};

#[loop_core::coroutine(lazy)]
fn uses_event(event: Event, acts: Acts) {
    for act in acts {
        match act {
            0 | 1 => yield_!(rests(act)),
            2 => event.set(),
            3 => event.clear(),
            4 => {
                // Who waits at this moment goes on.
                event.set();
                event.clear();
            }
            _ => yield_!(event.wait()),
        }
    }
}

/// Until all have ended, however often they wait.
#[loop_core::coroutine(lazy)]
fn sets(event: Event, times: usize) {
    for _ in 0..times {
        event.set();
        yield_!(Sleep(ms(2)));
    }
}

type Stock = (Lock<u32>, Condition);

/// Puts in as much as the others take in all.
#[loop_core::coroutine(lazy)]
fn provides((stock, changed): Stock, takes: usize, one_by_one: bool) {
    for n in 0..takes {
        let mut stock = yield_!(stock.acquire());
        *stock += 1;
        match one_by_one {
            true => changed.notify_one(),
            false if n % 3 == 0 || n + 1 == takes => changed.notify_all(),
            false => {}
        }
        yield_!(rests(n as u8));
    }
}

#[loop_core::coroutine(lazy)]
fn takes((stock, changed): Stock, acts: Acts) {
    for act in acts {
        let guard = yield_!(stock.acquire());
        let mut guard = yield_!(changed.wait_while(guard, |stock| *stock == 0));
        *guard -= 1;
        yield_!(rests(act));
    }
}

#[derive(Clone)]
struct Rounds {
    barrier: Barrier,
    leaders: Rc<Cell<usize>>,
    passed: Rc<Cell<usize>>,
}

#[loop_core::coroutine(lazy)]
fn comes(rounds: Rounds, acts: Acts) {
    for act in acts {
        yield_!(rests(act));
        let is_leader = yield_!(rounds.barrier.wait());
        rounds
            .leaders
            .set(rounds.leaders.get() + usize::from(is_leader));
        rounds.passed.set(rounds.passed.get() + 1);
    }
}

/// Comes itself, as long as others wait. They have come as often as they can in the time between.
#[loop_core::coroutine(lazy)]
fn completes(rounds: Rounds) {
    loop {
        yield_!(Sleep(ms(9)));
        if rounds.barrier.waiting() == 0 {
            return;
        }
        yield_!(Spawn(comes(rounds.clone(), vec![0]))).detach();
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn an_event_wakes_all_that_wait(plan in plans(5, 7)) {
        let event = Event::new();
        let start = |acts| uses_event(event.clone(), acts);
        let tasks = plan.tasks.iter().cloned().map(start).collect();
        super::run(tasks, plan, sets(event, 9));
    }

    #[test]
    fn a_condition_wakes_as_many_as_can_go_on(plan in plans(5, 2), one_by_one in any::<bool>()) {
        let stock = (Lock::new(0), Condition::new());
        let all = plan.tasks.iter().map(Vec::len).sum();
        let tasks = plan.tasks.iter().map(|acts| takes(stock.clone(), acts.clone())).collect();
        super::run(tasks, plan, provides(stock, all, one_by_one));
    }

    #[test]
    fn a_barrier_lets_all_pass_when_all_have_come(plan in plans(6, 2), parties in 1..4_usize) {
        let rounds = Rounds {
            barrier: Barrier::new(parties),
            leaders: Rc::default(),
            passed: Rc::default(),
        };
        let is_cancelled = plan.cancels() > 0;
        let start = |acts| comes(rounds.clone(), acts);
        let tasks = plan.tasks.iter().cloned().map(start).collect();
        super::run(tasks, plan, completes(rounds.clone()));
        let (passed, leaders) = (rounds.passed.get(), rounds.leaders.get());
        prop_assert_eq!(rounds.barrier.waiting(), 0);
        if !is_cancelled {
            prop_assert_eq!(passed % parties, 0);
            prop_assert_eq!(leaders, passed / parties);
        }
    }
}
