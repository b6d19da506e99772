"""Puts messages together to appends: an append counts as a whole, once its last message lies where it was expected."""

from confluent_kafka import Message

from tower.errors import Lost
from tower.logs import Entry
from tower.logs.kafka_key import OPENING, Key, key_of

ANEW = "start without the state that was kept for it"


class Appends:
    """What a partition's messages, seen in their order, add up to; `log` is the id they carry."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.log = b""
        self._begun: list[Entry] = []
        self._next = 0

    def restart(self) -> None:
        """Forget what was begun: the next message comes from elsewhere in the log."""
        self._begun = []

    def key(self, message: Message) -> Key | None:
        """The key of a message that counts; raises Lost if it belongs to another log."""
        key = key_of(message)
        if key and key[3] != self.log:
            if self.log:
                raise Lost(f"{self.name} was emptied and written anew: it is another log now", ANEW)
            self.log = key[3]
        return key

    def add(self, message: Message) -> list[Entry]:
        """The entries that this message completes, mostly one or none."""
        key = self.key(message)
        if key is None or key[0] == OPENING:
            self._begun = []
            return []
        number, offset, left, _ = key
        if offset != self._next:  # what was begun is void: its writer died
            self._begun = []
        self._begun.append((number, message.value() or b""))
        self._next = offset + 1
        return [] if left else self._whole()

    def _whole(self) -> list[Entry]:
        whole, self._begun = self._begun, []
        return whole
