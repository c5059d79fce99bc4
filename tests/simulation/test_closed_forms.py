"""Closed forms of MODEL.md section 9; those of one extension alone stand with it in `extensions`."""

from __future__ import annotations

import math

import numpy as np
import pytest

from gramlib.params.issuer import Costs, Issuer, Market, PegModel, Redemption, SwingFee, Terms, Treasury
from gramlib.simulation import Events, ledger, simulate

FREE = {
    "costs": Costs(opex_usd_year=0.0, custody_rate_year=0.0),
    "terms": Terms(fee=0.0),
    "treasury": Treasury(bill_haircut=0.0, bill_yield=0.0),
}
PRICE = 128.0


def fixed_share_issuer(liquid_share: float, rate: float, lag_days: int, capacity_share: float = 1e-9) -> Issuer:
    """A share `rate` of free tokens asks every day; cash is `liquid_share` of liabilities; nothing costs anything."""
    return Issuer(
        cash_usd=liquid_share * 10e6 * PRICE,
        bills_usd=0.0,
        redemption=Redemption(base_rate=rate, max_rate=rate),
        market=Market(lag_days=lag_days, capacity_share=capacity_share, spread=0.0, impact=0.0),
        **FREE,
    )


@pytest.mark.parametrize(("liquid_share", "rate", "days"), [(0.03, 0.01, 3.03), (0.10, 0.05, 2.05)])
def test_fixed_share_run_without_sales_survives_as_long_as_the_formula_says(
    liquid_share: float, rate: float, days: float
) -> None:
    """T = ln(1-l)/ln(1-rho), the page's two examples: everybody is paid on the whole days before T, not on the next."""
    survival = math.log(1 - liquid_share) / math.log(1 - rate)
    assert survival == pytest.approx(days, abs=0.005)
    table = ledger(fixed_share_issuer(liquid_share, rate, lag_days=60), np.full(12, PRICE))
    first_queue = int(table["day"][np.argmax(table["queue_g"] > 0)])
    assert first_queue == math.floor(survival) + 1
    outstanding = (1 - rate) ** np.arange(1, math.floor(survival) + 1)
    np.testing.assert_allclose(table["tokens_g"][: len(outstanding)], 10e6 * outstanding, rtol=1e-12)


@pytest.mark.parametrize(("liquid_share", "rate", "lag", "capacity_usd"), [(0.03, 0.04, 2, 20e6), (0.1, 0.05, 3, 30e6)])
def test_fixed_share_run_with_sales(liquid_share: float, rate: float, lag: int, capacity_usd: float) -> None:
    """The smallest T with W(1-(1-rho)^T) > L1 + cap max(0, T-lag), while the capacity and not the gold binds."""
    liabilities_usd = 10e6 * PRICE
    assert capacity_usd < rate * (1 - rate) ** 8 * liabilities_usd
    issuer = fixed_share_issuer(liquid_share, rate, lag, capacity_share=capacity_usd / 500e6)
    days = np.arange(1, 9)
    short = liabilities_usd * (1 - (1 - rate) ** days) > liquid_share * liabilities_usd + capacity_usd * np.maximum(
        0, days - lag
    )
    table = ledger(issuer, np.full(9, PRICE))
    assert int(table["day"][np.argmax(table["queue_g"] > 0)]) == int(days[np.argmax(short)])


@pytest.mark.parametrize("engine", ["reference", "kernel"])
def test_loss_that_wipes_out_equity(engine: str) -> None:
    """grams = E/P: 303,259 g, 3.03% of N, at 4,000 USD/oz and 39m; one gram less leaves the issuer solvent."""
    price = 4000 / 31.1034768
    limit_g = 39e6 / price
    assert limit_g == pytest.approx(303_259, abs=0.5)
    still = Issuer(costs=Costs(opex_usd_year=0.0, custody_rate_year=0.0), treasury=Treasury(bill_yield=0.0),
                   redemption=Redemption(base_rate=0.0, max_rate=0.5, a_shortfall=0.0))  # fmt: skip
    path = np.full((2, 2), price)
    lost_g = np.array([[0.0, limit_g - 1.0], [0.0, limit_g + 1.0]])
    outcome = simulate(still, path, Events(np.zeros(2), np.ones(2), lost_g), engine=engine)
    assert outcome.f2_day.tolist() == [-1, 1]


