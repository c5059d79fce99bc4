"""What a price model offers. A model is a frozen dataclass: `fit` makes one, and it can say all it knows as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Final, Protocol, Self

import numpy as np

from gramlib.models.returns import Returns
from gramlib.models.window import TrainingWindow

FIT_ONCE: Final = 252 * 1000
"""A `refit_every_days` longer than any evaluation: fitted before its first day, then only carried forward."""


class Forecaster(Protocol):
    """A fitted model that can be scored out of sample."""

    name: ClassVar[str]
    refit_every_days: ClassVar[int | None]
    """Days between refits while it is scored: None takes the run's, FIT_ONCE is for a fit too expensive to repeat."""

    @classmethod
    def fit(cls, window: TrainingWindow) -> Self:
        """Fit on what `window` may see."""
        ...

    def forecast(
        self, returns: Returns, origins: np.ndarray, horizons_days: Sequence[int], uniform: np.ndarray
    ) -> dict[int, np.ndarray]:
        """Sorted samples of the log-return over each horizon: {horizon: (n_origins, n_samples)}.

        Row i uses `returns` up to and including index `origins[i]`, and nothing after it. `uniform`
        (n_samples, max horizon) holds the common random numbers of the comparison.
        """
        ...

    def card(self) -> dict[str, str]:
        """Model card: title, what, parameters, fails_when, in plain sentences."""
        ...


class PathModel(Forecaster, Protocol):
    """A model that also generates price paths and survives in a calibration document."""

    @property
    def mean(self) -> float:
        """Mean daily log-return of its paths in the long run, which is the drift of the fitted window."""
        ...

    def simulate(self, n_paths: int, n_days: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        """Cumulative log growth and daily volatility, both (n_paths, n_days + 1); volatility t is that of day t + 1."""
        ...

    def next_day(self, level: float) -> tuple[float, float]:
        """VaR and ES at `level` of the log-return on the day after the data, in closed form, losses positive."""
        ...

    def record(self) -> dict[str, Any]:
        """The fitted model as a JSON-able mapping, all but the residuals."""
        ...

    @classmethod
    def from_record(cls, record: dict[str, Any], residuals: np.ndarray) -> Self:
        """The fitted model again, from `record()` and the residuals of its training window (n,)."""
        ...
