//! Generators behave as Python's do.

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;

use loop_core::generator::Frame;
use loop_core::{BoxGenerator, Generator, GeneratorState, ResumeError, SendError, SharedGenerator};

/// Notes when it is dropped.
struct Noted(&'static str, Rc<RefCell<Vec<&'static str>>>);

impl Drop for Noted {
    fn drop(&mut self) {
        self.1.borrow_mut().push(self.0);
    }
}

type Notes = Rc<RefCell<Vec<&'static str>>>;

#[loop_core::generator(yields = u32)]
fn up_to(end: u32) -> &'static str {
    for n in 0..end {
        yield_!(n);
    }
    "end"
}

/// Yields the sum of what it received so far; returns it when it receives zero.
#[loop_core::generator(yields = i64, receives = i64)]
fn summing() -> i64 {
    let mut sum = 0;
    loop {
        match yield_!(sum) {
            0 => return sum,
            n => sum += n,
        }
    }
}

mod iteration {
    use super::*;

    #[test]
    fn yields_in_order_and_ends() {
        assert_eq!(up_to(3).collect::<Vec<_>>(), [0, 1, 2]);
    }

    #[test]
    fn nothing_runs_before_the_first_resume() {
        #[loop_core::generator]
        fn touches(notes: Notes) {
            notes.borrow_mut().push("ran");
            yield_!();
        }
        let notes = Notes::default();
        let mut g = touches(notes.clone());
        assert!(notes.borrow().is_empty());
        g.next();
        assert_eq!(*notes.borrow(), ["ran"]);
    }

    #[test]
    fn is_fused() {
        let mut g = up_to(1);
        assert_eq!([g.next(), g.next(), g.next(), g.next()], [Some(0), None, None, None]);
    }

    #[test]
    fn a_body_without_yields_is_empty() {
        #[loop_core::generator(yields = u8)]
        fn none() {}
        assert_eq!(none().count(), 0);
    }

    #[test]
    fn works_with_the_adaptors_of_iterators() {
        let even = up_to(10).filter(|n| n % 2 == 0).map(|n| n * n).take(3);
        assert_eq!(even.collect::<Vec<_>>(), [0, 4, 16]);
    }

    #[test]
    fn the_body_is_suspended_between_two_items() {
        #[loop_core::generator(yields = &'static str)]
        fn noting(notes: Notes) {
            notes.borrow_mut().push("before a");
            yield_!("a");
            notes.borrow_mut().push("before b");
            yield_!("b");
            notes.borrow_mut().push("after b");
        }
        let notes = Notes::default();
        for item in noting(notes.clone()) {
            notes.borrow_mut().push(item);
        }
        assert_eq!(*notes.borrow(), ["before a", "a", "before b", "b", "after b"]);
    }
}

mod returning {
    use super::*;

    #[test]
    fn the_value_is_there_after_iterating() {
        let mut g = up_to(2);
        assert_eq!(g.return_value(), None);
        assert_eq!(g.by_ref().count(), 2);
        assert_eq!(g.return_value(), Some(&"end"));
        assert_eq!(g.into_return(), Some("end"));
    }

    #[test]
    fn a_body_that_was_left_early_has_none() {
        let mut g = up_to(2);
        g.next();
        assert_eq!(g.into_return(), None);
    }

    #[test]
    fn the_value_survives_close() {
        let mut g = up_to(0);
        assert_eq!(g.next(), None);
        g.close();
        assert_eq!(g.return_value(), Some(&"end"));
    }

    #[test]
    fn question_mark_and_early_return_end_it() {
        #[loop_core::generator(yields = u32)]
        fn parsing<'a>(words: &'a [&'a str]) -> Result<u32, std::num::ParseIntError> {
            let mut sum = 0;
            for word in words {
                let n = word.parse()?;
                yield_!(n);
                sum += n;
                if sum > 100 {
                    return Ok(100);
                }
            }
            Ok(sum)
        }
        let result = |words: &[&str]| {
            let mut g = parsing(words);
            let items: Vec<_> = g.by_ref().collect();
            (items, g.into_return().unwrap().map_err(|error| error.to_string()))
        };
        assert_eq!(result(&["1", "2"]), (vec![1, 2], Ok(3)));
        assert_eq!(result(&["99", "2", "3"]), (vec![99, 2], Ok(100)));
        assert_eq!(result(&["1", "x", "3"]), (vec![1], Err("invalid digit found in string".to_owned())));
    }
}

