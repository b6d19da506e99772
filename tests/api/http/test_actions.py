"""Acts: each waits for the tower's own outcome, is done once, and is nobody else's to undo."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from api.http import actions, told
from api.http.idempotency import KEPT_MS, Answers
from api.http.problems import Problem
from tests.suites.small_api import NOW, SmallApi, SmallTower, deviation, rows, small_api
from tower import clock, ids

ONE = f"/v1/deviations/{1:016x}"


@pytest.fixture
def api(tmp_path: Path) -> Iterator[SmallApi]:
    with small_api(tmp_path) as found:
        yield found


@pytest.fixture
def tower(api: SmallApi) -> Iterator[SmallTower]:
    """A tower in which deviations 1 and 2 are open, and 3 is closed."""
    found = SmallTower(api.here.root)
    found.tables = {"deviations": rows("deviations", deviation(1), deviation(2), deviation(3, 0, status=2))}
    found.decide({})
    found.tables = {}
    found.start()
    assert api.here.networks["east"].has_come_to(1, 10)
    yield found
    found.close()


def act(api: SmallApi, path: str, body: Any = None, key: str = "dispatcher", name: str = "") -> Any:
    headers = {"Idempotency-Key": name} if name else {}
    return api.ask("POST", f"{path}?network=east", key, json=body or {}, headers=headers)


@pytest.mark.parametrize("verb, body, kind, said", [
    ("acknowledge", {}, "deviation.acknowledged", {}),
    ("release", {}, "deviation.released", {}),
    ("shelve", {"until": clock.render(NOW + clock.HOUR)}, "deviation.shelved",
     {"until": clock.render(NOW + clock.HOUR)}),
    ("assign", {"to": "ben"}, "deviation.assigned", {"to": "ben"}),
    ("note", {"text": "called them"}, "deviation.noted", {"text": "called them"}),
])  # fmt: skip
def test_an_act_is_an_event_of_the_person_and_its_outcome_is_the_answer(
    api: SmallApi, tower: SmallTower, verb: str, body: Any, kind: str, said: Any
) -> None:
    answer = act(api, f"{ONE}/{verb}", body)
    assert (answer.status_code, answer.json()["record"], answer.json()["item"]["id"]) == (200, 2, f"#{1:016x}")
    event = tower.said[0]
    assert event | said | {"kind": kind, "deviation": f"#{1:016x}", "by": "dispatcher"} == event


def test_an_act_on_what_is_closed_or_never_was_does_nothing(api: SmallApi, tower: SmallTower) -> None:
    assert act(api, f"/v1/deviations/{3:016x}/acknowledge").status_code == 409
    assert act(api, f"/v1/deviations/{9:016x}/acknowledge").status_code == 404
    assert act(api, "/v1/deviations/nine/acknowledge").status_code == 404
    assert (act(api, f"{ONE}/shelve", {"until": clock.render(NOW - 1)}).status_code, api.inbox("people")) == (422, 0)


def test_what_somebody_else_has_taken_is_not_taken_again(
    api: SmallApi, tower: SmallTower, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "handled", lambda *_: {"taken_by": "second"})
    for verb, body in (("acknowledge", {}), ("assign", {"to": "ben"})):
        refused = act(api, f"{ONE}/{verb}", body)
        assert (refused.status_code, api.inbox("people")) == (409, 0)
        assert "second" in refused.json()["detail"]
    assert act(api, f"{ONE}/acknowledge", key="second").status_code == 200
    assert act(api, f"{ONE}/note", {"text": "a note is everybody's"}).status_code == 200


def test_what_the_tower_rejects_is_refused_in_its_words(api: SmallApi, tower: SmallTower) -> None:
    why = ids.of("reason", "deviation: closed")
    tower.tables = {"rejected": rows("rejected", {"source": ids.of("source", "people"), "inbox": 1, "row": 1,
                                                  "reason": why})}  # fmt: skip
    api.here.networks["east"].learn({why: "deviation: closed"})
    answer = act(api, "/v1/deviations/acknowledge", {"ids": [f"#{n:016x}" for n in (1, 2)]})
    assert [one["status"] for one in answer.json()["results"]] == [200, 409]
    assert "deviation: closed" in answer.json()["results"][1]["answer"]["detail"]


def test_what_is_not_decided_in_time_is_kept_and_says_where_to_look(
    api: SmallApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(told, "PATIENCE_S", 0.05)
    api.tell(deviations=rows("deviations", deviation(1)))
    answer = act(api, f"{ONE}/acknowledge", name="k")
    assert (answer.status_code, api.inbox("people")) == (202, 1)
    assert answer.headers["location"].startswith(ONE)


def test_many_are_answered_for_one_by_one(api: SmallApi, tower: SmallTower) -> None:
    answer = act(api, "/v1/deviations/acknowledge", {"ids": [f"#{n:016x}" for n in (1, 2, 3)]})
    assert answer.status_code == 207
    assert [one["status"] for one in answer.json()["results"]] == [200, 200, 409]
    assert act(api, "/v1/deviations/note", {"ids": [f"{1:016x}"], "text": "x"}).status_code == 200
    assert act(api, "/v1/deviations/note", {"ids": [], "text": "x"}).status_code == 422


def test_the_same_key_is_answered_alike_and_done_once(api: SmallApi, tower: SmallTower) -> None:
    first, again = (act(api, f"{ONE}/note", {"text": "x"}, name="k1") for _ in range(2))
    assert first.json() == again.json()
    assert again.headers["idempotency-replayed"] == "true"
    assert len(tower.said) == 1
    assert act(api, f"{ONE}/note", {"text": "y"}, name="k1").status_code == 422, "it stands for something else"
    assert act(api, f"{ONE}/note", {"text": "x"}, "second", name="k1").status_code == 200, "another holder's is another"
    assert len(tower.said) == 2


def test_an_answer_is_kept_over_a_restart_and_what_was_begun_is_the_same_event(tmp_path: Path) -> None:
    with small_api(tmp_path) as api:
        tower = SmallTower(api.here.root)
        tower.tables = {"deviations": rows("deviations", deviation(1))}
        tower.decide({})
        tower.tables = {}
        tower.start()
        assert api.here.networks["east"].has_come_to(1, 10)
        before = act(api, f"{ONE}/note", {"text": "x"}, name="k1")
        begun = api.here.answers.begin("dispatcher\0east\0k2", b"note", 5) if api.here.answers else None
        with small_again(tmp_path, api) as again:
            assert again.here.networks["east"].has_come_to(2, 10)
            after = act(again, f"{ONE}/note", {"text": "x"}, name="k1")
            assert (after.json(), after.status_code, len(tower.said)) == (before.json(), 200, 1)
            assert again.here.answers is not None
            found = again.here.answers.begin("dispatcher\0east\0k2", b"note", 99)
            assert begun is not None
            assert (found.at, found.status) == (5, 0), "asked again it stands for the same moment: it is the same event"
        tower.close()


def small_again(folder: Path, before: SmallApi) -> Any:
    """The API started again over a folder: the one before has let go."""
    before.here.close()
    return small_api(folder)


def test_an_answer_is_kept_for_a_day_and_a_line_cut_short_is_none(tmp_path: Path) -> None:
    now = [1_000_000_000_000]
    answers = Answers(tmp_path / "a.jsonl", lambda: now[0])
    answers.end(answers.begin("n", b"x", 1), 200, {"a": 1})
    answers.close()
    with (tmp_path / "a.jsonl").open("ab") as file:
        file.write(b'{"name": "half')
    for later, known in ((KEPT_MS - 1, 200), (KEPT_MS + 1, 0)):
        now[0] = 1_000_000_000_000 + later
        again = Answers(tmp_path / "a.jsonl", lambda: now[0])
        assert again.begin("n", b"x", 7).status == known
        again.close()


def test_a_name_that_was_used_for_something_else_is_refused(tmp_path: Path) -> None:
    answers = Answers(tmp_path / "a.jsonl")
    answers.begin("n", b"x", 1)
    with pytest.raises(Problem, match="another request"):
        answers.begin("n", b"y", 1)
    answers.close()
