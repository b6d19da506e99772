"""Start: a network's picture from the live views, so that a long log need not be read from its beginning."""

import logging
from typing import Final

from api.hub.facts import WANTED
from api.hub.picture import RING, Picture
from sinks.views import Views
from tower.errors import TowerError

LOGGER: Final = logging.getLogger(__name__)


def pictured(network: str, views: Views | None, first: int, last: int) -> Picture:
    """A picture of the network as its views have it, standing some records before them: rows are whole, so that what
    is read twice changes nothing, and those who were away for less can be told what they missed.

    first, last  what OUTCOMES holds. Views that are behind its first record, or ahead of its last, are not used.
    """
    picture = Picture(network)
    picture.known = 0 if views is None else loaded(picture, views, first, last)
    picture.seq = max(first - 1, picture.known - RING, 0)
    return picture


def loaded(picture: Picture, views: Views, first: int, last: int) -> int:
    """Fill a picture from the views; the record that they are behind, 0 if they cannot be used."""
    try:
        position, tables = views.at_once(picture.network, WANTED)
        texts = views.all_names(picture.network)
    except TowerError as error:
        LOGGER.warning("views of %s cannot be used, OUTCOMES is read from its beginning: %s", picture.network, error)
        return 0
    if not first - 1 <= position.number <= last:
        return 0
    picture.names.learn(texts)
    for table, rows in tables.items():
        picture.facts.load(table, rows)
    picture.now = position.now
    return position.number
