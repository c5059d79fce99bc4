"""Large holders: Pareto sizes, everything or nothing, once."""

from __future__ import annotations

import pytest
from by_hand import TOKENS_G, asking, flat, quiet, table

from gramlib.params.issuer import Holders, Issuer, Weekends
from gramlib.simulation.book import block_sizes_g
from gramlib.simulation.drivers import PathDrivers


def holders(**changes: float) -> Holders:
    """Large holders switched on."""
    return Holders(on=True, **changes)


def test_sizes_are_pareto_quantiles_that_add_up_to_their_share() -> None:
    """Rank r holds r^(-1/alpha): at alpha = 1 two holders of 30% have 2/3 and 1/3 of it."""
    two = quiet(holders=holders(top_share=0.3, count=2, pareto_alpha=1.0))
    assert block_sizes_g(two) == pytest.approx((200_000.0, 100_000.0), rel=1e-12)
    ten = block_sizes_g(quiet(holders=holders()))
    assert len(ten) == 10 and sum(ten) == pytest.approx(0.4 * TOKENS_G, rel=1e-12)
    assert list(ten) == sorted(ten, reverse=True)
    assert ten[0] / ten[7] == pytest.approx(8.0 ** (1 / 1.2), rel=1e-12)


def test_without_draws_they_ask_for_what_they_would_on_average() -> None:
    """rho 1%, load 0.5: 1% of the small 60% and 1.5% of the large 40%, a day."""
    issuer = quiet(cash_usd=1e9, redemption=asking(0.01), holders=holders())
    days = table(issuer, flat(2))
    assert days["block_requested_g"][1] == pytest.approx(0.015 * 400_000, rel=1e-12)
    assert days["requested_g"][1] == pytest.approx(0.01 * 600_000 + 0.015 * 400_000, rel=1e-12)
    assert days["block_requested_g"][2] == pytest.approx(0.015 * 0.985 * 400_000, rel=1e-12)


def test_drawn_they_ask_for_everything_once() -> None:
    issuer = quiet(cash_usd=1e9, redemption=asking(0.05), holders=holders(load=1.0))
    sizes = block_sizes_g(issuer)
    left = []
    for path in range(40):
        asked = table(issuer, flat(30), PathDrivers(issuer, (), seed=7, path=path))["block_requested_g"]
        gone_g = asked.sum()
        # All that was asked for is a sum of whole holders.
        sums = {0}
        for size in sizes:
            sums |= {total + round(size) for total in sums}
        assert min(abs(gone_g - total) for total in sums) < 10.0
        left.append((asked > 0.0).sum())
    assert max(left) <= 10 and min(left) >= 1


def test_frequency_is_rho_times_one_plus_load() -> None:
    """400 holders' first days at probability 0.2: 80 expected, standard deviation 8."""
    issuer = quiet(cash_usd=1e9, redemption=asking(0.1), holders=holders(load=1.0))
    sizes = block_sizes_g(issuer)
    drivers = [PathDrivers(issuer, (), seed=11, path=path) for path in range(40)]
    asked = sum(driver.holder_redeems(j, 1, 0.2) for driver in drivers for j in range(len(sizes)))
    assert 80 - 4 * 8 < asked < 80 + 4 * 8


def test_nobody_asks_for_more_than_there_is_to_ask_for() -> None:
    """All tokens with ten holders who all leave on day 1: a million grams asked, then nothing is left."""
    issuer = quiet(cash_usd=1e9, redemption=asking(0.6), holders=holders(top_share=1.0, load=1.0))
    days = table(issuer, flat(3), PathDrivers(issuer, (), seed=1, path=0))
    assert days["requested_g"][1] == pytest.approx(TOKENS_G, rel=1e-12)
    assert days["tokens_g"][1] == pytest.approx(0.0, abs=1e-6)
    assert (days[["requested_g", "paid_g", "block_requested_g"]].loc[2:] == 0.0).all(axis=None)


def test_large_holders_sleep_at_weekends() -> None:
    issuer = quiet(cash_usd=1e9, redemption=asking(0.01), holders=holders(top_share=0.5), weekends=Weekends(on=True))
    days = table(issuer, flat(1))
    assert days["weekend_requested_g"][1] == pytest.approx(0.01 * 0.5 * TOKENS_G, rel=1e-12)
    assert days["block_requested_g"][1] == pytest.approx(0.015 * 0.5 * TOKENS_G, rel=1e-12)
    small_g = 0.5 * TOKENS_G * 0.99
    assert days["requested_g"][1] == pytest.approx(0.01 * small_g + 0.015 * 0.5 * TOKENS_G, rel=1e-12)


def test_holders_of_nothing_are_the_core_model() -> None:
    prices = [128.0, 121.0, 110.0, 112.0]
    assert table(Issuer(holders=holders(top_share=0.0)), prices).equals(table(Issuer(), prices))
