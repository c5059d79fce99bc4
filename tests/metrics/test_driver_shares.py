"""Failures by driver: shares as counted by stage predict, effects paired path by path."""

from __future__ import annotations

import numpy as np
import pytest
from flat_books import MOVING, market

from gramlib.artefacts.analyse_metrics import DRIVER_SHARES
from gramlib.artefacts.checking import _schema
from gramlib.metrics import driver_shares
from gramlib.metrics.driver_shares import paired_of_sample
from gramlib.metrics.intervals import paired_difference_interval
from gramlib.params.issuer import CustodyDriver, Drivers, Issuer
from gramlib.params.stages import AnalyseParams
from gramlib.simulation import run_books

DRIVERS = ["confidence", "liquidity", "custody"]


@pytest.fixture(scope="module")
def made():
    issuer = Issuer(drivers=Drivers(custody=CustodyDriver(rate_year=0.5)))
    each = market(
        issuer, MOVING, n_paths=600, horizon_days=60, solvency_n_paths=10, solvency_horizon_days=60, drivers=DRIVERS
    )
    effects = run_books(each).driver_effects
    table = driver_shares(effects, each, AnalyseParams(search_n_paths=1200))
    return each, effects, _schema(DRIVER_SHARES).validate(table)


def test_shares_are_those_counted(made):
    _, effects, table = made
    joined = table.merge(effects, on=["book", "predicate", "case", "driver"])
    assert len(joined) == len(table) == len(effects)
    np.testing.assert_array_equal(joined["probability"], joined["failed"] / joined["n_y"])
    assert (table["lower"] <= table["probability"]).all() and (table["probability"] <= table["upper"]).all()


def test_an_effect_is_a_difference_of_shares_with_its_paired_interval(made):
    each, _, table = made
    rows = table.set_index(["predicate", "case", "driver"])
    for predicate in ("F2", "F5"):
        alone, everything = (
            rows.loc[(predicate, "none", ""), "probability"],
            rows.loc[(predicate, "all", ""), "probability"],
        )
        row = rows.loc[(predicate, "without", "custody")]
        assert row["effect"] == pytest.approx(everything - row["probability"])
        only = rows.loc[(predicate, "only", "custody")]
        assert only["effect"] == pytest.approx(only["probability"] - alone)
        assert np.isnan(rows.loc[(predicate, "none", ""), "effect"])
        # All 600 paths were walked twice, so the interval is nearly the one that the pairs themselves give.
        first, second = (each.outcomes("liquidity", None, drivers).first_day(predicate) != -1
                         for drivers in (DRIVERS, ["confidence", "liquidity"]))  # fmt: skip
        exact = paired_difference_interval(int((first & ~second).sum()), int((second & ~first).sum()), 600)
        assert (row["effect_lower"], row["effect_upper"]) == (
            pytest.approx(exact.lower, abs=2e-3),
            pytest.approx(exact.upper, abs=2e-3),
        )
    assert rows.loc[("F5", "without", "custody"), "effect_lower"] > 0.0


def test_pairs_known_from_a_sample_cover():
    rng, n, pairs = np.random.default_rng(4), 5000, 500
    law = [0.03, 0.01, 0.20, 0.76]
    hits = 0
    for _ in range(400):
        cells = rng.choice(4, size=n, p=law)
        difference = int((cells == 0).sum() - (cells == 1).sum())
        low, high = paired_of_sample(difference, n, int((cells[:pairs] < 2).sum()), pairs, 0.95)
        hits += low <= law[0] - law[1] <= high
    assert hits / 400 >= 0.93


@pytest.mark.parametrize(
    ("difference", "n", "discordant", "pairs"), [(0, 10, 0, 5), (10, 10, 5, 5), (-3, 10, 0, 5), (9, 10, 5, 5)]
)
def test_counts_always_fit(difference, n, discordant, pairs):
    low, high = paired_of_sample(difference, n, discordant, pairs, 0.95)
    assert low <= high and low < 1.0 and high > -1.0
