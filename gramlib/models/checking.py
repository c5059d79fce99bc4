"""The protocol as a checklist: does a model keep what every model of the workbench keeps?

    from gramlib.models.checking import check_model
    check_model(MyModel)            # a row a check: check, ok, found, expected

The model is fitted twice on the first of 1,300 days of the shipped sample, once with the days after them turned round and made
larger; nothing it forecasts from the days before may tell the two apart. What is checked stands in `CHECKS`. A model without
`simulate` is a forecaster: scored, never simulated, and held to the first part of the list.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from gramlib.models.returns import Returns
from gramlib.models.window import TrainingWindow

N_DAYS, FIRST, STOP = 1300, 100, 1250
"""Days of the series, the first of the training window, the end of what a fit may see."""

HORIZONS_DAYS = [1, 5, 10]
N_SAMPLES, N_PATHS, N_PATH_DAYS = 2000, 20_000, 20
NEXT_DAY_TOLERANCE = 0.1
MEAN_ERRORS = 5.0
"""Standard errors by which the mean of the paths may miss the model's own."""

FORECASTER_PARTS = ("fit", "forecast", "card")
PATH_PARTS = ("simulate", "next_day", "record", "from_record")
"""And `mean`, which may be a field and so is looked for on a fitted model."""

CARD_KEYS = ("title", "what", "parameters", "fails_when")
COLUMNS = ["check", "ok", "found", "expected"]


class Broken(Exception):
    """A check that does not hold; the text says what was found."""


def missing_parts(model: Any) -> list[str]:
    """What `model` lacks to be a class of the protocol; a path model is one that has `simulate`."""
    if not isinstance(model, type):
        return [f"class: it is {type(model).__name__}"]
    needed = [*FORECASTER_PARTS, *(PATH_PARTS if hasattr(model, "simulate") else ())]
    lacking = [part for part in needed if not hasattr(model, part)]
    if not isinstance(getattr(model, "name", None), str):
        lacking.insert(0, "name")
    if not isinstance(getattr(model, "refit_every_days", None), int | None) or not hasattr(model, "refit_every_days"):
        lacking.append("refit_every_days (None, or days)")
    return lacking


def check_model(model: type[Any]) -> pd.DataFrame:
    """The checklist run on a model class: a row a check, with columns check, ok, found (empty where it holds) and expected.

    An exception of the model's own is what its check found; the checks after it are still made, as far as they can be.
    """
    lacking = missing_parts(model)
    if lacking:
        rows = [("parts", False, f"no {', no '.join(lacking)}", "what gramlib.models.protocol names")]
        return pd.DataFrame(rows, columns=COLUMNS)
    bench = _Bench(model)
    checks = FORECASTER_CHECKS + (PATH_CHECKS if hasattr(model, "simulate") else ())
    rows = [("parts", True, "", "what gramlib.models.protocol names")]
    for name, expected, check in checks:
        found = ""
        try:
            check(bench)
        except Broken as broken:
            found = str(broken)
        except Exception as error:  # the author's code, which may raise anything
            found = f"{type(error).__name__}: {error}"
        rows.append((name, not found, found, expected))
    return pd.DataFrame(rows, columns=COLUMNS)


class _Bench:
    """A model fitted twice, on days that agree up to STOP and differ after it, and what both say."""

    def __init__(self, model: type[Any]) -> None:
        self.model = model
        self.returns = _sample_returns()
        later = -3.0 * self.returns.log_return[STOP:][::-1]
        self.other = Returns(self.returns.dates, np.concatenate((self.returns.log_return[:STOP], later)))
        # The same strata on each day, in an order of its own.
        strata = (np.arange(N_SAMPLES) + 0.5) / N_SAMPLES
        days = range(max(HORIZONS_DAYS))
        self.uniform = np.column_stack([np.random.default_rng(day).permutation(strata) for day in days])

    @cached_property
    def window(self) -> TrainingWindow:
        return TrainingWindow(self.returns.until(STOP), FIRST, persistence_cap=0.999, tail_share=0.05)

    @cached_property
    def fitted(self) -> Any:
        return self.model.fit(self.window)

    @cached_property
    def again(self) -> Any:
        return self.model.fit(TrainingWindow(self.other.until(STOP), FIRST, persistence_cap=0.999, tail_share=0.05))

    def forecast(self, model: Any, returns: Returns, origins: np.ndarray) -> dict[int, np.ndarray]:
        found: dict[int, np.ndarray] = model.forecast(returns, origins, HORIZONS_DAYS, self.uniform)
        return found

    def paths(self, model: Any, seed: int, n_paths: int = 500) -> tuple[np.ndarray, np.ndarray]:
        growth, volatility = model.simulate(n_paths, N_PATH_DAYS, np.random.default_rng(seed))
        return np.asarray(growth), np.asarray(volatility)


