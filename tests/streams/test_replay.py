import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from api import cli
from operators.chain import Chain
from streams import adapters, control, ingest, names
from streams.advance import Home
from streams.control import make
from streams.entries import records
from streams.replay import Arrival, Keep, Replay, followed, logs_at
from streams.states import States
from tests.suites import same_facts
from tests.suites.small_world import deliver, envelopes, legs, run
from tower.errors import UsageError
from tower.logs import urls
from tower.record import Record, split

NETWORK = "east"
MESSAGES = envelopes(legs(60), together=1)


def arriving() -> Iterator[Arrival]:
    for message in MESSAGES:
        second = message.received // 1000 * 1000
        yield second, message.source, adapters.decode(message, 0, NETWORK)


class Held(Keep):
    """Keeps outcomes in memory."""

    def __init__(self) -> None:
        self.outcomes: list[Record] = []

    def __call__(self, record: Record, outcome: Record) -> None:
        self.outcomes.append(outcome)

    def flush(self) -> None:
        pass


def replayed(most: int = 4096, tick_s: int = 60) -> tuple[Chain, list[Record]]:
    keep = Held()
    replay = Replay(NETWORK, keep, most, tick_s * 1000)
    replay.play(arriving())
    return replay.chain, keep.outcomes


@pytest.mark.parametrize("most", [1, 100])
@pytest.mark.parametrize("tick_s", [1, 600])
def test_facts_and_deviations_do_not_depend_on_records_or_ticks(most: int, tick_s: int) -> None:
    chain, outcomes = replayed()
    other, others = replayed(most, tick_s)
    assert same_facts.facts(other) == same_facts.facts(chain)
    assert same_facts.deviations(others) == same_facts.deviations(outcomes) != []
    assert same_facts.ledger(other) == same_facts.ledger(chain)


def test_a_replay_says_what_the_flows_say(tmp_path: Path) -> None:
    root = f"file:{tmp_path}/logs"
    deliver(root, NETWORK, MESSAGES)
    run(ingest.over(root, [NETWORK], ends=True))
    run(control.over(Home(root, States(str(tmp_path / "states")), make), [NETWORK], ends=True))
    told = list(records(urls.reader(names.outcomes(root, NETWORK))))
    said = replayed()[1]
    assert [record.encode() for record in told[: len(said)]] == [record.encode() for record in said]
    log = list(records(urls.reader(names.log(root, NETWORK))))
    assert all(not record.rows("event").size for record in log[len(said) :])


def test_what_a_replay_keeps_is_replayed_to_the_same_end(tmp_path: Path) -> None:
    root = f"file:{tmp_path}"
    keep = Keep(root, NETWORK)
    replay = Replay(NETWORK, keep)
    replay.play(arriving())
    keep.close()
    assert logs_at(str(tmp_path)) == {NETWORK: names.log(root, NETWORK)}
    again = followed(NETWORK, names.log(root, NETWORK), None)
    assert again.chain.chain == replay.chain.chain
    assert again.chain.saved() == replay.chain.saved()
    number, data = urls.reader(names.outcomes(root, NETWORK)).last()
    assert Record.decode(number, split(data)[1]).chain == replay.chain.chain
    with pytest.raises(UsageError, match="has a log there"):
        Keep(root, NETWORK)


@pytest.fixture
def file(tmp_path: Path) -> str:
    path = tmp_path / "day.ndjson"
    lines = [json.dumps({**event, "source": source, "network": NETWORK}) for _, source, event in legs(20)]
    lines += [lines[3], json.dumps({"id": "x", "kind": "leg.flown", "network": "west", "at": "2026-03-02T07:00:00Z"})]
    path.write_text("\n".join(lines))
    return str(path)


def said_by(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, object]:
    assert cli.main(["replay", *words, "--json"]) == 0
    said: dict[str, object] = json.loads(capsys.readouterr().out)
    return said


def test_the_command_says_what_came_out(file: str, capsys: pytest.CaptureFixture[str]) -> None:
    said = said_by(capsys, file)
    assert list(said) == [
        "scenario", "networks", "build", "events", "rows", "records", "now_from", "now_to", "ledger", "rejected",
        "state_hash", "outcomes_hash", "outcomes", "kpis", "cpu_s", "rows_per_cpu_s",
    ]  # fmt: skip
    assert said["networks"] == ["east", "west"]
    assert said["events"] == len(legs(20)) + 1
    ledger = {row["source"]: row for row in said["ledger"]}  # type: ignore[attr-defined]
    assert sum(row["duplicate"] for row in ledger.values()) == 1
    assert sum(row["received"] for row in ledger.values()) == len(legs(20)) + 2
    assert sum(said["rejected"].values()) == 1  # type: ignore[attr-defined]


def test_the_command_gives_the_same_hashes_in_every_run(file: str, capsys: pytest.CaptureFixture[str]) -> None:
    first, second = said_by(capsys, file), said_by(capsys, file)
    assert {n: first[n] for n in first if "cpu" not in n} == {n: second[n] for n in second if "cpu" not in n}


