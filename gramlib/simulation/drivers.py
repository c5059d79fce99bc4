"""What happens to one path beside prices, drawn day by day in plain Python (MODEL.md, section 8).

    confidence      hazard rate_year/252 a day when calm, times exp(b max(0, -r5)), r5 the five-day return of the path up
                    to that day; lasts a geometric number of days at full level, then fades by `decay` a day
    liquidity       m = (sigma_t / sigma_sample)^2 between 1 and `cap`, sigma_t the volatility that the model has after
                    the return of day t, so that m rises on the day of the fall; and squeezes, which last `squeeze_days`
                    days: m is at least `squeeze_multiplier`, sales settle later, futures leave spot
    custody         a loss at a custodian; the share of its grams lost is generalised Pareto with mean `mean_severity`,
                    capped at all of them (which at the defaults lowers the mean from 5% to 4.8%); each loss starts
                    a confidence event, also where the confidence driver is off
    custody_freeze  a custodian's gold cannot be sold for `days` days
    bank            a bank fails; each failure starts a confidence event too
    operations      a stop of up to `max_days` days, any length as likely as any other, from today on
    cyber           a loss in cash, generalised Pareto with mean `mean_usd`
    lease           the lessee defaults; the hazard is higher while m is at least `stressed_multiplier`

What the issuer does not have does nothing: custody_freeze without custodians, bank without banks, lease without leased
gold. Without custodians, custody concerns the one vault that holds everything.

Each arrival is one draw a day: the event falls on day t when u_t < 1 - exp(-hazard_t). Draws are addressed by stream
and day (`draws`), so switching one driver on or off, or changing its parameters, leaves the draws of the others where
they were, and every day has its draw whatever happened before. Nothing reads later prices. `kernel.drivers` is the twin
of this module over many paths; the small laws below are compiled there from this very source.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, expm1, floor, log, log1p

from gramlib.errors import ParameterError
from gramlib.params.issuer import Issuer
from gramlib.params.suggest import did_you_mean
from gramlib.simulation.book import bank_shares, custodian_shares
from gramlib.simulation.draws import words
from gramlib.units import BUSINESS_DAYS_PER_YEAR

DRIVERS = ("confidence", "liquidity", "custody", "custody_freeze", "bank", "operations", "cyber", "lease")

FADED_SHARE = 0.01
"""A confidence event is over once its level has faded below this share of the full one."""

MAX_HAZARD_PER_DAY = 5.0
"""More than this many expected events in one day mean nothing: the day has one with 99% already."""


# The small laws, each also compiled by the kernel ---------------------------------------------------------------


def arrival_chance(rate_year: float) -> float:
    """Chance that a day has an event of a Poisson process with this yearly rate."""
    return -expm1(-min(rate_year / BUSINESS_DAYS_PER_YEAR, MAX_HAZARD_PER_DAY))


def largest_exponent(rate_year: float) -> float:
    """Cap on the exponent of the confidence hazard, since exp of it may overflow before the hazard is capped."""
    calm = rate_year / BUSINESS_DAYS_PER_YEAR
    return log(max(MAX_HAZARD_PER_DAY / calm, 1.0)) if calm > 0.0 else 0.0


def confidence_chance(rate_year: float, sensitivity: float, most: float, five_day_return: float) -> float:
    """Chance of a confidence event today; `sensitivity` is b, `most` the `largest_exponent` of this rate."""
    fall = max(0.0, -five_day_return)
    return -expm1(-rate_year / BUSINESS_DAYS_PER_YEAR * exp(min(sensitivity * fall, most)))


def event_days(u: float, mean_days: float) -> int:
    """Geometric number of days, at least one, with this mean, by inversion of the uniform `u`."""
    return 1 if mean_days <= 1.0 else 1 + floor(log(u) / log1p(-1.0 / mean_days))


def pareto_size(u: float, mean: float, xi: float) -> float:
    """Generalised Pareto quantile: threshold 0, tail index `xi` in [0, 1), scale mean (1 - xi)."""
    scale = mean * (1.0 - xi)
    return -scale * log1p(-u) if xi == 0.0 else scale * expm1(-xi * log1p(-u)) / xi


def volatility_multiplier(sigma: float, per_sigma_sample: float, cap: float) -> float:
    """M of volatility alone: its square relative to the sample's (given as one over it), between 1 and `cap`."""
    relative = sigma * per_sigma_sample
    return min(cap, max(1.0, relative * relative))


