//! Arguments and values as text, for the trace.
//!
//! The macros' expansions call this with a user's values. A value whose type is not `Debug` shows as `_`; see
//! [`probe`](super::probe). Text is made only while tracing is on. A `Debug` that panics shows as `_`.

use std::collections::VecDeque;
use std::fmt::{self, Debug, Display, Write};
use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::traced::{Silence, is_tracing};

/// In place of a value that is hidden, or that is not `Debug`.
const HIDDEN: &str = "_";
/// How many characters of one argument are shown.
const ARGUMENT: usize = 60;
/// How many characters of all arguments, or of a value, are shown.
const TOTAL: usize = 120;
/// How many characters of an error are shown.
const ERROR: usize = 4096;
/// How many times as many characters are read as are shown. A longer text is not formatted to its end, and its tail is not
/// shown.
const READ: usize = 64;

/// The arguments of a call as text; `None` while tracing is off. It is one word, because it is kept in a register while the body
/// is primed.
#[derive(Debug, Default)]
pub struct Arguments(pub(super) Option<Box<Described>>);

/// A call that is in the trace.
#[derive(Debug)]
pub(super) struct Described {
    pub(super) arguments: Box<str>,
    /// Its place in the log of calls, once it has begun.
    pub(super) place: usize,
}

/// Describes the arguments of a call, if tracing is on.
#[inline]
pub fn arguments(describe: &dyn Fn(&mut ArgumentList)) -> Arguments {
    if !is_tracing() {
        return Arguments(None);
    }
    Arguments(Some(listed(describe)))
}

#[cold]
#[inline(never)]
fn listed(describe: &dyn Fn(&mut ArgumentList)) -> Box<Described> {
    let _silence = Silence::new();
    let mut list = ArgumentList::default();
    describe(&mut list);
    let arguments = list.0.map(|text| text.finish()).unwrap_or_default().into();
    Box::new(Described {
        arguments,
        place: 0,
    })
}

/// The arguments of one call, separated by commas.
#[derive(Debug, Default)]
pub struct ArgumentList(Option<Clip>);

impl ArgumentList {
    /// Adds an argument; `None` is one that is hidden.
    pub fn add(&mut self, argument: Option<&dyn Debug>) {
        let shown = argument.and_then(|argument| clipped(ARGUMENT, argument));
        let shown = shown.as_deref().unwrap_or(HIDDEN);
        match &mut self.0 {
            None => self.0.insert(Clip::new(TOTAL)).push(shown),
            Some(text) => {
                text.push(", ");
                text.push(shown);
            }
        }
    }
}

/// What is known of a coroutine's value.
#[derive(Clone, Copy)]
pub struct Shown<'v> {
    debug: Shape<'v>,
    failure: Option<Failure<'v>>,
}

#[derive(Clone, Copy)]
enum Shape<'v> {
    /// Its type has no name in the expansion.
    Unknown,
    Hidden,
    Debug(&'v dyn Debug),
}

/// The error in a `Result`, by the best that its type can do.
#[derive(Clone, Copy)]
pub enum Failure<'v> {
    /// It can be displayed.
    Display(&'v dyn Display),
    /// It can be debugged.
    Debug(&'v dyn Debug),
    /// Neither.
    Unknown,
}

impl<'v> Shown<'v> {
    /// A value, and the error in it if it is an `Err`.
    pub fn new(debug: Option<&'v dyn Debug>, failure: Option<Failure<'v>>) -> Shown<'v> {
        let debug = debug.map_or(Shape::Hidden, Shape::Debug);
        Shown { debug, failure }
    }

    /// A value whose type is not known.
    pub fn unknown() -> Shown<'v> {
        Shown {
            debug: Shape::Unknown,
            failure: None,
        }
    }

    /// The same value with all text hidden. That it is an `Err` is still known.
    pub fn hidden(self) -> Shown<'v> {
        Shown {
            debug: Shape::Hidden,
            failure: self.failure.map(|_| Failure::Unknown),
        }
    }

    /// The value as text. `None` if nothing is known of it, and for `()`, which says nothing.
    pub(super) fn text(self) -> Option<String> {
        let text = match self.debug {
            Shape::Unknown => return None,
            Shape::Hidden => None,
            Shape::Debug(value) => clipped(TOTAL, value),
        };
        let text = text.unwrap_or_else(|| HIDDEN.to_owned());
        (text != "()").then_some(text)
    }

    /// The error as text, if there is one. It may have many lines.
    pub(super) fn error(self) -> Option<String> {
        let clip = Clip::of_lines(ERROR);
        let text = match self.failure? {
            Failure::Display(error) => clip.read(format_args!("{error}")),
            Failure::Debug(error) => clip.read(format_args!("{error:?}")),
            Failure::Unknown => None,
        };
        Some(text.unwrap_or_else(|| "an error".to_owned()))
    }
}

