//! The servers among the examples, in the simulation: their clients are coroutines too.

#[path = "../chat_server.rs"]
mod chat_server;

#[path = "../echo_server.rs"]
mod echo_server;

#[path = "../port_proxy.rs"]
#[expect(dead_code, reason = "a test has no use for the program's `main`")]
mod port_proxy;

use std::io;
use std::net::Shutdown;
use std::time::Duration;

use insta::assert_snapshot;
use loop_core::net::{ReadHalf, TcpListener, TcpStream, WriteHalf};
use loop_core::prelude::*;
use loop_core::sim::Sim;
use loop_core::trace::{Recording, Trace};
use loop_core::{SignalKind, Time};

const SECOND: Duration = Duration::from_secs(1);

fn ms(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}

// The echo server.

#[loop_core::coroutine(lazy, skip_all)]
fn says(client: TcpStream, words: [&'static str; 2]) -> io::Result<String> {
    let mut answers = String::new();
    for word in words {
        yield_!(client.write_all(format!("{word}\n")))?;
        answers.extend(yield_!(client.read_line())?);
    }
    Ok(answers)
}

/// Two clients that do not wait for each other.
#[loop_core::coroutine]
fn two_clients() -> io::Result<Vec<String>> {
    let listener = yield_!(TcpListener::bind("127.0.0.1:7000"))?;
    yield_!(Spawn(echo_server::serve(listener)).named("server")).detach();
    let ann = yield_!(TcpStream::connect("127.0.0.1:7000"))?;
    let bob = yield_!(TcpStream::connect("127.0.0.1:7000"))?;
    yield_!(TryAll(vec![says(ann, ["a", "b"]), says(bob, ["x", "y"])]))
}

#[test]
fn echo_server() {
    let run = Sim::new().run(two_clients);
    assert_snapshot!(run.trace(), @r#"
    # steps  policy=fifo
    two_clients  primed  =>  listen with listener 1
    two_clients  listens with listener 1  =>  spawn serve(TcpListener)
    two_clients  spawned server  =>  connect connection 1  park
    server  primed  =>  accept from listener 1  ready
    server  accepted from listener 1  =>  spawn client(TcpStream)
    server  spawned server/1  =>  accept from listener 1  park
    server/1  primed  =>  chain echo(TcpStream)
    server/1:echo  primed  =>  read from connection 2  park

    ~ +0  connection 1  wakes two_clients
    two_clients  connected connection 1  =>  connect connection 3  park

    ~ +0  listener 1  wakes server
    ~  connection 3  wakes two_clients
    server  accepted from listener 1  =>  spawn client(TcpStream)
    server  spawned server/2  =>  accept from listener 1  park
    two_clients  connected connection 3  =>  spawn says(_, _)  spawn says(_, _)  wait for group 1  park
    server/2  primed  =>  chain echo(TcpStream)
    server/2:echo  primed  =>  read from connection 4  park
    two_clients/1  start  =>  write to connection 1  ready
    two_clients/2  start  =>  write to connection 3  ready
    two_clients/1  wrote to connection 1  =>  read from connection 1  park
    two_clients/2  wrote to connection 3  =>  read from connection 3  park

    ~ +0  connection 2  wakes server/1
    ~  connection 4  wakes server/2
    server/1:echo  read from connection 2  =>  write to connection 2  ready
    server/2:echo  read from connection 4  =>  write to connection 4  ready
    server/1:echo  wrote to connection 2  =>  read from connection 2  park
    server/2:echo  wrote to connection 4  =>  read from connection 4  park

    ~ +0  connection 1  wakes two_clients/1
    ~  connection 3  wakes two_clients/2
    two_clients/1  read from connection 1  =>  write to connection 1  ready
    two_clients/2  read from connection 3  =>  write to connection 3  ready
    two_clients/1  wrote to connection 1  =>  read from connection 1  park
    two_clients/2  wrote to connection 3  =>  read from connection 3  park

    ~ +0  connection 2  wakes server/1
    ~  connection 4  wakes server/2
    server/1:echo  read from connection 2  =>  write to connection 2  ready
    server/2:echo  read from connection 4  =>  write to connection 4  ready
    server/1:echo  wrote to connection 2  =>  read from connection 2  park
    server/2:echo  wrote to connection 4  =>  read from connection 4  park

    ~ +0  connection 1  wakes two_clients/1
    ~  connection 3  wakes two_clients/2
    two_clients/1  read from connection 1  =>  finish _
    ! closed connection 1
    two_clients/2  read from connection 3  =>  finish _  wakes two_clients
    ! closed connection 3
    two_clients  woken by group 1  =>  finish Ok(["ab", "xy"])
    "#);
    assert_eq!(run.into_result().unwrap().unwrap(), ["ab", "xy"]);
}

/// Two clients that take turns. A client goes on when the server has nothing more to do for the other one.
#[loop_core::coroutine]
fn turns() -> io::Result<()> {
    let listener = yield_!(TcpListener::bind("127.0.0.1:0"))?;
    let address = listener.local_addr()?;
    let clients = [
        yield_!(TcpStream::connect(address))?,
        yield_!(TcpStream::connect(address))?,
    ];
    // Both connections can be accepted by then, and afterwards both are.
    yield_!(Sleep(ms(20)));
    yield_!(Spawn(echo_server::serve(listener)).named("server")).detach();
    yield_!(Sleep(ms(20)));
    for word in ["one\n", "two\n"] {
        for client in &clients {
            yield_!(client.write_all(word))?;
            assert_eq!(yield_!(client.read_exact(word.len()))?, word.as_bytes());
        }
    }
    for client in &clients {
        yield_!(client.shutdown(Shutdown::Write))?;
        assert!(yield_!(client.read(Vec::new()))?.is_empty());
    }
    Ok(())
}

/// The steps of each task, without the ports of clients. On the operating system the loop also polls while a task is ready, so two tasks may
/// change places that do not wait for each other.
fn steps(trace: &Trace) -> String {
    let text = trace.per_task().to_string();
    let mut parts = text.split("127.0.0.1:");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| {
        let rest = part.trim_start_matches(|char: char| char.is_ascii_digit());
        format!("{text}127.0.0.1:_{rest}")
    })
}

/// The program alone decides what happens in which order, and the loop decides the same in both worlds.
#[test]
fn the_steps_of_both_worlds_are_equal() {
    let simulated = Sim::new().run(turns);
    let mut event_loop = EventLoop::builder().recorder(Recording::default()).build();
    event_loop.run_until_complete(turns()).unwrap().unwrap();
    let real = steps(&event_loop.trace());
    assert_eq!(steps(simulated.trace()), real);
    assert_snapshot!(real, @r"
    # per task

    turns
      primed  =>  listen with listener 1
      listens with listener 1  =>  connect connection 1  park
      ~ connection 1
      connected connection 1  =>  connect connection 2  park
      ~ connection 2
      connected connection 2  =>  sleep 20ms  park
      ~ timer
      slept  =>  spawn serve(TcpListener)
      spawned server  =>  sleep 20ms  park
      ~ timer
      slept  =>  write to connection 1  ready
      wrote to connection 1  =>  read from connection 1  park
      ~ connection 1
      read from connection 1  =>  write to connection 2  ready
      wrote to connection 2  =>  read from connection 2  park
      ~ connection 2
      read from connection 2  =>  write to connection 1  ready
      wrote to connection 1  =>  read from connection 1  park
      ~ connection 1
      read from connection 1  =>  write to connection 2  ready
      wrote to connection 2  =>  read from connection 2  park
      ~ connection 2
      read from connection 2  =>  shut down connection 1
      shut down connection 1  =>  read from connection 1  park
      ~ connection 1
      read from connection 1  =>  shut down connection 2
      shut down connection 2  =>  read from connection 2  park
      ~ connection 2
      read from connection 2  =>  finish Ok(())

    server (serve(TcpListener))
      primed  =>  accept from listener 1  ready
      accepted from listener 1  =>  spawn client(TcpStream)
      spawned server/1  =>  accept from listener 1  ready
      accepted from listener 1  =>  spawn client(TcpStream)
      spawned server/2  =>  accept from listener 1  park

    server/1 (client(TcpStream))
      primed  =>  chain echo(TcpStream)
      :echo  primed  =>  read from connection 3  park
      ~ connection 3
      :echo  read from connection 3  =>  write to connection 3  ready
      :echo  wrote to connection 3  =>  read from connection 3  park
      ~ connection 3
      :echo  read from connection 3  =>  write to connection 3  ready
      :echo  wrote to connection 3  =>  read from connection 3  park
      ~ connection 3
      :echo  read from connection 3  =>  return Ok(())
      returned Ok(())  =>  finish

    server/2 (client(TcpStream))
      primed  =>  chain echo(TcpStream)
      :echo  primed  =>  read from connection 4  park
      ~ connection 4
      :echo  read from connection 4  =>  write to connection 4  ready
      :echo  wrote to connection 4  =>  read from connection 4  park
      ~ connection 4
      :echo  read from connection 4  =>  write to connection 4  ready
      :echo  wrote to connection 4  =>  read from connection 4  park
      ~ connection 4
      :echo  read from connection 4  =>  return Ok(())
      returned Ok(())  =>  finish
    ");
}

// The chat.

type Script = &'static [(u64, &'static str)];

