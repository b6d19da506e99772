"""Blizzard: New York, 6-12 February 2013. No leg leaves any hub between Friday 17:28 and Saturday 09:01."""

from typing import Final

import numpy as np

from simulators.feed import Counts, Feed, RecordedFeed
from simulators.recorded.blocks import Block
from simulators.scenarios import play, speech
from simulators.scenarios.bundle import numbers, texts
from simulators.scenarios.overlay import orders as of_orders
from simulators.scenarios.places import UNLISTED
from simulators.scenarios.reacting import ReactingFeed
from simulators.scenarios.recorded import BLIZZARD, DAYS
from simulators.scenarios.scenario import Bookmark, Scenario, Source
from simulators.scenarios.sources import carriers, hubs, orders, weather
from simulators.scenarios.sources.said import Facts, Said
from simulators.scenarios.week import DOORS, HUBS, START, Week, ms, week
from simulators.world.rows import NOW
from simulators.world.world import World
from tower.clock import DAY, parse

NAME: Final = "blizzard"


def make(seed: int) -> Feed:
    """The week with this seed's overlay, its world and the clerk who books first in first out."""
    facts, said = week(seed), Said()
    given = RecordedFeed(NAME, (NAME,), [said.arrivals(s, b) for s, b in _told(facts, said).items()])
    given.start_ms, given.end_ms = START, START + DAYS * DAY
    given.unused, given.derived, given.notes = _unused(facts), _derived(facts), SCENARIO.simulated
    world = World(play.network(facts, seed))
    world.w.clock[NOW] = START - 1
    return ReactingFeed(given, world, play.clerk(facts, world), _ids(facts, said))


def _unused(facts: Week) -> Counts:
    t = facts.tables["unused"]
    return {"online_retail": dict(zip(texts(t["reason"]), numbers(t["rows"]).tolist(), strict=True))}


def _derived(facts: Week) -> Counts:
    """How often something was worked out that the set does not say."""
    t = facts.tables["legs"]
    found = {
        "schedule from the same flight on a near day": sum(
            s in {"lane+flight", "flight"} for s in texts(t["schedule"])
        ),
        "schedule drawn": texts(t["schedule"]).count("seeded"),
        "arrival of a diverted leg": texts(t["status"]).count("diverted"),
        "seats by the carrier's median": int((numbers(t["seats_recorded"]) == 0).sum()),
    }
    return {"nycflights13": found}


def _told(facts: Week, said: Said) -> dict[str, list[Block]]:
    return {
        "reference": _reference(facts, said),
        "overlay.reference": _overlay(facts, said),
        "overlay.stock": hubs.counted(said, facts.shelves, START),
        "overlay.labour": hubs.labour(said, facts.crews, START),
        "carriers": carriers.recorded(said, facts.legs),
        "overlay.notices": carriers.notices(said, facts.legs),
        "weather": weather.observed(said, facts.tables["weather"], ms(numbers(facts.tables["weather"]["t"]))),
        "orders": orders.placed(said, facts.lines),
    }


def _reference(facts: Week, said: Said) -> list[Block]:
    """Sites, stations and carriers as the sets list them."""
    flown_by = zip(texts(facts.tables["carriers"]["carrier"]), texts(facts.tables["carriers"]["name"]), strict=True)
    places = sites(facts)
    stations: list[Facts] = [{"station": h, "site": h, "lat": places[h]["lat"], "lon": places[h]["lon"]} for h in HUBS]
    return [
        said.documents("site.declared", START, [{"site": s, **fact, **_role(s)} for s, fact in places.items()]),
        said.documents("station.declared", START, stations),
        said.documents("carrier.declared", START, [{"carrier": c, "name": n} for c, n in flown_by]),
    ]


def sites(facts: Week) -> dict[str, Facts]:
    """Name, place and zone of each site."""
    known = listed(facts)
    return {s: known.get(s) or UNLISTED[s] for s in play.sites(facts)}


def listed(facts: Week) -> dict[str, Facts]:
    """Name, place and zone of each site that the set lists."""
    t = facts.tables["sites"]
    columns = zip(texts(t["site"]), texts(t["name"]), numbers(t["lat"]).tolist(), numbers(t["lon"]).tolist(),
                 texts(t["zone"]), strict=True)  # fmt: skip
    return {s: {"name": n, "lat": y / 1e5, "lon": x / 1e5, "tz": z} for s, n, y, x, z in columns}


def hubs_declared(facts: Week, said: Said) -> Block:
    """The hubs alone, as the week begins."""
    known = listed(facts)
    return said.documents("site.declared", facts.of.start, [{"site": h, **known[h], **_role(h)} for h in HUBS])


def _role(site: str) -> Facts:
    return {"role": "hub", "station": site, "doors": DOORS} if site in HUBS else {"role": "ship_to"}


def _overlay(facts: Week, said: Said) -> list[Block]:
    """The network, its doors, its skus with their families, its price list and its freight rates."""
    names = dict(zip(texts(facts.tables["skus"]["sku"]), texts(facts.tables["skus"]["name"]), strict=True))
    doors: list[Facts] = [{"door": d, "site": h, "dock_group": f"{h}-out"} for h in HUBS for d in door_names(h)]
    skus: list[Facts] = [{"sku": s, "family": f, "name": names[s]} for s, f in facts.families.items()]
    return [
        said.documents("network.declared", START, [{"network": NAME, "tz": "America/New_York", **prices()}]),
        said.documents("door.declared", START, doors),
        said.documents("sku.declared", START, skus),
        said.documents("lane.declared", START, _lanes(facts)),
    ]