def test_break_even_price_of_the_fee_business() -> None:
    """With fees on a fixed share of tokens, own funds neither grow nor fall at P = opex / (yearly fee rate N)."""
    opex_usd_year, fee, rate = 3e6, 0.0025, 0.002
    fee_rate_year = 252 * rate * fee
    price = opex_usd_year / (fee_rate_year * 10e6)
    issuer = Issuer(
        bills_usd=0.0,
        cash_usd=500e6,
        redemption=Redemption(base_rate=rate, max_rate=rate),
        terms=Terms(fee=fee),
        market=Market(spread=0.0, impact=0.0),
        costs=Costs(opex_usd_year=opex_usd_year, custody_rate_year=0.0),
    )
    first_day = ledger(issuer, np.full(2, price)).iloc[0]
    assert first_day["fees_usd"] == pytest.approx(first_day["opex_usd"], rel=1e-12)
    assert first_day["equity_usd"] == pytest.approx(500e6, rel=1e-12)


def test_full_capacity_sale_costs_spread_and_square_root_impact() -> None:
    """E9 by hand at capacity: spread m/2 + Y sig sqrt(m) sqrt(kappa), and the day's capacity is kappa ADV / m."""
    issuer = Issuer(tokens_g=1e6, gold_g=10e6)
    for m in (1.0, 4.0):
        day = ledger(issuer, np.full(2, PRICE), Events(np.zeros(2), np.full(2, m), np.zeros(2))).iloc[0]
        assert day["sold_g"] * PRICE == pytest.approx(0.1 * 500e6 / m, rel=1e-12)
        lost = 0.0005 * m / 2 + 0.7 * 0.012 * math.sqrt(m) * math.sqrt(0.1)
        assert day["execution_usd_per_g"] == pytest.approx(PRICE * (1 - lost), rel=1e-12)


def test_liquidity_measures_by_hand() -> None:
    """L1 and L5 of section 6 on a calm first day at lag 2: three days of capacity after slippage, one sale due."""
    day = ledger(Issuer(), np.full(2, PRICE)).iloc[0]
    liquid_1d_usd = day["cash_usd"] + day["bills_usd"] * 0.998
    assert day["liquid_1d_usd"] == pytest.approx(liquid_1d_usd, rel=1e-14)
    capacity_usd = 3 * 50e6 * (1 - 0.00025 - 0.7 * 0.012 * math.sqrt(0.1))
    assert day["liquid_5d_usd"] == pytest.approx(liquid_1d_usd + day["receivables_usd"] + capacity_usd, rel=1e-14)


@pytest.mark.parametrize("engine", ["reference", "kernel"])
def test_at_long_lags_l5_counts_only_what_falls_due(engine: str) -> None:
    """At lag 20 a sale of day s enters L5 on day s + 15, and no capacity counts."""
    issuer = Issuer(market=Market(lag_days=20))
    days = ledger(issuer, np.full(31, PRICE), engine=engine)
    due_usd = days["liquid_5d_usd"] - days["liquid_1d_usd"]
    sales_usd = (days["sold_g"] * days["execution_usd_per_g"]).to_numpy()
    assert np.abs(due_usd[:15]).max() < 1e-6
    for day in (16, 20, 25, 30):
        still_due = sales_usd[max(0, day - 20) : day - 15].sum()
        assert due_usd[day - 1] == pytest.approx(still_due, rel=1e-9), day


def test_calm_discount_follows_its_recursion() -> None:
    """E10 without excess redemptions: d halves each day once it is there (eta = 0.5)."""
    events = Events(np.array([0, 1.0, 0, 0, 0]), np.ones(5), np.zeros(5))
    issuer = Issuer(redemption=Redemption(a_discount=0.0), peg_model=PegModel(risk_price=5.0))
    discount = ledger(issuer, np.full(5, PRICE), events)["discount"].to_numpy()
    np.testing.assert_allclose(discount[1:], discount[0] * 0.5 ** np.arange(1, 4), rtol=1e-12)


