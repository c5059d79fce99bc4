"""Prices of gold, drawn: one law of the day for each kind of price model, by path and day.

    growth_t = growth_{t-1} + mean + e_t,   price_t = start exp(growth_t),   |e_t| at most LARGEST_DAILY_MOVE

    gjr_garch_t   e = sqrt(s2) T, T a Student-t of variance 1;  s2' = omega + (alpha + gamma [e < 0]) e^2 + beta s2
                  (Glosten, Jagannathan and Runkle 1993; gamma = 0 is GARCH)
    fhs           the same recursion, T drawn from residuals that happened, with generalised Pareto tails
    bootstrap     e = a day that happened less the mean of them all; the day after yesterday's with probability
                  1 - 1 / mean_block_days, else any (stationary bootstrap, Politis and Romano 1994); after the last
                  day comes the first
    regime        e = m_j + sd_j z with state j of a Markov chain, sum of the stationary shares times m_j nought;
                  z normal, or Student-t
    jump          e = sigma z + the sum of k normal jumps, k Poisson, at most MAX_JUMPS a day (Merton 1976, not
                  compensated: a record's mean is that of the days without jumps)
    given         prices, and volatilities where known, from outside

Beside prices every model states a volatility, that of the day to come: sqrt(s2), which for `bootstrap` and `jump` is an
exponentially weighted mean of e^2 (decay 0.94), and for `regime` that of the states one may be in tomorrow.

This is the reference; `kernel.prices` is its twin. Draws are addressed (`draws`) with index = day: stream price everywhere,
price_state (index 0 for the state of day 0), price_jump and price_jump_size.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from gramlib.simulation.draws import normal_of, uniform_of, words
from gramlib.simulation.price_driver import (
    LARGEST_DAILY_MOVE,
    PriceDriver,
    jump_probabilities,
)
from gramlib.simulation.student_t import student_t

__all__ = ["PriceDriver", "price_path", "price_paths"]


def price_path(
    driver: PriceDriver, start_usd_per_g: float, n_days: int, seed: int, path: int, replicate: int = 0
) -> tuple[list[float], list[float]]:
    """Prices [USD/g] of days 0 to `n_days` of one path, and on each day the volatility of the day to come.

    `seed`, `path` and `replicate` are the address of the draws. The start price does not matter where prices are given.
    """
    prices, sigma = _walk(driver, start_usd_per_g, n_days, _Draws(seed, path, replicate))
    return [float(price) for price in prices], [float(volatility) for volatility in sigma]


def price_paths(
    driver: PriceDriver, start_usd_per_g: float, n_paths: int, n_days: int, seed: int, first_path: int = 0,
    replicate: int = 0,
) -> tuple[np.ndarray, np.ndarray]:  # fmt: skip
    """The paths `first_path` to `first_path` + `n_paths` - 1, as `price_path`: two arrays (n_paths, n_days + 1).

    The arrays are day-contiguous (Fortran order).
    """
    draws = _Draws(seed, first_path + np.arange(n_paths), replicate)
    prices, sigma = _walk(driver, start_usd_per_g, n_days, draws)
    return _by_path(prices, n_paths), _by_path(sigma, n_paths)


def _by_path(rows: list, n_paths: int) -> np.ndarray:
    return np.array([np.broadcast_to(row, n_paths) for row in rows]).T


@dataclass(slots=True)
class _Draws:
    """The draws of one path, or of an array of paths: a number or an array by path for each stream and day."""

    seed: int
    path: Any
    replicate: int
    held: dict[str, tuple[int, tuple]] = field(default_factory=dict)
    """The four days of each stream that were asked for last, and their words."""

    def uniform(self, stream: str, index: int) -> Any:
        return uniform_of(self._words(stream, index // 4), index % 4)

    def normal(self, stream: str, index: int) -> Any:
        return normal_of(self._words(stream, index // 4), index % 4)

    def _words(self, stream: str, four: int) -> tuple:
        if self.held.get(stream, (None,))[0] != four:
            self.held[stream] = four, words(self.seed, stream, self.path, four, self.replicate)
        return self.held[stream][1]


@dataclass(slots=True)
class _Market:
    """What a path remembers from day to day: numbers, or arrays by path."""

    variance: Any
    """Of the log-return of the day to come."""
    state: Any = 0
    """State of the Markov chain, or row of the bootstrap's table."""


