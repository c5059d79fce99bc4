"""How sure the price model's own numbers are: the model refitted to histories that might as well have happened.

Models with a filter (fhs, garch_t, gjr_t) get a residual bootstrap (Pascual, Romo and Ruiz 2006, Computational Statistics & Data
Analysis 50:2293-2312): a series as long as the training window is rebuilt from the fitted recursion with resampled standardised
residuals, and the model is fitted to it again. Volatility at the start of the paths is the new parameters' filter over the
days that did happen, so that today stays today; the sample's volatility, by which thin markets are measured, stays that of
those days too. For fhs the law of residuals is that of the rebuilt series, and each GPD tail is
fitted again to as many excesses, drawn from the fitted tail, as it was fitted to: the long history itself is not handed on.

Models without one (bootstrap, regime, jump) are fitted again to a stationary block bootstrap of the days.

The other models are not refitted here: a network takes minutes, three regimes some seconds a time, and the rest draw their
paths outside the kernel, which would take longer than all else in the stage.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from gramlib.errors import ParameterError
from gramlib.models.garch import GarchParameters, filter_variance, simulate_growth
from gramlib.models.resampling import block_rows
from gramlib.models.tails import fit_gpd, gpd_excess
from gramlib.readable import readable

Progress = Callable[[int, int, str], None]

WITH_FILTER = ("fhs", "garch_t", "gjr_t")
REFITTABLE = (*WITH_FILTER, "bootstrap", "regime", "jump")

STAND_IN = "fhs"
"""Whose numbers are refitted where those of the model in use cannot be."""

BLOCK_DAYS = 40.0
"""Of models without a filter, where the calibration has no block length: two months, within which storms mostly end."""


@readable
@dataclass(frozen=True, eq=False)
class Refit:
    """A calibration whose champion is the refitted model, with the residuals that belong to it."""

    calibration: dict[str, Any]
    residuals: pd.DataFrame


def refitted_model(calibration: dict[str, Any], model: str = "champion") -> str:
    """Which model `bootstrap_calibrations` refits: `model` itself, or the stand-in where it cannot be.

    Raises ParameterError where neither is in the calibration.
    """
    name = calibration["champion"] if model == "champion" else model
    known = calibration["models"]
    if name in REFITTABLE and name in known:
        return str(name)
    if STAND_IN in known:
        return STAND_IN
    raise ParameterError(f"price model {name!r} cannot be refitted, and there is no {STAND_IN} to stand in",
                         expected=f"one of {', '.join(REFITTABLE)}", origin="gramlib.models.refit_bootstrap",
                         remedy=f"add {STAND_IN} to train.models, or set analyse.refit_samples to 0")  # fmt: skip


def bootstrap_calibrations(
    calibration: dict[str, Any],
    residuals: pd.DataFrame,
    n: int,
    rng: np.random.Generator,
    progress: Progress | None = None,
    model: str = "champion",
    persistence_cap: float = 0.999,
) -> list[Refit]:
    """`n` refits of `model` (or its stand-in, see `refitted_model`), each ready to draw paths from.

    `residuals` is the training stage's table; the returns of the window are made of it and of the filter's mean.
    `persistence_cap` is that of stage train. Raises ParameterError for residuals of another training.
    """
    if len(residuals) != calibration["training"]["n"]:
        raise ParameterError(f"{len(residuals)} residuals for a calibration fitted on {calibration['training']['n']} returns",
                             expected="calibration and residuals of one and the same training",
                             origin="gramlib.models.refit_bootstrap", remedy="read both from the same run")  # fmt: skip
    name = refitted_model(calibration, model)
    mean = float(calibration["filter"]["parameters"]["mean"])
    returns = mean + residuals["sigma"].to_numpy(dtype=float) * residuals["residual"].to_numpy(dtype=float)
    rebuild = _rebuilt_by_filter if name in WITH_FILTER else _rebuilt_by_blocks
    refits = []
    for done, series in enumerate(rebuild(calibration, name, returns, n, rng)):
        if progress:
            progress(done, n, f"refitting {name}")
        record, values = _REFIT[name](calibration["models"][name], series, returns, persistence_cap, rng)
        changed = {**calibration, "champion": name, "models": {name: record}}
        refits.append(Refit(changed, residuals if values is None else residuals.assign(residual=values)))
    if progress:
        progress(n, n, f"{name} refitted")
    return refits


def _rebuilt_by_filter(
    calibration: dict[str, Any], name: str, returns: np.ndarray, n: int, rng: np.random.Generator
) -> np.ndarray:
    """Series (n, days) of log-returns: the fitted recursion from its first day on, fed with resampled residuals."""
    parameters = GarchParameters(**calibration["models"][name]["parameters"])
    variance = filter_variance(parameters, returns)
    # As they are: under them the likelihood's slope is nought at the fitted parameters, while centred ones would shift the
    # location of a t that was fitted to skewed returns by one standard error.
    z = (returns - parameters.mean) / np.sqrt(variance[:-1])
    growth, _ = simulate_growth(
        parameters, float(variance[0]), lambda k: z[rng.integers(len(z), size=k)], n, len(returns)
    )
    return np.diff(growth, axis=1)


def _rebuilt_by_blocks(
    calibration: dict[str, Any], name: str, returns: np.ndarray, n: int, rng: np.random.Generator
) -> np.ndarray:
    """Series (n, days) of log-returns that happened, in blocks of geometric length."""
    own = calibration["models"].get("bootstrap", {})
    mean_block = max(1.0, float(own.get("mean_block_days", BLOCK_DAYS)))
    return np.stack([returns[block_rows(len(returns), mean_block, rng)] for _ in range(n)])


def _refit_garch(
    record: dict[str, Any], series: np.ndarray, returns: np.ndarray, cap: float, rng: np.random.Generator
) -> tuple[dict[str, Any], np.ndarray | None]:
    parameters, nu = _filter_of(series, cap, bool(record["parameters"].get("gamma")))
    today = float(filter_variance(parameters, returns)[-1])
    return {**record, "parameters": parameters.record(), "nu": nu, "next_variance": today}, None


def _refit_fhs(
    record: dict[str, Any], series: np.ndarray, returns: np.ndarray, cap: float, rng: np.random.Generator
) -> tuple[dict[str, Any], np.ndarray | None]:
    parameters, _ = _filter_of(series, cap, False)
    today = float(filter_variance(parameters, returns)[-1])
    values = (series - parameters.mean) / np.sqrt(filter_variance(parameters, series)[:-1])
    tails = {side: _refit_tail(tail, rng) for side, tail in record["tails"].items()}
    return {**record, "parameters": parameters.record(), "tails": tails, "next_variance": today}, values


def _refit_tail(tail: dict[str, Any], rng: np.random.Generator) -> dict[str, Any]:
    """The GPD record fitted again to as many excesses drawn from it."""
    drawn = gpd_excess(1.0 - rng.random(int(tail["n_exceed"])), float(tail["xi"]), float(tail["beta"]))
    fit = fit_gpd(np.asarray(drawn))
    return {**tail, "xi": fit.xi, "beta": fit.beta, "xi_standard_error": fit.xi_standard_error,
            "beta_standard_error": fit.beta_standard_error, "note": fit.note}  # fmt: skip


def _filter_of(series: np.ndarray, cap: float, asymmetric: bool) -> tuple[GarchParameters, float]:
    # arch takes seconds to import, and naming the models that can be refitted does without it.
    from gramlib.models.arch_fit import fit_garch_t

    fit = fit_garch_t(series, cap, asymmetric)
    return fit.parameters, fit.nu


def _refit_bootstrap(
    record: dict[str, Any], series: np.ndarray, returns: np.ndarray, cap: float, rng: np.random.Generator
) -> tuple[dict[str, Any], np.ndarray | None]:
    return {**record, "log_return": series.tolist()}, None


def _refit_regime(
    record: dict[str, Any], series: np.ndarray, returns: np.ndarray, cap: float, rng: np.random.Generator
) -> tuple[dict[str, Any], np.ndarray | None]:
    from gramlib.models.regime import Regime
    from gramlib.models.regime_fit import fit_regimes

    law, estimate = fit_regimes(series, len(record["sigma"]))
    return Regime(law, law.filtered(returns)[-1], estimate).record(), None


def _refit_jump(
    record: dict[str, Any], series: np.ndarray, returns: np.ndarray, cap: float, rng: np.random.Generator
) -> tuple[dict[str, Any], np.ndarray | None]:
    from gramlib.models.jump import JumpDiffusion
    from gramlib.models.jump_fit import fit_jump

    return JumpDiffusion(*fit_jump(series)).record(), None


_REFIT = {"fhs": _refit_fhs, "garch_t": _refit_garch, "gjr_t": _refit_garch, "bootstrap": _refit_bootstrap,
          "regime": _refit_regime, "jump": _refit_jump}  # fmt: skip