# One path ---------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Drawn:
    """What the drivers bring one path on one day; a list has one entry a custodian, or a bank.

    `event` and `liquidity_multiplier` include what was given for the day; all else is drawn alone. `lag_days` is the
    issuer's own outside squeezes; `freeze_days` is the length of a freeze that begins today, 0 for none.
    """

    event: float
    liquidity_multiplier: float
    lag_days: int
    futures_basis: float
    lost_share: list[float]
    freeze_days: list[int]
    bank_fails: list[bool]
    operations_stop: float
    cyber_loss_usd: float
    lease_default: bool


class PathDrivers:
    """The drivers of one path; `today` is asked once for each day 1, 2, ... in order.

    `which` names the drivers that are on; `seed`, `path` and `replicate` are the address of the draws; `sigma` the model's
    daily volatility as it stands after each day (index 0 is today), None where prices come without one;
    `sigma_sample` the sample standard deviation of daily log-returns in the training window. Raises ParameterError for an
    unknown driver, and for a sample volatility that is not positive where it is needed.
    """

    def __init__(
        self,
        issuer: Issuer,
        which: Sequence[str],
        seed: int,
        path: int,
        replicate: int = 0,
        sigma: Sequence[float] | None = None,
        sigma_sample: float = 0.0,
    ) -> None:
        check_drivers(which, sigma is not None, sigma_sample)
        self.issuer = issuer
        self.which = frozenset(which)
        self.seed, self.path, self.replicate = seed, path, replicate
        self.sigma = sigma
        self.per_sigma_sample = 1.0 / sigma_sample if sigma_sample > 0.0 else 0.0
        self.event_days_left, self.event_level = 0, 0.0
        self.squeeze_days_left = 0
        self.stop_carried = 0.0
        self.words: dict[tuple[str, int], tuple[int, tuple]] = {}

    def today(self, t: int, five_day_return: float, given_event: float = 0.0, given_multiplier: float = 1.0) -> Drawn:
        """Draw day `t`, on which gold has returned `five_day_return`.

        Of the given level and multiplier and the drawn ones the larger counts.
        """
        issuer = self.issuer
        lost_share, custody_days = self._custody_losses(t)
        bank_fails, bank_days = self._bank_failures(t)
        confidence_days = self._confidence_arrival(t, five_day_return)
        event = self._event_level(max(confidence_days, custody_days, bank_days))
        squeezed = self._squeezed(t)
        multiplier = max(given_multiplier, self._multiplier(t, squeezed))
        squeeze_lag_days = issuer.drivers.liquidity.squeeze_lag_days if squeezed else 0
        return Drawn(
            event=max(given_event, event),
            liquidity_multiplier=multiplier,
            lag_days=max(issuer.market.lag_days, squeeze_lag_days),
            futures_basis=issuer.hedge.basis_shock if squeezed else 0.0,
            lost_share=lost_share,
            freeze_days=self._freezes(t),
            bank_fails=bank_fails,
            operations_stop=self._operations_stop(t),
            cyber_loss_usd=self._cyber_loss_usd(t),
            lease_default=self._lease_default(t, multiplier),
        )

    def holder_redeems(self, holder: int, t: int, probability: float) -> bool:
        """Whether large holder `holder` (0 is the largest) asks for everything on day `t`; no driver, always drawn."""
        return self._uniform("holders", t, holder) < probability

    def _uniform(self, stream: str, t: int, member: int = 0) -> float:
        """`draws.uniform` of this path on day `t`; one cipher serves four days, so its words are kept."""
        four, kept = self.words.get((stream, member), (-1, ()))
        if four != t // 4:
            kept = words(self.seed, stream, self.path, t // 4, self.replicate, member)
            self.words[stream, member] = t // 4, kept
        return (kept[t % 4] + 0.5) * 2.0**-32

    def _arrives(self, stream: str, t: int, rate_year: float, member: int = 0) -> bool:
        return self._uniform(stream, t, member) < arrival_chance(rate_year)

    def _confidence_arrival(self, t: int, five_day_return: float) -> int:
        """Days that an event which begins today lasts; 0 for none."""
        if "confidence" not in self.which:
            return 0
        driver = self.issuer.drivers.confidence
        most = largest_exponent(driver.rate_year)
        chance = confidence_chance(driver.rate_year, driver.return_sensitivity, most, five_day_return)
        if not self._uniform("confidence", t) < chance:
            return 0
        return event_days(self._uniform("confidence_days", t), driver.mean_days)

    def _custody_losses(self, t: int) -> tuple[list[float], int]:
        """Share lost by custodian, and days of the longest confidence event that this starts."""
        driver, mean_days = self.issuer.drivers.custody, self.issuer.drivers.confidence.mean_days
        lost_share, longest = [0.0] * len(custodian_shares(self.issuer)), 0
        if "custody" in self.which:
            for k in range(len(lost_share)):
                if self._arrives("custody", t, driver.rate_year, k):
                    size = pareto_size(self._uniform("custody_size", t, k), driver.mean_severity, driver.tail_xi)
                    lost_share[k] = min(1.0, size)
                    longest = max(longest, event_days(self._uniform("custody_days", t, k), mean_days))
        return lost_share, longest

    def _freezes(self, t: int) -> list[int]:
        """Days of a freeze that begins today, by custodian."""
        driver, n = self.issuer.drivers.custody_freeze, len(custodian_shares(self.issuer))
        if "custody_freeze" not in self.which or not self.issuer.custodians.on:
            return [0] * n
        return [driver.days if self._arrives("custody_freeze", t, driver.rate_year, k) else 0 for k in range(n)]

    def _bank_failures(self, t: int) -> tuple[list[bool], int]:
        """Which banks fail, and days of the longest confidence event that this starts."""
        mean_days, rate_year = self.issuer.drivers.confidence.mean_days, self.issuer.drivers.bank.rate_year
        fails, longest = [False] * len(bank_shares(self.issuer)), 0
        if "bank" in self.which and self.issuer.banks.on:
            for b in range(len(fails)):
                fails[b] = self._arrives("bank", t, rate_year, b)
                if fails[b]:
                    longest = max(longest, event_days(self._uniform("bank_days", t, b), mean_days))
        return fails, longest

    def _event_level(self, arriving_days: int) -> float:
        """Level of today's confidence event; `arriving_days` is the length of the longest that begins today."""
        driver = self.issuer.drivers.confidence
        self.event_days_left = max(self.event_days_left, arriving_days)
        if self.event_days_left > 0:
            self.event_days_left -= 1
            self.event_level = driver.level
        else:
            self.event_level *= driver.decay
            if self.event_level < FADED_SHARE * driver.level:
                self.event_level = 0.0
        return self.event_level

    def _squeezed(self, t: int) -> bool:
        """Whether a squeeze is on today."""
        driver = self.issuer.drivers.liquidity
        if "liquidity" in self.which and self._arrives("squeeze", t, driver.squeeze_rate_year):
            self.squeeze_days_left = driver.squeeze_days
        squeezed = self.squeeze_days_left > 0
        self.squeeze_days_left -= squeezed
        return squeezed

    def _multiplier(self, t: int, squeezed: bool) -> float:
        driver = self.issuer.drivers.liquidity
        multiplier = 1.0
        if "liquidity" in self.which and self.sigma is not None:
            multiplier = volatility_multiplier(self.sigma[t], self.per_sigma_sample, driver.cap)
        return max(multiplier, driver.squeeze_multiplier) if squeezed else multiplier

    def _operations_stop(self, t: int) -> float:
        """Share of today without operations; a stop longer than a day carries into tomorrow, overlaps count once."""
        driver = self.issuer.drivers.operations
        stop, self.stop_carried = self.stop_carried, 0.0
        if "operations" in self.which and self._arrives("operations", t, driver.rate_year):
            days = driver.max_days * self._uniform("operations_days", t)
            stop = max(stop, min(1.0, days))
            self.stop_carried = max(0.0, days - 1.0)
        return stop

    def _cyber_loss_usd(self, t: int) -> float:
        driver = self.issuer.drivers.cyber
        if "cyber" not in self.which or not self._arrives("cyber", t, driver.rate_year):
            return 0.0
        return pareto_size(self._uniform("cyber_size", t), driver.mean_usd, driver.tail_xi)

    def _lease_default(self, t: int, multiplier: float) -> bool:
        lease = self.issuer.lease
        if "lease" not in self.which or not lease.on:
            return False
        stressed = multiplier >= lease.stressed_multiplier
        return self._arrives("lease", t, lease.stressed_rate_year if stressed else lease.calm_rate_year)


def check_drivers(which: Sequence[str], has_sigma: bool, sigma_sample: float) -> None:
    """Refuse an unknown driver, and a sample volatility that is not positive where market liquidity is measured by it."""
    for name in which:
        if name not in DRIVERS:
            raise ParameterError(f"unknown driver {name!r}{did_you_mean(name, DRIVERS)}",
                                 expected=f"any of {', '.join(DRIVERS)}", origin="predict.drivers")  # fmt: skip
    if "liquidity" in which and has_sigma and not sigma_sample > 0.0:
        raise ParameterError(f"sample volatility {sigma_sample:g}", expected="above zero", origin="PathDrivers")


def active_drivers(issuer: Issuer, which: Sequence[str]) -> tuple[str, ...]:
    """Those of `which` that can do anything to this issuer, in the order of `DRIVERS`."""
    has = {"custody_freeze": issuer.custodians.on, "bank": issuer.banks.on, "lease": issuer.lease.on}
    return tuple(name for name in DRIVERS if name in which and has.get(name, True))
