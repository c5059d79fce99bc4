"""A small run: two listed scenarios, a price model that the kernel draws, and an issuer with everything switched on."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from gramlib.params.issuer import Issuer
from gramlib.params.stages import PredictParams
from gramlib.recommend.bench import Bench
from gramlib.recommend.targets import Limit, Targets
from gramlib.simulation import Events, Listed, Market, OwnFundsRule
from gramlib.simulation.rerun import Rerun
from gramlib.units import GRAMS_PER_TROY_OUNCE

GOLD_USD_PER_G = 4000 / GRAMS_PER_TROY_OUNCE
CALIBRATION: dict[str, Any] = {
    "last_price_usd_per_g": GOLD_USD_PER_G, "sigma_sample": 0.011, "champion": "garch_t",
    "models": {"garch_t": {
        "kind": "gjr_garch_t", "parameters": {"mean": 1e-4, "omega": 1e-6, "alpha": 0.05, "beta": 0.94}, "nu": 5.0,
        "next_variance": 1.2e-4,
    }},
}  # fmt: skip
LIMITS = {
    "liquid_1d_share_today": Limit(0.05, "a rule"),
    "liquid_5d_share_today": Limit(0.15, "a rule"),
    "largest_custodian_share": Limit(0.5, "a rule"),
}
TARGETS = Targets("a rule of own funds", 0.02, "an appetite", LIMITS)


class NoModels:
    """The kernel draws the prices of these tests."""

    def residual_law(self, calibration: dict, residuals: pd.DataFrame, model: str) -> None:
        return None


def listed() -> tuple[Listed, ...]:
    """A run of five days with gold flat, and a fall of a tenth."""
    n_days = 30
    event = np.zeros(n_days + 1)
    event[1:6] = [1.0, 1.0, 1.0, 0.5, 0.5]
    calm = Events.calm(n_days)
    flat = np.full(n_days + 1, GOLD_USD_PER_G)
    fallen = np.where(np.arange(n_days + 1) >= 1, 0.9, 1.0) * GOLD_USD_PER_G
    running = Events(event, calm.liquidity_multiplier, calm.lost_g)
    return (Listed("confidence_run", "A run", "severe", flat, running), Listed("S1", "A fall", "severe", fallen, calm))


def rerun_of(issuer: Issuer, scenarios: tuple[Listed, ...] | None = None, **changes: Any) -> Rerun:
    """The small run of `issuer`."""
    settings = {"n_paths": 400, "horizon_days": 60, "solvency_n_paths": 200, "solvency_horizon_days": 80} | changes
    market = Market(
        issuer, CALIBRATION, pd.DataFrame(), PredictParams(**settings), OwnFundsRule(reserve_share=0.02), NoModels()
    )
    return Rerun(market, listed() if scenarios is None else scenarios)


def bench_of(issuer: Issuer, scenarios: tuple[Listed, ...] | None = None, **changes: Any) -> Bench:
    """A bench on the small run of `issuer`."""
    return Bench(
        rerun_of(issuer, scenarios, **changes),
        issuer,
        np.random.default_rng(7),
        search_n_paths=200,
        bootstrap_samples=50,
    )
