//! What a coroutine can ask, and what it is answered.
//!
//! [`Yield`] is the data that goes to the loop, and [`Resume`] is the data that comes back. Programs use typed requests
//! instead: [`Stdin`], [`Sleep`], a [`Coroutine`], a [`Handle`] and so on. Each implements [`Request`], which makes it a
//! `Yield` and takes its answer out of the `Resume`. Nothing here knows the loop.
//!
//! The crate's root exports everything that is `pub` here.

mod about;
mod any_coroutine;
mod any_handle;
mod any_local;
mod awaiting;
#[cfg(feature = "blocking")]
mod blocking;
pub(crate) mod borrowing;
mod cancel;
mod chain;
pub(crate) mod co;
mod defer;
mod exit;
mod flatten;
mod gather;
mod handle;
mod in_place;
mod input;
mod interval;
mod into_task;
pub(crate) mod kind;
mod limit;
mod local;
pub(crate) mod lookup;
mod name_of;
pub(crate) mod object;
pub(crate) mod object_name;
mod output;
pub(crate) mod process;
mod signal;
pub(crate) mod socket;
mod spawn;
mod stop;
mod task_error;
mod task_info;
mod task_tree;
#[cfg(test)]
mod tests;
mod timing;
mod typed;
mod waiting;
mod yields;

pub use about::{Ended, Me, Tasks};
pub use any_coroutine::{AnyCoroutine, Value};
pub(crate) use any_handle::DetachQueueOfThisThread;
pub use any_handle::{AnyHandle, TaskRef};
pub use any_local::{AnyLocal, LocalValue};
pub use awaiting::Await;
#[cfg(feature = "blocking")]
pub use blocking::Blocking;
pub use borrowing::BorrowingCoroutine;
pub use cancel::{Cancel, CancelBecause};
pub use chain::Coroutine;
pub(crate) use co::{Beside, Entered, in_loop, look, make_root, with_airlock};
pub use defer::{Defer, Shield};
pub use exit::Exit;
pub use flatten::Flatten;
pub(crate) use gather::Deadline;
pub use gather::Gather;
pub use handle::Handle;
pub use in_place::YieldFrom;
pub use input::{LineError, Stdin, StdinBytes};
pub use interval::{Interval, MissedTicks};
pub use into_task::IntoTask;
pub(crate) use kind::RequestKind;
pub use limit::LimitReached;
pub use local::TaskLocal;
pub use object::AnyObject;
pub(crate) use object::{Asker, Change, Changes, Family, Holder, Object, Registration};
pub(crate) use object_name::{ObjectKind, ObjectName};
pub use output::{Eprint, Eprintln, Print, Println};
pub use signal::Signal;
pub use spawn::{Spawn, SpawnNamed};
pub use stop::Stop;
pub use task_error::TaskError;
pub(crate) use task_error::panic_message;
pub use task_info::TaskInfo;
pub(crate) use task_tree::SHOWN as SHOWN_TASKS;
pub use task_tree::{TaskNode, TaskState, TaskTree};
pub use timing::{Clock, Now, Sleep, SleepUntil};
pub(crate) use typed::How;
pub use typed::Request;
#[doc(hidden)]
pub use typed::{Detached, Unanswered};
pub use waiting::Waiting;
pub use yields::{Resume, Yield};
