from __future__ import annotations

import numpy as np
import pytest

from gramlib.models.actuarial.issuer_ruin import income_usd_year, own_funds_usd, ruin_table
from gramlib.params.issuer import Costs, HoldingFee, Issuer, Lease, Terms, Transit, Treasury

OUNCE = 31.1034768
PRICE = 4000 / OUNCE


def test_own_funds_are_the_built_in_check():
    """MODEL.md, section 4: at 4,000 USD/oz E0 = 39,000,000, whether or not some of the gold is leased or on its way."""
    assert own_funds_usd(Issuer(), PRICE) == pytest.approx(39e6)
    spread = Issuer(
        gold_g=9_850_000.0, lease=Lease(on=True, gold_g=100_000.0), transit=Transit(on=True, gold_g=50_000.0)
    )
    assert own_funds_usd(spread, PRICE) == pytest.approx(39e6)


def test_income_is_nought_at_the_break_even_price():
    """MODEL.md, section 9: holding fee of 0.25%, operating cost of 3m, 10 t: 3,732 USD/oz."""
    issuer = Issuer(
        bills_usd=0.0, terms=Terms(fee=0.0), treasury=Treasury(bill_yield=0.0), holding_fee=HoldingFee(on=True), costs=Costs(custody_rate_year=0.0)
    )  # fmt: skip
    assert income_usd_year(issuer, 3732 / OUNCE) == pytest.approx(0.0, abs=1e3)
    assert income_usd_year(issuer, 2 * 3732 / OUNCE) == pytest.approx(3e6, rel=1e-3)


def test_longer_is_riskier_and_the_intervals_hold():
    table = ruin_table(Issuer(holding_fee=HoldingFee(on=True)), PRICE, np.random.default_rng(2), n_paths=20_000)
    assert list(table["years"]) == [1.0, 3.0, 10.0, np.inf]
    assert table["probability"].is_monotonic_increasing
    assert ((table["lower"] <= table["probability"]) & (table["probability"] <= table["upper"])).all()
    # One vault: ruin within a year is a custody loss of more than own funds, 0.1% a year times its chance, or little else.
    beyond = (1 + 0.5 * (39e6 / (10e6 * PRICE)) / (0.05 * 0.5)) ** -2
    assert table["lower"][0] < 1.1e-3 * beyond and table["upper"][0] > 0.9e-3 * beyond


def test_an_issuer_that_burns_money_is_ruined_in_the_end():
    table = ruin_table(Issuer(), 400 / OUNCE, np.random.default_rng(2), years=(30.0,), n_paths=2_000)
    assert table["income_usd_year"][0] < 0.0
    assert table["probability"].iloc[-1] == 1.0 and "does not cover" in table["method"].iloc[-1]
    assert table["probability"][0] > 0.9
