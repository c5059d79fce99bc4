"""The generator: exact on the monthly means, harmless to daily statistics, and what the shipped file is."""

from __future__ import annotations

import numpy as np
import pytest
from arch import arch_model
from hypothesis import given, settings
from hypothesis import strategies as st

from gramlib.sources import build_sample
from gramlib.sources.anchors import GARCH_PERSISTENCE, STATISTICS, WINDOWS, deviations, in_window
from gramlib.sources.daily_statistics import autocorrelation
from gramlib.sources.monthly import monthly_history, packaged
from gramlib.sources.sample_path import DRAWS_A_DAY, PathModel, conditioned_path, free_path, volatility_level


@pytest.fixture(scope="module")
def sample():
    lines = packaged(build_sample.FILENAME).decode().splitlines()[1:]
    days, prices = zip(*(line.split(",") for line in lines), strict=True)
    return [build_sample.date.fromisoformat(day) for day in days], np.array(prices, dtype=float)


def test_the_shipped_sample_is_what_the_script_makes(capsys):
    assert build_sample.main(["--check"]) == 0
    assert capsys.readouterr().out.startswith("identical")


def test_the_sample_is_small_and_covers_every_business_day(sample):
    days, prices = sample
    assert len(packaged(build_sample.FILENAME)) < 400_000
    assert days == build_sample.business_days(build_sample.FIRST_DAY, build_sample.LAST_DAY)
    assert (prices > 0).all()


def test_every_monthly_mean_is_the_shipped_average_to_half_a_cent(sample):
    days, prices = sample
    month = np.array([(day.year - 1975) * 12 + day.month - 1 for day in days])
    means = np.bincount(month, prices) / np.bincount(month)
    assert np.abs(means - monthly_history().to_numpy()).max() < 0.005


def test_every_statistic_is_within_its_tolerance(sample):
    found = deviations(*sample)
    assert len(found) == len(STATISTICS) * len(WINDOWS)
    off = {key: value for key, (value, deviation) in found.items() if abs(deviation) > 1}
    assert not off


@pytest.mark.parametrize("window", WINDOWS)
def test_garch_persistence_lies_where_gold_has_it(sample, window):
    days, prices = sample
    returns = 100 * np.diff(np.log(prices[in_window(days, window)]))
    fit = arch_model(returns, mean="Constant", vol="GARCH", p=1, q=1, dist="t").fit(disp="off")
    low, high = GARCH_PERSISTENCE[window]
    assert low <= fit.params["alpha[1]"] + fit.params["beta[1]"] <= high
    assert 3.5 < fit.params["nu"] < 7.5


def test_a_spline_would_have_been_seen(sample):
    # The reason for conditioning by kriging: a smooth correction adds a common drift to the days of a month.
    days, prices = sample
    returns = np.diff(np.log(prices))
    month = np.array([(day.year - 1975) * 12 + day.month for day in days])[1:]
    drift = np.bincount(month, returns) / np.maximum(np.bincount(month), 1)
    assert autocorrelation(returns, 1) < 0.02
    assert np.var(drift[month]) < 1.5 * np.var(returns) / 21


months = st.lists(st.floats(-0.15, 0.15), min_size=3, max_size=14)


@settings(deadline=None, max_examples=30)
@given(steps=months, seed=st.integers(0, 2**32), days_a_month=st.integers(2, 23))
def test_any_monthly_figures_are_met(steps, seed, days_a_month):
    monthly = 500 * np.exp(np.cumsum(steps))
    month_of_day = np.repeat(np.arange(len(monthly)), days_a_month)
    draws = build_sample.uniforms(seed, DRAWS_A_DAY * len(month_of_day)).reshape(DRAWS_A_DAY, -1)
    prices = conditioned_path(monthly, month_of_day, PathModel(), draws)
    means = np.bincount(month_of_day, prices) / days_a_month
    assert np.allclose(means, monthly, rtol=1e-6) and (prices > 0).all()


def test_the_volatility_level_of_a_random_walk_is_found():
    # Working (1960): changes of averages have two thirds of the variance of changes of ends.
    rng = np.random.default_rng(3)
    daily = 0.01 * rng.standard_normal(21 * 2400).cumsum()
    monthly = np.exp(daily.reshape(2400, 21)).mean(axis=1)
    level = volatility_level(monthly, PathModel(smoothing_months=200))
    assert np.sqrt(np.mean(level**2)) == pytest.approx(0.01, rel=0.05)


def test_conditioning_leaves_the_free_path_where_months_agree_with_it():
    month_of_day = np.repeat(np.arange(40), 21)
    draws = build_sample.uniforms(11, DRAWS_A_DAY * 840).reshape(DRAWS_A_DAY, 840)
    flat = np.full(40, 700.0) * np.exp(0.01 * np.cos(np.arange(40)))
    returns, sigma = free_path(flat, month_of_day, PathModel(), draws)
    assert (sigma > 0).all() and returns[0] == pytest.approx(np.log(flat[0]))
    prices = conditioned_path(flat, month_of_day, PathModel(), draws)
    shocks = np.corrcoef(np.diff(np.log(prices)), returns[1:])[0, 1]
    assert shocks > 0.9


def test_the_draws_are_pinned():
    # From the definition: 53 high bits of PCG64, centred; a new NumPy must give the same.
    assert build_sample.uniforms(1946, 3) == pytest.approx(PINNED, abs=0)


PINNED = [0.8945942475386754, 0.6709538892692251, 0.6664027274693227]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda text: text.replace(b"1975-01-03", b"1975-01-04"), "other dates"),
        (lambda text: text[: text.rindex(b"2026-07-31")], "rows made"),
        (lambda text: text.replace(b"1975-01-03,1", b"1975-01-03,2"), "1 prices differ, first on 1975-01-03"),
    ],
)
def test_check_sees_a_changed_file(change, sentence):
    shipped = packaged(build_sample.FILENAME)
    assert sentence in build_sample.difference(shipped, change(shipped))


def test_check_forgives_a_cent_here_and_there_but_not_everywhere():
    days, prices = build_sample.build()
    shipped = build_sample.as_csv(days, prices)
    few, many = prices.copy(), prices.copy()
    few[[5, 500]] += 0.01
    many[::100] += 0.01
    assert build_sample.difference(build_sample.as_csv(days, few), shipped) == ""
    assert "prices differ" in build_sample.difference(build_sample.as_csv(days, many), shipped)
