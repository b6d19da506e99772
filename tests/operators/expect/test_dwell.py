"""How long visits last is learned by site and kind, and a visit that is still there was not short."""

import numpy as np

from operators.expect.dwell import Dwell

NAN = float("nan")


def taught(visits: int) -> Dwell:
    """Planned for an hour each; at A they take ten minutes more, at B what was planned, one of ten two hours more."""
    model = Dwell()
    for i in range(visits):
        for site, more in (("A", 10.0), ("B", 120.0 if i % 10 == 0 else 0.0)):
            base, x = model.features(site, "k", 0.0, 0.0, 60.0)
            model.learn(site, "k", base, x, model.expect(base, x), 60.0 + more)
    return model


def test_what_a_site_adds_to_the_plan_is_learned() -> None:
    model = taught(1000)
    said = {site: model.expect(*model.features(site, "k", 0.0, 0.0, 60.0)) for site in "AB"}
    assert abs(said["A"] - 70) < 4
    assert abs(said["B"] - 60) < 6


def test_a_visit_that_is_still_there_is_one_of_those_that_took_long() -> None:
    model = taught(1000)
    said = model.expect(*model.features("B", "k", 0.0, 0.0, 60.0))
    assert model.expect_still(said, 10.0) == said
    assert abs(model.expect_still(said, 90.0) - 180) < 15
    assert model.expect_still(said, 2000.0) == 2000.0


def test_without_a_plan_it_takes_what_such_visits_take_at_least() -> None:
    base, x = Dwell().features("new", "k", 0.0, NAN, NAN)
    assert base == 25.0
    assert np.isfinite(list(x.values())).all()
