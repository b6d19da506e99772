"""Goods that are short go to whoever comes first and finds enough; who wants more than is left holds nothing back."""

from typing import Any

import numpy as np

from operators.planning.goods import RATION, WANTED
from operators.planning.rows import NOWHERE, WANT

HUBS: Any = np.array([11, 12], "u8")


def allowed(quantities: list[int], free: list[int], takes: list[int] | None = None) -> list[list[bool]]:
    """Which hubs each line of one sku may take from; lines in the order in which they are served, and the hub that each
    is to have its goods from.
    """
    wants = np.repeat(WANT, len(quantities))
    wants["key"], wants["sku"], wants["quantity"] = np.arange(1, len(quantities) + 1), 7, quantities
    wants["at_goal"], wants["shelf"] = 0, 0
    reach, held = np.ones((1, HUBS.size), "?"), np.array([free], "i8")
    others, taken = np.zeros_like(held), np.zeros_like(held)
    WANTED.call(wants, HUBS, reach, others)
    allow = np.zeros((wants.size, HUBS.size), "?")
    to = np.array(takes or [NOWHERE] * wants.size)
    RATION.call(wants, np.arange(wants.size), to, HUBS, reach, held, others, taken, allow)
    return allow.tolist()


def test_a_line_that_wants_more_than_there_is_keeps_nobody_from_what_there_is() -> None:
    assert allowed([400, 2, 3], [119, 4]) == [[False, False], [True, True], [True, False]]


def test_what_is_short_goes_to_those_who_come_first() -> None:
    assert allowed([6, 6, 4], [10, 0]) == [[True, False], [False, False], [True, False]]


def test_where_there_is_enough_everybody_may_go() -> None:
    assert allowed([6, 6], [12, 20]) == [[True, True], [True, True]]


def test_who_is_to_have_goods_comes_before_who_only_may_and_what_is_left_is_to_choose_from() -> None:
    assert allowed([1, 1, 1], [1, 1], [1, 1, 0]) == [[False, True], [False, False], [True, False]]
    assert allowed([1, 2], [2, 2], [0, 1]) == [[True, False], [False, True]]
    assert allowed([1, 1], [1, 9], [0, 1]) == [[True, True], [False, True]]
