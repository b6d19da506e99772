"""Times: a column of RFC 3339 texts at once, where all have one of the four usual shapes."""

from typing import Final

import numpy as np

from streams.adapters import limits
from tower import clock

SHAPES: Final = {
    len(shape): np.frombuffer(shape, "u1")
    for shape in (b"0000-00-00T00:00:00Z", b"0000-00-00T00:00:00.000Z", b"0000-00-00T00:00:00+00:00",
                  b"0000-00-00T00:00:00.000+00:00")
}  # fmt: skip
DAYS_BEFORE: Final = np.array([0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365])
ZERO, SIGN = 48, b"+"[0]


def parse_all(texts: list[str]) -> np.ndarray:
    """Each as ms, as `clock.parse` reads it; ValueError if any has another shape or is not a time."""
    width = len(texts[0])
    if width not in SHAPES or set(map(len, texts)) != {width}:
        raise ValueError("not of one usual shape")
    chars = np.frombuffer("".join(texts).encode("ascii"), "u1").reshape(-1, width)
    ms = _read(chars, _digits(chars, SHAPES[width]))
    if ms.min() < clock.OLDEST or ms.max() > limits.LATEST:
        raise ValueError("out of range")
    return ms


def _digits(chars: np.ndarray, shape: np.ndarray) -> np.ndarray:
    fixed = (shape != ZERO) & (shape != SIGN)
    digits = chars - np.uint8(ZERO)
    if (chars[:, fixed] != shape[fixed]).any() or (digits[:, shape == ZERO] > 9).any():
        raise ValueError("not of the usual shape")
    return digits


def _read(chars: np.ndarray, digits: np.ndarray) -> np.ndarray:
    year, month, day = _whole(digits, 0, 4), _whole(digits, 5, 7), _whole(digits, 8, 10)
    hour, minute, second = (_whole(digits, at, at + 2) for at in (11, 14, 17))
    if (hour > 23).any() or (minute > 59).any() or (second > 59).any():
        raise ValueError("no such time of day")
    width = chars.shape[1]
    fraction = _whole(digits, 20, 23) if width in (24, 29) else 0
    zone = _zone(chars, digits) if width > 24 else 0
    return (((_days(year, month, day) * 24 + hour) * 60 + minute - zone) * 60 + second) * 1000 + fraction


def _whole(digits: np.ndarray, start: int, stop: int) -> np.ndarray:
    out = digits[:, start].astype("i8")
    for at in range(start + 1, stop):
        out = out * 10 + digits[:, at]
    return out


def _days(year: np.ndarray, month: np.ndarray, day: np.ndarray) -> np.ndarray:
    """Days since 1970."""
    if ((month < 1) | (month > 12)).any():
        raise ValueError("no such month")
    leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    longest = DAYS_BEFORE[month] - DAYS_BEFORE[month - 1] + (leap & (month == 2))
    if ((day < 1) | (day > longest)).any():
        raise ValueError("no such day")
    before = year - 1
    years = before * 365 + before // 4 - before // 100 + before // 400 - 719_162
    return years + DAYS_BEFORE[month - 1] + (leap & (month > 2)) + day - 1


def _zone(chars: np.ndarray, digits: np.ndarray) -> np.ndarray:
    """Minutes ahead of UTC."""
    hour, minute, sign = _whole(digits, -5, -3), _whole(digits, -2, 0), chars[:, -6]
    if (hour > 23).any() or (minute > 59).any() or not np.isin(sign, (SIGN, b"-"[0])).all():
        raise ValueError("no such zone")
    return np.where(sign == SIGN, 1, -1) * (hour * 60 + minute)
