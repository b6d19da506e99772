"""River's own checks (its models need as much); and that the face learns what River's linear model learns."""

import sys
from types import ModuleType
from typing import Any

import pytest
from river import checks, datasets, linear_model, metrics, optim, preprocessing

from operators.predict.face import TilesClassifier, TilesRegressor


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("model", [TilesRegressor(), TilesRegressor(level=0.9), TilesClassifier()], ids=repr)
def test_it_is_an_estimator_as_river_wants_them(model: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("sklearn", "sklearn.datasets"):  # the checks import it, for kinds of models that ours are not
        monkeypatch.setitem(sys.modules, name, ModuleType(name))
    checks.check_estimator(model)


def test_a_quantile_lies_where_it_should() -> None:
    model: Any = TilesRegressor(level=0.8, rate=0.2)
    above = 0
    for i in range(4000):
        x, y = {"kind": "ab"[i % 2]}, float((i * 7919) % 100) + 100 * (i % 2)
        above += i >= 2000 and y > model.predict_one(x)
        model.learn_one(x, y)
    assert above / 2000 == pytest.approx(0.2, abs=0.05)


def test_it_keeps_up_with_rivers_linear_model() -> None:
    peer = preprocessing.StandardScaler() | linear_model.LogisticRegression(optimizer=optim.SGD(0.05))
    scores = []
    for model in (TilesClassifier(), peer):
        score: Any = metrics.__dict__["ROCAUC"]()
        for x, y in datasets.Phishing():
            score.update(y, model.predict_proba_one(x))
            model.learn_one(x, y)
        scores.append(score.get())
    assert scores[0] > scores[1] - 0.01


def test_what_is_no_number_is_not_learned_and_columns_are_bounded() -> None:
    model = TilesRegressor(columns=2)
    model.learn_one({"a": 1.0}, float("nan"))
    assert model.predict_one({"a": 1.0}) == 0
    model.learn_one({"a": float("inf"), "b": float("nan"), "c": 3.0}, 5.0)
    assert model.predict_one({"a": 2.0, "b": 1.0, "c": 7.0}) == model.predict_one({"a": 2.0, "b": 1.0, "c": -7.0})
