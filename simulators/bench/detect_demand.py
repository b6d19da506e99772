"""Half-hourly demand of a city's taxis (NAB, nyc_taxi): how far forecasts are off at three horizons, value by value, by
the kernels that the chain has.

Beside them last week's value, and two of River's forecasters. WAPE: the sum of errors by the sum of demand, from the
fourth week on. Nothing is fetched: the path is of a folder, or of the archive, in which `nyc_taxi.csv` lies.
"""

import csv
import io
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np
from river import linear_model, optim, preprocessing, time_series

from operators.expect import season
from operators.expect.demand import SERIES
from operators.expect.season import HORIZONS, WEEK
from operators.expect.seasonal import FEATURES
from simulators.bench.figures import Row, cpu_s, row
from tower.errors import UsageError
from tower.table import Table, upsert

FILE: Final = "nyc_taxi.csv"
TARGETS: Final = {1: 0.039, 12: 0.080, 48: 0.083}
FROM: Final = 3 * WEEK
Forecasts = dict[int, np.ndarray]


def knows(path: str) -> bool:
    """Whether the series lies there."""
    return text_at(path) is not None


def text_at(path: str) -> str | None:
    """The file's text; None if there is none."""
    place = Path(path)
    if place.is_dir():
        found = sorted(place.rglob(FILE))
        return found[0].read_text("utf-8") if found else None
    if place.is_file() and tarfile.is_tarfile(place):
        with tarfile.open(place) as archive:
            names = [name for name in archive.getnames() if name.endswith(f"/{FILE}")]
            file = archive.extractfile(names[0]) if names else None
            return file.read().decode("utf-8") if file else None
    return None


def rows(path: str, *, quick: bool = False) -> Iterator[Row]:
    """A row for each horizon and peer, then the cost of a step. Raises UsageError."""
    text = text_at(path)
    if text is None:
        raise UsageError(f"bench detect: no {FILE} (got --data {path})", "name the NAB folder, or its archive")
    values = np.array([float(line["value"]) for line in csv.DictReader(io.StringIO(text))])
    values = values[: FROM + WEEK] if quick else values
    banded(values[:WEEK])
    told: list[np.ndarray] = []
    took = cpu_s(lambda: told.append(banded(values)))
    own = {h: told[0][:, k, season.MIDDLE] for k, h in enumerate(HORIZONS)}
    peers = {name: make(values) for name, make in PEERS.items()}
    load = f"{values.size - FROM} half hours, from the fourth week"
    for h in HORIZONS:
        for name, theirs in peers.items():
            yield row("detect", f"demand in {h} half hours: WAPE", wape(own[h], values, h), "share", "low", load,
                      peer=name, against=wape(theirs[h], values, h), target=TARGETS[h])  # fmt: skip
        share = covered(told[0], values, h)
        yield row("detect", f"demand in {h} half hours: within p05 to p95", share, "share", "high", load)
    yield row("detect", "demand: learn a value, forecast three", took / values.size * 1e6, "us", "low", load)


def wape(forecast: np.ndarray, values: np.ndarray, h: int) -> float:
    """`forecast[t]` is of t + h, made when t was the newest."""
    wanted = values[FROM + h :]
    return float(np.abs(forecast[FROM : values.size - h] - wanted).sum() / wanted.sum())


def banded(values: np.ndarray) -> np.ndarray:
    """p05, p50, p95 at each horizon (values, horizons, 3), said when each value was the newest."""
    table, said = Table(SERIES), np.full((values.size, len(HORIZONS), 3), np.nan)
    table.begin(1, 1)
    upsert(table.t, np.uint64(0))
    season.learn_rows(table.t.rows, values, np.zeros(FEATURES), np.zeros(FEATURES), said)
    return said


def covered(said: np.ndarray, values: np.ndarray, h: int) -> float:
    """How often a value was within what was said of it."""
    wanted, band = values[FROM + h :], said[FROM : values.size - h, HORIZONS.index(h)]
    return float(((band[:, season.LOW] <= wanted) & (wanted <= band[:, season.HIGH])).mean())


def blank(values: np.ndarray) -> Forecasts:
    """Nothing said."""
    return {h: np.full(values.size, np.nan) for h in HORIZONS}


def last_week(values: np.ndarray) -> Forecasts:
    """What it was a week before."""
    found = blank(values)
    for h in HORIZONS:
        found[h][WEEK - h :] = values[: values.size - WEEK + h]
    return found


def by_river(make: Callable[[], Any]) -> Callable[[np.ndarray], Forecasts]:
    """One of River's forecasters."""

    def forecasts(values: np.ndarray) -> Forecasts:
        model, found = make(), blank(values)
        for t, value in enumerate(values.tolist()):
            model.learn_one(value)
            if t >= FROM:
                said = model.forecast(HORIZONS[-1])
                for h in HORIZONS:
                    found[h][t] = said[h - 1]
        return found

    return forecasts


def snarimax() -> Any:
    """Autoregression on differences of a week."""
    linear = linear_model.LinearRegression(optimizer=optim.SGD(0.005), intercept_lr=0.1)
    return time_series.SNARIMAX(p=2, d=0, q=0, m=WEEK, sp=0, sd=1, regressor=preprocessing.StandardScaler() | linear)


def holt_winters() -> Any:
    """Level, trend and a multiplied season of a week."""
    make: Any = time_series.HoltWinters
    return make(alpha=0.2, beta=0.001, gamma=0.3, seasonality=WEEK, multiplicative=True)


PEERS: Final[dict[str, Callable[[np.ndarray], Forecasts]]] = {
    "last week": last_week, "River SNARIMAX, weekly": by_river(snarimax),
    "River HoltWinters, weekly": by_river(holt_winters),
}  # fmt: skip
