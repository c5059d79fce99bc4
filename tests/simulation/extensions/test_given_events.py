"""What only a scenario brings: a given run, one holder's request, a discount, a stop of minting, a bank, spread, capacity."""

from __future__ import annotations

from dataclasses import fields
from math import sqrt

import numpy as np
import pandas as pd
import pytest
from by_hand import PRICE, TOKENS_G, asking, flat, quiet, table

from gramlib.errors import DataContractError
from gramlib.params.issuer import Banks, Holders, InKind, Issuer, Market, Minting, PegModel, SwingFee, Terms, Weekends
from gramlib.simulation import Events, Outcomes, failures, ledger, simulate
from gramlib.simulation.drivers import PathDrivers
from gramlib.units import GRAMS_PER_TROY_OUNCE

RUN = (0.054, 0.04, 0.03, 0.02, 0.01)
"""USDC in March 2023."""


def calm(n_days: int, **columns: dict[int, float]) -> Events:
    """Events of `n_days` days, calm but for {day: value}."""
    arrays = {}
    for name, by_day in columns.items():
        arrays[name] = np.zeros(n_days + 1)
        for day, value in by_day.items():
            arrays[name][day] = value
    return Events(np.zeros(n_days + 1), np.ones(n_days + 1), np.zeros(n_days + 1), **arrays)


# A given run --------------------------------------------------------------------------------------------------


def test_a_given_run_takes_its_shares_of_the_free_tokens() -> None:
    """N after five days is N0 x 0.946 x 0.96 x 0.97 x 0.98 x 0.99, all paid from cash."""
    days = table(quiet(cash_usd=1e9), flat(5), redeem_share=dict(enumerate(RUN, 1)))
    left = np.cumprod([1.0 - share for share in RUN])
    assert days["tokens_g"][1:].tolist() == pytest.approx((TOKENS_G * left).tolist(), rel=1e-12)
    assert days["run_requested_g"][1:].tolist() == days["requested_g"][1:].tolist()


def test_a_given_run_is_the_least_that_is_asked_for() -> None:
    """Where holders ask for 2% of themselves, a given 1% adds nothing and a given 3% one per cent; rho stays theirs."""
    days = table(quiet(cash_usd=1e9, redemption=asking(0.02)), flat(2), redeem_share={1: 0.01, 2: 0.03})
    assert days["requested_g"][1] == pytest.approx(20_000.0, rel=1e-12) and days["run_requested_g"][1] == 0.0
    assert days["requested_g"][2] == pytest.approx(0.03 * 980_000.0, rel=1e-12)
    assert days["run_requested_g"][2] == pytest.approx(0.01 * 980_000.0, rel=1e-12)
    assert days["redemption_rate"].tolist()[1:] == [0.02, 0.02]


def test_a_given_run_is_of_free_tokens_and_may_pass_the_largest_rate() -> None:
    """Nobody is paid: half of what is not queued yet asks again, though holders of themselves never ask for above 1%."""
    issuer = quiet(redemption=asking(0.01), market=Market(lag_days=30))
    days = table(issuer, flat(2), redeem_share={1: 0.5, 2: 0.5})
    assert days["queue_g"].tolist() == pytest.approx([0.0, 0.5 * TOKENS_G, 0.75 * TOKENS_G], rel=1e-12)


def test_large_holders_run_with_the_others_and_together_they_ask_for_the_given_share() -> None:
    """Without draws to the gram; a large holder that is readier of itself than the given run asks for what it would."""
    issuer = quiet(cash_usd=1e9, redemption=asking(0.01), holders=Holders(on=True, top_share=0.4, load=1.0))
    days = table(issuer, flat(1), redeem_share={1: 0.05})
    assert days["requested_g"][1] == pytest.approx(0.05 * TOKENS_G, rel=1e-12)
    assert days["block_requested_g"][1] == pytest.approx(0.05 * 0.4 * TOKENS_G, rel=1e-12)
    assert days["run_requested_g"][1] == pytest.approx(0.04 * 0.6 * TOKENS_G, rel=1e-12)
    readier = table(issuer, flat(1), redeem_share={1: 0.015})
    assert readier["block_requested_g"][1] == pytest.approx(0.02 * 0.4 * TOKENS_G, rel=1e-12)
    assert readier["requested_g"][1] == pytest.approx((0.015 * 0.6 + 0.02 * 0.4) * TOKENS_G, rel=1e-12)


