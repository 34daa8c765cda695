use super::logs::exercise;
use super::*;

#[test]
fn steps_says_what_each_step_was_given_and_what_it_did() {
    assert_eq!(
        exercise().trace().to_string(),
        r#"# steps  policy=fifo
main  start  =>  stdin  park

~ +0  stdin line "2"  wakes main
main  line "2"  =>  chain fib(2)
main:fib  primed  =>  chain fib(1)
main:fib  primed  =>  return 1
main:fib  returned 1  =>  chain fib(0)  budget
main:fib  primed  =>  return 0
main:fib  returned 0  =>  return 1
main  returned 1  =>  print "fib(2) = 1\n"
main  printed  =>  spawn fib(3)
main  spawned main/1  =>  clock  preempted
main/1  primed  =>  sleep 5ms  park
main  time 5ms  =>  join main/1  park

~ +5ms  timer  wakes main/1
main/1  slept  =>  finish Err("boom")  wakes main
main  joined main/1 Err("boom")  =>  now
main  ok  =>  stdin  ready
main  eof  =>  finish
"#
    );
}

#[test]
fn decisions_has_one_line_per_event() {
    assert_eq!(
        exercise().trace().decisions().to_string(),
        r#"# decisions  policy=fifo
schedule  main  main
start  main
ask  main  stdin
park  main

poll  +0
wake  main  line "2"
resume  main
call  main  fib(2)
call  main  fib(1)
ask  main  chain fib(2)
primed  main:fib
ask  main  chain fib(1)
primed  main:fib
return  main  1
resume  main:fib
call  main  fib(0)
ask  main  chain fib
budget  main
primed  main:fib
return  main  0
resume  main:fib
return  main  1
resume  main
ask  main  print "fib(2) = 1\n"
answer  main  printed
resume  main
ask  main  spawn fib(3)
schedule  main/1  fib(3)
answer  main  spawned main/1
resume  main
ask  main  clock
answer  main  time 5ms
preempt  main
primed  main/1
ask  main/1  sleep 5ms
park  main/1
resume  main
ask  main  join main/1
park  main

poll  +5ms
wake  main/1  slept
resume  main/1
finish  main/1  Err("boom")
wake  main  joined main/1 Err("boom")
resume  main
ask  main  now
resume  main
ask  main  stdin
ready  main  eof
resume  main
finish  main
"#
    );
}

#[test]
fn per_task_says_nothing_of_turns() {
    assert_eq!(
        exercise().trace().per_task().to_string(),
        r#"# per task

main
  start  =>  stdin  park
  ~ stdin line "2"
  line "2"  =>  chain fib(2)
  :fib  primed  =>  chain fib(1)
  :fib  primed  =>  return 1
  :fib  returned 1  =>  chain fib(0)
  :fib  primed  =>  return 0
  :fib  returned 0  =>  return 1
  returned 1  =>  print "fib(2) = 1\n"
  printed  =>  spawn fib(3)
  spawned main/1  =>  clock
  time 5ms  =>  join main/1  park
  joined main/1 Err("boom")  =>  now
  ok  =>  stdin  ready
  eof  =>  finish

main/1 (fib(3))
  primed  =>  sleep 5ms  park
  ~ timer
  slept  =>  finish Err("boom")  wakes main
"#
    );
}

/// Two independent tasks, in either order. Where their turns end makes no difference.
#[test]
fn per_task_is_unchanged_when_independent_steps_change_places() {
    use RequestKind::*;
    let roots = || Log::new().root(FIRST, &PROGRAM, 2);
    let one = |log: Log| {
        log.resumed(MAIN, &PROGRAM)
            .asked(MAIN, Clock, Payload::None)
            .answered(MAIN, Clock, Payload::Time(Time::ZERO))
    };
    let other = |log: Log| {
        log.resumed(FIRST, &PROGRAM)
            .asked(FIRST, Print, text("x"))
            .answered(FIRST, Print, Payload::None)
    };
    let preempted = |log: Log| log.plain(EventKind::Preempted, MAIN);
    let here = one(other(one(other(roots())))).trace();
    let there = other(other(one(preempted(one(roots()))))).trace();
    assert_ne!(here.steps().to_string(), there.steps().to_string());
    assert_eq!(here.per_task().to_string(), there.per_task().to_string());
}
