"""Statistics against closed forms and against the figures measured on real gold."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from gramlib.sources.anchors import STATISTICS, WINDOWS, deviations
from gramlib.sources.daily_statistics import autocorrelation, describe, hill, quantile_and_mean_beyond


def test_hill_recovers_the_index_of_a_pareto_law():
    n = 20_000
    quantiles = ((np.arange(n) + 0.5) / n) ** (-1 / 3.0)  # Pareto, index 3
    assert hill(quantiles, 1000) == pytest.approx(3.0, rel=0.01)
    assert np.isnan(hill(quantiles[:1000], 100))


def test_shortfall_of_a_uniform_loss():
    losses = np.linspace(0, 1, 100_001)
    at, beyond = quantile_and_mean_beyond(losses, 0.975)
    assert at == pytest.approx(0.975) and beyond == pytest.approx(0.9875, abs=1e-5)


def test_autocorrelation_of_an_alternating_series():
    x = np.tile([1.0, -1.0], 50)
    assert autocorrelation(x, 1) == pytest.approx(-1) and autocorrelation(x, 2) == pytest.approx(1)


def test_scale_does_not_matter():
    prices = 1000 * np.exp(np.cumsum(np.sin(np.arange(600.0) ** 1.5) / 80))
    ounces, grams = describe(prices), describe(prices / 31.1034768)
    assert all(ounces[name] == pytest.approx(grams[name], rel=1e-9, abs=1e-12, nan_ok=True) for name in ounces)


def test_worst_day_and_drawdown_of_a_known_path():
    prices = np.concatenate([np.full(300, 100.0) + np.arange(300) % 7, [100.0, 50.0, 75.0]])
    found = describe(prices)
    assert found["worst_day"] == pytest.approx(100 * np.log(0.5))
    assert found["max_drawdown"] == pytest.approx(100 * (1 - 50 / 106))


def test_every_anchor_is_described_and_every_description_anchored():
    prices = 1000 * np.exp(np.cumsum(np.sin(np.arange(600.0) ** 1.5) / 80))
    assert list(describe(prices)) == [anchor.name for anchor in STATISTICS]


PRINTED_TO = {
    "sd": 0.0006,
    "ac1_return": 0.0006,
    "ac1_abs": 0.0006,
    "ac20_abs": 0.0006,
    "excess_kurtosis": 0.06,
    "max_drawdown": 0.06,
}


@pytest.mark.parametrize("window", WINDOWS)
def test_conventions_reproduce_the_measured_figures(reference_data, window):
    daily = pd.read_csv(reference_data / "gold_daily_spliced_1968_2026.csv", parse_dates=["date"], index_col="date")[
        "price"
    ]
    found = deviations([day.date() for day in daily.index], daily.to_numpy())
    for anchor in STATISTICS:
        assert found[window, anchor.name][0] == pytest.approx(
            anchor.of(window)[0], abs=PRINTED_TO.get(anchor.name, 0.0061)
        ), anchor