def prices() -> Facts:
    """The price list: cents a load, by priority (express, standard, economy) where there are three."""
    late = {"late_fee_cents": of_orders.FEE, "late_cents_per_hour": of_orders.RATE, "late_hours_most": 72}
    return {"currency": "USD", "prices": {**late, "rush": 350, "switch_unpicked": 50, "switch_staged": 200}}


def door_names(hub: str) -> list[str]:
    """The doors of a hub.

    >>> door_names("EWR")[0]
    'EWR-01'
    """
    return [f"{hub}-{n:02d}" for n in range(1, DOORS + 1)]


def _lanes(facts: Week) -> list[Facts]:
    """What a load costs on each lane, by carrier; the cheapest first."""
    rates: dict[tuple[str, str], dict[str, int]] = {}
    legs = facts.legs
    for o, d, c, cents in zip(legs.origin, legs.dest, legs.carrier, facts.freight.tolist(), strict=True):
        rates.setdefault((o, d), {})[c] = cents
    guide = {lane: sorted(by.items(), key=lambda item: (item[1], item[0])) for lane, by in sorted(rates.items())}
    return [
        {"lane": f"{o}-{d}", "origin": o, "dest": d, "guide": [{"carrier": c, "load_cents": n} for c, n in by]}
        for (o, d), by in guide.items()
    ]


def _ids(facts: Week, said: Said) -> speech.Ids:
    lines, legs = facts.lines, facts.legs
    number = {site: i for i, site in enumerate(play.sites(facts))}
    work = np.zeros(4 * len(legs.names))
    work[::4] = (legs.planned - facts.starts) / 60_000 - 25
    for source in (speech.DOCKS, speech.WAREHOUSE):
        said.id("source", source)
    return speech.Ids(
        names=said.names, order=said.ids("order", lines.order), line=said.ids("line", lines.line),
        sku=said.ids("sku", lines.sku), quantity=lines.quantity, leg=said.ids("leg", legs.names),
        origin=np.array([number[s] for s in legs.origin]), work_min=work,
        visit=np.repeat(said.ids("visit", [f"{leg}-load" for leg in legs.names]), 4),
        site=said.ids("site", list(number)), door=np.array([said.ids("door", door_names(h)) for h in HUBS]),
        reason=speech.reasons(said.id), dock_group=np.array([said.id("dock_group", f"{h}-out") for h in HUBS], "u8"),
    )  # fmt: skip


SCENARIO: Final = Scenario(
    name=NAME,
    title="New York, 6-12 February 2013: the blizzard",
    about="982 of 6,098 legs are cancelled; 49,377 lines want to go. First in first out keeps 46.5 % of promises.",
    start_ms=START,
    end_ms=START + DAYS * DAY,
    from_ms=parse("2013-02-08T04:00:00-05:00"),
    to_ms=parse("2013-02-11T00:00:00-05:00"),
    speed=360,
    seed=20130208,
    bookmarks=(
        Bookmark("Fri 10:30 the first strandings", parse("2013-02-08T10:30:00-05:00")),
        Bookmark("Fri 17:28 the last take-off", parse("2013-02-08T17:28:00-05:00")),
        Bookmark("Sat 08:00 reopening", parse("2013-02-09T08:00:00-05:00")),
        Bookmark("Sun 08:00 clearing the backlog", parse("2013-02-10T08:00:00-05:00")),
    ),
    sources=(
        Source("reference", "recorded", "sites, stations, carriers", ("doors", "roles", "4 sites the set lacks")),
        Source("carriers", "recorded", "legs planned, assigned, departed, arrived",
               ("capacity_loads", "when a leg and its vehicle are told", "arrival of 20 diverted legs",
                "schedules of cancelled legs (worked out)")),
        Source("weather", "recorded", "hourly observations at the three hubs"),
        Source("orders", "recorded", "order lines: sku, quantity, value, minute, customer",
               ("ship_to", "priority", "promise_by", "the week: three weeks of 2011 moved and superposed")),
        Source("overlay.reference", "simulated", "network, doors, sku families, price list, freight rates"),
        Source("overlay.notices", "simulated", "when cancellations and delays are told"),
        Source("overlay.stock", "simulated", "opening stock"),
        Source("overlay.labour", "simulated", "roster and attendance"),
        Source("world.docks", "world", "visits at the hubs' doors"),
        Source("world.warehouse", "world", "lines booked, picked, shipped, delivered, failed; stock moved"),
        Source("world.wms", "world", "actions acknowledged, executed, failed: what the tower sends is done"),
    ),
    simulated=(
        "capacity of legs", "moment of every cancellation notice and delay estimate", "stock", "doors", "shifts",
        "attendance", "ship-to sites", "priorities", "promises", "prices and freight rates",
        "every relation between weather or legs and orders: the sets come from different years and countries",
    ),
    make=make,
    week=BLIZZARD,
)  # fmt: skip