def test_drawn_large_holders_leave_with_the_chance_of_the_given_run() -> None:
    """400 holders at 30%: 120 expected, standard deviation 9."""
    issuer = quiet(cash_usd=1e9, holders=Holders(on=True, top_share=0.4, count=10, pareto_alpha=5.0))
    gone_g = 0.0
    for path in range(40):
        drawn = PathDrivers(issuer, (), seed=5, path=path)
        gone_g += table(issuer, flat(1), drawn, redeem_share={1: 0.3})["block_requested_g"][1]
    assert gone_g / (0.04 * TOKENS_G) == pytest.approx(120.0, abs=40.0)
    everybody = table(issuer, flat(1), PathDrivers(issuer, (), seed=5, path=0), redeem_share={1: 1.0})
    assert everybody["requested_g"][1] == pytest.approx(TOKENS_G, rel=1e-12)


def test_the_share_in_kind_of_a_given_run_wants_bars() -> None:
    days = table(quiet(cash_usd=1e9, in_kind=InKind(on=True, share=0.25)), flat(1), redeem_share={1: 0.04})
    assert days["kind_requested_g"][1] == pytest.approx(10_000.0, rel=1e-12)
    assert days["requested_g"][1] == pytest.approx(30_000.0, rel=1e-12)


def test_an_orderly_wind_down_takes_equal_grams_a_day_and_leaves_nothing() -> None:
    """Shares of 1/10, 1/9, ... 1/1 are a tenth of the opening tokens on each of ten days."""
    shares = {day: 1.0 / (11 - day) for day in range(1, 11)}
    issuer = quiet(cash_usd=1e9, minting=Minting(on=True, base_rate=0.01))
    days = table(issuer, flat(11), redeem_share=shares, mint_stop=dict.fromkeys(range(1, 12), 1.0))
    assert days["paid_g"][1:11].tolist() == pytest.approx([TOKENS_G / 10] * 10, rel=1e-9)
    assert days["tokens_g"][11] == pytest.approx(0.0, abs=1e-6) and not days["books_open"][11]
    for engine in ("reference", "kernel"):
        events = calm(11, redeem_share=shares, mint_stop=dict.fromkeys(range(1, 12), 1.0))
        assert simulate(issuer, np.array(flat(11)), events, engine=engine).status[0] == "wound_down"


# One holder ---------------------------------------------------------------------------------------------------


def test_one_holder_takes_its_share_of_all_tokens_and_the_others_ask_for_theirs_of_the_rest() -> None:
    days = table(quiet(cash_usd=1e9, redemption=asking(0.01)), flat(1), block_share={1: 0.25})
    assert days["block_requested_g"][1] == 0.25 * TOKENS_G
    assert days["requested_g"][1] == pytest.approx((0.25 + 0.01 * 0.75) * TOKENS_G, rel=1e-12)
    both = table(quiet(cash_usd=1e9), flat(1), block_share={1: 0.25}, redeem_share={1: 0.1})
    assert both["requested_g"][1] == pytest.approx((0.25 + 0.1 * 0.75) * TOKENS_G, rel=1e-12)
    assert both["run_requested_g"][1] == pytest.approx(0.1 * 0.75 * TOKENS_G, rel=1e-12)


