"""Rolling out-of-sample forecasts over the last `eval_days` returns.

Expanding window; each model is refitted every `refit_every_days` of its own (the run's where it has none, never where it is
fitted once); between refits the filter moves on every day with parameters fixed. For horizons above one day every origin is
scored and neighbouring windows overlap, which the standard errors account for.

Purged by construction: a fit on day r sees the returns up to and including day r and nothing else, so every h-day target it
can build ends by day r, and the first window it is scored on begins on day r + 1. A forecast is handed the history up to
the last origin of its piece, a test shuffles everything later, and another shows that a piece forecasts as its days alone.

All models share one set of stratified random numbers between two refits of the run, addressed by the place of the piece:
the table depends neither on the other models, nor on the number of workers, nor on the order in which they finish. What a
model said between two of its refits is kept as soon as it is scored, where there is a place for it: an evaluation that was
stopped goes on from there, with the same result.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from itertools import islice
from typing import Any

import numpy as np
import pandas as pd

from gramlib.errors import DataContractError, ParameterError
from gramlib.models.garch import in_turns
from gramlib.models.kept_forecasts import KeptForecasts
from gramlib.models.log_score import placed
from gramlib.models.protocol import Forecaster
from gramlib.models.refits import Refit, refits
from gramlib.models.returns import Returns
from gramlib.models.scores import PINBALL_LEVELS, crps, pinball, sample_quantile, sample_shortfall
from gramlib.models.threads import usual_workers
from gramlib.models.window import Windows
from gramlib.params.stages import TrainParams
from gramlib.store.parts import Parts

Progress = Callable[[int, int, str], None]
Columns = dict[str, Any]
Unit = tuple[str, Refit]
"""A model and one of its fits: what is kept when it has been scored."""

ONE_DAY_SAMPLES, LONGER_SAMPLES = 4000, 2000
"""Draws behind a forecast. One day is one step and its draws are stratified, so the far quantiles are nearly exact; longer
horizons cost a step a day, and their scores are uncertain for want of independent windows, not of draws."""

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


def rolling_forecasts(
    returns: Returns,
    first: int,
    models: Sequence[type[Forecaster]],
    params: TrainParams,
    rng: np.random.Generator,
    progress: Progress | None = None,
    workers: int | None = None,
    parts: Parts | None = None,
) -> pd.DataFrame:
    """Forecasts and scores, one row a model, horizon and window, sorted so.

    Columns: those of the catalogue's `forecasts`, `covariates` (those the fit used, with commas), then `pinball_005` ...
    `pinball_995`. `first` is the index at which the training window begins. `workers` threads (default: one a processor) fit
    and forecast; the result is the same with any number. Threads, because the forecasts spend their time in NumPy, which lets
    go of the interpreter. `parts` keeps what is finished and gives back what was, bit for bit.
    """
    start, stop = first_origin(returns, first, params), len(returns) - 1
    horizons = sorted(set(params.horizons_days))
    blocks = range(start, stop, params.refit_every_days)
    uniforms = [_uniforms(child, horizons) for child in rng.spawn(len(blocks))]
    windows = Windows(returns, first, params.persistence_cap, params.tail_share)
    kept = parts and KeptForecasts(parts, returns, first, params, start, [[u for _, u in some] for some in uniforms])
    scored: dict[Unit, Columns] = {}
    fits, pieces = [], {}
    for refit in refits(list(models), params, start, stop):
        pieces[refit.day, refit.stop] = list(_pieces(refit, start, params.refit_every_days))
        found = {model: kept.read(model.name, refit) for model in refit.models} if kept else {}
        scored |= {(model.name, refit): columns for model, columns in found.items() if columns is not None}
        missing = tuple(model for model in refit.models if (model.name, refit) not in scored)
        fits += [(refit, missing)] if missing else []
    left = {(model.name, refit): len(pieces[refit.day, refit.stop]) for refit, missing in fits for model in missing}
    total = len(fits) + sum(left.values())

    def fit(refit: Refit, missing: Sequence[type[Forecaster]]) -> list[Forecaster]:
        window = windows.until(refit.day + 1)
        return [window.fitted(model) for model in missing]

    def forecast(fitted: Forecaster, origins: range) -> list[Columns]:
        known, days = returns.until(origins.stop), np.arange(origins.start, origins.stop)
        draws = uniforms[(origins.start - start) // params.refit_every_days]
        return [scores for some, uniform in draws for scores in _scored(fitted, known, returns, days, some, uniform)]

    of_pieces: dict[Unit, dict[int, list[Columns]]] = {unit: {} for unit in left}
    done = 0
    for model in {model for _, missing in fits for model in missing}:
        # Two threads that each load a library which loads a third may wait for each other until Python gives up.
        getattr(model, "load", lambda: None)()
    workers = workers or usual_workers()
    pool = ThreadPoolExecutor(workers)
    try:
        # A fit more than there are workers, the next when one is done: so the forecasts of the first, of which the most time
        # is spent outside the interpreter, run beside later fits, and what is finished is kept early.
        waiting = iter(fits)
        fitting: dict[Future[list[Forecaster]], Refit] = {
            pool.submit(fit, *one): one[0] for one in islice(waiting, workers + 1)
        }
        forecasting: dict[Future[list[Columns]], tuple[Unit, int]] = {}
        while fitting or forecasting:
            under_way: list[Future[Any]] = [*fitting, *forecasting]
            for future in wait(under_way, return_when=FIRST_COMPLETED).done:
                if future in fitting:
                    refit = fitting.pop(future)
                    doing, day = "fitted up to", refit.day
                    for fitted in future.result():
                        for origins in pieces[refit.day, refit.stop]:
                            task = pool.submit(forecast, fitted, origins)
                            forecasting[task] = ((fitted.name, refit), origins.start)
                    fitting |= {pool.submit(fit, *one): one[0] for one in islice(waiting, 1)}
                else:
                    unit, day = forecasting.pop(future)
                    doing = f"{unit[0]}: forecasts from"
                    of_pieces[unit][day] = future.result()
                    if len(of_pieces[unit]) == left[unit]:
                        by_day = of_pieces.pop(unit)
                        scored[unit] = _stacked([columns for key in sorted(by_day) for columns in by_day[key]])
                        if kept:
                            kept.write(*unit, scored[unit])
                done += 1
                if progress:
                    progress(done, total, f"{doing} {np.datetime_as_string(returns.dates[day], 'D')}")
    finally:
        pool.shutdown(cancel_futures=True)  # after a failure nobody waits for what is left
    frame = pd.DataFrame(_stacked([columns for columns in scored.values() if columns]))
    return frame.sort_values(["model", "horizon_days", "date"], ignore_index=True)


def _uniforms(rng: np.random.Generator, horizons: Sequence[int]) -> list[tuple[list[int], np.ndarray]]:
    """Horizons that are forecast together, and the uniforms they share: one day by itself, the longer ones together."""
    groups = ([h for h in horizons if h == 1], [h for h in horizons if h > 1])
    sizes = (ONE_DAY_SAMPLES, LONGER_SAMPLES)
    return [(some, stratified_uniform(rng, n, some[-1])) for some, n in zip(groups, sizes, strict=True) if some]


def _pieces(refit: Refit, start: int, every: int) -> Iterator[range]:
    """The origins of a fit, cut where the shared random numbers change."""
    origin = refit.day
    while origin < refit.stop:
        end = min(start + ((origin - start) // every + 1) * every, refit.stop)
        yield range(origin, end)
        origin = end


def _stacked(pieces: Sequence[Columns]) -> dict[str, np.ndarray]:
    """The pieces under each other; a column that is one value stands for all rows of its piece."""
    return {
        column: np.concatenate([np.broadcast_to(piece[column], len(piece["crps"])) for piece in pieces])
        for column in (pieces[0] if pieces else ())
    }


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
        complete = slice(0, max(0, min(len(origins), len(returns) - horizon - int(origins[0]))))
        if not complete.stop:
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
            "crps": np.concatenate([crps(ordered[rows], realised[rows]) for rows in in_turns(len(realised))]),
            "log_score": -log_density,
            "pit": pit,
        }
        for code, tau in PINBALL_LEVELS.items():
            columns[f"pinball_{code}"] = pinball(sample_quantile(ordered, tau), realised, tau)
        pieces.append(columns)
    return pieces
