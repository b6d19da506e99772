import gc
from pathlib import Path

import pytest

from tower.logs.cursor import Cursor
from tower.logs.files import FileWriter
from tower.logs.segment import FOREVER, HEAD, segment_path


def test_a_segment_that_is_not_there_is_a_missing_file_and_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        Cursor(str(tmp_path), 1)
    gc.collect()  # an error in the finalizer would be a warning, and a warning fails the test


def test_a_segment_without_a_whole_head_has_no_entries_yet(tmp_path: Path) -> None:
    writer = FileWriter(str(tmp_path))
    writer.append(1, [b"a"])
    writer.close()
    path = Path(segment_path(str(tmp_path), 1))
    whole = path.read_bytes()
    cursor = Cursor(str(tmp_path), 1)
    for size in range(HEAD.size):
        path.write_bytes(whole[:size])
        assert cursor.take(9, FOREVER) == []
    path.write_bytes(whole)
    assert cursor.take(9, FOREVER) == [(1, b"a")]
    cursor.close()


def test_a_cursor_takes_no_more_than_count_and_none_behind_upto(tmp_path: Path) -> None:
    writer = FileWriter(str(tmp_path))
    writer.append(1, [b"%d" % number for number in range(1, 10)])
    cursor = Cursor(str(tmp_path), 1)
    assert [number for number, _ in cursor.take(3, FOREVER)] == [1, 2, 3]
    assert [number for number, _ in cursor.take(9, 5)] == [4, 5]
    assert cursor.take(9, 5) == []
    assert cursor.number == 5
    cursor.close()
    writer.close()


def test_an_entry_larger_than_a_chunk_is_taken_whole(tmp_path: Path) -> None:
    writer = FileWriter(str(tmp_path))
    sent = [b"a", bytes(5 << 20), b"b"]
    writer.append(1, sent)
    cursor = Cursor(str(tmp_path), 1)
    found: list[bytes] = []
    while some := cursor.take(9, FOREVER):
        found += [bytes(data) for _, data in some]
    assert found == sent
    assert cursor.whole == (3, cursor.position)
    cursor.close()
    writer.close()
