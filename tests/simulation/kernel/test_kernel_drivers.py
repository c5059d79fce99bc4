"""Drivers of a block of lanes against the reference: the same events on the same days at random addresses."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from gramlib.params.issuer import Issuer
from gramlib.simulation.draws import uniform
from gramlib.simulation.drivers import DRIVERS, PathDrivers
from gramlib.simulation.kernel import drivers as kernel
from gramlib.simulation.kernel.issuer_record import issuer_record
from gramlib.simulation.kernel.lanes import DRAWN, LANES, jitted
from gramlib.simulation.kernel.philox import key_words

RARE = {
    "custodians": {"on": True, "shares": [0.5, 0.3, 0.2]},
    "banks": {"on": True},
    "lease": {"on": True, "gold_g": 1e5},
    "hedge": {"on": True, "short_g": 1e5},
}
BUSY_DRIVERS = {
    "confidence": {"rate_year": 5.0}, "liquidity": {"squeeze_rate_year": 5.0, "squeeze_days": 3},
    "custody": {"rate_year": 5.0}, "custody_freeze": {"rate_year": 5.0}, "bank": {"rate_year": 5.0},
    "operations": {"rate_year": 20.0}, "cyber": {"rate_year": 5.0},
}  # fmt: skip
BUSY = {**RARE, "lease": {"on": True, "calm_rate_year": 2.0, "stressed_rate_year": 20.0}, "drivers": BUSY_DRIVERS}
EXTREME = {
    "custodians": {"on": True, "shares": [0.25] * 4},
    "banks": {"on": True, "shares": [0.25] * 4},
    "lease": {"on": True, "calm_rate_year": 250.0, "stressed_rate_year": 0.0},
    "drivers": {
        "confidence": {"rate_year": 250.0, "return_sensitivity": 1000.0, "mean_days": 1.0, "decay": 0.0, "level": 3.0},
        "liquidity": {"squeeze_rate_year": 250.0, "squeeze_days": 1, "cap": 1.0},
        "custody": {"rate_year": 250.0, "tail_xi": 0.0}, "custody_freeze": {"rate_year": 250.0},
        "bank": {"rate_year": 250.0}, "operations": {"rate_year": 250.0}, "cyber": {"rate_year": 250.0, "tail_xi": 0.99},
    },
}  # fmt: skip
NOTHING = {
    "drivers": {
        name: {"squeeze_rate_year" if name == "liquidity" else "rate_year": 0.0} for name in DRIVERS if name != "lease"
    },
    "lease": {"on": True, "calm_rate_year": 0.0, "stressed_rate_year": 0.0},
}

EXACT = ("event", "liquidity_multiplier", "lag_days", "futures_basis", "operations_stop", "lease_default",
         "freeze_days", "bank_failed")  # fmt: skip
SIZES = ("lost_share", "cyber_loss_usd")


@jitted
def clear(state: Any) -> None:
    kernel.clear_drivers(state[0])


@jitted
def drive(t: int, address: tuple, issuer: Any, terms: Any, five_day_return: Any, drawn: Any, state: Any) -> int:
    return kernel.drive(t, address, issuer[0], terms[0], five_day_return, drawn[0], state[0])


class Given:
    """What stands for the market and for given events in these tests, (n_days + 1, LANES)."""

    def __init__(self, seed: int, n_days: int, crash: float = 0.0) -> None:
        rng = np.random.default_rng(seed)
        shape = (n_days + 1, LANES)
        self.five_day_return = 0.03 * rng.standard_t(4, shape).clip(-8, 8) - crash
        self.sigma = 0.01 * np.exp(0.5 * rng.standard_normal(shape))
        self.event = np.where(rng.random(shape) < 0.1, rng.random(shape), 0.0)
        self.liquidity_multiplier = np.where(rng.random(shape) < 0.1, 1.0 + 5.0 * rng.random(shape), 1.0)


def by_kernel(issuer: Issuer, which: Sequence[str], address: tuple[int, int, int], given: Given, has_sigma: bool = True) -> tuple:  # fmt: skip
    """Records of all days (n_days + 1,) of DRAWN, and what `drive` returned; address (seed, replicate, first path)."""
    seed, replicate, first_path = address
    n_days = len(given.sigma) - 1
    days, happened = np.zeros(n_days + 1, DRAWN), np.zeros(n_days + 1, int)
    terms, record, state = kernel.driver_terms(issuer, which, has_sigma, 0.01), issuer_record(issuer), np.zeros(1, kernel.DRIVERS_STATE)  # fmt: skip
    clear(state)
    for name in ("sigma", "event", "liquidity_multiplier"):
        days[name][:, :LANES] = getattr(given, name)
    for t in range(1, n_days + 1):
        at = (key_words(seed), replicate, first_path)
        happened[t] = drive(t, at, record, terms, given.five_day_return[t], days[t : t + 1], state)
    return lanes_of(days), happened


def lanes_of(days: np.ndarray) -> dict[str, np.ndarray]:
    """Columns of records without their padding."""
    return {name: days[name][..., :LANES] for name in (*EXACT, *SIZES)}


def by_reference(issuer: Issuer, which: Sequence[str], address: tuple[int, int, int], given: Given, has_sigma: bool = True) -> dict:  # fmt: skip
    """The same records, lane by lane; a lag of 0 stands for the issuer's own, as in the kernel."""
    seed, replicate, first_path = address
    days = np.zeros(len(given.sigma), DRAWN)
    for i in range(LANES):
        sigma = given.sigma[:, i].tolist() if has_sigma else None
        path = PathDrivers(issuer, which, seed, first_path + i, replicate, sigma, 0.01)
        for t in range(1, len(days)):
            today = path.today(t, given.five_day_return[t, i], given.event[t, i], given.liquidity_multiplier[t, i])
            record = days[t]
            for name in ("event", "liquidity_multiplier", "futures_basis", "operations_stop", "cyber_loss_usd", "lease_default"):  # fmt: skip
                record[name][i] = getattr(today, name)
            record["lag_days"][i] = today.lag_days if today.lag_days > issuer.market.lag_days else 0
            record["lost_share"][: len(today.lost_share), i] = today.lost_share
            record["freeze_days"][: len(today.freeze_days), i] = today.freeze_days
            record["bank_failed"][: len(today.bank_fails), i] = today.bank_fails
    return lanes_of(days)


