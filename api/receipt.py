"""Receipt: how a decision came about, from the logs alone, and whether the log says the same when it is taken again.

Positions, options, people, policy, actions and outcome are read from LOG and OUTCOMES. Then the records that the
decision spans go through the steps again, from the state file before them (else from the first record), and each row
that was said of it is compared byte for byte, and the running hash at the end.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from api.reading import Texts, learned, opened
from operators.chain import Chain, state_hash
from operators.verdicts import ANSWERS, VERDICTS
from streams import names, skips
from streams.advance import Make
from streams.build import activated
from streams.control import make
from streams.entries import records
from streams.states import States
from tower import clock
from tower.events import BY_NUMBER
from tower.logs import urls
from tower.outcomes import DECISION_STATES, POSITION
from tower.record import Record
from tower.render import render_rows

OURS: Final = {"decisions": "key", "actions": "decision"}
INSIDE: Final = ("keep_until", "look_at")
RECORDS_MOST: Final = 50_000
SEEN_IN: Final = ("proposed", "approved", "acting")
"""States in which somebody looks at the options."""


@dataclass(slots=True)
class Story:
    """What was said of one decision: by record its rows; `options` as they stood when it was proposed or chosen."""

    network: str
    key: int
    said: dict[int, dict[str, np.ndarray]] = field(default_factory=dict)
    chains: dict[int, int] = field(default_factory=dict)
    builds: dict[int, int] = field(default_factory=dict)
    options: dict[int, np.ndarray] = field(default_factory=dict)
    words: list[dict[str, Any]] = field(default_factory=list)

    @property
    def last(self) -> np.void:
        """The decision as it was said last."""
        rows = [tables["decisions"] for tables in self.said.values() if tables["decisions"].size]
        found: np.void = rows[-1][-1]
        return found


def story(root: str, network: str, key: int, texts: Texts) -> Story | None:
    """Everything that was said of a decision; None if nothing was. Names are learned on the way."""
    found, standing = Story(network, key), dict[int, np.ndarray]()
    for record in learned(opened(root, network, log=False), texts):
        for row in record.rows("options"):
            standing[int(row["key"])] = np.array([row], row.dtype)
        told = about(record, key)
        if not any(rows.size for rows in told.values()):
            continue
        found.said[record.number], found.chains[record.number] = told, record.chain
        found.builds[record.number] = record.build
        if (rows := told["decisions"]).size and DECISION_STATES[rows[-1]["state"]] in SEEN_IN:
            incident, now = rows[-1]["incident"], record.now
            found.options = {id: row for id, row in standing.items() if is_seen(row[0], incident, now)}
    if not found.said:
        return None
    found.words = list(words(root, network, found, texts))
    return found


def is_seen(option: np.void, incident: np.uint64, now: int) -> bool:
    """Whether an option of that incident stood at a moment."""
    is_good = option["keep_until"] < 0 and (option["expires_at"] < 0 or option["expires_at"] > now)
    return bool(option["incident"] == incident and is_good)


def about(record: Record, key: int) -> dict[str, np.ndarray]:
    """What an outcome says of a decision: its row, its actions, and their lines."""
    found = {table: rows[rows[column] == np.uint64(key)] for table, column in OURS.items()
             for rows in (record.rows(table),)}  # fmt: skip
    moves = record.rows("action_moves")
    found["action_moves"] = moves[np.isin(moves["action"], found["actions"]["key"])]
    return found


def words(root: str, network: str, found: Story, texts: Texts) -> Iterator[dict[str, Any]]:
    """What people and receivers said of it, with its place in the log."""
    wanted = {f"#{found.key:016x}"} | {f"#{int(row['key']):016x}" for told in found.said.values()
                                       for row in told["actions"]}  # fmt: skip
    log = opened(root, network, log=True)
    for number in found.said:
        for record in records_between(log, number, number):
            texts.learn(record)
            heads = record.rows("event")
            for row, text in zip(record.rows("document"), record.documents, strict=False):
                head = heads[row["event"]]
                said = parsed(text)
                if head["kind"] in (*VERDICTS, *ANSWERS) and wanted & {said.get("decision"), said.get("action")}:
                    yield {"position": f"{network}/{number}/{row['event']}", "kind": BY_NUMBER[int(head["kind"])].name,
                           "by": said.get("by", texts.of(int(head["source"]))), "at": clock.render(int(head["at"])),
                           "evidence": number * POSITION + int(row["event"])}  # fmt: skip


def parsed(text: bytes | memoryview) -> dict[str, Any]:
    """A document."""
    import orjson

    found: dict[str, Any] = orjson.loads(text)
    return found


def records_between(log: Any, first: int, last: int) -> Iterator[Record]:
    """The records of LOG with these numbers."""
    for record in records(log, first - 1) if first > 1 else records(log):
        if record.number > last:
            return
        yield record


@dataclass(frozen=True, slots=True)
class Check:
    """What came of taking the log again: the records whose rows differ; `why_not`, where it cannot be done."""

    state_hash: str = ""
    records: int = 0
    differ: tuple[int, ...] = ()
    why_not: str = ""

    @property
    def is_equal(self) -> bool:
        """Whether the log says the same."""
        return not self.differ and not self.why_not


def recomputed(root: str, states: str, found: Story, steps: Make = make) -> Check:
    """Take the records that a decision spans through the steps again."""
    first, last = min(found.said), max(found.said)
    log, kept = opened(root, found.network, log=True), States(states)
    after = max((number for number in kept.numbers(found.network) if number < first), default=0)
    if after + 1 < log.first():
        return Check(why_not=f"LOG begins at record {log.first()}, and there is no state before record {first}")
    if last - after > RECORDS_MOST:
        return Check(why_not=f"it spans {last - after:,} records from the nearest state, at most {RECORDS_MOST:,}")
    saved = kept.load(found.network, after) if after else {}
    chain, build = Chain(steps, saved, after), int.from_bytes(saved.get("", {}).get("build", b""), "little")
    left_out, differ = skips.read(urls.reader(names.skips(root, found.network))), list[int]()
    for record in records_between(log, after + 1, last):
        kept_record = skips.without(record, left_out.get(record.number, ()))
        build = kept_record.build = activated(kept_record) or build
        outcome = chain.advance(kept_record)
        if record.number in found.said and not same(found, outcome):
            differ.append(record.number)
    return Check(state_hash({found.network: chain.saved()}), last - after, tuple(differ))


def same(found: Story, outcome: Record) -> bool:
    """Whether an outcome says what was said, and belongs to the same history."""
    told, before = about(outcome, found.key), found.said[outcome.number]
    return outcome.chain == found.chains[outcome.number] and all(
        told[table].tobytes() == before[table].tobytes() for table in told
    )


def receipt(found: Story, check: Check, texts: Texts) -> dict[str, Any]:
    """All of it, as JSON has it."""
    last = max(found.said)
    newest = {table: {int(row["key"]): row for told in found.said.values() for row in told[table]}
              for table in ("actions", "action_moves")}  # fmt: skip
    return {
        "network": found.network, "decision": shown("decisions", [found.last], texts)[0],
        "steps": [{"record": number, "state": DECISION_STATES[row["state"]], "at": clock.render(int(row["at"]))}
                  for number, told in found.said.items() for row in told["decisions"]],
        "words": found.words, "build": f"#{found.builds[last]:016x}", "policy": int(found.last["policy"]),
        "options": shown("options", [row[0] for row in found.options.values()], texts),
        "approvers": approvers(found, texts), "actions": shown("actions", list(newest["actions"].values()), texts),
        "lines": shown("action_moves", list(newest["action_moves"].values()), texts),
        "chain": f"#{found.chains[last]:016x}", "record": last,
        "recomputed": {"equal": check.is_equal, "records": check.records, "state_hash": check.state_hash,
                       "differ": list(check.differ), "why_not": check.why_not},
    }  # fmt: skip


def approvers(found: Story, texts: Texts) -> list[str]:
    """Who approved, the first one first."""
    row = found.last
    if row["approvals"] <= 0 and row["action"] == (1 << 64) - 1:
        return []
    people = [texts.of(int(code)) for code in (row["approved_by"], row["by"])]
    said = [word["by"] for word in found.words if word["kind"] == "decision.approved"]
    return said or [name for name in dict.fromkeys(people) if name]


def shown(table: str, rows: list[np.void], texts: Texts) -> list[dict[str, Any]]:
    """Rows as they are told, without what is the tower's own affair."""
    if not rows:
        return []
    told = render_rows(table, np.array(rows, rows[0].dtype), texts)
    return [{name: value for name, value in row.items() if name not in INSIDE} for row in told]
