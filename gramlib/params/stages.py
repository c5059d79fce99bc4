"""The five stages' parameters: the one home of every name, type, default, unit and bound.

The notebook's `parameters` cell, `gram params explain` and the YAML keys are all derived from these
models, field by field and in this order. Types are plain (str, int, float, bool, lists of them), because
they must survive papermill's cell. `upstream` says which run's tables a notebook reads when it is run by
hand; the runner leaves it empty, and it is no part of a run's identity.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator

from gramlib.params import plugins
from gramlib.params.built_in import FORECASTER_NAMES, MODEL_NAMES
from gramlib.params.data_params import DataParams, Date
from gramlib.params.fields import NOT_BLANK, Section, each_number, each_of, one_of, param

STAGE_NAMES = ("data", "train", "predict", "analyse", "report")
DRIVER_NAMES = ("confidence", "liquidity", "custody", "custody_freeze", "bank", "operations", "cyber", "lease")
"""What can be drawn beside prices; custody_freeze, bank and lease need the issuer's section custodians, banks, lease on."""

_EACH_MODEL = each_of("all", *MODEL_NAMES, *FORECASTER_NAMES, plug_ins=plugins.MODELS)

DEFAULT_SEED = 20261120
_MAX_SEED = 2**63 - 1
_MAX_DAYS = 252 * 60


def _upstream() -> str:
    return param("", "run id or run folder whose tables are read; empty means the latest succeeded run")


def _seed() -> int:
    return param(DEFAULT_SEED, "address of the random draws; same seed, same tables", ge=0, le=_MAX_SEED)


def _issuer() -> str:
    return param("gram", "issuer under test: a file name in params/issuers without .yaml, or a path", min_length=1)


def _profile() -> str:
    return param("internal", "limits to judge by: a file name in params/profiles without .yaml", min_length=1)


def _every_driver(names: list[str]) -> list[str]:
    """The word all written out: the engines, a run's record and its identity know drivers by their names alone."""
    return list(DRIVER_NAMES) if "all" in names else names


def _every_model(names: list[str]) -> list[str]:
    """The word all written out, as for drivers: every model of the workbench; plug-ins are those named beside it."""
    ours = (*MODEL_NAMES, *FORECASTER_NAMES)
    return [*ours, *(name for name in names if name not in ("all", *ours))] if "all" in names else names


class TrainParams(Section):
    """Stage `train`: which price models, fitted and judged on what."""

    upstream: str = _upstream()
    start: Date = param("2000-01-01", "first day of the training window", "ISO date")
    models: Annotated[list[str], _EACH_MODEL, AfterValidator(_every_model)] = param(
        ["all"], "price models to fit and compare; all means every one"
    )
    eval_days: int = param(2520, "last days held out for scoring", "business days", ge=1, le=_MAX_DAYS)
    min_train_days: int = param(1000, "shortest history a model is fitted on", "business days", ge=100, le=_MAX_DAYS)
    refit_every_days: int = param(250, "days between refits while scoring", "business days", ge=1, le=_MAX_DAYS)
    horizons_days: Annotated[list[int], each_number(1, 252)] = param(
        [1, 5, 10, 20], "forecast horizons", "business days"
    )
    persistence_cap: float = param(0.999, "highest alpha plus beta let into a simulation", "1", gt=0.5, lt=1.0)
    tail_share: float = param(0.05, "share of residuals in each fitted tail", "1", gt=0.0, le=0.25)
    refit_all: bool = param(False, "refit dear models as often as the others")
    seed: int = _seed()


