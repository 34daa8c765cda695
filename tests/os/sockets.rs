//! Sockets of a program that runs out of descriptors.

use std::io::{self, BufRead, BufReader, Write};
use std::net::TcpStream;
use std::thread;
use std::time::Duration;

use crate::helper::{Helper, eventually};

/// A listener that has no descriptors left says so, is not tried again at once, and goes on when there are some again.
#[test]
fn without_descriptors_a_listener_pauses() {
    let running = Helper::in_shell(r#"ulimit -n 24; exec "$0" accept"#).start();
    let printed = || {
        let mut text = running.stdout.text();
        let whole = text.rfind('\n').map_or(0, |end| end + 1);
        text.truncate(whole);
        text
    };
    eventually("the address", || !printed().is_empty());
    let address = printed().trim().to_owned();
    let connect = || TcpStream::connect(&address).unwrap();
    let crowd: Vec<TcpStream> = (0..40).map(|_| connect()).collect();
    let errors = || -> Vec<u64> {
        let printed = printed();
        let said = format!("cannot accept at {address}: Too many open files (os error 24)");
        let errors = printed.lines().skip(1);
        errors
            .map(|line| {
                let (pause, error) = line.split_once(" ms: ").expect("an error");
                assert_eq!(error, said);
                pause.parse().unwrap()
            })
            .collect()
    };
    eventually("four errors", || errors().len() >= 4);
    drop(crowd);
    let mut client = connect();
    client.write_all(b"hello\n").unwrap();
    let mut answer = String::new();
    BufReader::new(&client).read_line(&mut answer).unwrap();
    assert_eq!(answer, "hello\n");
    // Each pause is twice as long as the one before. Timers are exact to a millisecond.
    let errors = errors();
    for (number, pause) in errors.iter().skip(1).enumerate() {
        let least = (10 << number.min(6)).min(1000) - 1;
        assert!(*pause >= least, "{errors:?}");
    }
}

/// The world names the socket while the first run, which is over, writes what is left.
#[test]
fn what_comes_while_output_is_written_is_read_by_the_next_run() {
    let (output, input) = io::pipe().unwrap();
    let running = Helper::new(&["line-while-output-is-written"])
        .stdout(input)
        .start();
    // It waits for its reader, and what the client sends comes meanwhile.
    running.wait_until_parked_for(Duration::from_millis(300), "its output is full");
    let reader = thread::spawn(move || io::copy(&mut { output }, &mut io::sink()));
    let ended = running.end();
    assert!(ended.status.success(), "{ended:?}");
    assert_eq!(ended.stderr, "Some(\"hello\")\n");
    assert_eq!(reader.join().unwrap().unwrap(), 127 * 1024);
}
