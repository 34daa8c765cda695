//! Bodies that run in both worlds.

use std::io::{self, ErrorKind};
use std::os::unix::process::ExitStatusExt;
use std::rc::Rc;
use std::time::Duration;

use loop_core::SignalKind;
use loop_core::prelude::*;
use loop_core::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use crate::in_both;
use crate::programs::sim;

/// A filter with pipes at both ends.
fn filter(program: &str) -> Command {
    Command::new(program)
        .stdin(Stdio::Piped)
        .stdout(Stdio::Piped)
}

#[loop_core::coroutine(lazy)]
fn reads(output: ChildStdout) -> io::Result<usize> {
    let mut read = 0;
    let mut buffer = Vec::with_capacity(16 * 1024);
    loop {
        buffer = yield_!(output.read(buffer))?;
        if buffer.is_empty() {
            return Ok(read);
        }
        read += buffer.len();
        buffer.clear();
    }
}

#[loop_core::coroutine(lazy)]
fn writes(input: ChildStdin, bytes: Vec<u8>) -> io::Result<()> {
    yield_!(input.write_all(bytes))?;
    Ok(())
}

#[test]
fn line_by_line_and_at_the_end() {
    #[loop_core::coroutine]
    fn program() -> Vec<String> {
        let mut cat = yield_!(filter("cat").spawn()).unwrap();
        let (input, output) = (cat.stdin.take().unwrap(), cat.stdout.take().unwrap());
        let mut answers = Vec::new();
        for line in ["one", "two"] {
            yield_!(input.write_all(format!("{line}\n"))).unwrap();
            answers.extend(yield_!(output.read_line()).unwrap());
        }
        drop(input);
        assert_eq!(yield_!(output.read_line()).unwrap(), None);
        assert!(yield_!(cat.wait()).unwrap().success());
        let mut sort = yield_!(filter("sort").arg("-r").spawn()).unwrap();
        yield_!(sort.stdin.take().unwrap().write_all("a\nb\n")).unwrap();
        let output = yield_!(sort.wait_with_output()).unwrap();
        answers.push(String::from_utf8(output.stdout).unwrap());
        answers
    }
    assert_eq!(in_both(program), ["one", "two", "b\na\n"]);
}

#[test]
fn output_and_status() {
    #[loop_core::coroutine]
    fn program() -> (Vec<Option<i32>>, [String; 2]) {
        let mut codes = Vec::new();
        for program in ["true", "false"] {
            codes.push(yield_!(Command::new(program).status()).unwrap().code());
        }
        let script = Command::new("sh").args(["-c", "exit 3"]);
        codes.push(yield_!(script.status()).unwrap().code());
        let script = Command::new("sh").args(["-c", "echo out; echo err >&2"]);
        let output = yield_!(script.output()).unwrap();
        let texts = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
        (codes, texts)
    }
    let (codes, texts) = in_both(program);
    assert_eq!(codes, [Some(0), Some(1), Some(3)]);
    assert_eq!(texts, ["out\n", "err\n"]);
}

#[test]
fn the_environment_is_what_was_set() {
    #[loop_core::coroutine]
    fn program() -> Vec<u8> {
        let script = Command::new("sh").args(["-c", "echo $GREETING"]);
        let command = script.env("GREETING", "no").env("GREETING", "hello");
        let mut printed = yield_!(command.clone().output()).unwrap().stdout;
        printed.extend(
            yield_!(command.env_remove("GREETING").output())
                .unwrap()
                .stdout,
        );
        printed
    }
    assert_eq!(in_both(program), b"hello\n\n");
}

#[test]
fn a_program_that_is_not_there() {
    #[loop_core::coroutine]
    fn program() -> (ErrorKind, String) {
        let error = yield_!(Command::new("nosuch").spawn()).unwrap_err();
        (error.kind(), error.to_string())
    }
    let (kind, text) = in_both(program);
    assert_eq!(kind, ErrorKind::NotFound);
    assert_eq!(
        text,
        "cannot start `nosuch`: No such file or directory (os error 2)"
    );
}

