"""Tails at every threshold: intervals against a direct profile, coverage, closed forms, the table as a whole."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from scipy.optimize import brentq
from synthetic_garch import garch_returns, price_table

from gramlib.artefacts import check_table
from gramlib.models import tail_fit_table, train
from gramlib.models.rare_moves import FEWEST_YEARS, _figures
from gramlib.models.tail_fit import SHARES, gpd_excesses, stable_share, threshold_rows
from gramlib.models.tail_region import gpd_log_likelihood, tail_region
from gramlib.models.tails import gpd_excess, gpd_var_es
from gramlib.params.stages import TrainParams


@pytest.fixture(scope="module")
def excesses() -> np.ndarray:
    return stats.genpareto.rvs(0.2, scale=0.6, size=400, random_state=8)


def test_likelihood_is_that_of_scipy(excesses):
    xi, beta = np.array([0.2, 0.0, -0.01]), np.array([0.5, 0.7, 0.8])
    found = gpd_log_likelihood(excesses, xi, beta)
    assert found == pytest.approx(
        [stats.genpareto.logpdf(excesses, x, scale=b).sum() for x, b in zip(xi, beta, strict=True)]
    )
    assert gpd_log_likelihood(excesses, np.array([-0.4]), np.array([0.1]))[0] == -np.inf


def test_interval_of_the_shape_is_the_one_found_by_maximising_over_the_scale(excesses):
    """The textbook's way: profile over the scale, cut at half of 3.841 below the top."""
    region = tail_region(excesses)

    scales = np.linspace(0.4, 0.9, 800)

    def profile(xi: float) -> float:
        return stats.genpareto.logpdf(excesses[:, None], xi, scale=scales[None, :]).sum(axis=0).max()

    floor = profile(region.xi) - 0.5 * stats.chi2.ppf(0.95, 1)
    low, high = (brentq(lambda xi: profile(xi) - floor, *ends) for ends in ((-0.1, region.xi), (region.xi, 0.6)))
    assert region.at(lambda xi, _: xi)[2:] == pytest.approx((low, high), abs=2e-3)


def test_figures_at_the_maximum_are_mcneils_and_the_interval_of_a_far_quantile_is_skewed(excesses):
    region = tail_region(excesses)
    value, error, lower, upper = region.at(lambda xi, beta: 2.0 + gpd_excesses(0.02, xi, beta))
    assert value == pytest.approx(gpd_var_es(2.0, region.xi, region.beta, 8000, 400, 0.999)[0])
    assert lower < value - 1.5 * error and upper > value + 1.96 * error
    assert upper - value > 1.1 * (value - lower)
    assert float(gpd_excesses(0.02, np.array(0.0), np.array(0.6))) == pytest.approx(
        gpd_excess(0.02, 0.0, 0.6), rel=1e-6
    )


def test_intervals_hold_the_truth_as_often_as_they_say():
    rng = np.random.default_rng(4)
    hits = np.zeros(2)
    true_var = float(gpd_excess(0.02, 0.15, 1.0))
    for _ in range(200):
        region = tail_region(stats.genpareto.rvs(0.15, scale=1.0, size=300, random_state=rng))
        for place, (quantity, truth) in enumerate(
            ((lambda xi, _: xi, 0.15), (lambda xi, b: gpd_excesses(0.02, xi, b), true_var))
        ):
            _, _, lower, upper = region.at(quantity)
            hits[place] += lower <= truth <= upper
    assert stats.binomtest(int(hits[0]), 200, 0.95).pvalue > 0.005
    assert stats.binomtest(int(hits[1]), 200, 0.95).pvalue > 0.005


def test_rule_takes_the_largest_share_that_all_smaller_ones_agree_with():
    fits = [(0.10, 0.50, 0.4, 0.6), (0.05, 0.20, 0.1, 0.3), (0.02, 0.15, 0.0, 0.3), (0.01, 0.1, -0.1, 0.4)]
    assert stable_share(fits) == 0.05
    assert stable_share([(share, 0.2, 0.1, 0.3) for share in SHARES]) == 0.10
    assert stable_share([(0.1, 0.5, 0.4, 0.6), (0.01, 0.2, 0.1, 0.3)]) == 0.01


