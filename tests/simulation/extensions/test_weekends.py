"""Weekends: half a step in which holders ask and the token trades, and nothing else happens."""

from __future__ import annotations

import math

import pytest
from by_hand import TOKENS_G, asking, flat, quiet, table

from gramlib.params.issuer import InKind, Issuer, PegModel, Redemption, Terms, Weekends
from gramlib.simulation import reference


def weekends(**changes: float) -> Weekends:
    """Weekends switched on."""
    return Weekends(on=True, **changes)


def test_mondays_come_every_fifth_day() -> None:
    for first in (1, 3, 5):
        days = table(quiet(cash_usd=1e9, redemption=asking(0.01), weekends=weekends(first_monday=first)), flat(16))
        assert days.index[days["weekend_requested_g"] > 0.0].tolist() == list(range(first, 17, 5))
        assert (days.loc[days["weekend_requested_g"] == 0.0, "weekend_discount"] == 0.0).all()


def test_two_rounds_of_requests_and_one_of_payments() -> None:
    """A weekend's 1% of a million grams, then Monday's 1% of what is free; both are paid on Monday."""
    days = table(quiet(cash_usd=1e9, redemption=asking(0.01), weekends=weekends(first_monday=2)), flat(2))
    free_g = 0.99 * TOKENS_G
    assert days["weekend_requested_g"][2] == pytest.approx(0.01 * free_g, rel=1e-12)
    assert days["requested_g"][2] == pytest.approx(0.01 * 0.99 * free_g, rel=1e-12)
    assert days["paid_g"][2] == pytest.approx(0.0199 * free_g, rel=1e-12)
    assert days["oldest_request_days"].max() == 0.0


def test_the_token_market_sees_its_share_of_the_gap() -> None:
    """Friday 100, Monday 81, half of the log move seen: P_w = 90; x = a0 + a1 x 10%, and the discount is not capped."""
    holders = Redemption(base_rate=0.0, max_rate=0.5, a0=-3.0, a_return=20.0)
    peg = PegModel(depth_usd=1e5, secondary_share=0.5, persistence=0.5)
    issuer = quiet(cash_usd=1e9, redemption=holders, peg_model=peg, weekends=weekends(first_monday=2, price_share=0.5))
    days = table(issuer, [100.0, 100.0, 81.0])

    def lam(z: float) -> float:
        return 1.0 / (1.0 + math.exp(-z))

    rate = 0.5 * (lam(-3.0 + 20.0 * 0.1) - lam(-3.0)) / (1.0 - lam(-3.0))
    assert days["weekend_requested_g"][2] == pytest.approx(rate * TOKENS_G, rel=1e-12)
    discount = 0.01 * 0.5 * rate * TOKENS_G * 90.0 / 1e5
    assert days["weekend_discount"][2] == pytest.approx(discount, rel=1e-12)
    assert discount > days["band"][2] >= days["discount"][2]
    # On Monday holders see the weekend's discount and queue, and all of the fall.
    assert days["intensity"][2] == pytest.approx(-3.0 + 20.0 * 0.19 + 30.0 * discount + 8.0 * rate, rel=1e-12)


def test_a_weekend_neither_pays_nor_settles_nor_moves_own_funds() -> None:
    """The weekend's half-step alone, on a book taken apart before Monday's E1."""
    issuer = quiet(cash_usd=1e6, redemption=asking(0.01), weekends=weekends())
    book, _ = reference.open_books(issuer, 100.0, reference.OwnFundsRule())
    before = (book.tokens_g, book.gold_g, book.cash_usd, book.assets_usd(), book.liabilities_usd(issuer))
    monday = reference.Day(1, 50.0, 0.0, 1.0, book.tokens_g)
    reference.weekend(monday, book, issuer, [100.0, 50.0])
    assert before == (book.tokens_g, book.gold_g, book.cash_usd, book.assets_usd(), book.liabilities_usd(issuer))
    assert book.queue_g == pytest.approx(10_000.0, rel=1e-12)


def test_over_a_gap_a_stale_oracle_costs_the_fall_of_what_was_asked_for() -> None:
    """1% of a million grams asked at Friday's 100, Monday 90: 100,000 USD in principal mode; in agency mode nothing."""
    for mode, loss_usd in (("principal", 100_000.0), ("agency", 0.0)):
        issuer = quiet(cash_usd=1e9, redemption=asking(0.01), terms=Terms(fee=0.0, mode=mode), weekends=weekends())
        days = table(issuer, [100.0, 90.0])
        assert days["weekend_requested_g"][1] == pytest.approx(10_000.0, rel=1e-12)
        assert days["equity_usd"][0] - days["equity_usd"][1] == pytest.approx(loss_usd, rel=1e-9, abs=1e-3), mode


def test_without_a_gap_seen_the_weekend_asks_as_friday_did() -> None:
    holders = Redemption(base_rate=0.002, max_rate=0.1, a_return=50.0)
    days = table(quiet(cash_usd=1e9, redemption=holders, weekends=weekends(first_monday=2, price_share=0.0)),
                 [100.0, 100.0, 50.0])  # fmt: skip
    assert days["weekend_requested_g"][2] == pytest.approx(0.002 * days["tokens_g"][1], rel=1e-12)


def test_requests_of_a_weekend_are_fixed_at_fridays_price() -> None:
    """The oracle stands still: 1% at 100 over the weekend, 1% of the rest at 80 on Monday."""
    issuer = quiet(terms=Terms(fee=0.0, mode="principal"), redemption=asking(0.01), weekends=weekends())
    days = table(issuer, [100.0, 80.0])
    fixed_usd = 10_000 * 100.0 + 9_900 * 80.0
    assert days["queue_fixed_usd"][1] == pytest.approx(fixed_usd, rel=1e-12)
    # Monday's gap is the issuer's: 10,000 g were promised 20 USD more than they are worth.
    assert days["equity_usd"][1] == pytest.approx(-200_000.0, rel=1e-9)


def test_a_weekend_request_counts_as_asked_on_monday() -> None:
    days = table(
        quiet(redemption=asking(0.01), weekends=weekends()), flat(4), operations_stop=dict.fromkeys((1, 2, 3, 4), 1.0)
    )
    assert days["oldest_request_days"].tolist() == [0.0, 0.0, 1.0, 2.0, 3.0]


def test_bars_are_asked_for_at_weekends_too() -> None:
    issuer = quiet(redemption=asking(0.01), in_kind=InKind(on=True, share=0.25, bars_per_day=0), weekends=weekends())
    days = table(issuer, flat(1))
    assert days["kind_queue_g"][1] == pytest.approx(0.25 * (10_000 + 9_900), rel=1e-12)
    assert days["queue_g"][1] == pytest.approx(0.75 * (10_000 + 9_900), rel=1e-12)


def test_a_run_of_weekdays_is_the_core_model() -> None:
    """Before the first Monday nothing differs, bit for bit."""
    prices = [128.0, 121.0, 110.0, 112.0]
    assert table(Issuer(weekends=weekends(first_monday=4)), prices).equals(table(Issuer(), prices))
