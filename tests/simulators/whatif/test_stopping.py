"""Looking after each pair claims no more than it may; and stops as soon as enough is known."""

import numpy as np
import pytest

from simulators.whatif.stopping import ERROR, LEAST, Looks

TRIALS = 1000


def claims(draws: np.ndarray, looks: Looks) -> float:
    """How often a comparison is over because of a difference; draws (trials, variants, pairs)."""
    found = 0
    for variants in draws:
        for pairs in range(LEAST, looks.most + 1):
            why = looks.stop([list(some[:pairs]) for some in variants], 0.0)
            if why:
                break
        found += why == "interval excludes 0"
    return found / len(draws)


@pytest.mark.parametrize("kind", ["normal", "skewed", "coarse"])
def test_where_there_is_no_difference_it_is_claimed_in_at_most_one_of_twenty(kind: str) -> None:
    chance = np.random.default_rng(7)
    size = (TRIALS, 1, 12)
    draws = {"normal": chance.normal(size=size), "skewed": chance.gamma(4.0, size=size) - 4.0,
             "coarse": chance.integers(-3, 4, size=size).astype("f8")}  # fmt: skip
    assert claims(draws[kind], Looks(12, 1, 0.0)) <= ERROR


def test_looking_at_plain_intervals_would_claim_too_much() -> None:
    draws = np.random.default_rng(7).normal(size=(TRIALS, 1, 12))

    class Plain(Looks):
        def reach(self, pairs: int) -> float:
            return Looks(LEAST, 1, 0.0).reach(pairs)

    assert claims(draws, Plain(12, 1, 0.0)) > 2 * ERROR


def test_several_variants_share_what_may_be_spent() -> None:
    assert Looks(12, 3, 0.0).reach(8) > Looks(12, 1, 0.0).reach(8) > Looks(4, 1, 0.0).reach(8)


def test_a_plain_difference_ends_it_at_the_first_look() -> None:
    looks = Looks(20, 1, 0.01)
    assert looks.stop([[-10.0, -11.0, -10.5]], 1000.0) == "", "nobody looks before the fourth pair"
    assert looks.stop([[-10.0, -11.0, -10.5, -10.2]], 1000.0) == "interval excludes 0"


def test_it_goes_on_until_every_variant_is_settled() -> None:
    looks = Looks(20, 2, 0.0)
    apart, open_ = [-10.0, -10.1, -9.9, -10.0], [3.0, -5.0, 8.0, -2.0]
    assert looks.stop([apart, open_], 1000.0) == ""
    assert looks.stop([apart, apart], 1000.0) == "interval excludes 0"


def test_narrow_enough_or_all_played_ends_it_too() -> None:
    same = [0.0] * 4
    assert Looks(20, 1, 0.01).stop([same], 1000.0) == "interval narrower than 0.01 of the base"
    assert Looks(20, 1, 0.01).stop([[30.0, -30.0, 20.0, -20.0]], 1000.0) == ""
    assert Looks(4, 1, 0.01).stop([[30.0, -30.0, 20.0, -20.0]], 1000.0) == "all 4 runs are played"
    assert Looks(2, 1, 0.01).stop([[1.0, 1.0]], 1000.0) == "all 2 runs are played"


def test_one_pair_has_no_interval() -> None:
    assert Looks(20, 1, 0.01).span([3.0]) == (3.0, None, None)
