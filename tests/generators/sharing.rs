//! Handles that several places hold.

use std::cell::RefCell;
use std::rc::Rc;

use loop_core::{GeneratorState, ResumeError, SendError, SharedGenerator};

use crate::up_to;

type Own = Rc<RefCell<Option<SharedGenerator<u32, u32, ()>>>>;

/// Sends to itself, and yields 1 if that was refused as it should be.
#[loop_core::generator(yields = u32, receives = u32)]
fn selfish(own: Own) {
    let me = own.borrow().clone().unwrap();
    assert_eq!(me.state(), GeneratorState::Running);
    assert_eq!(format!("{me:?}"), "SharedGenerator { state: Running }");
    assert_eq!(me.close(), Err(ResumeError::Running));
    assert_eq!(me.start(), Err(ResumeError::Running));
    assert_eq!(me.return_value(), None);
    let refused = me.send(7).unwrap_err();
    assert_eq!(
        refused,
        SendError {
            value: 7,
            reason: ResumeError::Running
        }
    );
    let text = "nothing was sent: the generator is running: its own body, or what the body calls, resumed it again";
    assert_eq!(refused.to_string(), text);
    yield_!(1);
}

#[test]
fn resuming_a_running_one_names_the_mistake() {
    let own = Own::default();
    let g = selfish(own.clone()).boxed().shared();
    *own.borrow_mut() = Some(g.clone());
    assert_eq!(g.start(), Ok(Some(1)));
    assert_eq!(g.state(), GeneratorState::Suspended);
    own.borrow_mut().take();
    assert_eq!(g.send(0), Ok(None));
}

#[test]
fn all_handles_are_the_same_generator() {
    let a = up_to(3).shared();
    let b = a.clone();
    assert_eq!(
        (a.resume(), b.resume(), a.resume()),
        (Ok(Some(0)), Ok(Some(1)), Ok(Some(2)))
    );
    assert_eq!(b.resume(), Ok(None));
    assert_eq!(a.resume(), Err(ResumeError::Finished));
    assert_eq!(
        (a.return_value(), b.return_value()),
        (Some("end"), Some("end"))
    );
    assert_eq!(
        format!("{b:?}"),
        r#"SharedGenerator { name: "up_to", state: Finished }"#
    );
}
