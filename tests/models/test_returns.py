"""The returns a model may learn from, and what was known beside them at the end of each day."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from synthetic_garch import garch_returns, price_table

from gramlib.models.returns import OLDEST_COVARIATE_DAYS, usable_returns

PRICES = price_table(garch_returns(300, seed=3))
DATES = PRICES["date"].to_numpy()[1:]


def covariates(values, dates, lag_days=1, name: str = "gvz") -> pd.DataFrame:
    """Catalogue columns that the join reads; each value is known `lag_days` after its date."""
    days = pd.DatetimeIndex(dates).astype("datetime64[us]")
    known = (days + pd.to_timedelta(lag_days, unit="D")).astype("datetime64[us]")
    return pd.DataFrame({"date": days, "name": name, "value": values, "known_on": known})


def test_without_covariates_there_are_none():
    assert usable_returns(PRICES).covariates == {}
    assert usable_returns(PRICES, covariates([], [])).covariates == {}


def test_a_value_counts_from_the_day_it_was_known_on_and_the_newest_wins():
    table = pd.concat([
        covariates([1.0, 2.0], [DATES[10], DATES[11]], 0),
        covariates([3.0, 4.0], [DATES[12], DATES[13]], [(DATES[15] - day) // np.timedelta64(1, "D") for day in DATES[12:14]]),
    ])  # fmt: skip
    value = usable_returns(PRICES, table.sample(frac=1.0, random_state=1)).covariates["gvz"]
    assert np.isnan(value[:10]).all() and value[10] == 1.0 and value[11] == 2.0
    assert value[15] == 4.0 and value[14] == 2.0


def test_a_value_that_is_too_old_is_unknown_again():
    value = usable_returns(PRICES, covariates([1.0], [DATES[10]], 0)).covariates["gvz"]
    age = (DATES - DATES[10]) / np.timedelta64(1, "D")
    assert (np.isfinite(value) == ((age >= 0) & (age <= OLDEST_COVARIATE_DAYS))).all()
    assert np.isfinite(value).sum() > 5


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 2**32 - 1), st.integers(1, 299))
def test_what_becomes_known_later_changes_nothing_before(seed: int, stop: int):
    rng = np.random.default_rng(seed)
    table = covariates(rng.normal(size=200), DATES[rng.permutation(300)[:200]], rng.integers(1, 9, 200))
    later = (table["known_on"] > DATES[stop - 1]).to_numpy()
    shuffled = table.assign(value=np.where(later, 1e6 * rng.normal(size=200), table["value"]))
    whole = usable_returns(PRICES, table)
    other = usable_returns(PRICES, pd.concat([shuffled[~later], shuffled[later].sample(frac=0.5, random_state=1)]))
    assert np.array_equal(whole.until(stop).covariates["gvz"], other.until(stop).covariates["gvz"], equal_nan=True)


def test_the_first_returns_carry_the_first_values():
    returns = usable_returns(PRICES, covariates(np.arange(300.0), DATES, 0))
    first = returns.until(50)
    assert len(first) == len(first.covariates["gvz"]) == 50
    assert (first.covariates["gvz"] == np.arange(50.0)).all()


def test_rows_without_a_return_are_left_out_with_their_covariates():
    table = PRICES.assign(filled=np.arange(len(PRICES)) == 30)
    returns = usable_returns(table, covariates(np.arange(300.0), DATES, 0))
    assert len(returns) == 299 and returns.covariates["gvz"][28:30] == pytest.approx([28.0, 30.0])
