"""The price models of `simulation.price_models` for a block of LANES paths: the same draws, the same prices.

    terms = price_terms(driver)                       once a run, in Python
    start(terms, state, drawn, address, start)        day 0 of a block
    draw(driver, state, address, t)                   every day after, in turn: what the day needs of draws,
    look_up(terms, state, drawn, address, t)          what comes from a table, where `has_table(driver)`,
    advance(driver, state, drawn, start, t)           and price and volatility into `drawn`

`terms` is a `PriceTerms`, `driver` its one record, `state` a record of `PRICE_STATE`, `drawn` a record with columns price_usd_per_g and sigma,
`address` (key, replicate, first path) with the key of `philox.key_words(seed)`: lane i is path first + i. `start` is the price
of day 0, where prices are not given. Where they are, lanes beyond the last path repeat it.

Draws are made for four days at once (`draw_four_days`, by `draw` on day 1 and on days 4, 8, 12 ...), and with them
what does not depend on the day before: a Student-t from a normal, jumps, quantiles of the residuals' law. `prices_only`
and `draw_only` run through paths of prices and of draws alone, to be looked at and timed.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from gramlib.simulation.draws import STREAMS
from gramlib.simulation.kernel.lanes import LANES, columns, counts, entry, inlined, jitted
from gramlib.simulation.kernel.maths import exp, expm1, log, uniform_of
from gramlib.simulation.kernel.philox import FOUR_DAYS, normals, philox4x32, uniforms
from gramlib.simulation.price_driver import KINDS, LARGEST_DAILY_MOVE, PriceDriver, jump_probabilities
from gramlib.simulation.student_t import held, map_coefficients

GIVEN, GJR_GARCH_T, FHS, BOOTSTRAP, REGIME, JUMP = range(6)
assert KINDS == ("given", "gjr_garch_t", "fhs", "bootstrap", "regime", "jump")

_PRICE, _STATE = STREAMS["price"], STREAMS["price_state"]
_JUMP, _JUMP_SIZE = STREAMS["price_jump"], STREAMS["price_jump_size"]

PRICE_DRIVER = np.dtype([
    ("kind", "i8"), ("mean", "f8"), ("next_variance", "f8"), ("omega", "f8"), ("alpha", "f8"), ("gamma", "f8"),
    ("beta", "f8"),
    # Of the map to Student-t: q's coefficients, and nu - 2; nought for normal shocks.
    ("q", "f8", (8,)), ("nu_less_2", "f8"),
    ("tail_share", "f8"), ("xi_lower", "f8"), ("beta_lower", "f8"), ("xi_upper", "f8"), ("beta_upper", "f8"),
    ("restart", "f8"),
    # By state, and by state and the state before; summed up over states.
    ("shift", "f8", (3,)), ("sigma_of", "f8", (3,)), ("variance_of", "f8", (3,)), ("below", "f8", (4, 2)),
    ("sigma", "f8"), ("at_most", "f8", (3,)), ("jump_mean", "f8"), ("jump_sd", "f8"),
], align=True)  # fmt: skip
"""The numbers of a `PriceDriver`; row 3 of `below` belongs to the state of day 0."""

PRICE_STATE = np.dtype([
    *columns("growth", "variance"), *counts("state"),
    ("first", FOUR_DAYS), ("second", FOUR_DAYS), ("third", FOUR_DAYS),
], align=True)  # fmt: skip
"""What the prices of a block remember between days; `state` is a state, or a row of the bootstrap's table."""

Address = tuple[tuple[np.uint64, np.uint64], int, int]


class PriceTerms(NamedTuple):
    """A price driver as the kernel takes it."""

    driver: np.ndarray
    """An array of one PRICE_DRIVER."""
    table: np.ndarray
    prices_usd_per_g: np.ndarray
    given_sigma: np.ndarray


