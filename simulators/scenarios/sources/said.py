"""Said: a scenario's names and the blocks made of columns."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import orjson

from simulators.feed import Arrivals
from simulators.recorded.blocks import Block, Parts, arrivals
from tower import ids
from tower.batch import PAIRED
from tower.events import BY_NAME
from tower.ids import UNKNOWN, pairs

Facts = dict[str, object]
Columns = Mapping[str, np.ndarray | float]


class Said:
    """Makes blocks: ids from texts, and for each event an id that any fork would give it too."""

    def __init__(self) -> None:
        self.names: dict[int, str] = {}

    def ids(self, kind: str, texts: Sequence[str]) -> np.ndarray:
        """The ids of things of one kind; an empty text is unknown."""
        found = {text: self.id(kind, text) if text else int(UNKNOWN) for text in dict.fromkeys(texts)}
        return np.array([found[text] for text in texts], "u8")

    def id(self, kind: str, text: str) -> int:
        """The id of one thing."""
        code = ids.of(kind, text)
        self.names[code] = text
        return code

    def block(
        self, kind: str, at: np.ndarray, subject: np.ndarray | None, columns: Columns, parts: Parts | None = None
    ) -> Block:
        """Events of one kind; `subject` is None where two of the columns name it."""
        full = {name: np.broadcast_to(values, at.shape) for name, values in columns.items()}
        if subject is None:
            first, second = PAIRED[BY_NAME[kind].family]
            subject = pairs(full[first], full[second])
        return Block(kind, stamps(BY_NAME[kind].number, subject, at), at, subject, full, parts=parts)

    def documents(self, kind: str, at: int, facts: Iterable[Facts]) -> Block:
        """Events of one low-rate kind; each fact names its subject in the field that the kind says."""
        told = list(facts)
        of = BY_NAME[kind].subject[0]
        subject = self.ids(of.of, [str(fact[of.name]) for fact in told])
        moments = np.full(len(told), at)
        texts = [orjson.dumps(fact, option=orjson.OPT_SORT_KEYS) for fact in told]
        return Block(kind, stamps(BY_NAME[kind].number, subject, moments), moments, subject, documents=texts)

    def arrivals(self, source: str, blocks: Sequence[Block]) -> Arrivals:
        """What a source says; all share one dict of names, which is complete when the last has been made."""
        self.id("source", source)
        found = arrivals(source, blocks, {})
        found.batch.names = self.names
        return found


def stamps(kind: int, *columns: np.ndarray) -> np.ndarray:
    """An event's id from what it says: in every fork the same thing said of the same subject at the same moment."""
    total = np.full(columns[0].shape, kind, "u8")
    for column in columns:
        total = pairs(total, column.astype("u8"))
    return total
