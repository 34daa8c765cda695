"""What the Python peers share: the stopwatch, the delays, and how a result reaches the parent."""
import gc
import os
import sys
import time


class Stopwatch:
    def __init__(self):
        self.cpu0, self.wall0 = time.process_time_ns(), time.perf_counter_ns()

    def wall(self):
        return time.perf_counter_ns() - self.wall0

    def cpu(self):
        return time.process_time_ns() - self.cpu0

    def per_op(self, ops):
        wall, cpu = self.wall(), self.cpu()
        return [("ns", wall / ops), ("cpu ns", cpu / ops)]


def peak_memory():
    """Bytes; 0 where the system does not tell."""
    try:
        with open("/proc/self/status") as status:
            return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM"))
    except OSError:
        return 0


class Parking:
    def __init__(self):
        gc.collect()
        self.before, self.watch = peak_memory(), Stopwatch()

    def stop(self, tasks):
        times = self.watch.per_op(tasks)
        report([("bytes", (peak_memory() - self.before) / tasks)] + times)


def report(values):
    """Write the values and leave at once, without tearing down."""
    sys.stdout.flush()
    for unit, value in values:
        sys.stderr.write(f"@\t{unit}\t{value}\n")
    sys.stderr.flush()
    os._exit(0)


def timed(watch, n, span_us):
    late = max(0, watch.wall() - span_us * 1000)
    report([("cpu ns", watch.cpu() / n), ("ms late", late / 1e6)])


def idled(watch):
    report([("cpu us", watch.cpu() / 1e3)])


def delay(i, span_us):
    """Seconds, spread evenly over the span, in no order (murmur's finaliser)."""
    h = i & 0xFFFFFFFF
    h = ((h ^ (h >> 16)) * 0x85EBCA6B) & 0xFFFFFFFF
    h = ((h ^ (h >> 13)) * 0xC2B2AE35) & 0xFFFFFFFF
    h ^= h >> 16
    return h * span_us / 1e6 / 2**32


HOUR = 3600


def fib(n):
    return 1 if n <= 2 else fib(n - 1) + fib(n - 2)


def answer(line):
    n = int(line)
    return f"fib({n}) = {fib(n)}\n"


def arguments():
    kind, n, width = sys.argv[1:4]
    return kind, int(n), int(width)
