//! What only the signatures of generators may have: borrows.

use std::collections::BTreeMap;

use loop_core::{BoxGenerator, Generator};

struct Words {
    text: String,
    seen: usize,
}

impl Words {
    #[loop_core::generator(yields = &str)]
    fn all(&self) {
        for word in self.text.split(' ') {
            yield_!(word);
        }
    }

    #[loop_core::generator(yields = &'s str)]
    fn starting_with<'s, 'p>(&'s self, prefix: &'p str) -> usize {
        let mut count = 0;
        for word in yield_all(&self.text, prefix) {
            yield_!(word);
            count += 1;
        }
        count
    }

    #[loop_core::generator(yields = usize)]
    fn counting(&mut self) {
        for word in self.text.split(' ') {
            self.seen += 1;
            yield_!(word.len());
        }
    }

    #[loop_core::generator(yields = char)]
    fn into_letters(self) -> usize {
        for letter in self.text.chars() {
            yield_!(letter);
        }
        self.seen
    }

    #[loop_core::generator(yields = (&str, &Self), boxed)]
    fn boxed(&self, prefix: &str) -> Option<&str> {
        for word in self.text.split(' ').filter(|word| word.starts_with(prefix)) {
            yield_!((word, self));
        }
        self.text.split(' ').next_back()
    }
}

fn yield_all<'t>(text: &'t str, prefix: &str) -> Vec<&'t str> {
    text.split(' ')
        .filter(|word| word.starts_with(prefix))
        .collect()
}

fn words() -> Words {
    Words {
        text: "to be or not to be".to_owned(),
        seen: 0,
    }
}

#[test]
fn borrowing_methods() {
    let mut words = words();
    assert_eq!(words.all().last(), Some("be"));
    let prefix = "b".to_owned();
    let mut g = words.starting_with(&prefix);
    assert_eq!(g.by_ref().collect::<Vec<_>>(), ["be", "be"]);
    assert_eq!(g.into_return(), Some(2));
    assert_eq!(words.counting().take(2).sum::<usize>(), 4);
    assert_eq!(words.seen, 2);
    let mut letters = words.into_letters();
    assert_eq!(letters.by_ref().filter(|letter| *letter == 'o').count(), 4);
    assert_eq!(letters.into_return(), Some(2));
}

#[test]
fn a_boxed_generator_borrows_for_one_lifetime() {
    struct Holder<'w> {
        rest: BoxGenerator<'w, (&'w str, &'w Words), (), Option<&'w str>>,
    }
    let words = words();
    let mut holder = Holder {
        rest: words.boxed("b"),
    };
    assert_eq!(holder.rest.next().map(|(word, _)| word), Some("be"));
    assert_eq!(holder.rest.next().map(|(_, of)| of.seen), Some(0));
    assert_eq!(holder.rest.next().map(|_| ()), None);
    assert_eq!(holder.rest.return_value(), Some(&Some("be")));
}

#[test]
fn what_is_yielded_outlives_the_generator() {
    let words = words();
    let first = words.all().next();
    assert_eq!(first, Some("to"));
}

#[test]
fn generics_where_and_impl_trait() {
    #[loop_core::generator(yields = (K, V))]
    fn swapped<K, V, const N: usize>(pairs: &[(V, K); N], keep: impl Fn(&K) -> bool) -> usize
    where
        K: Clone,
        V: Clone,
    {
        for (value, key) in pairs {
            if keep(key) {
                yield_!((key.clone(), value.clone()));
            }
        }
        N
    }
    let least = 2;
    let map: BTreeMap<_, _> =
        swapped(&[("a", 1), ("b", 2), ("c", 3)], |key| *key >= least).collect();
    assert_eq!(map, BTreeMap::from([(2, "b"), (3, "c")]));
}

#[test]
fn boxed_generators_of_generics_need_no_static() {
    #[loop_core::generator(yields = T, boxed)]
    fn each<'s, T: Copy>(items: &'s [T], mut note: impl FnMut(T)) {
        for item in items {
            note(*item);
            yield_!(*item);
        }
    }
    let (local, mut sum) = ([1, 2, 3], 0);
    assert_eq!(each(&local, |n| sum += n).count(), 3);
    assert_eq!(sum, 6);
}

