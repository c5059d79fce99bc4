"""Minting: orders, tokens issued when their gold settles, the onboarding cap, and where a premium comes from."""

from __future__ import annotations

from math import exp

import numpy as np
import pytest
from by_hand import PRICE, TOKENS_G, asking, flat, quiet, table

from gramlib.params.issuer import Market, Minting, PegModel


def mint(**changes: float) -> Minting:
    """Minting switched on."""
    return Minting(on=True, **changes)


def test_a_calm_book_is_stationary() -> None:
    """Orders equal requests: the book loses two days' requests until the first gold settles, then nothing for a year.

    With n_t tokens before the day's payments, n_t = 0.998 n_{t-1} + 0.002 n_{t-2}: n_t + 0.002 n_{t-1} never changes
    and is the opening book, so that n settles at 1/1.002 of it, and the tokens left after payments at 0.998/1.002.
    """
    issuer = quiet(redemption=asking(0.002), cash_usd=1e9, minting=mint(base_rate=0.002))
    tokens_g = table(issuer, flat(252))["tokens_g"]
    assert tokens_g[2] == pytest.approx(TOKENS_G * 0.998**2, rel=1e-12)
    assert tokens_g[252] == pytest.approx(TOKENS_G * 0.998 / 1.002, rel=1e-12)
    run_off = table(quiet(redemption=asking(0.002), cash_usd=1e9), flat(252))["tokens_g"]
    assert run_off[252] == pytest.approx(TOKENS_G * 0.998**252, rel=1e-9)


def test_orders_grow_with_the_twenty_day_return() -> None:
    """M = mu0 N exp(b1 r20), r20 from the first day while there are fewer than twenty."""
    issuer = quiet(minting=mint(base_rate=0.001, return_sensitivity=3.0))
    prices = [*flat(5), *[110.0] * 25]
    days = table(issuer, prices)
    assert days["ordered_g"][5] == pytest.approx(0.001 * days["tokens_before_g"][5], rel=1e-12)
    for day in (6, 15, 25):
        expected_g = 0.001 * exp(3.0 * 0.1) * days["tokens_before_g"][day]
        assert days["ordered_g"][day] == pytest.approx(expected_g, rel=1e-12), day
    # On day 26 the price of twenty days ago is the new one.
    assert days["ordered_g"][26] == pytest.approx(0.001 * days["tokens_before_g"][26], rel=1e-12)


def test_tokens_are_issued_when_their_gold_settles_and_grams_stay_one_to_one() -> None:
    issuer = quiet(market=Market(lag_days=3, spread=0.0, impact=0.0), minting=mint(base_rate=0.01, fee=0.004))
    days = table(issuer, [100.0, 100.0, 100.0, 100.0, 120.0, 120.0])
    assert days["minted_g"].tolist()[:4] == [0.0, 0.0, 0.0, 0.0]
    assert days["minted_g"][4] == days["ordered_g"][1] == 0.01 * TOKENS_G
    assert (days["gold_g"] == days["tokens_g"]).all()
    assert (days["backing"] == 1.0).all()
    # The buyer pays the price of the day of issue; the fee is all that reaches own funds.
    assert days["mint_fees_usd"][4] == pytest.approx(0.004 * 10_000 * 120.0, rel=1e-12)
    assert days["equity_usd"][4] == pytest.approx(4_800.0, rel=1e-9)


def test_a_longer_lag_of_the_day_delays_what_is_ordered_that_day_alone() -> None:
    days = table(quiet(minting=mint(base_rate=0.01)), flat(8), lag_days={2: 5.0})
    minted = days["minted_g"].to_numpy()
    assert minted[3] == days["ordered_g"][1]
    assert minted[4] == 0.0
    assert minted[5] == days["ordered_g"][3]
    assert minted[7] == pytest.approx(days["ordered_g"][2] + days["ordered_g"][5], rel=1e-15)


