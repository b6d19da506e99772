"""Root: where a fork stands in a network's log: the record, the hash of all that was said by it, and what people did.

What was done by hand is read from the inbox in which the world's hands tell what they take on: each action with its
moves and its moment. A world that is played anew with them has the past that this log has.
"""

from collections.abc import Iterator
from contextlib import closing
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import orjson

from api.http.past import number_at, record_of
from streams import names
from streams.entries import entries
from tower import clock
from tower.envelope import Envelope
from tower.errors import Lost, Trimmed, UsageError
from tower.logs import urls

if TYPE_CHECKING:
    from simulators.scenarios.scenario import Scenario

RUNNING: Final = "running"
RECORDED: Final = "recorded"


class Place(NamedTuple):
    """position: a record of LOG; moment: ms; state_hash: the running hash of OUTCOMES up to it."""

    position: int
    moment: int
    state_hash: str


def place(root: str, network: str, scenario: "Scenario", *, moment: int | None, position: int | None) -> Place:
    """The place of that moment, of that record, or the newest. Raises UsageError where nothing is (any more)."""
    with closing(urls.reader(names.outcomes(root, network))) as log:
        first, last = log.first(), log.last()[0]
        if last < first:
            raise UsageError("fork: nothing has been said in this network yet", "ask again in a while")
        newest = record_of(log, last).now
        if moment is not None and moment > newest:
            raise UsageError(f"from: still to come; it is {clock.render(newest)}", "an earlier moment, or none")
        if position is not None and not first <= position <= last:
            raise UsageError(f"position: the log has records {first} to {last} (got {position})", str(last))
        number = position or (last if moment is None else number_at(log, moment))
        if number < first:
            raise UsageError(f"from: nothing is kept of {clock.render(moment or 0)}", "a later moment")
        try:
            record = record_of(log, number)
        except (Trimmed, Lost) as error:
            raise UsageError(f"position: {error.what}", "a later one") from None
    at = record.now if moment is None else moment
    if not scenario.start_ms <= at < scenario.end_ms:
        span = f"{clock.render(scenario.start_ms)} to {clock.render(scenario.end_ms)}"
        raise UsageError(f"from: the scenario is from {span} (got {clock.render(at)})", "a moment within")
    return Place(number, at, f"{record.chain:016x}")


def done_by_hand(root: str, network: str, moment: int) -> tuple[str, list[dict[str, Any]]]:
    """What was done in the world before a moment, [{at, moves}], and `running`; where the inbox has lost its beginning
    none of it, and `recorded`.
    """
    past, done = all_by_hand(root, network)
    return past, [one for one in done if one["at"] < moment]


def all_by_hand(root: str, network: str) -> tuple[str, list[dict[str, Any]]]:
    """All that was done in the world so far, in the same words."""
    from simulators.hands import SOURCE  # and with it a world: only who forks needs one

    if SOURCE not in names.sources(root, network):
        return RUNNING, []
    with closing(urls.reader(names.inbox(root, network, SOURCE))) as inbox:
        if inbox.first() > 1:
            return RECORDED, []
        return RUNNING, list(taken_on(inbox))


def taken_on(inbox: Any) -> Iterator[dict[str, Any]]:
    """The actions that an inbox says were taken on to be done."""
    for _, data in entries(inbox):
        for said in orjson.loads(Envelope.decode(bytes(data)).data):
            if said["kind"] == "action.acknowledged":
                yield {"at": said["at"], "moves": said["moves"]}