impl fmt::Debug for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Shown")
    }
}

/// At most `limit` characters of what a user's type writes as its `Debug`.
fn clipped(limit: usize, value: &dyn Debug) -> Option<String> {
    Clip::new(limit).read(format_args!("{value:?}"))
}

/// Runs the user's code that makes text. `None` if it panics.
fn guarded(make: impl FnOnce() -> Option<String>) -> Option<String> {
    let _silence = Silence::new();
    catch_unwind(AssertUnwindSafe(make)).unwrap_or_else(|payload| {
        // A payload may panic in its own destructor.
        mem::forget(payload);
        None
    })
}

/// A text of at most `limit` characters. Of a longer text the head and the tail are kept, and no more memory is used.
#[derive(Debug)]
struct Clip {
    limit: usize,
    is_line: bool,
    head: String,
    head_room: usize,
    tail: VecDeque<char>,
    is_cut: bool,
    unread: usize,
    /// The text is so long that only its head is known.
    is_stopped: bool,
}

impl Clip {
    /// A clip that is one line.
    fn new(limit: usize) -> Clip {
        Clip {
            limit,
            is_line: true,
            head: String::new(),
            head_room: limit.div_ceil(2),
            tail: VecDeque::new(),
            is_cut: false,
            unread: READ * limit,
            is_stopped: false,
        }
    }

    /// A clip that keeps lines and other control characters as they are.
    fn of_lines(limit: usize) -> Clip {
        Clip {
            is_line: false,
            ..Clip::new(limit)
        }
    }

    /// Takes what a user's type writes. `None` if it fails.
    fn read(mut self, text: fmt::Arguments<'_>) -> Option<String> {
        guarded(move || {
            let written = self.write_fmt(text);
            (written.is_ok() || self.is_stopped).then(|| self.finish())
        })
    }

    fn push(&mut self, text: &str) {
        text.chars().for_each(|character| self.push_one(character));
    }

    fn push_one(&mut self, character: char) {
        if self.is_line && character.is_control() {
            let escaped = character.escape_debug();
            escaped.for_each(|character| self.push_char(character));
        } else {
            self.push_char(character);
        }
    }

    fn push_char(&mut self, character: char) {
        if self.head_room > 0 {
            self.head_room -= 1;
            return self.head.push(character);
        }
        self.tail.push_back(character);
        if self.tail.len() > self.limit / 2 {
            self.tail.pop_front();
            self.is_cut = true;
        }
    }

    fn finish(mut self) -> String {
        if self.is_stopped {
            self.head.push('…');
            return self.head;
        }
        if self.is_cut {
            // The mark takes the place of one character.
            self.tail.pop_front();
            self.head.push('…');
        }
        self.head.extend(self.tail);
        self.head
    }
}

impl Write for Clip {
    /// Fails when enough was read, so that the user's type stops formatting.
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for character in text.chars() {
            if self.unread == 0 {
                self.is_stopped = true;
                return Err(fmt::Error);
            }
            self.unread -= 1;
            self.push_one(character);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::Clip;

    #[test]
    fn a_longer_text_keeps_its_head_and_its_tail() {
        let clip = |limit, parts: &[&str]| {
            let mut clip = Clip::new(limit);
            parts.iter().for_each(|part| clip.push(part));
            clip.finish()
        };
        assert_eq!(clip(6, &["123", "456"]), "123456");
        assert_eq!(clip(6, &["1234567"]), "123…67");
        assert_eq!(clip(6, &["12", "34", "ä", "ö", "ü"]), "123…öü");
        assert_eq!(clip(7, &["12345678"]), "1234…78");
        assert_eq!(clip(60, &["two\nlines\t\u{1b}"]), r"two\nlines\t\u{1b}");
    }
}
