"""Mend: what a power cut leaves of logs that nobody may come to write again, so that readers see all that is kept."""

from collections.abc import Iterator
from contextlib import suppress

from streams import names
from tower.errors import Refused
from tower.logs import urls


def mend(root: str) -> None:
    """Open and close the writer of each file log under a root, but for those that have one.

    To be done once, before anything starts. Only a log's writer knows its end after a power cut: what is synced may not
    be shown, so that a reader misses it or believes that the log was cut; and what is shown may be gone. The inbox of a
    source that never speaks again has no writer.
    """
    if root.startswith("file:"):
        for url in urls_under(root):
            with suppress(Refused):
                urls.writer(url).close()


def urls_under(root: str) -> Iterator[str]:
    """Every log of every network."""
    for network in names.networks(root):
        yield from (names.inbox(root, network, source) for source in names.sources(root, network))
        yield from (of(root, network) for of in (names.log, names.outcomes, names.skips))
