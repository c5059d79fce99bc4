"""Books whose answers are known in closed form, through the whole of metrics; invariances that no book may break."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from flat_books import MOVING, PRICE_USD_PER_G, QUIET, market

from gramlib.metrics import loss_attribution, metrics_table
from gramlib.models import loss_lines, loss_table
from gramlib.params.issuer import Issuer
from gramlib.params.stages import AnalyseParams
from gramlib.simulation import Outcomes

PARAMS = AnalyseParams(bootstrap_samples=100)
NO_LEDGER = pd.DataFrame({"scenario": pd.Series(dtype="str")})


def figures(outcomes: Outcomes, issuer: Issuer, book: str = "liquidity") -> pd.DataFrame:
    table = outcomes.to_table(book)
    made = metrics_table(table, NO_LEDGER, NO_LEDGER, issuer, PARAMS, np.random.default_rng(1))
    return made.set_index("metric")


def within(row: pd.Series, truth: float, widths: float = 1.6) -> bool:
    """Whether the truth lies within so many half widths of the 95% interval: 1.6 is one in six hundred."""
    half = (row["upper"] - row["lower"]) / 2
    return abs(row["value"] - truth) <= widths * half


def test_custody_losses_alone_are_a_compound_poisson():
    """Mean: G P (1 - (1 - p m)^252), p the chance of a day, m the mean share lost, of what is left. F5 four days after the first."""
    driver = QUIET.drivers.custody
    outcomes = market(QUIET, drivers=["custody"], n_paths=20_000).outcomes("liquidity")
    found = figures(outcomes, QUIET)
    p = -math.expm1(-driver.rate_year / 252)
    # E min(1, severity) of a generalised Pareto with mean mu and shape xi: mu (1 - (1 + xi/scale)^(1 - 1/xi))
    scale = driver.mean_severity * (1 - driver.tail_xi)
    mean_share = driver.mean_severity * (1 - (1 + driver.tail_xi / scale) ** (1 - 1 / driver.tail_xi))
    expected = QUIET.gold_g * PRICE_USD_PER_G * (1 - (1 - p * mean_share) ** 252)
    assert within(found.loc["mean_nonprice_loss"], expected)
    in_time = 252 - (QUIET.market.lag_days + 1)
    assert within(found.loc["probability_F5"], -math.expm1(-driver.rate_year * in_time / 252))
    for predicate in ("F1", "F2", "F3", "F7"):
        assert found.loc[f"probability_{predicate}", "value"] == 0.0


def test_cyber_losses_alone_have_the_shortfall_of_panjer():
    table = loss_table(loss_lines(QUIET, PRICE_USD_PER_G), levels=(PARAMS.level,)).set_index("line").loc["cyber"]
    found = figures(market(QUIET, drivers=["cyber"], n_paths=20_000).outcomes("liquidity"), QUIET)
    assert within(found.loc["mean_nonprice_loss"], table["mean_usd"])
    assert within(found.loc["var_nonprice_loss"], table["var_usd"])
    assert within(found.loc["es_nonprice_loss"], table["es_usd"])


def test_attribution_names_the_one_module_there_is():
    outcomes = market(QUIET, drivers=["custody"]).outcomes("liquidity").to_table("liquidity")
    made = loss_attribution(outcomes, PARAMS)
    tail = made[made["over"] == "tail"].set_index("module")
    assert tail.loc["custody_loss", "share"] == pytest.approx(1.0, abs=1e-5)
    assert tail.loc["running_business", "mean_usd"] == pytest.approx(0.0, abs=1.0)


def test_infinite_cash_never_fails_liquidity():
    issuer = Issuer(cash_usd=1e12)
    found = figures(market(issuer, MOVING, n_paths=2000).outcomes("liquidity"), issuer)
    for predicate in ("F3", "F7"):
        assert found.loc[f"probability_{predicate}", "value"] == 0.0
    assert found.loc["peak_queue_share_q99", "value"] == 0.0


def doubled(issuer: Issuer) -> Issuer:
    """Everything that has a size, twice."""
    return issuer.model_copy(update={
        "tokens_g": 2 * issuer.tokens_g, "gold_g": 2 * issuer.gold_g, "cash_usd": 2 * issuer.cash_usd, "bills_usd": 2 * issuer.bills_usd,
        "costs": issuer.costs.model_copy(update={"opex_usd_year": 2 * issuer.costs.opex_usd_year}),
        "market": issuer.market.model_copy(update={"adv_usd": 2 * issuer.market.adv_usd}),
        "peg_model": issuer.peg_model.model_copy(update={"depth_usd": 2 * issuer.peg_model.depth_usd}),
    })  # fmt: skip


def test_doubling_everything_changes_no_ratio_and_doubles_every_amount():
    issuer = Issuer()
    once, twice = (
        figures(market(each, MOVING, n_paths=2000).outcomes("liquidity"), each)
        for each in (issuer, doubled(issuer))
    )  # fmt: skip
    amounts = once["unit"] == "USD"
    for column in ("value", "lower", "upper"):
        np.testing.assert_allclose(twice.loc[~amounts, column], once.loc[~amounts, column], rtol=1e-5, atol=1e-7)
        np.testing.assert_allclose(twice.loc[amounts, column], 2 * once.loc[amounts, column], rtol=1e-5, atol=2.0)


def test_the_order_of_paths_changes_no_figure():
    issuer = Issuer()
    table = market(issuer, MOVING, n_paths=1000).outcomes("liquidity").to_table("liquidity")
    shuffled = table.sample(frac=1.0, random_state=3)
    exact = []
    for each in (table, shuffled):
        made = metrics_table(each, NO_LEDGER, NO_LEDGER, issuer, PARAMS, np.random.default_rng(1)).set_index("metric")
        exact.append(
            made.drop(index="mean_nonprice_loss").drop(columns="method").drop(columns="unit").drop(columns="subject")
        )
        exact.append(loss_attribution(each, PARAMS).select_dtypes("number"))
    np.testing.assert_allclose(exact[0], exact[2], rtol=1e-9)
    np.testing.assert_allclose(exact[1], exact[3], rtol=1e-6, atol=1e-3)
