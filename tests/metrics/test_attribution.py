"""Where losses come from: modules that add up, a tail that is the expected shortfall."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from flat_books import MOVING, market
from hypothesis import given, settings
from hypothesis import strategies as st

from gramlib.artefacts.analyse_metrics import LOSS_ATTRIBUTION
from gramlib.artefacts.checking import _schema
from gramlib.metrics import expected_shortfall, loss_attribution
from gramlib.metrics.attribution import module_losses, tail_weights
from gramlib.params.issuer import Issuer
from gramlib.params.stages import AnalyseParams
from gramlib.simulation import path_ledger

PARAMS = AnalyseParams()


@pytest.fixture(scope="module")
def books():
    each = market(Issuer(), MOVING, n_paths=2000, drivers=["all"])
    return each, each.outcomes("liquidity").to_table("liquidity")


def test_modules_add_up_to_the_total_over_all_paths_and_over_the_tail(books):
    made = _schema(LOSS_ATTRIBUTION).validate(loss_attribution(books[1], PARAMS))
    for _, rows in made.groupby("over"):
        parts, total = rows[rows["module"] != "total"], rows[rows["module"] == "total"].iloc[0]
        assert len(parts) > 4
        assert parts["mean_usd"].sum() == pytest.approx(total["mean_usd"], rel=1e-9, abs=1e-3)
        assert parts["share"].sum() == pytest.approx(1.0)
        assert (rows["lower_usd"] <= rows["mean_usd"]).all() and (rows["mean_usd"] <= rows["upper_usd"]).all()
    losses = books[1]["nonprice_loss_usd"].to_numpy(dtype=float)
    totals = made[made["module"] == "total"].set_index("over")["mean_usd"]
    assert totals["all"] == pytest.approx(losses.mean())
    assert totals["tail"] == pytest.approx(expected_shortfall(losses, PARAMS.level))


def test_what_is_left_is_the_running_business_of_the_ledger(books):
    each, outcomes = books
    left = module_losses(outcomes)["running_business"]
    for path in (0, 7):
        days = path_ledger(each, "liquidity", path)
        cost = days[["opex_usd", "custody_cost_usd", "credit_interest_usd"]].sum().sum()
        income = days[["yield_usd", "mint_fees_usd", "kind_fees_usd", "holding_fee_usd", "lease_income_usd", "insurance_usd",
                       "freeze_effect_usd"]].sum().sum()  # fmt: skip
        # float32 on disk: the sums are a few million.
        assert left[path] == pytest.approx(cost - income, abs=2.0)


@settings(deadline=None, max_examples=50)
@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=80), st.floats(0.05, 0.999))
def test_tail_weights_make_the_expected_shortfall(losses, level):
    losses = np.array(losses)
    weights = tail_weights(losses, level)
    assert weights.sum() == pytest.approx(1.0) and weights.min() >= 0.0
    assert weights @ losses == pytest.approx(expected_shortfall(losses, level), rel=1e-6, abs=1e-3)


def test_tail_interval_covers():
    """Two exponential modules: E[X | X+Y > q] is half of the total's shortfall; nominal 95%."""
    rng, hits = np.random.default_rng(8), 0
    grid = rng.gamma(2.0, size=4_000_000)
    truth = expected_shortfall(grid, PARAMS.level) / 2
    for _ in range(200):
        parts = rng.exponential(size=(2, 4000))
        paths = pd.DataFrame({name: np.zeros(4000) for name in ("event_loss_usd", "lease_loss_usd", "bank_loss_usd", "slippage_usd",
                                                                "haircut_usd", "liquidation_loss_usd", "fees_usd")})  # fmt: skip
        paths = paths.assign(book="liquidity", cyber_loss_usd=parts[0], nonprice_loss_usd=parts.sum(axis=0))
        made = loss_attribution(paths, PARAMS).set_index(["over", "module"]).loc[("tail", "cyber_loss")]
        hits += made["lower_usd"] <= truth <= made["upper_usd"]
    assert 0.90 <= hits / 200 <= 0.99