def price_terms(driver: PriceDriver) -> PriceTerms:
    """`driver` as the kernel takes it."""
    record = np.zeros(1, PRICE_DRIVER)
    numbers = record[0]
    numbers["kind"] = KINDS.index(driver.kind)
    for name in ("mean", "next_variance", "omega", "alpha", "gamma", "beta", "sigma", "jump_mean", "jump_sd"):
        numbers[name] = getattr(driver, name)
    if driver.kind == "gjr_garch_t" or (driver.kind == "regime" and np.isfinite(driver.nu)):
        numbers["q"] = map_coefficients(driver.nu)
        numbers["nu_less_2"] = held(driver.nu) - 2.0
    numbers["tail_share"] = driver.tail_entries / max(1, len(driver.table))
    numbers["xi_lower"], numbers["beta_lower"] = driver.lower
    numbers["xi_upper"], numbers["beta_upper"] = driver.upper
    numbers["restart"] = 1.0 / driver.mean_block_days
    numbers["at_most"] = jump_probabilities(driver.rate_year)
    numbers["below"] = 1.0
    for j in range(len(driver.transition)):
        numbers["shift"][j] = driver.state_shift[j]
        numbers["sigma_of"][j] = driver.state_sigma[j]
    for row, probabilities in zip(
        (3, *range(len(driver.transition))), (driver.start, *driver.transition), strict=False
    ):
        sums = np.cumsum(probabilities)[:-1]
        numbers["below"][row, : len(sums)] = sums
    if driver.kind == "regime":
        numbers["variance_of"][: len(driver.transition)] = np.asarray(driver.transition) @ np.square(driver.state_sigma)
    return PriceTerms(record, driver.table, driver.prices_usd_per_g, driver.given_sigma)


# Draws of four days -----------------------------------------------------------------------------------------------


@jitted
def draw_four_days(driver: Any, state: Any, address: Address, four: int) -> None:
    """Draws of days 4 `four` to 4 `four` + 3, and what can be made of them without a table and the day before."""
    key, replicate, first_path = address
    kind = driver.kind
    # Each function is called from one place, since every call is compiled anew into its caller.
    if kind in (GJR_GARCH_T, REGIME, JUMP):
        normals(state.first, key, four, _PRICE, replicate, first_path)
        if driver.nu_less_2 > 0.0:
            to_student_t(state.first, driver)
    elif kind != GIVEN:
        uniforms(state.first, key, four, _PRICE, replicate, first_path)
    if kind in (BOOTSTRAP, REGIME, JUMP):
        uniforms(state.second, key, four, _JUMP if kind == JUMP else _STATE, replicate, first_path)
    if kind == JUMP:
        normals(state.third, key, four, _JUMP_SIZE, replicate, first_path)
        to_jumps(state.first, state.second, state.third, driver)


@jitted
def to_student_t(first: Any, driver: Any) -> None:
    """Normals into Student-t shocks of variance 1 (`student_t`)."""
    q0, q1, q2, q3 = driver.q[0], driver.q[1], driver.q[2], driver.q[3]
    q4, q5, q6, q7 = driver.q[4], driver.q[5], driver.q[6], driver.q[7]
    nu_less_2 = driver.nu_less_2
    for k in range(4):
        for i in range(LANES):
            z = first.day[k, i]
            y = z * z
            y2 = y * y
            # In pairs, not as one chain, as in `maths.exp`.
            q = ((q0 + y * q1) + y2 * (q2 + y * q3)) + (y2 * y2) * ((q4 + y * q5) + y2 * (q6 + y * q7))
            size = np.sqrt(nu_less_2 * expm1(y * q))
            first.day[k, i] = -size if z < 0.0 else size


@jitted
def to_quantiles(first: Any, second: Any, table: Any, driver: Any) -> None:
    """Uniforms into quantiles of the residuals' law; `second` is scratch."""
    n = len(table)
    for k in range(4):
        for i in range(LANES):
            second.day[k, i] = table[np.int64(first.day[k, i] * n)]
    share = driver.tail_share
    xi_lower, xi_upper = driver.xi_lower, driver.xi_upper
    scale_lower, scale_upper = driver.beta_lower / xi_lower, driver.beta_upper / xi_upper
    for k in range(4):
        for i in range(LANES):
            u = first.day[k, i]
            low = u < share
            xi = xi_lower if low else xi_upper
            scale = scale_lower if low else scale_upper
            survival = (u if low else 1.0 - u) / share
            # Nought inside, where the survival beyond the edge is one.
            excess = scale * expm1(-xi * log(survival if survival < 1.0 else 1.0))
            first.day[k, i] = second.day[k, i] + (-excess if low else excess)


@jitted
def to_jumps(first: Any, second: Any, third: Any, driver: Any) -> None:
    """Shocks of days with jumps, from the normal of the day, the uniform of their number and the normal of their size."""
    one, two, three = driver.at_most[0], driver.at_most[1], driver.at_most[2]
    sigma, mean, sd = driver.sigma, driver.jump_mean, driver.jump_sd
    for k in range(4):
        for i in range(LANES):
            u = second.day[k, i]
            jumps = (1.0 if u >= one else 0.0) + (1.0 if u >= two else 0.0) + (1.0 if u >= three else 0.0)
            first.day[k, i] = sigma * first.day[k, i] + (jumps * mean + np.sqrt(jumps) * sd * third.day[k, i])


