"""How an estimation went, for a record and a model card; and standard errors from the curvature of a log-likelihood."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from gramlib.readable import readable

_STEP = 1e-3


@readable
@dataclass(frozen=True)
class Estimate:
    """What a reader needs in order to judge a fit on `n` returns.

    `standard_errors` are by parameter, in natural units, and empty where they mean nothing: on a bound, or after a
    fallback. `log_likelihood` is that of returns in percent, as arch prints it; None after a fallback. `note` says what went wrong.
    """

    n: int
    log_likelihood: float | None
    converged: bool
    standard_errors: dict[str, float] = field(default_factory=dict)
    note: str = ""

    def record(self) -> dict[str, Any]:
        """The estimate as a JSON-able mapping; `Estimate(**record)` is its inverse."""
        return asdict(self)

    def shown(self, name: str, value: float, form: str = ".4f") -> str:
        """'name value (s.e. error)', the error only where there is one."""
        error = self.standard_errors.get(name)
        return f"{name} {value:{form}}" + ("" if error is None else f" (s.e. {error:{form}})")

    @property
    def warning(self) -> str:
        """The note as a sentence to put before others, empty for a fit with nothing to say."""
        return f"{self.note[0].upper()}{self.note[1:]}. " if self.note else ""


def curvature_errors(
    gradient: Callable[[np.ndarray], np.ndarray],
    at: np.ndarray,
    natural: Callable[[np.ndarray], dict[str, float]],
    free: np.ndarray | None = None,
) -> dict[str, float]:
    """Standard errors of `natural(at)`, where `at` maximises a log-likelihood in working parameters of order one.

    The inverse of the observed information, which is the slope of `gradient` by central differences, is carried over by the
    delta method. `free` names the parameters that are not on a bound, (m,) bool; an entry of `natural` that moves with none
    of them has no error. Empty where the information is not positive definite: `at` is no strict maximum then.
    """
    places = np.flatnonzero(np.ones(len(at), dtype=bool) if free is None else free)
    steps = _STEP * np.eye(len(at))[places]
    information = np.array([(gradient(at - step) - gradient(at + step))[places] for step in steps]) / (2.0 * _STEP)
    information = 0.5 * (information + information.T)
    if not np.isfinite(information).all() or np.linalg.eigvalsh(information).min() <= 0.0:
        return {}
    covariance = np.linalg.inv(information)
    ahead, behind = ([natural(at + sign * step) for step in steps] for sign in (1.0, -1.0))
    errors = {}
    for name in natural(at):
        slope = np.array([(a[name] - b[name]) / (2.0 * _STEP) for a, b in zip(ahead, behind, strict=True)])
        if slope.any():
            errors[name] = math.sqrt(float(slope @ covariance @ slope))
    return errors
