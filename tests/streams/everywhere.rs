//! Streams, cancelled at each yield in turn: nothing hangs, and nothing is lost that others have.

use std::cell::RefCell;
use std::io;
use std::rc::Rc;

use loop_core::prelude::*;
use loop_core::sim::Sim;
use loop_core::sync::Lock;
use tests::ms;

fn everywhere(program: impl Fn() -> Coroutine<()>) -> usize {
    let runs = (0..6).map(|seed| {
        Sim::new()
            .seed(seed)
            .cancel_everywhere(|| || program(), |_| {})
    });
    runs.sum()
}

#[test]
fn a_stream_whose_asker_is_cancelled_gives_back_what_it_holds() {
    #[loop_core::stream(yields = u32)]
    fn counts(counter: Lock<u32>) {
        for _ in 0..2 {
            let mut count = yield_!(counter.acquire());
            *count += 1;
            yield_!(Sleep(ms(1)));
            emit!(*count);
        }
    }
    #[loop_core::coroutine]
    fn asks(counter: Lock<u32>) {
        let mut counts = counts(counter);
        while yield_!(counts.next()).is_some() {
            yield_!();
        }
    }
    #[loop_core::coroutine]
    fn program() {
        let counter = Lock::new(0);
        let mut tasks = Vec::new();
        for _ in 0..3 {
            tasks.push(yield_!(Spawn(asks(counter.clone()))));
        }
        for task in tasks {
            let _ = yield_!(task);
        }
        let count = *counter.try_acquire().expect("nobody holds it");
        assert!((4..=6).contains(&count), "{count}");
    }
    assert!(everywhere(program) > 50);
}

#[test]
fn a_sink_whose_sender_is_cancelled() {
    #[loop_core::sink(receives = u32)]
    fn adds(total: Rc<RefCell<u32>>) {
        while let Some(n) = receive!() {
            yield_!(Sleep(ms(1)));
            *total.borrow_mut() += n;
        }
        yield_!();
    }
    #[loop_core::coroutine]
    fn sends(total: Rc<RefCell<u32>>) {
        let mut adds = adds(total);
        for n in 1..=3 {
            yield_!(adds.send(n));
        }
        yield_!(adds.close());
    }
    #[loop_core::coroutine]
    fn program() {
        let total = Rc::default();
        let tasks = [
            yield_!(Spawn(sends(Rc::clone(&total)))),
            yield_!(Spawn(sends(Rc::clone(&total)))),
        ];
        for task in tasks {
            let _ = yield_!(task);
        }
        assert_eq!(Rc::strong_count(&total), 1, "all sinks are gone");
        assert!((6..=12).contains(&*total.borrow()));
    }
    assert!(everywhere(program) > 50);
}

/// The tasks of a merged stream can be cancelled too. Then who asks is cancelled.
#[test]
fn a_merged_stream() {
    #[loop_core::stream(yields = u32)]
    fn numbers(every: u64, alive: Rc<()>) {
        let _alive = alive;
        for n in 0..3 {
            yield_!(Sleep(ms(every)));
            emit!(n);
        }
    }
    #[loop_core::coroutine]
    fn asks(alive: Rc<()>) -> u32 {
        let mut both = numbers(2, Rc::clone(&alive)).merge(numbers(3, alive));
        let mut count = 0;
        while yield_!(both.next()).is_some() {
            count += 1;
        }
        count
    }
    #[loop_core::coroutine]
    fn program(rest: u64) {
        let alive = Rc::new(());
        let task = yield_!(Spawn(asks(Rc::clone(&alive))));
        yield_!(Sleep(ms(rest)));
        match yield_!(task) {
            Ok(count) => assert_eq!(count, 6, "no value is lost"),
            Err(error) => assert!(error.is_cancelled(), "{error}"),
        }
        yield_!(Sleep(ms(1)));
        assert_eq!(Rc::strong_count(&alive), 1, "both streams are gone");
    }
    assert!(everywhere(|| program(0)) > 100);
    // It has ended long before it is joined.
    assert!(everywhere(|| program(100)) > 100);
}

#[test]
fn a_pipeline_over_standard_input_and_output() {
    #[loop_core::stream(yields = String)]
    fn lines() -> io::Result<()> {
        while let Some(line) = yield_!(Stdin)? {
            emit!(line);
        }
        Ok(())
    }
    #[loop_core::sink(receives = String)]
    fn printer() -> io::Result<()> {
        while let Some(line) = receive!() {
            yield_!(Println(line))?;
        }
        Ok(())
    }
    #[loop_core::coroutine]
    fn program() -> io::Result<()> {
        let mut lines = lines().filter(|line| line != "two");
        let mut printer = printer();
        while let Some(line) = yield_!(lines.next())? {
            yield_!(printer.send(line))?;
        }
        yield_!(printer.close())
    }
    let runs = Sim::new().stdin("one\ntwo\nthree\n").cancel_everywhere(
        || program,
        |run| assert!("one\nthree\n".starts_with(&run.stdout())),
    );
    assert!(runs > 5);
}
