"""Prefix: whether a world that is played anew has said, byte for byte, what the log's own world had said by a fork."""

from collections.abc import Iterator
from contextlib import closing
from typing import Final, NamedTuple

import numpy as np

from simulators.driver import numbered
from simulators.feed import merge
from simulators.scenarios import load, speech
from simulators.scenarios.reacting import ReactingFeed
from streams import names
from streams.adapters import columns
from streams.entries import entries
from tower.envelope import Envelope
from tower.logs import LogReader, urls

SOURCES: Final = (speech.DOCKS, speech.WAREHOUSE)


class Agreement(NamedTuple):
    """messages: that the log had from its world before the fork; equal: the one played anew sends just these."""

    messages: int
    equal: bool


def agreement(root: str, network: str, before: np.ndarray, moment: int) -> Agreement | None:
    """How the rows that a world has told before a moment agree with the inboxes of that network; None where these have
    lost their beginning, or there are none.
    """
    if not set(SOURCES) <= set(names.sources(root, network)):
        return None
    inboxes = {source: urls.reader(names.inbox(root, network, source)) for source in SOURCES}
    with closing(inboxes[speech.DOCKS]), closing(inboxes[speech.WAREHOUSE]):
        if any(inbox.first() > 1 for inbox in inboxes.values()):
            return None
        were = {source: list(sent(inbox, moment)) for source, inbox in inboxes.items()}
    anew: dict[str, list[tuple[int, bytes]]] = {source: [] for source in SOURCES}
    feed = load(network)
    assert isinstance(feed, ReactingFeed)
    for second, source, batch in merge(speech.say(feed.ids, before)):
        if second < moment:
            anew[source].append((second, columns.packed(numbered(batch))))
    return Agreement(sum(map(len, were.values())), were == anew)


def sent(inbox: LogReader, moment: int) -> Iterator[tuple[int, bytes]]:
    """The messages of an inbox that were received before a moment."""
    for _, data in entries(inbox):
        message = Envelope.decode(bytes(data))
        if message.received >= moment:
            return
        yield message.received, message.data
