"""A flow that is asked to end lets what is under way go through; control leaves a state where it ends."""

import signal
from pathlib import Path

import pytest

from operators.chain import Chain
from streams import ending, ingest, names
from streams.connect import LogSource
from streams.control import make
from streams.entries import records
from streams.gate import Gates
from streams.ingest import InboxSource
from streams.states import States
from tests.determinism import worker
from tests.determinism.worker import Worker
from tests.suites.small_world import deliver, envelopes, legs, memory_root, run
from tower.logs import urls

NETWORK = "east"


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ending.ASKED, "is_set", lambda: True)


@pytest.mark.usefixtures("asked")
def test_sources_read_nothing_more_once_they_are_asked_to_end() -> None:
    root = memory_root()
    deliver(root, NETWORK, envelopes(legs(5)))
    log = LogSource([NETWORK], lambda name: urls.reader(names.log(root, name)), lambda _: 0, Gates())
    for source in (InboxSource(root, [NETWORK], Gates()), log):
        with pytest.raises(StopIteration):
            source.build_part("", NETWORK, None).next_batch()


@pytest.mark.full
def test_control_that_is_asked_to_end_leaves_a_state_where_its_outcomes_end(tmp_path: Path) -> None:
    root = f"file:{tmp_path}/logs"
    deliver(root, NETWORK, envelopes(legs(60)))
    run(ingest.over(root, [NETWORK], ends=True))
    chain = Chain(make)
    told = [chain.advance(record).encode() for record in records(urls.reader(names.log(root, NETWORK)))]
    with Worker("control", root, NETWORK, tmp_path) as control:
        control.reach(names.outcomes(root, NETWORK), len(told))
        control.process.send_signal(signal.SIGTERM)
        assert control.process.wait(30) == 0
    assert worker.outcomes(root, NETWORK) == told
    assert States(str(tmp_path / "states")).numbers(NETWORK)[-1] == len(told)


@pytest.mark.full
@pytest.mark.parametrize("flow", ["ingest", "control"])
def test_an_idle_flow_ends_at_once_when_it_is_asked(flow: str, tmp_path: Path) -> None:
    root = f"file:{tmp_path}/logs"
    with Worker(flow, root, NETWORK, tmp_path) as idle:
        idle.until(lambda: f"{flow} ready" in idle.output.read_text())
        idle.process.send_signal(signal.SIGTERM)
        assert idle.process.wait(60) == 0
