"""Filters: which rows of a channel somebody wants to hear of."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from api.hub.frames import Filter

Passes = Callable[[Mapping[str, Any]], bool]
PLACES: Final[dict[str, tuple[str, ...]]] = {
    "legs": ("origin", "dest"), "plans": ("from_site", "to_site"), "sites": ("id",),
}  # fmt: skip
"""Where a channel's rows say a site, if not in `site`."""


def passes(channel: str, wanted: Filter) -> Passes:
    """Whether a row of the channel is wanted."""
    sites, kinds, names = frozenset(wanted.site), frozenset(wanted.kind), frozenset(wanted.name)
    places = PLACES.get(channel, ("site",))

    def wants(row: Mapping[str, Any]) -> bool:
        return (
            (not sites or any(row.get(place) in sites for place in places))
            and row.get("severity", 0) >= wanted.severity
            and (not kinds or row.get("kind") in kinds)
            and (not names or row.get("name") in names)
        )

    return wants


def key(wanted: Filter) -> tuple[Any, ...]:
    """Equal for filters that let the same pass."""
    return tuple(sorted(set(wanted.site))), wanted.severity, tuple(sorted(set(wanted.kind))), tuple(
        sorted(set(wanted.name))
    )
