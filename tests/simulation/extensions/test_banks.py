"""Banks: a failed bank's share of the cash is frozen, and comes back in part."""

from __future__ import annotations

import pytest
from by_hand import PRICE, asking, flat, quiet, table

from gramlib.params.issuer import Banks, Issuer, Treasury


def banks(*shares: float, **changes: float) -> Banks:
    """Banks switched on, half and half unless said."""
    return Banks(on=True, shares=list(shares or (0.5, 0.5)), **changes)


def test_a_failure_freezes_a_share_and_loses_what_will_not_come_back() -> None:
    """10m at 60/40, recovery 90%: the larger fails, 6m are out, 0.6m lost, 5.4m back five days later."""
    days = table(quiet(cash_usd=10e6, banks=banks(0.6, 0.4)), flat(7), bank_failed={1: 1.0})
    assert days["cash_usd"].tolist() == pytest.approx([10e6, *[4e6] * 5, 9.4e6, 9.4e6], rel=1e-12)
    assert days["bank_frozen_usd"].tolist() == pytest.approx([0.0, *[5.4e6] * 5, 0.0, 0.0], rel=1e-12)
    assert days["bank_loss_usd"].tolist() == pytest.approx([0.0, 0.6e6, *[0.0] * 6], rel=1e-12)
    assert days["equity_usd"].tolist() == pytest.approx([10e6, *[9.4e6] * 7], rel=1e-12)
    assert days["liquid_1d_usd"][1] == pytest.approx(4e6, rel=1e-12)


def test_a_bank_with_all_the_cash_stops_payment_until_it_pays_out() -> None:
    issuer = quiet(cash_usd=50e6, banks=banks(1.0, recovery=1.0, freeze_days=3), redemption=asking(0.01), gold_g=1e6)
    days = table(issuer, flat(5), bank_failed={2: 1.0})
    assert days["paid_g"][1] == pytest.approx(10_000, rel=1e-12)
    assert days["cash_usd"][2] == 0.0 and days["paid_g"][2] == 0.0
    assert days["bank_loss_usd"].sum() == 0.0
    assert days["queue_g"][5] == 0.0 and days["paid_g"][5] > 3 * 9_000


def test_another_bank_of_the_same_share_takes_its_place_and_may_fail_as_well() -> None:
    days = table(quiet(cash_usd=8e6, banks=banks(recovery=0.5)), flat(8), bank_failed={1: 1.0, 2: 1.0})
    assert days["cash_usd"][1:3].tolist() == pytest.approx([4e6, 2e6], rel=1e-12)
    assert days["bank_loss_usd"][1:3].tolist() == pytest.approx([2e6, 1e6], rel=1e-12)
    assert days["cash_usd"][6:8].tolist() == pytest.approx([4e6, 5e6], rel=1e-12)


def test_bills_are_not_at_the_bank() -> None:
    days = table(quiet(cash_usd=1e6, bills_usd=5e6, banks=banks(1.0)), flat(2), bank_failed={1: 1.0})
    assert days["bills_usd"][2] == 5e6


def test_an_overdrawn_account_has_nothing_to_freeze() -> None:
    issuer = quiet(cash_usd=0.0, banks=banks(1.0))
    days = table(issuer, flat(3), cyber_loss_usd={1: 1e5}, bank_failed={2: 1.0})
    assert days["cash_usd"].tolist() == [0.0, -1e5, -1e5, -1e5] or days["cash_usd"][1] == -1e5
    assert days["bank_loss_usd"].sum() == 0.0 and days["bank_frozen_usd"].sum() == 0.0


def test_a_bank_the_issuer_has_not_got_cannot_fail() -> None:
    issuer = quiet(cash_usd=10e6, banks=banks())
    assert table(issuer, flat(3), bank_failed={1: 4.0}).equals(table(issuer, flat(3)))


def test_banks_fail_only_where_the_extension_is_on() -> None:
    """MODEL.md, section 12: an issuer without the extension has one bank, which does not fail."""
    off = Issuer(banks=Banks(on=False))
    assert table(off, flat(4), bank_failed={1: 1.0}).equals(table(off, flat(4)))


def test_the_cash_floor_is_held_at_the_bank_too() -> None:
    """The floor keeps cash from redemptions, not from a failing bank."""
    issuer = quiet(cash_usd=10e6, banks=banks(), treasury=Treasury(cash_floor_usd=8e6), redemption=asking(0.1))
    days = table(issuer, flat(2), bank_failed={1: 1.0})
    assert days["cash_usd"][1] == pytest.approx(5e6, rel=1e-12)
    assert days["paid_g"][1] == 0.0 * PRICE
