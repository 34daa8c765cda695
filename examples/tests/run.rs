//! Runs each example as a user does, and compares its output with the comment at its head.
#![cfg(unix)]

mod http;
mod loopback;

use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::AtomicBool;
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::sync::{Arc, Once};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use signal_hook::consts::{SIGINT, SIGUSR1};
use signal_hook::flag::register_conditional_default;

/// Longer than any example runs on the slowest machine. An example that hangs fails its test, and does not stop the others.
const PATIENCE: Duration = Duration::from_secs(300);

/// Cargo puts the examples of a package beside its tests, and builds them for `cargo test`.
fn path(name: &str) -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let path = test.parent().unwrap().with_file_name("examples").join(name);
    assert!(
        path.exists(),
        "{} is not built: `cargo build --examples`",
        path.display()
    );
    path
}

/// An example that runs, and the thread that kills it if it hangs.
struct Running {
    child: Child,
    ended: Sender<()>,
    watchdog: JoinHandle<()>,
}

/// From now on examples are started with the default action of Ctrl-C and of SIGUSR1, also where the tests themselves ignore it, as the
/// background job of a script does. An action that is ignored is inherited, and a handler is not.
fn let_examples_be_interrupted() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let always = Arc::new(AtomicBool::new(true));
        for signal in [SIGINT, SIGUSR1] {
            register_conditional_default(signal, Arc::clone(&always)).unwrap();
        }
    });
}

fn start(name: &str, arguments: &[&str]) -> Running {
    let_examples_be_interrupted();
    let mut command = Command::new(path(name));
    command.args(arguments).stdin(Stdio::piped());
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = command.spawn().unwrap();
    let pid = Pid::from_child(&child);
    let (ended, watch) = mpsc::channel();
    let watchdog = thread::spawn(move || {
        if watch.recv_timeout(PATIENCE) == Err(RecvTimeoutError::Timeout) {
            kill_process(pid, Signal::KILL).unwrap();
        }
    });
    Running {
        child,
        ended,
        watchdog,
    }
}

impl Running {
    fn wait(self) -> Output {
        let output = self.child.wait_with_output().unwrap();
        drop(self.ended);
        self.watchdog.join().unwrap();
        output
    }
}

fn run(name: &str, arguments: &[&str], input: impl AsRef<[u8]>) -> Output {
    let mut example = start(name, arguments);
    let mut stdin = example.child.stdin.take().unwrap();
    let input = input.as_ref().to_vec();
    // In a thread, because the child may have to write before it reads more. The child may also end before it has read all.
    let writer = thread::spawn(move || drop(stdin.write_all(&input)));
    let output = example.wait();
    writer.join().unwrap();
    output
}

fn stdout(output: &Output) -> &str {
    std::str::from_utf8(&output.stdout).unwrap()
}

/// The lines without reports of slow steps: on a busy machine any step may be slow.
fn stderr(output: &Output) -> String {
    let lines = all_of_stderr(output).split_inclusive('\n');
    lines.filter(|line| !is_slow_step(line)).collect()
}

fn all_of_stderr(output: &Output) -> &str {
    std::str::from_utf8(&output.stderr).unwrap()
}

fn is_slow_step(line: &str) -> bool {
    line.starts_with("slow step: ")
}

fn ended_quietly(output: &Output, status: i32) {
    let end = (stderr(output), output.status.code());
    assert_eq!(end, (String::new(), Some(status)));
}

/// It has died of the signal, as convention wants it.
fn died_quietly(output: &Output, signal: Signal) {
    let end = (stderr(output), output.status.signal());
    assert_eq!(end, (String::new(), Some(signal.as_raw())));
}

/// What the head of an example says that it prints, in its first block.
fn promised(source: &str) -> String {
    promises(source).next().unwrap()
}

/// What the head of an example says that it prints, block by block.
fn promises(source: &str) -> impl Iterator<Item = String> {
    let head = source.lines().map_while(|line| line.strip_prefix("//!"));
    let head: Vec<&str> = head
        .map(|line| line.strip_prefix(' ').unwrap_or(line))
        .collect();
    let blocks = head.join("\n");
    let blocks: Vec<String> = blocks.split("```").skip(1).step_by(2).map(shown).collect();
    blocks.into_iter()
}

/// A block without its first line, which says that it is text, and its second line, the command.
fn shown(block: &str) -> String {
    let lines = block.lines().skip(2);
    lines.map(|line| format!("{line}\n")).collect()
}

/// The order is not compared: a machine that stands still for a tenth of a second may change it.
#[test]
fn spawn_join_prints_what_it_promises() {
    let output = run("spawn_join", &[], "");
    let promised = promised(include_str!("../spawn_join.rs"));
    let sorted = |text: &str| {
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        lines.sort();
        lines
    };
    assert_eq!(sorted(stdout(&output)), sorted(&promised));
    assert_eq!(stdout(&output).lines().last(), promised.lines().last());
    ended_quietly(&output, 0);
}

