"""The door of both engines: hold the inputs against their contract, cut them in blocks, walk, fold, wrap."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import fields

import numpy as np
import pandas as pd

from gramlib.artefacts import LEDGER_COLUMNS, LEDGER_EXTENSIONS, LEDGER_EXTRA
from gramlib.errors import DataContractError, ParameterError
from gramlib.params.issuer import Issuer
from gramlib.params.suggest import did_you_mean
from gramlib.simulation import reference, vectorised
from gramlib.simulation.day import Day
from gramlib.simulation.events import Events
from gramlib.simulation.failures import failures
from gramlib.simulation.outcomes import Outcomes, join, of_ledger
from gramlib.simulation.own_funds import OwnFundsRule
from gramlib.simulation.stops import CLOSING_PRICE_USD_PER_G
from gramlib.simulation.summary import Summary

ENGINES = ("reference", "numpy")
BLOCK_PATHS = 4096
"""Paths walked together by the NumPy engine: a day's arrays fit the processor's second cache."""

LEDGER_NAMES = tuple(column.name for column in (*LEDGER_COLUMNS, *LEDGER_EXTRA, *LEDGER_EXTENSIONS))


def simulate(
    issuer: Issuer,
    paths: np.ndarray,
    events: Events | None = None,
    engine: str = "numpy",
    own_funds: OwnFundsRule | None = None,
) -> Outcomes:
    """Run every path through the issuer's day; one row of results a path (`Outcomes`), in the order of `paths`.

    `paths` is (n_paths, n_days + 1) in USD/g, column 0 today; one path may be given as (n_days + 1,). `events`
    default to calm. `own_funds` gives the requirement of F1 (default: none, so that F1 is F2). Engine `numpy` and
    `reference` agree to 1e-9 relative; results do not depend on how paths are cut in blocks.
    Raises DataContractError for prices that are negative or not finite or events of other days or paths,
    ParameterError for an unknown engine.
    """
    paths, events = _held(paths, events)
    _known(engine)
    rule = own_funds or OwnFundsRule()
    if engine == "reference":
        return join([_reference_outcomes(issuer, paths, events, k, rule) for k in range(len(paths))])
    parts = []
    for first in range(0, len(paths), BLOCK_PATHS):
        stop = min(first + BLOCK_PATHS, len(paths))
        parts.append(fold(issuer, numpy_days(issuer, paths[first:stop], events.block(first, stop), rule)))
    return join(parts)


def ledger(
    issuer: Issuer,
    path: np.ndarray,
    events: Events | None = None,
    own_funds: OwnFundsRule | None = None,
    engine: str = "reference",
) -> pd.DataFrame:
    """Every day of one path, day 1 to n: `day` and the ledger columns of the catalogue, in its order, float64.

    `path` is (n_days + 1,) in USD/g. Raises as `simulate` does.
    """
    path = np.asarray(path, dtype=np.float64)
    if path.ndim != 1:
        raise DataContractError(f"prices of shape {path.shape}", expected="one path, (n_days + 1,)", origin="ledger")
    paths, events = _held(path, events)
    _known(engine)
    rule = own_funds or OwnFundsRule()
    if engine == "reference":
        days = _reference_days(issuer, paths, events, 0, rule)
    else:
        days = numpy_days(issuer, paths, events.block(0, 1), rule, liquid_5d=True)
    return _table(days)


def _table(days: Iterable[Day]) -> pd.DataFrame:
    rows = [day for day in days if day.day > 0]
    columns = {name: np.array([float(np.squeeze(getattr(day, name))) for day in rows]) for name in LEDGER_NAMES}
    return pd.DataFrame({"day": np.array([day.day for day in rows], dtype=np.int32), **columns})


def numpy_days(
    issuer: Issuer, paths: np.ndarray, events: Events, own_funds: OwnFundsRule, *, liquid_5d: bool = False
) -> Iterator[Day]:
    """Days of one block of paths; the caller sees to it that the block is small enough for memory."""

    def by_day(array: np.ndarray) -> np.ndarray:
        return np.ascontiguousarray(array.T)

    return vectorised.walk(
        issuer,
        by_day(paths),
        by_day(events.event),
        by_day(events.liquidity_multiplier),
        by_day(events.lost_g),
        by_day(events.lost_share),
        own_funds,
        liquid_5d=liquid_5d,
    )


def fold(issuer: Issuer, days: Iterator[Day]) -> Outcomes:
    """Outcomes of a block from its days."""
    summary = Summary(issuer, next(days))
    for day in days:
        summary.add(day)
    return summary.outcomes()


def _reference_days(issuer: Issuer, paths: np.ndarray, events: Events, path: int, own_funds: OwnFundsRule) -> list[Day]:
    given = {spec.name: _of_path(getattr(events, spec.name), path) for spec in fields(events)}
    return reference.walk(issuer, _of_path(paths, path), given, own_funds)


def _reference_outcomes(
    issuer: Issuer, paths: np.ndarray, events: Events, path: int, own_funds: OwnFundsRule
) -> Outcomes:
    days = _table(_reference_days(issuer, paths, events, path, own_funds))
    return of_ledger(days, failures(days, issuer), issuer)


def _of_path(array: np.ndarray, path: int) -> list[float]:
    return (array if array.ndim == 1 else array[path]).tolist()


def _held(paths: np.ndarray, events: Events | None) -> tuple[np.ndarray, Events]:
    paths = np.atleast_2d(np.asarray(paths, dtype=np.float64))
    if paths.ndim != 2 or paths.shape[1] < 2 or not len(paths):
        raise DataContractError(f"prices of shape {paths.shape}", expected="(n_paths, n_days + 1) with at least one path and day",
                                origin="gramlib.simulation")  # fmt: skip
    # min and max carry a NaN through: two passes check all. A price may vanish later on, but not be negative.
    if not (paths.min() >= 0.0 and np.isfinite(paths.max()) and paths[:, 0].min() > CLOSING_PRICE_USD_PER_G):
        refused = ~((paths >= 0.0) & np.isfinite(paths))
        refused[:, 0] |= ~(paths[:, 0] > CLOSING_PRICE_USD_PER_G)
        path, day = (int(i) for i in np.argwhere(refused)[0])
        raise DataContractError(f"price {paths[path, day]:g} USD/g on day {day} of path {path}",
                                expected=f"finite prices, none negative, and above {CLOSING_PRICE_USD_PER_G:g} on day 0",
                                origin="gramlib.simulation")  # fmt: skip
    events = Events.calm(paths.shape[1] - 1) if events is None else events
    for name in (spec.name for spec in fields(Events)):
        shape = getattr(events, name).shape
        if shape not in ((paths.shape[1],), paths.shape):
            raise DataContractError(f"events: {name} has shape {shape}",
                                    expected=f"({paths.shape[1]},) or {paths.shape} like the prices",
                                    origin="gramlib.simulation")  # fmt: skip
    return paths, events


def _known(engine: str) -> None:
    if engine == "kernel":
        raise ParameterError("engine 'kernel' is not built yet", expected=f"one of {', '.join(ENGINES)}", origin="engine",
                             remedy="use engine numpy, its results are the same")  # fmt: skip
    if engine not in ENGINES:
        raise ParameterError(f"unknown engine {engine!r}{did_you_mean(engine, ENGINES)}",
                             expected=f"one of {', '.join(ENGINES)}", origin="engine")  # fmt: skip
