"""Records of price models with plausible numbers, one of each kind, for tests of both engines."""

from __future__ import annotations

from typing import Any

import numpy as np

from gramlib.models.semiparametric import SemiparametricLaw, make_law
from gramlib.simulation.price_driver import PriceDriver

PARAMETERS = {"mean": 2e-4, "omega": 1.2e-6, "alpha": 0.05, "beta": 0.93}

RECORDS: dict[str, dict[str, Any]] = {
    "gjr_garch_t": {"parameters": PARAMETERS | {"gamma": 0.02}, "nu": 4.6, "next_variance": 1e-4},
    "fhs": {"parameters": PARAMETERS, "next_variance": 0.7e-4},
    "bootstrap": {"log_return": np.random.default_rng(1).normal(3e-4, 0.01, 1000), "mean_block_days": 20},
    "regime": {"mean": [4e-4, -1e-3, 0.0], "sigma": [0.008, 0.02, 0.012], "nu": 6.0, "start": [0.7, 0.2, 0.1],
               "transition": [[0.98, 0.015, 0.005], [0.05, 0.9, 0.05], [0.1, 0.1, 0.8]]},
    "jump": {"mean": 3e-4, "sigma": 0.01, "rate_year": 25.0, "jump_mean": -0.01, "jump_sd": 0.02},
}  # fmt: skip


def law(lower: tuple[float, float] = (0.2, 0.6), upper: tuple[float, float] = (0.1, 0.5)) -> SemiparametricLaw:
    """Law of 2,000 residuals with tails (xi, beta)."""
    return make_law(np.random.default_rng(2).standard_t(5, 2000) * 0.77, 0.05, lower, upper)


def driver(kind: str, **changes: Any) -> PriceDriver:
    """Driver of the record of `kind`, with some of its entries changed."""
    return PriceDriver.from_record(kind, RECORDS[kind] | changes, law() if kind == "fhs" else None)
