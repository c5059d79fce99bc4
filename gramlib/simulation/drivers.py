"""What happens beside prices, drawn: confidence events, market liquidity, custody losses (MODEL.md, section 8).

    confidence   Poisson; hazard rate_year/252 a day when calm, times exp(b max(0, -r5)), r5 the five-day return of the
                 path up to that day; lasts a geometric number of days at full level, then fades by `decay` a day
    liquidity    m = (sigma_t / sigma_sample)^2 between 1 and `cap`, sigma_t the volatility that the model has after the
                 return of day t, so that m rises on the day of the fall; and at least `squeeze_multiplier` during
                 a squeeze; squeezes are Poisson and last `squeeze_days`
    custody      Poisson at each custodian; the share of its grams lost is generalised Pareto with mean
                 `mean_severity`, capped at all of them (which at the defaults lowers the mean from 5% to 4.8%);
                 each loss starts a confidence event, also where the confidence driver is off

Each driver has a stream of its own in `draws`, so switching one off, or changing its parameters, leaves the draws
of the others where they were. Within a stream, path k reads column k of row after row of draws, whatever happens
on other paths. Arrivals are those of a unit-rate Poisson process read in hazard time: the j-th event falls on the
first day on which the summed hazard reaches the sum of j unit exponentials. Nothing reads later prices.

Simplifications: custodians hold equal shares of the grams there are that day. The settlement lag of 20 days that
accompanies a squeeze is left out, since the lag is one number for the whole path in the core engine.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from gramlib.errors import ParameterError
from gramlib.params.issuer import ConfidenceDriver, CustodyDriver, Issuer, LiquidityDriver
from gramlib.params.suggest import did_you_mean
from gramlib.simulation.draws import generator
from gramlib.simulation.events import Events
from gramlib.units import BUSINESS_DAYS_PER_YEAR

DRIVERS = ("confidence", "liquidity", "custody")

FADED_SHARE = 0.01
"""A confidence event is over once its level has faded below this share of the full one."""

MAX_HAZARD_PER_DAY = 5.0
"""More than this many expected events in one day mean nothing: the day has one with 99% already."""


def draw_events(
    paths: np.ndarray,
    sigma: np.ndarray,
    sigma_sample: float,
    issuer: Issuer,
    which: Sequence[str],
    seed: int,
    block: int = 0,
    replicate: int = 0,
) -> Events:
    """Draw the events of a block of paths.

    `paths` (n_paths, n_days + 1) USD/g and `sigma` likewise, the model's daily volatility as it stands after each day;
    arrays whose days are contiguous (Fortran order) are read without a copy. `sigma_sample` is the
    sample standard deviation of daily log-returns in the training window; `which` the drivers that are on; `seed`,
    `block` and `replicate` the address of the draws. Raises ParameterError for an unknown driver or a
    sample volatility that is not positive.
    """
    for name in which:
        if name not in DRIVERS:
            raise ParameterError(f"unknown driver {name!r}{did_you_mean(name, DRIVERS)}",
                                 expected=f"any of {', '.join(DRIVERS)}", origin="draw_events")  # fmt: skip
    zeros = np.zeros(paths.shape[1])
    event, multiplier, lost_share = zeros, np.ones_like(zeros), zeros
    if "confidence" in which or "custody" in which:
        event = np.zeros(paths.shape, order="F")
    if "confidence" in which:
        confidence_events(event, paths, issuer.drivers.confidence, generator(seed, "confidence", block, replicate))
    if "liquidity" in which:
        rng = generator(seed, "squeeze", block, replicate)
        multiplier = liquidity_multiplier(sigma, sigma_sample, issuer.drivers.liquidity, rng)
    if "custody" in which:
        rng = generator(seed, "custody", block, replicate)
        lost_share = custody_losses(event, issuer.drivers.custody, issuer.drivers.confidence, rng)
    return Events(event, multiplier, zeros, lost_share)


def confidence_events(event: np.ndarray, paths: np.ndarray, driver: ConfidenceDriver, rng: np.random.Generator) -> None:
    """Raise `event` (n_paths, n_days + 1) in place where confidence events fall."""
    arrival_rng, duration_rng = rng.spawn(2)
    for hit, day in arrivals(_confidence_hazard(paths, driver), len(paths), arrival_rng):
        duration = duration_rng.geometric(1.0 / driver.mean_days, len(paths))
        raise_events(event, hit, day, duration[hit], driver)


def _confidence_hazard(paths: np.ndarray, driver: ConfidenceDriver) -> np.ndarray:
    """Summed hazard by path and day, (n_paths, n_days + 1), day by day in memory as the engine reads it."""
    n_paths, n_columns = paths.shape
    calm = driver.rate_year / BUSINESS_DAYS_PER_YEAR
    # The cap is put on the exponent, since exp(b) itself may overflow.
    largest_exponent = np.log(max(MAX_HAZARD_PER_DAY / calm, 1.0)) if calm > 0.0 else 0.0
    summed = np.zeros((n_columns, n_paths))
    for day in range(1, n_columns):
        fall = np.maximum(0.0, 1.0 - paths[:, day] / paths[:, max(0, day - 5)])
        np.exp(np.minimum(driver.return_sensitivity * fall, largest_exponent), out=summed[day])
        summed[day] *= calm
        summed[day] += summed[day - 1]
    return summed.T


def arrivals(
    summed_hazard: np.ndarray, n_paths: int, rng: np.random.Generator
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Events of independent Poisson processes, one round at a time: (paths hit, day of each), until none is left.

    `summed_hazard` is (n_days + 1,) for all paths or (n_paths, n_days + 1), starting at zero. A path
    is hit at most once a round, and the rounds of one path come in order of days.
    """
    reached = np.zeros(n_paths)
    end = summed_hazard[..., -1]
    while True:
        reached += rng.standard_exponential(n_paths)
        hit = np.flatnonzero(reached <= end)
        if not hit.size:
            return
        if summed_hazard.ndim == 1:
            yield hit, np.searchsorted(summed_hazard, reached[hit])
        else:
            yield hit, (summed_hazard[hit] < reached[hit, None]).sum(axis=1)


