"""Reading: the logs of a network, read for people: names are learned on the way, deviations are worded."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

import numpy as np

import detectors
from streams import names
from streams.entries import records
from streams.words import OURS
from tower import clock
from tower.events import SEVERITIES
from tower.logs import LogReader, urls
from tower.outcomes import DEVIATION_STATUS
from tower.record import Record

WHY: Final = {detector.rule.kind: detector.rule.why for detector in detectors.ALL}
LAST: Final = 253_402_300_800_000


@dataclass(slots=True)
class Texts:
    """What ids mean, as records told it so far; an id without a name is # and 16 hex digits."""

    texts: dict[int, str] = field(default_factory=lambda: dict(OURS))

    def learn(self, record: Record) -> None:
        """Take in what a record tells."""
        self.texts.update(record.names)

    def get(self, code: int, /) -> str | None:
        """The text of an id, if it has one."""
        return self.texts.get(code)

    def of(self, code: int) -> str:
        """The text of an id, or its digits; "" for unknown."""
        return "" if code == (1 << 64) - 1 else self.texts.get(code, f"#{code:016x}")


def opened(root: str, network: str, log: bool) -> LogReader:
    """A network's LOG, or its OUTCOMES."""
    return urls.reader((names.log if log else names.outcomes)(root, network))


def learned(reader: LogReader, texts: Texts, after: int = 0) -> Iterator[Record]:
    """The records of a log to its end, each once its names are known."""
    for record in records(reader, after):
        texts.learn(record)
        yield record


def why(row: np.void, texts: Texts) -> str:
    """What shows a deviation, in words."""
    words = WHY.get(texts.of(int(row["kind"])), "{value:.0f}")
    return words.format(value=float(row["value"]), limit=float(row["limit"]))


def worded(row: np.void, now: int, texts: Texts) -> str:
    """A row of `deviations` as one line: time, severity, kind, subject, site, what happened to it, why, id."""
    where = f" at {texts.of(int(row['site']))}" if texts.of(int(row["site"])) else ""
    status, severity = DEVIATION_STATUS[row["status"]], severity_of(row)
    said = f": {why(row, texts)}" if status in ("opened", "changed") else ""
    subject = f"{texts.of(int(row['subject']))}{where}"
    return f"{moment(now)}  {severity:<8}  {texts.of(int(row['kind'])):<20}  {subject}  {status}{said}  {identity(row)}"


def severity_of(row: np.void) -> str:
    """The word of a row's severity."""
    return SEVERITIES[row["severity"]] if row["severity"] < len(SEVERITIES) else "unknown"


def identity(row: np.void) -> str:
    """What `towerctl explain` takes."""
    return f"#{int(row['id']):016x}"


def moment(ms: int) -> str:
    """A time for people: to the second, UTC."""
    return clock.render(ms)[:19].replace("T", " ") + "Z" if 0 <= ms < LAST else "never"
