"""The three buffers by hand, and against the engine."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from gramlib.metrics.buffers import BUFFERS, buffers
from gramlib.params.issuer import Issuer
from gramlib.simulation import Events, ledger

ISSUER = Issuer()
PRICE_USD_PER_G = 128.0
N_DAYS = 20
OWN_FUNDS_USD = 39e6
LIQUID_USD = 13e6 + 26e6 * 0.998
DAYS = pd.DataFrame({
    "book": "liquidity", "variable": ["equity_usd", "price_usd_per_g"], "day": 0, "quantile": 0.5, "value": [OWN_FUNDS_USD, PRICE_USD_PER_G],
})  # fmt: skip


def outcomes(**columns) -> pd.DataFrame:
    """A hundred and one paths, the last the only one that is hit."""
    base = dict.fromkeys(
        (
            "event_loss_usd",
            "lease_loss_usd",
            "bank_loss_usd",
            "cyber_loss_usd",
            "nonprice_loss_usd",
            "peak_queue_share",
        ),
        0.0,
    )
    return pd.DataFrame({"book": "liquidity", **base, "min_equity_usd": OWN_FUNDS_USD, **columns}, index=range(101))


def replays(**scenarios: dict) -> pd.DataFrame:
    made = []
    for name, columns in scenarios.items():
        given = replace(Events.calm(N_DAYS), **{key: np.array(values) for key, values in columns.items()})
        flat = np.full(N_DAYS + 1, PRICE_USD_PER_G)
        made.append(
            ledger(ISSUER, flat, given, engine="reference").assign(scenario=name, own_funds_requirement_usd=9e6)
        )
    return pd.concat(made, ignore_index=True)


def on(day: int, value: float) -> np.ndarray:
    column = np.zeros(N_DAYS + 1)
    column[day] = value
    return column


LISTED = replays(calm={}, lost={"lost_share": on(2, 0.04)}, run={"redeem_share": on(1, 0.5)})


def of(table: pd.DataFrame, buffer: str, subject: str) -> pd.Series:
    (row,) = table[(table["buffer"] == buffer) & (table["subject"] == subject)].to_dict("records")
    return row


def test_what_each_buffer_holds():
    found = buffers(ISSUER, DAYS, LISTED, outcomes()).groupby("buffer")["holds_usd"].agg(["min", "max"])
    assert found.loc["liquidity"].tolist() == [LIQUID_USD] * 2
    assert found.loc["custody"].tolist() == [OWN_FUNDS_USD] * 2
    assert found.loc["business"].tolist() == [OWN_FUNDS_USD - 9e6] * 2


def test_gold_that_is_lost_takes_from_custody_alone():
    found = buffers(ISSUER, DAYS, LISTED, outcomes())
    lost = of(found, "custody", "lost")
    assert lost["takes_usd"] == pytest.approx(LISTED["event_loss_usd"].sum()) and lost["left_usd"] < 0.0
    assert of(found, "custody", "calm")["takes_usd"] == 0.0
    assert of(found, "business", "lost")["takes_usd"] == pytest.approx(
        of(found, "business", "calm")["takes_usd"], abs=2e5
    )


def test_a_run_takes_from_liquidity_what_is_paid_and_what_waits():
    found = buffers(ISSUER, DAYS, LISTED, outcomes())
    ledger_of_run = LISTED[LISTED["scenario"] == "run"]
    left = (ledger_of_run["liquid_1d_usd"] - ledger_of_run["queue_g"] * PRICE_USD_PER_G).min()
    assert of(found, "liquidity", "run")["left_usd"] == pytest.approx(left)
    assert left < -5e8 and of(found, "liquidity", "calm")["left_usd"] > 0.0


def test_a_freeze_takes_from_custody_while_it_lasts():
    frozen = ISSUER.model_copy(update={"custodians": ISSUER.custodians.model_copy(update={"on": True})})
    given = replace(Events.calm(N_DAYS), frozen_days=on(2, 5.0), custodian=on(2, 1.0))
    days = ledger(frozen, np.full(N_DAYS + 1, PRICE_USD_PER_G), given, engine="reference")
    row = of(buffers(frozen, DAYS, days.assign(scenario="freeze"), outcomes()), "custody", "freeze")
    haircut = frozen.custodians.frozen_haircut * days["frozen_g"].max() * PRICE_USD_PER_G
    assert days["frozen_g"].iloc[-1] == 0.0 and row["takes_usd"] == pytest.approx(haircut, rel=0.01)


def test_the_tail_is_one_path_in_a_hundred():
    hit = np.r_[np.zeros(99), 1.0, 1.0]
    found = buffers(
        ISSUER, DAYS, LISTED,
        outcomes(peak_queue_share=0.2 * hit, nonprice_loss_usd=8e6 * hit, event_loss_usd=5e6 * hit, min_equity_usd=OWN_FUNDS_USD - 20e6 * hit),
    )  # fmt: skip
    assert of(found, "liquidity", "liquidity")["left_usd"] == pytest.approx(-0.2 * ISSUER.tokens_g * PRICE_USD_PER_G)
    assert of(found, "business", "liquidity")["takes_usd"] == pytest.approx(3e6)
    assert of(found, "custody", "liquidity")["takes_usd"] == pytest.approx(17e6)


def test_a_tail_without_a_queue_leaves_an_unknown_part():
    row = of(buffers(ISSUER, DAYS, LISTED, outcomes()), "liquidity", "liquidity")
    assert np.isnan(row["takes_usd"]) and np.isnan(row["left_usd"]) and row["holds_usd"] == LIQUID_USD


def test_rows_stand_by_buffer_worst_first():
    found = buffers(ISSUER, DAYS, LISTED, outcomes())
    assert list(dict.fromkeys(found["buffer"])) == list(BUFFERS) and len(found) == 3 * 4
    for _, rows in found.groupby("buffer"):
        left = rows["left_usd"].dropna()
        assert left.is_monotonic_increasing