#[test]
fn a_program_that_cannot_be_started_in_a_folder() {
    #[loop_core::coroutine]
    fn program() -> String {
        let command = Command::new("nosuch").current_dir("/nosuch");
        yield_!(command.spawn()).unwrap_err().to_string()
    }
    assert_eq!(
        in_both(program),
        "cannot start `nosuch` in `/nosuch`: No such file or directory (os error 2)"
    );
}

#[test]
fn a_child_is_killed_and_signalled() {
    #[loop_core::coroutine]
    fn program() -> Vec<Option<i32>> {
        let mut signals = Vec::new();
        // Not one that whoever has started the tests may have made them ignore, and so their children.
        let kill = SignalKind::from_raw(9);
        for signal in [kill, SignalKind::terminate(), SignalKind::user_defined1()] {
            let mut child = yield_!(Command::new("sleep").arg("1000").spawn()).unwrap();
            assert_eq!(yield_!(child.try_wait()).unwrap(), None);
            yield_!(child.signal(signal)).unwrap();
            signals.push(yield_!(child.wait()).unwrap().signal());
            assert!(yield_!(child.try_wait()).unwrap().is_some());
            // Nothing happens to whatever has its number now.
            yield_!(child.kill()).unwrap();
        }
        signals
    }
    let user = SignalKind::user_defined1().as_raw();
    assert_eq!(in_both(program), [Some(9), Some(15), Some(user)]);
}

#[test]
fn no_signal_has_such_a_number() {
    #[loop_core::coroutine]
    fn program() -> (ErrorKind, bool) {
        let mut child = yield_!(Command::new("sleep").arg("1000").spawn()).unwrap();
        let error = yield_!(child.signal(SignalKind::from_raw(999))).unwrap_err();
        yield_!(child.kill()).unwrap();
        yield_!(child.wait()).unwrap();
        (error.kind(), error.to_string().contains("`sleep`"))
    }
    assert_eq!(in_both(program), (ErrorKind::InvalidInput, true));
}

/// A mebibyte into it, one out of each of its outputs.
#[test]
fn much_in_all_directions() {
    const SIZE: usize = 1024 * 1024;
    #[loop_core::coroutine]
    fn program() -> [usize; 2] {
        let script = filter("sh").args(["-c", "cat; head -c 1048576 /dev/zero >&2"]);
        let mut child = yield_!(script.stderr(Stdio::Piped).spawn()).unwrap();
        let input = writes(child.stdin.take().unwrap(), vec![b'x'; SIZE]);
        let output = reads(child.stdout.take().unwrap());
        let errors = reads(child.stderr.take().unwrap());
        let ((), output, errors) = yield_!(TryAll((input, output, errors))).unwrap();
        assert!(yield_!(child.wait()).unwrap().success());
        [output, errors]
    }
    assert_eq!(in_both(program), [SIZE, SIZE]);
}

#[test]
fn a_child_that_closes_early() {
    #[loop_core::coroutine]
    fn program() -> (ErrorKind, bool, Option<i32>) {
        let mut head = yield_!(filter("head").arg("-n1").spawn()).unwrap();
        let input = head.stdin.take().unwrap();
        let error = yield_!(input.write_all("line\n".repeat(1_000_000))).unwrap_err();
        let output = head.stdout.take().unwrap();
        assert_eq!(
            yield_!(output.read_line()).unwrap().as_deref(),
            Some("line")
        );
        let code = yield_!(head.wait()).unwrap().code();
        let text = error.to_string();
        let says_where = text.starts_with("cannot write to the standard input of `head`: ");
        (error.kind(), says_where, code)
    }
    assert_eq!(in_both(program), (ErrorKind::BrokenPipe, true, Some(0)));
}

#[test]
fn nobody_reads_what_a_child_writes() {
    #[loop_core::coroutine]
    fn program() -> Option<i32> {
        let mut yes = yield_!(Command::new("yes").stdout(Stdio::Piped).spawn()).unwrap();
        let output = yes.stdout.take().unwrap();
        assert_eq!(yield_!(output.read_exact(4)).unwrap(), b"y\ny\n");
        drop(output);
        yield_!(yes.wait()).unwrap().signal()
    }
    assert_eq!(in_both(program), Some(13));
}