mod sending {
    use super::*;

    #[test]
    fn the_value_is_what_the_yield_gives() {
        let mut g = summing();
        assert_eq!(g.start(), Ok(Some(0)));
        assert_eq!(g.send(3), Ok(Some(3)));
        assert_eq!(g.send(4), Ok(Some(7)));
        assert_eq!(g.send(0), Ok(None));
        assert_eq!(g.return_value(), Some(&7));
    }

    #[test]
    fn sending_before_the_start_gives_the_value_back() {
        let mut g = summing();
        assert_eq!(g.send(5), Err(SendError { value: 5, reason: ResumeError::NotStarted }));
        assert_eq!(g.start(), Ok(Some(0)));
    }

    #[test]
    fn starting_twice_is_refused_and_changes_nothing() {
        let mut g = summing();
        g.start().unwrap();
        assert_eq!(g.start(), Err(ResumeError::AlreadyStarted));
        assert_eq!(g.send(2), Ok(Some(2)));
    }

    #[test]
    fn after_the_end_everything_is_refused() {
        let mut g = summing();
        g.start().unwrap();
        g.send(0).unwrap();
        assert_eq!(g.send(9), Err(SendError { value: 9, reason: ResumeError::Finished }));
        assert_eq!(g.start(), Err(ResumeError::Finished));
    }

    #[test]
    fn a_value_that_cannot_be_copied_comes_back_whole() {
        #[loop_core::generator(receives = Box<str>)]
        fn never() {}
        let mut g = never();
        assert_eq!(g.start(), Ok(None));
        assert_eq!(g.send("mine".into()).unwrap_err().value, "mine".into());
    }

    #[test]
    fn the_errors_say_what_to_do() {
        let error = summing().send(1).unwrap_err();
        let text = "nothing was sent: the generator has not been started: call `start` before `send`";
        assert_eq!(error.to_string(), text);
        assert_eq!(format!("{error:?}"), "SendError { reason: NotStarted, .. }");
        assert_eq!(ResumeError::Finished.to_string(), "the generator has finished");
        assert_eq!(ResumeError::AlreadyStarted.to_string(), "the generator was started before: call `send`");
    }

    #[test]
    fn throw_is_a_result_that_is_sent() {
        #[loop_core::generator(yields = u32, receives = Result<u32, String>)]
        fn doubling() -> Result<(), String> {
            let mut n = 0;
            loop {
                n = match yield_!(2 * n) {
                    Err(error) if error == "minor" => 50,
                    received => received?,
                };
            }
        }
        let mut g = doubling();
        g.start().unwrap();
        assert_eq!(g.send(Ok(4)).unwrap(), Some(8));
        assert_eq!(g.send(Err("minor".to_owned())).unwrap(), Some(100));
        assert_eq!(g.send(Err("fatal".to_owned())).unwrap(), None);
        assert_eq!(g.into_return(), Some(Err("fatal".to_owned())));
    }
}

mod primed {
    use super::*;

    #[loop_core::coroutine(receives = u32)]
    fn collector(into: Rc<RefCell<Vec<u32>>>) {
        loop {
            let n = yield_!();
            into.borrow_mut().push(n);
        }
    }

    #[test]
    fn a_receiver_can_be_sent_to_at_once() {
        let got = Rc::default();
        let mut g = collector(Rc::clone(&got));
        assert_eq!(g.state(), GeneratorState::Suspended);
        g.send(1).unwrap();
        g.send(2).unwrap();
        assert_eq!(*got.borrow(), [1, 2]);
        assert_eq!(g.start(), Err(ResumeError::AlreadyStarted));
    }

