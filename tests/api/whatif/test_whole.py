"""Fork, compare and read over HTTP, whole: asked, played by its own process, found again after a restart."""

from pathlib import Path

import pytest

from tests.api.whatif import test_asking as asking
from tests.suites import small_api
from tower import clock

pytestmark = pytest.mark.full
RUNS = "/v1/scenarios/blizzard/runs"


def test_a_comparison_is_played_and_found_again_after_a_restart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asking.prepared(tmp_path)
    monkeypatch.setattr(small_api, "NETWORKS", ("blizzard",))
    changed = [{"changes": ["shut=EWR/2013-02-08T11:00:00-05:00/4h"], "title": "Newark shut"}]
    with small_api.small_api(tmp_path) as api:
        fork = api.ask("POST", asking.FORK, "approver", json={"from": asking.FROM}).json()
        said = {"fork": fork["id"], "changed": changed, "runs": 2}
        where = api.ask("POST", asking.COMPARE, "approver", json=said).headers["location"]
        while (told := api.get(where, "viewer"))["status"] in ("waiting", "running"):
            clock.sleep(0.2)
    assert (told["status"], told["runs_done"], told["stopped_because"]) == ("done", 2, "all 2 runs are played"), told
    assert [one["title"] for one in told["variants"]] == ["As run", "Newark shut"]
    assert (told["proof"]["equal_until_fork"], told["proof"]["from_position"]) == (True, fork["position"])
    assert told["proof"]["state_hash"] == fork["state_hash"]
    net = next(one for one in told["kpis"] if one["name"] == "net_cost")["of"]["A"]
    assert net["diff_lo"] < net["diff_mean"] < net["diff_hi"]
    assert told["diff"]["A"]["changed"] > 0
    assert set(told["lanes"]["series"]) == {"base", "A"}
    with small_api.small_api(tmp_path) as api:
        assert api.get(where, "viewer") == told
        assert [one["id"] for one in api.get(RUNS, "viewer")["items"]] == [told["id"]]
        assert api.get("/v1/scenarios/blizzard/forks", "viewer")["items"][0]["id"] == fork["id"]
