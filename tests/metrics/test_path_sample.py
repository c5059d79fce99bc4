"""Paths of the books walked again day by day: the same paths, and figures that agree with the outcomes."""

from __future__ import annotations

import numpy as np
from flat_books import MOVING, OutsideModels, market

from gramlib.metrics import metrics_table, path_sample
from gramlib.metrics.daily import DAILY_UNITS
from gramlib.params.issuer import Issuer
from gramlib.params.stages import AnalyseParams
from gramlib.simulation import run_books


def test_sampled_paths_are_the_paths_of_the_outcomes():
    each = market(Issuer(), MOVING, n_paths=400, horizon_days=60, solvency_horizon_days=90)
    sample = path_sample(each, 4000)
    assert list(sample.columns) == ["book", "path", *DAILY_UNITS]
    for book, n in (("liquidity", 200), ("solvency", 133)):
        rows, outcomes = sample[sample["book"] == book], each.outcomes(book, n)
        assert rows["path"].tolist() == list(range(n))
        np.testing.assert_array_equal(rows["min_own_funds_headroom_usd"] < 0.0, outcomes.f1_day != -1)
        np.testing.assert_array_equal(rows["oldest_request_days"] > 5.0, outcomes.f3_day != -1)
        np.testing.assert_array_equal(rows["queue_days"] > 0, outcomes.peak_queue_share > 0.0)
        assert (rows.loc[(outcomes.f7_day != -1), "days_to_exhaustion"] <= outcomes.f7_day[outcomes.f7_day != -1]).all()
        assert (rows["longest_discount_days"] <= rows["discount_days"]).all()
    assert (sample["queue_days"] > 0).any()


def test_their_figures_stand_in_the_metrics_table():
    issuer = Issuer()
    each = market(issuer, MOVING, n_paths=120, horizon_days=30, solvency_n_paths=20, solvency_horizon_days=30)
    books = run_books(each)
    nothing = books.outcomes.iloc[:0].rename(columns={"book": "scenario"})
    rng = np.random.default_rng(1)
    sample = path_sample(each, 2000)
    made = metrics_table(
        books.outcomes, nothing, nothing, issuer, AnalyseParams(bootstrap_samples=10), rng, None, sample
    )
    found = made.set_index(["subject", "metric"])
    own = sample[sample["book"] == "liquidity"]
    assert len(own) == 100
    row = found.loc[("liquidity", "min_liquid_5d_share_q50")]
    assert row["value"] == np.sort(own["min_liquid_5d_share"])[49] and row["lower"] <= row["value"] <= row["upper"]
    row = found.loc[("liquidity", "share_exhausted")]
    assert row["value"] == own["days_to_exhaustion"].notna().mean() and row["n"] == 100


def test_a_model_from_outside_is_sampled_as_well():
    outside = {"kind": "a law of its own"}
    each = market(Issuer(), outside, OutsideModels(), n_paths=400, horizon_days=10, solvency_horizon_days=10)
    sample = path_sample(each, 4000)
    rows, outcomes = sample[sample["book"] == "liquidity"], each.outcomes("liquidity", 200)
    assert len(rows) == 200
    np.testing.assert_array_equal(rows["min_own_funds_headroom_usd"] < 0.0, outcomes.f1_day != -1)
    np.testing.assert_array_equal(rows["queue_days"] > 0, outcomes.peak_queue_share > 0.0)