def test_what_onboarding_turns_away_lifts_the_price_to_the_premium_side_of_the_band() -> None:
    """Orders of 30% meet a cap of 2%; 28% of a million grams at 100 USD against a depth of 50m: 0.28% of premium a day."""
    peg = PegModel(depth_usd=50e6, persistence=0.5, secondary_share=0.5, arbitrage_cost=0.001)
    hot = mint(base_rate=0.001, max_rate=0.02, return_sensitivity=100.0, premium_sensitivity=0.0, fee=0.0025)
    rise = np.log(300.0) / 100.0
    days = table(quiet(minting=hot, peg_model=peg), [PRICE, *[PRICE * (1 + rise)] * 3])
    assert days["ordered_g"][1] == 0.02 * TOKENS_G
    assert days["unmet_mint_g"][1] == pytest.approx(0.28 * TOKENS_G, rel=1e-12)
    push = 0.01 * 0.5 * 280_000 * PRICE * (1 + rise) / 50e6
    assert days["discount"][1] == pytest.approx(-push, rel=1e-12)
    # The second day would bring 0.5 x that + as much again; the band on this side is mint fee + carb = 0.35%.
    assert 1.5 * push > 0.0035
    assert days["discount"][2] == pytest.approx(-0.0035, rel=1e-12)
    assert days["discount"][3] == pytest.approx(-0.0035, rel=1e-12)


def test_a_premium_draws_orders() -> None:
    """M = mu0 N (1 + b2 max(0, -d)): after a day at a premium of 0.35% and b2 = 20, 7% more."""
    peg = PegModel(depth_usd=1e4, persistence=0.9, arbitrage_cost=0.001)
    issuer = quiet(minting=mint(base_rate=0.001, max_rate=0.0010001), peg_model=peg)
    days = table(issuer, [100.0, 110.0, 110.0])
    assert days["discount"][1] == pytest.approx(-0.0035, rel=1e-12)
    wanted_g = days["ordered_g"][2] + days["unmet_mint_g"][2]
    growth = exp(2.0 * 0.1)
    assert wanted_g == pytest.approx(0.001 * growth * (1 + 20 * 0.0035) * days["tokens_before_g"][2], rel=1e-12)


def test_while_the_desk_is_closed_nothing_is_ordered_and_the_premium_is_not_held() -> None:
    peg = PegModel(depth_usd=1e5, persistence=0.5, secondary_share=0.5, arbitrage_cost=0.001)
    issuer = quiet(minting=mint(base_rate=0.002), peg_model=peg)
    days = table(issuer, flat(4), operations_stop={2: 1.0})
    assert days["ordered_g"][1] > 0.0 and days["ordered_g"][2] == 0.0 and days["ordered_g"][3] > 0.0
    assert days["unmet_mint_g"][2] == pytest.approx(0.002 * TOKENS_G, rel=1e-12)
    # 0.01 x 0.5 x 2,000 g x 100 USD / 0.1m = 1%, beyond the band of 0.35%; next day it is held again.
    assert days["discount"][2] == pytest.approx(-0.01, rel=1e-12)
    assert days["discount"][3] == pytest.approx(-0.0035, rel=1e-12)


def test_without_minting_there_is_never_a_premium() -> None:
    days = table(quiet(peg_model=PegModel()), [100.0, 300.0, 300.0], operations_stop={2: 1.0})
    assert (days["discount"] == 0.0).all()
    assert (days[["ordered_g", "unmet_mint_g", "minted_g"]] == 0.0).all(axis=None)


def test_a_long_stop_after_a_wild_rise_keeps_every_figure_finite() -> None:
    """Turned-away buyers bid the price up, and a premium draws more of them: they cannot buy more tokens than there are."""
    issuer = quiet(minting=mint(return_sensitivity=1000.0), peg_model=PegModel())
    days = table(issuer, [100.0, *[150.0] * 60], operations_stop={day: 1.0 for day in range(1, 60)})
    assert np.isfinite(days.drop(columns="books_open").to_numpy(dtype=float)).all()
