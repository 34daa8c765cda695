//! Values that go in.

use loop_core::{ResumeError, SendError};

use crate::summing;

#[test]
fn the_value_is_what_the_yield_gives() {
    let mut g = summing();
    assert_eq!(g.start(), Ok(Some(0)));
    assert_eq!(g.send(3), Ok(Some(3)));
    assert_eq!(g.send(4), Ok(Some(7)));
    assert_eq!(g.send(0), Ok(None));
    assert_eq!(g.return_value(), Some(&7));
}

#[test]
fn sending_before_the_start_gives_the_value_back() {
    let mut g = summing();
    assert_eq!(
        g.send(5),
        Err(SendError {
            value: 5,
            reason: ResumeError::NotStarted
        })
    );
    assert_eq!(g.start(), Ok(Some(0)));
}

#[test]
fn starting_twice_is_refused_and_changes_nothing() {
    let mut g = summing();
    g.start().unwrap();
    assert_eq!(g.start(), Err(ResumeError::AlreadyStarted));
    assert_eq!(g.send(2), Ok(Some(2)));
}

#[test]
fn after_the_end_everything_is_refused() {
    let mut g = summing();
    g.start().unwrap();
    g.send(0).unwrap();
    assert_eq!(
        g.send(9),
        Err(SendError {
            value: 9,
            reason: ResumeError::Finished
        })
    );
    assert_eq!(g.start(), Err(ResumeError::Finished));
}

#[test]
fn a_value_that_cannot_be_copied_comes_back_whole() {
    #[loop_core::generator(receives = Box<str>)]
    fn never() {}
    let mut g = never();
    assert_eq!(g.start(), Ok(None));
    assert_eq!(g.send("mine".into()).unwrap_err().value, "mine".into());
}

#[test]
fn the_errors_say_what_to_do() {
    let error = summing().send(1).unwrap_err();
    let text = "nothing was sent: the generator has not been started: call `start` before `send`";
    assert_eq!(error.to_string(), text);
    assert_eq!(format!("{error:?}"), "SendError { reason: NotStarted, .. }");
    assert_eq!(
        ResumeError::Finished.to_string(),
        "the generator has finished"
    );
    assert_eq!(
        ResumeError::AlreadyStarted.to_string(),
        "the generator was started before: call `send`"
    );
}

#[test]
fn throw_is_a_result_that_is_sent() {
    #[loop_core::generator(yields = u32, receives = Result<u32, String>)]
    fn doubling() -> Result<(), String> {
        let mut n = 0;
        loop {
            n = match yield_!(2 * n) {
                Err(error) if error == "minor" => 50,
                received => received?,
            };
        }
    }
    let mut g = doubling();
    g.start().unwrap();
    assert_eq!(g.send(Ok(4)).unwrap(), Some(8));
    assert_eq!(g.send(Err("minor".to_owned())).unwrap(), Some(100));
    assert_eq!(g.send(Err("fatal".to_owned())).unwrap(), None);
    assert_eq!(g.into_return(), Some(Err("fatal".to_owned())));
}
