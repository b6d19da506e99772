"""What is remembered of goods never changes what is found: neither in the chain, nor whatever changes of a market."""

import random
from typing import Any

import numpy as np
import pytest

from operators.planning import allotting
from operators.planning.allotting import Allotter, Legs
from operators.planning.rows import NOWHERE, OPEN
from operators.planning.settings import settings_of
from operators.prices import USUAL
from tests.operators.planning.network import happens, opening
from tests.operators.planning.test_shares import HOUR, HUBS, market
from tests.suites.story import Story

MONEY = settings_of(USUAL, {}).money
ALTERED = {"quantity", "loads", "priority", "promised_by", "value_cents", "at_goal", "is_off", "stand", "place",
           "plays", "at", "arr", "freight", "is_open", "stock", "dep"}  # fmt: skip
"""What is altered of a market: all of it that a share may depend on."""
Market = tuple[Any, Any, Any, Any]


class Forgetful(Allotter):
    """Begins with nothing each time."""

    def allot(self, *arguments: Any) -> Any:
        self.__init__()  # type: ignore[misc]
        return super().allot(*arguments)


def markets(seed: int, articles: int) -> Market:
    """Lines of some articles on the legs of one market."""
    draw = random.Random(seed)
    wants, ways, at, stock = market(draw, 3)
    lines, places, free = [wants], [at], [stock]
    for shelf in range(1, articles):
        more, _, on, stock = market(draw, 3)
        more["key"] += 100 * shelf
        more["sku"], more["shelf"] = 7 + shelf, shelf
        on[(on != NOWHERE) & (ways["is_open"][on] == 0)] = NOWHERE
        more["stand"][on == NOWHERE] = OPEN
        lines.append(more)
        places.append(on)
        free.append(stock)
    return np.concatenate(lines), ways, np.concatenate(places), np.concatenate(free)


def found(
    allotter: Allotter, market: Market, plays: Any, now: int, money: Any = MONEY, hubs: Any = HUBS
) -> list[Any]:  # fmt: skip
    """All that is found for a market at that moment."""
    wants, ways, at, stock = (part.copy() for part in market)
    legs = Legs(ways, np.tile(np.arange(3), 3), np.ones(ways.size, "i8"))
    allow, scarce = allotter.allot(wants, at, plays.copy(), legs, hubs, stock, 3, money, now)
    return [allow.tolist(), wants["gives"].tolist(), scarce.last.tolist(), scarce.following.tolist()]


def altered(draw: random.Random, market: Market, plays: Any) -> str:
    """One thing of a market is another, in place; its name."""
    wants, ways, at, stock = market
    i, j = draw.randrange(wants.size), draw.randrange(ways.size)
    name = draw.choice(sorted(ALTERED))
    if name == "stock":
        stock[draw.randrange(len(stock)), draw.randrange(3)] += draw.choice((-2, -1, 1, 2))
    elif name == "plays":
        plays[i] ^= True
    elif name == "at":
        at[i] = draw.choice([NOWHERE, *range(ways.size)])
    elif name in ("arr", "dep"):
        ways[name][j] += draw.randrange(-8, 9) * HOUR
    elif name == "freight":
        ways[name][j] = draw.randrange(300, 900)
    elif name == "is_open":
        ways[name][j] ^= 1
    elif name == "promised_by":
        wants[name][i] += draw.randrange(-20, 21) * HOUR
    elif name == "place":
        wants[name][i] = draw.choice(HUBS.tolist())
    else:
        most = {"quantity": 4, "loads": 3, "priority": 3, "at_goal": 3, "value_cents": 90_000}.get(name, 2)
        wants[name][i] = draw.randrange(name in ("quantity", "loads"), most + (name == "quantity"))
    return name


