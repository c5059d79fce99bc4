"""Stage train: judge the models out of sample, choose the champion, fit on everything, write it all down."""

from __future__ import annotations

import math
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from gramlib.errors import ParameterError
from gramlib.models.acceptance import acceptance_table
from gramlib.models.contest import CHAMPION_RULE, choose_champion, league_table
from gramlib.models.evaluation import FORECAST_COLUMNS, rolling_forecasts
from gramlib.models.far_tail import fall_odds
from gramlib.models.multiplicity import confidence_sets
from gramlib.models.plugins import require_protocol
from gramlib.models.protocol import FIT_ONCE, PathModel
from gramlib.models.refits import refit_interval
from gramlib.models.registry import BASELINES, generates_paths, price_model
from gramlib.models.returns import usable_returns
from gramlib.models.threads import threads_side_by_side, usual_workers
from gramlib.models.window import TrainingWindow
from gramlib.params.stages import TrainParams
from gramlib.readable import readable
from gramlib.store.parts import Parts

Progress = Callable[[int, int, str], None]


@readable
@dataclass(frozen=True)
class Training:
    """What stage train hands on: the catalogue's `calibration`, `residuals`, `forecasts`, `league` and `acceptance`."""

    calibration: dict[str, Any]
    residuals: pd.DataFrame
    forecasts: pd.DataFrame
    league: pd.DataFrame
    acceptance: pd.DataFrame


@threads_side_by_side()
def train(
    prices: pd.DataFrame,
    params: TrainParams,
    rng: np.random.Generator,
    progress: Progress | None = None,
    grade: str = "D",
    covariates: pd.DataFrame | None = None,
    parts: Parts | None = None,
) -> Training:
    """Score and fit the models `params.models` on a `prices` table; the two kinds of historical simulation are always scored.

    `covariates` is the catalogue's table, for the models that use it. `grade` is the data grade: on D the champion is not
    contested. The result depends on nothing but the arguments; `parts` keeps what is finished of the evaluation and is read by
    a later call with the same ones.
    Raises DataContractError when the table is too short, ParameterError for an unknown model and for a
    plug-in that breaks the protocol.
    """
    returns = usable_returns(prices, covariates)
    first = returns.first_on_or_after(params.start)
    for name in params.models:
        require_protocol(name)
    named = {name: price_model(name) for name in params.models}
    classes = {name: model for name, model in named.items() if generates_paths(model)}
    forecasters = {name: model for name, model in named.items() if name not in classes}
    if not classes:
        raise ParameterError(
            f"train.models names {' and '.join(forecasters)} only, which generate no paths",
            expected="at least one model that does",
            origin="stage train",
            remedy="add fhs",
        )
    judged = [*BASELINES, *classes.values(), *forecasters.values()]
    scored = rolling_forecasts(returns, first, judged, params, rng, progress, parts=parts)
    intervals = {model.name: refit_interval(model, params) for model in judged}

    window = TrainingWindow(returns, first, params.persistence_cap, params.tail_share)
    everyone = _all_fitted({**classes, **forecasters}, window)
    fitted = {name: everyone[name] for name in classes}
    for_paths, for_sets = rng.spawn(2)
    accepted, excluded = acceptance_table(fitted, window.log_return, for_paths)
    champion, duels, decision = choose_champion(scored, list(classes), grade, excluded)
    dates = returns.dates[first:]
    calibration = {
        "schema": 1,
        "champion": champion,
        "champion_rule": CHAMPION_RULE,
        "champion_decision": decision,
        "duels": duels,
        "excluded": [{"model": name, "reason": reason} for name, reason in excluded.items()],
        "confidence_sets": confidence_sets(scored, "crps", int(for_sets.integers(2**31))),
        "grade": grade,
        "training": {"start": _day(dates[0]), "end": _day(dates[-1]), "n": len(dates)},
        "history": {"start": _day(returns.dates[0]), "n": len(returns), "masked_rows": len(prices) - len(returns)},
        "evaluation": {
            "start": _day(scored["date"].min()),
            "end": _day(scored["date"].max()),
            "eval_days": params.eval_days,
            "refit_every_days": params.refit_every_days,
            "refits_by_model": intervals,
            "purged": "a fit sees returns up to its day only, and is scored on windows that begin the day after",
            "min_train_days": params.min_train_days,
            "overlap": "forecasts of horizons above one day overlap; standard errors use Newey-West with h - 1 lags",
        },
        "sigma_sample": float(window.log_return.std(ddof=1)),
        "mean_sample": float(window.log_return.mean()),
        "last_price_usd_per_g": float(prices["gold_usd_per_g"].iloc[-1]),
        "last_date": _day(prices["date"].iloc[-1]),
        "filter": _filter_record(window),
        "models": {name: {**model.record(), **_next_day(model)} for name, model in fitted.items()},
        "far_tail": fall_odds(fitted, rng),
        "model_cards": [
            {
                "model": name,
                **model.card(),
                "fitted_on": f"{len(dates)} daily returns, {_day(dates[0])} to {_day(dates[-1])}",
            }
            for name, model in (everyone | {model.name: model.fit(window) for model in BASELINES}).items()
        ],
    }
    residuals = pd.DataFrame({"date": dates, "sigma": np.sqrt(window.variance[first:-1]), "residual": window.residuals})
    return Training(calibration, residuals, scored[FORECAST_COLUMNS], league_table(scored, intervals), accepted)


def _all_fitted(models: dict[str, type[Any]], window: TrainingWindow) -> dict[str, Any]:
    """The models on the whole window, the dear ones first, so that the others are fitted beside them."""
    dear_first = sorted(models, key=lambda name: models[name].refit_every_days != FIT_ONCE)
    with ThreadPoolExecutor(usual_workers()) as pool:
        fits = {name: pool.submit(window.fitted, models[name]) for name in dear_first}
        return {name: fits[name].result() for name in models}


def _filter_record(window: TrainingWindow) -> dict[str, Any]:
    """The GARCH fit that the models share, with what a reader needs in order to judge it."""
    fit, parameters = window.garch, window.garch.parameters
    return {
        "parameters": parameters.record(),
        "nu": fit.nu,
        "standard_errors": fit.standard_errors,
        "log_likelihood": fit.log_likelihood if fit.converged else None,
        "converged": fit.converged,
        "constrained": fit.constrained,
        "note": fit.note,
        "persistence": parameters.persistence,
        "half_life_days": parameters.half_life_days,
        "long_run_sigma": math.sqrt(parameters.long_run_variance),
        "next_sigma": math.sqrt(float(window.variance[-1])),
        "ten_day_sigma": math.sqrt(parameters.variance_of_sum(float(window.variance[-1]), 10)),
    }


def _next_day(model: PathModel) -> dict[str, float]:
    var_975, es_975 = model.next_day(0.975)
    var_990, es_990 = model.next_day(0.99)
    return {
        "next_day_var_975": var_975,
        "next_day_es_975": es_975,
        "next_day_var_990": var_990,
        "next_day_es_990": es_990,
    }


def _day(date: Any) -> str:
    return pd.Timestamp(date).date().isoformat()
