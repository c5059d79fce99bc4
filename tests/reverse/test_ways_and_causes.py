"""What is read off a failing path, and what the books say moved it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from gramlib.artefacts.analyse_reverse import ARTEFACTS
from gramlib.artefacts.checking import _schema
from gramlib.metrics.intervals import wilson_interval
from gramlib.params.issuer import Issuer
from gramlib.reverse import failure_causes
from gramlib.reverse.ways import NOTHING, largest_move, look, walked_paths

ENTRIES = {entry.name: entry for entry in ARTEFACTS}
N_DAYS = 60


def quiet(**changes: dict[int, float]) -> dict[str, np.ndarray]:
    """Days 1 to 60 on which nothing happens but what is said: a column and its values by day."""
    names = (
        "event",
        "lost_g",
        "frozen_g",
        "bank_frozen_usd",
        "bank_loss_usd",
        "operations_stop",
        "cyber_loss_usd",
        "lease_loss_usd",
    )
    days = {name: np.zeros(N_DAYS) for name in names}
    days |= {
        "price_usd_per_g": np.full(N_DAYS, 100.0),
        "liquidity_multiplier": np.ones(N_DAYS),
        "lag_days": np.full(N_DAYS, 2.0),
    }
    for name, values in changes.items():
        for day, value in values.items():
            days[name][day - 1] = value
    return days


def way_of(failure_day: int = 40, **changes: dict[int, float]) -> str:
    return str(look(quiet(**changes), failure_day, 100.0, Issuer())["way"])


@pytest.mark.parametrize(("column", "value", "way"), [
    ("event", 1.0, "confidence event"), ("event", 0.5, NOTHING), ("liquidity_multiplier", 2.0, "thin market"),
    ("liquidity_multiplier", 1.9, NOTHING), ("lost_g", 1e5, "custody loss"), ("frozen_g", 1.0, "custody freeze"),
    ("bank_loss_usd", 1.0, "bank failure"), ("bank_frozen_usd", 1.0, "bank failure"), ("operations_stop", 0.2, "stop of operations"),
    ("cyber_loss_usd", 1.0, "cyber loss"), ("lease_loss_usd", 1.0, "lessee default"), ("lag_days", 20.0, "squeeze"),
])  # fmt: skip
def test_what_stands_out_in_the_window_is_named(column, value, way):
    """The window is the twenty days that end with the failure: the day before it and the day after are outside."""
    assert way_of(**{column: {21: value}}) == way
    assert way_of(**{column: {40: value}}) == way
    assert way_of(**{column: {20: value}}) == NOTHING
    assert way_of(**{column: {41: value}}) == NOTHING


def test_a_fall_is_measured_from_any_day_to_a_later_one():
    days = quiet(price_usd_per_g=dict.fromkeys(range(35, 61), 85.0))
    seen = look(days, 40, 100.0, Issuer())
    assert (seen["way"], seen["price_move"], seen["failure_day"]) == ("fall of gold", pytest.approx(-0.15), 40.0)
    assert way_of(price_usd_per_g={38: 112.0}) == "rise of gold"
    assert largest_move(np.array([100.0, 110.0, 88.0, 90.0])) == (pytest.approx(-0.2), 1)
    assert largest_move(np.array([100.0, 90.0, 100.0, 117.0])) == (pytest.approx(0.3), 2)
    assert largest_move(np.array([100.0, 100.0])) == (0.0, 0)


def test_the_first_days_are_measured_from_the_start_price():
    seen = look(quiet(), 3, 125.0, Issuer())
    assert seen["price_move"] == pytest.approx(-0.2)


def test_several_marks_make_one_way_and_sizes_are_kept():
    seen = look(
        quiet(event={30: 1.0, 31: 1.0, 32: 0.5}, lost_g={30: 2e5}, liquidity_multiplier={33: 7.0}), 40, 100.0, Issuer()
    )
    assert seen["way"] == "confidence event + thin market + custody loss"
    assert (seen["event_days"], seen["liquidity_multiplier"]) == (2.0, 7.0)
    assert seen["lost_share"] == pytest.approx(0.02)


def test_no_more_paths_are_walked_than_asked_for():
    walked = []

    def days_of(path: int) -> dict[str, np.ndarray]:
        walked.append(path)
        return quiet()

    table = walked_paths(np.array([3, 8, 9]), np.array([30, 31, 32]), days_of, 100.0, Issuer(), 2)
    assert walked == [3, 8]
    assert table["failure_day"].tolist() == [30.0, 31.0]
    assert walked_paths(np.array([]), np.array([]), days_of, 100.0, Issuer(), 2).empty


def outcomes(causes: list[str]) -> pd.DataFrame:
    table = pd.DataFrame({"book": "liquidity", "path": np.arange(len(causes) + 5)})
    for p in range(1, 8):
        table[f"f{p}_day"], table[f"f{p}_cause"] = -1, ""
    table.loc[: len(causes) - 1, "f3_day"] = 7
    table.loc[: len(causes) - 1, "f3_cause"] = causes
    return table


def test_causes_are_counted_and_split_from_their_modules():
    causes = (
        ["redemptions: queue"] * 5
        + ["bank failure: cash frozen"] * 2
        + ["gold sold for the queue"]
        + ["redemptions: confidence event"] * 3
    )
    table = _schema(ENTRIES["failure_causes"]).validate(failure_causes(outcomes(causes), Issuer()))
    assert table[["predicate", "cause", "module", "failed", "n"]].to_numpy().tolist() == [
        ["F3", "redemptions", "queue", 5, 11],
        ["F3", "redemptions", "confidence event", 3, 11],
        ["F3", "bank failure: cash frozen", "", 2, 11],
        ["F3", "gold sold for the queue", "", 1, 11],
    ]
    assert tuple(table.loc[0, ["lower", "upper"]]) == pytest.approx(wilson_interval(5, 11))
    assert table["share"].sum() == pytest.approx(1.0)


def test_nothing_failed_makes_no_row():
    assert _schema(ENTRIES["failure_causes"]).validate(failure_causes(outcomes([]), Issuer())).empty
