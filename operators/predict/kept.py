"""Kept: what was learned as bytes, and back, bit for bit; of another layout it is refused, not guessed at."""

import json
from typing import Any, Final

import numpy as np

from operators.predict import claims, contest, forecast, line, situation, tiles
from operators.predict.claims import Claims
from operators.predict.contest import Contest
from operators.predict.forecast import Forecast
from operators.predict.line import Line
from operators.predict.questions import Question
from operators.predict.situation import Situation
from tower.errors import FormatError

VERSION: Final = 1
SIZE: Final = 4
LEARNED: Final = ("offsets", "scale", "learned")
CHANGED: Final = ("places", "values")
Arrays = dict[str, np.ndarray]


def of_forecast(f: Forecast, question: Question) -> bytes:
    """What a forecast has learned, and of which question. Places where nothing was learned are left out."""
    learned = {name: getattr(f, name) for name in LEARNED}
    weights = changed(f.weights, tiles.blank(*f.weights.shape[:2]))
    return packed(question.name, {**weights, **learned}, size=len(f.weights))


def to_forecast(data: bytes, question: Question) -> Forecast:
    """The forecast that goes on as if it had never stopped. Raises FormatError."""
    size, arrays = unpacked(data, question.name)
    blank = forecast.empty(question, bits(size, question))
    if size != len(blank.weights):
        raise FormatError(f"read {question.name}: another layout (got {size} places)")
    expected = {**changed(blank.weights, blank.weights), **{name: getattr(blank, name) for name in LEARNED}}
    check(arrays, expected, question.name)
    blank.weights[arrays["places"]] = arrays["values"]
    return blank._replace(**{name: arrays[name] for name in LEARNED})


def bits(size: int, question: Question) -> int:
    """2**bits of so many places are shared."""
    _, least = forecast.placed(question, 0)
    return max(size - least + 1, 1).bit_length() - 1


def of_situation(s: Situation) -> bytes:
    """A situation, whole."""
    return packed("situation", s._asdict(), size=s.mean.size)


def to_situation(data: bytes) -> Situation:
    """The situation that goes on as if it had never stopped. Raises FormatError."""
    size, arrays = unpacked(data, "situation")
    check(arrays, situation.empty(size)._asdict(), "situation")
    return Situation(**arrays)


def of_line(one: Line, question: Question) -> bytes:
    """What the challenger has learned. Places where nothing was learned are left out."""
    slopes = changed(one.slopes, np.zeros_like(one.slopes))
    return packed(f"line, {question.name}", {**slopes, "seen": one.seen, "middle": one.middle}, size=len(one.slopes))


def to_line(data: bytes, question: Question) -> Line:
    """The challenger that goes on as if it had never stopped. Raises FormatError."""
    what, blank = f"line, {question.name}", line.empty(question)
    size, arrays = unpacked(data, what)
    expected = {**changed(blank.slopes, blank.slopes), "seen": blank.seen, "middle": blank.middle}
    check(arrays, expected, what)
    if size != len(blank.slopes) or arrays["seen"].shape != blank.seen.shape:
        raise FormatError(f"read {what}: another layout (got {size} places)")
    blank.slopes[arrays["places"]] = arrays["values"]
    return blank._replace(seen=arrays["seen"], middle=arrays["middle"])


def of_others(tried: Contest, claimed: Claims, name: str) -> bytes:
    """Who serves and whose estimate is shown, whole."""
    return of_plain({**tried._asdict(), **claimed._asdict()}, name)


def to_others(data: bytes, what: str) -> tuple[Contest, Claims]:
    """Both, as if they had never stopped. Raises FormatError."""
    blank = {**contest.empty()._asdict(), **claims.empty()._asdict()}
    arrays = opened(data, what, blank)
    return Contest(*(arrays[name] for name in Contest._fields)), Claims(*(arrays[name] for name in Claims._fields))


def of_plain(one: Any, what: str) -> bytes:
    """Named arrays, whole."""
    return packed(what, one if isinstance(one, dict) else one._asdict(), size=0)


def to_plain(data: bytes, what: str, blank: Any) -> Any:
    """Named arrays as `blank` has them. Raises FormatError."""
    return type(blank)(**opened(data, what, blank._asdict()))


def opened(data: bytes, what: str, blank: Arrays) -> Arrays:
    """Arrays by the names of `blank`. Raises FormatError."""
    _, arrays = unpacked(data, what)
    check(arrays, blank, what)
    return arrays


def changed(values: np.ndarray, blank: np.ndarray) -> Arrays:
    """The rows that are not as they began, and where."""
    rows = np.flatnonzero((values != blank).reshape(len(values), -1).any(axis=1))
    return {"places": rows.astype("i8"), "values": values[rows]}


def packed(what: str, arrays: Arrays, size: int) -> bytes:
    """A line of JSON that says what follows, then the arrays."""
    about = {name: [values.dtype.str, list(values.shape)] for name, values in arrays.items()}
    head = json.dumps({"version": VERSION, "what": what, "size": size, "arrays": about}, sort_keys=True).encode()
    return b"".join([len(head).to_bytes(SIZE, "little"), head, *(arrays[name].tobytes() for name in sorted(arrays))])


def unpacked(data: bytes, what: str) -> tuple[int, Arrays]:
    """The size, and the arrays, writable. Raises FormatError where it is something else or of another version."""
    begin = SIZE + int.from_bytes(data[:SIZE], "little")
    try:
        told = json.loads(data[SIZE:begin])
        version, of, size, about = (told[name] for name in ("version", "what", "size", "arrays"))
        arrays, at = Arrays(), begin
        for name, (kind, shape) in sorted(about.items()):
            arrays[name] = np.frombuffer(data, kind, int(np.prod(shape)), at).reshape(shape).copy()
            at += arrays[name].nbytes
    except (ValueError, KeyError, TypeError, AttributeError) as cause:
        raise FormatError(f"read {what}: {cause}") from cause
    if (version, of, at) != (VERSION, what, len(data)):
        raise FormatError(f"read {what}: got version {version} of {of} ({len(data)} bytes), expected {VERSION} ({at})")
    return size, arrays


def check(arrays: Arrays, expected: Arrays, what: str) -> None:
    """Raises FormatError where an array is missing, or of another kind or shape; of `CHANGED` any number will do."""
    if looks(arrays) != looks(expected):
        raise FormatError(f"read {what}: another layout (got {sorted(arrays)})")


def looks(arrays: Arrays) -> dict[str, tuple[np.dtype, tuple[int, ...]]]:
    """Kind and shape of each."""
    return {name: (one.dtype, one.shape[1:] if name in CHANGED else one.shape) for name, one in arrays.items()}
