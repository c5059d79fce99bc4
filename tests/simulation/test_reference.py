"""The reference engine against the worked vector and the tables of MODEL.md section 7, every printed digit."""

from __future__ import annotations

import numpy as np
import pytest

from gramlib.params.issuer import Issuer
from gramlib.simulation import Events, ledger, simulate
from gramlib.units import GRAMS_PER_TROY_OUNCE

ENGINES = ("reference", "kernel")

WORKED_PRICES = (4000, 3800, 3458, 3527.16)
WORKED_COLUMNS = ("price_usd_per_g", "coverage", "intensity", "redemption_rate", "requested_g", "execution_usd_per_g",
                  "tokens_g", "cash_usd", "bills_usd", "receivables_usd", "band", "discount", "equity_usd", "fees_usd",
                  "slippage_usd")  # fmt: skip
WORKED_ROWS = """
122.17284 1.0319117 -4.0 0.0031142064 31142.064 122.05277 9968857.9 9188044.6 26004127 3800975.2 0.020470563 0.0013612576 38993147 9511.79 3739.08
111.17728 1.0351715 -2.2491623 0.010754021 107205.31 111.00530 9861652.6 0 23285553 15701333 0.020470563 0.010382803 38986886 29796.99 18437.33
113.40083 1.0348507 -2.3243159 0.010133182 99929.918 113.22907 9761722.7 0 15755008 23215330 0.020470563 0.014286898 38970338 28330.34 17163.55
"""

APRIL_2013 = [1, 0.95, 0.8645, 0.8818, 0.87, 0.86, 0.88, 0.89, *[0.9] * 13]


def usd_per_g(usd_per_oz: object) -> np.ndarray:
    """Prices in USD/oz as a path in USD/g."""
    return np.asarray(usd_per_oz, dtype=float) / GRAMS_PER_TROY_OUNCE


def on_days(n_days: int, first: int, last: int, level: float, rest: float = 0.0) -> np.ndarray:
    """`level` on days `first` to `last`, `rest` on the others."""
    day = np.arange(n_days + 1)
    return np.where((day >= first) & (day <= last), level, rest)


def half_a_unit(printed: str) -> float:
    """Half of the last printed digit: the most by which a rounded figure may differ."""
    decimals = len(printed.partition(".")[2])
    return 0.5 * 10.0**-decimals * (1 + 1e-9)


@pytest.mark.parametrize("engine", ENGINES)
def test_worked_vector_holds_to_every_printed_digit(engine: str) -> None:
    days = ledger(Issuer(), usd_per_g(WORKED_PRICES), engine=engine)
    for row, line in enumerate(WORKED_ROWS.split("\n")[1:4]):
        for column, printed in zip(WORKED_COLUMNS, line.split(), strict=True):
            assert days[column][row] == pytest.approx(float(printed), rel=0, abs=half_a_unit(printed)), (row, column)
    assert (days["paid_g"] == days["requested_g"]).all()
    assert (days["queue_g"] == 0).all()
    assert days["cash_usd"][1] == 0 and days["cash_usd"][2] == 0


def test_opening_equity_is_three_percent_of_liabilities() -> None:
    """The built-in check of section 4: 39,000,000 USD, 3.03% of liabilities at 4,000 USD/oz."""
    issuer, price = Issuer(), 4000 / GRAMS_PER_TROY_OUNCE
    equity_usd = issuer.cash_usd + issuer.bills_usd
    assert equity_usd == 39_000_000
    assert equity_usd / (issuer.tokens_g * price) == pytest.approx(0.0303, abs=5e-5)


