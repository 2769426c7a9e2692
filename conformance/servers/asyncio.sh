#!/bin/sh
# image: python
# port: 8000
# request: 5\n
# first: 5 so far
# second: 10 so far
# ends: 0
# Each answer waits for the next tick of a clock that has run since before.
exec python3 -c '
import asyncio, signal
asked = 0
async def main():
    tick = asyncio.Condition()
    async def clock():
        while True:
            await asyncio.sleep(0.5)
            async with tick:
                tick.notify_all()
    async def answer(reader, writer):
        global asked
        asked += int(await reader.readline())
        async with tick:
            await tick.wait()
        writer.write(b"%d so far" % asked)
        await writer.drain()
        writer.close()
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    running = asyncio.create_task(clock())
    server = await asyncio.start_server(answer, "", 8000)
    await stop.wait()
asyncio.run(main())
'