def test_a_replay_kept_by_the_command_is_replayed_by_it(
    file: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first = said_by(capsys, file, "--out", str(tmp_path / "out"))
    again = said_by(capsys, str(tmp_path / "out"))
    for name in ("networks", "events", "records", "state_hash", "outcomes_hash", "outcomes", "ledger", "rejected"):
        assert again[name] == first[name]
    assert cli.main(["replay", str(tmp_path / "out"), "--from", "2026-03-02T07:00:00Z"]) == 2
    assert "a log is replayed as it is" in capsys.readouterr().err


def test_a_patch_and_a_policy_also_arrive(file: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "patch.json").write_text(json.dumps(
        [{"id": "p", "kind": "leg.cancelled", "leg": "L1", "at": "2026-03-02T06:00:00Z", "source": "patch"}]
    ))  # fmt: skip
    (tmp_path / "cautious.json").write_text("{}")
    plain = said_by(capsys, file)
    said = said_by(capsys, file, "--patch", str(tmp_path / "patch.json"), "--policy", str(tmp_path / "cautious.json"))
    added = {row["source"] for row in said["ledger"]} - {row["source"] for row in plain["ledger"]}  # type: ignore[attr-defined]
    assert added == {"patch", "policy"}


def test_a_stretch_of_time_is_what_was_received_in_it(file: str, capsys: pytest.CaptureFixture[str]) -> None:
    whole, start, stop = said_by(capsys, file), "2026-03-02T07:00:00Z", "2026-03-02T08:00:00Z"
    part = said_by(capsys, file, "--from", start, "--to", stop)
    assert part["now_from"] >= "2026-03-02T07:00:00.000Z"  # type: ignore[operator]
    assert part["now_to"] <= "2026-03-02T08:00:00.000Z"  # type: ignore[operator]
    assert 0 < part["events"] < whole["events"]  # type: ignore[operator]


def test_the_time_before_only_builds_the_state(file: str, capsys: pytest.CaptureFixture[str]) -> None:
    whole, moment = said_by(capsys, file), "2026-03-02T07:30:00Z"
    before, after = said_by(capsys, file, "--to", "2026-03-02T07:29:59Z"), said_by(capsys, file, "--from", moment)
    assert (after["state_hash"], after["outcomes_hash"]) == (whole["state_hash"], whole["outcomes_hash"])
    assert received(after) + received(before) == received(whole)
    assert 0 < received(after) < received(whole)
    assert after["now_from"] >= "2026-03-02T07:30:00.000Z"  # type: ignore[operator]
    assert {row["source"] for row in after["ledger"]} <= {row["source"] for row in whole["ledger"]}  # type: ignore[attr-defined]


def received(said: dict[str, object]) -> int:
    return sum(row["received"] for row in said["ledger"])  # type: ignore[attr-defined]


def test_a_policy_changes_what_is_at_risk(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    placed = {"id": "o", "kind": "order.placed", "order": "O1", "customer": "C", "priority": "standard", "ship_to": "B",
              "promise_by": "2026-03-02T09:00:00Z", "at": "2026-03-02T05:00:00Z",
              "lines": [{"line": "1", "sku": "S", "quantity": 1, "value_cents": 10_000}]}  # fmt: skip
    failed = {"id": "f", "kind": "line.failed", "order": "O1", "line": "1", "reason": "lost",
              "at": "2026-03-02T06:00:00Z"}  # fmt: skip
    (tmp_path / "orders.json").write_text(json.dumps([placed, failed]))
    half = {"late_fee_cents": [1250, 600, 400], "late_cents_per_hour": [200, 60, 30], "undelivered_share": 0.1,
            "undelivered_cents": 500}  # fmt: skip
    at_risk = []
    for name, prices in (("usual", {}), ("half", half)):
        (tmp_path / f"{name}.json").write_text(json.dumps({"prices": prices}))
        policy = ["--policy", str(tmp_path / f"{name}.json"), "--out", str(tmp_path / name)]
        said_by(capsys, str(tmp_path / "orders.json"), *policy)
        outcomes = records(urls.reader(names.outcomes(f"file:{tmp_path / name}", "main")))
        at_risk.append(sum(int(row["value_at_risk_cents"]) for o in outcomes for row in o.rows("deviations")))
    assert at_risk[0] == 2 * at_risk[1] > 0


@pytest.mark.parametrize(("words", "said"), [
    (["nowhere/at-all"], "no such file or folder"),
    (["none.json"], "no such file"),
    (["day", "--record-size", "0"], "--record-size: expected 1 to 4096 (got 0)"),
    (["day", "--tick", "x"], "invalid int value"),
])  # fmt: skip
def test_a_wrong_call_is_named(words: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["replay", *words]) == 2
    assert said in capsys.readouterr().err
