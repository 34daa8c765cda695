//! Which calls a trace shows, and with which arguments.

use std::panic::catch_unwind;

use loop_core::prelude::*;
use loop_core::sim::Sim;
use loop_core::trace::{Detail, EventKind, Trace};

#[loop_core::coroutine]
fn leaf(_n: u32) {
    yield_!();
}

#[loop_core::coroutine]
fn chains(worker: Coroutine<()>) {
    yield_!(worker);
}

/// The calls of a trace. Each `>` is a call that has not returned.
fn calls(trace: &Trace) -> String {
    let called = trace
        .events()
        .iter()
        .filter(|event| event.kind() == EventKind::Called);
    let shown = called.map(|event| match event.detail() {
        Detail::Call {
            site,
            arguments,
            depth,
        } => {
            format!(
                "{}{}({})",
                ">".repeat(depth.into()),
                site.name,
                arguments.unwrap_or_default()
            )
        }
        other => panic!("a call has its detail: {other:?}"),
    });
    shown.collect::<Vec<_>>().join(" ")
}

#[test]
fn a_program_that_panics_leaves_no_calls_and_no_tracing() {
    let made = catch_unwind(|| {
        Sim::new().run(|| -> Coroutine<()> {
            drop(leaf(1));
            panic!("made")
        })
    });
    assert!(made.is_err());
    (0..3).for_each(|n| drop(leaf(n)));
    let run = Sim::new().run(chains(leaf(4)));
    assert_eq!(calls(run.trace()), "");
}

#[test]
fn a_call_before_the_roots_is_a_call() {
    let run = Sim::new().run(|| chains(leaf(1)));
    assert_eq!(calls(run.trace()), "leaf(1)");
}

#[test]
fn calls_of_the_root_are_calls_of_the_loop() {
    #[loop_core::coroutine]
    fn branch(n: u32) {
        yield_!(leaf(n));
    }
    #[loop_core::coroutine]
    fn root(n: u32) {
        yield_!(branch(n));
    }
    let run = Sim::new().run(|| {
        drop(root(0));
        let root = root(1);
        drop(branch(2));
        root
    });
    let expected = "root(0) >branch(0) >>leaf(0) branch(1) >leaf(1) branch(2) >leaf(2)";
    assert_eq!(calls(run.trace()), expected);
}

#[test]
fn a_root_that_was_not_primed_hides_no_call() {
    #[loop_core::coroutine(lazy)]
    fn lazily(first: Coroutine<()>) {
        yield_!(first);
    }
    let run = Sim::new().run(|| lazily(leaf(1)));
    assert_eq!(calls(run.trace()), "leaf(1)");
}

#[loop_core::coroutine(lazy)]
fn worker(_n: u32) {
    yield_!();
}

/// Workers that were called in a traced run.
fn traced_workers() -> Vec<Coroutine<()>> {
    #[loop_core::coroutine(lazy)]
    fn makes() -> Vec<Coroutine<()>> {
        (0..100).map(worker).collect()
    }
    Sim::new().run(makes()).into_result().unwrap()
}

/// Makes workers where those of other runs were, and checks that no arguments of those are shown.
fn no_arguments_are_left() {
    for worker in (0..200).map(worker).collect::<Vec<_>>() {
        let run = Sim::new().run(chains(worker));
        assert!(
            run.trace().to_string().contains("chain worker\n"),
            "{}",
            run.trace()
        );
    }
}

#[test]
fn arguments_go_with_coroutines_that_an_untraced_loop_runs() {
    #[loop_core::coroutine(lazy)]
    fn spawns(worker: Coroutine<()>) {
        yield_!(Spawn(worker)).detach();
    }
    let mut untraced = Sim::new().unrecorded();
    for worker in traced_workers() {
        untraced.run_until_complete(chains(worker)).unwrap();
    }
    no_arguments_are_left();
    for worker in traced_workers() {
        untraced.run_until_complete(spawns(worker)).unwrap();
    }
    no_arguments_are_left();
    for worker in traced_workers() {
        untraced.schedule(worker);
    }
    untraced.run().unwrap();
    no_arguments_are_left();
}