#[test]
fn two_hundred_at_once() {
    #[loop_core::coroutine(lazy)]
    fn asks(number: usize) -> io::Result<usize> {
        let mut cat = yield_!(filter("cat").spawn())?;
        let (input, output) = (cat.stdin.take().unwrap(), cat.stdout.take().unwrap());
        yield_!(input.write_all(format!("{number}\n")))?;
        let line = yield_!(output.read_line())?.unwrap();
        assert!(yield_!(TryAll((closes(input), waits(cat))))?.1);
        Ok(line.parse().unwrap())
    }
    #[loop_core::coroutine(lazy)]
    fn closes(input: ChildStdin) -> io::Result<()> {
        drop(input);
        Ok(())
    }
    #[loop_core::coroutine]
    fn program() -> usize {
        let answers = yield_!(TryAll((0..200).map(asks).collect::<Vec<_>>())).unwrap();
        answers.into_iter().sum()
    }
    assert_eq!(in_both(program), 199 * 200 / 2);
}

#[loop_core::coroutine(lazy)]
fn waits(mut child: Child) -> io::Result<bool> {
    Ok(yield_!(child.wait())?.success())
}

/// All who wait get the status, also when the first one is cancelled.
#[test]
fn several_wait_and_one_is_cancelled() {
    type Shared = Rc<std::cell::RefCell<Child>>;
    #[loop_core::coroutine(lazy)]
    fn waits(child: Shared) -> Option<i32> {
        let wait = child.borrow_mut().wait();
        yield_!(wait).unwrap().code()
    }
    #[loop_core::coroutine]
    fn program() -> Vec<Option<i32>> {
        let mut child = yield_!(filter("cat").spawn()).unwrap();
        let input = child.stdin.take();
        let child = Rc::new(std::cell::RefCell::new(child));
        let mut tasks = Vec::new();
        for _ in 0..3 {
            tasks.push(yield_!(Spawn(waits(child.clone()))));
        }
        yield_!();
        let first = tasks.remove(0);
        assert!(yield_!(Cancel(first)).unwrap_err().is_cancelled());
        drop(input);
        let mut codes = Vec::new();
        for task in tasks {
            codes.push(yield_!(task).unwrap());
        }
        codes
    }
    assert_eq!(in_both(program), [Some(0), Some(0)]);
}

#[test]
fn a_time_limit_and_kill_on_drop() {
    #[loop_core::coroutine(lazy)]
    fn sleeps() -> io::Result<()> {
        let mut child = yield_!(Command::new("sleep").arg("1000").kill_on_drop(true).spawn())?;
        yield_!(child.wait())?;
        Ok(())
    }
    #[loop_core::coroutine]
    fn program() -> bool {
        yield_!(Timeout(Duration::from_millis(20), sleeps())).is_err()
    }
    assert!(in_both(program));
}

/// Wherever a task is cancelled, the others go on and the run ends.
#[test]
fn cancelled_everywhere() {
    #[loop_core::coroutine(lazy)]
    fn sorts() -> io::Result<Vec<u8>> {
        let mut sort = yield_!(filter("sort").kill_on_drop(true).spawn())?;
        let input = sort.stdin.take().unwrap();
        yield_!(input.write_all("b\na\n"))?;
        drop(input);
        Ok(yield_!(sort.wait_with_output())?.stdout)
    }
    #[loop_core::coroutine]
    fn program() {
        let first = yield_!(Spawn(sorts()));
        let second = yield_!(Spawn(sorts()));
        for task in [first, second] {
            if let Ok(Ok(sorted)) = yield_!(task) {
                assert_eq!(sorted, b"a\nb\n");
            }
        }
    }
    let runs = (0..10).map(|seed| sim().seed(seed).cancel_everywhere(|| program, |_| {}));
    assert!(runs.sum::<usize>() > 100);
}
