"""What happens beside prices, drawn for a block of LANES paths: the twin of `simulation.drivers`, law by law.

Theory stands there; here is how it is made cheap. An event falls where its uniform lies below a chance. For a hazard that
never changes this means a random word below a fixed integer, so one vector loop makes the words of four days and compares
them at once, and leaves a byte a path: bit d is set where day 4 q + d has an event. Days without an event in the whole
block, which are most, cost nothing more; where there is one, the bytes are looked through and the event is drawn by
scalar code. A driver that is off, or has no hazard, is not drawn at all.

The chance of a confidence event differs by path and day. Its words are kept, with the least of each day: if even that
lies above the chance on the path with the deepest fall, no path has an event. Only words below that chance are looked at.

    terms = driver_terms(issuer, which, has_sigma, sigma_sample)      once a run, in Python
    clear_drivers(state)                                              once a block
    drive(t, address, issuer, terms, five_day_return, drawn, state)   every day, after E1

`address` is (key, replicate, first path), the key being `philox.key_words(seed)`; lane i is path first + i.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import floor, log1p
from typing import Any, TypeAlias

import numpy as np

from gramlib.params.issuer import Issuer
from gramlib.simulation.draws import STREAMS
from gramlib.simulation.drivers import FADED_SHARE, arrival_chance, check_drivers, largest_exponent
from gramlib.simulation.kernel.lanes import LANES, MAX_BANKS, MAX_CUSTODIANS, MAX_HOLDERS, columns, inlined, jitted
from gramlib.simulation.kernel.maths import exp, log, uniform_of
from gramlib.simulation.kernel.philox import philox4x32
from gramlib.units import BUSINESS_DAYS_PER_YEAR

Unsigned: TypeAlias = Any
"""A uint64: numba makes a float of one that meets an int, so both sides of an operation must be one."""

# Streams of arrivals with a hazard that does not change, by their row; custodians and banks have one row each.
SQUEEZE, OPERATIONS, CYBER, LEASE, CUSTODY = 0, 1, 2, 3, 4
FREEZE = CUSTODY + MAX_CUSTODIANS
BANK = FREEZE + MAX_CUSTODIANS
N_ARRIVALS = BANK + MAX_BANKS

# What `drive` returns: the sum of those that happened to a path of the block today.
SHAKEN, SQUEEZED, LOST, FROZEN, BANK_FAILED, STOPPED, ATTACKED, LEASE_DEFAULTED = (1 << bit for bit in range(8))

_S = {name: np.uint64(number) for name, number in STREAMS.items()}
_CONFIDENCE, _CONFIDENCE_DAYS = _S["confidence"], _S["confidence_days"]
_CUSTODY_SIZE, _CUSTODY_DAYS, _BANK_DAYS = _S["custody_size"], _S["custody_days"], _S["bank_days"]
_OPERATIONS_DAYS, _CYBER_SIZE, _LEASE, _HOLDERS = _S["operations_days"], _S["cyber_size"], _S["lease"], _S["holders"]

_ONE, _TWO, _THREE = np.uint64(1), np.uint64(2), np.uint64(3)
_WORDS = 2.0**32
_ROUNDING = 1.0 + 1e-9
"""A bound on a chance is raised by this much, so that rounding in the chance itself stays below it."""

TERMS = np.dtype([
    # Words below this are events; 0 where the driver is off. Stream of each row.
    ("below", "u8", (N_ARRIVALS,)), ("stream", "u8", (N_ARRIVALS,)),
    # The same for a lease by the state of the market; the row of the lease has the larger of the two.
    ("lease_calm_below", "u8"), ("lease_stressed_below", "u8"),
    ("confidence_on", "?"), ("confidence_most", "f8"), ("log_stay", "f8"),
    ("volatility_on", "?"), ("per_sigma_sample", "f8"),
], align=True)  # fmt: skip
"""What the drivers need beside the issuer's parameters; the kernel takes an array of one."""

DRIVERS_STATE = np.dtype([
    # The four days whose draws are held (-1 none); for each row, and for all, bit d where day d of them has an event on
    # any path.
    ("four", "i8"), ("days_hit", "u8", (N_ARRIVALS,)), ("days_hit_at_all", "u8"),
    # Whether any path has what the columns below carry from day to day.
    ("any_event", "?"), ("any_squeeze", "?"), ("any_stop", "?"),
    *columns("event_days_left", "event_level", "squeeze_days_left", "stop_carried"),
    ("confidence_least", "u8", (4,)), ("confidence_word", "u4", (4, LANES)),
    ("hit", "u1", (N_ARRIVALS, LANES)),
], align=True)  # fmt: skip
"""What the drivers of a block of paths remember between days."""

