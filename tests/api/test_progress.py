"""Progress: what counts as work that waits."""

from pathlib import Path

from api.progress import Progress
from streams import inbox, names
from tower.envelope import Envelope

NETWORK = "east"


def test_messages_that_a_driver_has_not_said_the_time_of_yet_do_not_wait(tmp_path: Path) -> None:
    root = f"file:{tmp_path}"
    ticks, door = inbox.InboxWriter(root, NETWORK, names.CLOCK), inbox.InboxWriter(root, NETWORK, "orders")
    door.put(Envelope("orders", 1_000, "application/json", b"[]"))
    progress = Progress(root, [NETWORK])
    assert not progress.ingest().waits
    inbox.tick(ticks, 2_000)
    assert progress.ingest().waits
    door.close()
    ticks.close()


def test_messages_of_a_live_network_wait(tmp_path: Path) -> None:
    root = f"file:{tmp_path}"
    door = inbox.InboxWriter(root, NETWORK, "orders")
    door.put(Envelope("orders", 1_000, "application/json", b"[]"))
    assert Progress(root, [NETWORK]).ingest().waits
    door.close()