# Days -------------------------------------------------------------------------------------------------------------
# What runs every day is put into its caller: called as a function, a copy from the cache was 11% slower. And it takes
# records: `terms`, four arrays, would cost eight atomic counts of references at every call, a tenth of the kernel's time.


@jitted
def start(terms: PriceTerms, state: Any, drawn: Any, address: Address, start_usd_per_g: float) -> None:
    """Day 0: the start price and the volatility of day 1."""
    driver = terms.driver[0]
    if driver.kind == GIVEN:
        take_given(terms, drawn, address, 0)
        return
    for i in range(LANES):
        state.growth[i] = 0.0
        state.state[i] = 0
        state.variance[i] = driver.next_variance
    if driver.kind == REGIME:
        (low, high), replicate, first_path = address
        below_0, below_1 = driver.below[3, 0], driver.below[3, 1]
        for i in range(LANES):
            path = np.uint64(first_path) + np.uint64(i)
            word, _, _, _ = philox4x32(path, np.uint64(0), np.uint64(_STATE), np.uint64(replicate), low, high)
            u = uniform_of(word)
            j = (1 if u >= below_0 else 0) + (1 if u >= below_1 else 0)
            state.state[i] = j
            state.variance[i] = driver.variance_of[j]
    for i in range(LANES):
        drawn.sigma[i] = np.sqrt(state.variance[i])
        drawn.price_usd_per_g[i] = start_usd_per_g


@jitted
def draw(driver: Any, state: Any, address: Address, t: int) -> None:
    """The draws of day t, where the day before has not made them."""
    if t & 3 == 0 or t == 1:
        draw_four_days(driver, state, address, t >> 2)


@inlined
def has_table(driver: Any) -> bool:
    """Whether days look something up in an array."""
    return (driver.kind == GIVEN) | (driver.kind == FHS) | (driver.kind == BOOTSTRAP)


@jitted
def look_up(terms: PriceTerms, state: Any, drawn: Any, address: Address, t: int) -> None:
    """What day t takes from an array: a given price, an entry of the bootstrap's table, four days' quantiles."""
    driver = terms.driver[0]
    kind, k = driver.kind, t & 3
    if kind == GIVEN:
        take_given(terms, drawn, address, t)
    elif kind == BOOTSTRAP:
        move_rows(state, terms.table, driver, k, t)
    elif kind == FHS and (k == 0 or t == 1):
        to_quantiles(state.first, state.second, terms.table, driver)


@jitted
def advance(driver: Any, state: Any, drawn: Any, start_usd_per_g: float, t: int) -> None:
    """Price of day t, and the volatility after it; given ones stand already."""
    kind, k = driver.kind, t & 3
    if kind == REGIME:
        move_states(state, driver, k)
        advance_regime(state, drawn, driver, start_usd_per_g, k)
    elif kind != GIVEN:
        advance_recursion(state, drawn, driver, start_usd_per_g, k, 1.0 if kind in (GJR_GARCH_T, FHS) else 0.0)


@jitted
def take_given(terms: PriceTerms, drawn: Any, address: Address, t: int) -> None:
    """Price and volatility of day t as given."""
    _, _, first_path = address
    last = len(terms.prices_usd_per_g) - 1
    known = terms.given_sigma.size > 0
    for i in range(LANES):
        row = min(first_path + i, last)
        drawn.price_usd_per_g[i] = terms.prices_usd_per_g[row, t]
        drawn.sigma[i] = terms.given_sigma[row, t] if known else 0.0


@inlined
def held_move(shock: float) -> float:
    """`shock`, within the largest daily move."""
    shock = LARGEST_DAILY_MOVE if shock > LARGEST_DAILY_MOVE else shock
    return -LARGEST_DAILY_MOVE if shock < -LARGEST_DAILY_MOVE else shock


@inlined
def advance_recursion(state: Any, drawn: Any, driver: Any, start_usd_per_g: float, k: int, scaled: float) -> None:
    """Price and variance from the day's shock, which is in units of yesterday's volatility where `scaled` is 1, not 0."""
    mean, omega, alpha, beta = driver.mean, driver.omega, driver.alpha, driver.beta
    alpha_of_falls = driver.alpha + driver.gamma
    # As a product, since a branch would keep the loop from becoming vector code.
    unscaled = 1.0 - scaled
    for i in range(LANES):
        shock = held_move((unscaled + scaled * drawn.sigma[i]) * state.first.day[k, i])
        growth = state.growth[i] + (mean + shock)
        variance = omega + (alpha_of_falls if shock < 0.0 else alpha) * shock * shock + beta * state.variance[i]
        sigma = np.sqrt(variance)
        state.growth[i] = growth
        state.variance[i] = variance
        drawn.sigma[i] = sigma
        drawn.price_usd_per_g[i] = start_usd_per_g * exp(growth)