HOLDER_WORDS = np.dtype([("four", "i8"), ("word", "u4", (MAX_HOLDERS, 4, LANES))])
"""Draws of the large holders for four days; whoever starts a block sets `four` to -1."""


# Terms, in Python ------------------------------------------------------------------------------------------------


def driver_terms(issuer: Issuer, which: Sequence[str], has_sigma: bool, sigma_sample: float) -> np.ndarray:
    """`TERMS` (1,) of the drivers named in `which`, for prices with or without a volatility.

    Raises ParameterError for an unknown driver, and for a sample volatility that is not positive where it is needed.
    """
    check_drivers(which, has_sigma, sigma_sample)
    drivers, lease = issuer.drivers, issuer.lease
    n_vaults = len(issuer.custodians.shares) if issuer.custodians.on else 1
    n_custodians = len(issuer.custodians.shares) if issuer.custodians.on else 0
    n_banks = len(issuer.banks.shares) if issuer.banks.on else 0
    lease_rate_year = max(lease.calm_rate_year, lease.stressed_rate_year)
    terms = np.zeros(1, TERMS)
    record = terms[0]
    for first, name, stream, rate_year, n in (
        (SQUEEZE, "liquidity", "squeeze", drivers.liquidity.squeeze_rate_year, 1),
        (OPERATIONS, "operations", "operations", drivers.operations.rate_year, 1),
        (CYBER, "cyber", "cyber", drivers.cyber.rate_year, 1),
        (LEASE, "lease", "lease", lease_rate_year, int(lease.on)),
        (CUSTODY, "custody", "custody", drivers.custody.rate_year, n_vaults),
        (FREEZE, "custody_freeze", "custody_freeze", drivers.custody_freeze.rate_year, n_custodians),
        (BANK, "bank", "bank", drivers.bank.rate_year, n_banks),
    ):
        for k in range(n if name in which else 0):
            record["below"][first + k] = words_below(arrival_chance(rate_year))
            record["stream"][first + k] = STREAMS[stream] + k
    record["lease_calm_below"] = words_below(arrival_chance(lease.calm_rate_year))
    record["lease_stressed_below"] = words_below(arrival_chance(lease.stressed_rate_year))
    record["confidence_on"] = "confidence" in which and drivers.confidence.rate_year > 0.0
    record["confidence_most"] = largest_exponent(drivers.confidence.rate_year)
    mean_days = drivers.confidence.mean_days
    record["log_stay"] = log1p(-1.0 / mean_days) if mean_days > 1.0 else -np.inf
    record["volatility_on"] = "liquidity" in which and has_sigma
    record["per_sigma_sample"] = 1.0 / sigma_sample if sigma_sample > 0.0 else 0.0
    return terms


def words_below(chance: float) -> int:
    """How many of the 2**32 words w give a uniform (w + 1/2) 2**-32 below `chance`, exactly."""
    scaled = chance * _WORDS
    whole = floor(scaled)
    return whole + (scaled - whole > 0.5)


# Laws of one path --------------------------------------------------------------------------------------------------


@inlined
def confidence_chance(rate_year: float, sensitivity: float, most: float, five_day_return: float) -> float:
    """Chance of a confidence event today."""
    fall = max(0.0, -five_day_return)
    return 1.0 - exp(-rate_year / BUSINESS_DAYS_PER_YEAR * exp(min(sensitivity * fall, most)))


@inlined
def event_days(u: float, log_stay: float) -> float:
    """Geometric number of days; `log_stay` is the logarithm of one less one over its mean."""
    return 1.0 + np.floor(log(u) / log_stay)


@inlined
def pareto_size(u: float, mean: float, xi: float) -> float:
    """Generalised Pareto quantile; one less a uniform is exact, so that its logarithm loses nothing."""
    scale = mean * (1.0 - xi)
    log_left = log(1.0 - u)
    return -scale * log_left if xi == 0.0 else scale * (exp(-xi * log_left) - 1.0) / xi


# Draws ---------------------------------------------------------------------------------------------------------------


@jitted
def clear_drivers(state: Any) -> None:
    """Nothing has happened yet; to be called before the first day of a block."""
    state.four = -1
    state.any_event = state.any_squeeze = state.any_stop = False
    for i in range(LANES):
        state.event_days_left[i] = 0.0
        state.event_level[i] = 0.0
        state.squeeze_days_left[i] = 0.0
        state.stop_carried[i] = 0.0


