"""Rolling out-of-sample forecasts over the last `eval_days` returns.

Expanding window; each model is refitted every `refit_every_days` of its own (the run's where it has none, never where it is
fitted once); between refits the filter moves on every day with parameters fixed. For horizons above one day every origin is
scored and neighbouring windows overlap, which the standard errors account for.

Purged by construction: a fit on day r sees the returns up to and including day r and nothing else, so every h-day target it
can build ends by day r, and the first window it is scored on begins on day r + 1. A forecast is handed the history up to
the last origin of its piece, a test shuffles everything later, and another shows that a piece forecasts as its days alone.

All models share one set of stratified random numbers between two refits of the run, addressed by the place of the piece:
the table depends neither on the other models, nor on the number of workers, nor on the order in which they finish. Nothing
is kept on the way: the stage is short, and one that is interrupted begins again.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import Any

import numpy as np
import pandas as pd

from gramlib.errors import DataContractError, ParameterError
from gramlib.models.log_score import placed
from gramlib.models.protocol import Forecaster
from gramlib.models.refits import Refit, refits
from gramlib.models.returns import Returns
from gramlib.models.scores import PINBALL_LEVELS, crps, pinball, sample_quantile, sample_shortfall
from gramlib.models.window import TrainingWindow
from gramlib.params.stages import TrainParams

Progress = Callable[[int, int, str], None]
Columns = dict[str, Any]

ONE_DAY_SAMPLES, LONGER_SAMPLES = 4000, 2000
"""Draws behind a forecast. One day is one step and its draws are stratified, so the far quantiles are nearly exact; longer
horizons cost a step a day, and their scores are uncertain for want of independent windows, not of draws."""

ORIGINS_AT_ONCE = 50
"""Keeps the working arrays of a horizon loop inside the processor's cache."""

MOST_WORKERS = 8
"""Each holds some 20 MB of samples; beyond this many the fits, which share one interpreter, are what is waited for."""

FORECAST_COLUMNS = [
    "model",
    "horizon_days",
    "date",
    "realised_log_return",
    "var_975",
    "es_975",
    "var_990",
    "crps",
    "log_score",
    "pit",
]


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


def usual_workers() -> int:
    """As many threads as this process may use processors, at most eight."""
    return min(MOST_WORKERS, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1)


