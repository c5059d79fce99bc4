"""The NumPy engine, which knows the core model alone, against the reference, to 1e-9 relative."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from issuer_strategies import alone, cases, issuers, worlds

from gramlib.artefacts import LEDGER_COLUMNS, LEDGER_EXTRA
from gramlib.params.issuer import Issuer
from gramlib.simulation import Events, Outcomes, OwnFundsRule, failures, ledger, simulate

RULE = OwnFundsRule(reserve_share=0.02, floor_usd=1e5, overheads_share=0.25)
TOLERANCE = 1e-9

CORE_NAMES = tuple(column.name for column in (*LEDGER_COLUMNS, *LEDGER_EXTRA))
"""What the NumPy engine computes: the columns of the core model."""


def scales(days: pd.DataFrame) -> dict[str, float]:
    """What 1e-9 is relative to: balance-sheet size for money and grams, so that differences near zero do not count."""
    money_usd = (
        float((days["gold_g"] * days["price_usd_per_g"] + days["bills_usd"] + days["cash_usd"].abs()).max()) + 1.0
    )
    grams = float(days[["gold_g", "tokens_g"]].max().max()) + 1.0
    return {name: money_usd if name.endswith("_usd") else grams if name.endswith("_g") else 0.0 for name in CORE_NAMES}


def largest_disagreement(issuer: Issuer, path: np.ndarray, events: Events) -> float:
    """Largest difference between the two ledgers of one path, each column relative to its size."""
    slow = ledger(issuer, path, events, RULE, engine="reference")
    fast = ledger(issuer, path, events, RULE, engine="kernel")
    assert list(slow) == list(fast)
    scale = scales(slow)
    return max(
        float((np.abs(slow[name] - fast[name]) / np.maximum(np.abs(slow[name]), scale[name] or 1.0)).max())
        for name in CORE_NAMES
    )


@settings(deadline=None, max_examples=60)
@given(issuer=issuers(), world=worlds(n_paths=1))
def test_ledgers_agree(issuer: Issuer, world: tuple[np.ndarray, Events]) -> None:
    assert largest_disagreement(issuer, *alone(world)) < TOLERANCE


@settings(deadline=None, max_examples=60)
@given(issuer=issuers(), world=worlds())
def test_outcomes_agree(issuer: Issuer, world: tuple[np.ndarray, Events]) -> None:
    paths, events = world
    slow = simulate(issuer, paths, events, engine="reference", own_funds=RULE)
    fast = simulate(issuer, paths, events, engine="kernel", own_funds=RULE)
    size_usd = paths.max() * issuer.tokens_g * 1.3 + issuer.cash_usd + issuer.bills_usd
    for field in fields(Outcomes):
        if field.name.endswith("_cause"):
            # The NumPy engine names no causes.
            continue
        one, other = getattr(slow, field.name), getattr(fast, field.name)
        if one.dtype.kind == "f":
            atol = TOLERANCE * (size_usd if field.name.endswith("_usd") else 1.0)
            np.testing.assert_allclose(other, one, rtol=TOLERANCE, atol=atol, err_msg=field.name)
        else:
            assert (one == other).all(), (field.name, one, other)


@settings(deadline=None, max_examples=60)
@given(issuer=issuers(), world=worlds(n_paths=1))
def test_running_judge_and_ledger_judge_find_the_same_days(issuer: Issuer, world: tuple[np.ndarray, Events]) -> None:
    """`summary`, day by day over the NumPy engine, and `failures`, off the ledger, must name the same first days."""
    path, events = alone(world)
    outcome = simulate(issuer, path, events, engine="kernel", own_funds=RULE)
    found = failures(ledger(issuer, path, events, RULE), issuer)
    for row in found.itertuples():
        assert outcome.first_day(row.predicate)[0] == row.first_day


@settings(deadline=None, max_examples=60)
@given(case=cases())
def test_every_failure_has_a_cause_and_outcomes_say_what_the_ledger_says(
    case: tuple[Issuer, np.ndarray, Events],
) -> None:
    """With extensions and without; extremes and sums are those of the ledger, a weekend's discount included."""
    issuer, path, events = case
    outcome = simulate(issuer, path, events, engine="reference", own_funds=RULE)
    days = ledger(issuer, path, events, RULE)
    for row in failures(days, issuer).itertuples():
        assert outcome.first_day(row.predicate)[0] == row.first_day
        assert outcome.cause(row.predicate)[0] == row.cause
        assert bool(row.cause) == (row.first_day != -1)
    assert outcome.worst_discount[0] == max(days["discount"].max(), days["weekend_discount"].max())
    assert outcome.min_equity_usd[0] == days["equity_usd"].min()
    assert outcome.peak_queue_share[0] == days["queue_g"].max() / issuer.tokens_g
    assert outcome.f5_day[0] == -1 or issuer.peg == "gold"
    assert outcome.f6_day[0] == -1 or issuer.peg == "usd"


def test_outcomes_are_the_extremes_and_sums_of_the_ledger() -> None:
    path = 128.0 * np.array([1, 0.95, 0.8645, 0.8818, 0.87, 0.86, 0.88, 0.89, 0.9, 0.9])
    events = Events(np.where(np.arange(10) == 2, 1.0, 0.0), np.full(10, 2.0), np.where(np.arange(10) == 4, 1e5, 0.0))
    days = ledger(Issuer(), path, events)
    outcome = simulate(Issuer(), path, events)
    expected = {
        "end_price_usd_per_g": path[-1],
        "min_coverage": days["coverage"].min(),
        "min_backing": days["backing"].min(),
        "min_equity_usd": days["equity_usd"].min(),
        "end_equity_usd": days["equity_usd"].iloc[-1],
        "peak_queue_share": days["queue_g"].max() / 1e7,
        "longest_wait_days": days["wait_days"].max(),
        "worst_discount": days["discount"].max(),
        "end_tokens_share": days["tokens_g"].iloc[-1] / 1e7,
        "slippage_usd": days["slippage_usd"].sum(),
        "event_loss_usd": days["event_loss_usd"].sum(),
        "nonprice_loss_usd": 39e6 + days["price_effect_usd"].sum() - days["equity_usd"].iloc[-1],
    }
    for name, value in expected.items():
        assert getattr(outcome, name)[0] == pytest.approx(value, rel=1e-12), name


@pytest.mark.parametrize("n_paths", [1, 4095, 4096, 4097])
def test_results_do_not_depend_on_how_paths_are_cut_in_blocks(n_paths: int) -> None:
    rng = np.random.default_rng(3)
    paths = 128.0 * np.exp(np.cumsum(0.03 * rng.standard_normal((4097, 4)), axis=1))
    whole, part = simulate(Issuer(), paths), simulate(Issuer(), paths[:n_paths])
    for field in fields(Outcomes):
        assert (getattr(whole, field.name)[:n_paths] == getattr(part, field.name)).all(), field.name
