"""Policies: what has been set about how the network is run: prices, how it is planned, who may decide what (`gates`).

Clauses come from three places, one by one: what is usual, what `network.declared` says in `prices`, `plan`,
`connections` and `doors`, and above both what `policy.set` says in its document's. Who may decide is in `decisions` of
a policy alone. Of declarations the newest counts; of a policy the highest version, and of one version that was set
twice what was set first. So it does not matter in which order they come.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, ClassVar, Final, NamedTuple

import numpy as np

from operators import gates
from operators.clauses import Unfit, brief, part, share, whole
from operators.planning.settings import CLAUSES as PLANNED
from operators.planning.settings import PLAN, PRICED, Settings, contradiction, settings_of
from operators.prices import USUAL, Prices
from operators.step import Step
from operators.work import Work
from operators.yards import rules
from tower import layouts
from tower.events import NUMBER
from tower.table import Table, touch, upsert

SET, DECLARED = NUMBER["policy.set"], NUMBER["network.declared"]
PRIORITIES: Final = ("express", "standard", "economy")
MOST_CENTS: Final = 1_000_000_000
MOST_HOURS: Final = 10_000
MOST_FREE_MIN: Final = 14 * 24 * 60
CONNECTED: Final = ("turnaround_air_min", "turnaround_min", "handling_min")
"""Clauses of `connections`: what an aircraft, any other vehicle and goods need at least between two legs."""
PRICE_LIST: Final = np.zeros(1, np.dtype([
    ("key", "<u8"), ("keep_until", "<i8"), ("layer", "<i8"), ("version", "<i8"), ("at", "<i8"), ("event", "<u8"),
    ("content", "<u8"), ("late_fee_cents", "<i8", (3,)), ("late_cents_per_hour", "<i8", (3,)),
    ("late_hours_most", "<i8"), ("undelivered_share", "<f8"), ("undelivered_cents", "<i8"),
    ("detention_free_min", "<i8"), ("detention_cents_per_hour", "<i8"),
    *((name, "<i8", (3,)) for name in PRICED), *((f"plan_{name}", "<i8") for name in PLAN),
    *((name, "<i8") for name in CONNECTED), *((f"doors_{name}", "<i8") for name in rules.CLAUSES),
]))  # fmt: skip
"""One row a policy or declaration; -1 and NaN are clauses that it does not have. `layer` 1 overrules layer 0."""
CLAUSES: Final = ("late_fee_cents", "late_cents_per_hour", "late_hours_most", "undelivered_share", "undelivered_cents",
                  "detention_free_min", "detention_cents_per_hour", *PLANNED, *CONNECTED,
                  *(f"doors_{name}" for name in rules.CLAUSES))  # fmt: skip
for _name in ("keep_until", "version", "at", *CLAUSES):
    PRICE_LIST[_name] = np.nan if _name == "undelivered_share" else -1


class Policies(Step):
    """Tables `price_list` and `gates`, and `doorrules` for those who see outcomes only. What cannot hold is refused by
    clause and what held before stays.
    """

    families: ClassVar = ("document",)
    publishes: ClassVar = ("doorrules",)
    keeps: ClassVar = (("price_list", PRICE_LIST), ("gates", gates.ROW))

    def __init__(self, saved: Mapping[str, bytes] | None, ledger: Table) -> None:
        super().__init__(saved)
        self.ledger = ledger

    def run(self, work: Work) -> None:
        """Take in policies and declarations."""
        refused: list[tuple[np.void, str]] = []
        for head, row, said in work.documents(SET, DECLARED):
            try:
                self.set(head, said)
            except Unfit as unfit:
                refused.append((head, str(unfit)))
                work.ok[row] = 0
        if refused:
            refuse(work, self.ledger, refused)
        if self.tables["price_list"].touched().size:
            self._tell()

    def _tell(self) -> None:
        """Say the rules of doors in force, if they are others than were said."""
        said, found = self.tables["doorrules"], rules.rules_of(said_in(self.tables["price_list"]))
        before = rules.Rules(*said.rows[list(rules.Rules._fields)][0].tolist()) if len(said) else rules.USUAL
        if found != before:
            row: Any = said.t.rows[upsert(said.t, np.uint64(rules.ABOUT))]
            for name, value in found._asdict().items():
                row[name] = value

    def set(self, head: np.void, said: dict[str, Any]) -> None:
        """Take in one. Raises Unfit, and then nothing has changed."""
        asked = read_in(head, said)
        table = self.tables["price_list"].t
        held = table.rows[upsert(table, np.uint64(head["subject"]))]
        if hold(held, head, asked) and asked.gate is not None:
            gates.hold(self.tables["gates"].t, held, asked.gate)


class Asked(NamedTuple):
    """What a policy or a declaration says: its version, 0 without; its clauses; who may decide, None without a say."""

    version: int
    clauses: dict[str, Any]
    gate: Any


def read_in(head: np.void, said: dict[str, Any]) -> Asked:
    """What is asked for. Raises Unfit, naming the clause."""
    is_policy = head["kind"] == SET
    version = whole(said.get("version"), "version", 1, 1 << 62) if is_policy else 0
    document = said.get("document") if is_policy else said
    if not isinstance(document, dict):
        raise Unfit("clause document: not an object")
    found = {**clauses(document.get("prices", {})), **planned(document.get("plan", {})),
             **connected(document.get("connections", {})), **of_doors(document.get("doors", {}))}  # fmt: skip
    gate = gates.clauses(document.get("decisions", {}) if is_policy else {})
    return Asked(version, found, gate if is_policy else None)


def hold(held: np.void, head: np.void, asked: Asked) -> bool:
    """Write it over what is held if it counts instead, and say whether it does. Raises Unfit if it contradicts that."""
    if not newer(held, asked.version, head):
        return False
    held["layer"], held["version"], held["at"] = int(asked.gate is not None), asked.version, head["at"]
    held["event"], held["content"] = head["id"], head["content"]
    for name in CLAUSES:
        held[name] = asked.clauses.get(name, PRICE_LIST[0][name])
    return True


def newer(held: np.void, version: int, head: np.void) -> bool:
    """Whether it counts instead of what is held; raises Unfit if it contradicts that."""
    if held["at"] < 0:
        return True
    rank, other = (int(head["at"]), int(head["id"])), (int(held["at"]), int(held["event"]))
    if not version:
        return rank > other
    if version < held["version"]:
        raise Unfit(f"clause version: {version} is set, and version {held['version']} is in force")
    if version > held["version"]:
        return True
    if rank > other and head["content"] != held["content"]:
        raise Unfit(f"clause version: {version} has been set otherwise before")
    return rank < other


def clauses(said: object) -> dict[str, Any]:
    """The clauses of a price list. Raises Unfit for the first that is not one, or that contradicts another."""
    if not isinstance(said, dict):
        raise Unfit("clause prices: not an object")
    found = {name: read(said[name], f"prices.{name}") for name, read in READ.items() if said.get(name) is not None}
    for name in ("late_fee_cents", "late_cents_per_hour", "switch_cents"):
        costs = found.get(name, [0, 0, 0])
        for i in (1, 2):
            if costs[i] > costs[i - 1]:
                why = f"{PRIORITIES[i]} costs more than {PRIORITIES[i - 1]} (got {costs[i]} and {costs[i - 1]})"
                raise Unfit(f"clause prices.{name}: {why}")
    return found


def planned(said: object) -> dict[str, Any]:
    """The clauses of how it is planned. Raises Unfit for the first that is not one, or that contradicts another."""
    if not isinstance(said, dict):
        raise Unfit("clause plan: not an object")
    if strange := sorted(set(map(str, said)) - set(PLAN)):
        raise Unfit(f"clause plan.{strange[0][:40]}: there is no such clause; there are {', '.join(PLAN)}")
    found = {f"plan_{name}": whole(said[name], f"plan.{name}", least, most)
             for name, (_, least, most) in PLAN.items() if said.get(name) is not None}  # fmt: skip
    if why := contradiction(found):
        raise Unfit(why)
    return found


def connected(said: object) -> dict[str, Any]:
    """The clauses of what is needed between two legs. Raises Unfit for the first that is not one."""
    found = part(said, "connections")
    if strange := sorted(set(map(str, found)) - set(CONNECTED)):
        raise Unfit(f"clause connections.{strange[0][:40]}: there is no such clause; there are {', '.join(CONNECTED)}")
    return {name: whole(minutes, f"connections.{name}", 0, MOST_FREE_MIN)
            for name, minutes in found.items() if minutes is not None}  # fmt: skip


def of_doors(said: object) -> dict[str, Any]:
    """The clauses of how doors are planned. Raises Unfit for the first that is not one, or that contradicts another."""
    given = part(said, "doors")
    if strange := sorted(set(map(str, given)) - set(rules.CLAUSES)):
        raise Unfit(f"clause doors.{strange[0][:40]}: there is no such clause; there are {', '.join(rules.CLAUSES)}")
    found = {f"doors_{name}": whole(given[name], f"doors.{name}", least, most)
             for name, (_, least, most) in rules.CLAUSES.items() if given.get(name) is not None}  # fmt: skip
    if why := rules.contradiction(found):
        raise Unfit(why)
    return found


def by_priority(said: object, name: str) -> list[int]:
    """Cents for each priority, as a list or by its name; raises Unfit."""
    given = [said.get(priority) for priority in PRIORITIES] if isinstance(said, dict) else said
    if not isinstance(given, list) or len(given) != len(PRIORITIES):
        raise Unfit(f"clause {name}: not three amounts, for {', '.join(PRIORITIES)} (got {brief(said)})")
    return [whole(cents, f"{name}[{of}]", 0, MOST_CENTS) for cents, of in zip(given, PRIORITIES, strict=True)]


READ: Final[dict[str, Callable[[object, str], Any]]] = {
    "late_fee_cents": by_priority, "late_cents_per_hour": by_priority,
    "late_hours_most": lambda said, name: whole(said, name, 1, MOST_HOURS), "undelivered_share": share,
    "undelivered_cents": lambda said, name: whole(said, name, 0, MOST_CENTS),
    "detention_free_min": lambda said, name: whole(said, name, 0, MOST_FREE_MIN),
    "detention_cents_per_hour": lambda said, name: whole(said, name, 0, MOST_CENTS),
    **dict.fromkeys(PRICED, by_priority),
}  # fmt: skip


def prices_in(price_list: Table) -> Prices:
    """The prices in force: of each clause what the strongest says that has it."""
    found: dict[str, Any] = {
        "late_fee_cents": USUAL.fee_cents, "late_cents_per_hour": USUAL.hour_cents, "late_hours_most": USUAL.hours_most,
        "undelivered_share": USUAL.undelivered_share, "undelivered_cents": USUAL.undelivered_cents,
    }  # fmt: skip
    found |= said_in(price_list)
    return Prices(
        np.array(found["late_fee_cents"], "i8"), np.array(found["late_cents_per_hour"], "i8"),
        int(found["late_hours_most"]), float(found["undelivered_share"]), int(found["undelivered_cents"]),
    )  # fmt: skip


def said_in(price_list: Table) -> dict[str, Any]:
    """The clauses that somebody has set: of each what the strongest says that has it."""
    return said_by(price_list.rows)


def said_by(rows: np.ndarray) -> dict[str, Any]:
    """The same, of the rows alone."""
    found: dict[str, Any] = {}
    for row in np.sort(rows, order=["layer", "at", "event"]):
        found |= {name: row[name] for name in CLAUSES if np.all(row[name] >= 0)}
    return found


def settings_in(price_list: Table) -> Settings:
    """How it is planned, as set."""
    return settings_of(prices_in(price_list), said_in(price_list))


def refuse(work: Work, ledger: Table, refused: Iterable[tuple[np.void, str]]) -> None:
    """Say why each event is refused, and count it in the ledger as rejected instead of accepted."""
    told = list(refused)
    rows = layouts.empty("rejected", len(told))
    for row, (head, reason) in zip(rows, told, strict=True):
        number = ledger.find(int(head["source"]))
        touch(ledger.t, number)
        count: Any = ledger.t.rows[number]
        count["accepted"], count["rejected"] = count["accepted"] - 1, count["rejected"] + 1
        for column in ("source", "inbox", "row", "id"):
            row[column] = head[column]
        row["reason"], row["size"] = work.id_of("reason", reason), 0
    work.found.setdefault("rejected", []).append(rows)
    work.found["ledger"] = [ledger.changed(layouts.blank("ledger").dtype)]
