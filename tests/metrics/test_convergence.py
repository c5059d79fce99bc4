"""Running estimates: the last is the metrics table's, a decision is what the interval says, more paths decide more."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from gramlib.artefacts import entry
from gramlib.artefacts.analyse_metrics import CONVERGENCE
from gramlib.artefacts.checking import _schema
from gramlib.metrics import convergence_table, expected_shortfall, wilson_interval
from gramlib.metrics.convergence import N_BATCHES, horizon_limits, running
from gramlib.params.issuer import Issuer
from gramlib.params.stages import AnalyseParams

PARAMS = AnalyseParams()
RUN = ["batch", "paths", "running", "of_batch", "standard_error", "limit", "half_width", "decided", "needed", "unit"]


def verdicts(**limits: float) -> pd.DataFrame:
    rows = [(p, "liquidity", limit, "1/year") for p, limit in limits.items()]
    rows.append(("price_fall_to_queue", "reverse stress", 0.1, "1"))
    return pd.DataFrame(rows, columns=["requirement", "subject", "limit", "unit"])


def outcomes(n: int, p: float, seed: int = 1) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    made = {c.name: np.ones(n) for c in entry("outcomes").columns} | {"book": ["liquidity"] * n, "path": np.arange(n)}
    made |= {f"f{k}_day": np.full(n, -1) for k in range(1, 8)}
    made["f3_day"] = np.where(rng.random(n) < p, 5, -1)
    made["nonprice_loss_usd"] = rng.standard_normal(n) * 1e6
    return pd.DataFrame(made)


def test_last_row_is_the_whole_book_and_the_table_fits_its_entry():
    paths = outcomes(2000, 0.03)
    made = _schema(CONVERGENCE).validate(
        convergence_table(
            paths.sample(frac=1.0, random_state=1),
            verdicts(F3=0.01),
            pd.DataFrame({"book": ["liquidity"] * 2, "day": [4, 252]}),
            Issuer(),
            PARAMS,
        )
    )
    last = made[made["batch"] == N_BATCHES].set_index("metric")
    assert (last["paths"] == 2000).all() and made.groupby("metric").size().eq(N_BATCHES).all()
    failed = int((paths["f3_day"] == 5).sum())
    assert last.loc["probability_F3", "running"] == failed / 2000 == last.loc["probability_any", "running"]
    low, high = wilson_interval(failed, 2000)
    assert last.loc["probability_F3", "half_width"] == pytest.approx((high - low) / 2)
    assert last.loc["es_nonprice_loss", "running"] == expected_shortfall(paths["nonprice_loss_usd"], PARAMS.level)
    assert last.loc["probability_F3", "limit"] == pytest.approx(0.01) and math.isnan(
        last.loc["probability_F1", "limit"]
    )


def test_a_year_s_limit_on_another_horizon():
    """Three years at 1% a year: 1 - 0.99^3."""
    found = horizon_limits(verdicts(F1=0.01), {"liquidity": 756})
    assert found == {("liquidity", "probability_F1"): pytest.approx(1 - 0.99**3)}


@pytest.mark.parametrize(
    ("failed", "limit", "decided"), [(30, 0.01, True), (12, 0.01, False), (0, 0.01, True), (0, 0.001, False)]
)
def test_decided_means_that_the_interval_does_not_hold_the_limit(failed, limit, decided):
    values = np.zeros(1000)
    values[:failed] = 1.0
    last = list(running(values, "probability_F3", limit, PARAMS))[-1]
    row = dict(zip(RUN, last, strict=True))
    assert row["decided"] is decided
    assert (row["needed"] <= 1000) == decided


def test_the_paths_needed_are_enough():
    """So many paths of the same kind bring the end of Wilson's interval to the limit."""
    values = np.zeros(1000)
    values[::80] = 1.0
    row = dict(zip(RUN, list(running(values, "probability_F3", 0.01, PARAMS))[-1], strict=True))
    n, p = int(row["needed"]), float(values.mean())
    assert n > 1000
    assert wilson_interval(round(p * n), n).lower == pytest.approx(0.01, abs=3e-5)
    assert wilson_interval(round(p * n * 0.9), round(n * 0.9)).lower < 0.01


def test_the_spread_of_batches_is_the_standard_error():
    spread = [
        list(running(np.random.default_rng(k).random(5000) < 0.2, "probability_F3", math.nan, PARAMS))[-1][4]
        for k in range(40)
    ]
    assert np.mean(spread) == pytest.approx(math.sqrt(0.2 * 0.8 / 5000), rel=0.12)


def test_a_figure_that_never_fails_and_has_no_limit_is_never_sure():
    row = dict(zip(RUN, list(running(np.zeros(500), "probability_F2", math.nan, PARAMS))[-1], strict=True))
    assert not row["decided"] and row["needed"] == math.inf
