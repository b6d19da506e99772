"""Subscription: who is told of which deviations, or of which actions, as an event `subscription.set` says it."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from tower.errors import UsageError
from tower.events import SEVERITIES

NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")
"""Of topics and secrets: nothing that leaves a folder."""
LONGEST_URL: Final = 2048
ABOUT: Final = ("deviations", "actions")


@dataclass(frozen=True, slots=True)
class Subscription:
    """What one subscriber wants.

    url, topic, folder  one of the three
    about               deviations, or the actions that somebody is to do
    secret              the name of the file that holds what its webhooks are signed with
    sites, kinds        only these, () for all; a kind may end in `.*`
    severity            at least, 1 advisory .. 3 critical
    minimum_change      how far a value must have moved since it was told, for a deviation of the same severity
    minimum_interval_s  how long nothing more is said of a deviation whose severity does not rise, in log time
    """

    name: str
    url: str = ""
    topic: str = ""
    folder: str = ""
    about: str = "deviations"
    secret: str = ""
    sites: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    severity: int = 1
    minimum_change: float = 0.0
    minimum_interval_s: float = 0.0
    enabled: bool = True

    def wants_action(self, type: str, sites: Collection[str]) -> bool:
        """Whether an action of that type, on lines at these sites, is one to tell of."""
        return (self.about == "actions" and (not self.sites or not set(self.sites).isdisjoint(sites))
                and (not self.kinds or any(matches(pattern, type) for pattern in self.kinds)))  # fmt: skip

    def wants(self, kind: str, site: str, severity: int) -> bool:
        """Whether a deviation that stands so is one to tell of."""
        return (self.about == "deviations" and severity >= self.severity and (not self.sites or site in self.sites)
                and (not self.kinds or any(matches(pattern, kind) for pattern in self.kinds)))  # fmt: skip


def matches(pattern: str, kind: str) -> bool:
    """Whether a kind is meant.

    >>> matches("leg.*", "leg.late"), matches("leg.late", "leg.overdue")
    (True, False)
    """
    return kind.startswith(pattern[:-1]) if pattern.endswith(".*") else kind == pattern


def subscription(said: Mapping[str, Any]) -> Subscription:
    """What a document says; raises UsageError that names the field, the value and the form."""
    chosen = said.get("filter") or {}
    if not isinstance(chosen, Mapping):
        raise refusal("filter", chosen, "an object with site, severity, kind")
    if unknown := set(chosen) - {"site", "severity", "kind"}:
        raise refusal("filter", min(unknown), "site, severity, kind")
    found = Subscription(
        str(said["subscription"]), text(said, "url"), text(said, "topic"), text(said, "folder"),
        text(said, "about") or ABOUT[0], text(said, "secret_ref"),
        words(chosen, "site"), words(chosen, "kind"), level(chosen.get("severity", 1)),
        number(said, "minimum_change"), number(said, "minimum_interval_s"), said.get("enabled", True) is True,
    )  # fmt: skip
    check(found)
    return found


def check(found: Subscription) -> None:
    """Raises UsageError for one that cannot be served."""
    if sum(map(bool, (found.url, found.topic, found.folder))) != 1:
        raise refusal("url", found.url, "a url, a topic or a folder, one of the three")
    if found.about not in ABOUT:
        raise refusal("about", found.about, " or ".join(ABOUT))
    if found.url:
        where = urlsplit(found.url)
        is_plain = where.scheme in {"http", "https"} and where.hostname and not where.username
        if not is_plain or len(found.url) > LONGEST_URL:
            raise refusal("url", found.url, "https://host/path, without a password")
        if not NAME.fullmatch(found.secret):
            raise refusal("secret_ref", found.secret, "the name of a file with its secrets, never the secret itself")
    elif not NAME.fullmatch(found.topic or found.folder):
        raise refusal("topic", found.topic or found.folder, "a plain name, as tower.alerts")


def text(said: Mapping[str, Any], name: str) -> str:
    """A text that may be left out."""
    value = said.get(name) or ""
    if not isinstance(value, str):
        raise refusal(name, value, "a text")
    return value


def words(said: Mapping[str, Any], name: str) -> tuple[str, ...]:
    """A text, a list of them, or none."""
    value = said.get(name) or []
    found = [value] if isinstance(value, str) else value
    if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
        raise refusal(f"filter.{name}", value, "a text or a list of texts")
    return tuple(found)


def number(said: Mapping[str, Any], name: str) -> float:
    """A number that may be left out."""
    value = said.get(name, 0)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1e12:
        raise refusal(name, value, "a number, 0 or more")
    return float(value)


def level(value: object) -> int:
    """A severity by its number or its word."""
    if isinstance(value, str) and value in SEVERITIES:
        return SEVERITIES.index(value)
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value < len(SEVERITIES):
        raise refusal("filter.severity", value, "1 to 3, or advisory, warning, critical")
    return value


def refusal(name: str, value: object, form: str) -> UsageError:
    """The error for a field."""
    return UsageError(f"subscription.set: {name}: expected {form} (got {value!r})"[:400], "set the subscription again")
