"""Alerts: what outcomes mean for each subscriber, put into the outbox, each once, by position.

Of actions whoever has subscribed is told each that is sent, under one id whenever it is told.
"""

from collections.abc import Iterable, Iterator, Sequence
from hashlib import blake2b
from typing import Any, Final

import numpy as np
import orjson

from sinks.position import Position
from sinks.webhooks.outbox import Message, Outbox
from sinks.webhooks.subscription import Subscription, subscription
from tower import clock
from tower.errors import UsageError
from tower.events import NUMBER
from tower.logs import LogReader
from tower.outcomes import DEVIATION_STATUS
from tower.record import Record, split
from tower.render import Names, render_rows

SET: Final = NUMBER["subscription.set"]
OPENED, CHANGED = DEVIATION_STATUS.index("opened"), DEVIATION_STATUS.index("changed")
SENT, ASKED, ACTION = "sent", "asked", "tower.action.sent"
INSIDE: Final = ("key", "keep_until", "look_at", "position")
LAZY: Final = 256
"""Records that say nothing may be read again after a kill: so often the position is written for them alone."""


class Alerts:
    """Takes the outcomes of one network; `log` is its LOG, in which subscriptions are set."""

    def __init__(self, outbox: Outbox, network: str, log: LogReader, words: Names) -> None:
        self._outbox, self._network, self._log, self._words = outbox, network, log, words
        self.position = outbox.position()
        self._written = self.position.number
        self._serves = {name: subscription(said) for name, said, why in outbox.subscriptions() if not why}

    def take(self, records: Sequence[Record]) -> None:
        """Everything that these mean, or nothing: what comes again is refused by position. Raises Diverged."""
        new = self.position.behind(f"outbox of {self._network}", records)
        if not new:
            return
        at = Position.of(new[-1])
        said = self._said(new)
        if said or any(r.names or self._shows(r) for r in new) or at.number - self._written >= LAZY:
            with self._outbox.together():
                for record in new:
                    self._one(record, [text for number, text in said if number == record.number])
                self._outbox.passed(at)
            self._written = at.number
        self.position = at

    def _shows(self, record: Record) -> bool:
        return bool(self._serves) and any(record.rows(table).size for table in ("deviations", "actions"))

    def _said(self, records: Sequence[Record]) -> list[tuple[int, bytes]]:
        """The subscriptions that the records of LOG of the same numbers set."""
        found: list[tuple[int, bytes]] = []
        after, last = records[0].number - 1, records[-1].number
        while after < last and (entries := self._log.read(after, last - after)):
            for after, data in entries:
                found += [(after, document) for document in documents(Record.decode(after, split(data)[1]))]
        return found

    def _one(self, record: Record, said: Iterable[bytes]) -> None:
        self._outbox.learn(record.names)
        for document in said:
            self._set(document)
        rows = record.rows("deviations")
        if self._serves and rows.size:
            self._refresh()
            shown = render_rows("deviations", rows, Both(self._words, self._outbox))
            for ordinal, (row, words) in enumerate(zip(rows, shown, strict=True)):
                for one in self._serves.values():
                    self._tell(one, record, ordinal, row, words)
        if self._serves and record.rows("actions").size:
            self._refresh()
            for words in sent_in(record, Both(self._words, self._outbox)):
                self._send(record, words)

    def _set(self, document: bytes) -> None:
        said = orjson.loads(document)
        name = str(said.get("subscription", ""))
        self._serves.pop(name, None)
        try:
            found = subscription(said)
        except UsageError as cause:
            self._outbox.subscribe(name, said, cause.what)
            return
        self._outbox.subscribe(name, said, "" if found.enabled else "disabled by its owner")
        if found.enabled:
            self._serves[name] = found

    def _refresh(self) -> None:
        """Serve no more those whom a receiver has told to go."""
        for name, _, why in self._outbox.subscriptions():
            if why:
                self._serves.pop(name, None)

    def _tell(self, one: Subscription, record: Record, ordinal: int, row: np.void, words: dict[str, object]) -> None:
        """Put into the outbox what a row is to one subscriber, if it is anything."""
        key, status, severity = int(row["id"]), int(row["status"]), int(row["severity"])
        value = float(row["value"])
        last = self._outbox.told(one.name, key)
        is_over = status not in (OPENED, CHANGED)
        if is_over and last is None:
            return
        if not is_over and not (one.wants(str(words.get("kind", "")), str(words.get("site", "")), severity)
                                and is_news(one, last, value, severity, record.now)):  # fmt: skip
            return
        self._outbox.tell(self._message(one, record, ordinal, words), key,
                          None if is_over else (value, severity, record.now))  # fmt: skip

    def _send(self, record: Record, action: dict[str, Any]) -> None:
        """Put an action into the outbox for all who want it; its id says which action it is, and nothing else."""
        sites = {str(move[name]) for move in action["moves"] for name in ("from_site", "to_site") if name in move}
        for one in self._serves.values():
            if one.wants_action(str(action["type"]), sites):
                id = str(action["id"])
                message = f"msg_{hashed(f'{one.name}/{self._network}/{id}')}"
                body = self._event(message, ACTION, record, id, f"{record.number:020d}.{action['nth']:06d}", action)
                self._outbox.tell(Message(message, one.name, ACTION, body), int(id[1:], 16), None)

    def _message(self, one: Subscription, record: Record, ordinal: int, words: dict[str, Any]) -> Message:
        """A CloudEvent in JSON: its id is the same whenever it is made."""
        place = f"{one.name}/{self._network}/{record.number}/{ordinal}"
        message, kind = f"msg_{hashed(place)}", f"tower.deviation.{words['status']}"
        body = self._event(message, kind, record, str(words["id"]), f"{record.number:020d}.{ordinal:06d}", words)
        return Message(message, one.name, kind, body)

    def _event(self, id: str, kind: str, record: Record, subject: str, sequence: str, data: dict[str, Any]) -> bytes:
        return orjson.dumps({
            "specversion": "1.0", "id": id, "source": f"/networks/{self._network}", "type": kind, "subject": subject,
            "time": clock.render(record.now), "datacontenttype": "application/json", "sequence": sequence, "data": data,
        })  # fmt: skip


