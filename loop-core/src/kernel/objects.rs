//! The table of objects that tasks wait for and other tasks change: each with its queue of waiters.
//!
//! An object is in the table only while a task waits for it, or has been admitted and has not gone on since. So the table does
//! not keep an object alive that nobody uses.

use std::rc::Rc;

use super::table::{Entry, Table};
use super::tasks::Tasks;
use super::waits::{Links, Of, TaskState, Wait, Waiters};
use crate::id::TaskId;
use crate::request::{
    Asker, Change, Changes, Holder, Object, ObjectKind, ObjectName, Registration, RequestKind,
};

/// No deadline.
const NONE: u32 = u32::MAX;

struct Used {
    /// There, unless the place is vacant.
    object: Option<Rc<dyn Object>>,
    kind: ObjectKind,
    /// The second queue is empty unless the object has two.
    waiters: [Waiters; 2],
    waiting: u32,
    /// Tasks in the ready queue that the object has admitted.
    admitted: u32,
    /// Tasks of the object's family that have not ended.
    children: u32,
    /// The number of the deadline of the task that waits, or [`NONE`].
    deadline: u32,
    /// Of the table.
    spare: u32,
}

impl Used {
    fn blank() -> Used {
        Used {
            object: None,
            kind: ObjectKind::Lock,
            waiters: [Waiters::NONE; 2],
            waiting: 0,
            admitted: 0,
            children: 0,
            deadline: NONE,
            spare: 0,
        }
    }
}

impl Entry for Used {
    #[inline]
    fn spare_word(&mut self) -> &mut u32 {
        &mut self.spare
    }
}

pub(super) struct Objects {
    used: Table<Used>,
    /// How many objects of each kind the loop has got to know.
    known: [u32; ObjectKind::COUNT],
    /// What the objects tell the loop.
    changes: Rc<Changes>,
}

const USED: &str = "an object is in the table while a task uses it";

impl Objects {
    pub(super) fn new() -> Objects {
        Objects {
            used: Table::new(),
            known: [0; ObjectKind::COUNT],
            changes: Rc::default(),
        }
    }

    /// The place of an object, which a task is about to use. An error if tasks of another loop use it.
    pub(super) fn enter(&mut self, object: Rc<dyn Object>) -> Result<u32, ObjectKind> {
        let (place, used) = self.place_for(object.registration())?;
        used.object.get_or_insert(object);
        Ok(place)
    }

    #[inline]
    pub(super) fn knows(&self, registration: &Registration) -> bool {
        registration.is_known_to(&self.changes)
    }

    /// Gets to know an object, if it does not yet.
    pub(super) fn know(&mut self, registration: &Registration) {
        if !self.knows(registration) {
            introduce(registration, &mut self.known, &self.changes);
        }
    }

    /// The entry of an object. If the object is not in the table yet, it is still to be put there.
    #[inline(always)]
    fn place_for(&mut self, registration: &Registration) -> Result<(u32, &mut Used), ObjectKind> {
        let kind = registration.kind();
        let is_known = registration.is_known_to(&self.changes);
        if let Some(place) = registration.place() {
            return match is_known {
                true => Ok((place, &mut self.used[place])),
                false => Err(kind),
            };
        }
        if !is_known {
            introduce(registration, &mut self.known, &self.changes);
        }
        let (place, used) = self.used.claim(Used::blank);
        debug_assert!(
            used.waiters == [Waiters::NONE; 2] && used.admitted == 0,
            "a vacant place"
        );
        registration.set_place(Some(place));
        used.kind = kind;
        Ok((place, used))
    }

    #[inline]
    pub(super) fn kind(&self, place: u32) -> ObjectKind {
        self.used[place].kind
    }

    /// The request that a task has made to an object.
    #[inline]
    pub(super) fn request_to(&self, of: Of) -> RequestKind {
        self.kind(of.place()).request(of.is_second())
    }

