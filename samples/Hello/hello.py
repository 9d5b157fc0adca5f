import asyncio
import websockets

async def main():
    async with websockets.connect("ws://localhost:8080/ws?name=Python") as socket:
        await socket.send("Hello")
        async for message in socket:
            print(message)

asyncio.run(main())
