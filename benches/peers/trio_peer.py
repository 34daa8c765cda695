"""trio; it has no join of a single task, so a batch is joined by leaving its nursery."""
import trio

from common import HOUR, Parking, Stopwatch, arguments, delay, idled, report, timed

parked = 0


async def switcher(n):
    for _ in range(n):
        await trio.lowlevel.checkpoint()


async def leaf(_i):
    pass


async def yielder(_i):
    await trio.lowlevel.checkpoint()


async def never():
    global parked
    parked += 1
    await trio.sleep_forever()


async def sleeper(seconds):
    global parked
    parked += 1
    await trio.sleep(seconds)


async def until_parked(n):
    while parked < n:
        await trio.lowlevel.checkpoint()


async def switch(n, width):
    watch = Stopwatch()
    async with trio.open_nursery() as nursery:
        for _ in range(width):
            nursery.start_soon(switcher, n // width)
    report(watch.per_op(n // width * width))


async def spawn(n, width, child):
    rounds = max(1, n // width)
    watch = Stopwatch()
    for _ in range(rounds):
        async with trio.open_nursery() as nursery:
            for i in range(width):
                nursery.start_soon(child, i)
    report(watch.per_op(rounds * width))


async def park(n, *task):
    parking = Parking()
    async with trio.open_nursery() as nursery:
        for _ in range(n):
            nursery.start_soon(*task)
        await until_parked(n)
        parking.stop(n)


async def timers(n, span):
    watch = Stopwatch()
    async with trio.open_nursery() as nursery:
        for i in range(n):
            nursery.start_soon(sleeper, delay(i, span))
    timed(watch, n, span)


async def idle(milliseconds, width):
    async with trio.open_nursery() as nursery:
        for _ in range(width):
            nursery.start_soon(never)
        await until_parked(width)
        watch = Stopwatch()
        await trio.sleep(milliseconds / 1e3)
        idled(watch)


KINDS = {
    "switch": switch,
    "spawn": lambda n, width: spawn(n, width, leaf),
    "spawn-yield": lambda n, width: spawn(n, width, yielder),
    "parked-never": lambda n, _: park(n, never),
    "parked-sleeping": lambda n, _: park(n, sleeper, HOUR),
    "timers": timers,
    "idle": idle,
}

kind, n, width = arguments()
trio.run(KINDS[kind], n, width)
