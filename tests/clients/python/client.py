"""A `websockets` client that a test drives: see ../README.md."""

import asyncio
import base64
import json
import sys

import websockets

LARGEST_LINE = 32 * 1024 * 1024


def tell(event, **what):
    print(json.dumps({"event": event, **what}), flush=True)


async def commands():
    reader = asyncio.StreamReader(limit=LARGEST_LINE)
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := await reader.readline():
        yield json.loads(line)


async def listen(socket):
    try:
        async for message in socket:
            if isinstance(message, str):
                tell("text", text=message)
            else:
                tell("binary", base64=base64.b64encode(message).decode())
    except websockets.ConnectionClosed:
        pass
    tell("closed", code=socket.close_code, reason=socket.close_reason)


async def connect(command):
    try:
        socket = await websockets.connect(
            command["url"],
            subprotocols=command.get("protocols"),
            compression="deflate" if command.get("compress", True) else None,
            max_size=LARGEST_LINE,
        )
    except websockets.InvalidStatusCode as refusal:
        tell("refused", status=refusal.status_code)
        return None
    tell("open", protocol=socket.subprotocol, extensions=",".join(extension.name for extension in socket.extensions))
    return socket


async def send(socket, command):
    if "fragments" in command:
        await socket.send(command["fragments"])
    elif "base64" in command:
        await socket.send(base64.b64decode(command["base64"]))
    else:
        await socket.send(command["text"])


async def burst(socket, command):
    for index in range(command["count"]):
        await socket.send(command["prefix"] + str(index))


async def ping(socket, command):
    await (await socket.ping(command["text"]))
    tell("pong", text=command["text"], latency=socket.latency)


async def main():
    socket = None
    listener = None
    async for command in commands():
        match command["command"]:
            case "connect":
                socket = await connect(command)
                if socket:
                    listener = asyncio.create_task(listen(socket))
            case "send":
                await send(socket, command)
            case "burst":
                await burst(socket, command)
            case "ping":
                await ping(socket, command)
            case "close":
                await socket.close(command["code"], command["reason"])
    if listener:
        listener.cancel()


if __name__ == "__main__":
    asyncio.run(main())
