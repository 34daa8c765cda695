//! [`TaskLocal`]: values that a task hands down to the tasks that it spawns.

use std::fmt;
use std::marker::PhantomData;
use std::rc::Rc;

use super::any_local::{AnyLocal, Key, LocalValue};
use super::chain::Coroutine;
use super::typed::{Request, mismatch};
use super::yields::{Resume, Yield};

/// A value that a task has, and that it hands down to the tasks that it spawns: Python's `ContextVar`, tokio's `task_local!`. For what
/// everything that is done for one request should know, and no function wants as an argument: whose request it is, its number in the log.
///
/// The key is a `static`. [`set`](TaskLocal::set) gives the task a value, [`scope`](TaskLocal::scope) does so while a coroutine runs, and
/// [`get`](TaskLocal::get) reads it.
///
/// ```
/// use loop_core::prelude::*;
/// use loop_core::TaskLocal;
/// use loop_core::sim::Sim;
///
/// static USER: TaskLocal<String> = TaskLocal::new("user");
///
/// #[loop_core::coroutine]
/// fn greets() -> String {
///     match yield_!(USER.get()) {
///         Some(user) => format!("hello, {user}"),
///         None => "hello, whoever you are".to_owned(),
///     }
/// }
///
/// #[loop_core::coroutine]
/// fn program() {
///     let ada = yield_!(Spawn(USER.scope("Ada".to_owned(), greets())));
///     let other = yield_!(Spawn(greets()));
///     assert_eq!(yield_!(ada).unwrap(), "hello, Ada");
///     assert_eq!(yield_!(other).unwrap(), "hello, whoever you are");
/// }
///
/// Sim::new().run(program).into_result().unwrap();
/// ```
///
/// # Who has which value
///
/// A new task has the values that its parent has when it spawns the task: with [`Spawn`](crate::Spawn), in a [`Group`](crate::Group), by
/// [`All`](crate::All), [`Race`](crate::Race), [`Timeout`](crate::Timeout) and the like. What one of the two sets later, the other does not
/// see. A coroutine that a task yields is of the same task: what it sets, its caller has afterwards too.
/// A task that no task has spawned, such as that of [`run_until_complete`](crate::EventLoop::run_until_complete), begins without values.
///
/// A coroutine that is [deferred](crate::Defer) has the values that the task had when it deferred it.
///
/// Values are shared and not copied, so each task gets an [`Rc`]. A value is dropped when the last task that has it ends, before its end is
/// told, unless an `Rc` is left elsewhere. Of several values of a task the last one that was set is dropped first.
///
/// Tasks of programs that set no value do not pay for this. To read a value is a request, as everything that concerns the task: what has no
/// `yield_!`, such as a destructor or a closure for another thread, is given the `Rc` or a copy of the value instead.
///
/// A `const` would be another key wherever it is used, so the compiler refuses it:
///
/// ```compile_fail,E0716
/// use loop_core::prelude::*;
/// use loop_core::TaskLocal;
///
/// const USER: TaskLocal<String> = TaskLocal::new("user");
///
/// #[loop_core::coroutine]
/// fn program() {
///     yield_!(USER.get());
/// }
/// ```
pub struct TaskLocal<T> {
    key: Key,
    value: PhantomData<fn(T) -> T>,
}

