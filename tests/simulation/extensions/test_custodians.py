"""Custodians: loss, freeze, assay rejection, insurance, each at one vault or at all."""

from __future__ import annotations

import pytest
from by_hand import PRICE, TOKENS_G, asking, flat, quiet, table

from gramlib.params.issuer import Custodians, InKind, Issuer, Terms
from gramlib.units import GRAMS_PER_TROY_OUNCE


def vaults(*shares: float, **changes: float) -> Custodians:
    """Custodians switched on, 60/40 unless said."""
    return Custodians(on=True, shares=list(shares or (0.6, 0.4)), **changes)


def test_a_loss_hits_the_custodian_it_names() -> None:
    """Half of the 40% custodian is lost: 20% of the grams, 20m USD at 100."""
    days = table(quiet(custodians=vaults()), flat(2), lost_share={1: 0.5}, custodian={1: 2.0})
    assert days["lost_g"][1] == pytest.approx(0.2 * TOKENS_G, rel=1e-12)
    assert days["gold_g"][1] == pytest.approx(0.8 * TOKENS_G, rel=1e-12)
    assert days["equity_usd"][1] == pytest.approx(-20e6, rel=1e-12)


def test_a_loss_in_grams_stops_at_what_that_custodian_holds() -> None:
    days = table(quiet(custodians=vaults()), flat(2), lost_g={1: 0.9 * TOKENS_G}, custodian={1: 1.0})
    assert days["lost_g"][1] == pytest.approx(0.6 * TOKENS_G, rel=1e-12)
    assert days["gold_g"][1] == pytest.approx(0.4 * TOKENS_G, rel=1e-12)


def test_a_loss_at_all_is_pro_rata_and_may_take_everything() -> None:
    """A tenth of everything, then everything of the first, which is 60% of what is left."""
    days = table(quiet(custodians=vaults()), flat(2), lost_share={1: 0.1, 2: 1.0}, custodian={2: 1.0})
    assert days["gold_g"][2] == pytest.approx(0.9 * 0.4 * TOKENS_G, rel=1e-12)
    assert table(quiet(custodians=vaults()), flat(1), lost_share={1: 1.0})["gold_g"][1] == 0.0


def test_a_freeze_counts_its_days_and_its_haircut_follows_the_price() -> None:
    """60% frozen on days 2 to 4 at a haircut of 20%: 12% of the gold's value is out of assets meanwhile."""
    days = table(quiet(custodians=vaults()), [100.0, 100.0, 100.0, 110.0, 110.0, 110.0], frozen_days={2: 3.0},
                 custodian={2: 1.0})  # fmt: skip
    assert days["frozen_g"].tolist() == [0.0, 0.0, 6e5, 6e5, 6e5, 0.0]
    assert days["equity_usd"].tolist() == pytest.approx([0.0, 0.0, -12e6, -13.2e6, -13.2e6, 0.0], abs=1e-3)
    assert days["freeze_effect_usd"].tolist() == pytest.approx([0.0, 0.0, -12e6, -1.2e6, 0.0, 13.2e6], abs=1e-3)
    assert days["coverage"][2] == pytest.approx(0.88, rel=1e-12)
    assert (days["backing"] == 1.0).all()


def test_a_second_freeze_prolongs_the_first_and_never_shortens_it() -> None:
    days = table(quiet(custodians=vaults()), flat(8), frozen_days={1: 5.0, 2: 2.0, 4: 4.0},
                 custodian={1: 1.0, 2: 1.0, 4: 1.0})  # fmt: skip
    assert (days["frozen_g"] > 0.0).tolist() == [False, *[True] * 7, False]


def test_only_the_custodian_that_moves_is_sold_from() -> None:
    """A tenth asks; of the 5% that are not frozen no more can be sold, and then nothing."""
    issuer = quiet(custodians=vaults(0.95, 0.05), redemption=asking(0.1))
    days = table(issuer, flat(4), frozen_days={1: 4.0}, custodian={1: 1.0})
    assert days["sold_g"][1] == pytest.approx(50_000, rel=1e-12)
    assert days["sold_g"][2] == 0.0
    assert days["gold_g"][2] == pytest.approx(950_000, rel=1e-12)
    # What was sold settles and pays half of the first day's requests.
    assert days["paid_g"][3] == pytest.approx(50_000, rel=1e-12)


