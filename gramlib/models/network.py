"""A recurrent mixture-density network (Bishop 1994; gated recurrent unit): it reads the last weeks and gives the next day's law.

A volatility filter with fixed weights (6% the last squared return, 93% memory, 1% the sample's variance) measures each
return; the network learns what is left: for how long large days keep days large, how skewed and how fat-tailed the next one
is. It goes on by feeding itself: a day is drawn, the filter and the state move, the next day is drawn. Paths need NumPy only.

The drift is the window's mean, always; the network has no say in it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, ClassVar

import numpy as np

from gramlib.models.garch import LARGEST_DAILY_MOVE, GarchParameters, filter_variance
from gramlib.models.network_cell import GruWeights, Mixture, gru_step
from gramlib.models.protocol import FIT_ONCE
from gramlib.models.returns import Returns
from gramlib.models.window import TrainingWindow
from gramlib.readable import readable

FILTER_ALPHA, FILTER_BETA = 0.06, 0.93
MEMORY_DAYS = 40
"""A state is brought up from nought over so many days, as in training, whatever lies before them."""
LARGEST_INPUT = 8.0
VOLATILITY_BEYOND_SAMPLE = 1.25
"""Paths hold the filter's volatility at this multiple of the highest it had in training (or where they begin, if that is higher):
the network has learnt nothing beyond."""
FORECAST_LANES = 1000
SEED = 20261120


@readable
@dataclass(frozen=True)
class NetworkFilter:
    """The fixed filter and the scaling of what the network reads."""

    parameters: GarchParameters
    centre: float
    spread: float
    highest_variance: float

    @classmethod
    def of(cls, log_return: np.ndarray) -> NetworkFilter:
        """From the returns of the training window."""
        mean, variance = float(log_return.mean()), float(log_return.var())
        omega = (1.0 - FILTER_ALPHA - FILTER_BETA) * variance
        parameters = GarchParameters(mean, omega, FILTER_ALPHA, FILTER_BETA)
        known = filter_variance(parameters, log_return)
        log_sigma = 0.5 * np.log(known)
        highest = VOLATILITY_BEYOND_SAMPLE**2 * float(known.max())
        return cls(parameters, float(log_sigma.mean()), max(float(log_sigma.std()), 0.05), highest)

    def inputs(self, surprise: np.ndarray, next_variance: np.ndarray) -> np.ndarray:
        """What the network reads of a day (n, 3): its standardised return, its size, and the volatility now."""
        seen = np.clip(surprise, -LARGEST_INPUT, LARGEST_INPUT)
        level = (0.5 * np.log(np.minimum(next_variance, self.highest_variance)) - self.centre) / self.spread
        return np.stack((seen, np.abs(seen) - 0.75, level), axis=-1).astype(np.float32)

    def history(self, log_return: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Inputs (n, 3) of every day, and variances (n + 1,), the last the next day's; none knows what comes after it."""
        variance = filter_variance(self.parameters, log_return)
        surprise = (log_return - self.parameters.mean) / np.sqrt(variance[:-1])
        return self.inputs(surprise, variance[1:]), variance