impl<T: 'static> TaskLocal<T> {
    /// A key. Traces show it by its name.
    ///
    /// ```
    /// use loop_core::TaskLocal;
    ///
    /// static REQUEST: TaskLocal<u64> = TaskLocal::new("request");
    ///
    /// assert_eq!(format!("{REQUEST:?}"), "TaskLocal(request)");
    /// ```
    pub const fn new(name: &'static str) -> TaskLocal<T> {
        TaskLocal {
            key: Key::new(name),
            value: PhantomData,
        }
    }

    /// Request: the task's value, if it has one. It never waits.
    ///
    /// ```
    /// use loop_core::prelude::*;
    /// use loop_core::TaskLocal;
    ///
    /// static DEPTH: TaskLocal<u32> = TaskLocal::new("depth");
    ///
    /// #[loop_core::coroutine]
    /// fn depth() -> u32 {
    ///     yield_!(DEPTH.get()).map_or(0, |depth| *depth)
    /// }
    /// # assert_eq!(loop_core::sim::Sim::new().run(depth).into_result().unwrap(), 0);
    /// ```
    pub fn get(&'static self) -> impl Request<Answer = Option<Rc<T>>> + use<T> {
        Get(self.any(), PhantomData)
    }

    /// Request: gives the task this value, from now on. The answer is the value that it had before. It never waits.
    ///
    /// The tasks that this one has spawned before keep what they have.
    ///
    /// ```
    /// use loop_core::prelude::*;
    /// use loop_core::TaskLocal;
    ///
    /// static USER: TaskLocal<&str> = TaskLocal::new("user");
    ///
    /// #[loop_core::coroutine]
    /// fn user() -> &'static str {
    ///     yield_!(USER.get()).map_or("nobody", |user| *user)
    /// }
    ///
    /// #[loop_core::coroutine]
    /// fn program() {
    ///     let before = yield_!(Spawn(user()));
    ///     yield_!(USER.set("Ada"));
    ///     let after = yield_!(Spawn(user()));
    ///     assert_eq!((yield_!(before).unwrap(), yield_!(after).unwrap()), ("nobody", "Ada"));
    /// }
    /// # loop_core::sim::Sim::new().run(program).into_result().unwrap();
    /// ```
    pub fn set(&'static self, value: T) -> impl Request<Answer = Option<Rc<T>>> + use<T> {
        self.reset(Some(Rc::new(value)))
    }

    /// Request: gives the task the value that it had before, as [`set`](TaskLocal::set) has answered it; or a value that another task has; or
    /// none. The answer is the value that it had before this. It never waits.
    ///
    /// ```
    /// use loop_core::prelude::*;
    /// use loop_core::TaskLocal;
    ///
    /// static USER: TaskLocal<&str> = TaskLocal::new("user");
    ///
    /// #[loop_core::coroutine]
    /// fn program() {
    ///     let before = yield_!(USER.set("root"));
    ///     // …
    ///     yield_!(USER.reset(before));
    ///     assert_eq!(yield_!(USER.get()), None);
    /// }
    /// # loop_core::sim::Sim::new().run(program).into_result().unwrap();
    /// ```
    pub fn reset(
        &'static self,
        value: Option<Rc<T>>,
    ) -> impl Request<Answer = Option<Rc<T>>> + use<T> {
        Set(self.any(), value)
    }

    /// A coroutine that runs another one with this value, and gives what that gives. After it the task has the value that it had before.
    ///
    /// Yield it, or spawn it: then the new task has the value, and its parent does not.
    ///
    /// ```
    /// use loop_core::prelude::*;
    /// use loop_core::TaskLocal;
    ///
    /// static USER: TaskLocal<&str> = TaskLocal::new("user");
    ///
    /// #[loop_core::coroutine]
    /// fn user() -> &'static str {
    ///     yield_!(USER.get()).map_or("nobody", |user| *user)
    /// }
    ///
    /// #[loop_core::coroutine]
    /// fn program() {
    ///     assert_eq!(yield_!(USER.scope("Ada", user())), "Ada");
    ///     assert_eq!(yield_!(user()), "nobody");
    ///     let users = yield_!(All((USER.scope("Ada", user()), USER.scope("Alan", user()), user())));
    ///     assert_eq!(users.unwrap(), ("Ada", "Alan", "nobody"));
    /// }
    /// # loop_core::sim::Sim::new().run(program).into_result().unwrap();
    /// ```
    pub fn scope<U: 'static>(&'static self, value: T, coroutine: Coroutine<U>) -> Coroutine<U> {
        scope(self, Rc::new(value), coroutine)
    }

    fn any(&'static self) -> AnyLocal {
        AnyLocal::new(&self.key)
    }
}

#[loop_macros::coroutine(lazy, skip(value, coroutine), crate = crate)]
fn scope<T: 'static, U: 'static>(
    local: &'static TaskLocal<T>,
    value: Rc<T>,
    coroutine: Coroutine<U>,
) -> U {
    let before = yield_!(local.reset(Some(value)));
    let value = yield_!(coroutine);
    yield_!(local.reset(before));
    value
}

impl<T> fmt::Debug for TaskLocal<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TaskLocal({})", self.key.name())
    }
}

/// Request: the task's value.
struct Get<T>(AnyLocal, PhantomData<fn() -> T>);

impl<T: 'static> Request for Get<T> {
    type Answer = Option<Rc<T>>;

    fn into_yield(self) -> Yield {
        Yield::GetLocal(self.0)
    }

    fn answer(resume: Resume) -> Option<Rc<T>> {
        match resume {
            Resume::Local(value) => value.map(LocalValue::expect),
            other => mismatch("a task-local value", other),
        }
    }
}

/// Request: gives the task a value, or none.
struct Set<T>(AnyLocal, Option<Rc<T>>);

impl<T: 'static> Request for Set<T> {
    type Answer = Option<Rc<T>>;

    fn into_yield(self) -> Yield {
        Yield::SetLocal(Box::new((self.0, self.1.map(LocalValue::new))))
    }

    fn answer(resume: Resume) -> Option<Rc<T>> {
        Get::answer(resume)
    }
}
