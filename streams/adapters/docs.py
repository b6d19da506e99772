"""Docs: the page of the vocabulary, for people who send events. `python -m streams.adapters.docs > docs/events.md`."""

import sys
from collections.abc import Iterator
from typing import Final

import orjson

from streams.adapters import ALL, limits
from tower.events import CLASSIFIERS, KINDS, REFERENCE, Kind, Part
from tower.fields import Field, Type

MOMENT: Final = "2013-02-08T14:05:00-05:00"
EXAMPLES: Final[dict[Type, object]] = {Type.TIME: MOMENT, Type.COUNT: 2, Type.DELTA: -3, Type.NUMBER: 4.5,
                                       Type.TEXT: "as told"}  # fmt: skip
LATER: Final = "2013-02-08T17:05:00-05:00"
NAMED: Final[dict[str, object]] = {"p_hazard": 0.4, "p_cancel": 0.4, "until": LATER, "window_end": LATER}
"""Examples of fields that not every value of their type suits."""
ORIGINS: Final = {"x": "exogenous", "n": "endogenous", "h": "human or our own"}

HEADING: Final = """# Events

Printed from `tower/events.py` by `python -m streams.adapters.docs`: every kind of event, and what it may say.

## Messages

Formats: {formats}. Content types: {types}.
Without one, the format is found by looking. Columns are for our own programs.

A message has at most {message:,} bytes and {count:,} events, an event at most {depth} levels,
a name 1 to {name} bytes and no zero byte, a text at most {text:,} bytes. What is longer is rejected, never cut.
A door that answers takes a message whole or not at all, and names row and field.

CloudEvents: `type` is the kind, `source` and `id` are ours, `time` is `at` unless `data` has one, our fields are
`data`; `network`, `sequence` and `classifier` may be extension attributes.

## What any event may say

| field | | |
|---|---|---|
| `id` | required | unique per source, a name |
| `kind` | required | one of the kinds below |
| `at` | required | when it happened: {time}; from 1990 to 400 days ahead |
| `source` | | who says so; by default whoever sent the message |
| `network` | | the network it belongs to |
| `said_at` | | the source's own clock when it said so |
| `sequence` | | {whole}: orders events of one `at` |
| `classifier` | | {classifiers} |
| `corrects` | | the event that this one replaces: `id`, or `kind`, `subject` and `moment`; and a `reason` |
| `references` | | other names, one or a list for each of {schemes} |

`null` is the same as nothing. Fields that a kind does not have are ignored (the message is kept). Times are {time}.
Where two fields say what an event is about, the `subject` of `corrects` is a list of two. Any other scheme of
`references` counts as other. Documents are kinds that happen seldom: they may have any fields, `references` too, and
are kept as JSON. A severity may be told by its number, 1 to 3.

What people do about a deviation names it as the feed does, `#` and 16 hex digits, and may say `by` whom (else its
source did it): `deviation.shelved` needs `until` (a time), `deviation.assigned` needs `to` (a name), `deviation.noted`
needs `text`. What does not, or is about a deviation that is unknown or over, is rejected with the reason. Who
acknowledges a deviation first, or is assigned it, has it until he assigns it to somebody or releases it; what others
then acknowledge, assign, release or shelve of it changes nothing. `network.declared` may have `tz`, whose midnights end
the network's days.

What is to come is said by `weather.forecast`, of a station and the time from `for` until `until`, and by
`carrier.advisory`, of the legs of a `carrier`, from `site`, to `dest` (what is not told: any) that leave from
`window_start` until before `window_end`. Of a station and `for`, and of an `advisory`, what has
the newest `at` counts; one that says 0 takes back what was said. A chance beyond 0 to 1, an end before its begin, a
negative delay, an advisory that is about nothing or says nothing is rejected with the reason.

`model.promoted` says who is to answer a question (`model`, as `GET /v1/models` names it): `serves` is `tiles`,
`linear`, `blend` or `schedule`; `model.rolled_back` leaves it to the rule again. Both say `by` whom and the `reason`.
Of a model the newest `at` counts; what names another model or server, or gives no reason, is rejected.

`door.declared` may have, besides `site`: `dock_group`, `purpose` (load, unload), `climate` (ambient, reefer) and
`length_m`, what it is for. A plan of doors sends no visit to a door that is said to be for others; what nobody has said
of door or visit is no hindrance. Of a door the newest declaration counts. Where `crews` of a team are told, no more
visits of its site are planned at once than crews are there: as rostered, from `labour.present` on as many as came
(without `crews`: by the share of its heads).

`plan.proposed` comes from the tower's own flow `plan`. About doors it says `plan` (`doors`), `site`, `basis` (the
record that it was worked out from), `moves` (of each `visit`: `door`, `start`, `from_door`, `from_start`,
`saved_cents`, and `seen`, a hash of how the visit stood) and a `certificate`. Ids are `#` and 16 hex digits. What
cannot be read is rejected.

"""


def page() -> str:
    """The page."""
    return _heading() + "## Kinds\n\n" + "\n".join(line for kind in KINDS for line in section(kind))


def _heading() -> str:
    types = sorted({f"`{name}`" for adapter in ALL for name in adapter.TYPES})
    return HEADING.format(
        formats=", ".join(adapter.NAME for adapter in ALL), types=", ".join(types), message=limits.MESSAGE,
        count=limits.EVENTS, depth=limits.DEPTH, name=limits.NAME, text=limits.TEXT, time=Type.TIME.value,
        whole=Type.COUNT.value, classifiers=", ".join(CLASSIFIERS), schemes=", ".join(REFERENCE[1].words),
    )  # fmt: skip


def section(kind: Kind) -> Iterator[str]:
    """What the page says about one kind."""
    yield f"### {kind.name}\n"
    home = "a document" if kind.is_document else f"family `{kind.family}`"
    yield f"Number {kind.number}, {ORIGINS[kind.origin]}, {home}.\n"
    yield "| field | | |\n|---|---|---|"
    needed = {*kind.required, *(f.name for f in kind.subject if f.name != "network")}
    yield from (_line(f, f.name in needed) for f in (*kind.subject, *kind.fields))
    for part in kind.parts:
        yield f"| `{part.name}` | {'required' if part.name in kind.required else ''} | a list of objects: |"
        yield from (_line(f, f == part.keys[-1], f"{part.name}[].") for f in part.fields)
    yield f"\n```json\n{orjson.dumps(example(kind)).decode()}\n```\n"


def _line(of: Field, required: bool, within: str = "") -> str:
    words = ", ".join(of.words) if of.type is Type.CODE else of.type.value
    return f"| `{within}{of.said}` | {'required' if required else ''} | {words}{f'; {of.doc}' if of.doc else ''} |"


def example(kind: Kind, number: int = 1) -> dict[str, object]:
    """An event of this kind that says all that it can; others for other numbers."""
    event: dict[str, object] = {"id": f"e{number}", "kind": kind.name, "at": MOMENT}
    event |= {f.said: said(f, number) for f in (*kind.subject, *kind.fields)}
    return event | {part.name: [_part(part, n) for n in (1, 2)] for part in kind.parts}


def _part(part: Part, number: int) -> dict[str, object]:
    return {f.said: number if f.type is Type.COUNT else said(f, number) for f in part.fields}


def said(of: Field, number: int) -> object:
    """A value of this field."""
    if of.type is Type.CODE:
        return of.words[number % len(of.words)]
    return f"{of.of}-{number}" if of.type is Type.ID else NAMED.get(of.said, EXAMPLES[of.type])


if __name__ == "__main__":
    sys.stdout.write(page())