TWENTY_DAYS = [
    # path, event, m, lost_g -> max rho, peak queue, max wait, max discount, min equity $m, tokens left
    (APRIL_2013, None, None, None, ("1.8", "0", "2.0", "2.05", "38.8", "91.3")),
    (APRIL_2013, (2, 4), None, None, ("9.1", "14.1", "5.2", "3.1", "37.3", "69.8")),
    (APRIL_2013, (2, 4), (2, 11), None, ("9.9", "51.5", "45.9", "12.9", "38.6", "55.1")),
    ([1.0] * 21, (2, 2), None, 0.01, ("1.3", "0", "2.0", "1.4", "26.0", "94.9")),
    ([1.0] * 21, (2, 2), None, 0.04, ("2.4", "0.6", "2.2", "2.05", "-12.6", "92.7")),
]


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(("shape", "event", "stress", "lost", "printed"), TWENTY_DAYS)
def test_twenty_day_runs(engine: str, shape: list, event: tuple, stress: tuple, lost: float, printed: tuple) -> None:
    issuer = Issuer()
    events = Events(
        event=on_days(20, *event, 1.0) if event else np.zeros(21),
        liquidity_multiplier=on_days(20, *stress, 4.0, 1.0) if stress else np.ones(21),
        lost_g=on_days(20, 2, 2, lost * issuer.tokens_g) if lost else np.zeros(21),
    )
    path = usd_per_g(np.array(shape) * 4000)
    days = ledger(issuer, path, events, engine=engine)
    outcome = simulate(issuer, path, events, engine=engine)
    found = (
        100 * days["redemption_rate"].max(),
        100 * outcome.peak_queue_share[0],
        outcome.longest_wait_days[0],
        100 * outcome.worst_discount[0],
        outcome.min_equity_usd[0] / 1e6,
        100 * outcome.end_tokens_share[0],
    )
    for value, text in zip(found, printed, strict=True):
        assert value == pytest.approx(float(text), rel=0, abs=half_a_unit(text)), (found, printed)


def queue_forms(fall: float, event_days: int) -> bool:
    """Whether a one-day fall on day 1, flat to day 10, makes a queue, events running from day 1."""
    path = usd_per_g(4000 * np.array([1.0, *[1.0 - fall] * 10]))
    events = Events(on_days(10, 1, event_days, 1.0), np.ones(11), np.zeros(11))
    return bool(simulate(Issuer(), path, events).peak_queue_share[0] > 0)


def edge(holds_at: float, fails_at: float, event_days: int) -> float:
    """Fall at which a queue begins or ceases to form, by bisection to 1e-7."""
    while abs(holds_at - fails_at) > 1e-7:
        middle = (holds_at + fails_at) / 2
        holds_at, fails_at = (middle, fails_at) if queue_forms(middle, event_days) else (holds_at, middle)
    return (holds_at + fails_at) / 2


def test_a_queue_forms_only_between_two_falls() -> None:
    """Section 7: 14.173% and 84.028% by bisection, from 4.9% with an event on day 1; not monotone."""
    assert edge(0.5, 0.0, 0) == pytest.approx(0.14173, abs=5e-6)
    assert edge(0.5, 0.99, 0) == pytest.approx(0.84028, abs=5e-6)
    assert edge(0.5, 0.0, 1) == pytest.approx(0.049, abs=5e-4)
    assert edge(0.5, 0.99, 1) == pytest.approx(0.840, abs=5e-4)


def test_an_event_of_two_days_queues_without_any_fall_and_no_rise_does() -> None:
    assert queue_forms(0.0, 2)
    assert not any(queue_forms(-rise, 0) for rise in np.arange(0.0, 2.001, 0.1))


def test_estimated_wait_passes_five_days_only_between_25_and_29_percent() -> None:
    """Section 6: a scan in steps of 5% misses it. The true age, which F3 is judged by, peaks at 3 days there."""
    falls = np.arange(0.0, 0.9, 0.0025)
    outcomes = simulate(Issuer(), usd_per_g(4000 * np.column_stack([np.ones_like(falls), *[1 - falls] * 10])))
    waiting = falls[outcomes.longest_wait_days > 5]
    assert waiting.min() == pytest.approx(0.25, abs=0.01)
    assert waiting.max() == pytest.approx(0.29, abs=0.01)
    ages = [ledger(Issuer(), usd_per_g([4000, *[4000 * (1 - fall)] * 10]))["oldest_request_days"].max()
            for fall in (0.20, 0.27, 0.35)]  # fmt: skip
    assert ages == [2, 3, 2]
    assert (outcomes.f3_day == -1).all()


def test_discount_fails_from_a_fall_of_ten_percent() -> None:
    """Section 6, F4: any one-day fall of 10.2% or more."""
    falls = np.array([0.095, 0.100, 0.102, 0.11, 0.3, 0.5])
    paths = usd_per_g(4000 * np.column_stack([np.ones_like(falls), *[1 - falls] * 10]))
    assert (simulate(Issuer(), paths).f4_day > 0).tolist() == [False, False, True, True, True, True]