def first_movers(share: float, swing: bool) -> tuple[float, float]:
    """What a dollar's worth of tokens pays those who ask at once, a `share` of all, and is worth to those who stay.

    Coverage is one and nothing costs anything but the sale of gold; credit without interest pays at once, so that
    the gold of those who went is sold in one go.
    """
    issuer = Issuer(
        cash_usd=0.0,
        bills_usd=0.0,
        redemption=Redemption(base_rate=share, max_rate=max(share, 1e-9)),
        terms=Terms(fee=0.001),
        market=Market(adv_usd=10e9, capacity_share=1.0, spread=0.001, impact=0.7, daily_vol=0.012),
        swing_fee=SwingFee(on=swing, threshold=0.0, max_fee=0.4),
        treasury=Treasury(credit_line_usd=1e12, credit_rate_year=0.0),
        costs=FREE["costs"],
    )
    day = ledger(issuer, np.full(2, PRICE)).iloc[0]
    assert day["queue_g"] == 0.0 and day["sold_g"] == pytest.approx(share * 10e6, rel=1e-9)
    return 1.0 - day["fee"], 1.0 + day["equity_usd"] / (day["tokens_g"] * PRICE)


def test_run_point_of_first_movers() -> None:
    """Payoff to stay (V - f W (1-fr) - slippage(f))/((1-f) W) against 1 - fr to go.

    At V = W it is the lower from the smallest f at which f s(f) = fr, with s(f) = spread/2 + Y sig sqrt(f W/ADV): those who
    go pay fr, and those who stay bear the slippage of the gold sold for them.
    """
    liabilities_usd, fee = 10e6 * PRICE, 0.001

    def slippage(share: float) -> float:
        return 0.0005 + 0.7 * 0.012 * math.sqrt(share * liabilities_usd / 10e9)

    low, high = 0.0, 1.0
    while high - low > 1e-12:
        middle = (low + high) / 2
        low, high = (low, middle) if middle * slippage(middle) > fee else (middle, high)
    run_point = high
    assert 0.1 < run_point < 0.9
    for share in (0.05, run_point - 1e-6, run_point + 1e-6, 0.95):
        go, stay = first_movers(share, swing=False)
        formula = (1.0 - share * (1.0 - fee) - share * slippage(share)) / (1.0 - share)
        assert stay == pytest.approx(formula, rel=1e-9)
        assert (stay < go) == (share > run_point)


def test_a_swing_fee_of_the_slippage_leaves_no_run_point() -> None:
    """The analytical case for a swing fee: whoever goes pays for the sale, so that staying is never worse than going."""
    for share in np.linspace(0.01, 0.99, 25):
        go, stay = first_movers(float(share), swing=True)
        assert stay >= 1.0 - 1e-12 > go


def test_first_day_of_the_worked_vector_by_hand() -> None:
    """Section 7, day 1, from section 3 alone and in its notation; the printed digits are held in test_reference."""
    oz = 31.1034768
    p0, p1 = 4000.0 / oz, 3800.0 / oz
    n, g, c, b = 10e6, 10e6, 13e6, 26e6
    c -= 3e6 / 252 + 0.001 / 252 * g * p1
    b *= 1 + 0.04 / 252
    cov = (g * p1 + c + b) / (n * p1)
    x = -5.0 + 20.0 * (1 - p1 / p0)
    lam = [1 / (1 + math.exp(-z)) for z in (x, -5.0)]
    rho = 0.002 + (0.10 - 0.002) * (lam[0] - lam[1]) / (1 - lam[1])
    paid = rho * n
    c -= paid * p1 * (1 - 0.0025)
    n -= paid
    sell = min(0.1 * 500e6 / p1, g - n)
    execution = p1 * (1 - 0.0005 / 2 - 0.7 * 0.012 * math.sqrt(sell * p1 / 500e6))
    band = 0.0025 + 0.001 + 0.012 * math.sqrt(2.0)
    d = min(0.01 * 0.5 * (paid - 0.002 * 10e6) * p1 / 5e6, band)
    equity = (g - sell) * p1 + c + b + sell * execution - n * p1
    day = ledger(Issuer(), np.array([p0, p1])).iloc[0]
    expected = {
        "coverage": cov, "intensity": x, "redemption_rate": rho, "requested_g": paid, "paid_g": paid, "tokens_g": n,
        "cash_usd": c, "bills_usd": b, "sold_g": sell, "execution_usd_per_g": execution, "gold_g": g - sell,
        "receivables_usd": sell * execution, "band": band, "discount": d, "fees_usd": 0.0025 * paid * p1,
        "slippage_usd": sell * (p1 - execution),
    }  # fmt: skip
    for name, value in expected.items():
        assert day[name] == pytest.approx(value, rel=1e-11), name
    assert day["equity_usd"] == pytest.approx(equity, rel=1e-7)
