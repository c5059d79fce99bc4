"""Series laid end to end: nothing lost, nothing borrowed, every join marked and measured."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from standard_tables import random_gold, standard_table

from gramlib.params.stages import DataParams
from gramlib.prices import standardise
from gramlib.prices.splice import Part, splice
from gramlib.sources.card import SourceCard
from gramlib.sources.raw import RawSeries

GOLD = random_gold("2010-01-04", "2016-12-30")


def part(name: str, first: int, last: int, factor: float = 1.0, hour: float | None = 15.0) -> Part:
    return Part(name, standard_table(factor * GOLD.iloc[first:last], name), hour)


@settings(deadline=None, max_examples=50)
@given(st.lists(st.tuples(st.integers(0, 1500), st.integers(40, 900)), min_size=1, max_size=4))
def test_each_day_comes_whole_from_the_best_series_that_adds_it(windows: list[tuple[int, int]]) -> None:
    parts = [
        part(f"s{i}", first, min(first + length, len(GOLD)), 1.0 + 0.01 * i)
        for i, (first, length) in enumerate(windows)
    ]
    made = splice(parts)
    table = made.prices
    assert table["date"].is_monotonic_increasing and table["date"].is_unique
    assert int(table["joined"].sum()) == len(made.joins) and sum(made.rows.values()) == len(table)
    assert made.rows["s0"] == len(parts[0].prices)
    for each in parts:
        mine = table[table["source"] == each.name].merge(each.prices, on="date", suffixes=("", "_own"))
        assert len(mine) == made.rows[each.name] and (mine["gold_usd_per_oz"] == mine["gold_usd_per_oz_own"]).all()
    changes = table["source"] != table["source"].shift()
    assert (table["joined"] == changes & (table.index > 0)).all()
    assert table.loc[table["joined"], "log_return"].isna().all()


def test_a_join_between_publishers_of_one_fix_keeps_its_return() -> None:
    made = splice([part("fund", 600, 1200), part("bank", 0, 900), part("future", 700, 1700, 1.004, 22.0)])
    assert [(join.before, join.after, join.bridged) for join in made.joins] == [
        ("bank", "fund", True),
        ("fund", "future", False),
    ]
    first, second = (made.prices.set_index("date").loc[pd.Timestamp(join.day)] for join in made.joins)
    assert first["log_return"] == pytest.approx(np.log(GOLD.iloc[600] / GOLD.iloc[599]))
    assert np.isnan(second["log_return"])
    overlap = made.joins[1].overlap
    assert overlap.common_days == 500 and overlap.drift_bp == pytest.approx(1e4 * np.log(1.004))
    assert overlap.basis == "week" and made.joins[0].overlap.basis == "day"
    assert "its return is left empty" in made.joins[1].sentence()


def test_a_join_over_days_that_nobody_quotes_gets_no_return() -> None:
    made = splice([part("a", 700, 1400), Part("b", standard_table(GOLD.iloc[:695], "b"), 15.0)])
    assert made.joins[0].overlap.common_days == 0 and not made.joins[0].bridged
    with_overlap = splice(
        [
            Part("a", standard_table(GOLD.iloc[700:], "a").drop(index=range(3)).reset_index(drop=True), 15.0),
            part("b", 0, 700),
        ]
    )
    assert len(with_overlap.joins) == 1 and with_overlap.prices["log_return"].isna().sum() == 2


def test_one_fix_in_the_past_alone_does_not_bridge_a_join_of_today() -> None:
    drifted = GOLD.iloc[:1400].copy()
    drifted.iloc[1000:] *= np.exp(0.004 * np.random.default_rng(9).standard_normal(400))
    made = splice(
        [
            Part("now", standard_table(GOLD.iloc[1300:], "now"), 15.0),
            Part("past", standard_table(drifted, "past"), 15.0),
        ]
    )
    assert not made.joins[0].bridged
    late = splice([part("past", 0, 1000), part("now", 0, 1700)])
    assert late.joins[0].bridged


def test_a_series_that_adds_no_day_leaves_no_trace() -> None:
    made = splice([part("a", 0, 1000), part("b", 100, 900, 1.05)])
    assert made.joins == () and made.rows == {"a": 1000, "b": 0}
    pd.testing.assert_frame_equal(made.prices, part("a", 0, 1000).prices)


def test_the_real_joins_are_those_measured(reference_data) -> None:
    """The reference file's own four series, joined again: -0.72%, -0.01% and +0.71% on the days its note gives."""
    frame = pd.read_csv(reference_data / "gold_daily_spliced_1968_2026.csv", parse_dates=["date"])
    holdings = pd.read_csv(reference_data / "gld_daily_holdings_spdr_2004_2025.csv", parse_dates=["date"])
    values = {name: group[["date", "price"]] for name, group in frame.groupby("source")}
    values["LBMA_PM_GLD_NAV"] = holdings[["date", "lbma_pm_implied"]].set_axis(["date", "price"], axis=1)
    parts = [
        Part(name, _standard(values[name], name), hour)
        for name, hour in (
            ("LBMA_PM_FRED", 15.0),
            ("LBMA_PM_GLD_NAV", 15.0),
            ("XAUUSD_STOOQ", 21.0),
            ("GC=F_YAHOO", 22.0),
        )
    ]
    made = splice(parts)
    found = [(join.day, round(100 * join.step, 2), join.bridged) for join in made.joins]
    # 26 May 2025 and 6 April 2026 are no London business days, so the second series starts a day later here
    assert found[0] == ("2021-03-03", -0.72, True)
    assert [day for day, _, _ in found] == ["2021-03-03", "2025-05-27", "2026-03-30"]
    assert found[2] == ("2026-03-30", 0.71, False) and not found[1][2]
    assert made.joins[0].overlap.common_days > 3900 and made.joins[0].overlap.same_fix
    spring = frame.set_index("date")["price"]
    assert round(100 * (spring["2025-05-26"] / spring["2025-05-23"] - 1), 2) == -0.01


def _standard(frame: pd.DataFrame, name: str) -> pd.DataFrame:
    rows = pd.DataFrame(
        {"date": frame["date"].astype("datetime64[us]"), "value": frame["price"].to_numpy(dtype="float64")}
    )
    first, last = (f"{rows['date'].iloc[i]:%Y-%m-%d}" for i in (0, -1))
    card = SourceCard(name, name, name, "", "", "no", "", "", "USD/oz", "", len(rows), first, last)
    return standardise(
        RawSeries(rows, "oz", "price", name, card), DataParams(source="file", path="x", start="1968-01-01")
    )[0]
