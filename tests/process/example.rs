//! The example `process_pipe`, with simulated programs.

#[path = "../../examples/process_pipe.rs"]
mod program;

use insta::assert_snapshot;

use crate::programs::sim;

use program::pipe;

fn commands(words: &[&[&str]]) -> Vec<Vec<String>> {
    let words = words
        .iter()
        .map(|words| words.iter().copied().map(String::from));
    words.map(Iterator::collect).collect()
}

#[test]
fn its_trace() {
    let program = || pipe(commands(&[&["sort", "-r"], &["head", "-n1"]]));
    let run = sim().stdin("1\n3\n2\n").run(program);
    assert_eq!(run.stdout(), "3\n");
    assert_eq!(run.stderr(), "sort: exit status: 0\nhead: exit status: 0\n");
    assert_snapshot!(run.trace(), @r#"
    # steps  policy=fifo
    pipe  primed  =>  start "sort -r"
    pipe  started process 1  =>  start "head -n1"
    pipe  started process 2  =>  spawn feed(ChildStdin)
    pipe  spawned pipe/1  =>  spawn copy(ChildStdout, ChildStdin)
    pipe  spawned pipe/2  =>  spawn print(ChildStdout)
    pipe  spawned pipe/3  =>  wait for group 1  park
    pipe/1  primed  =>  stdin bytes  park
    pipe/2  primed  =>  read from pipe 2  park
    pipe/3  primed  =>  read from pipe 4  park

    ~ +0  stdin bytes "1\n3\n2\n"  wakes pipe/1
    pipe/1  bytes "1\n3\n2\n"  =>  write to pipe 1  ready
    pipe/1  wrote to pipe 1  =>  stdin bytes  park

    ~ +0  stdin eof  wakes pipe/1
    pipe/1  eof  =>  finish Ok(())
    ! closed pipe 1

    ~ +0  pipe 2  wakes pipe/2
    pipe/2  read from pipe 2  =>  write to pipe 3  ready
    pipe/2  wrote to pipe 3  =>  read from pipe 2  ready
    pipe/2  read from pipe 2  =>  finish Ok(())
    ! closed pipe 3
    ! closed pipe 2

    ~ +0  pipe 4  wakes pipe/3
    pipe/3  read from pipe 4  =>  print "3\n"
    pipe/3  printed  =>  read from pipe 4  ready
    pipe/3  read from pipe 4  =>  finish Ok(())  wakes pipe
    ! closed pipe 4
    pipe  woken by group 1  =>  wait for process 1  ready
    pipe  waited for process 1  =>  eprint "sort: exit status: 0\n"
    pipe  printed  =>  wait for process 2  ready
    pipe  waited for process 2  =>  eprint "head: exit status: 0\n"
    pipe  printed  =>  cancel pipe/1
    pipe  cancelled pipe/1 Ok(())  =>  finish Ok(())
    ! closed process 1
    ! closed process 2
    "#);
    run.into_result().unwrap().unwrap();
}

/// `yes` is never at its end, and nothing comes from standard input.
#[test]
fn a_command_that_nobody_reads() {
    let program = || pipe(commands(&[&["yes"], &["cat"], &["head", "-n2"]]));
    let input = loop_core::sim::Input::new().stays_open();
    let run = sim().stdin(input).run(program);
    assert_eq!(run.stdout(), "y\ny\n");
    assert_snapshot!(run.stderr(), @r"
    yes: signal: 13 (SIGPIPE)
    cat: signal: 13 (SIGPIPE)
    head: exit status: 0
    ");
    run.into_result().unwrap().unwrap();
}

#[test]
fn whatever_is_cancelled_it_ends() {
    let program = || || pipe(commands(&[&["cat"], &["sort"]]));
    let runs = (0..5).map(|seed| {
        let sim = sim().seed(seed).stdin("2\n1\n");
        sim.cancel_everywhere(program, |run| {
            assert!(["", "1\n", "1\n2\n"].contains(&&*run.stdout()))
        })
    });
    assert!(runs.sum::<usize>() > 50);
}
