"""Random drivers of one path against their laws: frequencies, lengths, sizes; and independence of one another."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pytest
from scipy import stats

from gramlib.errors import ParameterError
from gramlib.params.issuer import Issuer
from gramlib.simulation.drivers import (
    DRIVERS,
    MAX_HAZARD_PER_DAY,
    Drawn,
    PathDrivers,
    arrival_chance,
    confidence_chance,
    event_days,
    largest_exponent,
    pareto_size,
)

FAR = 4.5
"""Standard errors allowed: a correct driver fails one test in 150,000."""

EVERYTHING_ON = {
    "custodians": {"on": True, "shares": [0.5, 0.3, 0.2]},
    "banks": {"on": True},
    "lease": {"on": True, "gold_g": 1e5},
    "hedge": {"on": True, "short_g": 1e5},
}
OFTEN = 12.6
"""Events a year, 5% of days."""


def issuer_with(extensions: dict | None = None, **drivers: dict) -> Issuer:
    """The issuer with its extensions on, and some drivers' parameters replaced."""
    sections = EVERYTHING_ON if extensions is None else extensions
    return Issuer.model_validate({**sections, "drivers": drivers})


def days(
    which: Sequence[str],
    issuer: Issuer | None = None,
    n_days: int = 252,
    path: int = 0,
    returns: Sequence[float] | None = None,
    sigma: Sequence[float] | None = None,
) -> list[Drawn]:
    """Days 1 to n of one path; calm unless said."""
    drivers = PathDrivers(issuer or issuer_with(), which, seed=11, path=path, sigma=sigma, sigma_sample=0.01)
    return [drivers.today(t, returns[t] if returns else 0.0) for t in range(1, n_days + 1)]


def happened(today: Drawn) -> dict[str, bool]:
    """Whether each driver did something today."""
    return {
        "confidence": today.event > 0.0, "liquidity": today.liquidity_multiplier > 1.0,
        "custody": any(today.lost_share), "custody_freeze": any(today.freeze_days), "bank": any(today.bank_fails),
        "operations": today.operations_stop > 0.0, "cyber": today.cyber_loss_usd > 0.0, "lease": today.lease_default,
    }  # fmt: skip


class Scripted(PathDrivers):
    """Drivers whose uniforms are written down: (stream, day, member) -> u; nothing arrives on any other address."""

    def __init__(self, issuer: Issuer, which: Sequence[str], script: dict[tuple[str, int, int], float], **kw: object):
        super().__init__(issuer, which, seed=0, path=0, **kw)
        self.script = script

    def _uniform(self, stream: str, t: int, member: int = 0) -> float:
        return self.script.get((stream, t, member), 1.0 - 2.0**-33)


ARRIVES = 2.0**-33


# Small laws ------------------------------------------------------------------------------------------------------


def grid(n: int = 20_000) -> Iterator[float]:
    return ((i + 0.5) / n for i in range(n))


@pytest.mark.parametrize("mean_days", [1.0, 1.5, 3.0, 20.0])
def test_lengths_are_geometric_with_their_mean(mean_days: float) -> None:
    lengths = np.array([event_days(u, mean_days) for u in grid()])
    assert lengths.min() == 1
    assert lengths.mean() == pytest.approx(mean_days, rel=2e-3)
    for k in (1, 2, 5):
        assert (lengths == k).mean() == pytest.approx((1 - 1 / mean_days) ** (k - 1) / mean_days, abs=2e-4)


@pytest.mark.parametrize("xi", [0.0, 0.2, 0.5])
def test_sizes_are_generalised_pareto_with_their_mean(xi: float) -> None:
    law = stats.genpareto(c=xi, scale=2e6 * (1 - xi))
    sizes = np.array([pareto_size(u, 2e6, xi) for u in grid()])
    assert sizes == pytest.approx(law.ppf(list(grid())), rel=1e-9)
    assert law.mean() == pytest.approx(2e6)


