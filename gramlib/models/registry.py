"""Which models there are, by the name a run file uses."""

from __future__ import annotations

from gramlib.errors import ParameterError
from gramlib.models.fhs import FilteredHistoricalSimulation
from gramlib.models.garch_t import GarchT
from gramlib.models.hs import HistoricalSimulation
from gramlib.models.protocol import Forecaster, PathModel
from gramlib.params.suggest import did_you_mean

PATH_MODELS: dict[str, type[PathModel]] = {model.name: model for model in (FilteredHistoricalSimulation, GarchT)}
BASELINE: type[Forecaster] = HistoricalSimulation
"""Scored in every comparison, whatever the run file names."""


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
