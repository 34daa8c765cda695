//! Filters and targets, each written once for every kind of generator.

use std::cell::RefCell;
use std::rc::Rc;

use loop_core::{AnyGenerator, BoxGenerator, GeneratorState, ResumeError, SharedGenerator};

use crate::{summing, up_to};

/// A filter that pulls.
#[loop_core::generator(yields = u32)]
fn doubled<G>(mut numbers: G) -> Option<G::Return>
where
    G: AnyGenerator<Yield = u32, Receive = ()>,
{
    while let Ok(Some(number)) = numbers.resume() {
        yield_!(2 * number);
    }
    numbers.take_return()
}

/// A filter that pushes.
#[loop_core::coroutine(receives = u32)]
fn odd(mut target: impl AnyGenerator<Receive = u32>) {
    loop {
        let number = yield_!();
        if number % 2 == 1 && target.send(number).is_err() {
            return;
        }
    }
}

#[loop_core::coroutine(receives = u32)]
fn noting(numbers: Rc<RefCell<Vec<u32>>>) {
    loop {
        let number = yield_!();
        numbers.borrow_mut().push(number);
    }
}

fn doubles(numbers: impl AnyGenerator<Yield = u32, Receive = (), Return = &'static str>) {
    let mut filter = doubled(numbers);
    assert_eq!(filter.by_ref().collect::<Vec<_>>(), [0, 2, 4]);
    assert_eq!(filter.into_return(), Some(Some("end")));
}

#[test]
fn one_that_pulls_takes_every_kind() {
    doubles(up_to(3));
    doubles(up_to(3).boxed());
    doubles(up_to(3).shared());
    doubles(&mut up_to(3));
    let erased: &mut dyn AnyGenerator<Yield = u32, Receive = (), Return = &'static str> =
        &mut up_to(3);
    doubles(erased);
}

#[test]
fn one_that_pushes_takes_every_kind() {
    let numbers = Rc::new(RefCell::new(Vec::new()));
    let target = || noting(Rc::clone(&numbers));
    let boxed: BoxGenerator<'_, (), u32> = target().boxed();
    let shared: SharedGenerator<(), u32, (), _> = target().shared();
    let mut filters = [
        odd(target()).boxed(),
        odd(boxed).boxed(),
        odd(shared.clone()).boxed(),
    ];
    for (number, filter) in (0..).zip(&mut filters) {
        filter.send(2 * number).unwrap();
        filter.send(2 * number + 1).unwrap();
    }
    assert_eq!(*numbers.borrow(), [1, 3, 5]);
    shared.close().unwrap();
    let [.., last] = &mut filters;
    assert_eq!(last.send(7), Ok(None), "its target is closed");
}

#[test]
fn a_borrowed_one_goes_on_where_the_filter_left_it() {
    let mut numbers = up_to(5);
    assert_eq!(doubled(&mut numbers).nth(1), Some(2));
    assert_eq!(numbers.next(), Some(2));
}

/// The whole protocol, through the trait alone.
fn protocol(mut sum: impl AnyGenerator<Yield = i64, Receive = i64, Return = i64>) {
    assert_eq!(sum.state(), GeneratorState::Created);
    let early = sum.send(1).unwrap_err();
    assert_eq!((early.value, early.reason), (1, ResumeError::NotStarted));
    assert_eq!(sum.start(), Ok(Some(0)));
    assert_eq!(sum.start(), Err(ResumeError::AlreadyStarted));
    assert_eq!(sum.send(4), Ok(Some(4)));
    assert_eq!(sum.take_return(), None);
    assert_eq!(sum.send(0), Ok(None));
    assert_eq!(sum.state(), GeneratorState::Finished);
    assert_eq!((sum.take_return(), sum.take_return()), (Some(4), None));
    assert_eq!(sum.send(1).unwrap_err().reason, ResumeError::Finished);
    assert_eq!(sum.close(), Ok(()));
}

#[test]
fn all_kinds_keep_one_protocol() {
    protocol(summing());
    protocol(summing().boxed());
    protocol(summing().shared());
    protocol(summing().boxed().shared());
    protocol(&mut summing());
}

#[test]
fn a_shared_one_is_an_iterator() {
    let mine = up_to(3).shared();
    let mut yours = mine.clone();
    assert_eq!(yours.next(), Some(0));
    assert_eq!(mine.collect::<Vec<_>>(), [1, 2]);
    assert_eq!((yours.next(), yours.next()), (None, None));
}

/// The trait's own words do not get in the way of those that each kind has.
#[test]
fn next_by_the_name_of_the_protocol() {
    let mut numbers = up_to(1);
    assert_eq!(numbers.resume(), Ok(Some(0)));
    assert_eq!(numbers.resume(), Ok(None));
    assert_eq!(numbers.resume(), Err(ResumeError::Finished));
    assert_eq!(numbers.return_value(), Some(&"end"));
}

type Own = Rc<RefCell<Option<SharedGenerator<u32>>>>;

#[loop_core::generator(yields = u32)]
fn iterates_itself(own: Own) {
    let mut me = own.borrow_mut().take().unwrap();
    if let Some(number) = me.next() {
        yield_!(number);
    }
}

#[test]
#[should_panic(expected = "the generator is running")]
fn iterating_a_running_one_is_a_loud_mistake() {
    let own = Own::default();
    let mut g = iterates_itself(Rc::clone(&own)).boxed().shared();
    *own.borrow_mut() = Some(g.clone());
    g.next();
}
