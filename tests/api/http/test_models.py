"""Who serves predictions, over HTTP: by name and with a reason, seen in the row of the model."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.suites.choosing import choosing_api
from tests.suites.small_api import SmallApi

MODEL = "arrival_at_departure"


@pytest.fixture
def api(tmp_path: Path) -> Iterator[SmallApi]:
    with choosing_api(tmp_path) as found:
        yield found


def ask(api: SmallApi, verb: str, body: Any, name: str = MODEL, key: str = "approver") -> Any:
    """The answer; asked again under its key while the tower has not decided: it counts once."""
    for _ in range(20):
        headers = {"Idempotency-Key": f"{verb}-{name}-{key}"}
        answer = api.ask("POST", f"/v1/models/{name}/{verb}?network=east", key, json=body, headers=headers)
        if answer.status_code != 202:
            break
    return answer


def test_somebody_promotes_and_rolls_back_and_the_model_says_who_and_why(api: SmallApi) -> None:
    answer = ask(api, "promote", {"serves": "linear", "reason": "tiles drift"})
    assert answer.status_code == 200, answer.text
    said = answer.json()["model"]
    assert [said[name] for name in ("serves", "ruled", "by", "reason")] == [
        "linear", "by_hand", "approver", "tiles drift"]  # fmt: skip
    (row,) = [one for one in api.get("/v1/models?network=east")["items"] if one["name"] == MODEL]
    assert row["serves"] == "linear"
    back = ask(api, "rollback", {"reason": "it was the weather"}).json()["model"]
    assert (back["serves"], back["ruled"], back["reason"]) == ("tiles", "by_rule", "it was the weather")


def test_what_nobody_knows_and_who_may_not_are_refused(api: SmallApi) -> None:
    said = {"serves": "linear", "reason": "why"}
    assert ask(api, "promote", said, name="nothing").status_code == 404
    assert ask(api, "promote", said, key="dispatcher").status_code == 403
    assert ask(api, "promote", {"serves": "linear"}).status_code == 422