def rolling_forecasts(
    returns: Returns,
    first: int,
    models: Sequence[type[Forecaster]],
    params: TrainParams,
    rng: np.random.Generator,
    progress: Progress | None = None,
    workers: int | None = None,
) -> pd.DataFrame:
    """Forecasts and scores, one row a model, horizon and window, sorted so.

    Columns: those of the catalogue's `forecasts`, `covariates` (those the fit used, with commas), then `pinball_005` ...
    `pinball_995`. `first` is the index at which the
    training window begins. `workers` threads (default: one a processor) fit and forecast; the result is the same with any
    number. Threads, because the forecasts spend their time in NumPy, which lets go of the interpreter.
    """
    start, stop = first_origin(returns, first, params), len(returns) - 1
    horizons = sorted(set(params.horizons_days))
    blocks = range(start, stop, params.refit_every_days)
    uniforms = [_uniforms(child, horizons) for child in rng.spawn(len(blocks))]
    fits = list(refits(list(models), params, start, stop))
    pieces = {refit: list(_pieces(refit, start, params.refit_every_days)) for refit in fits}
    total = len(fits) + sum(len(refit.models) * len(pieces[refit]) for refit in fits)

    def fit(refit: Refit) -> list[Forecaster]:
        window = TrainingWindow(returns.until(refit.day + 1), first, params.persistence_cap, params.tail_share)
        return [model.fit(window) for model in refit.models]

    def forecast(fitted: Forecaster, origins: range) -> list[Columns]:
        known, days = returns.until(origins.stop), np.arange(origins.start, origins.stop)
        draws = uniforms[(origins.start - start) // params.refit_every_days]
        return [scores for some, uniform in draws for scores in _scored(fitted, known, returns, days, some, uniform)]

    scored: dict[tuple[str, int], list[Columns]] = {}
    for model in models:
        # Two threads that each load a library which loads a third may wait for each other until Python gives up.
        getattr(model, "load", lambda: None)()
    pool = ThreadPoolExecutor(workers or usual_workers())
    try:
        fitting: dict[Future[list[Forecaster]], Refit] = {pool.submit(fit, refit): refit for refit in fits}
        forecasting: dict[Future[list[Columns]], tuple[str, int]] = {}
        while fitting or forecasting:
            under_way: list[Future[Any]] = [*fitting, *forecasting]
            for future in wait(under_way, return_when=FIRST_COMPLETED).done:
                if future in fitting:
                    refit = fitting.pop(future)
                    doing, day = "fitted up to", refit.day
                    for fitted in future.result():
                        for origins in pieces[refit]:
                            forecasting[pool.submit(forecast, fitted, origins)] = (fitted.name, origins.start)
                else:
                    name, day = forecasting.pop(future)
                    doing = f"{name}: forecasts from"
                    scored[name, day] = future.result()
                if progress:
                    done = len(fits) - len(fitting) + len(scored)
                    progress(done, total, f"{doing} {np.datetime_as_string(returns.dates[day], 'D')}")
    finally:
        pool.shutdown(cancel_futures=True)  # after a failure nobody waits for what is left
    return _joined([columns for key in sorted(scored) for columns in scored[key]])


def _uniforms(rng: np.random.Generator, horizons: Sequence[int]) -> list[tuple[list[int], np.ndarray]]:
    """Horizons that are forecast together, and the uniforms they share: one day by itself, the longer ones together."""
    groups = ([h for h in horizons if h == 1], [h for h in horizons if h > 1])
    sizes = (ONE_DAY_SAMPLES, LONGER_SAMPLES)
    return [(some, stratified_uniform(rng, n, some[-1])) for some, n in zip(groups, sizes, strict=True) if some]


def _pieces(refit: Refit, start: int, every: int) -> Iterator[range]:
    """The origins of a fit, cut where the shared random numbers change and then into pieces a cache holds."""
    origin = refit.day
    while origin < refit.stop:
        block_end = start + ((origin - start) // every + 1) * every
        end = min(origin + ORIGINS_AT_ONCE, block_end, refit.stop)
        yield range(origin, end)
        origin = end


def _joined(pieces: list[Columns]) -> pd.DataFrame:
    table = {}
    for column in pieces[0]:
        parts = [
            np.full(len(piece["crps"]), piece[column]) if np.isscalar(piece[column]) else piece[column]
            for piece in pieces
        ]
        table[column] = np.concatenate(parts)
    frame = pd.DataFrame(table)
    return frame.sort_values(["model", "horizon_days", "date"], ignore_index=True)


def _scored(
    fitted: Forecaster,
    known: Returns,
    returns: Returns,
    origins: np.ndarray,
    horizons: Sequence[int],
    uniform: np.ndarray,
) -> list[Columns]:
    """Scores of one piece: forecasts are made from `known`, which ends on the last origin, and held against `returns`."""
    cumulative = np.concatenate(([0.0], np.cumsum(returns.log_return)))
    exact = getattr(fitted, "log_density", None)
    pieces = []
    for horizon, every_row in fitted.forecast(known, origins, horizons, uniform).items():
        complete = origins + horizon < len(returns)
        if not complete.any():
            continue
        ordered, ends = every_row[complete], origins[complete] + horizon
        realised = cumulative[ends + 1] - cumulative[ends + 1 - horizon]
        pit, log_density = placed(ordered, realised)
        if exact is not None:
            said = exact(known, origins[complete], horizon, realised)
            log_density = log_density if said is None else said
        columns = {
            "model": fitted.name,
            "horizon_days": horizon,
            "covariates": ", ".join(getattr(fitted, "covariates", ())),
            "date": returns.dates[ends],
            "realised_log_return": realised,
            "var_975": -sample_quantile(ordered, 0.025),
            "es_975": sample_shortfall(ordered, 0.975),
            "var_990": -sample_quantile(ordered, 0.01),
            "crps": crps(ordered, realised),
            "log_score": -log_density,
            "pit": pit,
        }
        for code, tau in PINBALL_LEVELS.items():
            columns[f"pinball_{code}"] = pinball(sample_quantile(ordered, tau), realised, tau)
        pieces.append(columns)
    return pieces
