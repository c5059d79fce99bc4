"""The catalogue's `backtests` table from the out-of-sample forecasts of stage train."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from gramlib.backtests.coverage import basel_zone, christoffersen, cumulative_probability, kupiec, kupiec_power

LEVELS = {0.975: "var_975", 0.99: "var_990"}
BASEL_LEVEL, BASEL_DAYS = 0.99, 250
ZONES = ("green", "yellow", "red")


def backtest_table(forecasts: pd.DataFrame) -> pd.DataFrame:
    """Test every model's value at risk; the input is the catalogue's `forecasts`, the result its `backtests`.

    * `kupiec` at 97.5% and 99% for every horizon. Windows of h days overlap, and overlapping exceptions are not independent,
      so horizons above one day are thinned to every h-th window, counted back from the last.
    * `christoffersen_independence` and `christoffersen_conditional` for one day.
    * `basel_zone` for one day at 99% on the last 250 forecasts: the statistic is 0 green, 1 yellow, 2 red, the p-value the
      chance of at least as many exceptions.

    `power` belongs to `kupiec` rows: the exact chance to reject at 5% if exceptions came twice as often as they should.
    One row in twenty rejects by chance alone; the number of rows is the multiplicity to keep in mind.
    """
    rows: list[dict[str, Any]] = []
    for (model, horizon), group in forecasts.sort_values("date").groupby(["model", "horizon_days"]):
        kept = group.iloc[::-1].iloc[::horizon].iloc[::-1]
        for level, column in LEVELS.items():
            exceeded = (-kept["realised_log_return"] > kept[column]).to_numpy()
            common = {"model": model, "horizon_days": int(horizon), "level": level}
            rows += [{**common, **row} for row in _tests(exceeded, level, horizon)]
    table = pd.DataFrame(rows)
    columns = [
        "model",
        "horizon_days",
        "test",
        "level",
        "statistic",
        "p_value",
        "observations",
        "exceptions",
        "expected",
        "power",
    ]
    return table[columns].astype({"statistic": float, "p_value": float, "power": float})


def _tests(exceeded: np.ndarray, level: float, horizon: int) -> Iterator[dict[str, Any]]:
    p = round(1.0 - level, 12)
    n, hits = len(exceeded), int(exceeded.sum())
    counts = {"observations": n, "exceptions": hits, "expected": n * p}
    ratio = kupiec(hits, n, p)
    power = kupiec_power(n, p, 2.0 * p)
    yield {"test": "kupiec", "statistic": ratio.statistic, "p_value": ratio.p_value, **counts, "power": power}
    if horizon > 1 or n < 2:
        return
    before, after = exceeded[:-1], exceeded[1:]
    n00, n01, n10, n11 = (int(np.sum((before == b) & (after == a))) for b in (False, True) for a in (False, True))
    tests = christoffersen(n00, n01, n10, n11, p)
    for name, ratio in (("independence", tests.independence), ("conditional", tests.conditional)):
        yield {
            "test": f"christoffersen_{name}",
            "statistic": ratio.statistic,
            "p_value": ratio.p_value,
            **counts,
            "power": np.nan,
        }
    if level == BASEL_LEVEL and n >= BASEL_DAYS:
        recent = int(exceeded[-BASEL_DAYS:].sum())
        yield {
            "test": "basel_zone",
            "statistic": float(ZONES.index(basel_zone(recent, BASEL_DAYS, level))),
            "p_value": 1.0 - cumulative_probability(recent - 1, BASEL_DAYS, level) if recent else 1.0,
            "observations": BASEL_DAYS,
            "exceptions": recent,
            "expected": BASEL_DAYS * p,
            "power": np.nan,
        }
