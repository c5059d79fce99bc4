"""The catalogue's `backtests` table from the out-of-sample forecasts of stage train."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from gramlib.backtests import power
from gramlib.backtests.coverage import basel_zone, christoffersen, cumulative_probability, kupiec, kupiec_power
from gramlib.backtests.dynamic_quantile import LAGS, dynamic_quantile
from gramlib.backtests.shortfall import shortfall_tests
from gramlib.backtests.uniformity import UNIFORMITY
from gramlib.models.multiplicity import holm

LEVELS = {0.975: "var_975", 0.99: "var_990"}
SHORTFALL_LEVEL, SHORTFALL = 0.975, "es_975"
BASEL_LEVEL, BASEL_DAYS = 0.99, 250
CENTRAL = 0.95
FEWEST_PLACES = 30
"""Below this the laws of the tests of uniformity are not what they are said to be."""

ZONES = ("green", "yellow", "red")
COLUMNS = [
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
    "alternative",
    "adjusted_p_value",
    "family_size",
]


def backtest_table(forecasts: pd.DataFrame) -> pd.DataFrame:
    """Test every model's forecasts; the input is the catalogue's `forecasts`, the result its `backtests`.

    Windows of h days overlap, and overlapping exceptions are not independent, so horizons above one day are thinned to every
    h-th window, counted back from the last. Then, for every horizon:

    * `kupiec` at 97.5% and 99%;
    * `acerbi_szekely_z1` and `_z2` of the expected shortfall at 97.5%, one-sided, simulated critical values;
    * `pit_kolmogorov_smirnov`, `pit_anderson_darling` and `pit_berkowitz` on the places of outcomes in their forecasts, from 30
      windows on; their exceptions are outcomes outside the central 95% of the forecast.

    For one day also, because a chain of days is needed: `christoffersen_independence`, `christoffersen_conditional` and
    `dynamic_quantile` at both levels, and `basel_zone` at 99% on the last 250 forecasts: its statistic is 0 green, 1 yellow,
    2 red, its p-value the chance of at least as many exceptions. The dynamic quantile test rejects true forecasts more often
    than it says, in 7% of samples of 2,520 days at 97.5% and 9% at 99%.

    `power` is the chance to reject at 5% if the `alternative` were true. `adjusted_p_value` is Holm's over the whole table,
    the p-values in which are the family (`family_size`): below 5% a rejection stands however many tests were made.
    """
    rows: list[dict[str, Any]] = []
    for (model, horizon), group in forecasts.sort_values("date").groupby(["model", "horizon_days"]):
        kept = group.iloc[::-1].iloc[::horizon].iloc[::-1]
        common = {"model": model, "horizon_days": int(horizon)}
        rows += [{**common, **row} for row in _tests(kept, int(horizon))]
    table = pd.DataFrame(rows)
    table["adjusted_p_value"] = holm(table["p_value"].to_numpy(dtype=float))
    table["family_size"] = int(table["p_value"].notna().sum())
    return table[COLUMNS].astype({"statistic": float, "p_value": float, "power": float})


def _tests(kept: pd.DataFrame, horizon: int) -> Iterator[dict[str, Any]]:
    for level, column in LEVELS.items():
        value_at_risk = kept[column].to_numpy()
        exceeded = -kept["realised_log_return"].to_numpy() > value_at_risk
        for row in _coverage(exceeded, value_at_risk, level, horizon):
            yield {"level": level, **row}
    yield from _shortfall(kept)
    yield from _places(kept["pit"].to_numpy())


def _coverage(exceeded: np.ndarray, value_at_risk: np.ndarray, level: float, horizon: int) -> Iterator[dict[str, Any]]:
    p = round(1.0 - level, 12)
    n, hits = len(exceeded), int(exceeded.sum())
    counts = {"observations": n, "exceptions": hits, "expected": n * p}

    def row(test: str, ratio: Any, chance: float, alternative: str) -> dict[str, Any]:
        found = {"test": test, "statistic": ratio.statistic, "p_value": ratio.p_value}
        return {**found, **counts, "power": chance, "alternative": alternative}

    twice = power.RATE_FACTOR * p
    yield row("kupiec", kupiec(hits, n, p), kupiec_power(n, p, twice), power.TWICE)
    if horizon > 1 or n < 2:
        return
    before, after = exceeded[:-1], exceeded[1:]
    n00, n01, n10, n11 = (int(np.sum((before == b) & (after == a))) for b in (False, True) for a in (False, True))
    tests = christoffersen(n00, n01, n10, n11, p)
    independence, conditional = power.christoffersen_power(n, p)
    yield row("christoffersen_independence", tests.independence, independence, power.CLUSTERS)
    yield row("christoffersen_conditional", tests.conditional, conditional, power.CLUSTERS)
    if n >= 10 * LAGS:
        ratio = dynamic_quantile(exceeded, value_at_risk, p)
        yield row("dynamic_quantile", ratio, power.dynamic_quantile_power(n, p), power.CLUSTERS)
    if level == BASEL_LEVEL and n >= BASEL_DAYS:
        recent = int(exceeded[-BASEL_DAYS:].sum())
        yield {
            "test": "basel_zone",
            "statistic": float(ZONES.index(basel_zone(recent, BASEL_DAYS, level))),
            "p_value": 1.0 - cumulative_probability(recent - 1, BASEL_DAYS, level) if recent else 1.0,
            "observations": BASEL_DAYS,
            "exceptions": recent,
            "expected": BASEL_DAYS * p,
            "power": power.basel_power(BASEL_DAYS, level, twice),
            "alternative": power.TWICE,
        }


def _shortfall(kept: pd.DataFrame) -> Iterator[dict[str, Any]]:
    loss, value_at_risk = -kept["realised_log_return"].to_numpy(), kept[LEVELS[SHORTFALL_LEVEL]].to_numpy()
    tests = shortfall_tests(loss, value_at_risk, kept[SHORTFALL].to_numpy(), SHORTFALL_LEVEL, power.LARGER_LOSSES)
    alternatives = {"acerbi_szekely_z1": power.LARGER_EXCEPTIONS, "acerbi_szekely_z2": power.LARGER}
    for (name, alternative), test in zip(alternatives.items(), tests, strict=True):
        yield {
            "test": name,
            "level": SHORTFALL_LEVEL,
            "statistic": test.statistic,
            "p_value": test.p_value,
            "observations": len(loss),
            "exceptions": int((loss > value_at_risk).sum()),
            "expected": len(loss) * round(1.0 - SHORTFALL_LEVEL, 12),
            "power": test.power,
            "alternative": alternative,
        }


def _places(pit: np.ndarray) -> Iterator[dict[str, Any]]:
    n = len(pit)
    if n < FEWEST_PLACES:
        return
    outside = int((np.abs(pit - 0.5) > 0.5 * CENTRAL).sum())
    powers = power.uniformity_power(n)
    for name, test in UNIFORMITY.items():
        statistic, p_value = test(pit)
        yield {
            "test": name,
            "level": CENTRAL,
            "statistic": float(statistic),
            "p_value": float(np.clip(p_value, 0.0, 1.0)),
            "observations": n,
            "exceptions": outside,
            "expected": n * (1.0 - CENTRAL),
            "power": powers[name],
            "alternative": power.WIDER,
        }
