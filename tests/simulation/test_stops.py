"""A path that has nothing left to simulate ends there, and no figure runs away."""

from __future__ import annotations

import numpy as np
import pytest

from gramlib.params.issuer import Hedge, Holders, HoldingFee, InKind, Issuer, Minting, Redemption, Weekends
from gramlib.simulation import Events, Status, failures, ledger, simulate
from gramlib.simulation.day import FLOWS

PRICE = 128.0
RUNNING_OFF = Issuer(redemption=Redemption(base_rate=0.4, max_rate=0.4), cash_usd=5e9)


@pytest.mark.parametrize("engine", ["reference", "kernel"])
def test_an_issuer_without_tokens_is_wound_down_and_stands_still(engine: str) -> None:
    """0.6^28 < 1e-6: the books close on day 29, and the days after repeat the figures with no flows."""
    path = PRICE * np.exp(np.linspace(0, 0.5, 61))
    days = ledger(RUNNING_OFF, path, engine=engine)
    assert (0.6**27 > 1e-6) and (0.6**28 < 1e-6)
    after = days[days["day"] > 28]
    held = [name for name in days if name not in (*FLOWS, "day", "price_usd_per_g", "token_value_usd")]
    assert (after[[name for name in FLOWS if name in days]] == 0).all(axis=None)
    assert (after[held] == days[held].iloc[27]).all(axis=None)
    assert (after["price_usd_per_g"].to_numpy() == path[29:]).all()
    outcome = simulate(RUNNING_OFF, path, engine=engine)
    assert outcome.status.tolist() == [Status.WOUND_DOWN]
    assert np.isfinite(days.to_numpy()).all()


def test_extensions_stand_still_too_once_the_books_are_closed() -> None:
    """A collapse on a Monday, with everything switched on that has flows of its own: the day after, nothing flows."""
    issuer = Issuer(
        minting=Minting(on=True),
        in_kind=InKind(on=True, share=0.5),
        holders=Holders(on=True),
        weekends=Weekends(on=True),
        holding_fee=HoldingFee(on=True),
        hedge=Hedge(on=True, short_g=1e5),
    )
    path = PRICE * np.array([*[1.0] * 11, 0.7, 0.0, 1.0, 1.1, 1.2, 1.3, 1.4])
    days = ledger(issuer, path).set_index("day")
    moving = [
        "weekend_requested_g",
        "weekend_discount",
        "block_requested_g",
        "kind_requested_g",
        "ordered_g",
        "minted_g",
    ]
    assert (days.loc[11, moving] > 0.0).all()
    flows = [name for name in FLOWS if name in days]
    assert (days.loc[12:, flows] == 0.0).all(axis=None)
    assert (days.loc[12:, "equity_usd"] == days["equity_usd"][11]).all()


@pytest.mark.parametrize("engine", ["reference", "kernel"])
def test_a_vanishing_price_ends_the_path(engine: str) -> None:
    path = np.array([PRICE, PRICE, 1e-300, 0.0, PRICE])
    days = ledger(Issuer(), path, engine=engine)
    assert (days["equity_usd"][1:] == days["equity_usd"][0]).all()
    assert np.isfinite(days.to_numpy()).all()
    outcome = simulate(Issuer(), np.vstack([path, np.full(5, PRICE)]), engine=engine)
    assert outcome.status.tolist() == [Status.NO_MARKET, Status.SOUND]


def test_a_collapse_on_the_first_day_leaves_the_opening_position() -> None:
    for engine in ("reference", "kernel"):
        days = ledger(Issuer(), np.array([PRICE, 0.0, 0.0]), engine=engine)
        assert days["tokens_g"].tolist() == [10e6, 10e6]
        assert days["equity_usd"].tolist() == pytest.approx([39e6, 39e6])


def test_days_after_the_close_are_not_judged() -> None:
    """The discount stands above 1% on the closing day and on the frozen days after it, which are no third day."""
    path = np.array([PRICE, PRICE, PRICE, 0.0, 0.0, 0.0])
    events = Events(np.array([0, 0, 1.5, 0, 0, 0]), np.ones(6), np.zeros(6))
    days = ledger(Issuer(), path, events)
    assert (days["discount"][1:] > 0.01).all() and (days["discount"][1:] < 0.05).all()
    assert "F4" not in failures(days, Issuer()).query("first_day != -1")["predicate"].tolist()
    for engine in ("reference", "kernel"):
        assert simulate(Issuer(), path, events, engine=engine).f4_day.tolist() == [-1]


def test_every_status_has_a_sentence_and_a_remedy() -> None:
    for status in Status:
        assert status.sentence.endswith(".") and status.remedy.endswith(".")
    assert len({status.sentence for status in Status}) == len(Status)


def test_the_worst_status_wins_on_paths_that_end_differently() -> None:
    """One path each: sound, queue only, peg, late and out of cash, short of grams, insolvent."""
    n = 10
    day = np.arange(n + 1)
    flat = np.full(n + 1, PRICE)
    paths = np.vstack(
        [flat, flat * np.where(day > 0, 0.15, 1.0), flat * np.where(day > 0, 0.89, 1.0), flat, flat, flat]
    )
    event = np.zeros((6, n + 1))
    event[3, 1:] = 2.0
    lost_g = np.zeros((6, n + 1))
    lost_g[4, 2], lost_g[5, 2] = 1e5, 1e6
    outcome = simulate(Issuer(), paths, Events(event, np.ones(n + 1), lost_g))
    assert outcome.status[[0, 2, 4, 5]].tolist() == ["sound", "peg_broken", "under_backed", "insolvent"]
    assert outcome.status[3] in ("cash_exhausted", "under_backed")
