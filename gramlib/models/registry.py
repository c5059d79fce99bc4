"""Which models there are, by the name a run file uses; other packages may add some, see `plugins`."""

from __future__ import annotations

from typing import TypeGuard

from gramlib.errors import ParameterError
from gramlib.models.boosted import BoostedQuantiles
from gramlib.models.bootstrap import StationaryBootstrap
from gramlib.models.egarch import EgarchSkewT, EgarchT
from gramlib.models.ensemble import Ensemble
from gramlib.models.fhs import FilteredHistoricalSimulation
from gramlib.models.garch_skewt import GarchSkewT, GjrSkewT
from gramlib.models.garch_t import GarchT
from gramlib.models.gjr_t import GjrT
from gramlib.models.hs import HistoricalSimulation
from gramlib.models.hs_age import AgeWeightedHistoricalSimulation
from gramlib.models.jump import JumpDiffusion
from gramlib.models.network import RecurrentNetwork
from gramlib.models.plugins import plugged_in
from gramlib.models.protocol import Forecaster, PathModel
from gramlib.models.quantile_model import QuantileModel
from gramlib.models.quantile_regression import QuantileRegression
from gramlib.models.regime import Regime, Regime3
from gramlib.params.plugins import MODELS, usable
from gramlib.params.suggest import did_you_mean

_MODELS: tuple[type[PathModel], ...] = (
    FilteredHistoricalSimulation,
    GarchT,
    GjrT,
    GarchSkewT,
    GjrSkewT,
    EgarchT,
    EgarchSkewT,
    StationaryBootstrap,
    Regime,
    Regime3,
    JumpDiffusion,
    RecurrentNetwork,
    Ensemble,
)
PATH_MODELS: dict[str, type[PathModel]] = {model.name: model for model in _MODELS}
FORECASTERS: dict[str, type[QuantileModel]] = {model.name: model for model in (QuantileRegression, BoostedQuantiles)}
"""Scored where the run file names them; they generate no paths, so that none can be champion or be simulated."""

BASELINES: tuple[type[Forecaster], ...] = (HistoricalSimulation, AgeWeightedHistoricalSimulation)
"""Scored in every comparison, whatever the run file names; they generate no paths."""


def price_model(name: str) -> type[Forecaster]:
    """Class of the model `name` that a run file may name: ours, or one that an installed package adds.

    Raises ParameterError for a name that nobody has, and for a plug-in that cannot be used.
    """
    ours = PATH_MODELS.get(name) or FORECASTERS.get(name)
    found = ours or plugged_in(name)
    if found is None:
        names = [*PATH_MODELS, *FORECASTERS, *usable(MODELS)]
        raise ParameterError(
            f"there is no price model {name!r}{did_you_mean(name, names)}",
            expected=f"one of {', '.join(names)}",
            origin="gramlib.models",
            remedy="correct the name, or install the package that adds it",
        )
    return found


def generates_paths(model: type[Forecaster]) -> TypeGuard[type[PathModel]]:
    """Whether `model` can be simulated from; the others are only scored."""
    return hasattr(model, "simulate")


def path_model(name: str, known: dict[str, object] | None = None) -> type[PathModel]:
    """Class of the path-generating model `name`; raises ParameterError for a name that is not in `known` (default: all)."""
    there = name in PATH_MODELS or name in usable(MODELS)
    if there and (known is None or name in known):
        found = price_model(name)
        if generates_paths(found):
            return found
    names = [*PATH_MODELS, *usable(MODELS)] if known is None else list(known)
    raise ParameterError(
        f"there is no price model {name!r} to simulate with{did_you_mean(name, names)}",
        expected=f"one of {', '.join(names)}",
        origin="gramlib.models",
        remedy="name it in train.models" if there else "correct the name",
    )