    #[test]
    fn a_receiver_that_returns_while_it_is_primed_is_finished() {
        #[loop_core::coroutine(receives = u32)]
        fn deaf() -> &'static str {
            "no"
        }
        let mut g = deaf();
        assert_eq!(g.state(), GeneratorState::Finished);
        assert_eq!(g.send(1).unwrap_err().reason, ResumeError::Finished);
        assert_eq!(g.into_return(), Some("no"));
    }

    #[test]
    fn receivers_can_be_chained_and_boxed() {
        #[loop_core::coroutine(receives = u32, boxed)]
        fn halving(mut next: impl FnMut(u32)) {
            loop {
                next(yield_!() / 2);
            }
        }
        let got: Rc<RefCell<Vec<u32>>> = Rc::default();
        let mut last = collector(got.clone());
        let mut first: BoxGenerator<'_, (), u32> = halving(move |n| last.send(n).map(drop).unwrap());
        first.send(10).unwrap();
        first.send(7).unwrap();
        assert_eq!(*got.borrow(), [5, 3]);
    }

    #[test]
    fn boxing_a_started_generator_keeps_its_place() {
        let mut g = summing();
        g.start().unwrap();
        g.send(40).unwrap();
        let mut g = g.boxed();
        assert_eq!(g.state(), GeneratorState::Suspended);
        assert_eq!(g.send(2), Ok(Some(42)));
    }
}

mod state {
    use super::*;

    #[test]
    fn follows_the_body() {
        let mut g = up_to(1);
        assert_eq!(g.state(), GeneratorState::Created);
        g.next();
        assert_eq!(g.state(), GeneratorState::Suspended);
        g.next();
        assert_eq!(g.state(), GeneratorState::Finished);
    }