def assert_equal(found: dict, expected: dict, mean_loss_usd: float) -> None:
    for name in EXACT:
        assert (found[name][1:] == expected[name][1:]).all(), name
    for name, scale in zip(SIZES, (1.0, mean_loss_usd), strict=True):
        assert ((found[name] > 0) == (expected[name] > 0)).all()
        np.testing.assert_allclose(found[name], expected[name], rtol=1e-12, atol=1e-12 * scale)


@pytest.mark.parametrize(
    ("sections", "which", "n_days", "crash"),
    [
        (BUSY, DRIVERS, 40, 0.0),
        (BUSY, DRIVERS, 12, 0.3),
        (RARE, DRIVERS, 60, 0.0),
        ({}, DRIVERS, 12, 0.0),
        (EXTREME, DRIVERS, 9, 0.1),
        (NOTHING, DRIVERS, 5, 0.3),
        (BUSY, [], 5, 0.0),
        *[(BUSY, [name], 12, 0.0) for name in DRIVERS],
    ],
)
def test_the_kernel_draws_what_the_reference_draws(
    sections: dict, which: Sequence[str], n_days: int, crash: float
) -> None:
    issuer = Issuer.model_validate(sections)
    given = Given(n_days, n_days, crash)
    address = (2**40 + 77 * n_days, n_days % 3, 1_000_003 * n_days)
    found, happened = by_kernel(issuer, which, address, given)
    assert_equal(found, by_reference(issuer, which, address, given), issuer.drivers.cyber.mean_usd)
    columns = {kernel.LOST: "lost_share", kernel.FROZEN: "freeze_days", kernel.BANK_FAILED: "bank_failed",
               kernel.STOPPED: "operations_stop", kernel.ATTACKED: "cyber_loss_usd",
               kernel.LEASE_DEFAULTED: "lease_default", kernel.SQUEEZED: "lag_days"}  # fmt: skip
    for bit, name in columns.items():
        written = found[name].reshape(n_days + 1, -1).any(axis=1)
        assert (written == ((happened & bit) != 0)).all(), name
    untold = (happened & kernel.SHAKEN) == 0
    assert (found["event"][untold] == given.event[untold]).all()


