"""What a price model needs to draw prices: read from the record of a calibration, checked, and the same for both engines.

Records state their `kind`; by kind they hold (numbers per day, log-returns as fractions):

    gjr_garch_t            parameters {mean, omega, alpha, beta, gamma (0)}, nu, next_variance
    fhs                    parameters, next_variance as above; and a `Law`, which the calibration's residuals make
    bootstrap              log_return (the days that happened), mean_block_days
    regime                 mean, sigma and start (the probability on day 0) by state, transition (a row for each state, to each
                           state), 2 or 3 states; nu (infinite) of the shocks within a state
    jump                   mean and sigma of a day without jumps, rate_year, jump_mean, jump_sd

The laws themselves stand in `price_models`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import exp, fsum, inf, isfinite
from typing import Any, Protocol

import numpy as np

from gramlib.errors import ParameterError
from gramlib.params.suggest import did_you_mean
from gramlib.simulation.student_t import held
from gramlib.units import BUSINESS_DAYS_PER_YEAR

LARGEST_DAILY_MOVE = 0.5
"""No simulated day moves the log price further from its mean; gold's largest since 1975 is a quarter of it. Heavy-tailed
shocks feed the variance that scales the next ones: unbounded, one path in some ten thousand ends without meaning."""

EWMA_DECAY = 0.94
"""Of the volatility of models that have none of their own (RiskMetrics 1996)."""

MAX_JUMPS = 3
"""Jumps a day; at ten a year a day with four has a probability of 1e-7."""

MAX_STATES = 3

SMALLEST_XI = 1e-9
"""A tail shape nearer to nought is held here, where it equals the exponential law to 1e-7."""

KINDS = ("given", "gjr_garch_t", "fhs", "bootstrap", "regime", "jump")
_NO_TABLE = np.zeros(0)
_NO_PRICES = np.zeros((0, 0))


def kind_of(record: Mapping[str, Any]) -> str | None:
    """Kind of the law that the model of this calibration record follows; None for one that the kernel cannot draw."""
    kind = record.get("kind")
    return kind if kind in KINDS[1:] else None


class Law(Protocol):
    """Residuals of variance 1, sorted; the outer `k` on each side are tails (xi, beta): `models.semiparametric`."""

    @property
    def table(self) -> np.ndarray:
        """Quantiles (n,)."""

    @property
    def k(self) -> int:
        """Entries that stand for each tail."""

    @property
    def lower(self) -> tuple[float, float]:
        """Shape and scale of the lower tail."""

    @property
    def upper(self) -> tuple[float, float]:
        """Shape and scale of the upper tail."""


@dataclass(frozen=True, eq=False)
class PriceDriver:
    """One price model with its numbers; fields that a kind does not use keep their neutral values."""

    kind: str
    mean: float = 0.0
    """Mean daily log-return, but for `jump` that of a day without jumps."""
    next_variance: float = 0.0
    """Variance of the day after day 0; of `regime`, unused."""
    omega: float = 0.0
    alpha: float = 1.0 - EWMA_DECAY
    gamma: float = 0.0
    beta: float = EWMA_DECAY
    nu: float = inf
    table: np.ndarray = field(default_factory=lambda: _NO_TABLE)
    """Of `fhs` the law's quantiles; of `bootstrap` the days that happened, less their mean."""
    tail_entries: int = 0
    lower: tuple[float, float] = (SMALLEST_XI, 1.0)
    upper: tuple[float, float] = (SMALLEST_XI, 1.0)
    mean_block_days: float = 1.0
    state_shift: tuple[float, ...] = ()
    """Mean of each state, less the stationary mean of them all."""
    state_sigma: tuple[float, ...] = ()
    transition: tuple[tuple[float, ...], ...] = ()
    start: tuple[float, ...] = ()
    sigma: float = 0.0
    rate_year: float = 0.0
    jump_mean: float = 0.0
    jump_sd: float = 0.0
    prices_usd_per_g: np.ndarray = field(default_factory=lambda: _NO_PRICES)
    given_sigma: np.ndarray = field(default_factory=lambda: _NO_PRICES)

    @classmethod
    def from_calibration(
        cls, calibration: Mapping[str, Any], law: Law | None = None, model: str = "champion",
        drift_year: float | None = None,
    ) -> PriceDriver:  # fmt: skip
        """Driver of `model`, a name in `calibration["models"]` or "champion".

        `law` is that of `fhs`, which needs it. `drift_year` [1/year] replaces the mean log-return, which is that of a past
        window and no forecast; None keeps it. Raises ParameterError for a model there is not or numbers without meaning.
        """
        name = calibration["champion"] if model == "champion" else model
        models = calibration["models"]
        kind = kind_of(models.get(name, {}))
        if name not in models or kind is None:
            names = [known for known in models if kind_of(models[known])]
            raise ParameterError(f"there is no price model {name!r} to simulate with{did_you_mean(name, names)}",
                                 expected=f"one of {', '.join(names)}", origin="gramlib/simulation/price_driver.py",
                                 remedy="name it in train.models")  # fmt: skip
        return cls.from_record(kind, models[name], law, drift_year)

    @classmethod
    def from_record(
        cls, kind: str, record: Mapping[str, Any], law: Law | None = None, drift_year: float | None = None
    ) -> PriceDriver:
        """Driver of a model's `record` (see top), as `from_calibration`."""
        driver = _READERS[kind](record, law)
        if drift_year is not None:
            jumps = driver.jump_mean * mean_jumps(driver.rate_year)
            driver = replace(driver, mean=drift_year / BUSINESS_DAYS_PER_YEAR - jumps)
        driver.check()
        return driver

    @classmethod
    def given(cls, prices_usd_per_g: np.ndarray, sigma: np.ndarray | None = None) -> PriceDriver:
        """Driver of prices from outside, and volatilities where known: (n_paths, n_days + 1), or (n_days + 1,) for one path.

        Without volatilities they count as nought, which is calm.
        """
        prices = np.ascontiguousarray(np.atleast_2d(prices_usd_per_g), dtype=float)
        known = _NO_PRICES if sigma is None else np.ascontiguousarray(np.atleast_2d(sigma), dtype=float)
        if known.size and known.shape != prices.shape:
            raise ParameterError(f"volatilities {known.shape} beside prices {prices.shape}", expected="one for each price",
                                 origin="PriceDriver.given")  # fmt: skip
        return cls("given", prices_usd_per_g=prices, given_sigma=known)

    def stressed(self, volatility_scale: float = 1.0, regime: str = "") -> PriceDriver:
        """The same law with every shock `volatility_scale` times as large, or held in one regime, for what-if runs.

        `regime` is "calm" or "stress", the state of lowest or highest volatility, from which there is then no way out; only
        models with regimes have one. The drift stays. Raises ParameterError for a regime of a model without.
        """
        if regime and self.kind != "regime":
            raise ParameterError(f"force_regime {regime!r} with price model {self.kind}", expected="a model with regimes",
                                 origin="predict.force_regime", remedy="set predict.model to regime, or leave it empty")  # fmt: skip
        changed = self
        if regime:
            order = np.argsort(self.state_sigma)
            held = int(order[0] if regime == "calm" else order[-1])
            certain = tuple(float(state == held) for state in range(len(self.state_sigma)))
            changed = replace(self, transition=(certain,) * len(certain), start=certain)
        if volatility_scale == 1.0:
            return changed
        squared = volatility_scale**2
        return replace(
            changed,
            omega=changed.omega * squared,
            next_variance=changed.next_variance * squared,
            table=changed.table * (volatility_scale if changed.kind == "bootstrap" else 1.0),
            state_shift=tuple(volatility_scale * shift for shift in changed.state_shift),
            state_sigma=tuple(volatility_scale * sigma for sigma in changed.state_sigma),
            sigma=changed.sigma * volatility_scale,
            jump_mean=changed.jump_mean * volatility_scale,
            jump_sd=changed.jump_sd * volatility_scale,
        )

    def check(self) -> None:
        """Raise ParameterError for numbers that no law has."""
        positive = {"next_variance": self.next_variance, "mean_block_days": self.mean_block_days}
        not_negative = {"omega": self.omega, "alpha": self.alpha, "alpha + gamma": self.alpha + self.gamma,
                        "beta": self.beta, "sigma": self.sigma, "rate_year": self.rate_year,
                        "jump_sd": self.jump_sd}  # fmt: skip
        if self.kind == "regime":
            positive = {f"sigma of state {j}": sigma for j, sigma in enumerate(self.state_sigma)}
        for name, value in (positive | not_negative | {"mean": self.mean, "jump_mean": self.jump_mean}).items():
            bad = not isfinite(value) or (name in positive and value <= 0.0) or (name in not_negative and value < 0.0)
            if bad:
                raise ParameterError(f"{name} of price model {self.kind} is {value}",
                                     expected="a finite number, positive where it is a scale or a rate",
                                     origin="the record of the price model")  # fmt: skip
        held(self.nu)


