"""asyncio, as Python ships it."""
import asyncio
import sys

from common import HOUR, Parking, Stopwatch, answer, arguments, delay, idled, report, timed

parked = 0


async def switcher(n):
    for _ in range(n):
        await asyncio.sleep(0)


async def leaf(i):
    return i


async def yielder(i):
    await asyncio.sleep(0)
    return i


async def never():
    global parked
    parked += 1
    await asyncio.get_running_loop().create_future()


async def joiner(other):
    global parked
    parked += 1
    await other


async def sleeper(seconds):
    global parked
    parked += 1
    await asyncio.sleep(seconds)


async def until_parked(n):
    while parked < n:
        await asyncio.sleep(0)


async def switch(n, width):
    watch = Stopwatch()
    await asyncio.gather(*[asyncio.create_task(switcher(n // width)) for _ in range(width)])
    report(watch.per_op(n // width * width))


async def spawn(n, width, child):
    rounds = max(1, n // width)
    watch = Stopwatch()
    for _ in range(rounds):
        for task in [asyncio.create_task(child(i)) for i in range(width)]:
            await task
    report(watch.per_op(rounds * width))


async def chain(n, child):
    watch = Stopwatch()
    for i in range(n):
        await child(i)
    report(watch.per_op(n))


async def stream(n, yields):
    async def numbers():
        for i in range(n):
            if yields:
                await asyncio.sleep(0)
            yield i

    watch = Stopwatch()
    async for _ in numbers():
        pass
    report(watch.per_op(n))


async def parked_never(n, _):
    parking = Parking()
    tasks = [asyncio.create_task(never()) for _ in range(n)]
    await until_parked(n)
    parking.stop(len(tasks))


async def parked_joined(n, _):
    parking = Parking()
    last = asyncio.create_task(never())
    for _ in range(n - 1):
        last = asyncio.create_task(joiner(last))
    await until_parked(n)
    parking.stop(n)


async def parked_sleeping(n, _):
    parking = Parking()
    tasks = [asyncio.create_task(sleeper(HOUR)) for _ in range(n)]
    await until_parked(n)
    parking.stop(len(tasks))


async def parked_event(n, _):
    async def waiter():
        global parked
        parked += 1
        await event.wait()

    event, parking = asyncio.Event(), Parking()
    tasks = [asyncio.create_task(waiter()) for _ in range(n)]
    await until_parked(n)
    parking.stop(len(tasks))


async def channel(n, room):
    async def echo():
        while True:
            await back.put(await there.get())

    there, back = asyncio.Queue(room), asyncio.Queue(room)
    task = asyncio.create_task(echo())
    watch = Stopwatch()
    for i in range(n):
        await there.put(i)
        assert await back.get() == i
    times = watch.per_op(n)
    task.cancel()
    report(times)


async def lock(n, width):
    async def locker():
        for _ in range(n // width):
            async with held:
                if width > 1:
                    await asyncio.sleep(0)

    held, watch = asyncio.Lock(), Stopwatch()
    await asyncio.gather(*[asyncio.create_task(locker()) for _ in range(width)])
    report(watch.per_op(n // width * width))


async def timers(n, span):
    watch = Stopwatch()
    for task in [asyncio.create_task(sleeper(delay(i, span))) for i in range(n)]:
        await task
    timed(watch, n, span)


async def timeouts(n, _):
    watch = Stopwatch()
    tasks = [asyncio.create_task(sleeper(HOUR)) for _ in range(n)]
    await until_parked(n)
    for task in tasks:
        task.cancel()
    ends = await asyncio.gather(*tasks, return_exceptions=True)
    assert all(isinstance(end, asyncio.CancelledError) for end in ends)
    report(watch.per_op(n))


async def timeout_ready(n, _):
    watch = Stopwatch()
    for i in range(n):
        async with asyncio.timeout(HOUR):
            assert await leaf(i) == i
    report(watch.per_op(n))


async def cancel(n, width):
    rounds, watch = max(1, n // width), Stopwatch()
    for done in range(1, rounds + 1):
        tasks = [asyncio.create_task(never()) for _ in range(width)]
        await until_parked(done * width)
        for task in tasks:
            task.cancel()
        ends = await asyncio.gather(*tasks, return_exceptions=True)
        assert all(isinstance(end, asyncio.CancelledError) for end in ends)
    report(watch.per_op(rounds * width))


async def lines(_n, _width):
    reader = asyncio.StreamReader(limit=1 << 20)
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    watch, count = Stopwatch(), 0
    while line := await reader.readline():
        sys.stdout.write(answer(line))
        count += 1
    sys.stdout.flush()
    report(watch.per_op(count))


async def idle(milliseconds, width):
    tasks = [asyncio.create_task(never()) for _ in range(width)]
    await until_parked(len(tasks))
    watch = Stopwatch()
    await asyncio.sleep(milliseconds / 1e3)
    idled(watch)


KINDS = {
    "switch": switch,
    "spawn": lambda n, width: spawn(n, width, leaf),
    "spawn-yield": lambda n, width: spawn(n, width, yielder),
    "chain-leaf": lambda n, _: chain(n, leaf),
    "chain-yield": lambda n, _: chain(n, yielder),
    "parked-never": parked_never,
    "parked-joined": parked_joined,
    "parked-sleeping": parked_sleeping,
    "parked-event": parked_event,
    "channel": lambda n, _: channel(n, 0),
    "channel-bounded": lambda n, _: channel(n, 1),
    "lock": lock,
    "timers": timers,
    "timeouts": timeouts,
    "timeout-ready": timeout_ready,
    "cancel": cancel,
    "lines": lines,
    "stream": lambda n, _: stream(n, False),
    "stream-yield": lambda n, _: stream(n, True),
    "idle": idle,
}

kind, n, width = arguments()
asyncio.run(KINDS[kind](n, width))