    #[inline]
    pub(super) fn object(&self, place: u32) -> &Rc<dyn Object> {
        self.used[place].object.as_ref().expect(USED)
    }

    pub(super) fn name(&self, place: u32) -> ObjectName {
        self.object(place).registration().name()
    }

    /// The first task that waits in one of the object's two queues.
    #[inline]
    pub(super) fn first_waiter(&self, place: u32, queue: usize) -> Option<TaskId> {
        self.used[place].waiters[queue].first()
    }

    #[inline]
    pub(super) fn has_waiters(&self, place: u32) -> bool {
        self.used[place].waiting > 0
    }

    /// A task asks an object, and is admitted or not: then it is behind the others that wait. An error if tasks of another loop use
    /// the object.
    #[inline(always)]
    pub(super) fn ask(
        &mut self,
        object: Rc<dyn Object>,
        request: RequestKind,
        tasks: &mut Tasks,
        task: TaskId,
    ) -> Result<(Of, bool), ObjectKind> {
        let registration = object.registration();
        let (place, used) = self.place_for(registration)?;
        let of = Of::new(place, request.is_second());
        let is_admitted = !registration.refuses(of.is_second())
            && object.admit(Asker {
                task: Holder {
                    task,
                    generation: tasks.generation(task),
                },
                request,
                has_waited: false,
            });
        match is_admitted {
            true => used.admitted += 1,
            false => {
                used.queue_of(of).push_back(tasks, task);
                used.waiting += 1;
                registration.joined(used.waiting, of.is_second());
            }
        }
        used.object.get_or_insert(object);
        Ok((of, is_admitted))
    }

    /// Offers an object to the first task that waits in one of its two queues. If the task is admitted, it is out of the queue.
    #[inline(always)]
    pub(super) fn offer(
        &mut self,
        place: u32,
        queue: usize,
        tasks: &mut Tasks,
    ) -> Option<(TaskId, Of)> {
        let used = &mut self.used[place];
        let (task, of) = used.admitted_first(queue, tasks)?;
        used.waiters[queue].remove(tasks, task);
        used.set_waiting(used.waiting - 1);
        used.admitted += 1;
        Some((task, of))
    }

    /// Whether the object admits the first task that waits. The task stays in the queue.
    pub(super) fn admits_first(&self, place: u32, queue: usize, tasks: &Tasks) -> bool {
        self.used[place].admitted_first(queue, tasks).is_some()
    }

    /// Takes a task out of the waiters. The object stays in the table, also if nobody else uses it: see [`leave`](Objects::leave).
    #[inline]
    pub(super) fn remove_waiter(&mut self, of: Of, links: &mut impl Links, task: TaskId) {
        let used = &mut self.used[of.place()];
        used.queue_of(of).remove(links, task);
        used.set_waiting(used.waiting - 1);
    }

    /// A task that was admitted goes on, or is cancelled.
    #[inline(always)]
    pub(super) fn went_on(&mut self, place: u32) {
        self.used[place].admitted -= 1;
        self.leave(place);
    }

    /// Removes an object that no task uses any more.
    #[inline(always)]
    pub(super) fn leave(&mut self, place: u32) {
        let used = &mut self.used[place];
        if used.waiting | used.admitted | used.children > 0 {
            return;
        }
        if let Some(object) = used.object.take() {
            object.registration().set_place(None);
            self.used.vacate(place);
        }
    }

    // Families.

    /// A task of the object's family was made.
    pub(super) fn add_child(&mut self, place: u32) {
        self.used[place].children += 1;
    }

    /// A task of the object's family has ended. The object stays in the table: see [`leave`](Objects::leave).
    pub(super) fn remove_child(&mut self, place: u32) {
        self.used[place].children -= 1;
    }

    // Deadlines.

    /// Notes the number of the deadline of the task that waits.
    pub(super) fn set_deadline(&mut self, place: u32, number: u32) {
        debug_assert!(
            !self.has_deadline(place),
            "one task at a time waits until an instant"
        );
        self.used[place].deadline = number;
    }

