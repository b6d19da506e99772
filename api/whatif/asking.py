"""Asking: what people want of a fork, as the player takes it: words, the moves of what they approve, how often."""

from typing import TYPE_CHECKING, Any

from api.http.chosen import DIGITS
from api.whatif.kept import WAITING, Told
from api.whatif.root import done_by_hand, place
from api.whatif.words import BASE, GIVEN, NAMES, SCENARIO, CompareAsked, ForkAsked, RunAsked, Words, check, day_of
from tower import clock
from tower.errors import UsageError
from tower.ids import UNKNOWN

if TYPE_CHECKING:
    from api.http.here import Here


def fork_of(root: str, network: str, said: ForkAsked, since: int | None) -> tuple[Told, Told]:
    """A fork to be kept, and what was done by hand before it. Raises UsageError."""
    from simulators import scenarios

    if said.since is not None and said.position is not None:
        raise UsageError("position: a fork is at a moment or at a record, not both", "leave one of them out")
    scenario = scenarios.find(SCENARIO)
    at = place(root, network, scenario, moment=since, position=said.position)
    past, done = done_by_hand(root, network, at.moment)
    moment = clock.render(at.moment)
    told = {"network": network, "from": moment, "moment": at.moment, "position": at.position,
            "state_hash": at.state_hash, "title": said.title or f"{scenario.title}, from {moment}", "past": past,
            "of": scenario.name, "by_hand": len(done), "made_at": clock.render(clock.wall_ms())}  # fmt: skip
    return told, {"done": done}


def asked_of_run(here: "Here", fork: Told, said: RunAsked) -> tuple[Told, Told]:
    """A run to be kept, and the moves of what is approved. Raises UsageError."""
    words = Words(**said.model_dump(include=set(Words.model_fields)))
    day_of(said.day)
    by_key = {NAMES[0]: words}
    told = asked("run", fork, [variant(fork, *one) for one in by_key.items()], said.day, 1, 0.0, words.titled())
    return told, approved(here, fork, by_key)


def asked_of_compare(here: "Here", fork: Told, said: CompareAsked) -> tuple[Told, Told]:
    """A comparison to be kept, and the moves of what is approved. Raises UsageError."""
    day_of(said.day)
    by_key = {BASE: said.base, **dict(zip(NAMES, said.changed, strict=False))}
    variants = [variant(fork, *one) for one in by_key.items()]
    title = said.title or f"{', '.join(one['title'] for one in variants[1:])} against {variants[0]['title']}"
    told = asked("compare", fork, variants, said.day, said.runs, said.precision, title)
    return told, approved(here, fork, by_key)


def asked(kind: str, fork: Told, variants: list[Told], day: str, runs: int, precision: float, title: str) -> Told:
    """What is kept of either."""
    now = clock.wall_ms()
    return {"kind": kind, "status": WAITING, "title": title, "fork": fork, "variants": variants, "day": day,
            "runs": runs, "precision": precision, "asked_ms": now, "asked_at": clock.render(now)}  # fmt: skip


def variant(fork: Told, key: str, words: Words) -> Told:
    """One variant, checked. Raises UsageError."""
    check(words)
    named = words.policy if isinstance(words.policy, str) else GIVEN
    return {"key": key, "title": words.titled(), "said": f"{words.said()},from={fork['from']}", "policy": named,
            "words": words.model_dump()}  # fmt: skip


def approved(here: "Here", fork: Told, by_key: dict[str, Words]) -> Told:
    """The moves of what each variant approves."""
    return {"moves": {key: moves(here, fork, words.approve) for key, words in by_key.items()}}


def moves(here: "Here", fork: Told, options: list[str]) -> list[dict[str, Any]]:
    """What is moved if these options are approved at the fork. Raises UsageError for one that did not stand then."""
    if not options:
        return []
    from tower.render import render_rows

    now = here.present(fork["network"])
    assert here.moments is not None
    then = here.moments.at(fork["network"], fork["moment"], now)
    found: list[dict[str, Any]] = []
    with then.lock:
        rows = then.tables["moves"].rows
        for said in options:
            digits = DIGITS.fullmatch(said)
            some = rows[rows["option"] == int(digits[1], 16)] if digits else rows[:0]
            if not some.size:
                raise UsageError(f"approve: no such option at the fork (got {said})",
                                 f"GET /v1/options?at={fork['from']} lists them")  # fmt: skip
            if (some["line"] == UNKNOWN).any():
                raise UsageError(f"approve: a plan of doors cannot be played on (got {said})", "an option about lines")
            told = render_rows("moves", some, then.names)
            found += [errand(int(key), one) for key, one in zip(some["line"], told, strict=True)]
    return found


def errand(key: int, move: dict[str, Any]) -> dict[str, Any]:
    """A move of an option as the world's hands take it: they know a line by its key, whatever it is called.

    >>> errand(0xA5, {"line": "O1/1", "from_leg": "UA1", "to_leg": "UA2"})
    {'key': '#00000000000000a5', 'order': '', 'line': '', 'leg': 'UA2', 'from_leg': True}
    """
    return {"key": f"#{key:016x}", "order": "", "line": "", "leg": move.get("to_leg"),
            "from_leg": "from_leg" in move}  # fmt: skip
