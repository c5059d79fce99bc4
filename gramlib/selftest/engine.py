"""Known answers of the issuer engine: the worked vector by both engines, section 7's runs, closed forms, draws."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from gramlib.params.issuer import Collateral, Costs, Issuer, Redemption
from gramlib.selftest.answer import KnownAnswer
from gramlib.simulation import ENGINES, Events, ledger
from gramlib.simulation.draws import philox4x32
from gramlib.units import GRAMS_PER_TROY_OUNCE


def engine_answers() -> Iterator[KnownAnswer]:
    """All of this module, in the order of their sources."""
    yield from _conversions()
    yield from _draws()
    for engine in ENGINES:
        yield from _worked_vector(engine)
        yield from _april_2013(engine)
        yield from _liquidation(engine)
    yield from _business()


def _conversions() -> Iterator[KnownAnswer]:
    yield KnownAnswer(
        "grams in a 430 oz bar", 13_374.495, 430 * GRAMS_PER_TROY_OUNCE, 5e-4, "definition of the troy ounce"
    )


def _draws() -> Iterator[KnownAnswer]:
    """Philox4x32-10 of counter and key nought, as Random123 publishes it."""
    for place, (expected, found) in enumerate(
        zip((0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8), philox4x32((0, 0, 0, 0), (0, 0)), strict=True)
    ):
        yield KnownAnswer(f"Philox4x32-10 of nought, word {place}", expected, found, 0.0, "Random123, kat_vectors")


WORKED_PRICES_USD_PER_OZ = (4000.0, 3800.0, 3458.0, 3527.16)
WORKED_ROWS = {
    "coverage": (1.0319117, 1.0351715, 1.0348507),
    "redemption_rate": (0.0031142064, 0.010754021, 0.010133182),
    "paid_g": (31_142.064, 107_205.31, 99_929.918),
    "execution_usd_per_g": (122.05277, 111.00530, 113.22907),
    "bills_usd": (26_004_127.0, 23_285_553.0, 15_755_008.0),
    "discount": (0.0013612576, 0.010382803, 0.014286898),
    "equity_usd": (38_993_147.0, 38_986_886.0, 38_970_338.0),
}
"""Columns of the worked vector, eight significant digits as printed."""


def _worked_vector(engine: str) -> Iterator[KnownAnswer]:
    days = ledger(Issuer(), np.array(WORKED_PRICES_USD_PER_OZ) / GRAMS_PER_TROY_OUNCE, engine=engine)
    for column, values in WORKED_ROWS.items():
        for day, (expected, found) in enumerate(zip(values, days[column], strict=True), start=1):
            unit_of_last_digit = 10.0 ** (math.floor(math.log10(expected)) - 7)
            yield KnownAnswer(
                f"worked vector, {engine}, day {day}, {column}",
                expected,
                float(found),
                0.51 * unit_of_last_digit,
                "MODEL.md section 7",
            )


APRIL_2013 = 4000.0 * np.array([1.0, 0.95, 0.8645, 0.8818, 0.87, 0.86, 0.88, 0.89, *[0.90] * 13])
"""Days 0 to 20 of section 7's table."""


def _april_2013(engine: str) -> Iterator[KnownAnswer]:
    """Section 7: price alone, with an event on days 2 to 4, and with m = 4 on days 2 to 11 as well."""
    days = np.arange(21)
    event = np.where((days >= 2) & (days <= 4), 1.0, 0.0)
    thin = np.where((days >= 2) & (days <= 11), 4.0, 1.0)
    calm, normal, none = np.zeros(21), np.ones(21), np.zeros(21)
    runs = {
        "price alone": (Events(calm, normal, none), 0.0, 2.0, 0.0205, 38.8, 0.913),
        "with an event": (Events(event, normal, none), 0.141, 5.2, 0.031, 37.3, 0.698),
        "in a thin market": (Events(event, thin, none), 0.515, 45.9, 0.129, 38.6, 0.551),
    }
    for name, (events, queue, wait, discount, equity, left) in runs.items():
        table = ledger(Issuer(), APRIL_2013 / GRAMS_PER_TROY_OUNCE, events, engine=engine)
        figures = (
            ("peak queue", queue, table["queue_g"].max() / 1e7, 5e-4),
            ("longest wait", wait, table["wait_days"].max(), 0.05),
            ("worst discount", discount, table["discount"].max(), 5e-4),
            ("lowest own funds, USD m", equity, table["equity_usd"].min() / 1e6, 0.05),
            ("tokens left", left, table["tokens_g"].iloc[-1] / 1e7, 5e-4),
        )
        for what, expected, found, tolerance in figures:
            yield KnownAnswer(
                f"April 2013, {name}, {engine}: {what}", expected, float(found), tolerance, "MODEL.md section 7"
            )


def _liquidation(engine: str) -> Iterator[KnownAnswer]:
    """Section 9: K P = 130 on D = 100, back to 4/3 with a bonus of 5%."""
    quiet = Redemption(base_rate=0.0)
    terms = Collateral(liquidation_ratio=4 / 3, target_ratio=4 / 3, bonus=0.05)
    issuer = Issuer(peg="usd", tokens_g=1e6, gold_g=1.3e6, cash_usd=1e6, redemption=quiet, collateral=terms,
                    costs=Costs(opex_usd_year=0.0, custody_rate_year=0.0))  # fmt: skip
    day = ledger(issuer, np.array([100.0, 100.0]), engine=engine).iloc[0]
    retired = 100.0 * (1.0 - day["tokens_g"] / 1e6)
    source = "MODEL.md section 9"
    yield KnownAnswer(f"debt retired by liquidation, {engine}", 11.764706, float(retired), 5e-7, source)
    yield KnownAnswer(f"ratio after liquidation, {engine}", 1.333333, float(day["backing"]), 5e-7, source)


def _business() -> Iterator[KnownAnswer]:
    source = "MODEL.md section 9"
    break_even = 3e6 / (0.0025 * 10e6) * GRAMS_PER_TROY_OUNCE
    yield KnownAnswer("break-even price of the holding fee, USD/oz", 3732.0, break_even, 0.5, source)
    yield KnownAnswer("grams that wipe out own funds", 303_259.0, 39e6 / (4000.0 / GRAMS_PER_TROY_OUNCE), 0.5, source)
    for share, rate, expected in ((0.03, 0.01, 3.03), (0.10, 0.05, 2.05)):
        days = math.log(1.0 - share) / math.log(1.0 - rate)
        yield KnownAnswer(f"survival days of {share:.0%} against {rate:.0%} a day", expected, days, 5e-3, source)
