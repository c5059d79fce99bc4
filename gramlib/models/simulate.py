"""Price paths from a calibration, without the data or the library it was fitted with."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd

from gramlib.errors import ParameterError
from gramlib.models.registry import path_model
from gramlib.units import BUSINESS_DAYS_PER_YEAR


def simulate_prices(
    calibration: dict[str, Any],
    residuals: pd.DataFrame,
    model: str,
    start_usd_per_g: float,
    n_paths: int,
    n_days: int,
    rng: np.random.Generator,
    drift_year: float | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Gold prices in USD/g and daily volatilities, both (n_paths, n_days + 1) float64.

    `model` is a name in `calibration["models"]`, or "champion". Prices start at `start_usd_per_g` on day 0. Volatility at
    index t is that of the log-return from day t to t + 1; index 0 is the day after the training data. `drift_year` [1/year]
    replaces the fitted mean of the log-return, which is that of a past window and no forecast; None keeps it. The arrays are
    day-contiguous (Fortran order); ask for at most some 10,000 paths at a time, 16 bytes a path and day.
    Raises ParameterError for an unknown model, a size below 1, a price that is not positive, or residuals other than those
    of the calibration.
    """
    if n_paths < 1 or n_days < 1 or not (math.isfinite(start_usd_per_g) and start_usd_per_g > 0.0):
        raise ParameterError(
            f"{n_paths} paths of {n_days} days from {start_usd_per_g} USD/g",
            expected="at least one path, one day, and a positive start price",
            origin="gramlib.models.simulate_prices",
            remedy="correct predict.n_paths, predict.horizon_days or predict.start_gold_usd_per_oz",
        )
    if len(residuals) != calibration["training"]["n"]:
        raise ParameterError(
            f"{len(residuals)} residuals for a calibration fitted on {calibration['training']['n']} returns",
            expected="calibration and residuals of one and the same training",
            origin="gramlib.models.simulate_prices",
            remedy="read both from the same run",
        )
    name = calibration["champion"] if model == "champion" else model
    model_class = path_model(name, calibration["models"])
    fitted = model_class.from_record(calibration["models"][name], residuals["residual"].to_numpy(dtype=float))
    growth, volatility = fitted.simulate(n_paths, n_days, rng)
    if drift_year is not None:
        growth += (drift_year / BUSINESS_DAYS_PER_YEAR - fitted.mean) * np.arange(n_days + 1)
    np.exp(growth, out=growth)
    growth *= start_usd_per_g
    return growth, volatility
