//! A program in two languages, and what both have to print.

use std::cell::RefCell;

use loop_core::Error;
use loop_core::prelude::*;
use loop_core::sim::Sim;

/// A program for asyncio and the same program for loop-core.
pub(crate) struct Pair {
    pub(crate) name: &'static str,
    pub(crate) python: &'static str,
    pub(crate) main: fn() -> Coroutine<()>,
    pub(crate) difference: Option<Difference>,
}

/// What the two programs print, if it is not the same.
pub(crate) struct Difference {
    /// The row of the README's table that says why.
    pub(crate) row: &'static str,
    /// From this minor version of Python 3 on, asyncio prints the same as the other one.
    pub(crate) until: Option<u32>,
    pub(crate) asyncio: &'static str,
    pub(crate) ours: &'static str,
}

/// Both print the same.
pub(crate) fn same(python: &'static str, main: fn() -> Coroutine<()>) -> Pair {
    Pair {
        name: "",
        python,
        main,
        difference: None,
    }
}

/// The two print different things, on purpose. `row` begins the row of the README's table that says why.
pub(crate) fn differs(
    row: &'static str,
    (python, asyncio): (&'static str, &'static str),
    (main, ours): (fn() -> Coroutine<()>, &'static str),
) -> Pair {
    Pair {
        difference: Some(Difference {
            row,
            until: None,
            asyncio,
            ours,
        }),
        ..same(python, main)
    }
}

/// As [`differs`], in versions of Python before 3.`minor` only.
pub(crate) fn differs_before(
    minor: u32,
    row: &'static str,
    python: (&'static str, &'static str),
    ours: (fn() -> Coroutine<()>, &'static str),
) -> Pair {
    let mut pair = differs(row, python, ours);
    if let Some(difference) = &mut pair.difference {
        difference.until = Some(minor);
    }
    pair
}

impl Pair {
    /// What the program for asyncio has to print in Python 3.`minor`, if the other one prints `ours`.
    pub(crate) fn expected<'a>(&self, minor: u32, ours: &'a str) -> &'a str {
        match &self.difference {
            Some(difference) if difference.until.is_none_or(|until| minor < until) => {
                difference.asyncio
            }
            _ => ours,
        }
    }

    /// What the program for loop-core prints.
    pub(crate) fn run(&self) -> String {
        run((self.main)())
    }
}

/// What a program for loop-core prints.
pub(crate) fn run(main: Coroutine<()>) -> String {
    PRINTED.take();
    let mut event_loop = Sim::new().unrecorded();
    let result = event_loop.run_until_complete(main);
    drop(event_loop);
    match result {
        Ok(()) => {}
        Err(Error::Deadlock(_)) => print_line("a deadlock is reported"),
        Err(Error::Failed(_)) => print_line("the run fails"),
        Err(error) => panic!("{error}"),
    }
    PRINTED.take().join("\n")
}

thread_local! {
    static PRINTED: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

/// Prints a line. A plain call as in Python, so that destructors can print.
pub(crate) fn print_line(line: &str) {
    PRINTED.with_borrow_mut(|lines| lines.push(line.to_owned()));
}

/// Prints a line when it is dropped: Python's `finally`.
pub(crate) struct Finally(pub(crate) &'static str);

impl Drop for Finally {
    fn drop(&mut self) {
        print_line(self.0);
    }
}

/// Prints how a task has ended.
pub(crate) fn print_end<T: std::fmt::Display>(ended: &Result<T, loop_core::TaskError>) {
    match ended {
        Ok(value) => print_line(&value.to_string()),
        Err(error) if error.is_cancelled() => print_line("cancelled"),
        Err(error) => print_line(error.message()),
    }
}

/// Prints a line, as `println!` does.
macro_rules! print {
    ($($text:tt)*) => {
        $crate::pair::print_line(&format!($($text)*))
    };
}

/// The function `pairs` of a module, of the functions that make its pairs.
macro_rules! pairs {
    ($($name:ident),+ $(,)?) => {
        pub(crate) fn pairs() -> Vec<Pair> {
            vec![$(Pair { name: concat!(module_path!(), "::", stringify!($name)), ..$name() }),+]
        }
    };
}

pub(crate) use {pairs, print};
