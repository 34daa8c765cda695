//! [`Group`] and [`TryGroup`].

use std::cell::RefCell;
use std::convert::Infallible;
use std::fmt;
use std::rc::Rc;

use super::error::{Failure, GroupError};
use super::members::{Members, Outcome, Outcomes, Owner, Room};
use super::turns::{InTurns, Next, Turns};
use crate::request::{
    AnyCoroutine, AnyObject, Asker, Coroutine, Deadline, Gather, Holder, IntoTask, Request,
    RequestKind, Resume, Value, Yield,
};

/// Tasks that do not outlive their group: asyncio's `TaskGroup`, trio's nursery.
///
/// The first task that panics cancels the others. [`join`](Group::join) waits for all, and gives their values or that failure.
/// Dropping a group cancels its tasks. So they end at the latest with the coroutine that has the group, however it ends.
/// Only a task that is [shielded](crate::Shield), or has [deferred](crate::Defer) something, ends later. `join` waits for that as well.
///
/// The coroutine that has the group is not cancelled by a failure. It learns of the failure from `join`, and what it spawns until then is
/// closed. Tasks of a group have no handles: values come from `join`. For coroutines that return a `Result` see [`TryGroup`]: here a
/// `Result` is a value like any other, and an `Err` is not reported.
///
/// A group keeps the values until they are taken, by `join` or [`next`](Group::next). So in the group of a server, which never joins, let the tasks
/// return `()`.
///
/// ```
/// use std::time::Duration;
/// use loop_core::prelude::*;
/// use loop_core::sim::Sim;
///
/// #[loop_core::coroutine]
/// fn takes(seconds: u64) -> u64 {
///     yield_!(Sleep(Duration::from_secs(seconds)));
///     seconds
/// }
///
/// #[loop_core::coroutine]
/// fn program() -> Vec<u64> {
///     let mut group = Group::new();
///     for seconds in [3, 1, 2] {
///         yield_!(group.spawn(takes(seconds)));
///     }
///     yield_!(group.join()).unwrap()
/// }
///
/// let run = Sim::new().run(program());
/// assert_eq!(run.elapsed(), Duration::from_secs(3));
/// assert_eq!(run.into_result().unwrap(), [1, 2, 3]);
/// ```
pub struct Group<T: 'static>(Tasks<T, Infallible>);

/// A [`Group`] whose tasks return a `Result`: a task that returns an `Err` cancels the others too.
///
/// ```
/// use std::time::Duration;
/// use loop_core::prelude::*;
/// use loop_core::Failure;
/// use loop_core::sim::Sim;
///
/// #[loop_core::coroutine]
/// fn half(n: u32) -> Result<u32, &'static str> {
///     yield_!(Sleep(Duration::from_secs(n.into())));
///     if n % 2 == 0 { Ok(n / 2) } else { Err("odd") }
/// }
///
/// #[loop_core::coroutine]
/// fn program() {
///     let mut group = TryGroup::new();
///     for n in [2, 3, 4] {
///         yield_!(group.spawn(half(n)));
///     }
///     let error = yield_!(group.join()).unwrap_err();
///     assert!(matches!(error.first(), Failure::Returned("odd")));
/// }
///
/// assert_eq!(Sim::new().run(program()).elapsed(), Duration::from_secs(3));
/// ```
pub struct TryGroup<T: 'static, E: 'static>(Tasks<T, E>);

/// What both kinds of group are.
struct Tasks<T: 'static, E: 'static> {
    owner: Owner<Ended<T, E>>,
}

/// The values in the order in which the tasks ended, and the failures. The first failure decides.
struct Ended<T, E> {
    values: Turns<T>,
    failures: RefCell<Vec<Failure<E>>>,
    read: fn(Value) -> Result<T, E>,
    room: Option<Room>,
}

impl<T, E> Outcomes for Ended<T, E> {
    fn ended(&self, _: usize, how: Outcome) -> bool {
        let failure = match how.map(self.read) {
            Ok(Ok(value)) => {
                self.values.push(value);
                return false;
            }
            Ok(Err(error)) => Failure::Returned(error),
            Err(error) if error.is_cancelled() => Failure::Cancelled(error),
            Err(error) => Failure::Panicked(error),
        };
        self.failures.borrow_mut().push(failure);
        true
    }

    fn goes_on(&self, asker: Asker) -> bool {
        self.values.admit(asker)
    }