def test_whatever_changes_of_a_market_the_same_is_found_as_by_one_that_remembers_nothing() -> None:
    """One thing after the other: so nothing that a share depends on is left out of what it is known by."""
    changed = set[str]()
    for seed in range(60):
        draw, allotter, told = random.Random(seed), Allotter(), markets(seed, 3)
        plays, before = np.ones(told[0].size, "?"), None
        for step in range(30):
            name = altered(draw, told, plays)
            now = (step // 5) * HOUR
            anew = found(Allotter(), told, plays, now)
            assert found(allotter, told, plays, now) == anew, (seed, step, name)
            changed |= {name} if anew != before and step % 5 else set()
            before = anew
    assert not ALTERED - changed


def test_other_prices_other_sites_and_lines_that_come_and_go_are_no_article_that_was_there_before() -> None:
    told = markets(3, 4)
    wants, ways, at, stock = told
    plays, allotter = np.ones(wants.size, "?"), Allotter()
    found(allotter, told, plays, 0)
    dear = settings_of(USUAL, {"switch_cents": (90_000, 90_000, 90_000)}).money
    assert found(allotter, told, plays, 0, dear) == found(Allotter(), told, plays, 0, dear)
    other = np.array([11, 12, 14], "u8")
    assert found(allotter, told, plays, 0, dear, other) == found(Allotter(), told, plays, 0, dear, other)
    assert found(Allotter(), told, plays, 0, dear, other) != found(Allotter(), told, plays, 0, dear)
    for gone in range(wants.size):
        rest = np.arange(wants.size) != gone
        fewer = (wants[rest], ways, at[rest], stock)
        assert found(allotter, fewer, plays[rest], 0) == found(Allotter(), fewer, plays[rest], 0)
    few = (wants[wants["shelf"] == 0], ways, at[wants["shelf"] == 0], stock[:1])
    some = plays[: few[0].size]
    assert found(allotter, few, some, 0) == found(Allotter(), few, some, 0)
    assert found(allotter, told, plays, 0) == found(Allotter(), told, plays, 0)


def test_an_article_that_was_shared_out_while_the_budget_was_spent_is_shared_out_better_when_it_is_not() -> None:
    """Four thousand articles of lines that all want what few can have; then all but some of these have plenty."""
    wants, ways, at, stock = markets(5, 4_000)
    wants["quantity"], stock[:] = 2, 3
    plays, allotter = np.ones(wants.size, "?"), Allotter()
    short = found(allotter, (wants, ways, at, stock), plays, 0)
    assert short == found(Allotter(), (wants, ways, at, stock), plays, 0)
    stock[:3_600] = 1_000
    plenty = found(allotter, (wants, ways, at, stock), plays, 0)
    assert plenty == found(Allotter(), (wants, ways, at, stock), plays, 0)
    late = wants["shelf"] >= 3_600
    assert [plenty[1][i] for i in np.flatnonzero(late)] != [short[1][i] for i in np.flatnonzero(late)]


@pytest.mark.parametrize("most", [1, 3])
def test_the_chain_says_the_same_as_one_that_remembers_nothing(most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """And it does remember: hundreds of articles are as they were, hundreds are not."""
    known = [0, 0]
    shares_for, made = allotting.shares_for, list[Any]()

    def counted(lines: int, before: Any, is_new: Any) -> Any:
        known[0] += int(np.count_nonzero(~is_new & (before.marks != 0)))
        known[1] += int(np.count_nonzero(is_new))
        return shares_for(lines, before, is_new)

    for is_forgetful in (False, True):
        with monkeypatch.context() as patch:
            if is_forgetful:
                patch.setattr("operators.planning.plans.Allotter", Forgetful)
            else:
                patch.setattr(allotting, "shares_for", counted)
            made.append([played(seed, most) for seed in range(12)])
    assert made[0] == made[1]
    assert min(known) > 100


def played(seed: int, most: int) -> list[bytes]:
    """What a network at random says in some hours of trouble."""
    draw, story = random.Random(seed), Story()
    story.tell(0, *opening(draw, most))
    for n in range(20):
        story.tell(7 * n + 1, *happens(draw, n, 7 * n + 1, most))
    return [outcome.encode() for outcome in story.outcomes]