#[test]
fn snapshot_prints_what_it_promises() {
    let output = run("snapshot", &[], "");
    assert_eq!(stdout(&output), promised(include_str!("../snapshot.rs")));
    ended_quietly(&output, 0);
}

#[test]
fn generators_prints_what_it_promises() {
    let output = run("generators", &[], "");
    assert_eq!(stdout(&output), promised(include_str!("../generators.rs")));
    ended_quietly(&output, 0);
}

#[test]
fn pipeline_prints_what_it_promises() {
    let input = "a python\nno match\na yellow python\n";
    let output = run("pipeline", &["python", "yellow"], input);
    assert_eq!(stdout(&output), promised(include_str!("../pipeline.rs")));
    ended_quietly(&output, 0);
}

#[test]
fn stream_pipeline_prints_what_it_promises() {
    let input = "a python\nno match\na yellow python\nred\npython 3\n";
    let output = run("stream_pipeline", &["python"], input);
    let promised = promised(include_str!("../stream_pipeline.rs"));
    assert_eq!(stdout(&output), promised);
    ended_quietly(&output, 0);
}

#[test]
fn process_pipe_prints_what_it_promises() {
    let mut promises = promises(include_str!("../process_pipe.rs"));
    for (arguments, input) in [
        (&["sort", "--", "uniq", "-c"][..], "pear\napple\npear\n"),
        (&["yes", "--", "head", "-n", "1"], ""),
    ] {
        let output = run("process_pipe", arguments, input);
        let printed = stdout(&output).to_owned() + &stderr(&output);
        assert_eq!(printed, promises.next().unwrap());
        assert_eq!(output.status.code(), Some(0));
    }
}

/// `yes` has ended although this program's input has not.
#[test]
fn process_pipe_does_not_wait_for_input_that_nobody_reads() {
    let mut example = start("process_pipe", &["yes", "--", "head", "-n", "1"]);
    let stdin = example.child.stdin.take();
    assert_eq!(stdout(&example.wait()), "y\n");
    drop(stdin);
}

#[test]
fn frame_loop_prints_what_it_promises() {
    let output = run("frame_loop", &[], "");
    assert_eq!(stdout(&output), promised(include_str!("../frame_loop.rs")));
    ended_quietly(&output, 0);
}

#[test]
fn producer_consumer_prints_what_it_promises() {
    let output = run("producer_consumer", &[], "");
    let promised = promised(include_str!("../producer_consumer.rs"));
    assert_eq!(stdout(&output), promised);
    ended_quietly(&output, 0);
}

#[test]
fn task_group_prints_what_it_promises() {
    let output = run("task_group", &[], "");
    assert_eq!(stdout(&output), promised(include_str!("../task_group.rs")));
    ended_quietly(&output, 0);
}

#[test]
fn timeout_race_prints_what_it_promises() {
    let output = run("timeout_race", &[], "Ada\n");
    let promised = promised(include_str!("../timeout_race.rs"));
    assert_eq!(stdout(&output), promised);
    ended_quietly(&output, 0);
}

#[test]
fn timeout_race_does_not_wait_for_ever() {
    let mut example = start("timeout_race", &["1"]);
    // Kept open: no line comes.
    let stdin = example.child.stdin.take();
    let output = example.wait();
    drop(stdin);
    let promised = promises(include_str!("../timeout_race.rs")).nth(1).unwrap();
    assert_eq!(stdout(&output), promised);
    ended_quietly(&output, 0);
}

#[test]
fn dining_philosophers_wait_for_each_other() {
    let output = run("dining_philosophers", &[], "");
    let promised = promised(include_str!("../dining_philosophers.rs"));
    assert_eq!(stderr(&output), promised);
    assert_eq!((stdout(&output), output.status.code()), ("", Some(1)));
}

#[test]
fn dining_philosophers_eat_if_all_begin_with_the_smaller_fork() {
    let output = run("dining_philosophers", &["--fixed"], "");
    let mut promises = promises(include_str!("../dining_philosophers.rs"));
    assert_eq!(stdout(&output), promises.nth(1).unwrap());
    ended_quietly(&output, 0);
}

#[test]
fn fib_cooperative_ticks_while_it_computes() {
    ticks_and_then("fib_cooperative", "fib(28) = 317811, and the ticks went on");
}

#[test]
fn tokio_guest_prints_what_it_promises() {
    let output = run("tokio_guest", &[], "");
    assert_eq!(stdout(&output), promised(include_str!("../tokio_guest.rs")));
    ended_quietly(&output, 0);
}