@inlined
def move_rows(state: Any, table: Any, driver: Any, k: int, t: int) -> None:
    """Today's row of the bootstrap's table, and its entry as the shock."""
    n = len(table)
    restart = 2.0 if t == 1 else driver.restart
    for i in range(LANES):
        row = state.state[i] + 1
        row = 0 if row == n else row
        row = np.int64(state.first.day[k, i] * n) if state.second.day[k, i] < restart else row
        state.state[i] = row
        state.first.day[k, i] = table[row]


@inlined
def move_states(state: Any, driver: Any, k: int) -> None:
    """Today's state of the Markov chain."""
    a0, b0, c0 = driver.below[0, 0], driver.below[1, 0], driver.below[2, 0]
    a1, b1, c1 = driver.below[0, 1], driver.below[1, 1], driver.below[2, 1]
    for i in range(LANES):
        j, u = state.state[i], state.second.day[k, i]
        below_0 = a0 if j == 0 else (b0 if j == 1 else c0)
        below_1 = a1 if j == 0 else (b1 if j == 1 else c1)
        state.state[i] = (1 if u >= below_0 else 0) + (1 if u >= below_1 else 0)


@inlined
def advance_regime(state: Any, drawn: Any, driver: Any, start_usd_per_g: float, k: int) -> None:
    """Price and volatility in today's state."""
    mean = driver.mean
    a, b, c = driver.shift[0], driver.shift[1], driver.shift[2]
    sd_a, sd_b, sd_c = driver.sigma_of[0], driver.sigma_of[1], driver.sigma_of[2]
    next_a, next_b, next_c = (
        np.sqrt(driver.variance_of[0]),
        np.sqrt(driver.variance_of[1]),
        np.sqrt(driver.variance_of[2]),
    )
    for i in range(LANES):
        j = state.state[i]
        shift = a if j == 0 else (b if j == 1 else c)
        sd = sd_a if j == 0 else (sd_b if j == 1 else sd_c)
        growth = state.growth[i] + (mean + held_move(shift + sd * state.first.day[k, i]))
        state.growth[i] = growth
        drawn.sigma[i] = next_a if j == 0 else (next_b if j == 1 else next_c)
        drawn.price_usd_per_g[i] = start_usd_per_g * exp(growth)


# Prices alone ------------------------------------------------------------------------------------------------------

PRICES = np.dtype(columns("price_usd_per_g", "sigma"))
"""The columns of `drawn` that prices are written to."""


@entry
def prices_only(
    terms: PriceTerms, state: Any, drawn: Any, address: Address, start_usd_per_g: float, n_paths: int, n_days: int,
    prices_usd_per_g: Any, sigma: Any,
) -> float:  # fmt: skip
    """Walk `n_paths` paths of prices from the address on, in whole blocks; returns the sum of the blocks' last prices.

    `state` and `drawn` are arrays of one record (`PRICE_STATE`, and `PRICES` or `lanes.DRAWN`). Prices and volatilities are
    kept in `prices_usd_per_g` and `sigma`, (n_paths, n_days + 1) each, or nowhere where these are empty.
    """
    key, replicate, first_path = address
    driver = terms.driver[0]
    total = 0.0
    for block in range(0, n_paths, LANES):
        here = (key, replicate, first_path + block)
        for t in range(n_days + 1):
            if t == 0:
                start(terms, state[0], drawn[0], here, start_usd_per_g)
            else:
                draw(driver, state[0], here, t)
                if has_table(driver):
                    look_up(terms, state[0], drawn[0], here, t)
                advance(driver, state[0], drawn[0], start_usd_per_g, t)
            if prices_usd_per_g.size:
                for i in range(min(LANES, n_paths - block)):
                    prices_usd_per_g[block + i, t] = drawn[0].price_usd_per_g[i]
                    sigma[block + i, t] = drawn[0].sigma[i]
        total += drawn[0].price_usd_per_g[:LANES].sum()
    return total


@entry
def draw_only(terms: PriceTerms, state: Any, address: Address, n_paths: int, n_days: int) -> float:
    """Make the draws of `prices_only`, and nothing of them; returns a sum of some."""
    key, replicate, first_path = address
    driver = terms.driver[0]
    total = 0.0
    for block in range(0, n_paths, LANES):
        for four in range(n_days // 4 + 1):
            draw_four_days(driver, state[0], (key, replicate, first_path + block), four)
            if driver.kind == FHS:
                to_quantiles(state[0].first, state[0].second, terms.table, driver)
            total += state[0].first.day[3, 0]
    return total
