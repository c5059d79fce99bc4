"""The door of both engines for given paths: hold the inputs against their contract, walk, wrap.

kernel      the jitted engine over many paths (`kernel`); also draws prices and events itself: `kernel.launch.run`
reference   the model page in plain Python (`reference`), one path at a time
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields
from typing import Any

import numpy as np
import pandas as pd

from gramlib.artefacts import LEDGER_COLUMNS, LEDGER_EXTENSIONS, LEDGER_EXTRA
from gramlib.errors import DataContractError, ParameterError
from gramlib.params.issuer import Issuer
from gramlib.params.suggest import did_you_mean
from gramlib.simulation import reference
from gramlib.simulation.day import Day
from gramlib.simulation.drivers import PathDrivers
from gramlib.simulation.events import Events
from gramlib.simulation.failures import failures
from gramlib.simulation.kernel import launch
from gramlib.simulation.outcomes import Outcomes, join, of_ledger
from gramlib.simulation.own_funds import OwnFundsRule
from gramlib.simulation.price_driver import PriceDriver
from gramlib.simulation.stops import CLOSING_PRICE_USD_PER_G

ENGINES = ("kernel", "reference")

LEDGER_NAMES = tuple(column.name for column in (*LEDGER_COLUMNS, *LEDGER_EXTRA, *LEDGER_EXTENSIONS))


def simulate(
    issuer: Issuer,
    paths: np.ndarray,
    events: Events | None = None,
    engine: str = "kernel",
    own_funds: OwnFundsRule | None = None,
) -> Outcomes:
    """Run every path through the issuer's day; one row of results a path (`Outcomes`), in the order of `paths`.

    `paths` is (n_paths, n_days + 1) in USD/g, column 0 today; one path may be given as (n_days + 1,). `events`
    default to calm, and nothing is drawn: large holders ask for what they would ask on average. `own_funds` gives the
    requirement of F1 (default: none, so that F1 is F2). The engines agree to 1e-9 of a figure's size.
    Raises DataContractError for prices that are negative or not finite, events of other days or paths or at a custodian
    or bank that the issuer does not have, ParameterError for an unknown engine.
    """
    paths, events = _held(paths, events)
    events.check(issuer)
    _known(engine)
    if engine == "reference":
        rule = own_funds or OwnFundsRule()
        return join([_reference_outcomes(issuer, paths, events, k, rule) for k in range(len(paths))])
    outcomes, _ = launch.run(issuer, PriceDriver.given(paths), len(paths), paths.shape[1] - 1, drivers=None,
                             events=events, own_funds=own_funds)  # fmt: skip
    return outcomes


def ledger(
    issuer: Issuer,
    path: np.ndarray,
    events: Events | None = None,
    own_funds: OwnFundsRule | None = None,
    engine: str = "reference",
    drivers: PathDrivers | None = None,
) -> pd.DataFrame:
    """Every day of one path, day 1 to n: `day` and the ledger columns of the catalogue, in its order, float64.

    `path` is (n_days + 1,) in USD/g. `drivers` draws what happens beside what is given, and what large holders do (engine
    reference alone: the kernel's door for drawn paths is `kernel.launch.day_records`). Raises as `simulate` does.
    """
    path = np.asarray(path, dtype=np.float64)
    if path.ndim != 1:
        raise DataContractError(f"prices of shape {path.shape}", expected="one path, (n_days + 1,)", origin="ledger")
    paths, events = _held(path, events)
    events.check(issuer)
    _known(engine)
    if engine == "reference":
        return _table(_reference_days(issuer, paths, events, 0, own_funds or OwnFundsRule(), drivers))
    if drivers is not None:
        raise ParameterError("drivers with engine kernel", expected="engine reference", origin="ledger")
    found = launch.day_records(issuer, PriceDriver.given(paths), paths.shape[1] - 1, drivers=None, events=events,
                               own_funds=own_funds)  # fmt: skip
    return _columns(found, np.arange(1, paths.shape[1]))


def _table(days: Iterable[Day]) -> pd.DataFrame:
    rows = [day for day in days if day.day > 0]
    return _columns({name: np.array([float(getattr(day, name)) for day in rows]) for name in LEDGER_NAMES},
                    np.array([day.day for day in rows]))  # fmt: skip


def _columns(found: Mapping[str, Any], days: np.ndarray) -> pd.DataFrame:
    return pd.DataFrame({"day": days.astype(np.int32), **{name: found[name] for name in LEDGER_NAMES}})


def _reference_days(
    issuer: Issuer,
    paths: np.ndarray,
    events: Events,
    path: int,
    own_funds: OwnFundsRule,
    drivers: PathDrivers | None = None,
) -> list[Day]:
    given = {spec.name: _of_path(getattr(events, spec.name), path) for spec in fields(events)}
    return reference.walk(issuer, _of_path(paths, path), given, own_funds, drivers)


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
    if engine not in ENGINES:
        raise ParameterError(f"unknown engine {engine!r}{did_you_mean(engine, ENGINES)}",
                             expected=f"one of {', '.join(ENGINES)}", origin="engine")  # fmt: skip
