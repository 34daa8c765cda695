"""Generators in a deque and `gen.send`: the least an event loop in Python can cost."""
import heapq
import sys
import time
from collections import deque

from common import Parking, Stopwatch, answer, arguments, delay, report, timed


def switcher(n):
    for _ in range(n):
        yield


def leaf(i):
    return i
    yield


def yielder(i):
    yield
    return i


def caller(n, child):
    for i in range(n):
        yield from child(i)


def run(ready):
    pop, push = ready.popleft, ready.append
    while ready:
        task = pop()
        try:
            task.send(None)
        except StopIteration:
            continue
        push(task)


def switch(n, width):
    watch = Stopwatch()
    run(deque(switcher(n // width) for _ in range(width)))
    report(watch.per_op(n // width * width))


def spawn(n, width, child):
    rounds = max(1, n // width)
    watch = Stopwatch()
    for _ in range(rounds):
        run(deque(child(i) for i in range(width)))
    report(watch.per_op(rounds * width))


def chain(n, child):
    watch = Stopwatch()
    run(deque([caller(n, child)]))
    report(watch.per_op(n))


def parked_never(n, _):
    parking = Parking()
    tasks = [switcher(1) for _ in range(n)]
    for task in tasks:
        task.send(None)
    parking.stop(n)


def sleeper(seconds):
    yield seconds


def timers(n, span):
    watch = Stopwatch()
    heap = []
    for i in range(n):
        task = sleeper(delay(i, span))
        heapq.heappush(heap, (time.monotonic() + task.send(None), i, task))
    while heap:
        due, _, task = heapq.heappop(heap)
        if (wait := due - time.monotonic()) > 0:
            time.sleep(wait)
        try:
            task.send(None)
        except StopIteration:
            pass
    timed(watch, n, span)


def lines(_n, _width):
    watch, count = Stopwatch(), 0
    for line in sys.stdin:
        sys.stdout.write(answer(line))
        count += 1
    sys.stdout.flush()
    report(watch.per_op(count))


def generator(n, _):
    def numbers():
        for i in range(n):
            yield i

    watch = Stopwatch()
    for _ in numbers():
        pass
    report(watch.per_op(n))


KINDS = {
    "switch": switch,
    "spawn": lambda n, width: spawn(n, width, leaf),
    "spawn-yield": lambda n, width: spawn(n, width, yielder),
    "chain-leaf": lambda n, _: chain(n, leaf),
    "chain-yield": lambda n, _: chain(n, yielder),
    "parked-never": parked_never,
    "timers": timers,
    "lines": lines,
    "generator": generator,
}

kind, n, width = arguments()
KINDS[kind](n, width)