class PredictParams(Section):
    """Stage `predict`: which issuer, under which scenarios and on how many paths."""

    upstream: str = _upstream()
    issuer: str = _issuer()
    scenarios: Annotated[list[str], each_of()] = param(["all"], "listed scenarios to replay; all means every one")
    profile: str = _profile()
    model: Annotated[str, one_of("champion", *MODEL_NAMES, plug_ins=plugins.MODELS)] = param(
        "champion", "price model of the generated paths"
    )
    model_reason: str = param("", "why the champion is overridden; asked for when model is not champion")
    n_paths: int = param(100_000, "paths of the liquidity book", "paths", ge=1, le=10_000_000)
    horizon_days: int = param(252, "length of the liquidity book", "business days", ge=1, le=2520)
    solvency_n_paths: int = param(20_000, "paths of the solvency book", "paths", ge=1, le=10_000_000)
    solvency_horizon_days: int = param(756, "length of the solvency book", "business days", ge=1, le=2520)
    start_gold_usd_per_oz: float = param(
        0.0, "gold price on day 0; 0 means the last price of the data", "USD/oz", ge=0.0, le=50_000.0
    )
    drift_year: float = param(
        0.0, "drift of the log price on simulated paths; a past mean is no forecast", "1/year", ge=-0.5, le=0.5
    )
    drivers: Annotated[list[str], each_of("all", *DRIVER_NAMES, empty_ok=True), AfterValidator(_every_driver)] = param(
        ["all"], "what is drawn beside prices; all means every driver, an empty list prices alone"
    )
    seed: int = _seed()
    fan_paths: int = param(10_000, "paths behind the fan charts", "paths", ge=1, le=10_000_000)
    scenario_n_paths: int = param(
        10_000, "paths of random drivers that each listed scenario meets", "paths", ge=1, le=1_000_000
    )
    volatility_scale: float = param(1.0, "what-if: every shock of the price model times this", "1", ge=0.1, le=10.0)
    force_regime: Annotated[str, one_of("", "calm", "stress")] = param(
        "", "what-if: hold a model with regimes in one of them, calm or stress"
    )


class AnalyseParams(Section):
    """Stage `analyse`: figures with intervals, verdict, reverse stress."""

    upstream: str = _upstream()
    issuer: str = _issuer()
    profile: str = _profile()
    level: float = param(0.975, "level of value at risk and expected shortfall", "1", gt=0.5, lt=1.0)
    confidence: float = param(0.95, "confidence of every interval", "1", gt=0.5, lt=1.0)
    bootstrap_samples: int = param(500, "resamples behind a bootstrap interval", "samples", ge=10, le=100_000)
    reverse_horizon_days: int = param(10, "length of a reverse-stress path", "business days", ge=1, le=252)
    reverse_max_fall: float = param(0.9, "largest price fall scanned", "1", gt=0.0, lt=1.0)
    reverse_step: float = param(0.01, "step of the scan", "1", ge=0.0005, le=0.1)
    reverse_tolerance: float = param(0.0001, "width at which refining stops", "1", ge=1e-8, le=0.01)
    map_step: float = param(0.05, "step of the two-dimensional maps", "1", ge=0.005, le=0.5)
    refit_samples: int = param(
        20, "refits of the price model behind parameter uncertainty; 0 leaves it out", "samples", ge=0, le=1000
    )
    standards: Annotated[list[str], each_of()] = param(
        ["all"], "standards in params/profiles to hold the run against; all means every one"
    )
    search_n_paths: int = param(
        10_000, "paths behind each try of a measure or sensitivity", "paths", ge=100, le=1_000_000
    )
    screen: Annotated[str, one_of("none", "morris", "sobol")] = param("morris", "screen of all parameters at once")
    package_measures: int = param(
        3, "most measures tried together in one package; more cost much time", "measures", ge=1, le=8
    )
    chain_backtest: bool = param(False, "replay the whole chain month by month on the past; takes minutes")
    seed: int = _seed()


class ReportParams(Section):
    """Stage `report`: what stands on the cover; it computes nothing."""

    upstream: str = _upstream()
    title: Annotated[str, NOT_BLANK] = param("Gram stress test", "title on the cover")
    author: str = param("", "who is responsible for the report")
    compare_with: str = param("", "run id or run folder to compare with; empty means none")


STAGE_PARAMS: dict[str, type[Section]] = {
    "data": DataParams,
    "train": TrainParams,
    "predict": PredictParams,
    "analyse": AnalyseParams,
    "report": ReportParams,
}
