//! Signals, as a simulation's script has them.

use std::io;

use insta::assert_snapshot;
use loop_core::prelude::*;
use loop_core::sim::Sim;
use loop_core::{Error, SignalKind};
use tests::ms;

const TERM: SignalKind = SignalKind::terminate();
const HUP: SignalKind = SignalKind::hangup();
const INT: SignalKind = SignalKind::interrupt();

#[loop_core::coroutine]
fn waits(signal: SignalKind) -> io::Result<()> {
    yield_!(Signal(signal))
}

#[loop_core::coroutine]
fn forever() {
    loop {
        yield_!(Sleep(ms(10)));
    }
}

#[test]
fn the_trace_says_which_signal_wakes_whom() {
    #[loop_core::coroutine]
    fn parent() {
        let tasks = [
            yield_!(Spawn(waits(TERM))),
            yield_!(Spawn(waits(HUP))),
            yield_!(Spawn(waits(TERM))),
        ];
        for task in tasks {
            yield_!(task).unwrap().unwrap();
        }
    }
    let sim = Sim::new().signal(ms(2), HUP).signal(ms(1), TERM);
    assert_snapshot!(sim.run(parent).trace(), @r"
    # steps  policy=fifo
    parent  primed  =>  spawn waits(SIGTERM)
    parent  spawned parent/1  =>  spawn waits(SIGHUP)
    parent  spawned parent/2  =>  spawn waits(SIGTERM)
    parent  spawned parent/3  =>  join parent/1  park
    parent/1  primed  =>  wait for SIGTERM  park
    parent/2  primed  =>  wait for SIGHUP  park
    parent/3  primed  =>  wait for SIGTERM  park

    ~ +1ms  SIGTERM  wakes parent/1, parent/3
    parent/1  got SIGTERM  =>  finish Ok(())  wakes parent
    parent/3  got SIGTERM  =>  finish Ok(())
    parent  joined parent/1 Ok(())  =>  join parent/2  park

    ~ +1ms  SIGHUP  wakes parent/2
    parent/2  got SIGHUP  =>  finish Ok(())  wakes parent
    parent  joined parent/2 Ok(())  =>  join parent/3  ready
    parent  joined parent/3 Ok(())  =>  finish
    ");
}

#[test]
fn one_that_comes_while_nobody_waits_is_kept_and_several_are_one() {
    #[loop_core::coroutine]
    fn program() -> io::Result<Time> {
        yield_!(Signal(HUP))?;
        yield_!(Sleep(ms(10)));
        yield_!(Signal(HUP))?;
        assert_eq!(yield_!(Clock), Time::ZERO + ms(11));
        yield_!(Signal(HUP))?;
        Ok(yield_!(Clock))
    }
    use loop_core::Time;
    let sim = [1, 2, 3, 20]
        .iter()
        .fold(Sim::new(), |sim, at| sim.signal(ms(*at), HUP));
    let time = sim.run(program).into_result().unwrap().unwrap();
    assert_eq!(time, Time::ZERO + ms(20));
}

#[test]
fn ctrl_c_ends_the_run_unless_a_task_waits_for_it() {
    #[loop_core::coroutine]
    fn program(asks: bool) -> io::Result<()> {
        yield_!(Spawn(forever())).detach();
        if asks {
            yield_!(Signal(INT))?;
            return yield_!(Println("ends"));
        }
        yield_!(forever());
        Ok(())
    }
    let sim = Sim::new().signal(ms(25), INT);
    let run = sim.clone().run(|| program(false));
    assert_eq!(run.elapsed(), ms(25));
    assert!(matches!(run.into_result(), Err(Error::Interrupted)));
    let run = sim.run(|| program(true));
    assert_eq!((run.elapsed(), run.stdout()), (ms(25), "ends\n".to_owned()));
    run.into_result().unwrap().unwrap();
}

/// The second one comes when no task waits any more.
#[test]
fn a_second_ctrl_c_ends_the_run_unless_a_task_has_asked_again() {
    #[loop_core::coroutine]
    fn program(times: u32) -> io::Result<()> {
        for _ in 0..times {
            yield_!(Signal(INT))?;
        }
        yield_!(forever());
        Ok(())
    }
    let sim = [1, 2, 3]
        .iter()
        .fold(Sim::new(), |sim, at| sim.signal(ms(*at), INT));
    for times in 0..3 {
        let run = sim.clone().run(|| program(times));
        assert_eq!(run.elapsed(), ms(u64::from(times) + 1));
        assert!(matches!(run.into_result(), Err(Error::Interrupted)));
    }
}

#[test]
fn a_cancelled_task_does_not_get_it() {
    #[loop_core::coroutine]
    fn parent() -> bool {
        let first = yield_!(Spawn(waits(TERM)));
        let second = yield_!(Spawn(waits(TERM)));
        yield_!();
        yield_!(Cancel(first)).unwrap_err();
        yield_!(second).unwrap().is_ok()
    }
    let run = Sim::new().signal(ms(1), TERM).run(parent);
    assert!(run.into_result().unwrap());
}

#[test]
fn one_that_never_comes_is_a_deadlock() {
    let run = Sim::new().run(|| waits(TERM));
    assert_snapshot!(run.trace(), @r"
    # steps  policy=fifo
    waits  primed  =>  wait for SIGTERM  park
    ! deadlock: waits waits wait for SIGTERM
    ");
    let Err(Error::Deadlock(deadlock)) = run.into_result() else {
        panic!("nothing can happen");
    };
    assert!(
        deadlock.to_string().contains("waits waits for SIGTERM"),
        "{deadlock}"
    );
}

/// In production it would end the program.
#[test]
fn one_that_nobody_has_asked_for_is_lost() {
    #[loop_core::coroutine]
    fn program() {
        yield_!(Sleep(ms(2)));
        let _ = yield_!(Signal(TERM));
    }
    let run = Sim::new().signal(ms(1), TERM).run(program);
    assert!(matches!(run.into_result(), Err(Error::Deadlock(_))));
}

/// A test that sees its own run has the signals of its simulation.
#[loop_core::test(sim = Sim::new().signal(ms(5), TERM))]
fn signals_of_a_test_that_sees_its_run(run: loop_core::sim::RunSoFar) {
    yield_!(waits(TERM)).unwrap();
    assert_eq!(run.elapsed(), ms(5));
}