    #[test]
    fn debug_names_the_function() {
        let mut g = up_to(1);
        assert_eq!(format!("{g:?}"), r#"Generator { name: "up_to", state: Created }"#);
        g.next();
        assert_eq!(format!("{:?}", g.boxed()), r#"Generator { name: "up_to", state: Suspended }"#);
    }

    #[test]
    fn a_raw_name_is_shown_as_it_is_called() {
        #[loop_core::generator]
        fn r#loop() {}
        assert_eq!(r#loop().name(), "loop");
    }

    #[test]
    fn after_a_panic_it_is_finished() {
        #[loop_core::generator(yields = u32)]
        fn failing(_guard: Noted) {
            yield_!(1);
            panic!("inside");
        }
        let notes = Notes::default();
        let mut g = failing(Noted("guard", notes.clone()));
        g.next();
        let panic = catch_unwind(AssertUnwindSafe(|| g.next())).unwrap_err();
        assert_eq!(panic.downcast_ref(), Some(&"inside"));
        assert_eq!(*notes.borrow(), ["guard"]);
        assert_eq!(g.state(), GeneratorState::Finished);
        assert_eq!(g.next(), None);
        assert_eq!(g.into_return(), None);
    }
}

mod closing {
    use super::*;

    #[loop_core::generator]
    fn holding(_first: Noted, _: Noted, (_pair, _): (Noted, Noted), notes: Notes) {
        let _outer = Noted("outer", notes.clone());
        {
            let _inner = Noted("inner", notes.clone());
            yield_!();
        }
    }

    fn held(notes: &Notes) -> Generator<(), (), (), impl Frame<(), (), ()>> {
        let noted = |name| Noted(name, notes.clone());
        holding(noted("first"), noted("wild"), (noted("pair"), noted("half")), notes.clone())
    }

    /// What was declared last goes first: the locals, then the arguments, as when a function returns.
    const ORDER: [&str; 6] = ["inner", "outer", "pair", "half", "wild", "first"];

    #[test]
    fn drop_drops_the_locals_and_then_the_arguments_last_one_first() {
        let notes = Notes::default();
        let mut g = held(&notes);
        g.next();
        assert!(notes.borrow().is_empty());
        drop(g);
        assert_eq!(*notes.borrow(), ORDER);
    }

    #[test]
    fn a_body_that_ends_drops_in_the_same_order() {
        let notes = Notes::default();
        for () in held(&notes) {}
        assert_eq!(*notes.borrow(), ORDER);
    }

    #[test]
    fn a_function_that_is_no_generator_drops_in_the_same_order() {
        fn plain(_first: Noted, _: Noted, (_pair, _): (Noted, Noted), notes: Notes) {
            let _outer = Noted("outer", notes.clone());
            let _inner = Noted("inner", notes.clone());
        }
        let notes = Notes::default();
        let noted = |name| Noted(name, notes.clone());
        plain(noted("first"), noted("wild"), (noted("pair"), noted("half")), notes.clone());
        assert_eq!(*notes.borrow(), ORDER);
    }

    #[test]
    fn close_is_idempotent_and_final() {
        let notes = Notes::default();
        let mut g = held(&notes);
        g.next();
        g.close();
        g.close();
        assert_eq!(*notes.borrow(), ORDER);
        assert_eq!(g.state(), GeneratorState::Finished);
        assert_eq!(g.next(), None);
        assert_eq!(g.start(), Err(ResumeError::Finished));
    }

    #[test]
    fn a_generator_that_never_began_drops_its_arguments() {
        let notes = Notes::default();
        held(&notes).close();
        assert_eq!(notes.borrow().len(), 4);
    }

    #[test]
    fn a_finished_body_is_gone_while_its_generator_lives() {
        let notes = Notes::default();
        let mut g = held(&notes);
        assert_eq!(g.by_ref().count(), 1);
        assert_eq!(Rc::strong_count(&notes), 1);
    }
}

mod delegating {
    use super::*;

    #[test]
    fn forwards_items_and_gives_the_return_value() {
        #[loop_core::generator(yields = u32)]
        fn twice() -> String {
            let first = yield_from!(up_to(2));
            yield_!(100);
            format!("{first} {}", yield_from!(up_to(1)))
        }
        let mut g = twice();
        assert_eq!(g.by_ref().collect::<Vec<_>>(), [0, 1, 100, 0]);
        assert_eq!(g.into_return().as_deref(), Some("end end"));
    }

    #[test]
    fn forwards_sends() {
        #[loop_core::generator(yields = i64, receives = i64)]
        fn outer() -> i64 {
            let first = yield_from!(summing());
            let second = yield_from!(summing());
            first * second
        }
        let mut g = outer();
        assert_eq!(g.start(), Ok(Some(0)));
        assert_eq!(g.send(2), Ok(Some(2)));
        assert_eq!(g.send(4), Ok(Some(6)));
        assert_eq!(g.send(0), Ok(Some(0)), "the second one has started");
        assert_eq!(g.send(7), Ok(Some(7)));
        assert_eq!(g.send(0), Ok(None));
        assert_eq!(g.into_return(), Some(42));
    }

    #[test]
    fn goes_on_with_an_iterator_that_was_begun() {
        #[loop_core::generator(yields = u32)]
        fn rest(inner: Generator<u32, (), &'static str>) {
            yield_from!(inner);
        }
        let mut inner = up_to(3);
        inner.next();
        assert_eq!(rest(inner.boxed()).collect::<Vec<_>>(), [1, 2]);
    }

    #[test]
    fn a_finished_one_gives_its_return_value() {
        #[loop_core::generator(yields = u32)]
        fn after(mut inner: Generator<u32, (), &'static str>) -> &'static str {
            inner.by_ref().for_each(drop);
            yield_from!(inner)
        }
        let mut g = after(up_to(3).boxed());
        assert_eq!(g.next(), None);
        assert_eq!(g.into_return(), Some("end"));
    }

    #[test]
    #[should_panic(expected = "yield_from!: `summing` was started before and waits for a value that nobody has")]
    fn a_started_receiver_is_a_loud_mistake() {
        #[loop_core::generator(yields = i64, receives = i64)]
        fn outer() {
            let mut inner = summing();
            inner.start().unwrap();
            yield_from!(inner);
        }
        let _ = outer().start();
    }

    #[test]
    #[should_panic(expected = "yield_from!: `up_to` was closed, or its return value has been taken")]
    fn a_closed_one_is_a_loud_mistake() {
        #[loop_core::generator(yields = u32)]
        fn outer() {
            let mut inner = up_to(3);
            inner.close();
            yield_from!(inner);
        }
        outer().next();
    }

    #[test]
    fn closing_the_outer_one_closes_the_inner_one_first() {
        #[loop_core::generator]
        fn inner(notes: Notes) {
            let _held = Noted("inner", notes.clone());
            yield_!();
        }
        #[loop_core::generator]
        fn outer(notes: Notes) {
            let _held = Noted("outer", notes.clone());
            yield_from!(inner(notes.clone()));
        }
        let notes = Notes::default();
        let mut g = outer(notes.clone());
        g.next();
        drop(g);
        assert_eq!(*notes.borrow(), ["inner", "outer"]);
    }

    #[test]
    fn recursion_walks_a_tree() {
        struct Tree(u32, Vec<Tree>);
        #[loop_core::generator(yields = u32, boxed)]
        fn walk(tree: &Tree) -> usize {
            yield_!(tree.0);
            let mut nodes = 1;
            for child in &tree.1 {
                nodes += yield_from!(walk(child));
            }
            nodes
        }
        let tree = Tree(1, vec![Tree(2, vec![Tree(3, vec![])]), Tree(4, vec![])]);
        let mut g = walk(&tree);
        assert_eq!(g.by_ref().collect::<Vec<_>>(), [1, 2, 3, 4]);
        assert_eq!(g.into_return(), Some(4));
    }
}

mod sharing {
    use super::*;

    type Own = Rc<RefCell<Option<SharedGenerator<u32, u32, ()>>>>;

    /// Sends to itself, and yields 1 if that was refused as it should be.
    #[loop_core::generator(yields = u32, receives = u32)]
    fn selfish(own: Own) {
        let me = own.borrow().clone().unwrap();
        assert_eq!(me.state(), GeneratorState::Running);
        assert_eq!(format!("{me:?}"), "SharedGenerator { state: Running }");
        assert_eq!(me.close(), Err(ResumeError::Running));
        assert_eq!(me.start(), Err(ResumeError::Running));
        assert_eq!(me.return_value(), None);
        let refused = me.send(7).unwrap_err();
        assert_eq!(refused, SendError { value: 7, reason: ResumeError::Running });
        let text = "nothing was sent: the generator is running: its own body, or what the body calls, resumed it again";
        assert_eq!(refused.to_string(), text);
        yield_!(1);
    }

    #[test]
    fn resuming_a_running_one_names_the_mistake() {
        let own = Own::default();
        let g = selfish(own.clone()).boxed().shared();
        *own.borrow_mut() = Some(g.clone());
        assert_eq!(g.start(), Ok(Some(1)));
        assert_eq!(g.state(), GeneratorState::Suspended);
        own.borrow_mut().take();
        assert_eq!(g.send(0), Ok(None));
    }

    #[test]
    fn all_handles_are_the_same_generator() {
        let a = up_to(3).shared();
        let b = a.clone();
        assert_eq!((a.resume(), b.resume(), a.resume()), (Ok(Some(0)), Ok(Some(1)), Ok(Some(2))));
        assert_eq!(b.resume(), Ok(None));
        assert_eq!(a.resume(), Err(ResumeError::Finished));
        assert_eq!((a.return_value(), b.return_value()), (Some("end"), Some("end")));
        assert_eq!(format!("{b:?}"), r#"SharedGenerator { name: "up_to", state: Finished }"#);
    }
}

mod misuse {
    use std::pin::pin;
    use std::task::Context;

    use super::*;

    /// Polls both futures once at each poll, as `join!` does.
    async fn both(a: impl Future<Output = ()>, b: impl Future<Output = ()>) {
        let (mut a, mut b) = (pin!(a), pin!(b));
        std::future::poll_fn(|cx: &mut Context<'_>| {
            let ready = a.as_mut().poll(cx).is_ready();
            if b.as_mut().poll(cx).is_ready() && ready { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
        })
        .await
    }

    /// The macros refuse an `.await` that they see. Nobody sees this one before the compiler does.
    macro_rules! wait_for {
        ($future:expr) => {
            $future.await
        };
    }

    #[test]
    #[should_panic(expected = "a `yield_!` began while another one of the same body was waiting")]
    fn two_yields_at_a_time_are_a_panic_and_no_lost_value() {
        #[loop_core::generator(yields = u32)]
        fn torn() {
            wait_for!(both(
                async {
                    yield_!(1);
                },
                async {
                    yield_!(2);
                }
            ));
        }
        torn().for_each(drop);
    }
}
