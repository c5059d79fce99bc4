"""A mixture of models, each weighted by how well it called days it had not seen.

The last two years of the window are kept back once: the members, fitted on what lies before them, say the next day's law on
each of those days, and

    weight of a member is proportional to exp(60 * its mean log score a day),

a softmax in which the two years count as 60 independent days. With the mean alone (1 for 60) no member would ever be told from
another; with all 500 days the luckiest would take everything (Geweke and Amisano 2011 on such pools). At least a quarter of
the weight stays with the historical family, whose shocks have happened, whatever the scores say. Then the members are fitted
on the whole window. Nothing after the window has a say.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from gramlib.models.fhs import FilteredHistoricalSimulation
from gramlib.models.garch_t import GarchT
from gramlib.models.gjr_t import GjrT
from gramlib.models.log_score import placed
from gramlib.models.protocol import PathModel
from gramlib.models.regime import Regime
from gramlib.models.returns import Returns
from gramlib.models.window import TrainingWindow
from gramlib.readable import readable

MEMBERS: dict[str, type[PathModel]] = {
    member.name: member for member in (FilteredHistoricalSimulation, GarchT, GjrT, Regime)
}
"""Cheap to fit twice, and unlike: shocks of history, two laws of volatility, regimes. The network is left out for its cost."""

HISTORICAL = ("hs", "hs_age", "fhs", "bootstrap")
"""The historical family. fhs is the one that can be a member: hs and hs_age generate no paths, and bootstrapped paths repeat
stretches of the training data, which the acceptance list refuses."""

HISTORICAL_FLOOR = 0.25
SCORED_DAYS = 500
EVIDENCE_DAYS = 60.0
SCORED_SAMPLES = 2000
LEAST_LEVEL = 1e-6


@readable
@dataclass(frozen=True, eq=False)
class Ensemble:
    """Fitted members with their weights, and the mean log scores (higher is better) that the weights come from."""

    members: dict[str, PathModel]
    weights: dict[str, float]
    mean_log_scores: dict[str, float]
    scored_days: int

    name: ClassVar[str] = "ensemble"
    refit_every_days: ClassVar[int | None] = None

    @classmethod
    def fit(cls, window: TrainingWindow) -> Ensemble:
        """Score the members on the last two years of the window, at most a third of it; then fit them on all of it."""
        scored_days = min(SCORED_DAYS, len(window.log_return) // 3)
        stop = len(window.returns) - scored_days
        before = window.until(stop)
        origins = np.arange(stop - 1, len(window.returns) - 1)
        scores = {
            name: float(np.mean(_log_scores(before.fitted(member), window.returns, origins)))
            for name, member in MEMBERS.items()
        }
        members = {name: window.fitted(member) for name, member in MEMBERS.items()}
        return cls(members, floored(softmax(scores, EVIDENCE_DAYS)), scores, scored_days)

    @property
    def mean(self) -> float:
        """Mean daily log-return: the members', weighted."""
        return sum(self.weights[name] * member.mean for name, member in self.members.items())

    def forecast(
        self, returns: Returns, origins: np.ndarray, horizons_days: Sequence[int], uniform: np.ndarray
    ) -> dict[int, np.ndarray]:
        """Of each member's sorted sample as many evenly spaced values as its weight is worth (see protocol)."""
        counts = allocated(self.weights, len(uniform))
        chosen: dict[int, list[np.ndarray]] = {horizon: [] for horizon in horizons_days}
        for name, member in self.members.items():
            for horizon, samples in member.forecast(returns, origins, horizons_days, uniform).items():
                place = (np.arange(counts[name]) + 0.5) / max(counts[name], 1) * samples.shape[1]
                chosen[horizon].append(samples[:, place.astype(np.intp)])
        return {horizon: np.sort(np.concatenate(parts, axis=1), axis=1) for horizon, parts in chosen.items()}

    def simulate(self, n_paths: int, n_days: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        """Each path is one member's, in random order; all are given the mixture's drift (see protocol)."""
        growth, volatility = np.empty((n_days + 1, n_paths)), np.empty((n_days + 1, n_paths))
        places = rng.permutation(n_paths)
        start = 0
        for name, count in allocated(self.weights, n_paths).items():
            if count == 0:
                continue
            member = self.members[name]
            own_growth, own_volatility = member.simulate(count, n_days, rng)
            here = places[start : start + count]
            growth[:, here] = own_growth.T + ((self.mean - member.mean) * np.arange(n_days + 1))[:, None]
            volatility[:, here] = own_volatility.T
            start += count
        return growth.T, volatility.T

    def next_day(self, level: float) -> tuple[float, float]:
        """VaR and ES of the mixture, losses positive: the loss that the members, weighted, exceed with probability 1 - level.

        A member's own answers at every level are its law, so that neither needs a simulation.
        """
        ends = [member.next_day(level)[0] for member in self.members.values()]
        low, high = min(ends), max(ends)
        for _ in range(35):
            middle = 0.5 * (low + high)
            beyond = sum(self.weights[name] * _exceedance(member, middle) for name, member in self.members.items())
            low, high = (middle, high) if beyond > 1.0 - level else (low, middle)
        total = 0.0
        for name, member in self.members.items():
            beyond = _exceedance(member, high)
            if beyond > LEAST_LEVEL:
                total += self.weights[name] * beyond * member.next_day(1.0 - beyond)[1]
        return high, total / (1.0 - level)

    def record(self) -> dict[str, Any]:
        """JSON-able mapping: every member's record with its weight and score."""
        return {
            "members": [
                {
                    "model": name,
                    "weight": self.weights[name],
                    "mean_log_score": self.mean_log_scores[name],
                    "record": member.record(),
                }
                for name, member in self.members.items()
            ],
            "scored_days": self.scored_days,
        }

    @classmethod
    def from_record(cls, record: dict[str, Any], residuals: np.ndarray) -> Ensemble:
        """The model again, from its record and the window's residuals (n,)."""
        rows = record["members"]
        return cls(
            {row["model"]: MEMBERS[row["model"]].from_record(row["record"], residuals) for row in rows},
            {row["model"]: row["weight"] for row in rows},
            {row["model"]: row["mean_log_score"] for row in rows},
            record["scored_days"],
        )

    def card(self) -> dict[str, str]:
        """Model card in plain sentences."""
        shown = ", ".join(
            f"{name} {self.weights[name]:.0%} (log score {self.mean_log_scores[name]:.4f})" for name in self.members
        )
        estimates = {name: getattr(member, "estimate", None) for name, member in self.members.items()}
        failed = [name for name, estimate in estimates.items() if estimate is not None and not estimate.converged]
        warning = f"The fit of {', '.join(failed)} did not converge, as its own card says. " if failed else ""
        return {
            "title": "Ensemble weighted by past log score",
            "what": (
                "A mixture: each forecast and each path is one member's, as often as its weight says. Weights come from how well the members "
                f"called the last {self.scored_days} days of the window before they had seen them; the historical family keeps at least "
                f"{HISTORICAL_FLOOR:.0%}."
            ),
            "parameters": f"{warning}weights {shown}; the scores differ by less than their noise, so that the weights have no useful standard errors",
            "fails_when": (
                "What all members lack the mixture lacks too: they read the same returns. Two calm years say little about who is right in "
                "a storm, and the weights stand still until the next fit. A mixture of laws that each are calibrated is wider than needed. "
                "The drift is the window's mean, and a past mean is no promise."
            ),
        }


def softmax(scores: Mapping[str, float], sharpness: float) -> dict[str, float]:
    """Weights in proportion to exp(sharpness * score), sum one; a score that is not finite counts for nothing."""
    finite = [score for score in scores.values() if math.isfinite(score)]
    if not finite:
        return {name: 1.0 / len(scores) for name in scores}
    raw = {
        name: math.exp(sharpness * (score - max(finite))) if math.isfinite(score) else 0.0
        for name, score in scores.items()
    }
    total = sum(raw.values())
    return {name: value / total for name, value in raw.items()}


def floored(weights: Mapping[str, float]) -> dict[str, float]:
    """The weights with at least `HISTORICAL_FLOOR` on the historical family, shared in it as before, or equally from nothing."""
    family = [name for name in HISTORICAL if name in weights]
    held = sum(weights[name] for name in family)
    if held >= HISTORICAL_FLOOR:
        return dict(weights)
    others = (1.0 - HISTORICAL_FLOOR) / (1.0 - held)
    return {
        name: weight * others
        if name not in family
        else HISTORICAL_FLOOR * (weight / held if held > 0.0 else 1.0 / len(family))
        for name, weight in weights.items()
    }


def allocated(weights: Mapping[str, float], n: int) -> dict[str, int]:
    """Whole numbers that sum to `n` in proportion to `weights`, by largest remainder; the first of equals first."""
    wanted = {name: weight * n for name, weight in weights.items()}
    counts = {name: math.floor(value) for name, value in wanted.items()}
    by_remainder = sorted(weights, key=lambda name: counts[name] - wanted[name])
    for name in by_remainder[: n - sum(counts.values())]:
        counts[name] += 1
    return counts


def _log_scores(member: PathModel, returns: Returns, origins: np.ndarray) -> np.ndarray:
    """Log density (n,) of the return after each origin: the member's own where it knows it, else read off its sample."""
    realised = returns.log_return[origins + 1]
    exact = getattr(member, "log_density", None)
    said = None if exact is None else exact(returns, origins, 1, realised)
    if said is not None:
        return np.asarray(said)
    midpoints = (np.arange(SCORED_SAMPLES) + 0.5) / SCORED_SAMPLES
    return placed(member.forecast(returns, origins, [1], midpoints[:, None])[1], realised)[1]


def _exceedance(member: PathModel, loss: float) -> float:
    """Probability that the next day loses more than `loss`, by bisection on the logarithm of the probability."""
    low, high = math.log(LEAST_LEVEL), math.log(0.5)
    if member.next_day(1.0 - math.exp(low))[0] <= loss:
        return 0.0
    for _ in range(30):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if member.next_day(1.0 - math.exp(middle))[0] > loss else (low, middle)
    return math.exp(high)
