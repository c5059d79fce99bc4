"""A path of a book walked again by the kernel is the path that the book's outcomes summed up."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from gramlib.errors import ParameterError
from gramlib.params.issuer import CustodyDriver, Drivers, Issuer
from gramlib.params.stages import PredictParams
from gramlib.simulation import Market, path_ledger

RECORD = {"kind": "gjr_garch_t", "parameters": {"mean": 0.0, "omega": 1e-6, "alpha": 0.05, "beta": 0.94}, "nu": 5.0,
          "next_variance": 1.2e-4}  # fmt: skip
CALIBRATION: dict[str, Any] = {
    "last_price_usd_per_g": 130.0, "sigma_sample": 0.011, "champion": "garch_t",
    "models": {"garch_t": RECORD, "walk": {"kind": "a law of its own"}},
}  # fmt: skip
PARAMS = {"n_paths": 200, "horizon_days": 60, "solvency_n_paths": 20, "solvency_horizon_days": 90, "fan_paths": 10,
          "drivers": ["confidence", "liquidity", "custody"]}  # fmt: skip


class Outside:
    """A price model that the kernel does not know."""

    def residual_law(self, calibration: dict, residuals: pd.DataFrame, model: str) -> None:
        return None

    def simulate_prices(
        self, calibration: dict, residuals: pd.DataFrame, model: str, start: float, n_paths: int, n_days: int,
        rng: np.random.Generator, drift_year: float | None = None,
    ) -> tuple[np.ndarray, np.ndarray]:  # fmt: skip
        growth = np.cumsum(0.011 * rng.standard_normal((n_paths, n_days)), axis=1)
        return start * np.exp(np.pad(growth, ((0, 0), (1, 0)))), np.full((n_paths, n_days + 1), 0.011)


def market(model: str) -> Market:
    issuer = Issuer(drivers=Drivers(custody=CustodyDriver(rate_year=2.0)))
    return Market(issuer, CALIBRATION | {"champion": model}, pd.DataFrame(), PredictParams(**PARAMS), None, Outside())


@pytest.mark.parametrize("model", ["garch_t", "walk"])
@pytest.mark.parametrize(("book", "n_days"), [("liquidity", 60), ("solvency", 90)])
def test_days_are_those_of_the_book(model, book, n_days):
    walked, outcomes = market(model), market(model).outcomes(book)
    for path in (0, 7, 19):
        days = walked.days(book, path)
        assert len(days["price_usd_per_g"]) == n_days
        assert days["price_usd_per_g"][-1] == outcomes.end_price_usd_per_g[path]
        assert days["equity_usd"].min() == outcomes.min_equity_usd[path]
        assert days["event_loss_usd"].sum() == pytest.approx(outcomes.event_loss_usd[path], rel=1e-12)


def test_days_are_those_of_the_reference_engine():
    days, ledger = market("garch_t").days("liquidity", 3), path_ledger(market("garch_t"), "liquidity", 3)
    for name in ("price_usd_per_g", "event", "liquidity_multiplier", "lost_g", "queue_g", "equity_usd"):
        assert days[name] == pytest.approx(ledger[name].to_numpy(), rel=1e-8, abs=1e-6)


@pytest.mark.parametrize("model", ["garch_t", "walk"])
def test_prices_are_those_of_the_days(model):
    prices, sigma = market(model).prices("liquidity", 20)
    assert prices.shape == sigma.shape == (20, 61)
    for path in (0, 19):
        assert prices[path, 1:] == pytest.approx(market(model).days("liquidity", path)["price_usd_per_g"], rel=1e-9)
    assert market(model).prices("solvency", 500)[0].shape == (20, 91)


def test_another_price_model_walks_the_same_issuer():
    other = market("walk").with_model("garch_t")
    assert np.array_equal(other.prices("liquidity", 5)[0], market("garch_t").prices("liquidity", 5)[0])
    assert other.issuer is not None and other.issuer == market("walk").issuer


def test_a_book_there_is_not_is_refused():
    with pytest.raises(ParameterError, match="liquidty"):
        market("garch_t").days("liquidty", 0)
