//! [`SignalKind`]: which signal.

use std::fmt;

/// Declares the signals that have a name.
macro_rules! signals {
    ($($(#[$doc:meta])* $function:ident: $constant:ident;)+) => {
        impl SignalKind {
            $($(#[$doc])* pub const fn $function() -> SignalKind {
                SignalKind(signal_hook::consts::$constant)
            })+

            /// `SIGTERM`, if it has a name.
            fn name(self) -> Option<&'static str> {
                $(if self == SignalKind::$function() {
                    return Some(stringify!($constant));
                })+
                None
            }
        }
    };
}

/// A kind of signal of the operating system, for [`Signal`](crate::Signal).
///
/// ```
/// use loop_core::SignalKind;
///
/// assert_eq!(SignalKind::terminate().to_string(), "SIGTERM");
/// assert_eq!(SignalKind::from_raw(15), SignalKind::terminate());
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SignalKind(i32);

signals! {
    /// `SIGINT`: Ctrl-C.
    interrupt: SIGINT;
    /// `SIGTERM`: somebody asks the program to end.
    terminate: SIGTERM;
    /// `SIGHUP`: the terminal has gone; for a daemon, by convention, that its configuration has changed.
    hangup: SIGHUP;
    /// `SIGQUIT`: Ctrl-\.
    quit: SIGQUIT;
    /// `SIGUSR1`: what the program makes of it.
    user_defined1: SIGUSR1;
    /// `SIGUSR2`: what the program makes of it.
    user_defined2: SIGUSR2;
    /// `SIGALRM`: a timer of the operating system.
    alarm: SIGALRM;
    /// `SIGCHLD`: a child process has ended.
    child: SIGCHLD;
    /// `SIGWINCH`: the size of the terminal has changed.
    window_change: SIGWINCH;
    /// `SIGCONT`: the program was stopped and goes on.
    resume: SIGCONT;
}

impl SignalKind {
    /// The signal of this number.
    pub const fn from_raw(number: i32) -> SignalKind {
        SignalKind(number)
    }

    /// Its number.
    ///
    /// ```
    /// assert_eq!(loop_core::SignalKind::terminate().as_raw(), 15);
    /// ```
    pub const fn as_raw(self) -> i32 {
        self.0
    }
}

impl fmt::Display for SignalKind {
    /// `SIGTERM`; a signal without a name is `signal 34`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => f.write_str(name),
            None => write!(f, "signal {}", self.0),
        }
    }
}

impl fmt::Debug for SignalKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
