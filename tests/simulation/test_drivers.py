"""Random drivers against their laws: frequencies, durations, severities; and independence of one another."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from scipy import stats

from gramlib.errors import ParameterError
from gramlib.params.issuer import ConfidenceDriver, CustodyDriver, Drivers, Issuer, LiquidityDriver
from gramlib.simulation import draw_events
from gramlib.simulation.draws import generator
from gramlib.simulation.drivers import MAX_HAZARD_PER_DAY, arrivals, pareto_share

N_PATHS, N_DAYS = 4000, 252
FLAT = np.full((N_PATHS, N_DAYS + 1), 128.0, order="F")
CALM_SIGMA = np.full(FLAT.shape, 0.01, order="F")
FAR = 4.5
"""Standard errors allowed: a correct driver fails one test in 150,000."""


def draw(
    which: list[str],
    issuer: Issuer | None = None,
    paths: np.ndarray = FLAT,
    sigma: np.ndarray = CALM_SIGMA,
    **address: int,
):
    """Events on flat, calm paths unless said."""
    return draw_events(paths, sigma, 0.01, issuer or Issuer(), which, seed=11, **address)


def with_drivers(**sections: object) -> Issuer:
    """The default issuer with some drivers replaced."""
    return Issuer(drivers=Drivers(**sections))


def starts(event: np.ndarray) -> np.ndarray:
    """Days on which an event level rises to full."""
    full = event >= 1.0
    return full[:, 1:] & ~full[:, :-1]


def test_nothing_is_drawn_where_no_driver_is_on() -> None:
    events = draw([])
    assert not events.event.any() and not events.lost_share.any() and (events.liquidity_multiplier == 1).all()


def test_confidence_events_come_at_their_yearly_rate_when_calm() -> None:
    """Poisson 3.5% a year: 140 starts expected on 4,000 path-years; day 0 never has one."""
    count = int(starts(draw(["confidence"]).event).sum())
    assert abs(count - 0.035 * N_PATHS) < FAR * np.sqrt(0.035 * N_PATHS)
    assert not draw(["confidence"]).event[:, 0].any()


def test_hazard_grows_with_the_five_day_fall_and_with_nothing_else() -> None:
    """A fall of 10% on day 100 stays in the five-day return for days 100 to 104: exp(20 x 0.1) = 7.4 times as many."""
    fast = with_drivers(confidence=ConfidenceDriver(rate_year=2.0, mean_days=1.0, decay=0.0))
    fallen = FLAT.copy(order="F")
    fallen[:, 100:] *= 0.9
    calm, stressed = draw(["confidence"], fast).event, draw(["confidence"], fast, paths=fallen).event
    assert (calm[:, :100] == stressed[:, :100]).all()
    window = slice(100, 105)
    expected = N_PATHS * -np.expm1(-2.0 / 252 * np.exp(2.0))
    found = stressed[:, window].sum(axis=0)
    assert (np.abs(found - expected) < FAR * np.sqrt(expected)).all(), (found, expected)
    rise = FLAT.copy(order="F")
    rise[:, 100:] *= 1.5
    assert (draw(["confidence"], fast, paths=rise).event == calm).all()


def test_durations_are_geometric_with_their_mean_and_levels_fade_by_half() -> None:
    issuer = with_drivers(confidence=ConfidenceDriver(rate_year=0.5, mean_days=3.0))
    event = draw(["confidence"], issuer).event
    path, first = np.nonzero(starts(event))
    lengths, tails = [], []
    for p, d in zip(path, first + 1, strict=True):
        later = event[p, d:]
        length = int(np.argmax(later < 1.0)) if (later < 1.0).any() else -1
        if 0 < length < len(later) - 10 and later[length : length + 10].max() < 1.0:
            lengths.append(length)
            tails.append(later[length : length + 10])
    # Full length 1, 2, 3 ... with chance (1/3)(2/3)^(k-1); overlaps of two events are rare at this rate.
    share_of_one = np.mean(np.array(lengths) == 1)
    assert np.mean(lengths) == pytest.approx(3.0, abs=FAR * np.sqrt(6 / len(lengths)) + 0.05)
    assert share_of_one == pytest.approx(1 / 3, abs=FAR * np.sqrt(2 / 9 / len(lengths)) + 0.02)
    fading = np.array([0.5, 0.25, 0.125, 0.0625, 0.03125, 0.015625, 0, 0, 0, 0])
    assert np.median(np.array(tails), axis=0) == pytest.approx(fading)


def test_hazard_has_a_ceiling_however_far_gold_falls() -> None:
    issuer = with_drivers(confidence=ConfidenceDriver(rate_year=250.0, return_sensitivity=1000.0, mean_days=1.0))
    crash = np.tile(128.0 * 0.5 ** np.arange(8), (50, 1))
    event = draw(["confidence"], issuer, paths=crash, sigma=np.full(crash.shape, 0.01)).event
    assert MAX_HAZARD_PER_DAY == 5.0
    assert event[:, 1:].mean() > 0.95


def test_liquidity_follows_the_square_of_volatility_between_one_and_its_cap() -> None:
    no_squeeze = with_drivers(liquidity=LiquidityDriver(squeeze_rate_year=0.0))
    sigma = np.tile(np.array([0.005, 0.01, 0.02, 0.03, 0.5]), (3, 1))
    m = draw(["liquidity"], no_squeeze, paths=np.full(sigma.shape, 128.0), sigma=sigma).liquidity_multiplier
    assert m[0] == pytest.approx([1.0, 1.0, 4.0, 9.0, 10.0])


def test_squeezes_come_at_their_rate_and_last_twenty_days() -> None:
    m = draw(["liquidity"]).liquidity_multiplier
    squeezed = m >= 4.0
    first = squeezed[:, 1:] & ~squeezed[:, :-1]
    count = int(first.sum())
    assert abs(count - 0.02 * N_PATHS) < FAR * np.sqrt(0.02 * N_PATHS)
    path, day = np.nonzero(first[:, : N_DAYS - 45])
    lengths = np.array([squeezed[p, d + 1 : d + 46].sum() for p, d in zip(path, day, strict=True)])
    assert np.median(lengths) == 20
    assert set(np.unique(m)) == {1.0, 4.0}


def test_custody_losses_come_at_their_rate_per_custodian_and_shake_confidence() -> None:
    issuer = with_drivers(custody=CustodyDriver(rate_year=0.05, custodians=2))
    events = draw(["custody"], issuer)
    lost = events.lost_share > 0
    expected = 0.05 * 2 * N_PATHS
    assert abs(lost.sum() - expected) < FAR * np.sqrt(expected)
    assert (events.event[lost] == 1.0).all()
    assert events.lost_share.max() <= 1.0
    assert not lost[:, 0].any()


def test_severity_is_generalised_pareto_with_its_mean() -> None:
    """Kolmogorov-Smirnov against scipy's genpareto below the cap; mean 5% before the cap, 4.76% after it."""
    share = pareto_share(generator(3, "custody").random(20_000), 0.05, 0.5)
    law = stats.genpareto(c=0.5, scale=0.025)
    below = share[share < 1.0]
    assert stats.kstest(below, lambda x: law.cdf(x) / law.cdf(1.0)).pvalue > 1e-4
    assert law.mean() == pytest.approx(0.05)
    capped_mean = 0.05 * (1 - (1 + 1.0 / 0.05) ** -1.0)
    assert capped_mean == pytest.approx(0.0476, abs=5e-5)
    assert share.mean() == pytest.approx(capped_mean, abs=FAR * share.std() / np.sqrt(len(share)))
    exponential = pareto_share(generator(3, "custody").random(20_000), 0.05, 0.0)
    assert stats.kstest(exponential, stats.expon(scale=0.05).cdf).pvalue > 1e-4