def test_one_holder_takes_bars_where_there_are_any_and_the_fraction_waits() -> None:
    """25% of a ton is 250 kg: 20 bars of 12.345 kg a day are 246.9 kg on day 1, and the 3.1 kg left are less than a bar."""
    bar_g = 12_345.0
    issuer = quiet(
        terms=Terms(fee=0.0, minimum_oz=bar_g / GRAMS_PER_TROY_OUNCE),
        in_kind=InKind(on=True, share=0.0, bars_per_day=30, fee=0.0),
    )
    days = table(issuer, flat(8), block_share={1: 0.25})
    assert days["kind_requested_g"][1] == 250_000.0 and days["requested_g"][1] == 0.0
    assert days["delivered_g"].sum() == pytest.approx(20 * bar_g, rel=1e-12)
    assert days["kind_queue_g"][8] == pytest.approx(250_000.0 - 20 * bar_g, rel=1e-9)
    assert days["oldest_request_days"].max() == 0.0


def test_one_holder_asks_for_no_more_than_is_free() -> None:
    days = table(quiet(market=Market(lag_days=30)), flat(2), block_share={1: 0.8, 2: 0.8})
    assert days["queue_g"].tolist() == pytest.approx([0.0, 0.8 * TOKENS_G, TOKENS_G], rel=1e-12)


def test_the_holder_is_the_largest_where_large_holders_are_known() -> None:
    """Two of 300 and 150 kg; one asks for 350 kg: the first and a third of the second, who then asks for 2% of 100 kg."""
    issuer = quiet(cash_usd=1e9, redemption=asking(0.01),
                   holders=Holders(on=True, top_share=0.45, count=2, pareto_alpha=1.0, load=1.0))  # fmt: skip
    days = table(issuer, flat(1), block_share={1: 0.35})
    assert days["block_requested_g"][1] == pytest.approx(350_000.0 + 0.02 * 100_000.0, rel=1e-12)
    assert days["requested_g"][1] == pytest.approx(350_000.0 + 0.02 * 100_000.0 + 0.01 * 550_000.0, rel=1e-12)


def test_in_principal_mode_one_holder_is_owed_the_price_of_its_day() -> None:
    issuer = quiet(terms=Terms(fee=0.0, mode="principal"), market=Market(lag_days=30))
    assert table(issuer, [PRICE, 90.0, 95.0], block_share={1: 0.25})["queue_fixed_usd"][2] == pytest.approx(
        0.25 * TOKENS_G * 90.0, rel=1e-12
    )


def test_a_given_request_swings_the_fee_like_any_other() -> None:
    """Above 20% the fee is what selling costs, half of a spread of 2%."""
    swing = SwingFee(on=True, threshold=0.2, factor=1.0, max_fee=0.4)
    issuer = quiet(cash_usd=1e9, market=Market(spread=0.02, impact=0.0), swing_fee=swing)
    for share, swung in ((0.19, False), (0.21, True)):
        fee = table(issuer, flat(1), block_share={1: share})["fee"][1]
        assert fee == pytest.approx(0.01 if swung else 0.0, abs=1e-12)


# Discount -----------------------------------------------------------------------------------------------------


def test_a_discount_is_added_before_the_band_holds_it_and_uncapped_while_redemption_is_closed() -> None:
    """Chain halted on days 1 and 2, 8% on day 1: 8%, half of it on day 2, on day 3 no more than the band."""
    peg = PegModel(secondary_share=0.0, persistence=0.5)
    days = table(quiet(peg_model=peg), flat(3), operations_stop={1: 1.0, 2: 1.0}, discount_shock={1: 0.08})
    assert days["discount"].tolist()[:3] == pytest.approx([0.0, 0.08, 0.04], rel=1e-12)
    assert days["discount"][3] == min(0.02, days["band"][3])
    opened = table(quiet(peg_model=peg), flat(1), discount_shock={1: 0.08})
    assert opened["discount"][1] == opened["band"][1] < 0.08