#[test]
fn arguments_that_are_patterns() {
    #[loop_core::generator(yields = u32)]
    fn between((from, to): (u32, u32), mut step: u32, _: &str) {
        let mut n = from;
        while n < to {
            yield_!(n);
            n += step;
            step += 1;
        }
    }
    assert_eq!(between((0, 7), 1, "").collect::<Vec<_>>(), [0, 1, 3, 6]);
}

#[test]
fn a_yielded_value_is_coerced_to_its_type() {
    #[loop_core::generator(yields = Box<dyn Fn(u8) -> u8>, receives = Option<u8>)]
    fn functions() -> &'static [u8] {
        yield_!(Box::new(|n| n + 1));
        match yield_!(Box::new(|n| n * 2)) {
            None => &[],
            Some(_) => &[1, 2],
        }
    }
    let mut g = functions();
    assert_eq!(g.start().unwrap().map(|f| f(3)), Some(4));
    assert_eq!(g.send(None).unwrap().map(|f| f(3)), Some(6));
    assert!(g.send(Some(1)).unwrap().is_none());
    assert_eq!(g.into_return(), Some(&[1, 2][..]));
}

#[test]
fn inside_other_macros_and_one_another() {
    #[loop_core::generator(yields = u32, receives = u32)]
    fn adding() -> String {
        let text = format!("{} {:?}", yield_!(1), vec![yield_!(2), yield_!(yield_!(3))]);
        assert_eq!(yield_!(5), 50);
        text
    }
    let mut g = adding();
    assert_eq!(g.start(), Ok(Some(1)));
    assert_eq!(g.send(10), Ok(Some(2)));
    assert_eq!(g.send(20), Ok(Some(3)));
    assert_eq!(
        g.send(30),
        Ok(Some(30)),
        "what was sent to the inner one is yielded by the outer one"
    );
    assert_eq!(g.send(40), Ok(Some(5)));
    assert_eq!(g.send(50), Ok(None));
    assert_eq!(g.into_return().as_deref(), Some("10 [20, 40]"));
}

#[test]
fn a_generator_that_receives_a_borrow() {
    #[loop_core::generator(yields = usize, receives = &'a str)]
    fn lengths<'a>() -> &'a str {
        let mut longest = "";
        loop {
            let text: &str = yield_!(longest.len());
            if text.is_empty() {
                return longest;
            }
            longest = if text.len() > longest.len() {
                text
            } else {
                longest
            };
        }
    }
    let owned = String::from("three");
    let mut g = lengths();
    g.start().unwrap();
    assert_eq!(g.send("one"), Ok(Some(3)));
    assert_eq!(g.send(&owned), Ok(Some(5)));
    assert_eq!(g.send(""), Ok(None));
    assert_eq!(g.into_return(), Some("three"));
}

#[test]
fn in_a_struct_and_in_a_vec() {
    #[loop_core::generator(yields = u32)]
    fn from(n: u32) {
        for n in n.. {
            yield_!(n);
        }
    }
    struct Ids {
        next: Generator<u32>,
    }
    let mut ids = Ids {
        next: from(7).boxed(),
    };
    assert_eq!((ids.next.next(), ids.next.next()), (Some(7), Some(8)));
}

/// Only what the types make impossible is an error: these are values of the generator's own.
#[test]
fn values_with_names_of_requests() {
    use loop_core::{Clock, Print};
    #[derive(Debug, PartialEq)]
    enum Command {
        Stop,
        Sleep(u64),
    }
    use Command::{Sleep, Stop};
    #[loop_core::generator(yields = Command)]
    fn commands() {
        yield_!(Sleep(3));
        yield_!(Stop);
    }
    assert_eq!(commands().collect::<Vec<_>>(), [Sleep(3), Stop]);
    #[loop_core::generator(yields = Print<String>)]
    fn requests() {
        yield_!(Print("text".to_owned()));
    }
    assert_eq!(requests().count(), 1);
    #[loop_core::generator(yields = String)]
    fn texts() {
        yield_!(Print("text".to_owned()).0);
        yield_!(format!("{Clock:?}"));
    }
    assert_eq!(texts().collect::<Vec<_>>(), ["text", "Clock"]);
}

#[test]
fn a_generator_that_yields_nothing_may_leave_in_a_yield() {
    #[loop_core::generator]
    fn leaves(at: usize) {
        for n in 0.. {
            yield_!();
            if n == at {
                yield_!(return);
            }
        }
    }
    assert_eq!(leaves(2).count(), 3);
}