def raise_events(
    event: np.ndarray, hit: np.ndarray, first_day: np.ndarray, duration: np.ndarray, driver: ConfidenceDriver
) -> None:
    """Lay events over `event`, path `hit[i]` from `first_day[i]` on; where two overlap the higher level counts."""
    n_columns = event.shape[1]
    level = np.full(len(hit), driver.level)
    offset = 0
    while len(hit):
        event[hit, first_day + offset] = np.maximum(event[hit, first_day + offset], level)
        offset += 1
        level = np.where(offset < duration, driver.level, level * driver.decay)
        lasting = (level >= FADED_SHARE * driver.level) & (first_day + offset < n_columns)
        hit, first_day, duration, level = hit[lasting], first_day[lasting], duration[lasting], level[lasting]


def liquidity_multiplier(
    sigma: np.ndarray, sigma_sample: float, driver: LiquidityDriver, rng: np.random.Generator
) -> np.ndarray:
    """M by path and day, shape of `sigma`: from volatility relative to the sample's, and from squeezes."""
    if not sigma_sample > 0.0:
        raise ParameterError(f"sample volatility {sigma_sample:g}", expected="above zero", origin="draw_events")
    multiplier = np.clip(np.square(sigma / sigma_sample), 1.0, driver.cap)
    n_paths, n_columns = sigma.shape
    summed_hazard = driver.squeeze_rate_year / BUSINESS_DAYS_PER_YEAR * np.arange(n_columns)
    for hit, first_day in arrivals(summed_hazard, n_paths, rng):
        for path, day in zip(hit, first_day, strict=True):
            squeezed = multiplier[path, day : day + driver.squeeze_days]
            np.maximum(squeezed, driver.squeeze_multiplier, out=squeezed)
    return multiplier


def custody_losses(
    event: np.ndarray, driver: CustodyDriver, confidence: ConfidenceDriver, rng: np.random.Generator
) -> np.ndarray:
    """Share of all grams lost by path and day, shape of `event`, which is raised where a loss shakes confidence."""
    n_paths, n_columns = len(event), event.shape[1]
    lost_share = np.zeros(event.shape, order="F")
    summed_hazard = driver.rate_year / BUSINESS_DAYS_PER_YEAR * np.arange(n_columns)
    for custodian_rng in rng.spawn(driver.custodians):
        arrival_rng, severity_rng, duration_rng = custodian_rng.spawn(3)
        for hit, day in arrivals(summed_hazard, n_paths, arrival_rng):
            severity = pareto_share(severity_rng.random(n_paths), driver.mean_severity, driver.tail_xi)
            lost_share[hit, day] += severity[hit] / driver.custodians
            duration = duration_rng.geometric(1.0 / confidence.mean_days, n_paths)
            raise_events(event, hit, day, duration[hit], confidence)
    return lost_share


def pareto_share(uniform: np.ndarray, mean: float, xi: float) -> np.ndarray:
    """Generalised Pareto share of the grams lost, by inversion; threshold 0, scale mean (1 - xi), capped at one."""
    scale = mean * (1.0 - xi)
    excess = -np.log1p(-uniform) if xi == 0.0 else np.expm1(-xi * np.log1p(-uniform)) / xi
    return np.minimum(1.0, scale * excess)
