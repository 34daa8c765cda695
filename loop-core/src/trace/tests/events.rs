use std::io;

use super::*;

#[test]
fn an_event_is_small() {
    assert_eq!(size_of::<Event>(), 16);
    assert_eq!(size_of::<EventKind>(), 2);
}

/// The highest task and the last kind: both fit into their fields.
#[test]
fn an_event_says_what_it_was_made_with() {
    let (kind, task) = (EventKind::Woken(RequestKind::Stop), TaskId(u32::MAX - 1));
    let debug = |payload| format!("{:?}", Event::new(kind, task, payload));
    let options = |picked| {
        Payload::Options(Options {
            picked,
            of: 3,
            first: task,
        })
    };
    let detail = |payload| {
        let text = debug(payload);
        let head = "Event { kind: Woken(Stop), task: TaskId(4294967294), detail: ";
        let rest = text
            .strip_prefix(head)
            .and_then(|rest| rest.strip_suffix(" }"));
        rest.unwrap_or_else(|| panic!("{text}")).to_owned()
    };
    assert_eq!(detail(Payload::None), "None");
    assert_eq!(detail(Payload::Value(None)), "None");
    assert_eq!(detail(text("a")), "Text(\"a\")");
    assert_eq!(detail(Payload::EndOfInput), "EndOfInput");
    assert_eq!(
        detail(Payload::Error(io::ErrorKind::NotFound)),
        "Error(NotFound)"
    );
    assert_eq!(detail(Payload::Task(MAIN)), "Task(TaskId(0))");
    assert_eq!(detail(Payload::Foreign), "Foreign");
    assert_eq!(detail(Payload::Value(Some("7".to_owned()))), "Value(\"7\")");
    assert_eq!(
        detail(Payload::Duration(Duration::from_secs(1))),
        "Duration(1s)"
    );
    assert_eq!(
        detail(Payload::Duration(Duration::MAX)),
        "Duration(18446744073.709551615s)"
    );
    assert_eq!(
        detail(Payload::Time(Time::MAX)),
        "Time(18446744073.709551615s)"
    );
    assert_eq!(
        detail(options(0)),
        "Options(Options { picked: 0, of: 3, first: TaskId(4294967294) })"
    );
    assert_eq!(
        detail(options(2)),
        "Options(Options { picked: 2, of: 3, first: TaskId(4294967294) })"
    );
    assert_eq!(
        detail(Payload::Waits(Vec::new(), 1)),
        "Waits { tasks: [], more: 1 }"
    );
    assert!(detail(Payload::Site(&FIB)).starts_with("Site(Site { name: \"fib\""));
    let site = &FIB;
    let call = |arguments| Payload::Call {
        site,
        arguments,
        depth: 64,
    };
    assert!(detail(call(None)).ends_with("arguments: None, depth: 64 }"));
    assert!(detail(call(Some("1".to_owned()))).ends_with("arguments: Some(\"1\"), depth: 64 }"));
}

#[test]
fn equal_events_are_equal() {
    let [one, other] = [1, 1].map(|n| {
        Event::new(
            EventKind::Finished,
            MAIN,
            Payload::Value(Some(n.to_string())),
        )
    });
    assert_eq!(one, other);
    assert_ne!(one, Event::plain(EventKind::Finished, MAIN));
    assert_ne!(
        Event::plain(EventKind::Parked, MAIN),
        Event::plain(EventKind::Parked, FIRST)
    );
}

#[test]
fn each_request_has_its_words() {
    use RequestKind::*;
    let words = |kind: RequestKind| [kind.asks(), kind.answer(), kind.source(), kind.object()];
    assert_eq!(words(Now), ["now", "ok", "now", "its turn"]);
    assert_eq!(
        words(StdinBytes),
        ["stdin bytes", "bytes", "stdin", "bytes of standard input"]
    );
    assert_eq!(
        words(SleepUntil),
        ["sleep until", "slept", "timer", "its deadline"]
    );
    assert_eq!(words(Stop), ["stop", "ok", "stop", "its turn"]);
}
