from pathlib import Path

import pytest

from tower.errors import SettingError
from tower.logs import urls


def test_a_file_url_opens_the_folder(tmp_path: Path) -> None:
    writer = urls.writer(f"file:{tmp_path}/log", durable=False)
    writer.append(1, [b"a"])
    assert urls.reader(f"file:{tmp_path}/log").last() == (1, b"a")
    assert urls.reader(f"file://{tmp_path}/log").last() == (1, b"a")
    writer.close()


def test_a_memory_url_is_the_same_log_by_the_same_name() -> None:
    writer = urls.writer("memory:one")
    writer.append(1, [b"a"])
    assert urls.reader("memory:one").last() == (1, b"a")
    assert urls.reader("memory:two").last() == (0, b"")
    writer.close()


@pytest.mark.parametrize(
    "url",
    ["", "log", "/log", "file:", "file://host/log", "redis://h:1/0", "kafka://host/t/0", "kafka://h:1/t", "kafka://h:1/t/x"],
)
def test_another_url_is_refused_with_its_value_and_the_forms_there_are(url: str) -> None:
    for opening in (urls.reader, urls.writer):
        with pytest.raises(SettingError) as caught:
            opening(url)
        assert repr(url) in caught.value.what
        assert "kafka://host:port/topic/partition" in caught.value.what
        assert caught.value.try_
