"""Christmas: the whole US, 21-26 December 1999, as it was recorded; nothing in it follows from a plan."""

from typing import Final

import numpy as np

from simulators.feed import Feed, RecordedFeed
from simulators.recorded.airports import BY_OFFSET
from simulators.recorded.blocks import Block
from simulators.scenarios import bundle
from simulators.scenarios.bundle import Legs, numbers, texts
from simulators.scenarios.overlay import legs as of_legs
from simulators.scenarios.pack import Column, Tables
from simulators.scenarios.places import UNLISTED
from simulators.scenarios.scenario import Bookmark, Scenario, Source
from simulators.scenarios.sources import carriers, turnarounds
from simulators.scenarios.sources.carriers import LegFacts
from simulators.scenarios.sources.said import Facts, Said
from tower.clock import DAY, HOUR, MINUTE, parse

NAME: Final = "christmas"
START: Final = parse("1999-12-21T00:00:00Z")
END: Final = START + 7 * DAY
TOLD: Final = 24 * HOUR
"""How long before departure a leg is told of."""
VEHICLE: Final = 110 * MINUTE
ATLANTIC: Final = -240
"""Minutes from UTC of the airports that the set's list lacks."""


def make(seed: int) -> Feed:
    """The six days; the seed draws only the moments at which cancellations and delays are told."""
    tables, said = bundle.tables(NAME), Said()
    legs = facts(seed, tables)
    told = {
        "reference": _reference(tables, said, legs),
        "carriers": carriers.recorded(said, legs),
        "overlay.notices": carriers.notices(said, legs),
        "docks": turnarounds.visits(said, legs, START),
    }
    given = RecordedFeed(NAME, (NAME,), [said.arrivals(source, blocks) for source, blocks in told.items()])
    given.start_ms, given.end_ms = START, END
    diverted = texts(tables["legs"]["status"]).count("diverted")
    given.derived = {"us_flights_1999dec": {"arrival of a diverted leg": diverted}}
    given.notes = SCENARIO.simulated
    return given


def facts(seed: int, tables: Tables) -> LegFacts:
    """The recorded legs in ms, with simulated moments of notice."""
    r = _recorded(tables["legs"])
    off, late = np.flatnonzero(r.cancelled), np.flatnonzero(~r.cancelled & (r.departed - r.planned >= of_legs.LATE))
    noticed, revised = np.full(r.row.size, -1), np.full(r.row.size, -1)
    who, where = bundle.taken(r.carrier, off), bundle.taken(r.origin, off)
    noticed[off] = of_legs.noticed(seed, r.row[off].tolist(), who, where, r.planned[off].tolist())
    revised[late] = of_legs.estimated(seed, r.row[late].tolist(), r.planned[late])
    noticed, revised = (np.where(m == -1, -1, np.maximum(START, ms(m))) for m in (noticed, revised))
    planned, named = ms(r.planned), ~r.cancelled & np.array([bool(t) for t in r.tail])
    return LegFacts(
        r.names(_dates(tables, r)), r.carrier, r.tail, r.origin, r.dest, planned, ms(r.arrives), ms(r.departed),
        ms(r.arrived), np.maximum(START, planned - TOLD), np.where(named, np.maximum(START, planned - VEHICLE), -1),
        noticed, revised, np.full(r.row.size, -1),
    )  # fmt: skip


def ms(minutes: np.ndarray) -> np.ndarray:
    """Minutes of the scenario's clock as ms; -1, for none, stays."""
    moments: np.ndarray = np.where(minutes == -1, -1, START + minutes * MINUTE)
    return moments


def _recorded(legs: dict[str, Column]) -> Legs:
    diverted = np.array([status == "diverted" for status in texts(legs["status"])])
    late = numbers(legs["dep_late"]) + numbers(legs["gained"])
    return bundle.ordered(legs, np.where(diverted, of_legs.DIVERTED, late))


def _dates(tables: Tables, r: Legs) -> np.ndarray:
    """MMDD of each departure where it departs."""
    t = tables["sites"]
    ahead = dict(zip(texts(t["site"]), numbers(t["offset"]).tolist(), strict=True))
    return 1221 + (r.planned + np.array([ahead.get(s, ATLANTIC) for s in r.origin])) // 1440


def _reference(tables: Tables, said: Said, legs: LegFacts) -> list[Block]:
    t = tables["carriers"]
    names = zip(texts(t["carrier"]), texts(t["name"]), strict=True)
    places = [{"site": s, "role": "airport", **where} for s, where in sites(tables, legs).items()]
    return [
        said.documents("site.declared", START, places),
        said.documents("carrier.declared", START, [{"carrier": c, "name": n} for c, n in names]),
        said.documents("network.declared", START, [{"network": NAME, "tz": "America/Chicago", "currency": "USD"}]),
    ]


def sites(tables: Tables, legs: LegFacts) -> dict[str, Facts]:
    """Name, place and zone of each site that a leg touches."""
    t = tables["sites"]
    clocks = zip(numbers(t["offset"]).tolist(), texts(t["summer"]), strict=True)
    zones = [BY_OFFSET[minutes // 60, rule] for minutes, rule in clocks]
    listed = zip(texts(t["site"]), texts(t["name"]), numbers(t["lat"]).tolist(), numbers(t["lon"]).tolist(), zones,
                 strict=True)  # fmt: skip
    known: dict[str, Facts] = {s: {"name": n, "lat": y / 1e5, "lon": x / 1e5, "tz": z} for s, n, y, x, z in listed}
    return {s: known.get(s) or UNLISTED[s] for s in sorted({*legs.origin, *legs.dest})}


SCENARIO: Final = Scenario(
    name=NAME,
    title="The United States, 21-26 December 1999",
    about="88,602 legs between 199 airports and the turnarounds of their aircraft: late in, late out.",
    start_ms=START,
    end_ms=END,
    from_ms=parse("1999-12-23T04:00:00-05:00"),
    to_ms=parse("1999-12-27T00:00:00-05:00"),
    speed=360,
    seed=19991221,
    bookmarks=(
        Bookmark("Thu 07:00 the last rush before the holidays", parse("1999-12-23T07:00:00-05:00")),
        Bookmark("Sat 08:00 Christmas morning", parse("1999-12-25T08:00:00-05:00")),
        Bookmark("Sun 12:00 everyone flies home", parse("1999-12-26T12:00:00-05:00")),
    ),
    sources=(
        Source("reference", "recorded", "sites and carriers", ("places of 3 sites the set lacks",)),
        Source("carriers", "recorded", "legs planned, assigned, departed, arrived",
               ("when a leg and its vehicle are told", "arrival of 231 diverted legs")),
        Source("docks", "recorded", "an aircraft's time between two legs as a visit: arrived and left",
               ("when a visit is told of",)),
        Source("overlay.notices", "simulated", "when cancellations and delays are told"),
    ),
    simulated=(
        "moment of every cancellation notice and delay estimate", "when legs, vehicles and visits are told of",
        "arrival of diverted legs",
    ),
    make=make,
)  # fmt: skip
