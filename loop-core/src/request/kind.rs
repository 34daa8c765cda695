//! [`RequestKind`]: which request it is, as one byte, with the words for it in the trace, the deadlock report and the log.

use std::fmt;

/// The words for the requests of one kind.
struct Words {
    /// The request itself.
    asks: &'static str,
    /// The answer.
    answer: &'static str,
    /// What a poll of clock and world finds when it answers such a request.
    source: &'static str,
    /// What a task waits for that has made such a request.
    object: &'static str,
}

/// Makes the enum and the table of words, so that a new kind is one line here.
macro_rules! request_kinds {
    ($($(#[$doc:meta])* $kind:ident: $asks:literal, $answer:literal, $source:literal, $object:literal;)+) => {
        /// Which request a task has made, or which of its requests is answered.
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
    /// A coroutine that runs when the task ends.
    Defer: "defer", "deferred", "", "its turn";
    /// That cancelling the task waits.
    Shield: "shield", "shielded", "", "its turn";
    /// That it no longer waits.
    Unshield: "unshield", "unshielded", "", "its turn";
    /// The end of another task, without its value.
    Ended: "wait for the end of", "has ended:", "", "the end";
    /// The task itself.
    Me: "me", "me", "", "its turn";
    /// The name of a task.
    NameOf: "name of", "name", "", "its turn";
    /// A value of the task.
    GetLocal: "get local", "got local", "", "its turn";
    /// Another value for the task.
    SetLocal: "set local", "had local", "", "its turn";
    /// The tasks of the loop.
    Tasks: "tasks", "tasks", "", "its turn";
    /// Some time.
    Sleep: "sleep", "slept", "timer", "its deadline";
    /// An instant.
    SleepUntil: "sleep until", "slept", "timer", "its deadline";
    /// The time on the loop's clock.
    Clock: "clock", "time", "", "its turn";
    /// A lock or a permit.
    Acquire: "acquire", "acquired", "", "its turn";
    /// An event, a condition, a barrier.
    Wait: "wait for", "woken by", "", "its turn";
    /// The end of new tasks, or a deadline.
    Gather: "timeout", "timed out", "timer", "its deadline";
    /// A value of a channel.
    Receive: "receive from", "received from", "", "its turn";
    /// A lock that readers share.
    Share: "share", "shares", "", "its turn";
    /// Room for another task in a bounded group.
    Room: "wait for room in", "has room in", "", "its turn";
    /// Bytes for a connection, or a datagram.
    Write: "write to", "wrote to", "", "its turn";
    /// Room for a value in a channel.
    Send: "send to", "sent to", "", "its turn";
    /// A future.
    Await: "await", "awaited", "", "its turn";
    /// A closure on another thread.
    Blocking: "run", "ran", "", "its turn";
    /// The addresses of a host.
    LookUp: "look up", "looked up", "", "its turn";
    /// A signal of the operating system.
    Signal: "wait for", "got", "", "its turn";
    /// A socket that listens.
    Listen: "listen with", "listens with", "", "its turn";
    /// A socket for datagrams.
    Bind: "bind", "bound", "", "its turn";
    /// A connection from others.
    Accept: "accept from", "accepted from", "", "its turn";
    /// A connection to others.
    Connect: "connect", "connected", "", "its turn";
    /// Bytes of a connection, or a datagram.
    Read: "read from", "read from", "", "its turn";
    /// The end of a direction of a connection.
    Shutdown: "shut down", "shut down", "", "its turn";
    /// An option of a connection.
    SetOption: "set an option of", "set an option of", "", "its turn";
    /// A child process.
    Start: "start", "started", "", "its turn";
    /// The end of a child process.
    WaitChild: "wait for", "waited for", "", "its turn";
    /// Whether a child process has ended.
    LookAt: "look at", "looked at", "", "its turn";
    /// A signal for a child process.
    Kill: "signal", "signalled", "", "its turn";
    /// That the loop's `run` returns.
    Stop: "stop", "ok", "", "its turn";
    /// That the program ends with a status.
    Exit: "exit", "ok", "", "its turn";
}

impl RequestKind {
    /// Whether it is the second request of those to one kind of object.
    #[inline]
    pub(crate) fn is_second(self) -> bool {
        matches!(
            self,
            RequestKind::Share | RequestKind::Send | RequestKind::Room | RequestKind::Write
        )
    }

    fn words(self) -> &'static Words {
        &WORDS[self as usize]
    }

    /// The request: `stdin`, `join`, `sleep until`.
    pub(crate) fn asks(self) -> &'static str {
        self.words().asks
    }

    /// The answer: `line`, `joined`, `slept`.
    pub(crate) fn answer(self) -> &'static str {
        self.words().answer
    }

    /// What a poll of clock and world finds: `stdin`, `timer`. For a request without a source, the request itself.
    pub(crate) fn source(self) -> &'static str {
        match self.words().source {
            "" => self.asks(),
            source => source,
        }
    }

    /// What a task waits for that has made this request: `standard input`, `its deadline`; for another task `the end`.
    pub(crate) fn object(self) -> &'static str {
        self.words().object
    }
}

impl fmt::Display for RequestKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.asks())
    }
}
