"""Asking: what people want of a fork, as the player takes it: words, the moves of what they approve, how often."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from api.http.chosen import DIGITS
from api.whatif.kept import WAITING, Told
from api.whatif.root import RUNNING, all_by_hand, done_by_hand, place
from api.whatif.words import BASE, IN_FORCE, NAMES, TITLES, CompareAsked, ForkAsked, RunAsked, Words, check, day_of
from streams import names
from tower import clock
from tower.errors import UsageError
from tower.outcomes import CAUSES, OPTIONS

if TYPE_CHECKING:
    from api.http.here import Here
    from api.http.present import Present

ALONE: Final = "what policy lets the tower do alone is done only as far as it was"


def fork_of(root: str, network: str, said: ForkAsked, since: int | None) -> tuple[Told, Told]:
    """A fork to be kept, and what was done by hand before it. Raises UsageError."""
    from simulators import scenarios

    if said.since is not None and said.position is not None:
        raise UsageError("position: a fork is at a moment or at a record, not both", "leave one of them out")
    scenario = scenarios.with_world(network)
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
    day, by_key = day_of(fork, said.day).name, {NAMES[0]: words}
    hand = hand_of(here, fork, by_key)
    variants = [variant(fork, *one, hand) for one in by_key.items()]
    return asked("run", fork, variants, day, 1, 0.0, words.titled()), hand


def asked_of_compare(here: "Here", fork: Told, said: CompareAsked) -> tuple[Told, Told]:
    """A comparison to be kept, and the moves of what is approved. Raises UsageError."""
    day = day_of(fork, said.day).name
    by_key = {BASE: said.base, **dict(zip(NAMES, said.changed, strict=False))}
    hand = hand_of(here, fork, by_key)
    variants = [variant(fork, *one, hand) for one in by_key.items()]
    title = said.title or f"{', '.join(one['title'] for one in variants[1:])} against {variants[0]['title']}"
    return asked("compare", fork, variants, day, said.runs, said.precision, title), hand


def asked(kind: str, fork: Told, variants: list[Told], day: str, runs: int, precision: float, title: str) -> Told:
    """What is kept of either."""
    now = clock.wall_ms()
    return {"kind": kind, "status": WAITING, "title": title, "fork": fork, "variants": variants, "day": day,
            "runs": runs, "precision": precision, "asked_ms": now, "asked_at": clock.render(now)}  # fmt: skip


def variant(fork: Told, key: str, words: Words, hand: Told) -> Told:
    """One variant, and what it rests on."""
    said, assumes = f"{words.said(fork['of'])},from={fork['from']}", list(assumed(fork, words, hand))
    return {"key": key, "title": words.titled(), "said": said, "policy": words.priced, "assumes": assumes,
            "about": hand["about"].get(key, []), "words": words.model_dump()}  # fmt: skip


def assumed(fork: Told, words: Words, hand: Told) -> Iterator[str]:
    """What a variant takes for granted, in words."""
    if words.policy == IN_FORCE:
        set_by = ", ".join(sorted(hand["in_force"]))
        yield f"policy: in force at the fork, which sets {set_by}" if set_by else "policy: usual; none was set"
    else:
        yield f"policy: {words.priced}, whatever was in force"
    if fork["past"] != RUNNING:
        yield "done by hand before the fork: nothing, as the log has lost its beginning"
    if not words.goes_on:
        yield f"decided after the fork: nothing by people; {TITLES[words.plan].lower()} plans from then on"
        return
    later = hand["later"]
    upto = f"{len(later)} actions up to {clock.render(later[-1]['at'])}" if later else "no action so far"
    yield f"decided after the fork: as it was, where it still holds ({upto}); {ALONE}"


def hand_of(here: "Here", fork: Told, by_key: dict[str, Words]) -> Told:
    """What only the player reads, of variants that were checked: what each approves, what was decided since the fork,
    the clauses that were in force at it. Raises UsageError.
    """
    from api.whatif.in_force import in_force

    for words in by_key.values():
        check(words, fork)
    _, done = all_by_hand(here.root, fork["network"])
    is_asked = any(words.policy == IN_FORCE for words in by_key.values())
    states, about = names.states_of(here.told), dict[str, list[Told]]()
    return {
        "moves": {key: moves(here, fork, words.approve, about.setdefault(key, [])) for key, words in by_key.items()},
        "about": about,
        "later": [one for one in done if one["at"] >= fork["moment"]],
        "in_force": in_force(here.root, states, fork["network"], fork["position"]) if is_asked else {},
    }


def moves(here: "Here", fork: Told, options: list[str], about: list[Told]) -> list[dict[str, Any]]:
    """What is moved if these options are approved at the fork; each of them is added to `about`, with its incident.
    Raises UsageError for one that did not stand then.
    """
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
            about.append(incident_of(then, int(digits[1], 16)) if digits else {})
            told = render_rows("moves", some, then.names)
            found += [errand(int(key), one) for key, one in zip(some["line"], told, strict=True)]
    return found


def incident_of(then: "Present", option: int) -> Told:
    """What an option is about: its kind, its incident, and the cause and site of that as far as they are known."""
    row = then.tables["options"].get(option)
    found: Told = {"option": f"#{option:016x}"}
    if row is None:
        return found
    found |= {"incident": f"#{int(row['incident']):016x}", "kind": OPTIONS[row["kind"]]}
    incident = then.tables["incidents"].get(int(row["incident"]))
    if incident is not None:
        found |= {"cause": CAUSES[incident["cause"]], "site": then.names.get(int(incident["site"]))}
    return found


def errand(key: int, move: dict[str, Any]) -> dict[str, Any]:
    """A move of an option as the world's hands take it: they know a line by its key, whatever it is called; a visit by
    its name.

    >>> errand(0xA5, {"line": "O1/1", "from_leg": "UA1", "to_leg": "UA2"})
    {'key': '#00000000000000a5', 'order': '', 'line': '', 'leg': 'UA2', 'from_leg': True}
    """
    if "visit" in move:
        from simulators.scenarios.obeying import Seating

        return Seating.asked(move).kept()
    return {"key": f"#{key:016x}", "order": "", "line": "", "leg": move.get("to_leg"),
            "from_leg": "from_leg" in move}  # fmt: skip
