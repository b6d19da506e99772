"""The plain twin of `forecast`, `tiles` and `bands`: the same numbers from dictionaries and loops, slowly."""

import math
from itertools import pairwise
from typing import Final

import numpy as np

from operators.predict import forecast as said
from operators.predict.questions import Question
from operators.predict.tiles import CHANCE
from tower.math import exp

M64: Final = (1 << 64) - 1
END: Final = 1 + said.CARRIER_SLOTS + said.BANDS_OF_DAY
Codes = list[int]


def stirred(h: int) -> int:
    """As `hashing.stirred`."""
    h = (h ^ (h >> 29)) * 0xBF58476D1CE4E5B9 & M64
    return h ^ (h >> 32)


def joined(h: int, value: int) -> int:
    """As `hashing.joined`."""
    return stirred(h ^ (value * 0xC2B2AE3D27D4EB4F & M64))


class Plain:
    """One question's model: `issue` a row, `release` its label."""

    def __init__(self, question: Question, bits: int = said.BITS) -> None:
        self.question, self.learned = question, 0
        self.terms, self.size = said.placed(question, bits)
        self.weights: dict[tuple[int, int], tuple[np.float32, np.float32]] = {}
        self.offsets: dict[tuple[int, int], float] = {}
        self.slope, self.shift = 1.0, 0.0

    def issue(self, codes: Codes, base: float, carrier: int, clock_min: float) -> list[float]:
        """What is issued, in the order of `forecast.ISSUED`."""
        raw, new = self.outputs(codes, base)
        why = self.doubt(codes, base, new)
        if why in (said.FEW, said.BLIND):
            return [*raw, math.nan, math.nan, math.nan, math.nan, why]
        times = 1.0 if why == said.SURE else said.WIDER
        half = max(raw[2] - raw[0], 5.0) * 0.5
        down, up = 0.0, 0.0
        for slot in self.slots(carrier, clock_min):
            down += self.offsets.get((slot, 0), 0.0)
            up += self.offsets.get((slot, 1), 0.0)
        low = raw[1] - times * max(raw[1] - raw[0] + half * down, 0.0)
        high = raw[1] + times * max(raw[2] - raw[1] + half * up, 0.0)
        return [*raw, low, raw[1], high, chance(self.slope * held(raw[3]) + self.shift), why]

    def release(
        self, codes: Codes, base: float, carrier: int, clock_min: float, label: float, told: list[float]
    ) -> None:
        """Learn one label, once."""
        if math.isnan(label) or math.isnan(base):
            return
        late = 1.0 if label > self.question.heads[3][1] else 0.0
        if told[8] == said.SURE:
            for slot, rate, keep in zip(self.slots(carrier, clock_min), said.RATES, said.KEEPS, strict=True):
                for side, outside in ((0, label < told[4]), (1, label > told[6])):
                    before = self.offsets.get((slot, side), 0.0)
                    self.offsets[slot, side] = keep * before + rate * (float(outside) - said.TAIL)
            self.slope -= said.SCALE_RATE * (told[7] - late) * held(told[3])
            self.shift -= said.SCALE_RATE * (told[7] - late)
        outputs, _ = self.outputs(codes, base)
        for head, (kind, level, width, rate) in enumerate(self.question.heads.tolist()):
            steep = chance(outputs[head]) - late if kind == CHANCE else slope(outputs[head] - label, level, width)
            self.step(self.places(codes), head, steep, rate)
        self.learned += 1

    def outputs(self, codes: Codes, base: float) -> tuple[list[float], int]:
        """Each head's output, and how many places are new."""
        found, places, bounds = [], self.places(codes), self.question.bounds.tolist()
        for head in range(4):
            total = base if head < said.ODDS else 0.0
            for begin, end in pairwise(bounds):
                part = 0.0
                for place in places[begin:end]:
                    part += float(self.weight(place, head)[0])
                total += part
            found.append(total)
        return found, sum(float(self.weight(place, 0)[1]) == float(np.float32(1e-2)) for place in places)

    def step(self, places: list[int], head: int, steep: float, rate: float) -> None:
        """AdaGrad, in single precision; what lies at one place twice steps once."""
        square, far = np.float32(steep) * np.float32(steep), np.float32(rate * steep)
        for place in set(places):
            weight, squares = self.weight(place, head)
            self.weights[place, head] = weight - far / np.sqrt(squares + square), squares + square

    def weight(self, place: int, head: int) -> tuple[np.float32, np.float32]:
        """The weight there, and its sum of squares."""
        return self.weights.get((place, head), (np.float32(0), np.float32(1e-2)))

    def places(self, codes: Codes) -> list[int]:
        """Where each term of the row lies."""
        found = []
        for k, term in enumerate(self.question.terms.tolist()):
            h = int(self.terms.begins[k])
            for factor, column in zip(self.terms.factors[:, k].tolist(), term, strict=True):
                h += factor * codes[column] if column >= 0 else 0
            found.append(min((h & M64) >> int(self.terms.shifts[k]), self.size - 1))
        return found

    def slots(self, carrier: int, clock_min: float) -> tuple[int, int, int, int]:
        """The offsets that a row belongs to."""
        band = int(clock_min // 240) % said.BANDS_OF_DAY
        return 0, 1 + joined(1, carrier) % said.CARRIER_SLOTS, 1 + said.CARRIER_SLOTS + band, END

    def doubt(self, codes: Codes, base: float, new: int) -> int:
        """Why a row is widened or abstains."""
        if self.learned < said.ENOUGH:
            return said.FEW
        if math.isnan(base) or new > said.BLIND_SHARE * len(self.question.terms):
            return said.BLIND
        if sum(code == 0 for code in codes) > said.BLIND_SHARE * len(codes):
            return said.BLIND
        if any(codes[column] == 0 for column in self.question.core.tolist()):
            return said.MISSING
        return said.UNSEEN if new > said.NEW_SHARE * len(self.question.terms) else said.SURE


def slope(over: float, level: float, width: float) -> float:
    """As `tiles.slope` of a quantile."""
    steep = 1.0 if over > 0 else -1.0
    if width > 0:
        steep = min(max(over / width, -1.0), 1.0)
    return steep * 2.0 * (1.0 - level if steep > 0 else level)


def chance(odds: float) -> float:
    """As `tiles.chance`."""
    return float(1.0 / (1.0 + exp(-min(max(odds, -30.0), 30.0))))


def held(odds: float) -> float:
    """As `forecast.held`."""
    return min(max(odds, -said.MOST_ODDS), said.MOST_ODDS)
