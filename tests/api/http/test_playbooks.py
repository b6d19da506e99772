"""A variant that was better is kept as a playbook; its option is used where it still stands, or it is said why not."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from api.whatif.kept import put
from tests.suites.choices import Choice
from tests.suites.choosing import ChoosingTower
from tests.suites.small_api import SmallApi, small_api
from tower import ids

USUAL = f"#{ids.of('option', 'usual'):016x}"
BETTER = {"value": 1.0, "runs": 8, "diff_mean": -900, "diff_lo": -1000, "diff_hi": -800}


@pytest.fixture
def api(tmp_path: Path) -> Iterator[SmallApi]:
    with small_api(tmp_path) as found:
        yield found


@pytest.fixture
def tower(api: SmallApi) -> Iterator[ChoosingTower]:
    """A tower that has proposed the usual option."""
    story = Choice()
    story.proposed()
    found = ChoosingTower(api.here.root, story)
    found.start()
    assert api.here.networks["east"].has_come_to(len(story.outcomes), 10)
    yield found
    found.close()


def played(api: SmallApi, tower: ChoosingTower, net: dict[str, Any], option: str = USUAL) -> str:
    """A comparison that is over: A approves an option, B is another plan."""
    assert api.here.turns is not None
    kept = api.here.turns.kept["east"]
    incident = f"#{tower.story.incident:016x}"
    about = [{"option": option, "incident": incident, "kind": "joint", "cause": "legs", "site": "A"}]
    variants = [{"key": key, "title": f"Title {key}", "said": "", "about": about if key == "A" else [],
                 "words": {"plan": "joint"}} for key in ("base", "A", "B")]  # fmt: skip
    run = kept.add_run({"status": "done", "variants": variants, "runs": 8, "fork": {}}, {})
    put(kept.runs / f"{run['id']}.found", {"kpis": [{"name": "net_cost", "of": {"A": net, "B": net}}]})
    return str(run["id"])


def ask(api: SmallApi, run: str, word: str, key: str = "approver", **said: Any) -> Any:
    return api.ask("POST", f"/v1/scenarios/east/runs/{run}/{word}", key, json=said)


def test_a_better_variant_is_kept_by_name_and_version_and_listed(api: SmallApi, tower: ChoosingTower) -> None:
    run = played(api, tower, BETTER)
    first = ask(api, run, "playbook", variant="A", name="legs at A")
    assert first.status_code == 201, first.text
    assert ask(api, run, "playbook", variant="B", name="legs at A", cause="weather").json()["item"]["version"] == 2
    (one,) = api.get("/v1/playbooks")["items"]
    assert (one["id"], one["version"], one["cause"], one["by"], one["run"]) == (
        "legs at A", 2, "weather", "approver", run,
    )  # fmt: skip
    item = first.json()["item"]
    assert [item[name] for name in ("title", "cause", "site", "option", "runs")] == ["Title A", "legs", "A", "joint", 8]
    assert [item[name] for name in ("net_cents", "net_low_cents", "net_high_cents")] == [-900, -1000, -800]


def test_what_is_not_better_or_of_no_incident_is_not_kept(api: SmallApi, tower: ChoosingTower) -> None:
    unsure = ask(api, played(api, tower, {**BETTER, "diff_hi": 5}), "playbook", variant="A", name="x")
    assert (unsure.status_code, unsure.json()["reason"]) == (409, "not better")
    assert ask(api, played(api, tower, {"runs": 1}), "playbook", variant="A", name="x").status_code == 409
    run = played(api, tower, BETTER)
    nowhere = ask(api, run, "playbook", variant="B", name="x")
    assert (nowhere.status_code, "approves no option" in nowhere.json()["detail"]) == (422, True)
    assert ask(api, run, "playbook", variant="C", name="x").status_code == 404
    assert [ask(api, run, word, "dispatcher", variant="A").status_code for word in ("playbook", "use")] == [403, 403]
    assert api.get("/v1/playbooks")["items"] == []


def test_the_option_of_the_better_side_is_approved_with_a_key(api: SmallApi, tower: ChoosingTower) -> None:
    used = ask(api, played(api, tower, BETTER), "use", variant="A")
    assert (used.status_code, used.json()["item"]["state"]) == (200, "acting"), used.text
    late = ask(api, played(api, tower, BETTER), "use", variant="A")
    assert (late.status_code, late.json()["reason"]) == (409, "superseded")
    assert "nothing waits to be decided" in late.json()["detail"]


def test_an_option_that_is_gone_is_not_used_and_the_best_one_is_named(api: SmallApi, tower: ChoosingTower) -> None:
    gone = ask(api, played(api, tower, BETTER, "#00000000000000aa"), "use", variant="A")
    assert (gone.status_code, gone.json()["reason"]) == (409, "superseded")
    assert gone.json()["next_option"]["id"] == USUAL
    none = ask(api, played(api, tower, BETTER), "use", variant="B")
    assert (none.status_code, "approves no option" in none.json()["detail"]) == (409, True)