/// Says lines, at so many milliseconds each, and ends its connection at the end of the script.
#[loop_core::coroutine(lazy, skip_all)]
fn types(output: WriteHalf, script: Script) {
    for (at, line) in script {
        yield_!(SleepUntil(Time::ZERO + ms(*at)));
        // The chat may have ended before.
        let _ = yield_!(output.write_all(format!("{line}\n")));
    }
}

#[loop_core::coroutine(lazy, skip_all)]
fn hears(input: ReadHalf) -> io::Result<String> {
    let mut heard = String::new();
    while let Some(line) = yield_!(input.read_line())? {
        heard += &format!("{line}\n");
    }
    Ok(heard)
}

/// Gives all that one has read.
#[loop_core::coroutine(lazy, skip_all)]
fn person(comes: u64, script: Script) -> io::Result<String> {
    yield_!(Sleep(ms(comes)));
    let (input, output) = yield_!(TcpStream::connect("127.0.0.1:7000"))?.into_split();
    yield_!(Spawn(types(output, script))).detach();
    yield_!(hears(input))
}

/// A chat with its guests, until all have gone.
#[loop_core::coroutine(lazy, skip_all)]
fn evening(scripts: Vec<(u64, Script)>) -> Vec<String> {
    let listener = yield_!(TcpListener::bind("127.0.0.1:7000")).unwrap();
    let chat = yield_!(Spawn(chat_server::chat(listener)).named("chat"));
    let mut people = Vec::new();
    for (comes, script) in scripts {
        people.push(yield_!(Spawn(person(comes, script))));
    }
    let mut heard = Vec::new();
    for person in people {
        heard.push(yield_!(person).unwrap().unwrap());
    }
    // If Ctrl-C comes at all, it ends now.
    let _ = yield_!(Timeout(10 * SECOND, chat));
    heard
}

