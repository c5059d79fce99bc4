"""Scored forecasts of one model between two refits, kept so that an evaluation that was stopped goes on where it was.

The key holds everything that they depend on: the returns up to the last outcome, the window and the parameters of the fit,
the random numbers, the code of this room and the libraries under it. Whatever of it changes, the piece is not found.
"""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Sequence
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np

import gramlib
from gramlib.models.refits import Refit
from gramlib.models.returns import Returns
from gramlib.params.plugins import MODELS, usable
from gramlib.params.stages import TrainParams
from gramlib.store.hashing import module_names, sha256_modules, sha256_record
from gramlib.store.parts import Parts

SOURCES = ("gramlib.models", "gramlib.params.stages", "gramlib.units")
LIBRARIES = ("numpy", "scipy", "pandas", "arch", "scikit-learn", "tensorflow")


class KeptForecasts:
    """The pieces of one evaluation in `parts`; `draws` are the random numbers (shared by the models) of each of its blocks."""

    def __init__(
        self,
        parts: Parts,
        returns: Returns,
        first: int,
        params: TrainParams,
        start: int,
        draws: Sequence[list[np.ndarray]],
    ) -> None:
        self._parts, self._returns, self._params = parts, returns, params
        self._start = start
        self._plug_ins = usable(MODELS)
        self._draws = [_sha256(*block) for block in draws]
        self._common = {
            "first": first,
            "start": start,
            "horizons_days": sorted(set(params.horizons_days)),
            "refit_every_days": params.refit_every_days,
            "persistence_cap": params.persistence_cap,
            "tail_share": params.tail_share,
            "code": _code(),
        }

    def read(self, model: str, refit: Refit) -> dict[str, np.ndarray] | None:
        """Columns of the forecasts of `model` from the origins of `refit`, None where they were not kept."""
        return self._parts.read(self._key(model, refit))

    def write(self, model: str, refit: Refit, columns: dict[str, np.ndarray]) -> None:
        """Keep them."""
        self._parts.write(self._key(model, refit), columns)

    def _key(self, model: str, refit: Refit) -> dict[str, Any]:
        last = min(refit.stop + max(self._params.horizons_days), len(self._returns))
        known, every = self._returns.until(last), self._params.refit_every_days
        blocks = range((refit.day - self._start) // every, (refit.stop - 1 - self._start) // every + 1)
        covariates = [(np.array(name), known.covariates[name]) for name in sorted(known.covariates)]
        return {
            **self._common,
            "model": model,
            "plug_in": self._plug_ins[model].to_record() if model in self._plug_ins else {},
            "day": refit.day,
            "stop": refit.stop,
            "returns": _sha256(known.dates, known.log_return, *(array for pair in covariates for array in pair)),
            "draws": [self._draws[block] for block in blocks],
        }


def _sha256(*arrays: np.ndarray) -> str:
    digest = hashlib.sha256()
    for array in arrays:
        digest.update(f"{array.dtype.str}{array.shape}".encode())
        digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()


@cache
def _code() -> str:
    """Digest of the room's sources and of the versions of Python and the libraries."""
    root = Path(gramlib.__file__).parent
    names = [name for name in module_names(root) if name.startswith(SOURCES)]
    versions = {name: _version(name) for name in LIBRARIES}
    versions |= {"python": platform.python_version(), "machine": platform.machine()}
    return sha256_record([sha256_modules(root, names), versions])


def _version(library: str) -> str:
    try:
        return version(library)
    except PackageNotFoundError:
        return ""