def test_the_cap_at_all_of_the_grams_lowers_the_mean_severity_a_little() -> None:
    """5% before the cap; its part beyond the whole, (1 + xi/scale)^-1 of the mean at xi 1/2, is cut off: 4.76%."""
    shares = np.array([min(1.0, pareto_size(u, 0.05, 0.5)) for u in grid()])
    assert shares.mean() == pytest.approx(0.05 * (1 - (1 + 1.0 / 0.05) ** -1.0), rel=1e-3)


def test_chances_are_those_of_a_poisson_process_and_have_a_ceiling() -> None:
    assert arrival_chance(0.0) == 0.0
    assert arrival_chance(25.2) == pytest.approx(1 - np.exp(-0.1))
    most = largest_exponent(0.035)
    calm = confidence_chance(0.035, 20.0, most, 0.0)
    assert calm == pytest.approx(1 - np.exp(-0.035 / 252))
    assert confidence_chance(0.035, 20.0, most, 0.5) == calm
    assert confidence_chance(0.035, 20.0, most, -0.1) == pytest.approx(1 - np.exp(-0.035 / 252 * np.exp(2.0)))
    assert confidence_chance(0.035, 1000.0, most, -0.99) == pytest.approx(1 - np.exp(-MAX_HAZARD_PER_DAY))
    assert confidence_chance(0.0, 1000.0, largest_exponent(0.0), -0.99) == 0.0


# Frequencies -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", DRIVERS)
def test_events_come_at_their_yearly_rate(name: str) -> None:
    """Custodians and banks each at the rate of their own."""
    section = {
        "confidence": {"rate_year": OFTEN, "mean_days": 1.0, "decay": 0.0},
        "liquidity": {"squeeze_rate_year": OFTEN, "squeeze_days": 1},
        "operations": {"rate_year": OFTEN, "max_days": 1.0},
    }.get(name, {"rate_year": OFTEN})
    if name == "lease":
        issuer = issuer_with({"lease": {"on": True, "calm_rate_year": OFTEN}})
    else:
        issuer = issuer_with(**{name: section})
    found = [today for path in range(60) for today in days([name], issuer, path=path)]
    members = {
        "custody": lambda d: [share > 0 for share in d.lost_share],
        "custody_freeze": lambda d: [n > 0 for n in d.freeze_days],
        "bank": lambda d: d.bank_fails,
    }.get(name, lambda d: [happened(d)[name]])
    chance = 1 - np.exp(-OFTEN / 252)
    expected, spread = len(found) * chance, np.sqrt(len(found) * chance * (1 - chance))
    counts = np.sum([members(today) for today in found], axis=0)
    assert (np.abs(counts - expected) < FAR * spread).all(), (counts, expected)


def test_two_drivers_and_two_members_of_one_fall_independently() -> None:
    issuer = issuer_with(
        custody={"rate_year": 50.0}, bank={"rate_year": 50.0}, operations={"rate_year": 50.0, "max_days": 1.0}
    )
    found = [today for path in range(40) for today in days(["custody", "bank", "operations"], issuer, path=path)]
    flags = [[d.lost_share[0] > 0, d.lost_share[1] > 0, d.bank_fails[0], d.operations_stop > 0] for d in found]
    columns = np.array(flags).T
    for i, a in enumerate(columns):
        for b in columns[:i]:
            table = [[np.sum((a == x) & (b == y)) for x in (False, True)] for y in (False, True)]
            assert stats.chi2_contingency(table).pvalue > 1e-5


# Days, with uniforms written down ----------------------------------------------------------------------------------


def test_an_event_lasts_its_days_at_full_level_then_fades_by_half_until_nothing_is_left() -> None:
    # Mean 3 days: u = 0.4 lies between (2/3)^3 and (2/3)^2, that is three days.
    script = {("confidence", 2, 0): ARRIVES, ("confidence_days", 2, 0): 0.4}
    drivers = Scripted(issuer_with(confidence={"level": 2.0}), ["confidence"], script)
    levels = [drivers.today(t, 0.0).event for t in range(1, 14)]
    assert levels == [0, 2, 2, 2, 1, 0.5, 0.25, 0.125, 0.0625, 0.03125, 0, 0, 0]