    fn is_waited_for(&self, asker: Holder) -> bool {
        !self.values.is_waited_for_by(asker)
    }

    const IS_BOUNDED: bool = true;

    fn room(&self) -> Option<&Room> {
        self.room.as_ref()
    }
}

impl<T, E> InTurns for Ended<T, E> {
    type Value = T;

    fn turns(&self) -> &Turns<T> {
        &self.values
    }
}

impl<T, E> Ended<T, E> {
    /// Takes the failures. The tasks have ended.
    fn take_failures(&self) -> Result<(), GroupError<E>> {
        let mut failures = self.failures.take().into_iter();
        match failures.next() {
            Some(first) => Err(GroupError::new(first, failures.collect())),
            None => Ok(()),
        }
    }
}

impl<T: 'static, E: 'static> Tasks<T, E> {
    fn new(read: fn(Value) -> Result<T, E>, bound: Option<usize>) -> Tasks<T, E> {
        assert!(bound != Some(0), "a group has room for one task at least");
        let owner = Owner::new(Ended {
            values: Turns::default(),
            failures: RefCell::default(),
            read,
            room: bound.map(Room::new),
        });
        Tasks { owner }
    }

    fn spawn(&self, coroutine: AnyCoroutine) -> Spawning {
        let object = self.owner.object();
        match self.owner.members().outcomes.room {
            None => Spawning::Now(object, coroutine),
            Some(_) => Spawning::WithRoom(spawn_with_room(object, coroutine)),
        }
    }

    fn join(&self) -> Join<T, E> {
        Join(self.owner.object(), Rc::clone(self.owner.members()))
    }

    fn next(&self) -> impl Request<Answer = Result<Option<T>, GroupError<E>>> + use<T, E> {
        Next::new(
            self.owner.members(),
            None,
            |value: Option<T>, ended: &Ended<T, E>| {
                if value.is_none() {
                    ended.take_failures()?;
                }
                Ok(value)
            },
        )
    }
}

#[loop_macros::coroutine(lazy, crate = crate)]
fn spawn_with_room(object: AnyObject, coroutine: AnyCoroutine) {
    yield_!(WaitForRoom(object.clone()));
    if object.0.family().is_some_and(|group| !group.wants()) {
        // There is no task that gives it back when it ends.
        object.0.give_back(RequestKind::Room);
    }
    yield_!(Spawning::Now(object, coroutine));
}

/// Request: room for another task.
struct WaitForRoom(AnyObject);

impl Request for WaitForRoom {
    type Answer = ();

    fn into_yield(self) -> Yield {
        Yield::Room(self.0)
    }

    fn answer(_: Resume) {}
}

/// Request: a new task of a group.
enum Spawning {
    Now(AnyObject, AnyCoroutine),
    WithRoom(Coroutine<()>),
}

impl Request for Spawning {
    type Answer = ();

    fn into_yield(self) -> Yield {
        match self {
            Spawning::Now(object, coroutine) => Yield::SpawnIn(Box::new((object, coroutine, None))),
            Spawning::WithRoom(coroutine) => coroutine.into_yield(),
        }
    }

    // The value of the coroutine is `()` too.
    fn answer(_: Resume) {}
}

/// Request: the end of all tasks of a group.
struct Join<T, E>(AnyObject, Rc<Members<Ended<T, E>>>);

impl<T: 'static, E: 'static> Request for Join<T, E> {
    type Answer = Result<Vec<T>, GroupError<E>>;

    fn into_yield(self) -> Yield {
        Yield::Gather(Box::new(Gather {
            object: self.0,
            children: Vec::new(),
            deadline: Deadline::Never,
        }))
    }

    fn answer(_: Resume) -> Self::Answer {
        unreachable!("the answer is made by the function of the request")
    }

    fn loop_core_ask(self) -> (Yield, impl FnOnce(Resume) -> Self::Answer) {
        let members = Rc::clone(&self.1);
        let answer = move |_: Resume| {
            members.outcomes.take_failures()?;
            Ok(members.outcomes.values.take_all().into())
        };
        (self.into_yield(), answer)
    }
}

