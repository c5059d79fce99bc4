"""Cash flows and pushes of one path, from its ledger, against the engine that wrote it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from gramlib.metrics import cash_flows, run_anatomy
from gramlib.metrics.cash_flows import EITHER, INFLOWS, OUTFLOWS
from gramlib.metrics.run_anatomy import DRIVERS, saturating_intensity
from gramlib.params.issuer import Issuer
from gramlib.params.issuer_file import load_issuer
from gramlib.simulation import Events, ledger
from gramlib.simulation.reference import redemption_rate

ROOT = Path(__file__).resolve().parents[2]
N_DAYS = 40
PRICES = 130.0 * np.cumprod(
    np.r_[
        1.0,
        1 + np.random.default_rng(5).normal(-0.002, 0.012, 8),
        0.9,
        1 + np.random.default_rng(6).normal(0, 0.015, 31),
    ]
)


def events() -> Events:
    """A confidence event, gold lost, a bank failure, an attack and a thin market."""
    calm = Events.calm(N_DAYS)

    def on(day: int, value: float) -> np.ndarray:
        column = np.zeros(N_DAYS + 1)
        column[day] = value
        return column

    return replace(
        calm, event=on(9, 1.0) + on(10, 0.5), lost_share=on(12, 0.01), bank_share=on(7, 0.3), cyber_loss_usd=on(20, 4e5),
        liquidity_multiplier=np.where(np.arange(N_DAYS + 1) < 15, 1.0, 2.5),
    )  # fmt: skip


def changed(**sections: dict) -> Issuer:
    """The realistic issuer with other values."""
    issuer = load_issuer("gram", ROOT)
    return issuer.model_copy(
        update={name: getattr(issuer, name).model_copy(update=values) for name, values in sections.items()}
    )


ISSUERS = {
    "realistic": changed(),
    "weekends": changed(weekends={"on": True}),
    "bars, fees, credit": changed(
        in_kind={"on": True}, holding_fee={"on": True}, treasury={"credit_line_usd": 20e6, "cash_floor_usd": 1e6}
    ),
    "plain": Issuer(),
}


@pytest.fixture(scope="module", params=ISSUERS)
def told(request):
    issuer = ISSUERS[request.param]
    given = events()
    if not issuer.banks.on:
        given = replace(given, bank_share=np.zeros(N_DAYS + 1))
    return issuer, ledger(issuer, PRICES, given, engine="reference")


def test_what_is_paid_to_holders_is_grams_times_price(told):
    issuer, days = told
    flows = cash_flows(days, issuer)
    paid = -(days["paid_g"] * days["token_value_usd"]).to_numpy()
    assert flows["redemptions"].to_numpy() == pytest.approx(paid, abs=0.05)
    assert days["queue_g"].max() > 0.0 and paid.min() < -1e6


def test_opening_and_flows_make_closing_and_the_next_opening(told):
    issuer, days = told
    flows = cash_flows(days, issuer)
    moved = flows[[*INFLOWS, *EITHER, *OUTFLOWS]].sum(axis=1)
    assert (flows["opening_usd"] + moved).to_numpy() == pytest.approx(flows["closing_usd"].to_numpy(), abs=0.05)
    assert flows["opening_usd"].iloc[0] == issuer.cash_usd
    assert (
        flows["opening_usd"].iloc[1:].tolist()
        == flows["closing_usd"].iloc[:-1].tolist()
        == days["cash_usd"].iloc[:-1].tolist()
    )
    assert flows["queue_usd"].to_numpy() == pytest.approx((days["queue_g"] * days["token_value_usd"]).to_numpy())


def test_in_principal_mode_holders_are_paid_what_they_were_promised():
    issuer = Issuer().model_copy(update={"terms": Issuer().terms.model_copy(update={"mode": "principal"})})
    days = ledger(issuer, PRICES, replace(events(), bank_share=np.zeros(N_DAYS + 1)), engine="reference")
    flows = cash_flows(days, issuer)
    assert flows["redemptions"].to_numpy() == pytest.approx(
        -(days["fees_usd"] / issuer.terms.fee).to_numpy(), rel=1e-6, abs=0.05
    )
    assert flows["queue_usd"].max() == pytest.approx(days["queue_fixed_usd"].max())


def test_terms_are_those_of_the_model_page(told):
    issuer, days = told
    found = run_anatomy(days, issuer)
    holders = issuer.redemption
    assert (holders.a0 + found[list(DRIVERS)].sum(axis=1)).to_numpy() == pytest.approx(days["intensity"].to_numpy())
    back = np.array([PRICES[max(0, t - 5)] for t in range(1, N_DAYS + 1)])
    fall = holders.a_return * np.maximum(0.0, 1.0 - PRICES[1:] / back)
    assert found["fall_of_gold"].to_numpy() == pytest.approx(fall, abs=1e-9)
    assert {name for name in DRIVERS if found[name].max() > 0.0} >= {"fall_of_gold", "discount", "queue", "event"}
    assert found["event"].loc[[9, 10, 11]].tolist() == [holders.a_event, 0.5 * holders.a_event, 0.0]


def test_holders_ask_as_fast_as_the_intensity_says():
    issuer = Issuer()
    x = saturating_intensity(issuer, 0.95)
    holders = issuer.redemption
    assert redemption_rate(x, issuer) == pytest.approx(
        holders.base_rate + 0.95 * (holders.max_rate - holders.base_rate)
    )


def test_days_after_the_books_closed_are_left_out():
    issuer = Issuer()
    gone = replace(Events.calm(N_DAYS), redeem_share=np.r_[0.0, 1.0, np.zeros(N_DAYS - 1)])
    rich = issuer.model_copy(update={"cash_usd": 2e9})
    days = ledger(rich, PRICES, gone, engine="reference")
    found = run_anatomy(days, rich)
    assert found.index.tolist() == [1] and found["requested_g"].iloc[0] == pytest.approx(issuer.tokens_g)
