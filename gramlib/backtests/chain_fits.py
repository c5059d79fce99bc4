"""The champion's kind of model fitted on what was known at a month end, as a calibration that draws paths."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from gramlib.models.protocol import FIT_ONCE
from gramlib.models.refit_bootstrap import STAND_IN
from gramlib.models.registry import path_model
from gramlib.models.returns import Returns
from gramlib.models.threads import threads_side_by_side, usual_workers
from gramlib.models.window import TrainingWindow
from gramlib.readable import readable


@readable
@dataclass(frozen=True, eq=False)
class Fitted:
    """A calibration whose champion is `model`, the residuals that belong to it, and what has to be said about the fit."""

    model: str
    note: str
    n_train: int
    calibration: dict[str, Any]
    residuals: pd.DataFrame


def monthly_model(name: str) -> tuple[str, str]:
    """The model that is fitted every month in place of `name`, and why it is another; itself and empty where it is not.

    Models that stage train fits once, because a fit is too dear to repeat, have a stand-in.
    """
    if path_model(name).refit_every_days != FIT_ONCE:
        return name, ""
    return STAND_IN, f"{STAND_IN} stands in for {name}, which is too dear to fit every month"


def fits_of(
    returns: Returns, stops: Sequence[int], first: int, name: str, persistence_cap: float, tail_share: float
) -> Iterator[Fitted]:
    """One fit for each of `stops`, in their order: on the returns `first` to stop - 1, tails and filter from index 0 on.

    The fits run beside each other. Those still waiting are called off when the caller stops asking.
    """
    model, reason = monthly_model(name)

    def fit(stop: int) -> Fitted:
        return _fitted(TrainingWindow(returns.until(stop), first, persistence_cap, tail_share), model, reason)

    with threads_side_by_side():
        pool = ThreadPoolExecutor(usual_workers())
        try:
            yield from pool.map(fit, stops)
        finally:
            pool.shutdown(cancel_futures=True)


def _fitted(window: TrainingWindow, name: str, reason: str) -> Fitted:
    model = window.fitted(path_model(name))
    record = model.record()
    values = window.log_return
    estimate = record.get("estimate") or {}
    odd = "" if estimate.get("converged", True) else estimate.get("note") or "the fit did not converge"
    dates = window.returns.dates[window.first :]
    residuals = pd.DataFrame(
        {"date": dates, "sigma": np.sqrt(window.variance[window.first : -1]), "residual": window.residuals}
    )
    calibration = {
        "champion": name,
        "training": {"n": len(values)},
        "sigma_sample": float(values.std(ddof=1)),
        "models": {name: record},
    }
    return Fitted(name, "; ".join(text for text in (reason, odd) if text), len(values), calibration, residuals)
