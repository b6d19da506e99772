"""Fixes: whatever the types of a route refuse, the answer says what to send instead."""

from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from api.http.fixes import FIXES, fix_of


class Asked(BaseModel):
    model_config = ConfigDict(extra="forbid")

    n: Annotated[int, Field(ge=1, le=9)] = 1
    below: Annotated[float, Field(gt=0, lt=1, allow_inf_nan=False)] = 0.5
    who: Annotated[str, Field(min_length=1, max_length=4)] = "a"
    ids: Annotated[list[str], Field(min_length=1, max_length=2)] = ["a"]
    word: Literal["yes", "no"] = "yes"
    id: Annotated[str, Field(pattern="^#")] = "#"
    paused: bool = False
    of: dict[str, int] = {}


@pytest.mark.parametrize("said, fix", [
    ({"m": 1}, "leave m out"),
    ({"n": 0}, "n of 1 or more"),
    ({"n": 10}, "n of 9 or less"),
    ({"n": "x"}, "n is a whole number, like 100"),
    ({"n": 1.5}, "n is a whole number"),
    ({"n": None}, "n is a whole number"),
    ({"below": 1}, "below below 1.0"),
    ({"below": 0}, "below above 0.0"),
    ({"below": "x"}, "below is a number, like 1.5"),
    ({"below": float("inf")}, "below is a number that ends"),
    ({"who": 1}, "who is text, in quotes"),
    ({"who": ""}, "who with at least 1 characters"),
    ({"who": "abcde"}, "who with at most 4 characters"),
    ({"ids": "a"}, "ids is a list, in square brackets"),
    ({"ids": []}, "ids with at least 1"),
    ({"ids": ["a", "b", "c"]}, "ids with at most 2"),
    ({"word": "maybe"}, "word is 'yes' or 'no'"),
    ({"id": "1"}, "id that matches ^#"),
    ({"paused": "perhaps"}, "paused is true or false"),
    ({"of": 1}, "of is an object, in curly brackets"),
])  # fmt: skip
def test_a_fault_has_its_fix(said: dict[str, Any], fix: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Asked.model_validate(said)
    (one,) = refused.value.errors()
    assert fix_of(str(one["loc"][0]), one["type"], one.get("ctx", {})) == fix


def test_what_is_missing_is_asked_for_and_what_nobody_knows_points_at_the_schema() -> None:
    assert fix_of("to", "missing", {}) == "send to"
    assert fix_of("to", "a new fault", {}) == "GET /openapi.json says what to may be"
    assert fix_of("to", "string_too_long", {"other": 1}) == "GET /openapi.json says what to may be"


def test_no_fix_is_a_mere_pointer() -> None:
    assert not [fix for fix in FIXES.values() if "/" in fix]
