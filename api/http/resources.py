"""Resources: what can be listed: which table it is, what its things are called, by what one may choose."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from sinks.views.keys import LIVE
from tower import layouts
from tower.fields import Field


@dataclass(frozen=True, slots=True)
class Filter:
    """A column, or several of which one will do, that must say what is asked for.

    of       the kind of the name, where the column does not say it
    """

    columns: tuple[str, ...]
    of: str = ""
    doc: str = ""


@dataclass(frozen=True, slots=True)
class Resource:
    """A list. `kind`: what its things are called after, "" if only by digits; `parts`: of the two names of a pair."""

    name: str
    table: str
    doc: str
    kind: str = ""
    parts: tuple[str, ...] = ()
    filters: Mapping[str, Filter] = field(default_factory=dict)

    def fields(self) -> dict[str, Field]:
        """The columns by name."""
        return {one.name: one for one in layouts.current()[self.table]}


def by(*columns: str, of: str = "", doc: str = "") -> Filter:
    """A filter by these columns."""
    return Filter(columns, of, doc)


SITE: Final = by("site")
ALL: Final = tuple(resource for resource in (
    Resource("legs", "legs", "Movements: planned, under way, over", "leg", filters={
        "site": by("origin", "dest", of="site", doc="from or to there"), "carrier": by("carrier"),
        "mode": by("mode"), "life": by("arr_life", doc="of the arrival"), "trailer": by("trailer"),
        "since": by("heard_at"),
    }),
    Resource("visits", "visits", "Trucks at sites: booked, waiting, at a door", "visit", filters={
        "site": SITE, "leg": by("leg"), "door": by("door"), "life": by("life"), "purpose": by("purpose"),
        "trailer": by("trailer"), "since": by("window_start"),
    }),
    Resource("orders", "orders", "Orders as last said", "order", filters={
        "site": by("ship_to", of="site"), "customer": by("customer"), "priority": by("priority"),
        "since": by("placed_at"),
    }),
    Resource("lines", "lines", "Order lines: where they are, when they will be there", "", ("order", "line"), {
        "site": by("ship_to", of="site"), "order": by("order", of="order"), "sku": by("sku"),
        "leg": by("on_leg", of="leg", doc="on which it is counted"), "status": by("state"),
        "priority": by("priority"), "since": by("changed_at"),
    }),
    Resource("stock", "stock", "What lies where", "", ("site", "sku"), filters={
        "site": SITE, "sku": by("sku"), "since": by("changed_at"),
    }),
    Resource("labour", "labour", "Teams on shift", "", ("site", "team"), filters={
        "site": SITE, "team": by("team"), "since": by("rostered_at"),
    }),
    Resource("weather", "weather", "What stations see and expect", "station", filters={"since": by("observed_at")}),
    Resource("forecasts", "forecasts", "What is forecast at stations, by hour", filters={
        "station": by("station"), "since": by("for"),
    }),
    Resource("advisories", "advisories", "What carriers say of legs to come", "advisory", filters={
        "carrier": by("carrier"), "site": by("site", "dest", of="site", doc="from or to there"),
        "since": by("window_end"),
    }),
    Resource("supply", "supply", "Purchase orders on their way in", "po", filters={
        "site": SITE, "sku": by("sku"), "supplier": by("supplier"), "leg": by("leg"), "life": by("life"),
        "since": by("ordered_at"),
    }),
    Resource("sites", "sites", "Places as declared", "site", filters={"role": by("role")}),
    Resource("networks", "networks", "Networks as declared: name, zone, currency", "network"),
    Resource("doors", "doors", "Dock doors", "", ("site", "door"), filters={"site": SITE}),
    Resource("queues", "queues", "Who waits at each gate", "site"),
    Resource("tenders", "tenders", "Loads offered to carriers", "tender", filters={
        "leg": by("leg"), "carrier": by("carrier"),
    }),
    Resource("transfers", "transfers", "Stock between sites", "transfer", filters={"sku": by("sku")}),
    Resource("sources", "sources", "Who tells us, and when last", "source"),
    Resource("ledger", "ledger", "Events received and what became of them, by source", "source"),
    Resource("deviations", "deviations", "What is not as it should be, and open", filters={
        "site": SITE, "severity": by("severity", doc="at least: 1 advisory, 2 warning, 3 critical"),
        "kind": by("kind", of="deviation"), "status": by("status"), "since": by("since"),
    }),
    Resource("incidents", "incidents", "Deviations with one cause", filters={
        "site": SITE, "severity": by("severity", doc="at least"), "kind": by("cause", doc="the cause"),
        "since": by("since"),
    }),
    Resource("handling", "handling", "What people have said of deviations"),
    Resource("kpis", "kpis", "Figures of the day and their trend", filters={
        "site": SITE, "kind": by("name", doc="the figure's name"), "since": by("window"),
    }),
    Resource("invariants", "invariants", "What must hold, and where it does not"),
    Resource("options", "options", "What can be done about incidents, and what it is worth", filters={
        "incident": by("incident"), "kind": by("kind"), "leg": by("binding", of="leg", doc="the one that binds"),
    }),
    Resource("moves", "moves", "Lines that options move", filters={
        "option": by("option"), "line": by("line"), "leg": by("from_leg", "to_leg", of="leg", doc="from it or to it"),
    }),
    Resource("plans", "plans", "Where the plan has lines, where that is not where they are booked", filters={
        "line": by("line"), "leg": by("from_leg", "to_leg", of="leg", doc="from it or to it"), "why": by("why"),
    }),
    Resource("prices", "prices", "What one more load of a leg, door, or unit of goods at a site is worth", filters={
        "leg": by("resource", of="leg"), "sku": by("resource", of="sku"), "what": by("what"),
        "site": by("resource", "site", of="site", doc="of doors, or where goods are short"),
    }),
    Resource("predictions", "predictions", "When legs leave and come, visits go; how sure that is, what came", filters={
        "leg": by("subject", of="leg"), "visit": by("subject", of="visit"), "moment": by("moment"),
        "carrier": by("carrier"), "site": SITE, "since": by("issued_at"),
    }),
    Resource("demands", "demands", "Order lines expected in half hours, by site and family, and what came", filters={
        "site": SITE, "family": by("family"), "ahead": by("ahead"), "since": by("step_at"),
    }),
    Resource("doorplans", "doorplans", "Visits that are to come to another door or minute than by their turn", "visit",
             filters={"site": SITE, "door": by("door"), "why": by("why"), "since": by("start")}),
    Resource("yards", "yards", "Doors of sites as last planned: what that costs, what a door is worth", "site",
             filters={"site": SITE}),
    Resource("doorrules", "doorrules", "How doors are planned, where policy says so"),
    Resource("connections", "connections", "Legs that wait for what comes too late with another one", "leg", filters={
        "site": SITE, "inbound": by("inbound"), "what": by("what"), "status": by("state"), "since": by("needed_at"),
    }),
    Resource("models", "models", "Who serves predictions, by whose word, how far off each is; if it learns", "name"),
    Resource("decisions", "decisions", "What is to be decided, and what was", filters={
        "incident": by("incident"), "status": by("state"), "mode": by("mode"), "since": by("at"),
    }),
    Resource("playbooks", "playbooks", "What was better once, for incidents of a kind and site", "playbook", filters={
        "site": SITE, "cause": by("cause"),
    }),
    Resource("actions", "actions", "What left the tower to be done, and what came of it", filters={
        "decision": by("decision"), "status": by("state"), "since": by("sent_at"),
    }),
) if resource.table in LIVE)  # fmt: skip
"""Every list of live rows."""
BY_NAME: Final = {resource.name: resource for resource in ALL}
HIDDEN: Final = ("key", "keep_until", "look_at")
"""Columns that are the tower's own affair."""