def test_prices_without_a_volatility_leave_only_squeezes() -> None:
    issuer, given = Issuer.model_validate(BUSY), Given(1, 20)
    found, _ = by_kernel(issuer, ["liquidity"], (5, 0, 10), given, has_sigma=False)
    assert_equal(found, by_reference(issuer, ["liquidity"], (5, 0, 10), given, has_sigma=False), 1.0)


def test_a_path_s_fate_does_not_depend_on_its_place_in_a_block() -> None:
    issuer, shift, given = Issuer.model_validate(BUSY), 37, Given(2, 30)
    found, _ = by_kernel(issuer, DRIVERS, (9, 0, 500), given)
    moved = Given(2, 30)
    for name, array in vars(moved).items():
        setattr(moved, name, np.ascontiguousarray(np.roll(array, -shift, axis=1)))
    elsewhere, _ = by_kernel(issuer, DRIVERS, (9, 0, 500 + shift), moved)
    for name in (*EXACT, *SIZES):
        assert (found[name][..., shift:] == elsewhere[name][..., :-shift]).all(), name


def test_a_state_used_before_is_as_good_as_new() -> None:
    issuer, given = Issuer.model_validate(BUSY), Given(3, 10)
    terms, record, state = kernel.driver_terms(issuer, DRIVERS, True, 0.01), issuer_record(issuer), np.zeros(1, kernel.DRIVERS_STATE)  # fmt: skip
    walks = []
    for _ in range(2):
        clear(state)
        drawn = np.zeros(11, DRAWN)
        for t in range(1, 11):
            drive(t, (key_words(4), 0, 0), record, terms, given.five_day_return[t], drawn[t : t + 1], state)
        walks.append(drawn.tobytes())
    assert walks[0] == walks[1]


def test_given_lags_bases_stops_and_losses_are_joined() -> None:
    issuer = Issuer.model_validate(EXTREME)
    terms, record, state = kernel.driver_terms(issuer, DRIVERS, True, 0.01), issuer_record(issuer), np.zeros(1, kernel.DRIVERS_STATE)  # fmt: skip
    days = []
    for given in (0.0, 30.0):
        clear(state)
        drawn = np.zeros(1, DRAWN)
        for name in ("lag_days", "freeze_days", "cyber_loss_usd"):
            drawn[name] = given
        drawn["futures_basis"] = -0.01 if given else 0.0
        drawn["operations_stop"] = 0.5 if given else 0.0
        drive(1, (key_words(4), 0, 0), record, terms, np.zeros(LANES), drawn, state)
        days.append({name: column[0] for name, column in lanes_of(drawn).items()})
    alone, joined = days
    squeezed = alone["lag_days"] > 0
    assert squeezed.any() and not squeezed.all()
    assert (joined["lag_days"] == 30).all() and (joined["freeze_days"] == 30).all()
    assert (joined["futures_basis"] == np.where(squeezed, alone["futures_basis"], -0.01)).all()
    assert (joined["operations_stop"] == np.maximum(0.5, alone["operations_stop"])).all()
    assert joined["cyber_loss_usd"] == pytest.approx(alone["cyber_loss_usd"] + 30.0)


def test_a_word_counts_exactly_where_its_uniform_lies_below_the_chance() -> None:
    rng = np.random.default_rng(6)
    for chance in (0.0, 2.0**-34, 2.0**-33, 0.75 * 2**-32, 2.0**-32, 0.5, 1.0 - 2.0**-33, 1.0, *rng.random(200) ** 4):
        below = kernel.words_below(float(chance))
        for word in (below - 2, below - 1, below, below + 1):
            if 0 <= word < 2**32:
                assert (word < below) == (Fraction(2 * word + 1, 2**33) < Fraction(float(chance)))


@jitted
def holders_of(t: int, address: tuple, n_holders: int, words: Any, out: Any) -> None:
    kernel.draw_holders(t, address, n_holders, words[0])
    for j in range(n_holders):
        for i in range(LANES):
            out[j, i] = kernel.holder_uniform(t, j, words[0], i)


def test_holders_have_the_reference_s_uniforms() -> None:
    words, out = np.zeros(1, kernel.HOLDER_WORDS), np.zeros((10, LANES))
    words["four"] = -1
    for t in (1, 2, 3, 4, 9):
        holders_of(t, (key_words(2**33 + 1), 2, 700), 10, words, out)
        for j in (0, 4, 9):
            assert (out[j] == uniform(2**33 + 1, "holders", 700 + np.arange(LANES), t, 2, j)).all()
