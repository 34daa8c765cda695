//! The usual events in eight bytes each.

use super::sites::Number;
use super::{Asked, Cause, Told};
use crate::id::TaskId;

/// An entry of a recording: mostly one event. What does not fit in eight bytes follows as [`Short::Rest`]s.
#[derive(Clone, Copy)]
pub(super) enum Short {
    /// The rest: its parent or [`TaskId::NONE`], its ordinal.
    Scheduled {
        task: TaskId,
        site: Number,
    },
    Resumed {
        task: TaskId,
        site: Number,
        input: ShortTold,
    },
    /// The rest: whom.
    ResumedSpawned {
        task: TaskId,
        site: Number,
    },
    /// Two events, as they follow each other at every bare `yield_!()`: resumed, and asking to let the others run.
    Yielded {
        task: TaskId,
        site: Number,
        input: ShortTold,
    },
    Asked {
        task: TaskId,
        request: ShortAsked,
    },
    AskedSpawn {
        task: TaskId,
        site: Number,
    },
    AskedChain {
        task: TaskId,
        site: Number,
    },
    /// The rest: whom.
    AskedJoin {
        task: TaskId,
    },
    Answered {
        task: TaskId,
        answer: ShortTold,
    },
    /// The rest: whom.
    AnsweredSpawned {
        task: TaskId,
    },
    Parked {
        task: TaskId,
    },
    Returned {
        task: TaskId,
        site: Number,
    },
    Finished {
        task: TaskId,
    },
    Woken {
        task: TaskId,
        cause: ShortCause,
    },
    /// The rest: by whose end.
    WokenJoin {
        task: TaskId,
    },
    /// Four bytes of what does not fit in the entry before: no event of its own.
    Rest(u32),
    /// The next of the events that are kept whole.
    Whole,
}

impl Short {
    /// How many events it is.
    pub(super) fn count(&self) -> usize {
        match self {
            Short::Rest(_) => 0,
            Short::Yielded { .. } => 2,
            _ => 1,
        }
    }
}

/// Those variants of an enum that have no fields, as an enum of their own that is one byte.
macro_rules! without_fields {
    ($short:ident of $long:ident: $($variant:ident)+) => {
        #[derive(Clone, Copy)]
        pub(super) enum $short {
            $($variant),+
        }

        impl $short {
            #[inline(always)]
            pub(super) fn of(long: &$long) -> Option<$short> {
                match long {
                    $($long::$variant => Some($short::$variant),)+
                    _ => None,
                }
            }
        }

        impl From<$short> for $long {
            fn from(short: $short) -> $long {
                match short {
                    $($short::$variant => $long::$variant),+
                }
            }
        }
    };
}

without_fields!(ShortTold of Told: Start Primed GoOn EndOfInput Written Returned Joined JoinFailed);
without_fields!(ShortAsked of Asked: Now Stdin StdinBytes JoinForeign Clock Stop);
without_fields!(ShortCause of Cause: Timer Stdout Stderr);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_event_is_eight_bytes() {
        assert_eq!(size_of::<Short>(), 8);
    }
}