fn heard(scripts: &[(u64, Script)]) -> String {
    let sim = Sim::new().signal(SECOND, SignalKind::interrupt());
    let run = sim.run(|| evening(scripts.to_vec()));
    run.into_result().unwrap().join("--\n")
}

#[test]
fn chat_server() {
    let ann = (
        0,
        &[
            (1, "ann"),
            (20, "hello"),
            (21, "/who"),
            (60, "/who"),
            (2000, ""),
        ][..],
    );
    let bob = (
        10,
        &[
            (11, "ann"),
            (12, "no name"),
            (13, "bob"),
            (30, "good evening"),
            (31, "  "),
            (32, "/quit"),
        ][..],
    );
    assert_snapshot!(heard(&[ann, bob]), @r"
    * what is your name?
    * hello ann: `/who` says who is here, and `/quit` ends
    * bob has come
    * ann, bob
    bob: good evening
    * bob has left
    * ann
    * the chat ends
    --
    * what is your name?
    * somebody is called ann already: what is your name?
    * a name has letters and digits, at most 20: what is your name?
    * hello bob: `/who` says who is here, and `/quit` ends
    ann: hello
    ");
}

#[test]
fn the_trace_of_a_chat() {
    let ann = (0, &[(1, "ann"), (20, "hello"), (2000, "")][..]);
    let bob = (10, &[(11, "bob"), (30, "/quit")][..]);
    let run = Sim::new()
        .signal(ms(40), SignalKind::interrupt())
        .run(|| evening(vec![ann, bob]));
    assert_snapshot!(run.trace(), @r"
    # steps  policy=fifo
    evening  start  =>  listen with listener 1
    evening  listens with listener 1  =>  spawn chat(TcpListener)
    evening  spawned chat  =>  spawn person(_, _)
    evening  spawned evening/1  =>  spawn person(_, _)
    evening  spawned evening/2  =>  join evening/1  park
    chat  primed  =>  spawn lets_in(TcpListener, _, Sender(channel { len: 0, .. }))
    chat  spawned door  =>  wait for SIGINT  park
    evening/1  start  =>  sleep 0  park
    evening/2  start  =>  sleep 10ms  park
    door  primed  =>  accept from listener 1  park

    ~ +0  timer  wakes evening/1
    evening/1  slept  =>  connect connection 1  park

    ~ +0  listener 1  wakes door
    ~  connection 1  wakes evening/1
    door  accepted from listener 1  =>  spawn serves(TcpStream, _, Sender(channel { len: 0, .. }))
    door  spawned door/1  =>  accept from listener 1  park
    evening/1  connected connection 1  =>  spawn types(_, _)
    evening/1  spawned evening/1/1  =>  chain hears(_)
    evening/1:hears  start  =>  read from connection 1  park
    door/1  primed  =>  spawn reads(1, ReadHalf, _)  spawn writes(Receiver(channel { len: 1, .. }), WriteHalf)  spawn request(_)  wait for group 1  park
    evening/1/1  start  =>  sleep until 1ms  park
    door/1/1  primed  =>  read from connection 2  park
    door/1/2  primed  =>  receive from channel 1  ready
    door/1/3  start  =>  wait for event 1  park
    door/1/2  received from channel 1  =>  write to connection 2  ready
    door/1/2  wrote to connection 2  =>  receive from channel 1  park

    ~ +0  connection 1  wakes evening/1
    evening/1:hears  read from connection 1  =>  read from connection 1  park

    ~ +1ms  timer  wakes evening/1/1
    evening/1/1  slept  =>  write to connection 1  ready
    evening/1/1  wrote to connection 1  =>  sleep until 20ms  park

    ~ +0  connection 2  wakes door/1/1
    door/1/1  read from connection 2  =>  read from connection 2  park  wakes door/1/2
    door/1/2  received from channel 1  =>  write to connection 2  ready
    door/1/2  wrote to connection 2  =>  receive from channel 1  park

    ~ +0  connection 1  wakes evening/1
    evening/1:hears  read from connection 1  =>  read from connection 1  park

    ~ +9ms  timer  wakes evening/2
    evening/2  slept  =>  connect connection 3  park

    ~ +0  listener 1  wakes door
    ~  connection 3  wakes evening/2
    door  accepted from listener 1  =>  spawn serves(TcpStream, _, Sender(channel { len: 0, .. }))
    door  spawned door/2  =>  accept from listener 1  park
    evening/2  connected connection 3  =>  spawn types(_, _)
    evening/2  spawned evening/2/1  =>  chain hears(_)
    evening/2:hears  start  =>  read from connection 3  park
    door/2  primed  =>  spawn reads(2, ReadHalf, _)  spawn writes(Receiver(channel { len: 1, .. }), WriteHalf)  spawn request(_)  wait for group 2  park
    evening/2/1  start  =>  sleep until 11ms  park
    door/2/1  primed  =>  read from connection 4  park
    door/2/2  primed  =>  receive from channel 2  ready
    door/2/3  start  =>  wait for event 2  park
    door/2/2  received from channel 2  =>  write to connection 4  ready
    door/2/2  wrote to connection 4  =>  receive from channel 2  park

    ~ +0  connection 3  wakes evening/2
    evening/2:hears  read from connection 3  =>  read from connection 3  park

    ~ +1ms  timer  wakes evening/2/1
    evening/2/1  slept  =>  write to connection 3  ready
    evening/2/1  wrote to connection 3  =>  sleep until 30ms  park

    ~ +0  connection 4  wakes door/2/1
    door/2/1  read from connection 4  =>  read from connection 4  park  wakes door/2/2, door/1/2
    door/2/2  received from channel 2  =>  write to connection 4  ready
    door/1/2  received from channel 1  =>  write to connection 2  ready
    door/2/2  wrote to connection 4  =>  receive from channel 2  park
    door/1/2  wrote to connection 2  =>  receive from channel 1  park

    ~ +0  connection 1  wakes evening/1
    ~  connection 3  wakes evening/2
    evening/1:hears  read from connection 1  =>  read from connection 1  park
    evening/2:hears  read from connection 3  =>  read from connection 3  park

    ~ +9ms  timer  wakes evening/1/1
    evening/1/1  slept  =>  write to connection 1  ready
    evening/1/1  wrote to connection 1  =>  sleep until 2s  park

    ~ +0  connection 2  wakes door/1/1
    door/1/1  read from connection 2  =>  read from connection 2  park  wakes door/2/2
    door/2/2  received from channel 2  =>  write to connection 4  ready
    door/2/2  wrote to connection 4  =>  receive from channel 2  park

    ~ +0  connection 3  wakes evening/2
    evening/2:hears  read from connection 3  =>  read from connection 3  park

    ~ +10ms  timer  wakes evening/2/1
    evening/2/1  slept  =>  write to connection 3  ready
    evening/2/1  wrote to connection 3  =>  finish _
    ! ended writing to connection 3

    ~ +0  connection 4  wakes door/2/1
    door/2/1  read from connection 4  =>  finish Ok(())
    door/2/3  =>  cancelled
    door/2/2  =>  cancelled  wakes door/2
    ! closed connection 4
    door/2  woken by group 2  =>  finish  wakes door/1/2
    door/1/2  received from channel 1  =>  write to connection 2  ready
    door/1/2  wrote to connection 2  =>  receive from channel 1  park

    ~ +0  connection 1  wakes evening/1
    ~  connection 3  wakes evening/2
    evening/1:hears  read from connection 1  =>  read from connection 1  park
    evening/2:hears  read from connection 3  =>  return _
    ! closed connection 3
    evening/2  returned _  =>  finish _

    ~ +10ms  SIGINT  wakes chat
    chat  got SIGINT  =>  cancel door
    door  =>  cancelled
    ! closed listener 1
    chat  cancelled door  =>  spawn request(_)  timeout 1s  wait for group 3  park  wakes door/1/2
    door/1/2  received from channel 1  =>  write to connection 2  ready
    chat/1  start  =>  receive from channel 3  park
    door/1/2  wrote to connection 2  =>  receive from channel 1  ready
    door/1/2  received from channel 1  =>  finish Ok(())
    ! ended writing to connection 2
    door/1/3  =>  cancelled
    door/1/1  =>  cancelled  wakes door/1
    ! closed connection 2
    door/1  woken by group 1  =>  finish  wakes chat/1
    chat/1  received from channel 3  =>  finish _  wakes chat
    chat  woken by group 3  =>  finish Ok(())

    ~ +0  connection 1  wakes evening/1
    evening/1:hears  read from connection 1  =>  read from connection 1  ready
    evening/1:hears  read from connection 1  =>  return _
    evening/1  returned _  =>  finish _  wakes evening
    evening  joined evening/1 _  =>  join evening/2  ready
    evening  joined evening/2 _  =>  spawn request(_)  timeout 10s  wait for group 4  park
    evening/3  start  =>  join chat  ready
    evening/3  joined chat Ok(())  =>  finish _  wakes evening
    evening  woken by group 4  =>  finish _
    ");
    run.into_result().unwrap();
}

/// Whoever it is whose turn comes first.
#[test]
fn a_chat_ends_well_with_any_schedule() {
    let ann = (0, &[(1, "ann"), (1, "hello"), (1, "/who"), (2000, "")][..]);
    let bob = (0, &[(1, "bob"), (1, "hello"), (1, "/quit")][..]);
    for seed in 0..100 {
        let sim = Sim::new()
            .seed(seed)
            .signal(SECOND, SignalKind::interrupt());
        let heard = sim.run(|| evening(vec![ann, bob])).into_result().unwrap();
        assert!(heard[0].contains("* hello ann"), "seed {seed}: {heard:?}");
        assert!(
            heard[0].ends_with("* the chat ends\n"),
            "seed {seed}: {heard:?}"
        );
        assert!(heard[1].contains("* hello bob"), "seed {seed}: {heard:?}");
    }
}

/// What one does not read is kept to a limit. Then he is dropped, and nobody has waited for him.
#[test]
fn a_slow_guest_is_dropped() {
    #[loop_core::coroutine(lazy)]
    fn program() -> (String, usize) {
        let listener = yield_!(TcpListener::bind("127.0.0.1:7000")).unwrap();
        yield_!(Spawn(chat_server::chat(listener))).detach();
        let slow = yield_!(TcpStream::connect("127.0.0.1:7000")).unwrap();
        yield_!(slow.write_all("slow\n")).unwrap();
        yield_!(Sleep(ms(1)));
        let talker = yield_!(TcpStream::connect("127.0.0.1:7000")).unwrap();
        let other = yield_!(TcpStream::connect("127.0.0.1:7000")).unwrap();
        yield_!(talker.write_all("talker\n")).unwrap();
        yield_!(other.write_all("other\n")).unwrap();
        let mut said = 0;
        let mut line = String::new();
        while !line.contains("slow") {
            yield_!(talker.write_all(format!("{}\n", "x".repeat(900)))).unwrap();
            said += 900;
            line = yield_!(other.read_line()).unwrap().unwrap();
        }
        while yield_!(slow.read_line()).is_ok_and(|line| line.is_some()) {}
        (line, said)
    }
    let (line, said) = Sim::new().run(program).into_result().unwrap();
    assert_eq!(line, "* slow was too slow, and is dropped");
    assert!((64_000..310_000).contains(&said), "{said}");
}

/// Lines that come together, as when somebody pastes a text, drop nobody who reads.
#[test]
fn a_guest_who_reads_is_not_dropped() {
    const LINES: usize = 1000;

    #[loop_core::coroutine(lazy)]
    fn program() -> io::Result<usize> {
        let listener = yield_!(TcpListener::bind("127.0.0.1:7000"))?;
        yield_!(Spawn(chat_server::chat(listener))).detach();
        let reader = yield_!(TcpStream::connect("127.0.0.1:7000"))?;
        yield_!(reader.write_all("reader\n"))?;
        yield_!(Sleep(ms(1)));
        let talker = yield_!(TcpStream::connect("127.0.0.1:7000"))?;
        yield_!(talker.write_all(format!("talker\n{}", "word\n".repeat(LINES))))?;
        let mut heard = 0;
        while heard < LINES
            && let Some(line) = yield_!(reader.read_line())?
        {
            heard += usize::from(line == "talker: word");
        }
        Ok(heard)
    }
    let heard = Sim::new().run(program).into_result().unwrap().unwrap();
    assert_eq!(heard, LINES);
}

// The proxy.

/// A server that answers a question, which ends with the direction.
#[loop_core::coroutine(lazy, skip_all)]
fn answers(listener: TcpListener) -> io::Result<()> {
    loop {
        let (stream, _) = yield_!(listener.accept())?;
        let question = yield_!(stream.read_until(b'\0', 1000))?;
        let question = String::from_utf8(question).unwrap();
        yield_!(stream.write_all(format!("{question}? yes")))?;
    }
}

#[loop_core::coroutine(lazy)]
fn asks(question: &'static str) -> io::Result<String> {
    let stream = yield_!(TcpStream::connect("127.0.0.1:8080"))?;
    yield_!(stream.write_all(question))?;
    yield_!(stream.shutdown(Shutdown::Write))?;
    let answer = yield_!(stream.read_until(b'\0', 1000))?;
    Ok(String::from_utf8(answer).unwrap())
}

#[loop_core::coroutine(lazy, skip_all)]
fn through_the_proxy(target: &'static str) -> io::Result<[String; 2]> {
    let server = yield_!(TcpListener::bind("10.0.0.1:80"))?;
    yield_!(Spawn(answers(server)).named("server")).detach();
    let listener = yield_!(TcpListener::bind("127.0.0.1:8080"))?;
    let proxy = port_proxy::proxy(listener, target.to_owned());
    yield_!(Spawn(proxy).named("proxy")).detach();
    let first = yield_!(asks("one"))?;
    Ok([first, yield_!(asks("two"))?])
}

#[test]
fn port_proxy() {
    let run = Sim::new().run(|| through_the_proxy("10.0.0.1:80"));
    assert_snapshot!(run.trace(), @r#"
    # steps  policy=fifo
    through_the_proxy  start  =>  listen with listener 1
    through_the_proxy  listens with listener 1  =>  spawn answers(_)
    through_the_proxy  spawned server  =>  listen with listener 2
    through_the_proxy  listens with listener 2  =>  spawn proxy(TcpListener, "10.0.0.1:80")
    through_the_proxy  spawned proxy  =>  chain asks("one")
    through_the_proxy:asks  start  =>  connect connection 1  park
    server  start  =>  accept from listener 1  park
    proxy  primed  =>  accept from listener 2  ready
    proxy  accepted from listener 2  =>  spawn serves(TcpStream, 127.0.0.1:49152, "10.0.0.1:80")
    proxy  spawned proxy/1  =>  accept from listener 2  park
    proxy/1  start  =>  chain connects(TcpStream, "10.0.0.1:80")
    proxy/1:connects  start  =>  connect connection 3  park

    ~ +0  listener 1  wakes server
    ~  connection 1  wakes through_the_proxy
    ~  connection 3  wakes proxy/1
    server  accepted from listener 1  =>  read from connection 4  park
    through_the_proxy:asks  connected connection 1  =>  write to connection 1  ready
    proxy/1:connects  connected connection 3  =>  spawn passes_on(ReadHalf, WriteHalf)  spawn passes_on(ReadHalf, WriteHalf)  wait for group 1  park
    through_the_proxy:asks  wrote to connection 1  =>  shut down connection 1
    through_the_proxy:asks  shut down connection 1  =>  read from connection 1  park
    proxy/1/1  start  =>  read from connection 2  ready
    proxy/1/2  start  =>  read from connection 3  park
    proxy/1/1  read from connection 2  =>  write to connection 3  ready
    proxy/1/1  wrote to connection 3  =>  read from connection 2  ready
    proxy/1/1  read from connection 2  =>  finish Ok(())
    ! ended writing to connection 3

    ~ +0  connection 4  wakes server
    server  read from connection 4  =>  write to connection 4  ready
    server  wrote to connection 4  =>  accept from listener 1  park
    ! closed connection 4

    ~ +0  connection 3  wakes proxy/1/2
    proxy/1/2  read from connection 3  =>  write to connection 2  ready
    proxy/1/2  wrote to connection 2  =>  read from connection 3  ready
    proxy/1/2  read from connection 3  =>  finish Ok(())  wakes proxy/1
    ! closed connection 2
    ! closed connection 3
    proxy/1:connects  woken by group 1  =>  return Ok(())
    proxy/1  returned Ok(())  =>  finish

    ~ +0  connection 1  wakes through_the_proxy
    through_the_proxy:asks  read from connection 1  =>  return Ok("one? yes")
    ! closed connection 1
    through_the_proxy  returned Ok("one? yes")  =>  chain asks("two")
    through_the_proxy:asks  start  =>  connect connection 5  park

    ~ +0  listener 2  wakes proxy
    ~  connection 5  wakes through_the_proxy
    proxy  accepted from listener 2  =>  spawn serves(TcpStream, 127.0.0.1:49154, "10.0.0.1:80")
    proxy  spawned proxy/2  =>  accept from listener 2  park
    through_the_proxy:asks  connected connection 5  =>  write to connection 5  ready
    proxy/2  start  =>  chain connects(TcpStream, "10.0.0.1:80")
    proxy/2:connects  start  =>  connect connection 7  park
    through_the_proxy:asks  wrote to connection 5  =>  shut down connection 5
    through_the_proxy:asks  shut down connection 5  =>  read from connection 5  park

    ~ +0  listener 1  wakes server
    ~  connection 7  wakes proxy/2
    server  accepted from listener 1  =>  read from connection 8  park
    proxy/2:connects  connected connection 7  =>  spawn passes_on(ReadHalf, WriteHalf)  spawn passes_on(ReadHalf, WriteHalf)  wait for group 2  park
    proxy/2/1  start  =>  read from connection 6  ready
    proxy/2/2  start  =>  read from connection 7  park
    proxy/2/1  read from connection 6  =>  write to connection 7  ready
    proxy/2/1  wrote to connection 7  =>  read from connection 6  ready
    proxy/2/1  read from connection 6  =>  finish Ok(())
    ! ended writing to connection 7

    ~ +0  connection 8  wakes server
    server  read from connection 8  =>  write to connection 8  ready
    server  wrote to connection 8  =>  accept from listener 1  park
    ! closed connection 8

    ~ +0  connection 7  wakes proxy/2/2
    proxy/2/2  read from connection 7  =>  write to connection 6  ready
    proxy/2/2  wrote to connection 6  =>  read from connection 7  ready
    proxy/2/2  read from connection 7  =>  finish Ok(())  wakes proxy/2
    ! closed connection 6
    ! closed connection 7
    proxy/2:connects  woken by group 2  =>  return Ok(())
    proxy/2  returned Ok(())  =>  finish

    ~ +0  connection 5  wakes through_the_proxy
    through_the_proxy:asks  read from connection 5  =>  return Ok("two? yes")
    ! closed connection 5
    through_the_proxy  returned Ok("two? yes")  =>  finish _
    "#);
    assert_eq!(
        run.into_result().unwrap().unwrap(),
        ["one? yes", "two? yes"]
    );
}

/// Each connection fails for itself.
#[test]
fn a_proxy_of_nothing() {
    let sim = Sim::new().host("example.org", [10, 0, 0, 2]);
    let run = sim.clone().run(|| through_the_proxy("example.org:80"));
    assert_snapshot!(run.stderr(), @r"127.0.0.1:49152: cannot connect to 10.0.0.2:80: connection refused");
    let run = sim.run(|| through_the_proxy("example.net:80"));
    assert_snapshot!(run.stderr(), @r"127.0.0.1:49152: cannot look up `example.net`: the simulation has no such host");
}

/// A side that does not read stops the other one, and takes no more memory than the buffers.
#[test]
fn a_proxy_does_not_read_ahead() {
    #[loop_core::coroutine(lazy)]
    fn program() -> usize {
        let server = yield_!(TcpListener::bind("10.0.0.1:80")).unwrap();
        let listener = yield_!(TcpListener::bind("127.0.0.1:8080")).unwrap();
        let proxy = port_proxy::proxy(listener, "10.0.0.1:80".to_owned());
        yield_!(Spawn(proxy)).detach();
        let client = yield_!(TcpStream::connect("127.0.0.1:8080")).unwrap();
        let (_server, _) = yield_!(server.accept()).unwrap();
        let mut written = 0;
        while yield_!(Timeout(SECOND, client.write_all(vec![0; 1000]))).is_ok() {
            written += 1000;
        }
        written
    }
    let written = Sim::new().run(program).into_result().unwrap();
    // Two connections, and one buffer.
    assert!((140_000..150_000).contains(&written), "{written}");
}
