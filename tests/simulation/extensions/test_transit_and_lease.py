"""Gold on its way, and gold leased out: counted, not for sale, recalled, defaulted on."""

from __future__ import annotations

import pytest
from by_hand import PRICE, TOKENS_G, asking, flat, quiet, table

from gramlib.params.issuer import Custodians, Lease, Transit


def test_gold_in_transit_counts_at_once_and_is_sold_only_when_it_is_there() -> None:
    """Everything is on its way for three days while a tenth asks each day."""
    issuer = quiet(gold_g=0.0, transit=Transit(on=True, gold_g=TOKENS_G, days=3), redemption=asking(0.1))
    days = table(issuer, flat(4))
    assert days["transit_g"].tolist() == [TOKENS_G, TOKENS_G, TOKENS_G, 0.0, 0.0]
    assert days["backing"][0] == 1.0 and days["equity_usd"][0] == 0.0
    assert days["sold_g"][1:2].tolist() == [0.0, 0.0] or (days["sold_g"].loc[1:2] == 0.0).all()
    assert days["sold_g"][3] == pytest.approx((1 - 0.9**3) * TOKENS_G, rel=1e-12)


def test_transit_takes_part_in_the_price_and_leaves_own_funds_neutral() -> None:
    issuer = quiet(gold_g=0.9 * TOKENS_G, transit=Transit(on=True, gold_g=0.1 * TOKENS_G, days=2))
    assert table(issuer, [100.0, 150.0, 70.0])["equity_usd"].abs().max() < 1e-6


def test_arriving_gold_is_spread_over_the_custodians() -> None:
    """With the 60% custodian frozen, the other 40% of what arrives can be sold."""
    vaults = Custodians(on=True, shares=[0.6, 0.4], frozen_haircut=0.0)
    issuer = quiet(gold_g=0.0, transit=Transit(on=True, gold_g=TOKENS_G, days=1), custodians=vaults,
                   redemption=asking(0.9))  # fmt: skip
    days = table(issuer, flat(1), frozen_days={1: 1.0}, custodian={1: 1.0})
    assert days["frozen_g"][1] == pytest.approx(0.6 * TOKENS_G, rel=1e-12)
    assert days["sold_g"][1] == pytest.approx(0.4 * TOKENS_G, rel=1e-12)


def leasing(share: float, **changes: float) -> dict:
    """An issuer's gold with `share` of it leased out."""
    return {"gold_g": (1.0 - share) * TOKENS_G, "lease": Lease(on=True, gold_g=share * TOKENS_G, **changes)}


def test_lease_income_is_paid_by_the_day() -> None:
    days = table(quiet(**leasing(0.2, income_year=0.0252)), flat(2))
    assert days["lease_income_usd"][1] == pytest.approx(0.0001 * 200_000 * PRICE, rel=1e-12)
    assert days["cash_usd"][2] == pytest.approx(4_000.0, rel=1e-12)
    assert days["backing"][2] == 1.0


def test_a_queue_recalls_everything_and_income_ends() -> None:
    issuer = quiet(**leasing(0.2, income_year=0.0252, recall_days=3), redemption=asking(0.01))
    days = table(issuer, flat(5))
    assert days["queue_g"][1] > 0.0
    assert days["leased_g"].tolist() == [200_000.0, 0.0, 0.0, 0.0, 0.0, 0.0]
    assert days["transit_g"].tolist() == [0.0, 200_000.0, 200_000.0, 200_000.0, 0.0, 0.0]
    assert days["lease_income_usd"][2:].sum() == 0.0
    held_g = days["gold_g"] + days["sold_g"].cumsum() + days["transit_g"] + days["leased_g"]
    assert held_g.tolist() == pytest.approx([TOKENS_G] * 6, rel=1e-12)


def test_without_a_queue_nothing_is_recalled() -> None:
    days = table(quiet(**leasing(0.2), cash_usd=50e6, redemption=asking(0.01)), flat(5))
    assert (days["queue_g"] == 0.0).all() and (days["leased_g"] == 200_000.0).all()


def test_a_default_loses_what_is_not_recovered_and_the_rest_returns() -> None:
    """200,000 g at 30% recovery: 140,000 g, 14m USD, are lost at once; 60,000 g are back after the recall time."""
    days = table(quiet(**leasing(0.2, recall_days=2)), flat(4), lease_default={1: 1.0})
    assert days["lease_loss_usd"][1] == pytest.approx(14e6, rel=1e-12)
    assert days["equity_usd"].tolist() == pytest.approx([0.0, *[-14e6] * 4], rel=1e-12, abs=1e-6)
    assert days["transit_g"].tolist() == pytest.approx([0.0, 60_000.0, 60_000.0, 0.0, 0.0], rel=1e-12)
    assert days["gold_g"][3] == pytest.approx(860_000.0, rel=1e-12)
    assert days["backing"][1] == pytest.approx(0.86, rel=1e-12)


def test_a_default_while_the_recall_is_under_way_loses_nothing() -> None:
    """Recalled gold is on its way back: it is no longer the lessee's to lose."""
    issuer = quiet(**leasing(0.2, recall_days=5), redemption=asking(0.01))
    calm, defaulted = table(issuer, flat(7)), table(issuer, flat(7), lease_default={3: 1.0})
    assert calm["leased_g"][1] == 0.0
    assert defaulted.equals(calm)


def test_a_default_on_the_day_of_the_queue_comes_before_the_recall() -> None:
    issuer = quiet(**leasing(0.2, recall_days=5), redemption=asking(0.01))
    days = table(issuer, flat(2), lease_default={1: 1.0})
    assert days["lease_loss_usd"][1] == pytest.approx(14e6, rel=1e-12)
    assert days["transit_g"][1] == pytest.approx(60_000.0, rel=1e-12)


@pytest.mark.parametrize("recovery", [0.0, 1.0])
def test_recovery_of_nothing_and_of_everything(recovery: float) -> None:
    days = table(quiet(**leasing(0.5, recovery=recovery, recall_days=1)), flat(2), lease_default={1: 1.0})
    assert days["equity_usd"][2] == pytest.approx(-(1 - recovery) * 50e6, abs=1e-3)
    assert days["gold_g"][2] == pytest.approx((0.5 + 0.5 * recovery) * TOKENS_G, rel=1e-12)