def _sample_returns() -> Returns:
    from gramlib.params.stages import DataParams
    from gramlib.sources.sample import load

    frame = load(DataParams()).frame.iloc[-N_DAYS - 1 :]
    dates = frame["date"].to_numpy(dtype="datetime64[us]")[1:]
    return Returns(dates, np.diff(np.log(frame["value"].to_numpy(dtype=float))))


_BEFORE = np.arange(STOP - 10, STOP)
"""Origins from which nothing after STOP may be seen."""


def _fit(bench: _Bench) -> None:
    kept = bench.returns.log_return.copy()
    if not isinstance(bench.fitted, bench.model):
        raise Broken(f"fit gave {type(bench.fitted).__name__}")
    if not np.array_equal(kept, bench.returns.log_return):
        raise Broken("fit changed the returns it was shown")


def _forecast_shapes(bench: _Bench) -> None:
    found = bench.forecast(bench.fitted, bench.returns, _BEFORE)
    if set(found) != set(HORIZONS_DAYS):
        raise Broken(f"horizons {sorted(found)}")
    for horizon, samples in found.items():
        if np.ndim(samples) != 2 or len(samples) != len(_BEFORE) or not np.shape(samples)[1]:
            raise Broken(f"shape {np.shape(samples)} at {horizon} days")
        if not np.isfinite(samples).all():
            raise Broken(f"samples that are no numbers at {horizon} days")
        if (np.diff(samples, axis=1) < 0.0).any():
            raise Broken(f"samples out of order at {horizon} days")


def _same_twice(bench: _Bench) -> None:
    first, second = (bench.forecast(bench.fitted, bench.returns, _BEFORE) for _ in range(2))
    _equal(first, second, "the same model forecasts twice differently")
    refitted = bench.model.fit(bench.window)
    _equal(first, bench.forecast(refitted, bench.returns, _BEFORE), "two fits on the same days forecast differently")


def _no_look_ahead(bench: _Bench) -> None:
    before = bench.forecast(bench.fitted, bench.returns, _BEFORE)
    _equal(before, bench.forecast(bench.fitted, bench.other, _BEFORE), "other days after the origin, another forecast")
    _equal(before, bench.forecast(bench.again, bench.other, _BEFORE), "other days after the window, another fit")


def _alone(bench: _Bench) -> None:
    origins = np.arange(STOP, STOP + 30)
    together = bench.forecast(bench.fitted, bench.returns, origins)
    for place in (0, 17, 29):
        alone = bench.forecast(bench.fitted, bench.returns.until(origins[place] + 1), origins[place : place + 1])
        for horizon in HORIZONS_DAYS:
            if not np.array_equal(alone[horizon][0], together[horizon][place]):
                raise Broken(f"origin {place} of 30 is forecast differently by itself, at {horizon} days")


def _card(bench: _Bench) -> None:
    card = bench.fitted.card()
    if tuple(card) != CARD_KEYS:
        raise Broken(f"keys {', '.join(map(str, card))}")
    blank = [key for key, text in card.items() if not str(text).strip()]
    if blank:
        raise Broken(f"nothing under {', '.join(blank)}")


def _path_shapes(bench: _Bench) -> None:
    growth, volatility = bench.paths(bench.fitted, seed=1)
    if growth.shape != (500, N_PATH_DAYS + 1) or volatility.shape != growth.shape:
        raise Broken(f"shapes {growth.shape} and {volatility.shape} for 500 paths of {N_PATH_DAYS} days")
    if not (np.isfinite(growth).all() and np.isfinite(volatility).all()):
        raise Broken("paths or volatilities that are no numbers")
    if (growth[:, 0] != 0.0).any():
        raise Broken("growth on day 0 is not nought")
    if (volatility <= 0.0).any():
        raise Broken("volatilities that are not positive")
    if (np.ptp(growth, axis=1) == 0.0).any():
        raise Broken("paths that never move")


