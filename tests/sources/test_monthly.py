"""The shipped averages: complete, mended, and equal to the series they were taken from."""

from __future__ import annotations

import numpy as np
import pandas as pd

from gramlib.sources.monthly import (
    ATTRIBUTION,
    MENDED_USD_PER_OZ,
    monthly_card,
    monthly_history,
    monthly_yardstick,
)


def test_619_months_without_a_gap():
    history = monthly_history()
    assert (str(history.index[0]), str(history.index[-1]), len(history)) == ("1975-01", "2026-07", 619)
    assert (np.diff(history.index.asi8) == 1).all() and history.between(100, 6000).all()


def test_the_yardstick_begins_with_the_free_market():
    yardstick = monthly_yardstick()
    assert (str(yardstick.index[0]), len(yardstick)) == ("1968-01", 703) and (np.diff(yardstick.index.asi8) == 1).all()
    assert yardstick["1975-01":].equals(monthly_history()) and yardstick["1968-03":"1971-07"].between(34, 44).all()


def test_the_four_wrong_months_are_mended():
    assert {month: monthly_history()[month] for month in MENDED_USD_PER_OZ} == MENDED_USD_PER_OZ


def test_card_carries_attribution_and_licence():
    card = monthly_card()
    assert card.producer == ATTRIBUTION and "World Bank" in ATTRIBUTION
    assert "CC BY 4.0" in card.licence and card.redistribute == "yes"


def test_a_caller_cannot_change_the_history():
    history = monthly_history()
    history.iloc[:] = 0
    assert monthly_history().iloc[0] == 176.0


def test_only_the_mended_months_differ_from_the_source(reference_data):
    source = pd.read_csv(reference_data / "gold_monthly_usd_per_oz.csv", index_col="month")["gold_usd_per_oz"]
    ours = monthly_history()
    theirs = source[ours.index.astype(str)].to_numpy()
    assert set(ours.index[ours.to_numpy() != theirs].astype(str)) == set(MENDED_USD_PER_OZ)


def test_mended_months_are_the_mean_of_the_fix(reference_data):
    daily = pd.read_csv(reference_data / "gold_daily_spliced_1968_2026.csv", parse_dates=["date"], index_col="date")[
        "price"
    ]
    for month, value in MENDED_USD_PER_OZ.items():
        assert abs(daily[month].mean() - value) < 0.01
