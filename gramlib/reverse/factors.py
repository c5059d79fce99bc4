"""How likely a scenario is under the fitted laws: windows of the book's price paths, and what falls on them.

A scenario is made of four factors, and its likelihood of four laws, each over a window of `WINDOW_DAYS` business days:

    price      the largest fall or rise over 1, 5 or 20 days inside the window, on the price model's own paths
    event      a confidence event of n days: the hazard of the issuer's driver on that very path, rate exp(b max(0, -r5)),
               summed over the window; n geometric. A custody loss and a bank failure bring one of their own
    market     the largest m that the path's volatility makes
    mishap     at most one of: a custody loss of a size, a freeze, a bank's failure, a squeeze, a stop of operations, a cyber
               loss of a size, a lessee's default; each Poisson, independent of the path

So falls, events and thin markets hang together as they do in the book, and mishaps come alone. The laws are cut into classes;
a scenario stands at the mild corner of its class. Two figures follow. Its log-likelihood is the log of the chance of its
class over that of the likeliest class of the same price factor. Its rate a year is that of windows at least as severe in every
factor that is not calm, times the windows in a year.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import exp, expm1

import numpy as np

from gramlib.params.issuer import Issuer
from gramlib.readable import readable
from gramlib.simulation.book import bank_shares, custodian_shares
from gramlib.simulation.drivers import (
    active_drivers,
    arrival_chance,
    confidence_chance,
    largest_exponent,
)

WINDOW_DAYS = 20
MOVE_DAYS = (1, 5, 20)
SIGNS = (-1, 1)
EVENT_DAYS = (0, 1, 2, 3, 4, 5, 7, 10)
MULTIPLIERS = (1.0, 2.0, 3.0, 4.0, 6.0, 8.0, 10.0)
LOST_SHARES = (0.0, 0.01, 0.02, 0.03, 0.05, 0.07, 0.1, 0.15, 0.2, 0.3, 0.5)
CYBER_MEANS = (0.0, 1.0, 2.0, 3.0, 5.0, 7.0, 10.0, 15.0, 20.0, 30.0)
"""Mild corners of the classes; the last class has no end. Cyber losses in multiples of the mean."""

STOP_DAYS = (0.0, 0.5, 1.0, 1.5)


@readable
@dataclass(frozen=True)
class Mishap:
    """One class of what may befall beside price, confidence and volatility: `chance` a window, `chance_beyond` at least so bad.

    `on_the_day` are columns of `Events`; `lost_share` is of all gold, for the table.
    """

    name: str
    chance: float
    chance_beyond: float
    on_the_day: dict[str, float] = field(default_factory=dict)
    lost_share: float = 0.0
    multiplier: float = 1.0
    brings_event: bool = False


@readable
@dataclass(frozen=True, eq=False)
class Windows:
    """Windows of the price paths, arrays (n_paths, n_windows).

    `moves[sign, days]` is the size of the largest fall (-1) or rise (1) over so many days, from 0 up; `event_chance` that of at
    least one confidence event; `multiplier` the largest m of volatility.
    """

    moves: dict[tuple[int, int], np.ndarray]
    event_chance: np.ndarray
    multiplier: np.ndarray

    @property
    def n_paths(self) -> int:
        """Paths that were cut into windows."""
        return len(self.event_chance)


def windows_of(
    prices: np.ndarray, sigma: np.ndarray, issuer: Issuer, which: Sequence[str], sigma_sample: float
) -> Windows:
    """Cut paths (n_paths, n_days + 1) into whole windows; `which` drivers are on, `sigma_sample` as for the book.

    Paths shorter than a window are one window.
    """
    active = active_drivers(issuer, which)
    length = min(WINDOW_DAYS, prices.shape[1] - 1)
    n_windows = (prices.shape[1] - 1) // length
    log_price = np.log(prices)
    moves = {}
    for days in MOVE_DAYS:
        span = min(days, length)
        change = log_price[:, span:] - log_price[:, :-span]
        # Column j is the move that begins on day j; it lies in window w if it begins and ends in it.
        inside = np.stack([change[:, w * length : (w + 1) * length - span + 1] for w in range(n_windows)], axis=1)
        moves[-1, days] = np.maximum(0.0, -np.expm1(inside.min(axis=2)))
        moves[1, days] = np.maximum(0.0, np.expm1(inside.max(axis=2)))
    last = n_windows * length + 1
    shape = (len(prices), n_windows, length)
    return Windows(
        moves,
        _event_chance(log_price[:, :last], issuer, shape) if "confidence" in active else np.zeros(shape[:2]),
        _largest_multiplier(sigma[:, 1:last].reshape(shape), issuer, sigma_sample)
        if "liquidity" in active
        else np.ones(shape[:2]),
    )


def _event_chance(log_price: np.ndarray, issuer: Issuer, shape: tuple[int, int, int]) -> np.ndarray:
    driver = issuer.drivers.confidence
    day = np.arange(1, log_price.shape[1])
    five_day_return = np.expm1(log_price[:, 1:] - log_price[:, np.maximum(0, day - 5)])
    calm_chance = confidence_chance(driver.rate_year, 0.0, 0.0, 0.0)
    most = largest_exponent(driver.rate_year)
    hazard = -np.log1p(-calm_chance) * np.exp(
        np.minimum(driver.return_sensitivity * np.maximum(0.0, -five_day_return), most)
    )
    return -np.expm1(-hazard.reshape(shape).sum(axis=2))


def _largest_multiplier(sigma: np.ndarray, issuer: Issuer, sigma_sample: float) -> np.ndarray:
    return np.clip((sigma.max(axis=2) / sigma_sample) ** 2, 1.0, issuer.drivers.liquidity.cap)


def event_days_chances(issuer: Issuer) -> np.ndarray:
    """Chance of each class of `EVENT_DAYS` from 1 on, given an event: geometric with the driver's mean."""
    starts = np.array([*EVENT_DAYS[1:], np.inf])
    return -np.diff(event_days_beyond(issuer, starts))


