from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from real_series import real_flows, real_gold
from scipy.optimize import curve_fit
from synthetic_garch import garch_returns, price_table

from gramlib.errors import DataContractError
from gramlib.models.redemption_calm import CalmSample, calm_sample, fit_calm
from gramlib.models.redemption_curve import RedemptionCurve

CURVE = RedemptionCurve(0.0, 0.10, -5.0)


def drawn_sample(a_return: float, n: int = 6000, seed: int = 7) -> CalmSample:
    """Outflows with a known mean and heavy, exponential noise, so that half the days lie far off it."""
    rng = np.random.default_rng(seed)
    fall = np.maximum(0.0, 0.03 * rng.standard_t(4.0, n))
    mean = 0.001 + (0.10 - 0.001) * np.asarray(CURVE.share(a_return * fall))
    outflow = mean * rng.standard_exponential(n)
    return CalmSample("fund", np.arange(n).astype("datetime64[D]"), outflow, fall, -outflow)


@pytest.mark.parametrize("a_return", [0.0, 20.0])
def test_the_fit_finds_what_the_outflows_were_drawn_from(a_return):
    fit = fit_calm(drawn_sample(a_return), CURVE, np.random.default_rng(1), n_draws=60)
    assert abs(fit.base_rate - 0.001) < 4 * fit.base_rate_error
    assert abs(fit.a_return - a_return) < 4 * fit.a_return_error
    assert fit.quasi_likelihood == pytest.approx((0.001, a_return), rel=0.15, abs=1.0)
    assert fit.hac_errors == pytest.approx((fit.base_rate_error, fit.a_return_error), rel=0.5)
    assert fit.rate_error(0.10) > 0.0 and fit.netting == pytest.approx(1.0)


def test_least_squares_are_those_of_scipy():
    sample = drawn_sample(20.0)
    fit = fit_calm(sample, CURVE, np.random.default_rng(1), n_draws=2)
    mean = lambda f, rate, slope: rate + (0.10 - rate) * np.asarray(CURVE.share(slope * f))  # noqa: E731
    found, _ = curve_fit(mean, sample.fall, sample.outflow, p0=(0.002, 5.0), xtol=1e-14, ftol=1e-14)
    assert (fit.base_rate, fit.a_return) == pytest.approx(found, rel=1e-5)


def test_the_quasi_likelihood_solves_its_score_equations():
    sample = drawn_sample(20.0)
    rate, slope = fit_calm(sample, CURVE, np.random.default_rng(1), n_draws=2).quasi_likelihood
    mean = rate + (0.10 - rate) * np.asarray(CURVE.share(slope * sample.fall))
    for derivative in (1.0 - CURVE.share(slope * sample.fall), CURVE.share_slope(slope * sample.fall) * sample.fall):
        weight = derivative / mean
        assert weight @ (sample.outflow - mean) == pytest.approx(0.0, abs=1e-6 * (np.abs(weight) @ mean))


def flow_rows(prices: pd.DataFrame, change: np.ndarray) -> pd.DataFrame:
    date = prices["date"]
    return pd.DataFrame({
        "date": date, "product": "gld", "quantity": 1e6, "unit": "ounces", "change": 1e6 * change, "change_share": change,
        "days": date.diff().dt.days.fillna(0).astype("int64"), "flag": "", "source": "test",
    })  # fmt: skip


def test_the_sample_pairs_a_day_with_its_five_day_return_and_spreads_a_holiday():
    prices = price_table(garch_returns(1000, seed=2))
    flows = flow_rows(prices, np.full(1001, -0.001)).drop(index=[500, 501]).reset_index(drop=True)
    flows.loc[500, "days"] = int((flows["date"][500] - flows["date"][499]).days)
    flows.loc[600, "flag"] = "step"
    sample = calm_sample(flows, prices, "gld")
    place = {day: i for i, day in enumerate(sample.date)}
    usd = prices["gold_usd_per_oz"].to_numpy()
    day = prices["date"][400].to_datetime64().astype("datetime64[D]")
    assert sample.fall[place[day]] == pytest.approx(max(0.0, 1 - usd[400] / usd[395]))
    assert len(sample) == 1001 - 5 - 2 - 1
    after_gap = flows["date"][500].to_datetime64().astype("datetime64[D]")
    assert sample.outflow[place[after_gap]] == pytest.approx(0.001 / 3)
    assert np.delete(sample.outflow, place[after_gap]) == pytest.approx(0.001)


def test_too_little_to_fit_is_refused():
    prices = price_table(garch_returns(300, seed=2))
    with pytest.raises(DataContractError, match="at least 750"):
        calm_sample(flow_rows(prices, np.full(301, -0.001)), prices, "gld")
    flat = CalmSample("fund", np.arange(9).astype("datetime64[D]"), np.ones(9), np.zeros(9), np.ones(9))
    with pytest.raises(DataContractError, match="never fell"):
        fit_calm(flat, CURVE, np.random.default_rng(1))


def test_the_gold_fund(reference_data: Path):
    """SPDR: -1.6% on 20 February 2013; redemption rises with the fall by bins, and the fit passes through them."""
    sample = calm_sample(real_flows(reference_data), real_gold(reference_data), "gld")
    day = int(np.flatnonzero(sample.date == np.datetime64("2013-02-20"))[0])
    assert sample.outflow[day] == pytest.approx(0.0157, abs=5e-5)
    fit = fit_calm(sample, RedemptionCurve(), np.random.default_rng(1), n_draws=100)
    bins = [(0.01, 0.02), (0.02, 0.04), (0.04, 0.07), (0.07, 0.2)]
    seen = [sample.outflow[(sample.fall > low) & (sample.fall <= high)].mean() for low, high in bins]
    assert seen == sorted(seen)
    for (low, high), rate in zip(bins, seen, strict=True):
        inside = sample.fall[(sample.fall > low) & (sample.fall <= high)]
        assert np.mean([fit.rate_at(fall) for fall in inside]) == pytest.approx(rate, rel=0.3)
