"""The kernels of stays say what River's model says; bands hold, are in order, and a visit that lasts was not short."""

import numpy as np
import pytest

from operators.expect import stay
from operators.expect.dwell import Dwell
from operators.expect.stay import HIGH, LOW, MIDDLE

NAN = float("nan")


def drawn(count: int) -> list[tuple[int, int, float, float, float]]:
    """Site, kind, planned minutes (or none), minutes late, minutes it lasted."""
    draw = np.random.default_rng(7)
    found = []
    for _ in range(count):
        site, kind = int(draw.integers(1, 4)), int(draw.integers(10, 12))
        plan = float(draw.choice([NAN, 40.0, 60.0, 300.0], p=[0.1, 0.3, 0.4, 0.2]))
        late = float(draw.integers(-20, 40))
        usual = 60.0 if np.isnan(plan) else plan
        found.append((site, kind, plan, late, max(usual - late / 2 + 5 * site + float(draw.gamma(2.0, 8.0)), 5.0)))
    return found


def test_the_kernels_say_what_rivers_model_says() -> None:
    ours, twin, x = stay.empty(), Dwell(), np.zeros(stay.FEATURES)
    for n, (site, kind, plan, late, lasted) in enumerate(drawn(600)):
        base = stay.features(ours, site, kind, plan - late, late, x)
        base_twin, x_twin = twin.features(str(site), str(kind), late, 0.0, plan)
        said, said_twin = stay.expect(ours, base, x), twin.expect(base_twin, x_twin)
        assert base == pytest.approx(base_twin, abs=1e-9)
        assert x == pytest.approx(np.array(list(x_twin.values())), abs=1e-9), n
        assert said == pytest.approx(said_twin, rel=1e-9), n
        elapsed = said + 21.0
        mass = stay.longer(ours, said, elapsed)
        if mass >= 1.0:
            still = stay.quantile(ours, said, elapsed, mass, 0.5)
            assert still == pytest.approx(twin.expect_still(said_twin, elapsed), rel=1e-9)
        stay.learn(ours, site, kind, base, x, said, plan, lasted)
        twin.learn(str(site), str(kind), base_twin, x_twin, said_twin, lasted)
    assert ours.learned[0] == 600


def test_bands_hold_nine_of_ten_labels_and_are_never_out_of_order() -> None:
    m, x = stay.empty(), np.zeros(stay.FEATURES)
    slots, raw, band = np.zeros(4, "i8"), np.zeros(3), np.zeros(3)
    inside, later = [], []
    for n, (site, kind, plan, late, lasted) in enumerate(drawn(4000)):
        base = stay.features(m, site, kind, plan - late, late, x)
        said = stay.expect(m, base, x)
        stay.groups(site, base, slots)
        is_later = stay.answer(m, said, 0.0, slots, 1.0, raw, band)
        first = band.copy()
        if n > 1000:
            assert not is_later
            assert 0.0 <= band[LOW] <= band[MIDDLE] <= band[HIGH]
            inside.append(band[LOW] <= lasted <= band[HIGH])
        if lasted > said + 10.0:
            assert stay.answer(m, said, said + 10.0, slots, 1.0, raw, band) or n < 10
            if n > 1000:
                assert said + 10.0 <= band[LOW] <= band[MIDDLE] <= band[HIGH]
                later.append(band[LOW] <= lasted <= band[HIGH])
            stay.settle(m, band, lasted, slots, is_later=True)
        stay.settle(m, first, lasted, slots, is_later=False)
        stay.learn(m, site, kind, base, x, said, plan, lasted)
    assert abs(np.mean(inside) - 0.9) < 0.02
    assert abs(np.mean(later) - 0.9) < 0.04


def test_nothing_is_said_of_a_visit_that_outlasts_all_that_were_seen() -> None:
    m, x = stay.empty(), np.zeros(stay.FEATURES)
    slots, raw, band = np.zeros(4, "i8"), np.zeros(3), np.zeros(3)
    for site, kind, plan, late, lasted in drawn(50):
        base = stay.features(m, site, kind, plan - late, late, x)
        stay.learn(m, site, kind, base, x, stay.expect(m, base, x), plan, lasted)
    stay.groups(1, 60.0, slots)
    stay.answer(m, 60.0, 2_000.0, slots, 1.0, raw, band)
    assert np.isnan(band).all()
