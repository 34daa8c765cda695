//! Child processes: what is left of them, and what they have of the loop.

use crate::helper::Helper;

#[test]
fn nothing_is_left_of_children() {
    let printed = Helper::new(&["children"]).run().printed();
    let (first, second) = printed.split_once(", ").unwrap();
    assert!(first.ends_with(" descriptors more"), "{printed}");
    assert_eq!(second, "0 descriptors more, children: false\n");
}

#[test]
fn a_child_that_outlives_its_loop_is_no_zombie_for_ever() {
    let printed = Helper::new(&["orphan"]).run().printed();
    assert_eq!(printed, "children: true\nchildren: false\n");
}

/// It has as many descriptors as a child of a loop without sockets. And `SIGPIPE`, which this program ignores, ends it.
#[test]
fn a_child_inherits_nothing_of_the_loop() {
    let printed = Helper::new(&["inherited"]).run().printed();
    let (descriptors, signal) = printed.split_once('\n').unwrap();
    let (before, with_others) = descriptors.split_once(", ").unwrap();
    assert!(before.starts_with("0 1 "), "{descriptors}");
    assert_eq!(before, with_others);
    assert!(signal.starts_with("signal: 13"), "{signal}");
}
