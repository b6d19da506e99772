"""The blizzard's simulated forecasts as JSON events, one a line: for a replay that has them, or a tower that runs.

    python -m simulators.scenarios.sources.forecasts > forecasts.ndjson
    ./towerctl replay blizzard --patch forecasts.ndjson

What an hour was said to bring is said again only where it has changed, and taken back where it no longer is.
"""

import sys
from collections.abc import Iterator

import orjson

from simulators.scenarios import blizzard
from simulators.scenarios.overlay import forecasts
from simulators.scenarios.overlay.forecasts import Forecast
from simulators.scenarios.overlay.stock import HUBS
from simulators.scenarios.week import START, week
from tower.clock import HOUR

SOURCE = "overlay.forecasts"
Event = dict[str, object]


def told(given: Forecast) -> Iterator[Event]:
    """The events, in the order in which they are issued; the stations are the hubs."""
    stands: dict[tuple[int, int], float] = {}
    for issued, chance in zip(given.issued.tolist(), given.chance, strict=True):
        for hub, hour in ((h, n) for h in range(len(HUBS)) for n in range(chance.shape[1])):
            moment, p = issued + hour * HOUR, float(chance[hub, hour])
            if stands.get((hub, moment), 0.0) != p:
                stands[hub, moment] = p
                yield event(HUBS[hub], issued, moment, p)


def event(station: str, issued: int, moment: int, p: float) -> Event:
    """What is said then of an hour at a station."""
    name = f"{station}@{issued // HOUR}+{(moment - issued) // HOUR}"
    return {"id": name, "kind": "weather.forecast", "source": SOURCE, "at": issued, "station": station, "for": moment,
            "until": moment + HOUR, "issued": issued, "p_hazard": p}  # fmt: skip


if __name__ == "__main__":
    seed = blizzard.SCENARIO.seed
    for one in told(forecasts.forecasts(seed, week(seed).legs, START)):
        sys.stdout.buffer.write(orjson.dumps(one) + b"\n")
