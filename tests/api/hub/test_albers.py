"""Places lie on the map where the shapes of us-atlas have them, and the islands in an inset."""

import pytest

from api.hub.albers import HEIGHT, WIDTH, place


@pytest.mark.parametrize("name, lat, lon, x, y", [
    ("EWR", 40.6925, -74.168667, 867.1, 216.8), ("LAX", 33.9425, -118.408, 83.2, 364.8),
    ("MIA", 25.7932, -80.2906, 820.6, 572.2), ("SEA", 47.449, -122.309, 97.0, 49.8),
    ("ANC", 61.1744, -149.9964, 111.9, 544.6), ("HNL", 21.3187, -157.9224, 265.6, 548.9),
])  # fmt: skip
def test_places_lie_where_d3s_composite_of_the_united_states_has_them(
    name: str, lat: float, lon: float, x: float, y: float
) -> None:
    assert place(lat, lon) == (x, y), f"{name}: geoAlbersUsa().scale(1300).translate([487.5, 305]) of d3-geo 3"


def test_puerto_rico_and_the_virgin_islands_lie_side_by_side_on_the_map() -> None:
    west, east = place(18.4949, -67.1294), place(18.3373, -64.9733)
    assert west is not None
    assert east is not None
    assert 700 < west[0] < east[0] < WIDTH
    assert 500 < west[1] < HEIGHT


@pytest.mark.parametrize("lat, lon", [(51.5, -0.1), (float("nan"), float("nan")), (0.0, 0.0)])
def test_a_place_elsewhere_or_nowhere_is_not_on_the_map(lat: float, lon: float) -> None:
    assert place(lat, lon) is None