def _path_seeds(bench: _Bench) -> None:
    first, second, other = (bench.paths(bench.fitted, seed)[0] for seed in (1, 1, 2))
    if not np.array_equal(first, second):
        raise Broken("one seed, two sets of paths: something other than the generator it is given is drawn from")
    if np.array_equal(first, other):
        raise Broken("two seeds, one set of paths")


def _path_mean(bench: _Bench) -> None:
    growth, _ = bench.paths(bench.fitted, seed=4, n_paths=N_PATHS)
    last, mean = growth[:, -1], float(bench.fitted.mean)
    error = last.std() / np.sqrt(N_PATHS)
    if not abs(last.mean() - N_PATH_DAYS * mean) <= MEAN_ERRORS * error:
        raise Broken(f"paths drift by {last.mean() / N_PATH_DAYS:.3g} a day, mean is {mean:.3g}")


def _next_day(bench: _Bench) -> None:
    growth, _ = bench.paths(bench.fitted, seed=5, n_paths=N_PATHS)
    losses = -growth[:, 1]
    for level in (0.975, 0.99):
        var, shortfall = bench.fitted.next_day(level)
        if not (np.isfinite(var) and np.isfinite(shortfall) and shortfall >= var):
            raise Broken(f"VaR {var:.4g} and ES {shortfall:.4g} at {level}")
        drawn = float(np.quantile(losses, level))
        if abs(var - drawn) > NEXT_DAY_TOLERANCE * abs(drawn):
            raise Broken(f"VaR {var:.4g} at {level}, its paths say {drawn:.4g}")


def _record(bench: _Bench) -> None:
    # By its kind the kernel knows a law of the workbench's own and draws it; every other model's paths are asked of `simulate`.
    record = json.loads(json.dumps(bench.fitted.record(), allow_nan=False))
    if record.get("kind") != bench.model.name and not bench.model.__module__.startswith("gramlib."):
        raise Broken(f"kind is {record.get('kind')!r}")
    again = bench.model.from_record(record, bench.window.residuals)
    for first, second in zip(bench.paths(bench.fitted, seed=1), bench.paths(again, seed=1), strict=True):
        if not np.array_equal(first, second):
            raise Broken("the model made again from its record draws other paths")
    if json.dumps(again.record()) != json.dumps(bench.fitted.record()):
        raise Broken("the model made again has another record")


def _equal(first: dict[int, np.ndarray], second: dict[int, np.ndarray], said: str) -> None:
    for horizon in HORIZONS_DAYS:
        if not np.array_equal(first[horizon], second[horizon]):
            raise Broken(f"{said}, at {horizon} days")


Check = tuple[str, str, Callable[[_Bench], None]]
FORECASTER_CHECKS: tuple[Check, ...] = (
    ("fit", "a model of this class, and the window left as it was", _fit),
    ("forecast", "for each horizon finite samples in ascending order, (origins, samples)", _forecast_shapes),
    ("determinism", "the same days and random numbers, the same forecast", _same_twice),
    ("no look-ahead", "nothing after an origin, or after the window, changes what is said before", _no_look_ahead),
    ("origins by themselves", "an origin's forecast does not depend on the others'", _alone),
    ("card", f"{', '.join(CARD_KEYS)}, each in words", _card),
)
PATH_CHECKS: tuple[Check, ...] = (
    ("paths", "growth from 0 and positive volatility, both (paths, days + 1)", _path_shapes),
    ("paths by seed", "one seed, one set of paths; all numbers from the generator given", _path_seeds),
    ("mean", "the mean of the paths' daily log-returns, which predict.drift_year replaces", _path_mean),
    ("next day", "VaR at most ES, and within a tenth of the paths' own", _next_day),
    ("record", "JSON with the model's name as kind, from which the same paths are drawn", _record),
)
CHECKS = tuple(name for name, *_ in (*FORECASTER_CHECKS, *PATH_CHECKS))
"""Every check by name, in the order of the table (after `parts`)."""
