"""Search: what a name or its beginning may be: an order, a PRO, a trailer, ...; what it is, and where it leads."""

import threading
from bisect import bisect_left, insort
from collections.abc import Iterator
from typing import Annotated, Final
from urllib.parse import quote

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel

from api.http.chosen import DIGITS
from api.http.here import Here, here_of
from api.http.present import Present
from api.http.rules import Ruled
from tower import clock, ids

FOUND_MOST: Final = 50
LOOKED_AT: Final = 2000
FEW: Final = 200
LEADS: Final[dict[str, tuple[str, str]]] = {
    "leg": ("legs", ""), "visit": ("visits", ""), "order": ("orders", ""), "po": ("supply", ""), "site": ("sites", ""),
    "station": ("weather", ""), "sku": ("stock", "sku"), "customer": ("orders", "customer"),
    "carrier": ("legs", "carrier"), "trailer": ("legs", "trailer"), "supplier": ("supply", "supplier"),
    "tender": ("tenders", ""), "transfer": ("transfers", ""), "source": ("sources", ""),
}  # fmt: skip
"""Kind of name -> the list that it leads to, and by which filter; "" leads to the thing itself."""


class Sorted:
    """The names of a network in order, and those that it learns."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.turn = threading.Lock()

    def take(self, fresh: list[str]) -> None:
        """Take in names."""
        if len(fresh) < FEW:
            for text in fresh:
                insort(self.texts, text)
        elif fresh:
            self.texts = sorted({*self.texts, *fresh})

    def beginning(self, with_: str) -> Iterator[str]:
        """Names that begin so, in order, each once."""
        before = None
        for text in self.texts[(at := bisect_left(self.texts, with_)) : at + LOOKED_AT]:
            if not text.startswith(with_):
                return
            if text != before:
                yield text
            before = text


class Hit(BaseModel):
    """One thing that is called so: what it is, what it is called, whether by all of its name, where it leads."""

    kind: str
    name: str
    exact: bool
    href: str
    of: str = ""


class Hits(BaseModel):
    """What was found, exact names first."""

    network: str
    now: str
    seq: int
    hits: list[Hit]


def router() -> APIRouter:
    """The route."""
    routes, names = APIRouter(route_class=Ruled, tags=["search"]), dict[str, Sorted]()

    @routes.get("/v1/search", summary="Find by any reference, whole or its beginning")
    def search(request: Request, q: Annotated[str, Query(min_length=1, max_length=64)], network: str = "") -> Hits:
        """Orders, POs, PROs, bills of lading, bookings, trailers, legs, visits, lines, skus, customers, carriers,
        sites; and ids by their digits.
        """
        here, asked = here_of(request), request.state.network
        present = here.present(asked)
        held = names.setdefault(asked, Sorted())
        with held.turn, present.lock:
            fresh, present.fresh = present.fresh, []
            held.take(fresh)
            found = list(hits(here, present, held, q.strip()))[:FOUND_MOST]
        found.sort(key=lambda hit: (not hit.exact, hit.name, hit.kind))
        return Hits(network=asked, now=clock.render(present.now), seq=present.seq, hits=found)

    return routes


def hits(here: Here, present: Present, held: Sorted, q: str) -> Iterator[Hit]:
    """What is called so, or begins so: as it is written, and in capitals."""
    yield from by_digits(present, q)
    seen: set[tuple[str, str, str]] = set()
    for beginning in dict.fromkeys((q, q.upper())):
        for text in held.beginning(beginning):
            for hit in named(here, present, text, text.casefold() == q.casefold()):
                if (one := (hit.kind, hit.name, hit.of)) not in seen:
                    seen.add(one)
                    yield hit


def by_digits(present: Present, q: str) -> Iterator[Hit]:
    """A deviation or an incident by its id."""
    digits = DIGITS.fullmatch(q)
    key = int(digits[1], 16) if digits else -1
    if key in present.said_of or present.tables["deviations"].get(key) is not None:
        yield hit(present, "deviation", f"#{key:016x}", True, f"deviations/{key:016x}")
    if "incidents" in present.tables and present.tables["incidents"].get(key) is not None:
        yield hit(present, "incident", f"#{key:016x}", True, f"incidents/{key:016x}")


def named(here: Here, present: Present, text: str, exact: bool) -> Iterator[Hit]:
    """Everything that has that very name."""
    for kind, (list_, filter) in LEADS.items():
        if ids.of(kind, text) in present.names:
            path = f"{list_}?{filter}={quote(text, safe='')}" if filter else f"{list_}/{quote(text, safe='')}"
            yield hit(present, kind, text, exact, path)
    order, _, line = text.partition("/")
    if line and ids.of("order", order) in present.names:
        yield hit(present, "line", text, exact, f"lines/{quote(text)}")
    if present.network in here.references:
        for scheme, kind, subject in here.references[present.network].things(ids.of("reference", text)):
            name = present.of(subject)
            list_ = LEADS.get(kind, ("", ""))[0]
            path = f"{list_}/{quote(name, safe='')}" if list_ else "search"
            yield hit(present, scheme, text, exact, path, f"{kind} {name}")


def hit(present: Present, kind: str, name: str, exact: bool, path: str, of: str = "") -> Hit:
    """A hit, with its link."""
    join = "&" if "?" in path else "?"
    return Hit(kind=kind, name=name, exact=exact, href=f"/v1/{path}{join}network={quote(present.network)}", of=of)