impl<T: 'static> Group<T> {
    /// Cancels the task that has joined the group, because a task of the group was cancelled.
    pub(crate) fn cancel_asker(&self) {
        self.0.owner.members().cancel_asker();
    }

    /// A group without tasks.
    ///
    /// ```
    /// let group = loop_core::Group::<u32>::new();
    /// assert!(group.is_empty());
    /// ```
    #[allow(clippy::new_without_default, reason = "a group is made on purpose")]
    pub fn new() -> Group<T> {
        Group(Tasks::new(succeeded, None))
    }

    /// A group that has at most `tasks` tasks at a time: [`spawn`](Group::spawn) waits for room.
    ///
    /// Tasks of the group should not spawn into it: when it is full, they would all wait for room.
    ///
    /// ```
    /// use std::time::Duration;
    /// use loop_core::prelude::*;
    /// use loop_core::sim::Sim;
    ///
    /// #[loop_core::coroutine]
    /// fn work() {
    ///     yield_!(Sleep(Duration::from_secs(1)));
    /// }
    ///
    /// #[loop_core::coroutine]
    /// fn program() {
    ///     let mut group = Group::bounded(2);
    ///     for _ in 0..6 {
    ///         yield_!(group.spawn(work()));
    ///     }
    ///     yield_!(group.join()).unwrap();
    /// }
    ///
    /// assert_eq!(Sim::new().run(program()).elapsed(), Duration::from_secs(3));
    /// ```
    ///
    /// # Panics
    ///
    /// If `tasks` is 0.
    pub fn bounded(tasks: usize) -> Group<T> {
        Group(Tasks::new(succeeded, Some(tasks)))
    }

    /// Request: makes a coroutine a task of the group. If the group was [cancelled](Group::cancel), or a task has failed, the coroutine
    /// is closed instead.
    ///
    /// If the group is [bounded](Group::bounded), it waits for room. If not, the task that asks keeps its turn.
    ///
    /// ```
    /// use loop_core::prelude::*;
    ///
    /// #[loop_core::coroutine]
    /// fn double(n: u32) -> u32 {
    ///     2 * n
    /// }
    ///
    /// #[loop_core::coroutine]
    /// fn program() -> Vec<u32> {
    ///     let mut group = Group::new();
    ///     for n in 1..=3 {
    ///         yield_!(group.spawn(double(n)));
    ///     }
    ///     yield_!(group.join()).unwrap()
    /// }
    /// # assert_eq!(loop_core::sim::Sim::new().run(program).into_result().unwrap(), [2, 4, 6]);
    /// ```
    pub fn spawn<C: IntoTask<Value = T>>(
        &mut self,
        coroutine: C,
    ) -> impl Request<Answer = ()> + use<T, C> {
        self.0.spawn(coroutine.into_coroutine().into())
    }

    /// Request: waits until all tasks have ended, and gives their values, in the order in which they ended.
    ///
    /// The answer is an error if a task has panicked: then the others were cancelled.
    ///
    /// ```
    /// use loop_core::prelude::*;
    ///
    /// #[loop_core::coroutine]
    /// fn fails() {
    ///     yield_!();
    ///     panic!("out of luck");
    /// }
    ///
    /// #[loop_core::coroutine]
    /// fn program() -> String {
    ///     let mut group = Group::new();
    ///     yield_!(group.spawn(fails()));
    ///     yield_!(group.join()).unwrap_err().to_string()
    /// }
    /// # let text = loop_core::sim::Sim::new().run(program).into_result().unwrap();
    /// # assert!(text.starts_with("a task of the group failed: task `program/1` panicked in `fails`"), "{text}");
    /// ```
    pub fn join(
        &mut self,
    ) -> impl Request<Answer = Result<Vec<T>, GroupError<Infallible>>> + use<T> {
        self.0.join()
    }

    /// Request: waits until a further task has ended, and gives its value: tokio's `JoinSet::join_next`.
    ///
    /// The values come in the order in which the tasks end. After the last one the answer is `None`, also if there was none; the group may get
    /// further tasks meanwhile and then. If a task has panicked, the values that are there come first. Then the answer is the error, once:
    /// when the other tasks, which were cancelled, have ended. What was not taken is for [`join`](Group::join).
    ///
    /// ```
    /// use std::time::Duration;
    /// use loop_core::prelude::*;
    /// use loop_core::sim::Sim;
    ///
    /// #[loop_core::coroutine]
    /// fn countdown(n: u64) -> u64 {
    ///     yield_!(Sleep(Duration::from_secs(n)));
    ///     n
    /// }
    ///
    /// #[loop_core::coroutine]
    /// fn program() -> std::io::Result<Vec<u64>> {
    ///     let mut group = Group::new();
    ///     for n in [3, 1] {
    ///         yield_!(group.spawn(countdown(n)));
    ///     }
    ///     let mut seen = Vec::new();
    ///     while let Some(n) = yield_!(group.next())? {
    ///         seen.push(n);
    ///         if n == 3 {
    ///             yield_!(group.spawn(countdown(2)));
    ///         }
    ///     }
    ///     Ok(seen)
    /// }
    ///
    /// assert_eq!(Sim::new().run(program).into_result().unwrap().unwrap(), [1, 3, 2]);
    /// ```
    #[allow(clippy::should_implement_trait, reason = "the answer is the loop's")]
    pub fn next(
        &mut self,
    ) -> impl Request<Answer = Result<Option<T>, GroupError<Infallible>>> + use<T> {
        self.0.next()
    }

    /// Cancels the tasks. A plain call: they are closed before this task's next request is handled. No further task is made.
    ///
    /// ```
    /// use loop_core::prelude::*;
    /// use loop_core::sim::{Input, Sim};
    ///
    /// #[loop_core::coroutine]
    /// fn reads() {
    ///     let _ = yield_!(Stdin);
    /// }
    ///
    /// #[loop_core::coroutine]
    /// fn program() {
    ///     let mut group = Group::new();
    ///     yield_!(group.spawn(reads()));
    ///     group.cancel();
    ///     assert_eq!(yield_!(group.join()).unwrap(), []);
    /// }
    ///
    /// let silent = Sim::new().stdin(Input::new().stays_open());
    /// silent.run(program()).into_result().unwrap();
    /// ```
    pub fn cancel(&mut self) {
        self.0.owner.members().cancel_all();
    }

    /// How many tasks have not ended.
    ///
    /// ```
    /// assert_eq!(loop_core::Group::<()>::new().len(), 0);
    /// ```
    pub fn len(&self) -> usize {
        self.0.owner.members().living()
    }

    /// Whether all tasks have ended.
    ///
    /// ```
    /// assert!(loop_core::Group::<()>::new().is_empty());
    /// ```
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl<T> fmt::Debug for Group<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tasks = self.0.owner.members().living();
        f.debug_struct("Group")
            .field("tasks", &tasks)
            .finish_non_exhaustive()
    }
}

