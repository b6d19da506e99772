import math
import os
import sys
import textwrap
from pathlib import Path

import numpy as np
import pytest

from operators.chain import Chain
from streams import control, ingest, names, poison
from streams.advance import Home
from streams.control import make
from streams.entries import records
from streams.skips import Skip, only, read, without
from streams.states import States
from streams.strikes import Strikes
from tests.suites.small_world import deliver, envelopes, legs, run
from tower import ids
from tower.errors import TowerError
from tower.logs import urls
from tower.record import Record

NETWORK = "east"
STEPS = """
    import os
    from operators.step import Step
    from streams.control import make
    from tower import ids

    class Wrong(Step):
        families = ("leg_move",)

        def concerns(self, work):
            return work.has_events

        def run(self, work):
            if (work.heads["subject"] == ids.of("leg", "L7")).any() and (work.heads["kind"] == 3).any():
                bad = (work.heads["subject"] == ids.of("leg", "L7")) & (work.heads["kind"] == 3)
                if bad.any():
                    {end}

    def steps(saved):
        return [*make(saved), Wrong()]
"""
ENDS = {
    "raises": 'raise ZeroDivisionError("by zero")',
    "dies": "os.kill(os.getpid(), 9)",
    "hangs": "while True: pass",
}


@pytest.fixture
def world(tmp_path: Path) -> str:
    root = f"file:{tmp_path}/logs"
    deliver(root, NETWORK, envelopes(legs(20), together=5))
    run(ingest.over(root, [NETWORK], ends=True, most=9))
    return root


def steps_that(end: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A module with steps that end so at one event, where a new process finds it too."""
    name = f"wrong_{end}_{os.getpid()}"
    (folder / f"{name}.py").write_text(textwrap.dedent(STEPS.replace("{end}", ENDS[end])))
    monkeypatch.syspath_prepend(str(folder))
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(folder), *sys.path]))
    return f"{name}:steps"


def log_of(root: str) -> list[Record]:
    return list(records(urls.reader(names.log(root, NETWORK))))


def the_event(root: str) -> tuple[int, int]:
    """Record and row of the departure that the steps cannot survive."""
    for record in log_of(root):
        heads = record.rows("event")
        found = np.flatnonzero((heads["subject"] == ids.of("leg", "L7")) & (heads["kind"] == 3))
        if found.size:
            return record.number, int(found[0])
    raise AssertionError


@pytest.mark.parametrize("end", ENDS)
def test_an_event_that_ends_control_is_found_and_left_out(
    world: str, end: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = steps_that(end, tmp_path, monkeypatch)
    assert poison.heal(world, str(tmp_path / "states"), NETWORK, "one") is None  # also compiles what is not yet
    skip = poison.heal(world, str(tmp_path / "states"), NETWORK, "one", steps)
    assert skip is not None
    assert (skip.number, skip.event, skip.build) == (*the_event(world), "one")
    assert skip.error in {"ZeroDivisionError: by zero", "signal 9", "signal 27"}
    assert read(urls.reader(names.skips(world, NETWORK))) == {skip.number: [skip]}
    assert poison.heal(world, str(tmp_path / "states"), NETWORK, "one", steps) is None


def test_it_is_found_in_as_few_trials_as_halving_takes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root, tried = f"file:{tmp_path}/logs", 0
    deliver(root, NETWORK, envelopes(legs(20), together=100))
    run(ingest.over(root, [NETWORK], ends=True))
    number, event = the_event(root)

    def trial(_: Chain, ahead: list[Record], __: int) -> tuple[int, str]:
        nonlocal tried
        tried += 1
        deadly = [record.number == number and record.rows("event").size > event for record in ahead]
        return (deadly.index(True), "it ends here") if any(deadly) else (len(ahead), "")

    monkeypatch.setattr(poison, "trial", trial)
    skip = poison.search(Home(root, States(str(tmp_path / "states")), make, "one"), NETWORK)
    assert skip == Skip(number, event, "one", "it ends here")
    events = next(record for record in log_of(root) if record.number == number).rows("event").size
    assert events > 30
    assert tried <= 2 + math.ceil(math.log2(events)), "all, none, and then half of what is left"


def test_control_goes_on_without_it_and_every_replay_does_too(
    world: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    module, _, name = steps_that("raises", tmp_path, monkeypatch).partition(":")
    wrong = getattr(__import__(module), name)
    home = Home(world, States(str(tmp_path / "states")), wrong)
    with pytest.raises(BaseException, match=r"on_batch"):
        run(control.over(home, [NETWORK], ends=True))
    skip = poison.heal(world, str(tmp_path / "states"), NETWORK, "one", f"{module}:{name}")
    assert skip is not None
    run(control.over(home, [NETWORK], ends=True))
    found = list(records(urls.reader(names.outcomes(world, NETWORK))))
    said = found[skip.number - 1]
    reason = ids.of("reason", "poison: ZeroDivisionError: by zero")
    assert said.names[reason] == "poison: ZeroDivisionError: by zero"
    assert said.rows("rejected")["reason"].tolist() == [reason]
    chain = Chain(make)
    again = [chain.advance(without(r, [skip] if r.number == skip.number else [])).encode() for r in log_of(world)]
    assert [record.encode() for record in found] == again


def test_poison_without_events_is_no_events_fault(world: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "never"
    folder.mkdir()
    never = """
        from operators.step import Step

        class Never(Step):
            def evict(self, before):
                raise RuntimeError("never")

        def steps(saved):
            return [Never()]
    """
    (folder / "never_well.py").write_text(textwrap.dedent(never))
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(folder), *sys.path]))
    with pytest.raises(TowerError, match="record 1 ends control even without its events"):
        poison.heal(world, str(tmp_path / "states"), NETWORK, "one", "never_well:steps")


def test_twice_at_one_record_is_poison_once_is_bad_luck() -> None:
    strikes = Strikes()
    assert [strikes.ended(at) for at in (4, 5, 5, 6, 6)] == [False, False, True, False, True]


def test_an_event_taken_out_takes_its_body_and_its_document_along(world: str) -> None:
    record = max(log_of(world), key=lambda found: found.rows("event").size)
    whole = Record(record.number, record.now, record.tables, documents=record.documents)
    keep = np.ones(whole.rows("event").size, "?")
    assert only(whole, keep).encode() == whole.encode()
    keep[0] = False
    left = only(whole, keep)
    assert left.rows("event").tolist() == whole.rows("event")[1:].tolist()
    for name, rows in left.tables.items():
        if name != "event":
            assert (rows["event"] < left.rows("event").size).all()


def test_the_ledger_still_balances_with_an_event_left_out(world: str) -> None:
    number, event = the_event(world)
    skip = Skip(number, event, "one", "ZeroDivisionError")
    chain = Chain(make)
    for record in log_of(world):
        chain.advance(without(record, [skip] if record.number == number else []))
    ledger = chain.steps[0].tables["ledger"].rows
    total = sum(ledger[name].sum() for name in ("accepted", "duplicate", "late", "rejected"))
    assert ledger["received"].sum() == total == len(legs(20))
    assert ledger["rejected"].sum() == 1
