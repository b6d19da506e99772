"""Session: one connection from its hello to its end."""

import asyncio
from collections import Counter
from collections.abc import Callable
from typing import Final
from urllib.parse import parse_qs, urlsplit

from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed

from api.hub import metrics, wire
from api.hub.check import EXAMPLE, SHOWN, Bad, parsed
from api.hub.client import Client
from api.hub.frames import HELLO_S, Hello, Refused, Result, Subscribe, Unsubscribe, Welcome
from api.hub.hub import Hub
from api.keys import Key

MOST_OF_A_KEY: Final = 2000
"""Connections that one key may have."""
MOST_MISTAKES: Final = 20


class Sessions:
    """Speaks with clients. `holder` gives who has a key, `epoch` the id of a network's LOG."""

    def __init__(self, hub: Hub, holder: Callable[[str], Key | None], epoch: Callable[[str], str]) -> None:
        self.hub, self.holder, self.epoch = hub, holder, epoch
        self.of_key: Counter[str] = Counter()

    async def speak(self, ws: ServerConnection) -> None:
        """Hear a hello, then do what is asked until the connection ends."""
        try:
            await self._speak(ws)
        except ConnectionClosed:
            pass
        except Bad as bad:
            metrics.REFUSED.inc()
            metrics.CLOSED.labels(str(bad.code)).inc()
            await refuse(ws, bad)

    async def _speak(self, ws: ServerConnection) -> None:
        hello = await heard(ws)
        key, network = self._admitted(ws, hello)
        client = Client(ws, key.name, network)
        self.of_key[key.name] += 1
        self.hub.enter(client)
        try:
            self._welcome(client, hello)
            async for message in ws:
                self._do(client, message)
        finally:
            self.of_key[key.name] -= 1
            self.hub.leave(client)

    def _admitted(self, ws: ServerConnection, hello: Hello) -> tuple[Key, str]:
        """The key of the caller and the network that it may see. Raises Bad with 4401, 4403 or 4400."""
        key = self.holder(hello.token or bearer(ws))
        if key is None:
            raise Bad(Refused(id=None, field="token", fix="a key of this tower, in hello or as Authorization"), 4401)
        network = hello.network or asked_in_url(ws) or self._only(key)
        if network not in self.hub.pictures or not key.may("viewer", network):
            raise Bad(Refused(id=None, field="network", value=network[:SHOWN], fix="a network that the key is for"),
                      4403)  # fmt: skip
        if self.of_key[key.name] >= MOST_OF_A_KEY:
            fix = f"close some: a key has at most {MOST_OF_A_KEY} connections"
            raise Bad(Refused(id=None, field="token", fix=fix), 4403)
        return key, network

    def _only(self, key: Key) -> str:
        """The one network that the key may see. Raises Bad if there are several."""
        found = [name for name in self.hub.pictures if key.may("viewer", name)]
        if len(found) > 1:
            raise Bad(Refused(id=None, field="network", fix=f"name one: {', '.join(sorted(found))[:SHOWN]}"), 4400)
        return found[0] if found else ""

    def _welcome(self, client: Client, hello: Hello) -> None:
        picture, epoch = self.hub.pictures[client.network], self.epoch(client.network)
        resume = hello.resume
        recovered = resume is not None and bool(epoch) and resume.epoch == epoch and picture.remembers(resume.seq)
        client.since = resume.seq if resume is not None and recovered else None
        client.write(wire.packed(Welcome(epoch=epoch, seq=picture.seq, recovered=recovered, network=client.network)))

    def _do(self, client: Client, message: str | bytes) -> None:
        """Do what a frame asks; a frame that makes no sense is told so, and after some of them the connection ends."""
        if client.is_gone:
            return
        if client.is_hasty():
            client.end(4400, "too many frames")
            return
        try:
            frame = parsed(message)
            if isinstance(frame, Hello):
                raise Bad(Refused(id=None, field="type", value="hello", fix="say hello once, then subscribe"))
            if client.is_full():
                client.end(4008, "slow: read what was sent before you ask for more")
            else:
                self._answer(client, frame)
        except Bad as bad:
            self._mistake(client, bad)

    def _answer(self, client: Client, frame: Subscribe | Unsubscribe) -> None:
        client.write(wire.packed(Result(id=frame.id)))
        if isinstance(frame, Subscribe):
            self.hub.subscribe(client, frame)
        else:
            self.hub.unsubscribe(client, frame.channel)

    def _mistake(self, client: Client, bad: Bad) -> None:
        metrics.REFUSED.inc()
        client.mistakes += 1
        client.write(wire.packed(bad.refused))
        if bad.code or client.mistakes > MOST_MISTAKES:
            client.end(4400, bad.refused.fix[:100] if bad.code else "too many frames that make no sense")


async def heard(ws: ServerConnection) -> Hello:
    """The hello. Raises Bad with 4408 if none comes in time, 4400 if something else does."""
    try:
        async with asyncio.timeout(HELLO_S):
            message = await ws.recv()
    except TimeoutError:
        raise Bad(Refused(id=None, field="hello", fix=f"send {EXAMPLE} within {HELLO_S:.0f} s"), 4408) from None
    try:
        frame = parsed(message)
    except Bad as bad:
        raise Bad(bad.refused, 4400) from None
    if not isinstance(frame, Hello):
        raise Bad(Refused(id=frame.id, field="type", value=frame.type, fix=f"send {EXAMPLE} first"), 4400)
    return frame


async def refuse(ws: ServerConnection, bad: Bad) -> None:
    """Say what was wrong and close; whoever does not read is not waited for."""
    try:
        async with asyncio.timeout(1.0):
            await ws.send(wire.dumped(bad.refused))
    except (ConnectionClosed, TimeoutError):
        pass
    await ws.close(bad.code, bad.refused.fix[:100])


def bearer(ws: ServerConnection) -> str:
    """The key in the request's Authorization."""
    said = ws.request.headers.get("Authorization", "") if ws.request else ""
    return said.removeprefix("Bearer ") if said.startswith("Bearer ") else ""


def asked_in_url(ws: ServerConnection) -> str:
    """The network that the URL names."""
    query = urlsplit(ws.request.path).query if ws.request else ""
    return parse_qs(query).get("network", [""])[0]