impl<T: 'static, E: 'static> TryGroup<T, E> {
    /// A group without tasks.
    ///
    /// ```
    /// let group = loop_core::TryGroup::<u32, std::io::Error>::new();
    /// assert!(group.is_empty());
    /// ```
    #[allow(clippy::new_without_default, reason = "a group is made on purpose")]
    pub fn new() -> TryGroup<T, E> {
        TryGroup(Tasks::new(returned, None))
    }

    /// A group that has at most `tasks` tasks at a time: [`spawn`](TryGroup::spawn) waits for room.
    ///
    /// Tasks of the group should not spawn into it: when it is full, they would all wait for room.
    ///
    /// ```
    /// let group: loop_core::TryGroup<(), String> = loop_core::TryGroup::bounded(100);
    /// assert!(group.is_empty());
    /// ```
    ///
    /// # Panics
    ///
    /// If `tasks` is 0.
    pub fn bounded(tasks: usize) -> TryGroup<T, E> {
        TryGroup(Tasks::new(returned, Some(tasks)))
    }

    /// Request: makes a coroutine a task of the group. If the group was [cancelled](TryGroup::cancel), or a task has failed, the coroutine
    /// is closed instead.
    ///
    /// If the group is [bounded](TryGroup::bounded), it waits for room. If not, the task that asks keeps its turn.
    ///
    /// ```
    /// use loop_core::prelude::*;
    /// use std::io;
    ///
    /// #[loop_core::coroutine]
    /// fn number(text: &'static str) -> io::Result<u32> {
    ///     text.parse().map_err(io::Error::other)
    /// }
    ///
    /// #[loop_core::coroutine]
    /// fn program() -> bool {
    ///     let mut group = TryGroup::new();
    ///     for text in ["1", "two"] {
    ///         yield_!(group.spawn(number(text)));
    ///     }
    ///     yield_!(group.join()).is_ok()
    /// }
    /// # assert_eq!(loop_core::sim::Sim::new().run(program).into_result().unwrap(), false);
    /// ```
    pub fn spawn<C: IntoTask<Value = Result<T, E>>>(
        &mut self,
        coroutine: C,
    ) -> impl Request<Answer = ()> + use<T, E, C> {
        self.0.spawn(coroutine.into_coroutine().into())
    }