    pub(super) fn has_deadline(&self, place: u32) -> bool {
        self.used[place].deadline != NONE
    }

    pub(super) fn is_deadline(&self, place: u32, number: u32) -> bool {
        self.used
            .get(place)
            .is_some_and(|used| used.deadline == number)
    }

    pub(super) fn forget_deadline(&mut self, place: u32) {
        self.used[place].deadline = NONE;
    }

    pub(super) fn renumber_deadline(&mut self, place: u32, number: u32) {
        self.used[place].deadline = number;
    }

    #[inline]
    pub(super) fn has_changed(&self) -> bool {
        self.changes.any()
    }

    /// The next thing that an object has told.
    pub(super) fn next_change(&mut self) -> Option<Change> {
        self.changes.next()
    }

    /// The object at this place is about to be offered, because it has changed. False if it has been removed since.
    #[inline(always)]
    pub(super) fn hear(&self, place: u32) -> bool {
        let object = self.used[place].object.as_ref();
        object.is_some_and(|object| {
            object.registration().heard();
            true
        })
    }

    /// What the only task that waits has asked, if the object has admitted it and it has not been woken yet.
    pub(super) fn given(&self, place: u32) -> Option<Of> {
        let used = &self.used[place];
        let registration = used.object.as_ref().expect(USED).registration();
        let is_second = used.waiters[0].first().is_none() && used.kind.has_two_queues();
        (registration.waiting() < used.waiting).then(|| Of::new(place, is_second))
    }

    /// The task is not woken because the object has admitted it.
    pub(super) fn forget_given(&self, place: u32) {
        self.changes.forget_given(place);
    }

    /// The only task that waits has been admitted: it is out of the queue.
    #[inline(always)]
    pub(super) fn take_given(&mut self, of: Of) -> TaskId {
        let used = &mut self.used[of.place()];
        debug_assert_eq!(used.waiting, 1, "only one task waits");
        let waiters = used.queue_of(of);
        let task = waiters.first().expect("a task waits");
        *waiters = Waiters::NONE;
        used.waiting -= 1;
        used.admitted += 1;
        task
    }
}

/// The loop gets to know an object.
#[cold]
fn introduce(
    registration: &Registration,
    known: &mut [u32; ObjectKind::COUNT],
    changes: &Rc<Changes>,
) {
    let number = match registration.kind() {
        ObjectKind::Signal => registration.name().number,
        kind => {
            let known = &mut known[kind.counted_as() as usize];
            *known += 1;
            *known
        }
    };
    registration.introduce(changes, number);
}

impl Used {
    /// Whether a task may go on that asks the object, or that waits for it and is the first one.
    #[inline]
    fn admits(&self, of: Of, tasks: &Tasks, task: TaskId, has_waited: bool) -> bool {
        let request = self.kind.request(of.is_second());
        let generation = tasks.generation(task);
        let task = Holder { task, generation };
        self.object.as_ref().expect(USED).admit(Asker {
            task,
            request,
            has_waited,
        })
    }

    /// The first task that waits, if the object admits it.
    #[inline]
    fn admitted_first(&self, queue: usize, tasks: &Tasks) -> Option<(TaskId, Of)> {
        let task = self.waiters[queue].first()?;
        let TaskState::Waiting(Wait::Object(of)) = tasks.state(task) else {
            unreachable!("a waiter of an object waits for an object");
        };
        self.admits(of, tasks, task, true).then_some((task, of))
    }

    #[inline]
    fn queue_of(&mut self, of: Of) -> &mut Waiters {
        let is_second = of.is_second() && self.kind.has_two_queues();
        &mut self.waiters[usize::from(is_second)]
    }

    #[inline]
    fn set_waiting(&mut self, waiting: u32) {
        self.waiting = waiting;
        let object = self.object.as_ref().expect(USED);
        object.registration().set_waiting(waiting);
    }
}
