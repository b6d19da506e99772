"""Albers: where a place lies on the wall's map of the United States, 975 x 610.

Equal-area cones with the usual parallels for the lower 48 states, Alaska and Hawaii, composed as in the shapes of
us-atlas, and an inset for Puerto Rico and the Virgin Islands. Snyder, Map Projections (1987), ch. 14.
"""

from dataclasses import dataclass
from math import cos, radians, sin, sqrt
from typing import Final

WIDTH, HEIGHT = 975, 610
SCALE: Final = 1300.0
"""Of the lower 48: map units per radian."""


@dataclass(frozen=True, slots=True)
class Cone:
    """An equal-area cone through two parallels about a meridian, with `centre` (lat, lon) at `at`, for places within
    bounds. Degrees.
    """

    parallels: tuple[float, float]
    meridian: float
    centre: tuple[float, float]
    scale: float
    at: tuple[float, float]
    lat: tuple[float, float]
    lon: tuple[float, float]

    def holds(self, lat: float, lon: float) -> bool:
        """Whether the place lies within its bounds."""
        return self.lat[0] <= lat <= self.lat[1] and self.lon[0] <= lon <= self.lon[1]

    def place(self, lat: float, lon: float) -> tuple[float, float]:
        """Where the place lies on the map."""
        (x, y), (middle_x, middle_y) = self._flat(lat, lon), self._flat(*self.centre)
        return self.at[0] + self.scale * (x - middle_x), self.at[1] + self.scale * (y - middle_y)

    def _flat(self, lat: float, lon: float) -> tuple[float, float]:
        first, second = map(radians, self.parallels)
        n = (sin(first) + sin(second)) / 2
        away = sqrt(cos(first) ** 2 + 2 * n * (sin(first) - sin(radians(lat)))) / n
        turn = n * radians(lon - self.meridian)
        return away * sin(turn), away * cos(turn)


CONES: Final = (
    Cone((29.5, 45.5), -96.0, (38.7, -96.6), SCALE, (487.5, 305.0), (24.0, 50.0), (-126.0, -66.0)),
    Cone((55.0, 65.0), -154.0, (58.5, -156.0), SCALE * 0.35, (487.5 - 0.307 * SCALE, 305.0 + 0.201 * SCALE),
         (51.0, 72.0), (-180.0, -129.0)),
    Cone((8.0, 18.0), -157.0, (19.9, -160.0), SCALE, (487.5 - 0.205 * SCALE, 305.0 + 0.212 * SCALE),
         (18.5, 22.6), (-161.0, -154.0)),
    Cone((8.0, 18.0), -66.0, (18.2, -66.0), SCALE * 1.3, (915.0, 575.0), (17.4, 18.9), (-68.2, -64.2)),
)  # fmt: skip
"""The last is the inset: 1.3 times as large as the lower 48, its middle at 915, 575, east of Florida."""


def place(lat: float, lon: float) -> tuple[float, float] | None:
    """x and y on the map; None for a place that the map does not show, or NaN.

    >>> place(38.7, -96.6)
    (487.5, 305.0)
    """
    for cone in CONES:
        if cone.holds(lat, lon):
            x, y = cone.place(lat, lon)
            return round(x, 1), round(y, 1)
    return None
