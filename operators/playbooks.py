"""Playbooks: what was found to be better once, by name and version, to be thought of when the like happens again.

A playbook says of which incidents it is (cause and site), which kind of option it would choose, and what that was worth
when it was tried in a what-if. It decides nothing by itself. The highest version counts; of one version that is set
twice what was set first. A version that is `retired` is suggested no more.
"""

from collections.abc import Mapping
from typing import Any, ClassVar, Final

import numpy as np

from operators.clauses import Unfit, brief, part, whole, word
from operators.policies import newer, refuse
from operators.step import Step
from operators.work import Work
from tower import ids
from tower.events import NUMBER
from tower.outcomes import CAUSES, OPTIONS
from tower.table import Table, upsert

SET: Final = NUMBER["playbook.set"]
LONGEST: Final = 100
MOST_CENTS: Final = 1_000_000_000_000
MOST_RUNS: Final = 1000
NET: Final = ("net_cents", "net_low_cents", "net_high_cents")
CLAUSES: Final = frozenset({"title", "cause", "site", "option", "run", "runs", "retired", *NET})


class Playbooks(Step):
    """Table `playbooks`, by name."""

    families: ClassVar = ("document",)
    publishes: ClassVar = ("playbooks",)

    def __init__(self, saved: Mapping[str, bytes] | None, ledger: Table) -> None:
        super().__init__(saved)
        self.ledger = ledger

    def run(self, work: Work) -> None:
        """Take in what is set; what cannot be is refused by clause."""
        refused: list[tuple[np.void, str]] = []
        for head, row, said in work.documents(SET):
            try:
                self._set(work, head, said)
            except Unfit as unfit:
                refused.append((head, str(unfit)))
                work.ok[row] = 0
        if refused:
            refuse(work, self.ledger, refused)

    def _set(self, work: Work, head: np.void, said: dict[str, Any]) -> None:
        version, found = whole(said.get("version"), "version", 1, 1 << 62), read(said.get("document"))
        by = text(said.get("by"), "by")
        table = self.tables["playbooks"].t
        i = self.tables["playbooks"].find(int(head["subject"]))
        if i >= 0 and not newer(table.rows[i], version, head):
            return
        row: Any = table.rows[upsert(table, np.uint64(head["subject"]))]
        row["version"], row["at"], row["event"], row["content"] = version, head["at"], head["id"], head["content"]
        row["playbook"] = work.id_of("playbook", str(said["playbook"]))
        row["by"] = head["source"] if by is None else work.id_of("person", by)
        row["cause"], row["option"], row["retired"] = found["cause"], found["option"], found["retired"]
        row["site"] = ids.UNKNOWN if found["site"] is None else work.id_of("site", found["site"])
        for name in ("title", "run"):
            row[name] = work.id_of("text", found[name])
        for name in (*NET, "runs"):
            row[name] = found[name]


def read(said: object) -> dict[str, Any]:
    """The clauses of a playbook. Raises Unfit for the first that is not one."""
    told = part(said, "document")
    if strange := sorted(set(map(str, told)) - CLAUSES):
        there = ", ".join(sorted(CLAUSES))
        raise Unfit(f"clause document.{strange[0][:40]}: there is no such clause; there are {there}")
    if not isinstance(told.get("retired", False), bool):
        raise Unfit("clause document.retired: neither true nor false")
    return {
        "cause": word(told.get("cause"), "document.cause", CAUSES),
        "option": word(told.get("option"), "document.option", OPTIONS), "retired": int(bool(told.get("retired"))),
        **{name: text(told.get(name), f"document.{name}") for name in ("title", "site", "run")},
        **{name: whole(told.get(name, 0), f"document.{name}", -MOST_CENTS, MOST_CENTS) for name in NET},
        "runs": whole(told.get("runs", 0), "document.runs", 0, MOST_RUNS),
    }  # fmt: skip


def text(said: object, name: str) -> str | None:
    """A short text, or None; raises Unfit."""
    if said is None:
        return None
    if not isinstance(said, str) or not 0 < len(said) <= LONGEST:
        raise Unfit(f"clause {name}: not a text of 1 to {LONGEST} characters (got {brief(said)})")
    return said
