"""Decisions over HTTP: each word waits for the tower's own outcome, and a refusal says why and what is good instead."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from api.http import told
from operators.chain import Chain
from tests.suites.choices import Choice, Put, steps
from tests.suites.choosing import ChoosingTower
from tests.suites.small_api import SmallApi, small_api
from tower import ids


@pytest.fixture
def api(tmp_path: Path) -> Iterator[SmallApi]:
    with small_api(tmp_path) as found:
        yield found


@pytest.fixture
def tower(api: SmallApi) -> Iterator[ChoosingTower]:
    """A tower that has proposed the usual option, and knows one that is worse."""
    story = Choice({"rebook": {"four_eyes_cents": 60_000}})
    story.option("other", ("O1", "L3"), net=40_000, rank=2)
    story.proposed()
    found = ChoosingTower(api.here.root, story)
    found.start()
    assert api.here.networks["east"].has_come_to(len(story.outcomes), 10)
    yield found
    found.close()


def ask(api: SmallApi, id: str, verb: str, body: Any = None, key: str = "approver", name: str = "") -> Any:
    headers = {"Idempotency-Key": name} if name else {}
    path = f"/v1/decisions/{id.lstrip('#')}/{verb}?network=east"
    return api.ask("POST", path, key, json=body or {}, headers=headers)


def option(name: str) -> str:
    return f"#{ids.of('option', name):016x}"


def test_what_is_to_be_decided_is_listed_with_its_option_and_its_moves(api: SmallApi, tower: ChoosingTower) -> None:
    (one,) = api.get("/v1/decisions?status=proposed")["items"]
    assert (one["id"], one["option"]) == (tower.story.newest(), option("usual"))
    assert (one["mode"], one["wanted"]) == ("approve", 1)
    assert [row["rank"] for row in api.get(f"/v1/options?incident={one['incident'][1:]}")["items"]] != []
    moves = api.get(f"/v1/moves?option={one['option'][1:]}")["items"]
    said = {(move["order"], move["order_line"], move["to_leg"]) for move in moves}
    assert said == {("O1", "1", "L2"), ("O2", "1", "L2")}
    assert api.get(f"/v1/decisions/{one['id'][1:]}")["item"]["state"] == "proposed"


def test_approving_is_answered_with_the_decision_its_action_and_its_lines(api: SmallApi, tower: ChoosingTower) -> None:
    answer = ask(api, tower.story.newest(), "approve")
    assert answer.status_code == 200, answer.text
    said = answer.json()
    assert (said["item"]["state"], said["item"]["by"], said["action"]["state"]) == ("acting", "approver", "sent")
    assert {(line["to_leg"], line["state"]) for line in said["moves"]} == {("L2", "asked")}
    assert api.get("/v1/actions?status=sent")["count"] == 1
    assert tower.said[0]["role"] == "approver"


def test_a_word_that_is_said_twice_under_one_key_counts_once(api: SmallApi, tower: ChoosingTower) -> None:
    first = ask(api, tower.story.newest(), "approve", name="k")
    again = ask(api, tower.story.newest(), "approve", name="k")
    assert (again.json(), again.headers["idempotency-replayed"]) == (first.json(), "true")
    assert len(tower.said) == 1


def test_a_word_that_was_undecided_is_asked_again_and_refused_as_it_was(
    api: SmallApi, tower: ChoosingTower, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(api, tower.story.newest(), "approve")
    with monkeypatch.context() as slow:
        slow.setattr(told, "PATIENCE_S", 0.0)
        assert ask(api, tower.story.newest(), "approve", name="k").status_code == 202
    again = ask(api, tower.story.newest(), "approve", name="k")
    assert (again.status_code, again.json()["reason"]) == (409, "taken")
    assert tower.said[1]["id"] == tower.said[2]["id"]


def test_who_comes_second_is_told_that_it_is_taken(api: SmallApi, tower: ChoosingTower) -> None:
    ask(api, tower.story.newest(), "approve")
    late = ask(api, tower.story.newest(), "approve", key="admin")
    assert (late.status_code, late.json()["reason"]) == (409, "taken")


def test_an_option_that_is_gone_is_refused_with_the_best_one_that_is_left(api: SmallApi, tower: ChoosingTower) -> None:
    answer = ask(api, tower.story.newest(), "approve", {"option": option("never")})
    assert (answer.status_code, answer.json()["reason"]) == (409, "superseded")
    assert answer.json()["next_option"]["id"] == option("usual")


def test_above_the_limit_the_first_approval_waits_for_a_second_person(api: SmallApi, tower: ChoosingTower) -> None:
    tower.story.put.pending.append(("options", {"key": ids.of("option", "usual"), "net_cents": 70_000}))
    tower.hear([])
    first = ask(api, tower.story.newest(), "approve")
    assert (first.status_code, first.json()["item"]["state"], first.json()["item"]["wanted"]) == (200, "approved", 2)
    same = ask(api, tower.story.newest(), "approve")
    assert (same.status_code, same.json()["reason"]) == (409, "over limit")
    assert ask(api, tower.story.newest(), "approve", key="admin").json()["item"]["state"] == "acting"


def test_dispatchers_adjust_and_reject_and_only_approvers_approve_and_roll_back(
    api: SmallApi, tower: ChoosingTower
) -> None:
    id = tower.story.newest()
    for verb in ("approve", "rollback"):
        assert ask(api, id, verb, key="dispatcher").status_code == 403
    moves = [{"order": "O1", "line": "1", "leg": "L3"}]
    assert ask(api, id, "adjust", {"moves": moves}, "dispatcher").json()["item"]["state"] == "adjusted"
    assert ask(api, id, "reject", {}, "dispatcher").status_code == 422
    assert ask(api, id, "reject", {"reason": "no"}, "dispatcher").json()["item"]["state"] == "rejected"


def test_an_adjustment_that_cannot_be_done_is_the_requests_own_fault(api: SmallApi, tower: ChoosingTower) -> None:
    moves = [{"order": "O9", "line": "1", "leg": "L3"}]
    answer = ask(api, tower.story.newest(), "adjust", {"moves": moves})
    assert (answer.status_code, "a line is unknown" in answer.json()["detail"]) == (422, True)


def test_what_was_done_is_rolled_back_over_http(api: SmallApi, tower: ChoosingTower) -> None:
    id = tower.story.newest()
    action = ask(api, id, "approve").json()["item"]["action"]
    booked = [{"kind": "line.booked", "order": f"O{n}", "line": "1", "leg": "L2", "site": "A",
               "at": tower.story.records[-1].now} for n in (1, 2)]  # fmt: skip
    tower.hear(booked)
    tower.hear([{"kind": "action.executed", "action": action}])
    answer = ask(api, id, "rollback", {"reason": "the storm is over"})
    assert (answer.status_code, answer.json()["item"]["state"]) == (200, "undoing"), answer.text
    assert answer.json()["action"]["undoes"] == action


def test_too_late_to_roll_back_is_409(api: SmallApi, tower: ChoosingTower) -> None:
    id = tower.story.newest()
    assert ask(api, id, "approve").status_code == 200
    tower.story.records[-1].now += 480 * 60_000
    answer = ask(api, id, "rollback")
    assert (answer.status_code, answer.json()["reason"]) == (409, "too late")


@pytest.mark.parametrize("id", ["nine", "0" * 16])
def test_a_decision_that_there_is_not_is_not_found_and_nothing_is_said(
    api: SmallApi, tower: ChoosingTower, id: str
) -> None:
    assert ask(api, id, "approve").status_code == 404
    assert api.inbox("people") == 0


def test_the_log_taken_again_says_what_was_answered(api: SmallApi, tower: ChoosingTower) -> None:
    id = tower.story.newest()
    ask(api, id, "adjust", {"moves": [{"order": "O1", "line": "1", "leg": "L3"}]})
    ask(api, id, "approve")
    put = Put()
    put.done = dict(tower.story.put.done)
    again = Chain(steps(put))
    for record, outcome in zip(tower.story.records, tower.story.outcomes, strict=True):
        assert again.advance(record).chain == outcome.chain
