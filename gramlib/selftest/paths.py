"""Known answers of simulated paths: a barrier watched daily, the largest drawdown of a year."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from scipy.special import ndtr

from gramlib.selftest.answer import KnownAnswer
from gramlib.simulation.price_driver import PriceDriver
from gramlib.simulation.price_models import price_paths
from gramlib.units import BUSINESS_DAYS_PER_YEAR

VOLATILITY_YEAR, BARRIER = 0.16, 0.80
N_PATHS = 15_000
SIGMAS = 4.0
CONTINUITY = 0.5825972
"""Daily standard deviations by which a barrier watched once a day lies further away (Broadie, Glasserman and Kou 1997)."""


def path_answers() -> Iterator[KnownAnswer]:
    """All of this module, in the order of their sources."""
    daily = VOLATILITY_YEAR / math.sqrt(BUSINESS_DAYS_PER_YEAR)
    drift = -0.5 * VOLATILITY_YEAR**2
    barrier = math.log(BARRIER)
    watched = barrier - CONTINUITY * daily
    source = "closed form, 100 to 80 in a year at 16%"
    yield KnownAnswer("barrier watched all the time", 0.182006, hit_chance(barrier, drift), 5e-7, source)
    yield KnownAnswer("barrier watched daily, shifted", 0.170461, hit_chance(watched, drift), 5e-7, source)
    growth = _driftless(daily)
    days = np.arange(growth.shape[1]) / BUSINESS_DAYS_PER_YEAR
    hit = ((growth + drift * days).min(axis=1) <= barrier).astype(float)
    source = "Monte Carlo of 400,000 paths, standard error .00060"
    yield KnownAnswer("barrier watched daily, by our paths", 0.170718, float(hit.mean()), _within(hit, 0.00060), source)
    drawdown = (np.maximum.accumulate(growth, axis=1) - growth).max(axis=1)
    source = "Monte Carlo of 252 daily steps, standard error .00026; the continuous limit is .200530"
    yield KnownAnswer("largest drawdown of a year, by our paths", 0.18876, float(drawdown.mean()), _within(drawdown, 0.00026), source)  # fmt: skip


def hit_chance(barrier: float, drift: float) -> float:
    """Chance that a Brownian motion of this volatility and `drift` of the log a year falls to `barrier` < 0 within it."""
    reflected = math.exp(2.0 * drift * barrier / VOLATILITY_YEAR**2) * ndtr((barrier + drift) / VOLATILITY_YEAR)
    return float(ndtr((barrier - drift) / VOLATILITY_YEAR) + reflected)


def _driftless(daily: float) -> np.ndarray:
    """Log growth of a year of days without jumps, (n_paths, 253), from the generator that runs are drawn with."""
    record = {"mean": 0.0, "sigma": daily, "rate_year": 0.0, "jump_mean": 0.0, "jump_sd": 0.01}
    prices, _ = price_paths(PriceDriver.from_record("jump", record), 1.0, N_PATHS, BUSINESS_DAYS_PER_YEAR, seed=1)
    return np.log(prices)


def _within(sample: np.ndarray, source_error: float) -> float:
    return SIGMAS * math.hypot(float(sample.std()) / math.sqrt(len(sample)), source_error)
