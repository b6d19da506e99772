"""What a world has said before a fork; against logs that were driven: tests/api/whatif/test_root.py."""

from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from simulators.whatif.prefix import SOURCES, agreement
from streams import inbox, names
from tower.logs.files_reader import FileReader

NONE = np.zeros((0, 5), "i8")


def test_where_nothing_was_driven_there_is_nothing_to_compare_with(tmp_path: Path) -> None:
    assert agreement(f"file:{tmp_path}", "blizzard", NONE, 0) is None


def test_inboxes_that_have_lost_their_beginning_prove_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for source in SOURCES:
        with closing(inbox.InboxWriter(f"file:{tmp_path}", "blizzard", source)):
            assert source in names.sources(f"file:{tmp_path}", "blizzard")
    monkeypatch.setattr(FileReader, "first", lambda _: 2)
    assert agreement(f"file:{tmp_path}", "blizzard", NONE, 0) is None