def sent_in(record: Record, words: Names) -> Iterator[dict[str, Any]]:
    """The actions that a record says are to be done, each with the lines that it moves."""
    moves: dict[object, list[dict[str, Any]]] = {}
    for move in render_rows("action_moves", record.rows("action_moves"), words):
        if move["state"] == ASKED:
            shown = {name: value for name, value in move.items() if name not in ("action", "state", *INSIDE)}
            moves.setdefault(move["action"], []).append(shown)
    for action in render_rows("actions", record.rows("actions"), words):
        if action["state"] == SENT and action["key"] in moves:
            shown = {name: value for name, value in action.items() if name not in INSIDE}
            yield {"id": action["key"], **shown, "moves": moves[action["key"]]}


def hashed(place: str) -> str:
    """A name for a place, the same whenever it is asked for."""
    return blake2b(place.encode(), digest_size=12).hexdigest()


class Both:
    """Names from one place, or else from another."""

    def __init__(self, *lookups: Names) -> None:
        self._lookups = lookups

    def get(self, code: int, /) -> str | None:
        """What an id means."""
        return next((text for names in self._lookups if (text := names.get(code)) is not None), None)


def is_news(one: Subscription, last: tuple[float, int, int] | None, value: float, severity: int, now: int) -> bool:
    """Whether a subscriber wants to be told again: it is new, or worse, or has moved far enough after long enough."""
    if last is None or severity > last[1]:
        return True
    has_moved = severity != last[1] or not abs(value - last[0]) < max(one.minimum_change, 1e-9)
    return has_moved and now - last[2] >= one.minimum_interval_s * clock.SECOND


def documents(record: Record) -> Iterable[bytes]:
    """What a record of LOG says of subscriptions."""
    kinds = record.rows("event")["kind"]
    if SET in kinds:
        for row, text in zip(record.rows("document"), record.documents, strict=True):
            if kinds[row["event"]] == SET:
                yield bytes(text)
