"""A client of kodama.v1 (docs/specs/kodama.v1.md): it comes back by itself, and nothing is lost or doubled, or a gap is told.

async with Client("ws://localhost:8080/ws?name=Yui") as client:
    lounge = await client.join("lounge", print, last=50)
    await lounge.publish(text="hello")
"""

import asyncio
import itertools
import json
import secrets

import websockets

FINAL = {3000, 4001, 4002, 4003, 4400}  # Close codes after which a client does not come back by itself.


class Refused(Exception):
    """The hub has answered a request with an error, whose code is the first argument."""


class Client:
    def __init__(self, url, on_direct=None):
        self.url, self.on_direct = url, on_direct
        self.session, self.rooms = None, {}
        self._socket, self._sending, self._ready = None, asyncio.Lock(), asyncio.Event()
        self._numbers, self._answers = itertools.count(1), {}

    async def __aenter__(self):
        self._task = asyncio.create_task(self._run())
        ready = asyncio.create_task(self._ready.wait())
        await asyncio.wait({ready, self._task}, return_when=asyncio.FIRST_COMPLETED)
        ready.cancel()
        if self._task.done():
            self._task.result()
        return self

    async def __aexit__(self, *_):
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def join(self, name, on_entry=None, on_gap=None, presence=False, state=False, token="", **start):
        """Joins a room: `last=50`, `after="EPOCH:OFFSET"` or `since=ms`; without, from now on."""
        room = self.rooms[name] = Room(self, name, on_entry, on_gap, {"presence": presence, "state": state, "token": token})
        try:
            await room.ask("join", {**start, **room.wishes})
        except BaseException:
            del self.rooms[name]
            raise
        return room

    async def send(self, to, **payload):
        """Says something to one peer or session alone."""
        await self._ready.wait()
        return await self.ask("send", payload, to=to)

    async def ask(self, type, payload=(), **members):
        """The answer to a request, over this connection. Payloads are `text=`, `args=` and `binary=`."""
        request = {"n": next(self._numbers), **dict(payload), **members, "type": type}  # n first: the hub may fail to read the rest.
        binary, number = request.pop("binary", None), request["n"]
        answer = self._answers[number] = asyncio.get_running_loop().create_future()
        try:
            async with self._sending:  # Nothing comes between the two frames of one request.
                await self._socket.send(json.dumps(request if binary is None else {**request, "binary": True}))
                if binary is not None:
                    await self._socket.send(binary)
            return await answer
        except websockets.ConnectionClosed as closed:
            raise ConnectionError("The connection broke.") from closed
        finally:
            del self._answers[number]

    async def _run(self):
        pause = 0.1
        try:
            while True:
                try:
                    async with websockets.connect(self.url, subprotocols=["kodama.v1"], compression=None, max_size=2**26) as socket:
                        await socket.send(json.dumps({"type": "hello", **({"session": self.session} if self.session else {})}))
                        self.session = json.loads(await socket.recv())["session"]
                        self._socket, pause = socket, 0.1
                        resuming = asyncio.create_task(self._resume())
                        try:
                            await self._listen(socket)
                        finally:
                            resuming.cancel()
                except (OSError, websockets.WebSocketException) as problem:
                    closed, status = getattr(problem, "rcvd", None), getattr(getattr(problem, "response", problem), "status_code", 0)
                    if (closed and closed.code in FINAL) or 400 <= status < 500:
                        raise
                self._break(self._answers.values())
                await asyncio.sleep(pause)
                pause = min(pause * 2, 5)
        finally:
            self._break([*self._answers.values(), *(done for room in self.rooms.values() for *_, done in room.pending.values())])

    def _break(self, futures):
        self._ready.clear()
        for future in futures:
            future.done() or future.set_exception(ConnectionError("The connection broke."))

    async def _resume(self):
        try:
            for room in [room for room in self.rooms.values() if room.position]:
                await room.resume()
            self._ready.set()
        except ConnectionError:
            pass  # The next connection begins anew.

    async def _listen(self, socket):
        while True:
            frame = json.loads(await socket.recv())
            if frame.get("binary"):
                frame["bytes"] = await socket.recv()
            if (room := self.rooms.get(frame.get("room"))) and ("n" not in frame or frame["type"] == "joined"):
                room.take(frame)
            elif frame["type"] == "message" and self.on_direct:
                self.on_direct(frame)
            if (answer := self._answers.get(frame.get("n"))) and not answer.done():
                answer.set_exception(Refused(frame["code"], frame["text"])) if frame["type"] == "error" else answer.set_result(frame)


