//! The book in which the coroutines of a run write what happens to them.

use std::cell::{Cell, RefCell};
use std::io;
use std::panic::resume_unwind;
use std::rc::Rc;
use std::thread;

use loop_core::{LineError, TaskError, Time};

use super::receipt::{Printed, Receipt, Told, Whom, hash};

#[derive(Clone, Default)]
pub(crate) struct Book(Rc<Pages>);

#[derive(Default)]
struct Pages {
    receipt: RefCell<Receipt>,
    tick: Cell<u64>,
    /// For each coroutine, by its number, whether it lives. `None` if it has not begun.
    lives: RefCell<Vec<Option<bool>>>,
    /// For each value, whether it lives.
    values: RefCell<Vec<bool>>,
    /// So many coroutines are being primed, each by the one before.
    priming: Cell<u32>,
    /// A loop runs.
    running: Cell<bool>,
    /// The loop is being dropped.
    closing: Cell<bool>,
    /// How often a task has asked for the end of the run.
    stops: Cell<u64>,
}

/// What a coroutine returns.
pub(crate) type Ended = Result<Counted, String>;

/// Lives as long as a coroutine whose body has begun.
pub(crate) struct Life(u32, Book);

/// A value whose births and deaths are counted.
pub(crate) struct Counted {
    of: u32,
    serial: usize,
    book: Book,
}

/// Panics when it is dropped.
pub(crate) struct Bomb(pub(crate) String, pub(crate) Book);

impl Book {
    fn write(&self, with: impl FnOnce(&mut Receipt)) {
        with(&mut self.0.receipt.borrow_mut());
    }

    fn tick(&self) -> u64 {
        self.0.tick.set(self.0.tick.get() + 1);
        self.0.tick.get()
    }

    pub(crate) fn wrong(&self, what: impl Into<String>) {
        self.write(|receipt| receipt.wrong.push(what.into()));
    }

    pub(crate) fn asks(&self, what: &str) {
        self.write(|receipt| *receipt.asked.entry(what.to_owned()).or_default() += 1);
    }

    // Lives and values.

    pub(crate) fn life(&self, id: u32) -> Life {
        let mut lives = self.0.lives.borrow_mut();
        let place = id as usize;
        let length = lives.len().max(place + 1);
        lives.resize(length, None);
        if lives[place].replace(true).is_some() {
            self.wrong(format!("coroutine {id} began twice"));
        }
        Life(id, self.clone())
    }

    fn lives(&self, id: u32) -> bool {
        let lives = self.0.lives.borrow();
        lives.get(id as usize).copied().flatten() == Some(true)
    }

    pub(crate) fn value(&self, of: u32) -> Counted {
        let mut values = self.0.values.borrow_mut();
        values.push(true);
        Counted {
            of,
            serial: values.len() - 1,
            book: self.clone(),
        }
    }

    // Failures.

    /// Calls a function that primes a coroutine.
    pub(crate) fn prime<T>(&self, call: impl FnOnce() -> T) -> T {
        let priming = &self.0.priming;
        priming.set(priming.get() + 1);
        let primed = call();
        priming.set(priming.get() - 1);
        primed
    }

    /// A task, or a destructor, is about to fail with this.
    pub(crate) fn fails(&self, failure: &str) {
        // It is dropped with the coroutine if that one is not handed to the loop.
        if self.0.priming.get() > 0 {
            self.may_be_untold(failure);
        }
        self.write(|receipt| {
            if receipt
                .failures
                .insert(failure.to_owned(), Told::default())
                .is_some()
            {
                receipt.wrong.push(format!("{failure:?} happened twice"));
            }
        });
    }

    /// Fails, without a word on standard error.
    pub(crate) fn fail(&self, failure: String) -> ! {
        self.fails(&failure);
        resume_unwind(Box::new(failure))
    }

    /// It is no error if nobody is told of this failure.
    pub(crate) fn may_be_untold(&self, failure: &str) {
        self.write(|receipt| {
            receipt.may_be_untold.insert(failure.to_owned());
        });
    }

    pub(crate) fn tell(&self, failure: &str, whom: Whom) {
        self.write(|receipt| receipt.tell(failure, whom));
    }

    pub(crate) fn tell_more(&self, more: u64) {
        self.write(|receipt| receipt.only_counted += more);
    }

    /// Task `of` ended like this, and the one who asked is told.
    pub(crate) fn joined(&self, of: u32, ended: Result<Ended, TaskError>) {
        match ended {
            Ok(ended) => self.returned(of, ended, true),
            Err(error) if error.is_panic() => self.tell(error.message(), Whom::Joiner),
            Err(_) => self.wrong(format!("{of} was joined and is cancelled")),
        }
    }

    pub(crate) fn cancelled(&self, of: u32, ended: Result<Ended, TaskError>) {
        if self.lives(of) {
            self.wrong(format!("{of} lives on after it was cancelled"));
        }
        match ended {
            Err(error) if error.is_cancelled() => {}
            ended => self.joined(of, ended),
        }
    }