def test_an_event_that_arrives_during_another_prolongs_it_and_never_shortens_it() -> None:
    script = {("confidence", 1, 0): ARRIVES, ("confidence_days", 1, 0): 0.15,  # five days
              ("confidence", 2, 0): ARRIVES, ("confidence_days", 2, 0): 0.9,  # one day
              ("confidence", 5, 0): ARRIVES, ("confidence_days", 5, 0): 0.5}  # two days  # fmt: skip
    drivers = Scripted(issuer_with(), ["confidence"], script)
    assert [drivers.today(t, 0.0).event for t in range(1, 9)] == [1, 1, 1, 1, 1, 1, 0.5, 0.25]


def test_a_custody_loss_and_a_bank_failure_shake_confidence_though_its_driver_is_off() -> None:
    script = {("custody", 2, 1): ARRIVES, ("custody_size", 2, 1): 0.75, ("custody_days", 2, 1): 0.5,
              ("bank", 6, 0): ARRIVES, ("bank", 6, 1): ARRIVES, ("bank_days", 6, 1): 0.4}  # fmt: skip
    drivers = Scripted(issuer_with(), ["custody", "bank"], script)
    found = [drivers.today(t, 0.0) for t in range(1, 10)]
    # GPD of mean 5%, tail 1/2: at u = 3/4 the share is 0.05 (4^(1/2) - 1) = 5%.
    assert found[1].lost_share == pytest.approx([0.0, 0.05, 0.0])
    assert [d.bank_fails for d in found[5:7]] == [[True, True], [False, False]]
    assert [d.event for d in found] == [0, 1, 1, 0.5, 0.25, 1, 1, 1, 0.5]
    everything_lost = Scripted(
        issuer_with(), ["custody"], {("custody", 1, 0): ARRIVES, ("custody_size", 1, 0): 1 - 1e-9}
    )
    assert everything_lost.today(1, 0.0).lost_share[0] == 1.0


def test_a_squeeze_lasts_twenty_days_with_its_multiplier_lag_and_basis() -> None:
    issuer = issuer_with()
    drivers = Scripted(issuer, ["liquidity"], {("squeeze", 3, 0): ARRIVES, ("squeeze", 10, 0): ARRIVES})
    found = [drivers.today(t, 0.0) for t in range(1, 40)]
    on = [2 <= i < 29 for i in range(39)]
    assert [d.liquidity_multiplier for d in found] == [4.0 if x else 1.0 for x in on]
    assert [d.lag_days for d in found] == [20 if x else 2 for x in on]
    assert [d.futures_basis for d in found] == [0.044 if x else 0.0 for x in on]
    slow = Issuer.model_validate({"market": {"lag_days": 30}})
    assert Scripted(slow, ["liquidity"], {("squeeze", 1, 0): ARRIVES}).today(1, 0.0).lag_days == 30


def test_liquidity_follows_the_square_of_volatility_between_one_and_its_cap() -> None:
    sigma = [0.01, 0.005, 0.01, 0.02, 0.03, 0.5]
    drivers = Scripted(issuer_with(), ["liquidity"], {("squeeze", 2, 0): ARRIVES}, sigma=sigma, sigma_sample=0.01)
    assert [drivers.today(t, 0.0).liquidity_multiplier for t in range(1, 6)] == pytest.approx([1, 4, 4, 9, 10])
    no_driver = Scripted(issuer_with(), [], {}, sigma=sigma, sigma_sample=0.01)
    assert no_driver.today(5, 0.0).liquidity_multiplier == 1.0


def test_a_stop_takes_hours_to_two_days_and_overlaps_count_once() -> None:
    script = {("operations", 2, 0): ARRIVES, ("operations_days", 2, 0): 0.8,  # 1.6 days
              ("operations", 3, 0): ARRIVES, ("operations_days", 3, 0): 0.1,  # 0.2 days, within the 0.6 left
              ("operations", 5, 0): ARRIVES, ("operations_days", 5, 0): 0.3}  # fmt: skip
    drivers = Scripted(issuer_with(), ["operations"], script)
    stops = [drivers.today(t, 0.0).operations_stop for t in range(1, 8)]
    assert stops == pytest.approx([0, 1, 0.6, 0, 0.6, 0, 0])
    single = Scripted(issuer_with(operations={"max_days": 1.0}), ["operations"], script)
    assert [single.today(t, 0.0).operations_stop for t in range(1, 4)] == pytest.approx([0, 0.8, 0.1])