class Room:
    def __init__(self, client, name, on_entry, on_gap, wishes):
        self.client, self.name, self.on_entry, self.on_gap, self.wishes = client, name, on_entry, on_gap, wishes
        self.position, self.members, self.state, self.pending, self.member = None, {}, {}, {}, None

    async def publish(self, event="message", **payload):
        """Says something once, whatever happens to the connection. Answers its position, or raises `Refused`."""
        await self.client._ready.wait()
        id, done = secrets.token_urlsafe(12), asyncio.get_running_loop().create_future()
        self.pending[id] = ({**payload, "event": event, "id": id}, self.position, done)
        try:
            await self._try(self.pending[id][0], done)
            return await done
        finally:
            del self.pending[id]

    async def enter(self, data=None):
        """Becomes a member, or changes its data; after a cut again, by itself."""
        self.member = {"data": data}
        return await self.ask("enter", self.member)

    async def exit(self):
        self.member = None
        return await self.ask("exit")

    async def set(self, key, bound=False, **value):
        return await self.ask("set", {**value, "key": key, "bound": bound})

    async def remove(self, key):
        return await self.ask("remove", {"key": key})

    async def history(self, **page):
        return await self.ask("history", page)

    async def leave(self):
        del self.client.rooms[self.name]
        return await self.ask("leave")

    async def ask(self, type, members=()):
        await self.client._ready.wait()
        return await self.client.ask(type, members, room=self.name)

    async def resume(self):
        """After a cut: joins where it was, is a member again, and says again what was not acknowledged, in order."""
        await self.client.ask("join", {"after": self.position, **self.wishes}, room=self.name)
        if self.member:
            await self.client.ask("enter", self.member, room=self.name)
        for request, known, done in [attempt for attempt in self.pending.values() if not attempt[2].done()]:
            await self._try({**request, "again": known}, done)

    async def _try(self, request, done):
        try:
            answer = await self.client.ask("publish", request, room=self.name)
            done.done() or done.set_result(answer.get("position"))
        except Refused as refused:
            done.done() or done.set_exception(refused)
        except ConnectionError:
            pass  # Said again when the connection is back.

    def take(self, frame):
        """What came of the room: moves the position, keeps members and state, and tells; last of all `left`, if the rules take it out."""
        type = frame["type"]
        if "offset" in frame or type == "joined":
            self.position = frame["position"] if type == "joined" else f"{self.position.split(':')[0]}:{frame['offset']}"
        if "members" in frame:
            self.members, self.state = {m["member"]: m for m in frame["members"]}, {key["key"]: key for key in frame["state"]}
        if type in ("presence", "state"):
            kept, key = (self.members, frame["member"]) if type == "presence" else (self.state, frame["key"])
            kept.pop(key, None) if frame["action"] in ("leave", "remove") else kept.update({key: frame})
        if frame.get("from") == self.client.session["id"] and (own := self.pending.get(frame.get("id"))):
            own[2].done() or own[2].set_result(self.position)  # Seen is acknowledged.
        if type == "left":
            del self.client.rooms[self.name]
            [done.done() or done.set_exception(Refused(frame["code"], frame["text"])) for *_, done in self.pending.values()]
        if "gap" in frame and self.on_gap:
            self.on_gap(frame)
        if type in ("message", "presence", "state", "left") and self.on_entry:
            self.on_entry(frame)
