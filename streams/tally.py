"""Tally: what a replay counts, and the summary of one."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from hashlib import blake2b
from typing import Any, Final, Protocol, TypeVar

import numpy as np

from detectors.judge import OPENED, Judge
from operators.admit import CONFLICT_ID, CONFLICT_REASON, Admit
from operators.chain import Chain, state_hash
from tower import clock
from tower.batch import BODIES
from tower.record import Record

S = TypeVar("S")
NAMING: Final = {"ledger": "source", "rejected": "reason"}
"""The columns of outcomes whose names the summary speaks of, by table."""
COUNTS: Final = ("received", "accepted", "duplicate", "late", "rejected")


class Tally:
    """Counts records and outcomes as they pass; holds no more than the names that the summary speaks of."""

    def __init__(self) -> None:
        self.events = self.rows = self.records = self.opened = 0
        self.now_from = self.now_to = 0
        self.outcomes, self.rejected = Counter[str](), Counter[int]()
        self.texts = {int(CONFLICT_ID): CONFLICT_REASON}
        self.before: dict[int, dict[str, int]] = {}
        """The ledger when counting began."""

    def count(self, record: Record, outcome: Record) -> None:
        """One record and its outcome."""
        self.records, self.now_to = self.records + 1, record.now
        self.now_from = self.now_from or record.now
        for name, rows in record.tables.items():
            if name == "event":
                self.events += rows.size
            elif name in BODIES:
                self.rows += rows.size
        for name, rows in outcome.tables.items():
            self.outcomes[name] += rows.size
        self.learn(outcome)
        if "rejected" in outcome.tables:
            self.rejected.update(outcome.tables["rejected"]["reason"].tolist())
        if "deviations" in outcome.tables:
            self.opened += int(np.count_nonzero(outcome.tables["deviations"]["status"] == OPENED))

    def learn(self, outcome: Record) -> None:
        """The names that the summary may speak of."""
        if outcome.names:
            for table, column in NAMING.items():
                self._remember(outcome.rows(table)[column].tolist(), outcome.names)

    def _remember(self, codes: Iterable[int], names: Mapping[int, str]) -> None:
        """A name is told at the latest in the record that first uses it."""
        for code in codes:
            if code not in self.texts and code in names:
                self.texts[code] = names[code]


class Played(Protocol):
    """A replay of one network that has come to its end."""

    network: str
    tally: Tally
    chain: Chain


def ledger(played: Sequence[Played]) -> list[dict[str, Any]]:
    """What each source sent and what became of it, over all networks."""
    total: dict[str, Counter[str]] = {}
    for one in played:
        for source, counts in step(one.chain, Admit).counts().items():
            since = Counter(counts)
            since.subtract(one.tally.before.get(source, {}))
            if any(since.values()):
                total.setdefault(one.tally.texts.get(source, f"{source:016x}"), Counter()).update(since)
    return [{"source": source, **{name: total[source][name] for name in COUNTS}} for source in sorted(total)]


def unbalanced(counts: Sequence[Mapping[str, Any]]) -> list[str]:
    """The sources of which something was received and is nowhere."""
    return [row["source"] for row in counts if row["received"] != sum(row[name] for name in COUNTS[1:])]


def summary(scenario: str, build: str, played: Sequence[Played], cpu_s: float) -> dict[str, Any]:
    """What a replay says of itself; the hashes are the same in every run."""
    rows = sum(one.tally.rows for one in played)
    return {
        "scenario": scenario, "networks": sorted(one.network for one in played), "build": build,
        "events": sum(one.tally.events for one in played), "rows": rows,
        "records": sum(one.tally.records for one in played),
        "now_from": moment(min((one.tally.now_from for one in played if one.tally.now_from), default=0)),
        "now_to": moment(max((one.tally.now_to for one in played), default=0)),
        "ledger": ledger(played), "rejected": reasons(played),
        "state_hash": state_hash({one.network: one.chain.saved() for one in played}),
        "outcomes_hash": outcomes_hash({one.network: one.chain.chain for one in played}),
        "outcomes": dict(sorted(sum((one.tally.outcomes for one in played), Counter[str]()).items())),
        "kpis": kpis(played), "cpu_s": round(cpu_s, 3), "rows_per_cpu_s": round(rows / cpu_s) if cpu_s else 0,
    }  # fmt: skip


def reasons(played: Sequence[Played]) -> dict[str, int]:
    """How many events were rejected, by why."""
    total = Counter[str]()
    for one in played:
        total.update({one.tally.texts.get(code, f"{code:016x}"): n for code, n in one.tally.rejected.items()})
    return dict(sorted(total.items()))


def outcomes_hash(chains: Mapping[str, int]) -> str:
    """blake2b-128 over (network, running hash of its outcomes), sorted."""
    digest = blake2b(digest_size=16)
    for network in sorted(chains):
        digest.update(f"{network}\0{chains[network]:016x}\0".encode())
    return digest.hexdigest()


def kpis(played: Sequence[Played]) -> dict[str, float]:
    """Figures to compare runs by."""
    return {
        "deviations_opened": sum(one.tally.opened for one in played),
        "deviations_open": sum(step(one.chain, Judge).open_count() for one in played),
    }


def step(chain: Chain, kind: type[S]) -> S:
    """The chain's step of that class."""
    return next(s for s in chain.steps if isinstance(s, kind))


def moment(ms: int) -> str | None:
    """A moment for people and programs; None if there was none."""
    return clock.render(ms) if ms else None
