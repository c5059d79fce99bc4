"""What quantile regression and boosted quantiles have in common: features, horizons, tails, forecasts.

Both regress the log-return of the next 1, 5, 10 and 20 days, over the volatility of the day and the root of the number of
days, on what is known at the end of a day. Another horizon is read between the two next to it, in the logarithm of days.
They are fitted on ten years at most: what a quantile depends on changes, and older days teach the wrong thing. Covariates
join as `features` says: on gold of 2015 to 2025, with implied volatility at its mean on the days before it began, both had a
lower CRPS at 1 and 20 days than when they were fitted on the days since alone.

They forecast and generate no paths: a path needs the law of every next day given a drawn one, and theirs is of sums.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, ClassVar, Protocol, Self

import numpy as np

from gramlib.models.features import OWN_NAMES, REALISED_DAYS, FeatureScale, raw_features, usable_covariates
from gramlib.models.quantile_law import levels_of, rearranged, samples_of, tails_beyond
from gramlib.models.returns import Returns
from gramlib.models.window import TrainingWindow
from gramlib.readable import readable

HORIZONS_DAYS = (1, 5, 10, 20)
LONGEST_WINDOW_DAYS = 2520


class QuantileGrid(Protocol):
    """A fitted regression of every level of the grid on the features."""

    @classmethod
    def fit(cls, features: np.ndarray, target: np.ndarray, levels: Sequence[float]) -> Self:
        """Regress `target` (n,) on `features` (n, k), once a level."""
        ...

    def predict(self, features: np.ndarray) -> np.ndarray:
        """Quantiles (n, levels) at `features` (n, k), in any order."""
        ...

    def record(self) -> dict[str, Any]:
        """JSON-able mapping."""
        ...

    @classmethod
    def from_record(cls, record: dict[str, Any]) -> Self:
        """The grid again, from its record."""
        ...


@readable
@dataclass(frozen=True)
class HorizonLaw:
    """One horizon: its grid, and the tails (xi, beta) beyond it, in standardised units."""

    grid: QuantileGrid
    lower: tuple[float, float]
    upper: tuple[float, float]

    def samples(self, features: np.ndarray, levels: np.ndarray, n_samples: int) -> np.ndarray:
        """Sorted standardised samples (n, n_samples)."""
        return samples_of(rearranged(self.grid.predict(features)), levels, self.lower, self.upper, n_samples)


@readable
@dataclass(frozen=True, eq=False)
class QuantileModel:
    """Fitted laws of the four horizons; subclasses say what a grid is."""

    scale: FeatureScale
    levels: tuple[float, ...]
    laws: dict[int, HorizonLaw]
    n: int

    name: ClassVar[str]
    refit_every_days: ClassVar[int | None] = None
    grid_type: ClassVar[type[QuantileGrid]]

    @classmethod
    def fit(cls, window: TrainingWindow) -> Self:
        """Fit every horizon on the last ten years of the window; no target ends after its last day."""
        r = window.returns.log_return
        first = max(window.first, len(r) - LONGEST_WINDOW_DAYS, max(REALISED_DAYS))
        days = np.arange(first, len(r))
        covariates = usable_covariates(window.returns, days)
        rows, sigma = raw_features(window.returns, covariates)
        scale = FeatureScale.of(rows[first:], covariates)
        features, levels = scale.read(rows), levels_of(window.tail_share)
        total = np.concatenate(([0.0], np.cumsum(r)))
        laws = {}
        for horizon in HORIZONS_DAYS:
            at = days[:-horizon]
            target = (total[at + 1 + horizon] - total[at + 1]) / (sigma[at] * math.sqrt(horizon))
            grid = cls.grid_type.fit(features[at], target, levels)
            lower, upper = tails_beyond(rearranged(grid.predict(features[at])), target)
            laws[horizon] = HorizonLaw(grid, (lower.xi, lower.beta), (upper.xi, upper.beta))
        return cls(scale, levels, laws, len(days))

    def forecast(
        self, returns: Returns, origins: np.ndarray, horizons_days: Sequence[int], uniform: np.ndarray
    ) -> dict[int, np.ndarray]:
        """Quantiles at as many midpoints as `uniform` has rows, increasing (see protocol)."""
        rows, sigma = raw_features(returns.until(int(origins.max()) + 1), self.scale.covariates)
        features, levels = self.scale.read(rows[origins]), np.array(self.levels)
        samples = {}
        for horizon in horizons_days:
            weights = _neighbours(horizon)
            standard = sum(
                weight * self.laws[days].samples(features, levels, len(uniform)) for days, weight in weights.items()
            )
            samples[horizon] = standard * (sigma[origins] * math.sqrt(horizon))[:, None]
        return samples

    @property
    def covariates(self) -> tuple[str, ...]:
        """Covariates that the fit uses."""
        return self.scale.covariates

    def record(self) -> dict[str, Any]:
        """JSON-able mapping."""
        return {
            "features": {key: list(value) for key, value in asdict(self.scale).items()},
            "levels": list(self.levels),
            "n": self.n,
            "horizons": [
                {"horizon_days": days, "grid": law.grid.record(), "lower": list(law.lower), "upper": list(law.upper)}
                for days, law in self.laws.items()
            ],
        }

    @classmethod
    def from_record(cls, record: dict[str, Any], residuals: np.ndarray) -> Self:
        """The model again; it does not need `residuals`."""
        laws = {
            one["horizon_days"]: HorizonLaw(
                cls.grid_type.from_record(one["grid"]), tuple(one["lower"]), tuple(one["upper"])
            )
            for one in record["horizons"]
        }
        scale = FeatureScale(**{key: tuple(value) for key, value in record["features"].items()})
        return cls(scale, tuple(record["levels"]), laws, record["n"])

    def card(self) -> dict[str, str]:
        """Model card: title, what, parameters, fails_when, in plain sentences."""
        raise NotImplementedError

    def _fitted_on(self) -> str:
        """Features, covariates and tails in a sentence, for the card."""
        with_them = (
            f"{', '.join(self.covariates)} (at the mean on days without a value)"
            if self.covariates
            else "none, for the data bring none that is known on half of its days"
        )
        (low, _), (high, _) = self.laws[1].lower, self.laws[1].upper
        return (
            f"{len(OWN_NAMES)} features of its own past, covariates: {with_them}; {len(self.levels)} levels from {self.levels[0]:g} to "
            f"{self.levels[-1]:g} at {', '.join(map(str, self.laws))} days; {self.n} days; one-day tails xi {low:.2f} and {high:.2f}"
        )


def _neighbours(horizon: int) -> dict[int, float]:
    """Fitted horizons and their weights for any horizon: the two next to it, by the logarithm; the nearest one outside."""
    if horizon >= HORIZONS_DAYS[-1]:
        return {HORIZONS_DAYS[-1]: 1.0}
    if horizon in HORIZONS_DAYS:
        return {horizon: 1.0}
    above = next(days for days in HORIZONS_DAYS if days > horizon)
    below = HORIZONS_DAYS[HORIZONS_DAYS.index(above) - 1]
    weight = math.log(horizon / below) / math.log(above / below)
    return {below: 1.0 - weight, above: weight}
