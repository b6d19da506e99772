"""The bundled tables are what the raw sets give."""

from pathlib import Path

import pytest

from simulators import scenarios
from simulators.scenarios import build
from simulators.scenarios.pack import pack
from tests.simulators.recorded.told import shared
from tower.errors import UsageError


@pytest.mark.parametrize("name", sorted(build.BUILDS))
def test_building_again_gives_the_same_tables(name: str) -> None:
    raw = Path(shared("nycflights13")).parent
    shipped = (Path(scenarios.__file__).parent / "data" / f"{name}.pack").read_bytes()
    assert pack(build.BUILDS[name](raw)) == shipped


def test_building_without_a_folder_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TOWER_SHARED_DATA", raising=False)
    with pytest.raises(UsageError, match="TOWER_SHARED_DATA is not set"):
        build.main()
