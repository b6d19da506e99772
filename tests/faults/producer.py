"""A producer in a process of its own: `python -m tests.faults.producer ROOT NETWORK NOTES`.

Puts some hundred events a second into three inboxes and notes each message that was acknowledged: source, position,
checksum. Killed and started again it goes on behind what its inboxes hold. Ends once there is a file NOTES.stop.
"""

import os
import sys
import time
from zlib import crc32

import orjson

from streams import names
from streams.inbox import InboxWriter
from tower import clock
from tower.envelope import Envelope
from tower.errors import Busy
from tower.logs import urls

SOURCES = ("carrier", "dock", "yard")
PAUSE_S = 0.05
Event = dict[str, object]


def events(source: str, k: int, now: int) -> list[Event]:
    """What message k of a source says: legs that are planned, leave and arrive; some twice, some in no known kind."""
    planned = [planned_leg(source, k, i, now) for i in range(3)]
    gone = [moved_leg("departed", source, k, i, now, 60) for i in range(2) if k > 60]
    there = [moved_leg("arrived", source, k, i, now, 120) for i in range(2) if k > 120]
    wrong: list[Event] = [{"id": f"w{k}", "kind": "leg.flown", "at": now}] if k % 7 == 0 else []
    return planned + gone + there + wrong + (planned[:1] if k % 10 == 0 else [])


def planned_leg(source: str, k: int, i: int, now: int) -> Event:
    when = {"at": now, "dep_planned": now - i * clock.HOUR, "arr_planned": now + clock.HOUR}  # two are overdue at once
    return {"id": f"p{k}.{i}", "kind": "leg.planned", "leg": f"{source}{k}.{i}", "origin": "EWR", "dest": "ORD", **when}


def moved_leg(how: str, source: str, k: int, i: int, now: int, before: int) -> Event:
    return {"id": f"{how}{k}.{i}", "kind": f"leg.{how}", "leg": f"{source}{k - before}.{i}", "at": now}


class Source:
    """One of its sources; `put` keeps the next message, as often as it takes, and notes it."""

    def __init__(self, root: str, network: str, name: str, notes: int) -> None:
        self.name, self.notes, self.door = name, notes, InboxWriter(root, network, name)
        self.last = urls.reader(names.inbox(root, network, name)).last()[0]

    def put(self) -> None:
        now = clock.wall_ms()
        said = orjson.dumps(events(self.name, self.last + 1, now))
        message = Envelope(self.name, now, "application/json", said)
        try:
            self.last = self.door.put(message)
        except Busy:
            return
        os.write(self.notes, f"{self.name} {self.last} {crc32(message.encode())}\n".encode())


def main(root: str, network: str, path: str) -> int:
    notes = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    sources = [Source(root, network, name, notes) for name in SOURCES]
    print("producer ready", file=sys.stderr, flush=True)
    while not os.path.exists(f"{path}.stop"):
        for source in sources:
            source.put()
        time.sleep(PAUSE_S)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:]))