def jump_probabilities(rate_year: float) -> tuple[float, ...]:
    """Probability that a day has at most 0, 1, ... MAX_JUMPS - 1 jumps."""
    rate_day = rate_year / BUSINESS_DAYS_PER_YEAR
    at_most, term = [exp(-rate_day)], exp(-rate_day)
    for k in range(1, MAX_JUMPS):
        term *= rate_day / k
        at_most.append(at_most[-1] + term)
    return tuple(at_most)


def mean_jumps(rate_year: float) -> float:
    """Mean number of jumps a day."""
    return MAX_JUMPS - fsum(jump_probabilities(rate_year))


def stationary_shares(transition: Sequence[Sequence[float]]) -> np.ndarray:
    """Share of days that a Markov chain spends in each of its states."""
    n = len(transition)
    balance = np.vstack([np.asarray(transition, dtype=float).T - np.eye(n), np.ones(n)])
    return np.linalg.lstsq(balance, np.append(np.zeros(n), 1.0), rcond=None)[0]


# Readers of records ----------------------------------------------------------------------------------------------


def _read_recursion(record: Mapping[str, Any]) -> dict[str, Any]:
    numbers = {name: float(value) for name, value in record["parameters"].items()}
    return {"gamma": 0.0, **numbers, "next_variance": float(record["next_variance"])}