def test_hill_of_a_pareto_is_its_exponent_and_scaling_the_series_scales_the_scale():
    losses = stats.pareto.rvs(3.0, size=20_000, random_state=5)
    rows = pd.DataFrame(threshold_rows("residuals", -losses, -losses, 0.05))
    at = rows[(rows["tail"] == "falls") & rows["used"]].set_index("quantity")
    assert abs(at.loc["hill_alpha", "value"] - 3.0) < 3 * at.loc["hill_alpha", "standard_error"]
    assert abs(at.loc["xi", "value"] - 1 / 3) < 3 * at.loc["xi", "standard_error"]
    twice = pd.DataFrame(threshold_rows("residuals", -2 * losses, -2 * losses, 0.05))
    doubled = twice[(twice["tail"] == "falls") & twice["used"]].set_index("quantity")
    for quantity, factor in (
        ("threshold", 2),
        ("beta", 2),
        ("var_999", 2),
        ("es_990", 2),
        ("xi", 1),
        ("hill_alpha", 1),
    ):
        assert doubled.loc[quantity, "value"] == pytest.approx(factor * at.loc[quantity, "value"], rel=2e-3), quantity


def test_return_periods_are_those_of_the_law():
    """A tail of exactly known quantiles: what is exceeded once in 25 years of 252 days."""
    losses = stats.genpareto.rvs(0.1, scale=0.01, size=60_000, random_state=6)
    rows = pd.DataFrame(threshold_rows("daily returns", -losses, -losses, 0.05))
    falls = rows[(rows["tail"] == "falls") & rows["used"]].set_index("quantity")
    truth = -np.expm1(-stats.genpareto.isf(1 / (25 * 252), 0.1, scale=0.01))
    assert falls.loc["once_in_25_years", "lower"] < truth < falls.loc["once_in_25_years", "upper"]
    years = 1 / (252 * stats.genpareto.sf(-np.log1p(-0.09), 0.1, scale=0.01))
    assert falls.loc["years_between_9_percent", "lower"] < years < falls.loc["years_between_9_percent", "upper"]


def test_yearly_maxima_give_levels_and_periods_and_are_silent_where_they_know_little():
    years = np.linspace(0.0, 0.2, 1000).reshape(100, 10)
    found = _figures(years, 20, FEWEST_YEARS)
    assert found[:2] == pytest.approx([0.18, 0.192]) and found[3] == pytest.approx(0.198)
    assert found[4:6] == pytest.approx([2.0, 4.0], rel=0.01) and np.isnan(found[6])
    assert np.isnan(_figures(years[:20], 20, FEWEST_YEARS)[2])


@pytest.fixture(scope="module")
def made():
    prices = price_table(garch_returns(1600, seed=11))
    params = TrainParams(models=["fhs", "garch_t", "jump"], eval_days=60, min_train_days=1000, horizons_days=[1])
    training = train(prices, params, np.random.default_rng(1), grade="A")
    return prices, training, tail_fit_table(prices, training.residuals, training.calibration, np.random.default_rng(2))


def test_table_keeps_the_catalogue_and_agrees_with_the_champions_own_tails(made):
    _, training, table = made
    check_table("tail_fit", table, "a test")
    tails = training.calibration["models"]["fhs"]["tails"]
    for tail, side in (("falls", "lower"), ("rises", "upper")):
        own = table[(table["series"] == "residuals") & (table["tail"] == tail) & table["used"]].set_index("quantity")
        for name in ("threshold", "xi", "beta"):
            assert own.loc[name, "value"] == pytest.approx(tails[side][name], rel=1e-9)
        assert own.loc["xi", "standard_error"] == pytest.approx(tails[side]["xi_standard_error"], rel=1e-4)
    known = table.dropna(subset=["lower"])
    assert (known["lower"] <= known["value"]).all() and (known["value"] <= known["upper"]).all()
    fits = table[(table["quantity"] == "xi") & (table["series"] == "residuals")]
    assert set(fits["threshold_share"]) <= set(SHARES) and fits["used"].sum() == 2


def test_what_lies_beyond_the_sample_carries_the_range_over_models(made):
    _, training, table = made
    far = table[table["series"].str.contains("within 30 days")]
    periods = [
        record["return_period_years"] for record in training.calibration["far_tail"] if record["return_period_years"]
    ]
    assert far[["lower", "upper"]].to_numpy().tolist() == [[min(periods), max(periods)]]
    simulated = table[table["series"] == "20 days, all models"]
    assert {"falls", "rises"} == set(simulated["tail"]) and "once_in_25_years" in set(simulated["quantity"])
    assert (simulated["upper"] > simulated["lower"]).all()


def test_same_generator_same_table(made):
    prices, training, table = made
    again = tail_fit_table(prices, training.residuals, training.calibration, np.random.default_rng(2))
    pd.testing.assert_frame_equal(table, again, check_exact=True)
