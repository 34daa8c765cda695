"""Runs the programs that come as a JSON list on standard input, and writes what each has printed as another list.

Each has an event loop of its own, whose clock is virtual: instead of waiting it goes on to the next timer. Functions for other threads
run at once, as in a simulation.
"""

import sys

if sys.version_info < (3, 11):
    sys.exit(3)

import asyncio
import concurrent.futures
import contextlib
import io
import json
import selectors


class Hangs(BaseException):
    """All tasks wait, and there is no timer."""


class Selector(selectors.SelectSelector):
    now = 0.0

    def select(self, timeout=None):
        if timeout is None:
            raise Hangs
        self.now += timeout
        return super().select(0)


class Executor(concurrent.futures.ThreadPoolExecutor):
    def submit(self, function, *args, **kwargs):
        future = concurrent.futures.Future()
        try:
            future.set_result(function(*args, **kwargs))
        except Exception as error:
            future.set_exception(error)
        return future


class Loop(asyncio.SelectorEventLoop):
    def __init__(self):
        self.clock = Selector()
        super().__init__(self.clock)
        self.set_default_executor(Executor())
        # What nobody awaits is not logged.
        self.set_exception_handler(lambda loop, context: None)

    async def shutdown_default_executor(self, *_):
        """It has no threads. The loop would wait for one that tells of its end, and find that it waits for ever."""

    def time(self):
        return self.clock.now


def outcome(program):
    names = {"asyncio": asyncio}
    exec(program, names)
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        try:
            with asyncio.Runner(loop_factory=Loop) as runner:
                try:
                    runner.run(names["main"]())
                except Hangs:
                    print("it hangs")
                    return printed.getvalue()
        except BaseException:
            print("the run fails")
    return printed.getvalue()


json.dump([sys.version_info.minor, [outcome(program).rstrip() for program in json.load(sys.stdin)]], sys.stdout)
