//! [`RequestKind`]: which request, as one byte. The trace, the deadlock report and the log all use its words.

use std::fmt;

use super::Yield;

/// What is written about the requests of one kind.
struct Words {
    /// What a task asks.
    asks: &'static str,
    /// What it is told when its request is done.
    answer: &'static str,
    /// What a poll of clock and world finds, if such a request is answered there.
    source: &'static str,
    /// What a task waits for that has asked this.
    object: &'static str,
}

/// Makes the enum, its way from a [`Yield`] and the table of words, so that a new request is one line here.
macro_rules! request_kinds {
    ($($(#[$doc:meta])* $kind:ident: $asks:literal, $answer:literal, $source:literal, $object:literal;)+) => {
        /// Which request a task makes, or which of its requests is answered.
        ///
        /// Its text is what the trace says when the request is made.
        ///
        /// ```
        /// use loop_core::trace::RequestKind;
        ///
        /// assert_eq!(RequestKind::SleepUntil.to_string(), "sleep until");
        /// ```
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        #[repr(u8)]
        #[non_exhaustive]
        pub enum RequestKind {
            $($(#[$doc])* $kind),+
        }

        impl RequestKind {
            /// Which request it is.
            pub(crate) fn of(request: &Yield) -> RequestKind {
                match request {
                    $(Yield::$kind { .. } => RequestKind::$kind,)+
                    Yield::SpawnNamed(_) => RequestKind::Spawn,
                }
            }
        }

        const WORDS: &[Words] = &[
            $(Words { asks: $asks, answer: $answer, source: $source, object: $object }),+
        ];
    };
}

request_kinds! {
    /// A bare `yield_!()`: let the others run.
    Now: "now", "ok", "", "its turn";
    /// A line of standard input.
    Stdin: "stdin", "line", "stdin", "standard input";
    /// Bytes of standard input.
    StdinBytes: "stdin bytes", "bytes", "stdin", "bytes of standard input";
    /// Text for standard output.
    Print: "print", "printed", "stdout writable", "room on standard output";
    /// Text for standard error.
    Eprint: "eprint", "printed", "stderr writable", "room on standard error";
    /// A new task.
    Spawn: "spawn", "spawned", "", "its turn";
    /// A coroutine that runs on the task's own stack.
    Chain: "chain", "returned", "", "its turn";
    /// The end of another task.
    Join: "join", "joined", "", "the end";
    /// The end of another task, now.
    Cancel: "cancel", "cancelled", "", "its turn";
    /// Some time.
    Sleep: "sleep", "slept", "timer", "its deadline";
    /// An instant.
    SleepUntil: "sleep until", "slept", "timer", "its deadline";
    /// The time on the loop's clock.
    Clock: "clock", "time", "", "its turn";
    /// That the loop's `run` returns.
    Stop: "stop", "ok", "", "its turn";
    /// That the program ends with a status.
    Exit: "exit", "ok", "", "its turn";
}

impl RequestKind {
    fn words(self) -> &'static Words {
        &WORDS[self as usize]
    }

    /// What a task asks: `stdin`, `join`, `sleep until`.
    pub(crate) fn asks(self) -> &'static str {
        self.words().asks
    }

    /// What a task is told when its request is done: `line`, `joined`, `slept`.
    pub(crate) fn answer(self) -> &'static str {
        self.words().answer
    }

    /// What a poll of clock and world finds: `stdin`, `timer`. What has no source outside is called as it is asked.
    pub(crate) fn source(self) -> &'static str {
        match self.words().source {
            "" => self.asks(),
            source => source,
        }
    }

    /// What a task waits for that has asked this: `standard input`, `its deadline`, and of another task `the end`.
    pub(crate) fn object(self) -> &'static str {
        self.words().object
    }
}

impl fmt::Display for RequestKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.asks())
    }
}