def test_a_freeze_is_announced_once_with_its_length() -> None:
    drivers = Scripted(issuer_with(), ["custody_freeze"], {("custody_freeze", 2, 2): ARRIVES})
    assert [drivers.today(t, 0.0).freeze_days for t in (1, 2, 3)] == [[0, 0, 0], [0, 0, 20], [0, 0, 0]]


def test_a_cyber_loss_has_its_size() -> None:
    drivers = Scripted(issuer_with(), ["cyber"], {("cyber", 1, 0): ARRIVES, ("cyber_size", 1, 0): 0.75})
    assert [drivers.today(t, 0.0).cyber_loss_usd for t in (1, 2)] == pytest.approx([2e6, 0.0])


def test_the_lessee_s_hazard_depends_on_today_s_multiplier_given_or_drawn() -> None:
    between = (0.005 + 0.10) / 2 / 252
    script = {("lease", t, 0): between for t in range(1, 6)} | {("squeeze", 4, 0): ARRIVES}
    drivers = Scripted(issuer_with(), ["lease", "liquidity"], script, sigma=[0.01] * 3 + [0.02] * 3, sigma_sample=0.01)
    given = [0, 1.0, 2.0, 1.0, 1.0, 1.0]
    assert [drivers.today(t, 0.0, 0.0, given[t]).lease_default for t in range(1, 6)] == [False, True, True, True, True]
    calm = Scripted(issuer_with(), ["lease"], script)
    assert not any(calm.today(t, 0.0, 0.0, 1.999).lease_default for t in range(1, 6))


def test_given_levels_and_multipliers_are_joined_by_the_larger() -> None:
    drivers = Scripted(
        issuer_with(), ["confidence", "liquidity"], {("confidence", 2, 0): ARRIVES, ("squeeze", 2, 0): ARRIVES}
    )
    calm, shaken = drivers.today(1, 0.0, 0.4, 3.0), drivers.today(2, 0.0, 0.4, 3.0)
    assert (calm.event, calm.liquidity_multiplier) == (0.4, 3.0)
    assert (shaken.event, shaken.liquidity_multiplier) == (1.0, 4.0)
    assert drivers.today(3, 0.0, 7.0, 30.0).event == 7.0


# Switches and addresses --------------------------------------------------------------------------------------------


def test_nothing_is_drawn_where_no_driver_is_on() -> None:
    assert not any(any(happened(today).values()) for today in days([], sigma=[0.05] * 253))


def test_what_the_issuer_does_not_have_does_nothing() -> None:
    core = issuer_with({}, custody={"rate_year": 250.0}, custody_freeze={"rate_year": 250.0}, bank={"rate_year": 250.0})
    found = days(["custody_freeze", "bank", "lease"], core)
    assert not any(any(happened(today).values()) for today in found)
    assert [len(x) for x in (found[0].lost_share, found[0].freeze_days, found[0].bank_fails)] == [1, 1, 1]
    # One vault holds everything, and is at risk as one.
    assert 0.0 < np.mean([today.lost_share[0] > 0 for today in days(["custody"], core)]) < 1.0


BUSY = {
    "confidence": {"rate_year": OFTEN}, "liquidity": {"squeeze_rate_year": OFTEN, "squeeze_days": 3},
    "custody": {"rate_year": OFTEN}, "custody_freeze": {"rate_year": OFTEN}, "bank": {"rate_year": OFTEN},
    "operations": {"rate_year": OFTEN}, "cyber": {"rate_year": OFTEN},
}  # fmt: skip


def own_columns(name: str, today: Drawn) -> object:
    """What only this driver writes, unless it shakes confidence or moves the market."""
    return {
        "confidence": None, "liquidity": (today.liquidity_multiplier, today.lag_days, today.futures_basis),
        "custody": today.lost_share, "custody_freeze": today.freeze_days, "bank": today.bank_fails,
        "operations": today.operations_stop, "cyber": today.cyber_loss_usd, "lease": today.lease_default,
    }[name]  # fmt: skip


