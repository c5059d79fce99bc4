"""A market whose gold price stands still, and an issuer to whom nothing happens but what a test adds."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from gramlib.params.issuer import (
    Costs,
    CustodyDriver,
    CyberDriver,
    Drivers,
    Issuer,
    Redemption,
    Treasury,
)  # fmt: skip
from gramlib.params.stages import PredictParams
from gramlib.simulation import Market, OwnFundsRule

PRICE_USD_PER_G = 100.0
STILL = {"kind": "gjr_garch_t", "parameters": {"mean": 0.0, "omega": 1e-16, "alpha": 0.0, "beta": 0.5}, "nu": 50.0,
         "next_variance": 1e-16}  # fmt: skip
MOVING = {"kind": "gjr_garch_t", "parameters": {"mean": 0.0, "omega": 1e-6, "alpha": 0.05, "beta": 0.94}, "nu": 5.0,
          "next_variance": 1.5e-4}  # fmt: skip
QUIET = Issuer(
    cash_usd=2e9, bills_usd=0.0,
    redemption=Redemption(base_rate=0.0, a_return=0.0, a_discount=0.0, a_queue=0.0, a_shortfall=0.0, a_event=0.0),
    costs=Costs(opex_usd_year=0.0, custody_rate_year=0.0), treasury=Treasury(bill_yield=0.0),
    drivers=Drivers(custody=CustodyDriver(rate_year=0.3, mean_severity=0.05, tail_xi=0.1),
                    cyber=CyberDriver(rate_year=3.0, mean_usd=1e6, tail_xi=0.1)),
)  # fmt: skip


class NoModels:
    """A room of models in which no law of residuals is needed."""

    def residual_law(self, calibration: dict, residuals: pd.DataFrame, model: str) -> None:
        return None


class OutsideModels(NoModels):
    """A price model that the kernel does not know: normal returns of 1.1% a day."""

    def simulate_prices(
        self, calibration: dict, residuals: pd.DataFrame, model: str, start: float, n_paths: int, n_days: int,
        rng: np.random.Generator, drift_year: float | None = None,
    ) -> tuple[np.ndarray, np.ndarray]:  # fmt: skip
        growth = np.cumsum(0.011 * rng.standard_normal((n_paths, n_days)), axis=1)
        growth = np.column_stack([np.zeros(n_paths), growth])
        return start * np.exp(growth), np.full_like(growth, 0.011)


def market(issuer: Issuer, record: dict[str, Any] = STILL, models: NoModels | None = None, **params: Any) -> Market:
    """The market of `issuer` with prices of `record`, 252 and 300 days unless said."""
    settings = {"n_paths": 4000, "horizon_days": 252, "solvency_n_paths": 500, "solvency_horizon_days": 300,
                "drivers": ["confidence", "liquidity", "custody"]} | params  # fmt: skip
    calibration = {
        "last_price_usd_per_g": PRICE_USD_PER_G,
        "sigma_sample": 0.011,
        "champion": "own",
        "models": {"own": record},
    }
    return Market(issuer, calibration, pd.DataFrame(), PredictParams(**settings), OwnFundsRule(reserve_share=0.02),
                  models or NoModels())  # fmt: skip