@inlined
def words_of(four: int, stream: Unsigned, address: tuple, lane: int) -> tuple:
    """The four words of a lane for days 4 `four` to 4 `four` + 3."""
    (k0, k1), replicate, first_path = address
    path = np.uint64(first_path) + np.uint64(lane)
    return philox4x32(path, np.uint64(four), np.uint64(stream), np.uint64(replicate), k0, k1)


@jitted
def uniform_at(t: int, stream: Unsigned, address: tuple, lane: int) -> float:
    """The uniform of one lane on day `t`, for what is drawn only after an event has arrived."""
    a, b, c, d = words_of(t // 4, stream, address, lane)
    within = t % 4
    return uniform_of(a if within == 0 else b if within == 1 else c if within == 2 else d)


@jitted
def find_hits(four: int, stream: Unsigned, below: Unsigned, address: tuple, hit: Any) -> Unsigned:
    """Mark in `hit` (LANES,) the days on which the word lies below `below`; returns the days with any, as bits."""
    days = np.uint64(0)
    for i in range(LANES):
        a, b, c, d = words_of(four, stream, address, i)
        bits = np.uint64(a < below) | np.uint64(b < below) << _ONE
        bits |= np.uint64(c < below) << _TWO | np.uint64(d < below) << _THREE
        hit[i] = bits
        days |= bits
    return days


@jitted
def keep_words(four: int, stream: Unsigned, address: tuple, word: Any) -> tuple:
    """Write the words of four days to `word` (4, LANES); returns the least of each day."""
    least_a = least_b = least_c = least_d = np.uint64(0xFFFFFFFF)
    for i in range(LANES):
        a, b, c, d = words_of(four, stream, address, i)
        word[0, i], word[1, i], word[2, i], word[3, i] = a, b, c, d
        least_a, least_b, least_c, least_d = min(least_a, a), min(least_b, b), min(least_c, c), min(least_d, d)
    return least_a, least_b, least_c, least_d


@jitted
def draw_four_days(four: int, address: tuple, terms: Any, state: Any) -> None:
    """Draw the arrivals of days 4 `four` to 4 `four` + 3."""
    state.four = four
    at_all = np.uint64(0)
    for row in range(N_ARRIVALS):
        days = np.uint64(0)
        if terms.below[row] > 0:
            days = find_hits(four, terms.stream[row], terms.below[row], address, state.hit[row])
        state.days_hit[row] = days
        at_all |= days
    state.days_hit_at_all = at_all
    if terms.confidence_on:
        least = keep_words(four, _CONFIDENCE, address, state.confidence_word)
        for within in range(4):
            state.confidence_least[within] = least[within]


# Days ----------------------------------------------------------------------------------------------------------------


@jitted
def drive(t: int, address: tuple, issuer: Any, terms: Any, five_day_return: Any, drawn: Any, state: Any) -> int:
    """Add to `drawn`, which holds what is given for day `t`, what is drawn for it; days 1, 2, ... in order.

    The larger level, multiplier, lag, stop and freeze counts; losses add up. Returns what happened, the sum of SHAKEN and
    the like, so that columns nothing was written to need not be looked at.
    """
    if t // 4 != state.four:
        draw_four_days(t // 4, address, terms, state)
    happened = 0
    arriving = (state.days_hit_at_all >> np.uint64(t % 4)) & _ONE != 0
    if arriving:
        happened |= lose_in_custody(t, address, issuer, terms, drawn, state)
        happened |= fail_banks(t, address, terms, drawn, state)
    if terms.confidence_on:
        shake_confidence(t, address, issuer, terms, five_day_return, state)
    if state.any_event:
        happened |= level_events(issuer, drawn, state)
    if terms.volatility_on:
        measure_liquidity(issuer, terms, drawn)
    if arriving or state.any_squeeze:
        happened |= squeeze(t, issuer, drawn, state)
    if arriving or state.any_stop:
        happened |= stop_operations(t, address, issuer, drawn, state)
    if arriving:
        happened |= freeze_custody(t, issuer, drawn, state)
        happened |= attack(t, address, issuer, drawn, state)
        # Last, since the hazard depends on what the market has become today.
        happened |= default_lease(t, address, issuer, terms, drawn, state)
    return happened


@inlined
def arrives(row: int, t: int, state: Any) -> bool:
    """Whether any path has an event of this row on day `t`."""
    return (state.days_hit[row] >> np.uint64(t % 4)) & _ONE != 0


@inlined
def hits(row: int, t: int, state: Any, lane: int) -> bool:
    """Whether this path has one."""
    return (state.hit[row, lane] >> (t % 4)) & 1 != 0


@inlined
def start_event(u: float, terms: Any, state: Any, lane: int) -> None:
    """A confidence event begins; it lasts as long as `u` says, or as one that is on already."""
    state.event_days_left[lane] = max(state.event_days_left[lane], event_days(u, terms.log_stay))
    state.any_event = True


@jitted
def lose_in_custody(t: int, address: tuple, issuer: Any, terms: Any, drawn: Any, state: Any) -> int:
    """Losses by custodian, each of which shakes confidence."""
    happened = 0
    driver = issuer.drivers.custody
    for k in range(MAX_CUSTODIANS):
        if arrives(CUSTODY + k, t, state):
            happened = LOST
            for i in range(LANES):
                if hits(CUSTODY + k, t, state, i):
                    u = uniform_at(t, _CUSTODY_SIZE + np.uint64(k), address, i)
                    drawn.lost_share[k, i] += min(1.0, pareto_size(u, driver.mean_severity, driver.tail_xi))
                    start_event(uniform_at(t, _CUSTODY_DAYS + np.uint64(k), address, i), terms, state, i)
    return happened


@jitted
def fail_banks(t: int, address: tuple, terms: Any, drawn: Any, state: Any) -> int:
    """Bank failures, each of which shakes confidence."""
    happened = 0
    for b in range(MAX_BANKS):
        if arrives(BANK + b, t, state):
            happened = BANK_FAILED
            for i in range(LANES):
                if hits(BANK + b, t, state, i):
                    drawn.bank_failed[b, i] = 1.0
                    start_event(uniform_at(t, _BANK_DAYS + np.uint64(b), address, i), terms, state, i)
    return happened


@jitted
def shake_confidence(t: int, address: tuple, issuer: Any, terms: Any, five_day_return: Any, state: Any) -> None:
    """Confidence events of their own, whose chance grows with the five-day fall."""
    driver = issuer.drivers.confidence
    rate_year, sensitivity, most = driver.rate_year, driver.return_sensitivity, terms.confidence_most
    within = t % 4
    # Numbers that are not negative are in the order of their bits, and a largest integer is found by vector code.
    deepest = np.int64(0)
    for i in range(LANES):
        fall = -five_day_return[i] if five_day_return[i] < 0.0 else 0.0
        deepest = max(deepest, np.float64(fall).view(np.int64))
    bound = confidence_chance(rate_year, sensitivity, most, -np.int64(deepest).view(np.float64))
    below = np.uint64(bound * _ROUNDING * _WORDS) + _ONE
    if state.confidence_least[within] >= below:
        return
    for i in range(LANES):
        word = state.confidence_word[within, i]
        if word < below:
            chance = confidence_chance(rate_year, sensitivity, most, five_day_return[i])
            if uniform_of(word) < chance:
                start_event(uniform_at(t, _CONFIDENCE_DAYS, address, i), terms, state, i)


@jitted
def level_events(issuer: Any, drawn: Any, state: Any) -> int:
    """Full level while an event lasts, then fading."""
    level, decay = issuer.drivers.confidence.level, issuer.drivers.confidence.decay
    faded = FADED_SHARE * level
    alive = np.int64(0)
    for i in range(LANES):
        left = state.event_days_left[i]
        fading = state.event_level[i] * decay
        fading = 0.0 if fading < faded else fading
        today = level if left > 0.0 else fading
        state.event_level[i] = today
        state.event_days_left[i] = max(0.0, left - 1.0)
        drawn.event[i] = max(drawn.event[i], today)
        alive |= np.int64(today > 0.0)
    state.any_event = alive != 0
    return SHAKEN


@jitted
def measure_liquidity(issuer: Any, terms: Any, drawn: Any) -> None:
    """M of volatility."""
    cap, per_sigma_sample = issuer.drivers.liquidity.cap, terms.per_sigma_sample
    for i in range(LANES):
        relative = drawn.sigma[i] * per_sigma_sample
        multiplier = min(cap, max(1.0, relative * relative))
        drawn.liquidity_multiplier[i] = max(drawn.liquidity_multiplier[i], multiplier)


@jitted
def squeeze(t: int, issuer: Any, drawn: Any, state: Any) -> int:
    """A larger m, a longer lag, futures away from spot, for as long as a squeeze lasts."""
    driver = issuer.drivers.liquidity
    if arrives(SQUEEZE, t, state):
        state.any_squeeze = True
        for i in range(LANES):
            if hits(SQUEEZE, t, state, i):
                state.squeeze_days_left[i] = driver.squeeze_days
    if not state.any_squeeze:
        return 0
    least, lag_days, basis = driver.squeeze_multiplier, float(driver.squeeze_lag_days), issuer.hedge.basis_shock
    moved = basis != 0.0
    alive = np.int64(0)
    for i in range(LANES):
        left = state.squeeze_days_left[i]
        multiplier, given_basis = drawn.liquidity_multiplier[i], drawn.futures_basis[i]
        squeezed = left > 0.0
        drawn.liquidity_multiplier[i] = max(multiplier, least) if squeezed else multiplier
        drawn.lag_days[i] = max(drawn.lag_days[i], lag_days) if squeezed else drawn.lag_days[i]
        drawn.futures_basis[i] = max(given_basis, basis) if squeezed & moved else given_basis
        state.squeeze_days_left[i] = max(0.0, left - 1.0)
        alive |= np.int64(left > 1.0)
    state.any_squeeze = alive != 0
    return SQUEEZED


@jitted
def freeze_custody(t: int, issuer: Any, drawn: Any, state: Any) -> int:
    """Freezes that begin today, by custodian."""
    happened = 0
    days = float(issuer.drivers.custody_freeze.days)
    for k in range(MAX_CUSTODIANS):
        if arrives(FREEZE + k, t, state):
            happened = FROZEN
            for i in range(LANES):
                if hits(FREEZE + k, t, state, i):
                    drawn.freeze_days[k, i] = max(drawn.freeze_days[k, i], days)
    return happened


@jitted
def stop_operations(t: int, address: tuple, issuer: Any, drawn: Any, state: Any) -> int:
    """Share of the day without operations: what is left of yesterday's stop, and stops that begin today."""
    happened = 0
    if state.any_stop:
        happened = STOPPED
        state.any_stop = False
        for i in range(LANES):
            drawn.operations_stop[i] = max(drawn.operations_stop[i], state.stop_carried[i])
            state.stop_carried[i] = 0.0
    if arrives(OPERATIONS, t, state):
        happened = STOPPED
        max_days = issuer.drivers.operations.max_days
        for i in range(LANES):
            if hits(OPERATIONS, t, state, i):
                days = max_days * uniform_at(t, _OPERATIONS_DAYS, address, i)
                drawn.operations_stop[i] = max(drawn.operations_stop[i], min(1.0, days))
                if days > 1.0:
                    state.stop_carried[i] = days - 1.0
                    state.any_stop = True
    return happened


@jitted
def attack(t: int, address: tuple, issuer: Any, drawn: Any, state: Any) -> int:
    """Cyber losses."""
    if not arrives(CYBER, t, state):
        return 0
    driver = issuer.drivers.cyber
    for i in range(LANES):
        if hits(CYBER, t, state, i):
            u = uniform_at(t, _CYBER_SIZE, address, i)
            drawn.cyber_loss_usd[i] += pareto_size(u, driver.mean_usd, driver.tail_xi)
    return ATTACKED


@jitted
def default_lease(t: int, address: tuple, issuer: Any, terms: Any, drawn: Any, state: Any) -> int:
    """The lessee's default; what was found lies below the larger hazard, and is looked at again with today's."""
    if not arrives(LEASE, t, state):
        return 0
    happened = 0
    stressed_multiplier = issuer.lease.stressed_multiplier
    for i in range(LANES):
        if hits(LEASE, t, state, i):
            stressed = drawn.liquidity_multiplier[i] >= stressed_multiplier
            below = terms.lease_stressed_below if stressed else terms.lease_calm_below
            if uniform_at(t, _LEASE, address, i) * _WORDS < float(below):
                drawn.lease_default[i] = 1.0
                happened = LEASE_DEFAULTED
    return happened


# Large holders --------------------------------------------------------------------------------------------------------


@jitted
def draw_holders(t: int, address: tuple, n_holders: int, words: Any) -> None:
    """Have the draws of day `t` at hand for the first `n_holders` holders."""
    if t // 4 != words.four:
        words.four = t // 4
        for j in range(n_holders):
            keep_words(t // 4, _HOLDERS + np.uint64(j), address, words.word[j])


@inlined
def holder_uniform(t: int, holder: int, words: Any, lane: int) -> float:
    """Uniform of a holder on day `t`: asks for everything where it lies below the chance of that."""
    return uniform_of(words.word[holder, t % 4, lane])
