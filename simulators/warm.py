"""Warm: has every kernel compiled and cached, so that the first event does not wait. `python -m simulators.warm`"""

from typing import Final

import orjson

from simulators.feed import merge
from simulators.scenarios import load
from streams.adapters import decode, docs
from streams.replay import Replay
from tower import clock
from tower.batch import Batch
from tower.envelope import Envelope
from tower.events import KINDS

SPAN: Final = 3 * clock.HOUR
SOURCE: Final = "warm"


def main() -> int:
    """Play the first hours of the bundled world, then one event of every kind, twice, and take all of them back."""
    feed = load("blizzard")
    replay = Replay(feed.networks[0])
    replay.play([*merge(feed.advance(feed.start_ms + SPAN)), *every_kind(feed.start_ms + SPAN)])
    return 0


def every_kind(start: int) -> list[tuple[int, str, Batch]]:
    """An event of every kind each second, told again as another, then corrected."""
    told = [docs.example(kind, number) for number in (1, 2) for kind in KINDS]
    for number, event in enumerate(told):
        event["id"] = f"w{number}"
    corrected = [{**e, "id": f"c{e['id']}", "corrects": {"id": e["id"], "reason": "warm"}} for e in told]
    seconds = [told, told, corrected]
    return [(start + i * clock.SECOND, SOURCE, batch(start, events)) for i, events in enumerate(seconds, 1)]


def batch(moment: int, events: list[dict[str, object]]) -> Batch:
    """Events as their adapter reads them, at any moment near that one."""
    near = [{**event, "at": moment} for event in events]
    return decode(Envelope(SOURCE, moment, "application/json", orjson.dumps(near)), 1, "blizzard")


if __name__ == "__main__":
    raise SystemExit(main())