    /// Request: waits until all tasks have ended, and gives their values, in the order in which they ended.
    ///
    /// The answer is an error if a task has returned an `Err` or panicked: then the others were cancelled.
    ///
    /// ```
    /// use loop_core::prelude::*;
    ///
    /// #[loop_core::coroutine]
    /// fn fails() -> Result<(), &'static str> {
    ///     Err("out of luck")
    /// }
    ///
    /// #[loop_core::coroutine]
    /// fn program() -> String {
    ///     let mut group = TryGroup::new();
    ///     yield_!(group.spawn(fails()));
    ///     yield_!(group.join()).unwrap_err().to_string()
    /// }
    /// # assert_eq!(loop_core::sim::Sim::new().run(program).into_result().unwrap(), "a task of the group failed: out of luck");
    /// ```
    pub fn join(&mut self) -> impl Request<Answer = Result<Vec<T>, GroupError<E>>> + use<T, E> {
        self.0.join()
    }

    /// Request: waits until a further task has ended, and gives its value: tokio's `JoinSet::join_next`.
    ///
    /// The values come in the order in which the tasks end. After the last one the answer is `None`, also if there was none; the group may get
    /// further tasks meanwhile and then. If a task has returned an `Err` or panicked, the values that are there come first. Then the answer is the error, once:
    /// when the other tasks, which were cancelled, have ended. What was not taken is for [`join`](TryGroup::join).
    ///
    /// ```
    /// use std::{io, time::Duration};
    /// use loop_core::prelude::*;
    /// use loop_core::sim::Sim;
    ///
    /// #[loop_core::coroutine]
    /// fn read(seconds: u64) -> io::Result<u64> {
    ///     yield_!(Sleep(Duration::from_secs(seconds)));
    ///     if seconds == 2 { Err(io::ErrorKind::NotFound.into()) } else { Ok(seconds) }
    /// }
    ///
    /// #[loop_core::coroutine]
    /// fn program() -> io::Result<()> {
    ///     let mut group = TryGroup::new();
    ///     for seconds in [3600, 1, 2] {
    ///         yield_!(group.spawn(read(seconds)));
    ///     }
    ///     while let Some(seconds) = yield_!(group.next())? {
    ///         yield_!(Println(seconds))?;
    ///     }
    ///     Ok(())
    /// }
    ///
    /// let run = Sim::new().run(program);
    /// assert_eq!(run.stdout(), "1\n");
    /// assert_eq!(run.into_result().unwrap().unwrap_err().kind(), io::ErrorKind::NotFound);
    /// ```
    #[allow(clippy::should_implement_trait, reason = "the answer is the loop's")]
    pub fn next(&mut self) -> impl Request<Answer = Result<Option<T>, GroupError<E>>> + use<T, E> {
        self.0.next()
    }

    /// Cancels the tasks. A plain call: they are closed before this task's next request is handled. No further task is made.
    ///
    /// ```
    /// let mut group: loop_core::TryGroup<(), String> = loop_core::TryGroup::new();
    /// group.cancel();
    /// ```
    pub fn cancel(&mut self) {
        self.0.owner.members().cancel_all();
    }

    /// How many tasks have not ended.
    ///
    /// ```
    /// assert_eq!(loop_core::TryGroup::<(), String>::new().len(), 0);
    /// ```
    pub fn len(&self) -> usize {
        self.0.owner.members().living()
    }

    /// Whether all tasks have ended.
    ///
    /// ```
    /// assert!(loop_core::TryGroup::<(), String>::new().is_empty());
    /// ```
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl<T, E> fmt::Debug for TryGroup<T, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tasks = self.0.owner.members().living();
        f.debug_struct("TryGroup")
            .field("tasks", &tasks)
            .finish_non_exhaustive()
    }
}

fn succeeded<T: 'static>(value: Value) -> Result<T, Infallible> {
    Ok(value.expect("a coroutine's value"))
}

fn returned<T: 'static, E: 'static>(value: Value) -> Result<T, E> {
    value.expect("a coroutine's value")
}