#[test]
fn many_loops_prints_what_it_promises() {
    let output = run("many_loops", &[], "");
    assert_eq!(stdout(&output), promised(include_str!("../many_loops.rs")));
    ended_quietly(&output, 0);
}

#[test]
fn blocking_fib_ticks_while_another_thread_computes() {
    ticks_and_then("blocking_fib", "fib(35) = 9227465, and the ticks went on");
}

/// How many ticks there are depends on the machine.
fn ticks_and_then(example: &str, last: &str) {
    let output = run(example, &[], "");
    let mut lines: Vec<&str> = stdout(&output).lines().collect();
    assert_eq!(lines.pop(), Some(last));
    assert!(!lines.is_empty(), "no ticks");
    for (tick, line) in (1..).zip(lines) {
        assert_eq!(line, format!("tick {tick}"));
    }
    ended_quietly(&output, 0);
}

#[test]
fn fib_stdin_prints_what_it_promises() {
    let output = run("fib_stdin", &[], "10\nabc\n100\n");
    let promised = promised(include_str!("../fib_stdin.rs"));
    let (complaint, answers) = promised.split_once('\n').unwrap();
    assert_eq!(stdout(&output), answers);
    assert_eq!(stderr(&output).trim_end(), complaint);
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn fib_stdin_goes_on_after_a_line_that_is_no_number() {
    let mut input =
        b"abc\n\n  \n-3\n1.5\n100001\n99999999999999999999\ncaf\xe9\n\x1b[31m\n".to_vec();
    input.extend([b'x'].repeat(2 * 1024 * 1024));
    input.extend(b"\n 7\r\n+8\n9");
    let output = run("fib_stdin", &[], input);
    assert_eq!(stdout(&output), "fib(7) = 13\nfib(8) = 21\nfib(9) = 34\n");
    let bad = [
        (1, r#""abc""#),
        (4, r#""-3""#),
        (5, r#""1.5""#),
        (6, r#""100001""#),
        (7, r#""99999999999999999999""#),
        (8, r#""caf\xe9""#),
        (9, r#""\u{1b}[31m""#),
        (
            10,
            r#""xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…" (longer than 1048576 bytes)"#,
        ),
    ];
    let complaint =
        |(line, text)| format!("line {line}: {text} is not an integer from 0 to 100000\n");
    assert_eq!(stderr(&output), bad.map(complaint).concat());
    assert_eq!(output.status.code(), Some(0));
}

/// The largest number that the example takes. This is slow only because the test is built without optimisation.
#[test]
fn fib_stdin_computes_large_numbers() {
    let output = run("fib_stdin", &[], "100000\n");
    let answer = stdout(&output).trim_end();
    assert!(
        answer.starts_with("fib(100000) = 2597406934722172"),
        "{answer}"
    );
    assert!(answer.ends_with("49895374653428746875"), "{answer}");
    assert_eq!(answer.len(), "fib(100000) = ".len() + 20_899);
}

#[test]
fn fib_stdin_ends_at_the_end_of_input() {
    for input in ["", "\n", "\n\n"] {
        let output = run("fib_stdin", &[], input);
        assert_eq!(stdout(&output), "");
        ended_quietly(&output, 0);
    }
}

#[test]
fn fib_stdin_naive_blocks_and_is_told_so() {
    let output = run("fib_stdin", &["--naive"], "35\n41\n");
    assert_eq!(stdout(&output), "fib(35) = 9227465\n");
    let (slow, other): (Vec<&str>, Vec<&str>) = all_of_stderr(&output)
        .lines()
        .partition(|line| is_slow_step(line));
    assert_eq!(other, ["line 2: \"41\" is not an integer from 0 to 40"]);
    let blocked = slow
        .iter()
        .find(|line| line.contains(" in `fib_naive` (examples/fib_stdin.rs:"));
    assert!(
        blocked.is_some_and(|line| line.contains("task `stdin_line_handler` ran for ")),
        "{slow:?}"
    );
}

#[test]
fn fib_stdin_traces_its_decisions() {
    let output = run("fib_stdin", &["--trace"], "1000\n");
    assert!(stdout(&output).starts_with("fib(1000) = 4346655768693"));
    let trace = stderr(&output);
    assert!(
        trace.starts_with("# decisions  policy=fifo\nschedule  stdin_line_handler"),
        "{trace}"
    );
    assert!(
        trace.ends_with("finish  stdin_line_handler  Ok(())\n"),
        "{trace}"
    );
    // It lets the others run after each 200 additions.
    assert_eq!(
        trace.matches("ask  stdin_line_handler  now").count(),
        5,
        "{trace}"
    );
}

#[test]
fn fib_stdin_explains_its_arguments() {
    let output = run("fib_stdin", &["--help"], "");
    assert!(stdout(&output).starts_with("usage: fib_stdin [--naive] [--trace]\n"));
    ended_quietly(&output, 0);

    let output = run("fib_stdin", &["--nave"], "10\n");
    assert!(stderr(&output).starts_with("fib_stdin: unknown argument \"--nave\"\n\nusage: "));
    assert_eq!((stdout(&output), output.status.code()), ("", Some(2)));
}

#[test]
fn fib_stdin_answers_before_the_end_of_input_and_ends_at_ctrl_c() {
    let mut example = start("fib_stdin", &[]);
    // Kept open: nothing but Ctrl-C ends it.
    let mut stdin = example.child.stdin.take().unwrap();
    stdin.write_all(b"10\n").unwrap();
    let mut answer = String::new();
    let mut stdout = BufReader::new(example.child.stdout.take().unwrap());
    stdout.read_line(&mut answer).unwrap();
    assert_eq!(answer, "fib(10) = 55\n");

    kill_process(Pid::from_child(&example.child), Signal::INT).unwrap();
    let output = example.wait();
    died_quietly(&output, Signal::INT);
    let mut rest = String::new();
    stdout.read_to_string(&mut rest).unwrap();
    assert_eq!(rest, "");
}

/// As before `| head -1`: it ends quietly.
#[test]
fn fib_stdin_ends_when_its_reader_does() {
    let mut example = start("fib_stdin", &[]);
    let mut stdin = example.child.stdin.take().unwrap();
    drop(example.child.stdout.take());
    // An example that another test starts has a copy of the reading end for a moment, so the first answer may still be written.
    let writer = thread::spawn(move || {
        while stdin.write_all(b"10\n").is_ok() {
            thread::sleep(Duration::from_millis(1));
        }
    });
    let output = example.wait();
    writer.join().unwrap();
    died_quietly(&output, Signal::PIPE);
}

/// A tree without how long the tasks have waited.
fn without_waits(tree: &str) -> String {
    let lines = tree.lines();
    let lines = lines.map(|line| line.split_once(" (for ").map_or(line, |(task, _)| task));
    lines.map(|line| format!("{line}\n")).collect()
}

/// By its own request, and on the signal.
#[test]
fn task_tree_shows_what_the_tasks_wait_for() {
    let source = include_str!("../task_tree.rs");
    let promised: Vec<String> = promises(source).map(|tree| without_waits(&tree)).collect();
    let mut example = start("task_tree", &[]);
    let mut stdin = example.child.stdin.take().unwrap();
    // Each command gives the cooks a turn, so at the last one they wait.
    stdin.write_all("tasks\n".repeat(10).as_bytes()).unwrap();
    let mut stdout = BufReader::new(example.child.stdout.take().unwrap());
    let (mut trees, mut last) = (0, String::new());
    // To the last coroutine of the last task.
    while trees < 10 || last.matches("`bake`").count() < 2 {
        let mut line = String::new();
        assert_ne!(stdout.read_line(&mut line).unwrap(), 0, "it ended: {last}");
        if line.starts_with("main ") {
            trees += 1;
            last.clear();
        }
        last.push_str(&line);
    }
    assert_eq!(without_waits(&last), promised[0]);

    kill_process(Pid::from_child(&example.child), Signal::USR1).unwrap();
    let mut stderr = BufReader::new(example.child.stderr.take().unwrap());
    let mut shown = String::new();
    while shown.matches("`bake`").count() < 2 {
        let mut line = String::new();
        assert_ne!(stderr.read_line(&mut line).unwrap(), 0, "it ended: {shown}");
        if !is_slow_step(&line) {
            shown.push_str(&line);
        }
    }
    assert_eq!(without_waits(&shown), promised[1]);
    let in_readme = promises(source).nth(1).unwrap();
    assert!(include_str!("../../README.md").contains(&in_readme));
    drop(stdin);
    ended_quietly(&example.wait(), 0);
}

/// The README begins with the example `snapshot`: its coroutines, laid out differently, and its trace.
#[test]
fn readme_shows_the_snapshot_example() {
    let (readme, example) = (
        include_str!("../../README.md"),
        include_str!("../snapshot.rs"),
    );
    assert!(
        readme.contains(&promised(example)),
        "the README's trace differs"
    );
    let coroutines = example.split("#[loop_core::coroutine]").skip(1);
    for coroutine in coroutines.map(|text| text.split("\n}\n").next().unwrap()) {
        assert!(
            words(readme).contains(&words(coroutine)),
            "not in the README:{coroutine}"
        );
    }
}

/// Code without its layout, comments and `pub`.
fn words(code: &str) -> String {
    let code = code
        .lines()
        .map(|line| line.split(" // ").next().unwrap_or(line));
    let code = code.collect::<String>().replace("pub(crate)", "");
    code.split_whitespace().collect()
}
