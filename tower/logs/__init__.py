"""Logs: numbered entries from 1, none missing, one fenced writer, any number of readers.

The contract that files.py, kafka.py and memory.py keep, and that `tests/suites/log_suite.py` runs against each:

* an entry is `(number, bytes)`; numbers are contiguous and start at 1 (an archive or a trimmed log starts later);
* `append(first, entries)` is all or nothing, through a crash too; raises Fenced unless `first` is the last number + 1;
* a durable log's append returns, and readers see the entries, only once they would survive a power cut;
* a reader never sees half an entry, a gap, or an entry that a later writer could take back;
* `id` is made when the log is made and never changes: a log emptied and written again is another log.
"""

from collections.abc import Sequence
from typing import Protocol

Entry = tuple[int, bytes | memoryview]


class LogReader(Protocol):
    """Reads one log. Not safe to share between threads."""

    @property
    def id(self) -> str:
        """The log's own id, 32 hex digits; empty while nobody has made the log."""

    def first(self) -> int:
        """The oldest number that can be read; last + 1 if there is none."""

    def last(self) -> Entry:
        """The newest entry; in a log that never had one (0, b""), or the number before its first if it starts later."""

    def read(self, after: int, count: int, wait_s: float = 0.0) -> list[Entry]:
        """Up to `count` entries behind number `after`, oldest first.

        None there: waits up to `wait_s` for one, then returns []. Entries may be views that are valid as long
        as they are referred to. Raises Trimmed if after + 1 is gone, Lost if `after` is beyond the end.
        """

    def close(self) -> None:
        """Free what is held. Twice is fine."""


class LogWriter(LogReader, Protocol):
    """The one writer of a log; opening a second one raises Refused (or the older is fenced at its next append)."""

    def append(self, first: int, entries: Sequence[bytes]) -> None:
        """Add entries as numbers first, first + 1, ...; raises Fenced, Full."""

    def trim(self, upto: int) -> None:
        """Forget entries up to number `upto` where that is cheap; never the newest that would survive a power cut."""
