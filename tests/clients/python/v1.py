"""The sample client of kodama.v1, driven by a test: see ../README.md."""

import asyncio
import base64
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parents[3] / "samples" / "PythonClient"))

from client import commands, tell  # noqa: E402
from kodama import Client, Refused  # noqa: E402


def heard(frame):
    said = {name: frame[name] for name in ("offset", "from", "action", "member", "key", "text") if name in frame}
    if "bytes" in frame:
        said["base64"] = base64.b64encode(frame["bytes"]).decode()
    tell(frame["type"], **said)


async def publish(room, command):
    for index in range(command["count"]):
        await room.publish(text=command["prefix"] + str(index))
    tell("published")


async def main():
    client, room, tasks = None, None, []
    async for command in commands():
        try:
            match command["command"]:
                case "connect":
                    client = await Client(command["url"], on_direct=lambda frame: tell("direct", text=frame["text"])).__aenter__()
                    tell("open", text=client.session["id"])
                case "join":
                    room = await client.join(command["room"], heard, lambda frame: tell("gap"), presence=True, state=True)
                    tell("joined")
                case "publish":
                    tasks.append(asyncio.create_task(publish(room, command)))
                case "binary":
                    await room.publish(event="picture", binary=base64.b64decode(command["base64"]))
                case "enter":
                    await room.enter(command["text"])
                case "set":
                    await room.set(command["key"], text=command["text"])
                case "send":
                    await client.send(command["to"], text=command["text"])
                case "cut":
                    client._socket.transport.abort()
                case "lists":
                    tell("lists", text=f"{sorted(m['data'] for m in room.members.values())} {sorted(room.state)}")
                case "history":
                    tell("history", text=str(len((await room.history(limit=1000))["messages"])))
                case "leave":
                    await room.leave()
                    tell("left")
        except Refused as refused:
            tell("refused", text=refused.args[0])
    await client.__aexit__(None, None, None)


if __name__ == "__main__":
    asyncio.run(main())
