"""Names: what ids mean, by what was told so far; the warehouse is asked for what is not at hand."""

from collections.abc import Mapping, Sequence
from typing import Final

from sinks.clickhouse.rows import ids_in
from sinks.clickhouse.store import Store, texts
from tower.ids import UNKNOWN
from tower.record import Record

MOST: Final = 500_000
"""How many ids are at hand; when there are more, the older half is let go and asked for again when needed."""


class Known:
    """The names of one network's ids. None is kept too: most ids that name a pair of things have no name."""

    def __init__(self, store: Store, network: str, words: Mapping[int, str]) -> None:
        self._store, self._network, self._words = store, network, words
        self._texts: dict[int, str | None] = {}

    def of(self, records: Sequence[Record]) -> dict[int, str | None]:
        """What the ids in these records mean. Raises Away."""
        for record in records:
            self._texts.update(record.names)
        wanted = [code for code in ids_in(records).tolist() if code not in self._words]
        if missing := [code for code in wanted if code not in self._texts and code != UNKNOWN]:
            found = texts(self._store, self._network, missing)
            self._texts.update((code, found.get(code)) for code in missing)
        known = {code: self._texts.get(code) for code in wanted} | dict(self._words)
        if len(self._texts) > MOST:
            self._texts = dict(list(self._texts.items())[MOST // 2 :])
        return known