def test_with_the_whole_gold_frozen_nothing_is_sold_nor_delivered() -> None:
    bars = InKind(on=True, share=0.5)
    terms = Terms(fee=0.0, minimum_oz=1000 / GRAMS_PER_TROY_OUNCE)
    issuer = quiet(custodians=vaults(), redemption=asking(0.1), in_kind=bars, terms=terms)
    days = table(issuer, flat(9), frozen_days={1: 8.0})
    assert (days["frozen_g"][1:8] == TOKENS_G).all()
    assert (days[["sold_g", "delivered_g", "paid_g"]].loc[1:8] == 0.0).all(axis=None)
    assert days["oldest_request_days"][8] == 7.0
    assert days["sold_g"][9] > 0.0 and days["delivered_g"][9] == pytest.approx(20_000, rel=1e-12)
    assert days["equity_usd"][8] == pytest.approx(-0.2 * TOKENS_G * PRICE, rel=1e-9)


def test_assay_sends_grams_away_and_they_come_back_after_remelting() -> None:
    days = table(quiet(custodians=vaults(remelt_days=3)), flat(5), assay_share={1: 0.5}, custodian={1: 2.0})
    assert days["gold_g"].tolist() == pytest.approx([1e6, 8e5, 8e5, 8e5, 1e6, 1e6], rel=1e-12)
    assert days["transit_g"].tolist() == pytest.approx([0.0, 2e5, 2e5, 2e5, 0.0, 0.0], rel=1e-12)
    assert days["equity_usd"].abs().max() < 1e-6
    assert days["backing"].tolist() == pytest.approx([1.0] * 6, rel=1e-12)


@pytest.mark.parametrize(("insured", "cap_usd", "paid_usd"), [(0.5, 1e9, 5e6), (0.5, 3e6, 3e6), (0.0, 1e9, 0.0)])
def test_insurance_is_paid_after_its_lag_and_counted_not_a_day_before(
    insured: float, cap_usd: float, paid_usd: float
) -> None:
    """100,000 g are lost at 100 USD; the price on the day of the payout does not matter."""
    cover = vaults(insured_share=insured, insurance_cap_usd=cap_usd, insurance_lag_days=4)
    issuer = quiet(custodians=cover, gold_g=1.2 * TOKENS_G, tokens_g=TOKENS_G)
    prices = [100.0, 100.0, 100.0, 100.0, 100.0, 100.0, 100.0]
    days = table(issuer, prices, lost_g={2: 100_000.0})
    assert days["insurance_usd"].tolist() == [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, paid_usd]
    assert days["equity_usd"][5] == pytest.approx(days["equity_usd"][1] - 10e6, rel=1e-12)
    assert days["equity_usd"][6] == pytest.approx(days["equity_usd"][5] + paid_usd, rel=1e-12)


def test_insurance_is_measured_on_the_day_of_the_loss() -> None:
    cover = vaults(insured_share=1.0, insurance_cap_usd=1e12, insurance_lag_days=1)
    days = table(quiet(custodians=cover), [100.0, 50.0, 200.0], lost_g={1: 1000.0})
    assert days["insurance_usd"][2] == pytest.approx(1000.0 * 50.0, rel=1e-12)


def test_one_custodian_that_holds_everything_is_the_core_model() -> None:
    core, one = quiet(redemption=asking(0.05)), quiet(redemption=asking(0.05), custodians=vaults(1.0))
    given = {"lost_g": {2: 1e4}, "lost_share": {3: 0.1}}
    assert table(core, flat(5), **given).equals(table(one, flat(5), **given))


def test_what_a_custodian_loses_while_frozen_is_no_longer_haircut() -> None:
    """Frozen 60% less a fifth of value; losing them all costs the other four fifths as well."""
    days = table(quiet(custodians=vaults()), flat(3), frozen_days={1: 3.0}, custodian={1: 1.0, 2: 1.0},
                 lost_share={2: 1.0})  # fmt: skip
    assert days["equity_usd"][1] == pytest.approx(-12e6, rel=1e-12)
    assert days["equity_usd"][2] == pytest.approx(-60e6, rel=1e-12)
    assert days["freeze_effect_usd"][2] == pytest.approx(12e6, rel=1e-12)
    assert days["event_loss_usd"][2] == pytest.approx(60e6, rel=1e-12)


def test_freezes_happen_only_to_issuers_with_custodians() -> None:
    """MODEL.md, section 12; without the extension one vault holds everything and does not freeze."""
    off = Issuer(custodians=Custodians(on=False))
    assert table(off, flat(4), frozen_days={1: 3.0}).equals(table(off, flat(4)))
