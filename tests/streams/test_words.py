"""What no record tells is known by name: an id that is the tower's own never reaches people as a number."""

from operators import standing, staying
from streams.words import OURS


def test_every_model_has_its_name() -> None:
    named = {int(key): OURS.get(int(key)) for key in (*standing.KEYS, *staying.KEYS)}
    assert list(named.values()) == [*standing.NAMES, *staying.NAMES]
