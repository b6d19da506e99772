"""Events as their sources send them: drawn from the whole vocabulary, and the envelopes they come in."""

from collections.abc import Sequence

import orjson
from hypothesis import strategies as st

from streams.adapters import heads, limits
from tower import clock, ids
from tower.batch import Batch
from tower.envelope import Envelope
from tower.events import HEAD, KINDS, REFERENCE, Kind, Part
from tower.fields import Field, Type, id_of, time

NOW = 1_360_314_000_000
Event = dict[str, object]

CHARS = st.characters(exclude_categories=["Cs"], exclude_characters="\0")
names = st.text(CHARS, min_size=1, max_size=16)
moments = st.integers(clock.OLDEST, limits.LATEST)
times = moments | moments.map(clock.render)
VALUES: dict[Type, st.SearchStrategy[object]] = {
    Type.TIME: times, Type.COUNT: st.integers(0, limits.WHOLE), Type.DELTA: st.integers(-limits.WHOLE, limits.WHOLE),
    Type.NUMBER: st.floats(allow_nan=False, allow_infinity=False) | st.integers(-10, 10), Type.ID: names,
    Type.TEXT: st.text(CHARS, max_size=20),
}  # fmt: skip
plain = st.none() | st.booleans() | st.integers(-9, limits.WHOLE) | st.floats(-9, 9) | st.text(CHARS, max_size=5)
anything = st.recursive(plain, lambda s: st.lists(s, max_size=2) | st.dictionaries(names, s, max_size=2), max_leaves=4)
documents = st.dictionaries(names.filter(lambda name: name not in heads.COMMON), anything, max_size=3)


def value(of: Field) -> st.SearchStrategy[object]:
    if of.of == "network":
        return st.just("us")
    return st.sampled_from(of.words) if of.type is Type.CODE else VALUES[of.type]


def fields(of: Sequence[Field], required: Sequence[str]) -> st.SearchStrategy[Event]:
    needed = {f.said: value(f) for f in of if f.name in required}
    return st.fixed_dictionaries(needed, optional={f.said: value(f) for f in of if f.name not in required})


def parts(part: Part, required: bool) -> st.SearchStrategy[list[Event]]:
    def key(item: Event) -> tuple[str, ...]:
        return tuple(str(item.get(of.name)) for of in part.keys)

    item = fields(part.fields, [part.keys[-1].name])
    return st.lists(item, min_size=int(required), max_size=3, unique_by=key)


def references() -> st.SearchStrategy[Event]:
    return st.dictionaries(st.sampled_from(REFERENCE[1].words), names | st.lists(names, min_size=2, max_size=3))


def corrections() -> st.SearchStrategy[Event]:
    by_id = st.fixed_dictionaries({"id": names}, optional={"reason": VALUES[Type.TEXT]})
    return by_id | st.sampled_from(KINDS).flatmap(_by_moment)


def _by_moment(kind: Kind) -> st.SearchStrategy[Event]:
    subject = names if len(kind.subject) == 1 else st.lists(names, min_size=2, max_size=2)
    return st.fixed_dictionaries({"kind": st.just(kind.name), "subject": subject, "moment": times})


@st.composite
def event(draw: st.DrawFn, kinds: Sequence[Kind] = KINDS) -> Event:
    kind = draw(st.sampled_from(kinds))
    said: Event = {**draw(documents)} if kind.is_document else {}
    said |= {part.name: draw(parts(part, part.name in kind.required)) for part in kind.parts}
    said |= draw(fields((*kind.subject, *kind.fields), [*(f.name for f in kind.subject), *kind.required]))
    if not kind.is_document and draw(st.booleans()):
        said["references"] = draw(references())
    if draw(st.booleans()):
        said["corrects"] = draw(corrections())
    common = fields(COMMON, ["id", "at"])
    return {**said, **draw(common), "kind": kind.name}


def _common() -> tuple[Field, ...]:
    kept = [f for f in HEAD if f.name in ("source", "said_at", "sequence", "classifier")]
    return (id_of("event", "id"), time("at"), *kept)


COMMON = _common()


def envelope(data: object, content_type: str = "application/json", received: int = limits.LATEST) -> Envelope:
    """A message of that content, or of those bytes; by default so late that no moment is too far ahead."""
    return Envelope("inbox", received, content_type, data if isinstance(data, bytes) else orjson.dumps(data))


def own_ids(events: Sequence[Event]) -> dict[int, str]:
    """What the ids of these events mean."""
    return {ids.of("event", f"{e.get('source', 'inbox')}\0{e['id']}"): str(e["id"]) for e in events}


def same(a: Batch, b: Batch) -> bool:
    """Whether two batches hold the same bytes."""
    tables = [{name: rows.tobytes() for name, rows in x.tables.items() if rows.size} for x in (a, b)]
    return tables[0] == tables[1] and (a.names, a.documents, a.raws) == (b.names, b.documents, b.raws)


def reasons(batch: Batch) -> list[str]:
    """Why each rejected row was."""
    return [batch.names[code] for code in batch.rows("rejected")["reason"].tolist()]