@readable
@dataclass(frozen=True)
class RecurrentNetwork:
    """Trained weights, the filter, and the state and variance on the last day of the data."""

    filter: NetworkFilter
    weights: GruWeights
    state: np.ndarray
    next_variance: float
    training: dict[str, Any]

    name: ClassVar[str] = "network"
    refit_every_days: ClassVar[int | None] = FIT_ONCE

    @classmethod
    def fit(cls, window: TrainingWindow, seed: int = SEED) -> RecurrentNetwork:
        """Train on the window with TensorFlow, which is loaded here."""
        from gramlib.models.network_fit import train_network

        found = NetworkFilter.of(window.log_return)
        inputs, variance = found.history(window.returns.log_return)
        surprise = (window.returns.log_return - found.parameters.mean) / np.sqrt(variance[:-1])
        first = max(window.first, 1)
        fit = train_network(inputs[first - 1 : -1], surprise[first:], seed)
        training = {
            "seed": seed,
            "n": len(surprise) - first,
            "epochs": fit.epochs,
            "best_epoch": fit.best_epoch,
            "validation_loss": fit.validation_loss,
            "filter_loss": fit.filter_loss,
            "variance_ratio": fit.variance_ratio,
            "note": fit.note,
        }
        state = _states(fit.weights, inputs, np.array([len(inputs) - 1]))
        return cls(found, fit.weights, state, float(variance[-1]), training)

    @property
    def mean(self) -> float:
        """Mean daily log-return of the fitted window."""
        return self.filter.parameters.mean

    def forecast(
        self, returns: Returns, origins: np.ndarray, horizons_days: Sequence[int], uniform: np.ndarray
    ) -> dict[int, np.ndarray]:
        """Sorted samples (see protocol): the next day's quantiles in closed form, longer sums from 1,000 paths an origin."""
        inputs, variance = self.filter.history(returns.log_return[: origins.max() + 1])
        states, start = _states(self.weights, inputs, origins), variance[origins + 1]
        samples: dict[int, np.ndarray] = {}
        if 1 in horizons_days:
            midpoints = (np.arange(len(uniform)) + 0.5) / len(uniform)
            quantiles = Mixture.of(self.weights, states).quantiles(midpoints)
            samples[1] = self.mean + np.clip(
                np.sqrt(start)[:, None] * quantiles, -LARGEST_DAILY_MOVE, LARGEST_DAILY_MOVE
            )
        longest = max(horizons_days)
        if longest > 1:
            lanes = min(FORECAST_LANES, len(uniform))
            draws = uniform[:: len(uniform) // lanes][:lanes]
            walk = _Walk(self, np.repeat(states, lanes, axis=0), np.repeat(start, lanes))
            total = np.zeros(len(walk.variance))
            for day in range(1, longest + 1):
                total += walk.step(np.tile(draws[:, day - 1], len(origins)))
                if day > 1 and day in horizons_days:
                    samples[day] = np.sort(total.reshape(len(origins), lanes), axis=1) + self.mean * day
        return {horizon: samples[horizon] for horizon in horizons_days}

    def log_density(
        self, returns: Returns, origins: np.ndarray, horizon: int, realised: np.ndarray
    ) -> np.ndarray | None:
        """Log density (n,) of the next day's log-return `realised` (n,), in closed form; None for longer horizons."""
        if horizon != 1:
            return None
        inputs, variance = self.filter.history(returns.log_return[: origins.max() + 1])
        sigma = np.sqrt(variance[origins + 1])
        law = Mixture.of(self.weights, _states(self.weights, inputs, origins))
        return np.log(law.density((realised - self.mean) / sigma)) - np.log(sigma)

    def simulate(self, n_paths: int, n_days: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        """Paths of log growth and volatility (see protocol); the volatility is the mixture's."""
        walk = _Walk(self, np.repeat(self.state, n_paths, axis=0), np.full(n_paths, self.next_variance))
        growth = np.zeros((n_days + 1, n_paths))
        volatility = np.empty((n_days + 1, n_paths))
        volatility[0] = walk.volatility
        for day in range(1, n_days + 1):
            np.add(growth[day - 1], walk.step(rng.random(n_paths)), out=growth[day])
            growth[day] += self.mean
            volatility[day] = walk.volatility
        return growth.T, volatility.T

    def next_day(self, level: float) -> tuple[float, float]:
        """VaR and ES of the next day's log-return, losses positive."""
        sigma = math.sqrt(self.next_variance)
        var, shortfall = Mixture.of(self.weights, self.state).var_es(level)
        return sigma * var - self.mean, sigma * shortfall - self.mean

    def record(self) -> dict[str, Any]:
        """JSON-able mapping, the weights included."""
        return {
            "filter": {**asdict(self.filter), "parameters": self.filter.parameters.record()},
            "weights": self.weights.record(),
            "state": self.state.astype(float).tolist(),
            "next_variance": self.next_variance,
            "training": self.training,
        }

    @classmethod
    def from_record(cls, record: dict[str, Any], residuals: np.ndarray) -> RecurrentNetwork:
        """The model again; it needs neither `residuals` nor TensorFlow."""
        parameters = GarchParameters(**record["filter"]["parameters"])
        return cls(
            NetworkFilter(**{**record["filter"], "parameters": parameters}),
            GruWeights.from_record(record["weights"]),
            np.array(record["state"], dtype=np.float32),
            record["next_variance"],
            record["training"],
        )

    def card(self) -> dict[str, str]:
        """Model card in plain sentences."""
        t = self.training
        note = f" {t['note'][0].upper()}{t['note'][1:]}." if t["note"] else ""
        numbers = sum(value.size for value in vars(self.weights).values())
        return {
            "title": "Recurrent network with a mixture of Student-t laws",
            "what": (
                f"A gated recurrent unit with {self.weights.units} states reads the last weeks' standardised returns and the volatility of a "
                "filter with fixed weights, and gives the next day's law as a mixture of three Student-t with six degrees of freedom; it "
                f"goes on by feeding itself.{note}"
            ),
            "parameters": (
                f"{numbers} weights, seed {t['seed']}, trained for {t['epochs']} epochs, those of epoch {t['best_epoch']} kept; log loss on the "
                f"last 15% of the window {t['validation_loss']:.4f}, of the filter with one Student-t {t['filter_loss']:.4f}; mean variance "
                f"{t['variance_ratio']:.2f} times the sample's before that was taken out. Such weights have no standard errors"
            ),
            "fails_when": (
                "Another seed gives another network, and the difference is not small beside what it gains; that seed's luck is in the "
                f"scores. It knows no volatility above {VOLATILITY_BEYOND_SAMPLE:g} times the highest of its window and holds it there. Its tails "
                "are those of six degrees of freedom by construction, equal on both sides of each component. Nothing in it can be read "
                "as a cause. The drift is the window's mean, and a past mean is no promise."
            ),
        }


class _Walk:
    """Many paths on one day: states (n, u), variances (n,), and the laws that follow from them."""

    def __init__(self, model: RecurrentNetwork, states: np.ndarray, variance: np.ndarray) -> None:
        self._model, self._states, self.variance = model, states, variance
        self._ceiling = np.maximum(variance, model.filter.highest_variance)
        self._read_law()

    def _read_law(self) -> None:
        self._law = Mixture.of(self._model.weights, self._states)
        self.volatility = np.sqrt(self.variance) * self._law.deviation

    def step(self, uniform: np.ndarray) -> np.ndarray:
        """Draw a day for every path; its log-return less the mean (n,)."""
        known, sigma = self._model.filter, np.sqrt(self.variance)
        shock = np.clip(sigma * self._law.draw(uniform), -LARGEST_DAILY_MOVE, LARGEST_DAILY_MOVE)
        p = known.parameters
        self.variance = np.minimum(p.omega + p.alpha * shock**2 + p.beta * self.variance, self._ceiling)
        self._states = gru_step(self._model.weights, known.inputs(shock / sigma, self.variance), self._states)
        self._read_law()
        return shock


def _states(weights: GruWeights, inputs: np.ndarray, origins: np.ndarray) -> np.ndarray:
    """States (n_origins, u) after each origin's day, brought up over the 40 days that end there; days before the first are nought."""
    padded = np.concatenate((np.zeros((MEMORY_DAYS, inputs.shape[1]), dtype=np.float32), inputs))
    state = np.zeros((len(origins), weights.units), dtype=np.float32)
    for back in range(MEMORY_DAYS - 1, -1, -1):
        state = gru_step(weights, padded[origins + MEMORY_DAYS - back], state)
    return state
