# What the programs have in common.


class Failed(Exception):
    pass


locks = [asyncio.Lock() for _ in range(2)]
semaphores = [asyncio.Semaphore(2) for _ in range(2)]
events = [asyncio.Event() for _ in range(2)]
queues = [asyncio.Queue(1) for _ in range(2)]
conditions = [asyncio.Condition() for _ in range(2)]
barriers = [asyncio.Barrier(2) for _ in range(2)]
programs = []  # the programs of the tasks
tasks = []
cancelled = set()
is_over = False


def log(*what):
    if not is_over:
        print(f"{round(1000000 * asyncio.get_running_loop().time()):08}", *what)


async def sleep(time):
    await asyncio.sleep(time / 1000000)


async def uninterrupted(coroutine, reraise):
    """Is cancelled only when the coroutine has ended, or not at all."""
    task = asyncio.create_task(coroutine)
    is_cancelled = False
    while not task.done():
        try:
            await asyncio.shield(task)
        except asyncio.CancelledError:
            is_cancelled = True
        except Failed:
            pass
    if is_cancelled and reraise:
        raise asyncio.CancelledError
    return task.result()


async def shield(coroutine):
    await uninterrupted(coroutine, True)


async def cleans_up(time):
    log("cleans up", time)
    await sleep(time)
    log("clean", time)


async def clean(deferred):
    for time in reversed(deferred):
        await uninterrupted(cleans_up(time), False)


async def cancel(number):
    if number not in cancelled:
        cancelled.add(number)
        log("cancels", number)
        task = tasks[number]
        task.cancel()
        await asyncio.wait([task])
        how = "was cancelled" if task.cancelled() else "has failed" if task.exception() else "has ended"
        log(number, how)


async def limit(time, function):
    try:
        async with asyncio.timeout(time / 1000000):
            await function()
    except TimeoutError:
        log("limit", time)


async def together(*functions):
    failed = False
    try:
        async with asyncio.TaskGroup() as group:
            for function in functions:
                group.create_task(function())
    except* Failed:
        failed = True
    if failed:
        raise Failed
    log("all")


async def race(*functions):
    racers = [asyncio.create_task(function()) for function in functions]
    first = []
    for racer in racers:
        racer.add_done_callback(first.append)
    try:
        await asyncio.wait(racers, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for racer in racers:
            racer.cancel()
        await uninterrupted(asyncio.wait(racers), True)
    first[0].result()
    log("first")


async def main():
    """The others may wait for ever. So the run ends after ten seconds."""
    global is_over
    for program in programs:
        tasks.append(asyncio.create_task(program()))
    await sleep(10000000)
    is_over = True
