"""Start: a network from the live views, then followed in OUTCOMES."""

import logging
from contextlib import closing
from typing import Final

from api.http.present import Present
from api.hub.follow import Follow
from sinks.views import Views
from sinks.views.keys import LIVE
from streams import names
from tower.errors import TowerError
from tower.logs import urls

BACK: Final = 50_000
"""Records of OUTCOMES before the live views that are read for what was said in them."""
LOGGER: Final = logging.getLogger("api.http")


def started(root: str, network: str, views: Views | None) -> tuple[Present, Follow]:
    """The network as its views have it, and the thread that keeps it so; not yet started."""
    with closing(urls.reader(names.outcomes(root, network))) as log:
        first, last = log.first(), log.last()[0]
    present = Present(network)
    if views is not None:
        load(present, views, first, last)
    after = max(first - 1, present.known - BACK, 0)
    return present, Follow(root, network, after, lambda _, records: present.take(records))


def load(present: Present, views: Views, first: int, last: int) -> None:
    """Begin with the views, if they are between the first and the last record that OUTCOMES has."""
    try:
        position, tables = views.at_once(present.network, sorted(LIVE))
        texts = views.all_names(present.network)
    except TowerError as error:
        LOGGER.warning("views of %s cannot be used, OUTCOMES is read from its beginning: %s", present.network, error)
        return
    if first - 1 <= position.number <= last and position.number > 0:
        present.load(position.number, position.now, tables, texts)