def _read_garch(record: Mapping[str, Any], law: Law | None) -> PriceDriver:
    return PriceDriver("gjr_garch_t", nu=float(record["nu"]), **_read_recursion(record))


def _read_fhs(record: Mapping[str, Any], law: Law | None) -> PriceDriver:
    if law is None:
        raise ParameterError("price model fhs without the law of its residuals", expected="the law that they make",
                             origin="PriceDriver.from_calibration", remedy="pass the law of the calibration")  # fmt: skip
    lower, upper = ((xi if abs(xi) > SMALLEST_XI else SMALLEST_XI, beta) for xi, beta in (law.lower, law.upper))
    table = np.ascontiguousarray(law.table, dtype=float)
    return PriceDriver("fhs", table=table, tail_entries=law.k, lower=lower, upper=upper, **_read_recursion(record))


def _read_bootstrap(record: Mapping[str, Any], law: Law | None) -> PriceDriver:
    table = np.asarray(record["log_return"], dtype=float)
    mean = float(table.mean())
    return PriceDriver("bootstrap", mean=mean, next_variance=float(table.var(ddof=1)), table=table - mean,
                       mean_block_days=max(1.0, float(record["mean_block_days"])))  # fmt: skip


def _read_regime(record: Mapping[str, Any], law: Law | None) -> PriceDriver:
    transition = tuple(tuple(float(p) for p in row) for row in record["transition"])
    start, sigma = (tuple(float(p) for p in record[name]) for name in ("start", "sigma"))
    n = len(transition)
    rows = (*transition, start)
    if not 2 <= n <= MAX_STATES or any(len(row) != n or abs(fsum(row) - 1.0) > 1e-9 or min(row) < 0.0 for row in rows):
        raise ParameterError(f"transition {transition} and start {start} of price model regime",
                             expected=f"2 to {MAX_STATES} states, every row of probabilities with sum 1",
                             origin="the record of the price model")  # fmt: skip
    if len(sigma) != n or len(record["mean"]) != n:
        raise ParameterError(f"{len(record['mean'])} means and {len(sigma)} volatilities for {n} states",
                             expected="one for each state", origin="the record of the price model")  # fmt: skip
    means = np.asarray(record["mean"], dtype=float)
    mean = float(stationary_shares(transition) @ means)
    return PriceDriver("regime", mean=mean, state_shift=tuple((means - mean).tolist()), state_sigma=sigma,
                       transition=transition, start=start, nu=float(record.get("nu", inf)))  # fmt: skip


def _read_jump(record: Mapping[str, Any], law: Law | None) -> PriceDriver:
    numbers: dict[str, Any] = {
        name: float(record[name]) for name in ("mean", "sigma", "rate_year", "jump_mean", "jump_sd")
    }
    per_day = numbers["rate_year"] / BUSINESS_DAYS_PER_YEAR
    variance = numbers["sigma"] ** 2 + per_day * (numbers["jump_mean"] ** 2 + numbers["jump_sd"] ** 2)
    return PriceDriver("jump", next_variance=variance, **numbers)


_READERS = {
    "gjr_garch_t": _read_garch,
    "fhs": _read_fhs,
    "bootstrap": _read_bootstrap,
    "regime": _read_regime,
    "jump": _read_jump,
}
