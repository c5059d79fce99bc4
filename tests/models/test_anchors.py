"""Every printed cell of the two PM-fix columns of MODELS_AND_CHECKS D.2 that no other test of this room holds, on the spliced series.

The tolerance is half a unit of the last printed digit throughout: the columns were made from this series, and all their cells come
back. The fits stand beside their models: GARCH-t in test_arch_fit, GJR-t in test_gjr_t, EGARCH in test_egarch, block lengths in
test_bootstrap. The third column is of another feed; it is met within 10-15% where those tests ask for it.
"""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from gramlib.metrics import expected_shortfall, value_at_risk
from gramlib.models.tail_region import tail_region
from gramlib.models.tails import fit_gpd, gpd_var_es

LAST = "2018-04-05"
COLUMNS = {
    "1975-01-03": {
        "n": "10853", "sd": "1.228", "annual": "19.5", "skew": "0.00", "kurtosis": "11.2", "ac_r": "-0.040", "ac_size": "0.291",
        "var_975": "2.47", "es_975": "3.72", "var_990": "3.49", "es_990": "4.98", "var_975_10": "7.18", "es_975_10": "10.28",
        "var_990_10": "9.82", "t_df": "2.59", "hill_left_100": "3.30", "hill_left_200": "2.90", "hill_right_200": "2.85",
        "xi_950": "0.167", "beta_950": "0.927", "xi_975": "0.176", "beta_975": "1.035", "var_999_975": "6.95",
    },
    "2000-01-05": {
        "n": "4576", "sd": "1.119", "annual": "17.8", "skew": "-0.25", "kurtosis": "5.4", "ac_r": "-0.011", "ac_size": "0.109",
        "var_975": "2.31", "es_975": "3.31", "var_990": "3.19", "es_990": "4.29", "var_975_10": "6.64", "es_975_10": "9.62",
        "var_990_10": "9.47", "t_df": "3.31", "hill_left_100": "3.25", "hill_left_200": "2.72", "hill_right_200": "2.95",
        "xi_950": "0.112", "beta_950": "0.835", "xi_975": "0.151", "beta_975": "0.852", "var_999_975": "5.85",
    },
}  # fmt: skip
"""As printed, percent log-returns; ten days overlap."""


def _hill(sizes: np.ndarray, k: int) -> float:
    largest = np.sort(sizes)[::-1]
    return 1.0 / float(np.log(largest[:k] / largest[k]).mean())


def _correlation(values: np.ndarray) -> float:
    return float(np.corrcoef(values[1:], values[:-1])[0, 1])


def measured(percent: np.ndarray) -> dict[str, float]:
    losses, ten_days = -percent, -np.convolve(percent, np.ones(10), "valid")
    found = {
        "n": len(percent), "sd": percent.std(ddof=1), "annual": percent.std(ddof=1) * math.sqrt(252),
        "skew": stats.skew(percent), "kurtosis": stats.kurtosis(percent),
        "ac_r": _correlation(percent), "ac_size": _correlation(np.abs(percent)), "t_df": stats.t.fit(percent)[0],
        "hill_left_100": _hill(losses, 100), "hill_left_200": _hill(losses, 200), "hill_right_200": _hill(percent, 200),
    }  # fmt: skip
    for level in (0.975, 0.99):
        for suffix, sizes in (("", losses), ("_10", ten_days)):
            var = float(np.quantile(sizes, level))
            found |= {
                f"var_{1000 * level:.0f}{suffix}": var,
                f"es_{1000 * level:.0f}{suffix}": float(sizes[sizes > var].mean()),
            }
            # The page interpolates between order statistics, the run does not.
            assert value_at_risk(sizes, level) == pytest.approx(var, rel=0.025)
            assert expected_shortfall(sizes, level) == pytest.approx(found[f"es_{1000 * level:.0f}{suffix}"], rel=0.025)
    for name, share in (("950", 0.95), ("975", 0.975)):
        threshold = float(np.quantile(losses, share))
        beyond = losses[losses > threshold]
        fit = fit_gpd(beyond - threshold)
        far, _ = gpd_var_es(threshold, fit.xi, fit.beta, len(losses), len(beyond), 0.999)
        found |= {f"xi_{name}": fit.xi, f"beta_{name}": fit.beta, f"var_999_{name}": far}
    return found


@pytest.fixture(scope="module")
def columns(gold_prices) -> dict[str, dict[str, float]]:
    def window(start: str) -> np.ndarray:
        rows = gold_prices[(gold_prices["date"] >= start) & (gold_prices["date"] <= LAST)]
        return 100.0 * rows["log_return"].to_numpy()

    return {start: measured(window(start)) for start in COLUMNS}


@pytest.mark.parametrize(("start", "cell"), [(start, cell) for start, cells in COLUMNS.items() for cell in cells])
def test_printed_cell_comes_back(columns, start, cell):
    printed = COLUMNS[start][cell]
    digits = len(printed.partition(".")[2])
    assert columns[start][cell] == pytest.approx(float(printed), abs=0.5001 * 10.0**-digits)


def test_root_ten_of_a_days_shortfall_is_no_ten_day_shortfall(columns):
    """Note 4 of the page: scaling overstates what is measured, 11.8 against 10.3 and 10.5 against 9.6."""
    for found in columns.values():
        assert 1.05 < math.sqrt(10) * found["es_975"] / found["es_975_10"] < 1.2


def test_two_thresholds_agree_within_their_intervals(gold_prices):
    percent = (
        -100.0
        * gold_prices[(gold_prices["date"] >= "1975-01-03") & (gold_prices["date"] <= LAST)]["log_return"].to_numpy()
    )
    intervals = []
    for share in (0.95, 0.975):
        threshold = np.quantile(percent, share)
        value, _, lower, upper = tail_region(percent[percent > threshold] - threshold).at(lambda xi, _: xi)
        intervals.append((value, lower, upper))
    (first, low, high), (second, lower, upper) = intervals
    assert lower < first < upper and low < second < high
    assert low > 0.0, "the tail of falls is heavier than an exponential one"