def event_days_beyond(issuer: Issuer, days: np.ndarray | float) -> np.ndarray:
    """Chance that an event lasts at least `days`."""
    stay = 1.0 - 1.0 / issuer.drivers.confidence.mean_days
    longer = np.maximum(0.0, np.asarray(days, dtype=float) - 1.0)
    return np.where(
        longer == 0.0, 1.0, np.where(np.isinf(longer), 0.0, stay ** np.where(np.isinf(longer), 0.0, longer))
    )


def mishaps_of(issuer: Issuer, which: Sequence[str]) -> tuple[Mishap, ...]:
    """Every class of mishap that can befall this issuer, `none` first; their chances add up to one to first order."""
    active, drivers, found = active_drivers(issuer, which), issuer.drivers, []
    shares = custodian_shares(issuer)
    for k, held in enumerate(shares, start=1):
        name = f"loss at custodian {k}" if len(shares) > 1 else "custody loss"
        if "custody" in active:
            beyond = _pareto_beyond(LOST_SHARES, drivers.custody.mean_severity, drivers.custody.tail_xi)
            found += [
                Mishap(name, *_of_class(drivers.custody.rate_year, beyond, j), {"lost_share": share, "custodian": k * (len(shares) > 1)},
                       lost_share=share * held, brings_event=True)
                for j, share in enumerate(LOST_SHARES)
            ]  # fmt: skip
        if "custody_freeze" in active:
            chances = _of_class(drivers.custody_freeze.rate_year, [1.0], 0)
            found.append(
                Mishap(
                    f"freeze at custodian {k}", *chances, {"custodian": k, "frozen_days": drivers.custody_freeze.days}
                )
            )
    if "bank" in active:
        found += [
            Mishap(
                f"failure of bank {b}",
                *_of_class(drivers.bank.rate_year, [1.0], 0),
                {"bank_failed": b},
                brings_event=True,
            )
            for b in range(1, len(bank_shares(issuer)) + 1)
        ]
    if "liquidity" in active:
        squeeze = drivers.liquidity
        basis = issuer.hedge.basis_shock if issuer.hedge.on else 0.0
        found.append(Mishap("squeeze", *_of_class(squeeze.squeeze_rate_year, [1.0], 0),
                            {"lag_days": squeeze.squeeze_lag_days, "futures_basis": basis},
                            multiplier=squeeze.squeeze_multiplier))  # fmt: skip
    if "operations" in active:
        beyond = [max(0.0, 1.0 - days / drivers.operations.max_days) for days in STOP_DAYS]
        found += [
            Mishap(
                "stop of operations",
                *_of_class(drivers.operations.rate_year, beyond, j),
                {"operations_stop": min(1.0, days)},
            )
            for j, days in enumerate(STOP_DAYS)
            if beyond[j] > 0.0
        ]
    if "cyber" in active:
        cyber = drivers.cyber
        beyond = _pareto_beyond(CYBER_MEANS, 1.0, cyber.tail_xi)
        found += [
            Mishap("cyber loss", *_of_class(cyber.rate_year, beyond, j), {"cyber_loss_usd": size * cyber.mean_usd})
            for j, size in enumerate(CYBER_MEANS)
        ]
    if "lease" in active:
        found.append(
            Mishap("lessee default", *_of_class(issuer.lease.calm_rate_year, [1.0], 0), {"lease_default": 1.0})
        )
    nothing = float(np.prod([1.0 - mishap.chance for mishap in found]))
    return (Mishap("", nothing, 1.0), *found)


def _of_class(rate_year: float, beyond: Sequence[float], j: int) -> tuple[float, float]:
    """Chance a window of class `j` of a mishap, and of it or a worse one; `beyond` by class given the mishap."""
    arrival = -expm1(-WINDOW_DAYS * -np.log1p(-arrival_chance(rate_year)))
    following = beyond[j + 1] if j + 1 < len(beyond) else 0.0
    return float(arrival * (beyond[j] - following)), float(arrival * beyond[j])


def _pareto_beyond(sizes: Sequence[float], mean: float, xi: float) -> list[float]:
    """Chance that a generalised Pareto size from 0 with this mean is at least each of `sizes`."""
    scale = mean * (1.0 - xi)
    return [exp(-size / scale) if xi == 0.0 else (1.0 + xi * size / scale) ** (-1.0 / xi) for size in sizes]