def test_switching_one_driver_off_leaves_the_others_where_they_were() -> None:
    issuer = with_drivers(custody=CustodyDriver(rate_year=0.05))
    everything = draw(["confidence", "liquidity", "custody"], issuer)
    assert (draw(["liquidity"], issuer).liquidity_multiplier == everything.liquidity_multiplier).all()
    assert (draw(["custody"], issuer).lost_share == everything.lost_share).all()
    both = np.maximum(draw(["confidence"], issuer).event, draw(["custody"], issuer).event)
    assert (both == everything.event).all()


def test_drivers_are_independent_of_one_another() -> None:
    """Paths with a confidence event and paths with a squeeze: chi-square on the two-by-two table."""
    issuer = with_drivers(confidence=ConfidenceDriver(rate_year=0.7), liquidity=LiquidityDriver(squeeze_rate_year=0.7))
    events = draw(["confidence", "liquidity"], issuer)
    confidence, squeeze = (events.event > 0).any(axis=1), (events.liquidity_multiplier > 1).any(axis=1)
    table = [[np.sum((confidence == a) & (squeeze == b)) for a in (False, True)] for b in (False, True)]
    assert stats.chi2_contingency(table).pvalue > 1e-4


def test_blocks_and_replicates_have_their_own_fates() -> None:
    one = draw(["confidence"]).event
    assert (one == draw(["confidence"]).event).all()
    assert (one != draw(["confidence"], block=1).event).any()
    assert (one != draw(["confidence"], replicate=1).event).any()


def test_a_longer_horizon_or_other_paths_do_not_move_a_path_s_events() -> None:
    short = draw(["confidence", "custody"], paths=FLAT[:, :100], sigma=CALM_SIGMA[:, :100])
    whole = draw(["confidence", "custody"])
    assert (short.event == whole.event[:, :100]).all() and (short.lost_share == whole.lost_share[:, :100]).all()


def test_events_know_nothing_of_later_prices() -> None:
    later = FLAT.copy(order="F")
    later[:, 150:] *= 0.7
    issuer = with_drivers(confidence=ConfidenceDriver(rate_year=3.0))
    assert (
        draw(["confidence"], issuer, paths=later).event[:, :150] == draw(["confidence"], issuer).event[:, :150]
    ).all()


def test_arrivals_are_those_of_a_poisson_process() -> None:
    """Counts a path: mean and variance equal to the summed hazard, also where it differs by path."""
    hazard = np.cumsum(np.vstack([np.full(101, 0.03), np.full(101, 0.01)]), axis=1)
    hazard -= hazard[:, :1]
    counts = np.zeros(10_000)
    rounds: Iterator = arrivals(np.repeat(hazard, 5000, axis=0), 10_000, generator(5, "squeeze"))
    for hit, day in rounds:
        assert (day >= 1).all() and (day <= 100).all()
        counts[hit] += 1
    for part, mean in ((counts[:5000], 3.0), (counts[5000:], 1.0)):
        assert part.mean() == pytest.approx(mean, abs=FAR * np.sqrt(mean / 5000))
        assert part.var() == pytest.approx(mean, rel=0.15)


def test_unknown_drivers_and_impossible_volatility_are_refused() -> None:
    with pytest.raises(ParameterError, match="did you mean 'custody'"):
        draw(["custodi"])
    with pytest.raises(ParameterError, match="sample volatility"):
        draw_events(FLAT, CALM_SIGMA, 0.0, Issuer(), ["liquidity"], seed=1)
