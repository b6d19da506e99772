"""Storm ear: a client of the feed in a process of its own, that notes when each record's rows came.

    python -m simulators.bench.storm_ear PORT NETWORK

A line of JSON each: {"channel": .., "seq": .., "at": s}; `at` is `clock.steady_s`.
"""

import sys
from typing import Any, Final

import orjson
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

from simulators.bench.feed_load import KEY
from tower import clock

CHANNELS: Final = ("deviations", "options", "plans", "prices")


def main(port: str, network: str) -> None:
    """Listen until it is ended."""
    url, spoken = f"ws://127.0.0.1:{port}/v1/stream", [Subprotocol("tower.v1+json")]
    with connect(url, subprotocols=spoken, compression=None) as hub:
        say(hub, {"type": "hello", "token": KEY.format(0), "network": network})
        for number, channel in enumerate(CHANNELS):
            say(hub, {"type": "subscribe", "id": number, "channel": channel, "mode": "events"})
        for data in hub:
            at, frame = clock.steady_s(), orjson.loads(data)
            if frame["type"] == "delta" and frame.get("last", True):
                heard = {"channel": frame["channel"], "seq": frame["seq"], "at": at}
                print(orjson.dumps(heard).decode(), flush=True)


def say(hub: ClientConnection, frame: dict[str, Any]) -> None:
    """One frame."""
    hub.send(orjson.dumps(frame).decode())


if __name__ == "__main__":
    main(*sys.argv[1:])