def test_a_given_premium_is_held_by_minting() -> None:
    issuer = quiet(peg_model=PegModel(secondary_share=0.0, arbitrage_cost=0.001), minting=Minting(on=True, fee=0.004))
    assert table(issuer, flat(1), discount_shock={1: -0.03})["discount"][1] == -0.005
    stopped = table(issuer, flat(1), discount_shock={1: -0.03}, mint_stop={1: 1.0})
    assert stopped["discount"][1] == -0.03


# Stop of minting ----------------------------------------------------------------------------------------------


def test_no_token_is_ordered_or_issued_during_a_stop_of_minting() -> None:
    """Ordered on days 1 and 2, to be issued on 3 and 4; the stop on day 3 calls off what day 1 ordered, and day 3's orders."""
    days = table(quiet(minting=Minting(on=True, base_rate=0.01)), flat(6), mint_stop={3: 1.0})
    assert (days["ordered_g"][1:] > 0.0).tolist() == [True, True, False, True, True, True]
    assert (days["minted_g"][1:] > 0.0).tolist() == [False, False, False, True, False, True]
    assert (days["gold_g"] == days["tokens_g"]).all()
    assert days["unmet_mint_g"][3] == 0.0 and days["discount"].tolist() == [0.0] * 7


def test_a_stop_of_minting_all_along_is_an_issuer_that_does_not_mint() -> None:
    on, off = Issuer(minting=Minting(on=True)), Issuer(minting=Minting(on=False))
    prices, all_days = [128.0, 121.0, 110.0, 112.0, 110.0], dict.fromkeys(range(1, 5), 1.0)
    pd.testing.assert_frame_equal(
        table(on, prices, mint_stop=all_days).drop(columns="mint_stop"), table(off, prices).drop(columns="mint_stop")
    )


# Bank, spread, capacity ---------------------------------------------------------------------------------------


def test_a_bank_of_a_given_share_fails_whatever_banks_there_are() -> None:
    """60% of 10m, recovery 90%: 5.4m out for five days, 0.6m lost."""
    days = table(quiet(cash_usd=10e6, banks=Banks(on=True, shares=[0.5, 0.5])), flat(6), bank_share={1: 0.6})
    assert days["cash_usd"].tolist() == pytest.approx([10e6, *[4e6] * 5, 9.4e6], rel=1e-12)
    assert days["bank_loss_usd"][1] == pytest.approx(0.6e6, rel=1e-12)


def test_banks_that_fail_together_hold_no_more_than_all_the_cash() -> None:
    issuer = quiet(cash_usd=10e6, banks=Banks(on=True, shares=[0.5, 0.5], recovery=1.0))
    days = table(issuer, flat(1), bank_failed={1: 1.0}, bank_share={1: 0.6})
    assert days["cash_usd"][1] == 0.0 and days["bank_frozen_usd"][1] == pytest.approx(10e6, rel=1e-12)


@pytest.mark.parametrize("engine", ["reference", "kernel"])
def test_a_bank_of_a_given_share_needs_banks(engine: str) -> None:
    """Without the extension no bank fails, and the shock would pass for one survived."""
    with pytest.raises(DataContractError, match="bank_share on day 2"):
        simulate(Issuer(), np.full(4, 128.0), calm(3, bank_share={2: 0.6}), engine=engine)


def test_spread_and_capacity_move_apart_and_beside_the_multiplier() -> None:
    """Spread 1% ten times as wide at m = 2: half of 20% off; capacity 10% of 10m, a quarter of it over two: 125,000 USD."""
    market = Market(spread=0.01, impact=0.7, daily_vol=0.01, capacity_share=0.1, adv_usd=10e6, lag_days=2)
    issuer = quiet(redemption=asking(0.05), market=market, peg_model=PegModel(secondary_share=0.0))
    days = table(issuer, flat(1), liquidity_multiplier={1: 2.0}, spread_rise={1: 9.0}, capacity_cut={1: 0.75})
    assert days["sold_g"][1] == pytest.approx(125_000.0 / PRICE, rel=1e-12)
    # The cut is of the issuer's own access: impact is measured against the whole market's volume, as before.
    impact = 0.7 * 0.01 * sqrt(2.0) * sqrt(125_000.0 * 2.0 / 10e6)
    assert days["execution_usd_per_g"][1] == pytest.approx(PRICE * (1.0 - 0.1 - impact), rel=1e-12)
    assert days["wait_days"][1] == pytest.approx(2.0 + 5e6 / 125_000.0, rel=1e-12)
    assert days["liquid_5d_usd"][1] - days["liquid_1d_usd"][1] == pytest.approx(
        125_000.0 * (1.0 - 0.1 - impact) * (3.0 + 1.0), rel=1e-12
    )


