"""Which models there are, by the name a run file uses."""

from __future__ import annotations

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
from gramlib.models.protocol import Forecaster, PathModel
from gramlib.models.quantile_model import QuantileModel
from gramlib.models.quantile_regression import QuantileRegression
from gramlib.models.regime import Regime, Regime3
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


def path_model(name: str, known: dict[str, object] | None = None) -> type[PathModel]:
    """Class of the path-generating model `name`; raises ParameterError for a name that is not in `known` (default: all)."""
    names = list(PATH_MODELS if known is None else known)
    if name not in names or name not in PATH_MODELS:
        raise ParameterError(
            f"there is no price model {name!r} to simulate with{did_you_mean(name, names)}",
            expected=f"one of {', '.join(names)}",
            origin="gramlib.models",
            remedy="name it in train.models" if name in PATH_MODELS else "correct the name",
        )
    return PATH_MODELS[name]
