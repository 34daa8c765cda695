//! One more helper or request that never waits changes nothing for other tasks.

use std::cell::Cell;
use std::rc::Rc;

use loop_core::prelude::*;
use loop_core::sim::Sim;

/// Prints twelve lines, and lets the others run after each.
#[loop_core::coroutine(lazy)]
fn prints(name: &'static str, clock: bool, helper: bool) {
    for n in 0..12 {
        if clock && n % 4 == 1 {
            yield_!(Clock);
        }
        let line = format!("{name} {n}\n");
        if helper {
            yield_!(says(line));
        } else {
            yield_!(Print(line)).unwrap();
        }
        yield_!();
    }
}

#[loop_core::coroutine]
fn says(line: String) {
    yield_!(Print(line)).unwrap();
}

/// The output of three tasks, the second of which is made in this way.
fn output_of_three(clock: bool, helper: bool) -> String {
    let mut event_loop = Sim::new().event_loop();
    event_loop.schedule(prints("a", false, false));
    event_loop.schedule(prints("b", clock, helper));
    event_loop.schedule(prints("c", false, false));
    event_loop.run().unwrap();
    String::from_utf8(event_loop.world().stdout().to_vec()).unwrap()
}

#[test]
fn one_clock_more_changes_nobodys_output() {
    assert_eq!(output_of_three(false, false).lines().count(), 36);
    assert_eq!(output_of_three(true, false), output_of_three(false, false));
}

#[test]
fn a_helper_that_is_taken_out_of_a_coroutine_changes_nobodys_output() {
    assert_eq!(output_of_three(false, true), output_of_three(false, false));
}

#[test]
fn what_is_checked_through_a_helper_that_never_waits_still_holds() {
    type Account = Rc<Cell<u32>>;
    #[loop_core::coroutine]
    fn balance(account: Account) -> u32 {
        yield_!(Eprint("looked up\n")).unwrap();
        account.get()
    }
    #[loop_core::coroutine(lazy)]
    fn withdraws(account: Account, amount: u32) -> bool {
        let enough = yield_!(balance(account.clone())) >= amount;
        yield_!(Clock);
        if enough {
            account.set(account.get() - amount);
        }
        enough
    }
    #[loop_core::coroutine(lazy)]
    fn both(account: Account) -> [bool; 2] {
        let one = yield_!(Spawn(withdraws(account.clone(), 80)));
        let two = yield_!(Spawn(withdraws(account, 80)));
        [yield_!(one).unwrap(), yield_!(two).unwrap()]
    }
    let account = Account::new(Cell::new(100));
    let run = Sim::new().run(both(account.clone()));
    assert_eq!(run.into_result().unwrap(), [true, false]);
    assert_eq!(account.get(), 20);
}
