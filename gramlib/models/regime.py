"""Markov switching variance with two regimes, or three: the market is calm or stormy, and stays so for a while."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Self

import numpy as np
from scipy.special import ndtri

from gramlib.models.estimate import Estimate
from gramlib.models.garch import LARGEST_DAILY_MOVE
from gramlib.models.protocol import FIT_ONCE
from gramlib.models.regime_law import Regimes
from gramlib.models.returns import Returns
from gramlib.models.weighted_sample import equal_weights
from gramlib.models.window import TrainingWindow
from gramlib.readable import readable

_SMALLEST = 1e-9


@readable
@dataclass(frozen=True, eq=False)
class Regime:
    """Fitted law, probabilities (k,) of the regimes on the last day of the data, and how the estimation went."""

    law: Regimes
    today: np.ndarray
    estimate: Estimate

    name: ClassVar[str] = "regime"
    refit_every_days: ClassVar[int | None] = None
    n_regimes: ClassVar[int] = 2

    @property
    def mean(self) -> float:
        """Mean daily log-return of the fitted window, the same in every regime."""
        return self.law.mean

    @classmethod
    def fit(cls, window: TrainingWindow) -> Self:
        """Maximum likelihood on the window; today's regime from a filter over the whole history."""
        # The optimiser takes most of a second to import, and simulating from a calibration does without it.
        from gramlib.models.regime_fit import fit_regimes

        law, estimate = fit_regimes(window.log_return, cls.n_regimes)
        if not estimate.converged and cls.n_regimes > 2:
            law, fewer = fit_regimes(window.log_return, 2)
            note = f"{estimate.note.split(';')[0]}; the fit with two regimes stands instead"
            estimate = replace(fewer, converged=False, note=f"{note}. {fewer.note}".rstrip(". "))
        return cls(law, law.filtered(window.returns.log_return)[-1], estimate)

    def forecast(
        self, returns: Returns, origins: np.ndarray, horizons_days: Sequence[int], uniform: np.ndarray
    ) -> dict[int, np.ndarray]:
        """Samples from every regime one may be in today, weighted by its filtered probability at each origin."""
        filtered = self.law.filtered(returns.log_return[: origins.max() + 1])[origins]
        k, n_samples = len(self.today), len(uniform)
        samples = {}
        for horizon, sums in self._sums_by_regime(horizons_days, uniform).items():
            order = np.argsort(sums, axis=None, kind="stable")
            weights = filtered[:, np.repeat(np.arange(k), n_samples)[order]] / n_samples
            samples[horizon] = equal_weights(sums.ravel()[order], weights, n_samples)
        return samples

    def _sums_by_regime(self, horizons_days: Sequence[int], uniform: np.ndarray) -> dict[int, np.ndarray]:
        """Sums of log-returns {horizon: (k, n_samples)} after a day in each regime.

        A day's uniform says which regime comes, and its place within that regime's share is the quantile of the return.
        """
        k = len(self.today)
        state = np.repeat(np.arange(k)[:, None], len(uniform), axis=1)
        upper = np.cumsum(self.law.transition, axis=1)
        lower = upper - self.law.transition
        total = np.zeros(state.shape)
        samples = {}
        for day in range(1, max(horizons_days) + 1):
            u = uniform[:, day - 1]
            comes = (u[..., None] >= upper[state][..., :-1]).sum(axis=-1)
            within = (u - lower[state, comes]) / self.law.transition[state, comes]
            total += self.mean + self.law.sigma[comes] * ndtri(np.clip(within, _SMALLEST, 1.0 - _SMALLEST))
            state = comes
            if day in horizons_days:
                samples[day] = total.copy()
        return samples

    def simulate(self, n_paths: int, n_days: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        """Paths of log growth, and the volatility of the day to come in the regime of the day (see protocol)."""
        upper = np.cumsum(self.law.transition, axis=1)
        sigma_ahead = np.sqrt(self.law.transition @ self.law.sigma**2)
        state = (rng.random(n_paths)[:, None] >= np.cumsum(self.today)[:-1]).sum(axis=1)
        growth = np.zeros((n_days + 1, n_paths))
        volatility = np.empty((n_days + 1, n_paths))
        volatility[0] = sigma_ahead[state]
        for day in range(1, n_days + 1):
            state = (rng.random(n_paths)[:, None] >= upper[state, :-1]).sum(axis=1)
            shock = self.law.sigma[state] * rng.standard_normal(n_paths)
            growth[day] = growth[day - 1] + self.mean + np.clip(shock, -LARGEST_DAILY_MOVE, LARGEST_DAILY_MOVE)
            volatility[day] = sigma_ahead[state]
        return growth.T, volatility.T

    def next_day(self, level: float) -> tuple[float, float]:
        """VaR and ES of the next day's log-return, losses positive."""
        return self.law.of_next_day(self.today).loss_var_es(level)

    def record(self) -> dict[str, Any]:
        """JSON-able mapping; `start` holds the probabilities of the regimes on the last day of the data."""
        k = len(self.today)
        return {
            "kind": "regime",
            "mean": [self.mean] * k,
            "sigma": self.law.sigma.tolist(),
            "transition": self.law.transition.tolist(),
            "start": self.today.tolist(),
            "shares": self.law.shares.tolist(),
            "durations_days": self.law.durations_days.tolist(),
            "estimate": self.estimate.record(),
        }

    @classmethod
    def from_record(cls, record: dict[str, Any], residuals: np.ndarray) -> Self:
        """The model again; it does not need `residuals`."""
        law = Regimes(record["mean"][0], np.array(record["sigma"]), np.array(record["transition"]))
        return cls(law, np.array(record["start"]), Estimate(**record["estimate"]))

    def card(self) -> dict[str, str]:
        """Model card in plain sentences."""
        law, shown = self.law, self.estimate.shown
        regimes = "; ".join(
            f"regime {j}: {shown(f'sigma_{j}', sigma, '.5f')}, {shown(f'p_{j}{j}', law.transition[j, j])}, "
            f"{days:.0f} days at a time, {share:.0%} of days, today with probability {now:.2f}"
            for j, (sigma, days, share, now) in enumerate(
                zip(law.sigma, law.durations_days, law.shares, self.today, strict=True)
            )
        )
        return {
            "title": f"Markov switching variance, {len(self.today)} regimes",
            "what": (
                "The market is in one of a few regimes that differ in volatility; which one is inferred from returns. Every day it stays or "
                "moves with fixed probabilities, and the day's return is normal with the volatility of its regime."
            ),
            "parameters": f"{self.estimate.warning}{shown('mean', self.mean, '.5f')}; {regimes}",
            "fails_when": (
                "Within a regime days are normal and independent, so nothing beyond four of the stormiest regime's volatilities ever comes: "
                "the far tail is too thin. Volatility knows a few levels only, a storm is recognised days late, and with three "
                "regimes the likelihood has many peaks. The drift is the window's mean, and a past mean is no promise."
            ),
        }


class Regime3(Regime):
    """The same with three regimes, or with two where three cannot be fitted."""

    name: ClassVar[str] = "regime3"
    refit_every_days: ClassVar[int | None] = FIT_ONCE
    n_regimes: ClassVar[int] = 3
