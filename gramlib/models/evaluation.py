"""Rolling out-of-sample forecasts over the last `eval_days` returns.

Expanding window, refit every `refit_every_days`; between refits the filter moves on every day with parameters fixed. The
forecast made at the end of day t uses returns up to t and nothing later: a fit never sees any part of a window it is scored
on, so nothing needs purging. For horizons above one day every origin is scored and neighbouring windows overlap, which the
standard errors account for. All models share one set of stratified random numbers between two refits.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from gramlib.errors import DataContractError, ParameterError
from gramlib.models.protocol import Forecaster
from gramlib.models.returns import Returns
from gramlib.models.scores import PINBALL_LEVELS, crps, pinball, sample_quantile, sample_shortfall
from gramlib.models.window import TrainingWindow
from gramlib.params.stages import TrainParams

Progress = Callable[[int, int, str], None]

FORECAST_SAMPLES = 4000
ORIGINS_AT_ONCE = 50
"""Keeps the working arrays of a horizon loop inside the processor's cache."""

FORECAST_COLUMNS = ["model", "horizon_days", "date", "realised_log_return", "var_975", "es_975", "var_990", "crps"]


def stratified_uniform(rng: np.random.Generator, n_samples: int, n_days: int) -> np.ndarray:
    """Latin hypercube (n_samples, n_days): each day holds every stratum's midpoint once, in random order."""
    midpoints = (np.arange(n_samples) + 0.5) / n_samples
    return rng.permuted(np.tile(midpoints[:, None], (1, n_days)), axis=0)


def first_origin(returns: Returns, first: int, params: TrainParams) -> int:
    """Index of the first day a forecast is made on; raises DataContractError when too little history lies before it."""
    available = len(returns) - first
    needed = params.eval_days + params.min_train_days
    if available < needed:
        raise DataContractError(
            f"{available} usable returns from {params.start} on",
            expected=f"at least {needed}: {params.min_train_days} to fit on (min_train_days) and {params.eval_days} to score (eval_days)",
            origin="table prices, stage train",
            remedy="lower train.eval_days or train.min_train_days, or start earlier (train.start)",
        )
    if max(params.horizons_days) > min(params.eval_days, params.min_train_days) // 2:
        raise ParameterError(
            f"train.horizons_days asks for {max(params.horizons_days)} days",
            expected=f"at most half of eval_days ({params.eval_days}) and of min_train_days ({params.min_train_days})",
            origin="stage train",
            remedy="shorten the horizon or lengthen the windows",
        )
    return len(returns) - 1 - params.eval_days


def rolling_forecasts(
    returns: Returns,
    first: int,
    models: Sequence[type[Forecaster]],
    params: TrainParams,
    rng: np.random.Generator,
    progress: Progress | None = None,
) -> pd.DataFrame:
    """Forecasts and scores, one row a model, horizon and window, sorted so.

    Columns: those of the catalogue's `forecasts`, then `pinball_010` ... `pinball_990`. `first` is the index at which the
    training window begins.
    """
    start = first_origin(returns, first, params)
    horizons = sorted(set(params.horizons_days))
    refits = range(start, len(returns) - 1, params.refit_every_days)
    pieces = []
    for done, refit in enumerate(refits):
        window = TrainingWindow(returns.until(refit + 1), first, params.persistence_cap, params.tail_share)
        uniform = stratified_uniform(rng, FORECAST_SAMPLES, horizons[-1])
        for model in models:
            fitted = model.fit(window)
            for block in range(refit, min(refit + params.refit_every_days, len(returns) - 1), ORIGINS_AT_ONCE):
                end = min(block + ORIGINS_AT_ONCE, refit + params.refit_every_days, len(returns) - 1)
                pieces += _scored(fitted, returns, np.arange(block, end), horizons, uniform)
        if progress:
            progress(done + 1, len(refits), f"forecasts from {np.datetime_as_string(returns.dates[refit], 'D')} on")
    return pd.concat(pieces, ignore_index=True).sort_values(["model", "horizon_days", "date"], ignore_index=True)


def _scored(
    fitted: Forecaster, returns: Returns, origins: np.ndarray, horizons: Sequence[int], uniform: np.ndarray
) -> list[pd.DataFrame]:
    cumulative = np.concatenate(([0.0], np.cumsum(returns.log_return)))
    pieces = []
    for horizon, ordered in fitted.forecast(returns, origins, horizons, uniform).items():
        ends = origins + horizon
        complete = ends < len(returns)
        if not complete.any():
            continue
        ordered, ends = ordered[complete], ends[complete]
        realised = cumulative[ends + 1] - cumulative[ends + 1 - horizon]
        table = {
            "model": fitted.name,
            "horizon_days": horizon,
            "date": returns.dates[ends],
            "realised_log_return": realised,
            "var_975": -sample_quantile(ordered, 0.025),
            "es_975": sample_shortfall(ordered, 0.975),
            "var_990": -sample_quantile(ordered, 0.01),
            "crps": crps(ordered, realised),
        }
        for code, tau in PINBALL_LEVELS.items():
            table[f"pinball_{code}"] = pinball(sample_quantile(ordered, tau), realised, tau)
        pieces.append(pd.DataFrame(table))
    return pieces