def _walk(driver: PriceDriver, start_usd_per_g: float, n_days: int, draws: _Draws) -> tuple[list, list]:
    """Prices and volatilities of days 0 to `n_days`."""
    if driver.kind == "given":
        rows = np.minimum(draws.path, len(driver.prices_usd_per_g) - 1)
        prices = driver.prices_usd_per_g[rows].T
        return list(prices), list(driver.given_sigma[rows].T if driver.given_sigma.size else np.zeros_like(prices))
    draw_shock = _SHOCKS[driver.kind]
    market = _Market(driver.next_variance)
    if driver.kind == "regime":
        market.state = _state_drawn(np.cumsum(driver.start), draws.uniform("price_state", 0))
        market.variance = _variance_of_state(driver)[market.state]
    growth: Any = 0.0
    prices, sigma = [start_usd_per_g], [np.sqrt(market.variance)]
    for t in range(1, n_days + 1):
        shock = np.clip(draw_shock(driver, market, draws, t), -LARGEST_DAILY_MOVE, LARGEST_DAILY_MOVE)
        growth = growth + (driver.mean + shock)
        if driver.kind == "regime":
            market.variance = _variance_of_state(driver)[market.state]
        else:
            news = np.where(shock < 0.0, driver.alpha + driver.gamma, driver.alpha)
            market.variance = driver.omega + news * shock * shock + driver.beta * market.variance
        prices.append(start_usd_per_g * np.exp(growth))
        sigma.append(np.sqrt(market.variance))
    return prices, sigma


# One function a kind: the shock of day t, before it is held within LARGEST_DAILY_MOVE ------------------------------


def _gjr_garch_t(driver: PriceDriver, market: _Market, draws: _Draws, t: int) -> Any:
    return np.sqrt(market.variance) * student_t(draws.normal("price", t), driver.nu)


def _fhs(driver: PriceDriver, market: _Market, draws: _Draws, t: int) -> Any:
    return np.sqrt(market.variance) * law_inverse(driver, draws.uniform("price", t))


def law_inverse(driver: PriceDriver, u: Any) -> Any:
    """Quantile at `u`: an entry of the table, and in the tails the edge of the table plus the Pareto excess."""
    n = len(driver.table)
    share = driver.tail_entries / n
    low = u < share
    xi, beta = (np.where(low, below, above) for below, above in zip(driver.lower, driver.upper, strict=True))
    survival = np.minimum(np.where(low, u, 1.0 - u) / share, 1.0)
    # Nought inside, where the survival beyond the edge is one.
    excess = beta / xi * np.expm1(-xi * np.log(survival))
    return driver.table[np.asarray(u * n, dtype=np.intp)] + np.where(low, -excess, excess)


def _bootstrap(driver: PriceDriver, market: _Market, draws: _Draws, t: int) -> Any:
    n = len(driver.table)
    following = np.where(np.equal(market.state, n - 1), 0, market.state + 1)
    anywhere = np.asarray(draws.uniform("price", t) * n, dtype=np.intp)
    jumps = (draws.uniform("price_state", t) < 1.0 / driver.mean_block_days) | (t == 1)
    market.state = np.where(jumps, anywhere, following)
    return driver.table[market.state]


def _regime(driver: PriceDriver, market: _Market, draws: _Draws, t: int) -> Any:
    rows = np.cumsum(driver.transition, axis=1)
    market.state = _state_drawn(rows[market.state].T, draws.uniform("price_state", t))
    z = draws.normal("price", t)
    innovation = z if np.isinf(driver.nu) else student_t(z, driver.nu)
    return np.take(driver.state_shift, market.state) + np.take(driver.state_sigma, market.state) * innovation


def _state_drawn(cumulative: Any, u: Any) -> Any:
    """First state whose `cumulative` probability (by state, or by state and path) is above `u`."""
    return sum(np.asarray(u >= below, dtype=np.intp) for below in cumulative[:-1])


def _variance_of_state(driver: PriceDriver) -> np.ndarray:
    """Variance of tomorrow's log-return by today's state, the differences of means left out."""
    return np.asarray(driver.transition) @ np.square(driver.state_sigma)


def _jump(driver: PriceDriver, market: _Market, draws: _Draws, t: int) -> Any:
    u = draws.uniform("price_jump", t)
    jumps = sum(np.where(u >= at_most, 1.0, 0.0) for at_most in jump_probabilities(driver.rate_year))
    size = jumps * driver.jump_mean + np.sqrt(jumps) * driver.jump_sd * draws.normal("price_jump_size", t)
    return driver.sigma * draws.normal("price", t) + size


_SHOCKS = {"gjr_garch_t": _gjr_garch_t, "fhs": _fhs, "bootstrap": _bootstrap, "regime": _regime, "jump": _jump}