# All of them --------------------------------------------------------------------------------------------------

EVERY = {
    "redeem_share": {2: 0.05, 3: 0.04}, "block_share": {4: 0.1}, "discount_shock": {3: 0.08}, "mint_stop": {2: 1.0, 5: 1.0},
    "bank_share": {3: 0.6}, "spread_rise": {4: 9.0, 5: 9.0}, "capacity_cut": {4: 0.75, 5: 0.75},
}  # fmt: skip


@pytest.mark.parametrize("name", EVERY)
def test_each_event_alone_moves_a_path_and_not_its_neighbours(name: str) -> None:
    """Paths are walked in blocks: an event of one must leave the others' outcomes as they were, bit for bit."""
    issuer = Issuer(cash_usd=2e6, bills_usd=0.0, market=Market(adv_usd=2e7), minting=Minting(on=True), banks=Banks(on=True),
                    holders=Holders(on=True), in_kind=InKind(on=True), weekends=Weekends(on=True))  # fmt: skip
    rng = np.random.default_rng(2)
    paths = 128.0 * np.exp(np.cumsum(np.hstack([np.zeros((5, 1)), 0.04 * rng.standard_normal((5, 9))]), axis=1))
    one = np.zeros(paths.shape)
    one[2] = getattr(calm(9, **{name: EVERY[name]}), name)
    events = Events(np.zeros(10), np.ones(10), np.zeros(10), **{name: one})
    without, given = simulate(issuer, paths), simulate(issuer, paths, events)
    others = [0, 1, 3, 4]
    for field in fields(Outcomes):
        assert (getattr(without, field.name)[others] == getattr(given, field.name)[others]).all(), field.name
    assert without.end_equity_usd[2] != given.end_equity_usd[2]


@pytest.mark.parametrize(
    ("issuer", "events", "predicate", "cause"),
    [
        (Issuer(), {"redeem_share": {1: 0.08, 2: 0.08}}, "F7", "redemptions: given run"),
        (Issuer(), {"block_share": {1: 0.25}}, "F7", "redemptions: large holders"),
        (Issuer(), {"operations_stop": {1: 1.0}, "discount_shock": {1: 0.08}}, "F4", "discount shock"),
        (
            Issuer(peg_model=PegModel(depth_usd=1e5)),
            {"operations_stop": {1: 1.0}, "redeem_share": {1: 0.08}, "discount_shock": {1: 0.01}},
            "F4",
            "secondary sales: given run",
        ),
        (
            Issuer(),
            {"operations_stop": {1: 1.0, 2: 1.0}, "discount_shock": {1: 0.045, 2: 0.03}},
            "F4",
            "discount shock",
        ),
    ],
)
@pytest.mark.parametrize("engine", ["reference", "kernel"])
def test_a_failure_is_put_down_to_what_was_given(
    issuer: Issuer, events: dict, predicate: str, cause: str, engine: str
) -> None:
    path, given = np.full(5, 128.0), calm(4, **events)
    days = ledger(issuer, path, given, engine=engine)
    found = failures(days, issuer).set_index("predicate").loc[predicate]
    outcome = simulate(issuer, path, given, engine=engine)
    assert found["cause"] == cause and outcome.cause(predicate)[0] == cause
    assert outcome.first_day(predicate)[0] == found["first_day"] > 0
