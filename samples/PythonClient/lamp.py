"""A lamp that is as the room's state says, after a cut too: python3 lamp.py ws://localhost:8080/ws"""

import asyncio
import sys

from kodama import Client


async def main(hub):
    async with Client(f"{hub}?name=Lamp") as client:

        def follow(_):
            print("The lamp is", room.state.get("lamp", {}).get("text", "off"), flush=True)  # Here the device is switched.

        room = await client.join("house", state=True)
        room.on_entry = room.on_gap = follow
        follow(room)
        await asyncio.Event().wait()


asyncio.run(main(sys.argv[1] if len(sys.argv) > 1 else "ws://localhost:8080/ws"))
