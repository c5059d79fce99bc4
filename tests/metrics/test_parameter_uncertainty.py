"""The range of headlines over parameters: nothing where nothing varies, Monte Carlo taken out, both sources apart."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from flat_books import MOVING, OutsideModels, market

from gramlib.artefacts.analyse_metrics import PARAMETER_UNCERTAINTY
from gramlib.artefacts.checking import _schema
from gramlib.metrics import expected_shortfall, parameter_uncertainty
from gramlib.metrics.headlines import shortfall_influence
from gramlib.metrics.parameter_uncertainty import lognormal, net_range, redemption_draws
from gramlib.models.refit_bootstrap import Refit
from gramlib.params.issuer import Issuer
from gramlib.params.stages import AnalyseParams

PARAMS = AnalyseParams(search_n_paths=1000)


def fitted(a_return_default: float = 20.0) -> pd.DataFrame:
    rows = [("calm", "a_return", 19.2, 1.4, a_return_default), ("calm", "base_rate", 0.0009, 1e-4, 0.002),
            ("run", "a_event", 3.7, 0.2, 3.0), ("run", "mean_days", 8.5, 5.6, 3.0)]  # fmt: skip
    return pd.DataFrame(rows, columns=["regime", "parameter", "estimate", "standard_error", "default"])


def refits(*variance_factors: float) -> list[Refit]:
    """Refits whose volatility is so many times the model's, in variance."""
    made = []
    for factor in variance_factors:
        record = MOVING | {"next_variance": factor * MOVING["next_variance"],
                           "parameters": MOVING["parameters"] | {"omega": factor * MOVING["parameters"]["omega"]}}  # fmt: skip
        made.append(
            Refit(
                {"last_price_usd_per_g": 100.0, "sigma_sample": 0.011, "champion": "own", "models": {"own": record}},
                pd.DataFrame(),
            )
        )
    return made


@pytest.fixture(scope="module")
def made():
    each = market(Issuer(), MOVING, horizon_days=120, solvency_horizon_days=240)
    found = parameter_uncertainty(each, fitted(), PARAMS, refits(0.5, 1.0, 2.0, 3.0), "own", np.random.default_rng(1))
    return _schema(PARAMETER_UNCERTAINTY).validate(found)


def test_other_volatility_moves_failures_and_long_books_walk_fewer_paths(made):
    prices = made[made["source"] == "price model"].set_index(["subject", "metric"])
    row = prices.loc[("liquidity", "probability_F4")]
    assert row["lower"] < row["estimate"] < row["upper"] and row["noise_share"] < 0.1
    assert row["paths"] == 1000 and prices.loc[("solvency", "probability_F4"), "paths"] == 500
    assert set(made["source"]) == {"price model", "redemption response"}
    assert made["n"].eq(4).all()


def test_the_same_parameters_have_no_range():
    each = market(Issuer(), MOVING, horizon_days=60, solvency_horizon_days=60)
    found = parameter_uncertainty(
        each, fitted().iloc[:0], PARAMS, refits(1.0, 1.0, 1.0), "own", np.random.default_rng(1)
    )
    assert set(found["source"]) == {"price model"}
    np.testing.assert_array_equal(found["lower"], found["estimate"])
    np.testing.assert_array_equal(found["upper"], found["estimate"])


def test_a_stand_in_is_named_and_held_against_itself():
    each = market(
        Issuer(), {"kind": "a law of its own"}, OutsideModels(), n_paths=200, horizon_days=20, solvency_horizon_days=20
    )
    each.calibration["models"]["other"] = MOVING
    again = [Refit(each.calibration | {"champion": "other"}, pd.DataFrame())] * 2
    found = parameter_uncertainty(each, fitted().iloc[:0], PARAMS, again, "other", np.random.default_rng(1))
    assert found["method"].str.contains("2 refits of other, which stands in for own").all()
    np.testing.assert_array_equal(found["lower"], found["estimate"])


def test_no_refits_no_rows():
    each = market(Issuer(), MOVING, horizon_days=30, solvency_horizon_days=30)
    found = parameter_uncertainty(each, fitted(), PARAMS, [], "own", np.random.default_rng(1))
    assert found.empty and list(found.columns) == [c.name for c in PARAMETER_UNCERTAINTY.columns]


def test_redemption_is_drawn_from_the_fit_and_never_negative():
    issuers, told = redemption_draws(fitted(), Issuer(), 4000, np.random.default_rng(2))
    drawn = np.array([[i.redemption.a_return, i.redemption.a_event, i.drivers.confidence.mean_days] for i in issuers])
    assert drawn.mean(axis=0)[:2] == pytest.approx([19.2, 3.7], rel=0.01)
    assert drawn.std(axis=0)[:2] == pytest.approx([1.4, 0.2], rel=0.06)
    assert drawn[:, 2].min() >= 1.0 and "a_event 3.7 (s.e. 0.2)" in told
    assert all(i.redemption.base_rate == Issuer().redemption.base_rate for i in issuers[:3])


def test_a_figure_that_cannot_be_compared_stays():
    issuers, told = redemption_draws(fitted(math.nan), Issuer(), 3, np.random.default_rng(2))
    assert {i.redemption.a_return for i in issuers} == {20.0} and "a_return" not in told


def test_lognormal_moments():
    drawn = lognormal(8.5, 5.6, 400_000, np.random.default_rng(3))
    assert (drawn.mean(), drawn.std()) == (pytest.approx(8.5, rel=0.01), pytest.approx(5.6, rel=0.03))


def test_noise_is_taken_out_of_the_spread():
    """Figures N(m, 1) seen with an error of variance 3: the range is that of the unit normal, not of twice its width."""
    rng = np.random.default_rng(5)
    values = 10.0 + rng.standard_normal(20_000) + math.sqrt(3.0) * rng.standard_normal(20_000)
    lower, upper, share = net_range(values, 3.0)
    assert (lower, upper) == (pytest.approx(10 - 1.645, abs=0.05), pytest.approx(10 + 1.645, abs=0.05))
    assert share == pytest.approx(0.75, abs=0.02)
    assert net_range(np.array([1.0, 1.1]), 5.0)[2] == 1.0 and net_range(np.array([2.0]), 1.0) == (2.0, 2.0, 0.0)


def test_shortfall_s_influence_has_its_mean_and_its_error():
    rng, level = np.random.default_rng(6), 0.9
    samples = rng.exponential(size=(2000, 400))
    found = [shortfall_influence(losses, level) for losses in samples[:200]]
    for losses, influence in zip(samples[:200], found, strict=True):
        assert influence.mean() == pytest.approx(expected_shortfall(losses, level))
    errors = np.mean([influence.std() / 20 for influence in found])
    assert errors == pytest.approx(np.std([expected_shortfall(losses, level) for losses in samples]), rel=0.1)