    /// Coroutine `of` returned this.
    pub(crate) fn returned(&self, of: u32, ended: Ended, is_task: bool) {
        match ended {
            Ok(value) if value.of == of => {}
            Ok(value) => self.wrong(format!("the value of {} came for that of {of}", value.of)),
            Err(error) if error != err_of(of) => {
                self.wrong(format!("{error} came for that of {of}"))
            }
            Err(error) if is_task => self.tell(&error, Whom::Joiner),
            Err(_) => {}
        }
    }

    // Time.

    /// Checks that it is at least as late as one thing says, and gives it back.
    pub(crate) fn later(&self, least: Time, now: Time) -> Time {
        if now < least {
            self.wrong(format!("it is {now:?}, and must be at least {least:?}"));
        }
        now
    }

    // Output and input.

    /// A coroutine is about to print this. The answer is for [`printed`](Book::printed).
    pub(crate) fn prints(&self, to: usize, by: u32, text: &str) -> usize {
        let asked = self.tick();
        let printed = Printed {
            by,
            hash: hash(text.as_bytes()),
            asked,
            done: None,
            failed: false,
        };
        self.write(|receipt| receipt.prints[to].push(printed));
        self.0.receipt.borrow().prints[to].len() - 1
    }

    pub(crate) fn printed(&self, to: usize, place: usize, answer: io::Result<()>) {
        let tick = self.tick();
        self.write(|receipt| {
            receipt.prints[to][place].done = Some(tick);
            if answer.is_err() {
                receipt.prints[to][place].failed = true;
                receipt.write_errors += 1;
            }
        });
    }

    /// A task was told that text could not be written, or the run returned that.
    pub(crate) fn told_of_output(&self) {
        self.write(|receipt| receipt.write_errors += 1);
    }

    /// Gives what was heard, as text; `None` where there is no more.
    pub(crate) fn line(&self, answer: io::Result<Option<String>>) -> Option<String> {
        let line = match answer {
            Ok(line) => line?.into_bytes(),
            Err(error) => match error.downcast::<LineError>() {
                Ok(LineError::NotUtf8 { bytes, .. }) => bytes,
                Ok(LineError::TooLong { prefix, .. }) => prefix,
                _ => {
                    self.cannot_read();
                    return None;
                }
            },
        };
        let text = line.escape_ascii().to_string();
        self.write(|receipt| receipt.lines.push(line));
        Some(text)
    }

    pub(crate) fn bytes(&self, answer: io::Result<Option<Vec<u8>>>) {
        match answer {
            Ok(Some(bytes)) if bytes.is_empty() => self.wrong("an answer without bytes"),
            Ok(Some(bytes)) => self.write(|receipt| receipt.bytes.extend(bytes)),
            Ok(None) => {}
            Err(_) => self.cannot_read(),
        }
    }

    fn cannot_read(&self) {
        self.write(|receipt| receipt.read_error = true);
    }

    // The run.

    pub(crate) fn set_running(&self, is_running: bool) {
        self.0.running.set(is_running);
    }

    pub(crate) fn set_closing(&self) {
        self.0.closing.set(true);
    }

    pub(crate) fn is_running(&self) -> bool {
        self.0.running.get()
    }

    pub(crate) fn stops(&self) {
        self.0.stops.set(self.0.stops.get() + 1);
    }

    pub(crate) fn stops_so_far(&self) -> u64 {
        self.0.stops.get()
    }

    pub(crate) fn result(&self, result: &str) {
        self.write(|receipt| receipt.results.push(result.to_owned()));
    }

    /// Every loop has been dropped. What is still alive has leaked.
    pub(crate) fn close(self, closed: bool) -> Receipt {
        let lives = self.0.lives.take();
        let living: Vec<usize> = (0..lives.len())
            .filter(|id| lives[*id] == Some(true))
            .collect();
        if !living.is_empty() {
            self.wrong(format!("coroutines {living:?} were not dropped"));
        }
        let values = self.0.values.take();
        let living = values.iter().filter(|lives| **lives).count();
        if living > 0 {
            self.wrong(format!("{living} values were not dropped"));
        }
        let mut receipt = self.0.receipt.take();
        receipt.values = values.len() as u64;
        receipt.closed = closed;
        receipt
    }

    pub(crate) fn scheduled(&self) {
        self.write(|receipt| receipt.tasks += 1);
    }
}

pub(crate) fn err_of(id: u32) -> String {
    format!("err {id}")
}

impl Drop for Life {
    fn drop(&mut self) {
        let mut lives = self.1.0.lives.borrow_mut();
        // It is taken out when the run is over.
        if let Some(life) = lives.get_mut(self.0 as usize) {
            *life = Some(false);
        }
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        let mut values = self.book.0.values.borrow_mut();
        let lived = values
            .get_mut(self.serial)
            .map(|lives| std::mem::replace(lives, false));
        if lived == Some(false) {
            self.book
                .wrong(format!("the value of {} was dropped twice", self.of));
        }
    }
}

impl Drop for Bomb {
    fn drop(&mut self) {
        // A second panic would end the process.
        if thread::panicking() {
            return;
        }
        let failure = std::mem::take(&mut self.0);
        match self.1.0.closing.get() {
            false => self.1.fail(failure),
            // Nobody is told any more.
            true => resume_unwind(Box::new(failure)),
        }
    }
}