@pytest.mark.parametrize("name", DRIVERS)
def test_switching_the_others_on_or_changing_them_leaves_a_driver_s_draws_where_they_were(name: str) -> None:
    stressed_either_way = {**EVERYTHING_ON, "lease": {"on": True, "gold_g": 1.0, "calm_rate_year": OFTEN, "stressed_rate_year": OFTEN}}  # fmt: skip
    alone = days([name], issuer_with(stressed_either_way, **BUSY))
    together = days(DRIVERS, issuer_with(stressed_either_way, **BUSY))
    others = {key: {**value, next(iter(value)): 99.0} for key, value in BUSY.items() if key != name}
    changed = days(DRIVERS, issuer_with(stressed_either_way, **{**BUSY, **others}))
    for column in (together, changed):
        assert [own_columns(name, d) for d in alone] == [own_columns(name, d) for d in column]
    if name == "confidence":
        assert all(a.event <= b.event for a, b in zip(alone, together, strict=True))


def test_paths_seeds_and_replicates_have_their_own_fates_and_one_address_has_one() -> None:
    issuer = issuer_with(**BUSY)

    def fate(seed: int, path: int, replicate: int) -> list[bool]:
        drivers = PathDrivers(issuer, ["operations"], seed, path, replicate)
        return [drivers.today(t, 0.0).operations_stop > 0 for t in range(1, 253)]

    fates = [fate(1, 5, 0), fate(1, 6, 0), fate(2, 5, 0), fate(1, 5, 1)]
    assert all(a != b for i, a in enumerate(fates) for b in fates[:i])
    assert fates[0] == fate(1, 5, 0)


def test_nothing_is_known_of_later_prices_or_volatility() -> None:
    issuer = issuer_with(**BUSY)
    calm, crash = [0.0] * 253, [0.0] * 150 + [-0.3] * 103
    low, high = [0.01] * 253, [0.01] * 150 + [0.05] * 103
    before = days(DRIVERS, issuer, returns=calm, sigma=low)
    after = days(DRIVERS, issuer, returns=crash, sigma=high)
    assert before[:149] == after[:149]
    assert before[149:] != after[149:]


def test_the_hazard_grows_with_the_fall_and_only_then() -> None:
    issuer = issuer_with(confidence={"rate_year": 2.0, "mean_days": 1.0, "decay": 0.0})
    falls = [0.0] * 100 + [-0.1] * 100
    found = [days(["confidence"], issuer, 199, path, falls) for path in range(60)]
    count = sum(today.event > 0 for path in found for today in path[99:])
    chance = 1 - np.exp(-2.0 / 252 * np.exp(2.0))
    assert abs(count - 6000 * chance) < FAR * np.sqrt(6000 * chance)
    rises = days(["confidence"], issuer, 199, 0, [0.0] * 100 + [0.4] * 100)
    assert rises == days(["confidence"], issuer, 199, 0)
    assert [d.event for d in rises[:99]] == [d.event for d in found[0][:99]]


def test_holders_redeem_with_their_chance_each_by_draws_of_its_own() -> None:
    drivers = PathDrivers(issuer_with(), [], seed=3, path=9)
    asked = np.array([[drivers.holder_redeems(j, t, 0.3) for j in range(10)] for t in range(1, 1001)])
    assert (np.abs(asked.mean(axis=0) - 0.3) < FAR * np.sqrt(0.21 / 1000)).all()
    assert len({tuple(column) for column in asked.T}) == 10
    assert not any(drivers.holder_redeems(j, t, 0.0) for j in range(10) for t in range(1, 50))
    assert all(drivers.holder_redeems(j, t, 1.0) for j in range(10) for t in range(1, 50))


def test_unknown_drivers_and_impossible_volatility_are_refused() -> None:
    with pytest.raises(ParameterError, match="did you mean 'custody'"):
        days(["custodi"])
    with pytest.raises(ParameterError, match="sample volatility"):
        PathDrivers(Issuer(), ["liquidity"], 1, 0, sigma=[0.01, 0.01], sigma_sample=0.0)
    PathDrivers(Issuer(), ["confidence"], 1, 0, sigma=[0.01, 0.01], sigma_sample=0.0)
