"""The metrics table: from small tables with known answers."""

import math
import time

import numpy as np
import pandas as pd
import pytest

from gramlib.artefacts import check_table, entry
from gramlib.errors import DataContractError
from gramlib.metrics import metrics_table
from gramlib.params.issuer import Issuer
from gramlib.params.stages import AnalyseParams

PARAMS = AnalyseParams(bootstrap_samples=50)
ISSUER = Issuer(tokens_g=1000.0, gold_g=1000.0)


def book(name: str, n: int, **columns) -> pd.DataFrame:
    """Outcomes of `n` sound paths, all figures 1, but for `columns`."""
    made = {c.name: np.ones(n, dtype="float32") for c in entry("outcomes").columns}
    made |= {c: np.full(n, -1, dtype="int16") for c in made if c.endswith("_day")}
    made |= {"book": [name] * n, "path": np.arange(n, dtype="int32"), "status": ["sound"] * n}
    return pd.DataFrame(made | columns)[[c.name for c in entry("outcomes").columns]]


def ledger(scenario: str, n_days: int, **columns) -> pd.DataFrame:
    made = {c.name: np.ones(n_days) for c in entry("replays").columns}
    made |= {"scenario": [scenario] * n_days, "day": np.arange(1, n_days + 1, dtype="int32")}
    return pd.DataFrame(made | columns)


def failures(scenario: str, **days: int) -> pd.DataFrame:
    rows = [(scenario, p, days.get(p, -1), "") for p in ("F1", "F2", "F3", "F4", "F5", "F6", "F7")]
    return pd.DataFrame(rows, columns=["scenario", "predicate", "first_day", "cause"])


def tables(outcomes: pd.DataFrame) -> pd.DataFrame:
    made = metrics_table(outcomes, ledger("S1", 3), failures("S1"), ISSUER, PARAMS, np.random.default_rng(1))
    return check_table("metrics", made, "test").set_index(["subject", "metric"])


def days(n: int, failing: dict[int, int]) -> np.ndarray:
    made = np.full(n, -1, dtype="int16")
    for path, day in failing.items():
        made[path] = day
    return made


def test_probabilities_medians_and_the_first_failure_of_a_path():
    outcomes = book("liquidity", 20, f3_day=days(20, {0: 5, 1: 9, 2: 7}), f4_day=days(20, {0: 2, 7: 30}))
    found = tables(outcomes)
    assert found.loc[("liquidity", "probability_F3"), "value"] == pytest.approx(3 / 20)
    assert found.loc[("liquidity", "median_days_to_F3"), "value"] == 7
    assert found.loc[("liquidity", "probability_any"), "value"] == pytest.approx(4 / 20)
    assert found.loc[("liquidity", "median_days_to_any"), "value"] == 7
    assert found.loc[("liquidity", "probability_F1"), "value"] == 0.0
    assert found.loc[("liquidity", "probability_F1"), "upper"] > 0.1
    assert math.isnan(found.loc[("liquidity", "median_days_to_F1"), "value"])


def test_days_of_a_failure_have_quantiles_where_it_happens():
    outcomes = book("liquidity", 40, f3_day=days(40, {k: k + 1 for k in range(20)}))
    found = tables(outcomes).loc["liquidity"]
    assert found.loc["days_to_F3_q05", "value"] == 1 and found.loc["days_to_F3_q95", "value"] == 19
    assert found.loc["days_to_any_q95", "n"] == 20
    assert "days_to_F4_q05" not in found.index


def test_odds_of_a_scenario_stand_beside_its_figures():
    odds = pd.DataFrame({"scenario": ["S1"], "predicate": ["F3"], "n": [50], "failed": [5]})
    made = metrics_table(
        book("liquidity", 5), ledger("S1", 3), failures("S1"), ISSUER, PARAMS, np.random.default_rng(1), odds
    )
    found = made.set_index(["subject", "metric"]).loc[("S1", "odds_F3")]
    assert found["value"] == 0.1 and found["lower"] < 0.1 < found["upper"]


@pytest.mark.slow
def test_a_quarter_of_a_million_paths_take_seconds():
    rng = np.random.default_rng(3)
    n = 100_000
    parts = [book(name, n, nonprice_loss_usd=rng.standard_normal(n).astype("float32"), f4_day=days(n, {5: 3}))
             for name in ("liquidity_price_only", "liquidity")]  # fmt: skip
    outcomes = pd.concat([*parts, book("solvency", 20_000)], ignore_index=True)
    started = time.process_time()
    metrics_table(outcomes, ledger("S1", 3), failures("S1"), ISSUER, AnalyseParams(), np.random.default_rng(1))
    assert time.process_time() - started < 3.0


def test_collateral_predicate_is_absent_for_a_gold_peg():
    assert ("liquidity", "probability_F6") not in tables(book("liquidity", 5)).index


def test_what_drivers_add_is_paired_by_path_not_by_row():
    alone = book("liquidity_price_only", 10, f4_day=days(10, {3: 4}))
    with_drivers = book("liquidity", 10, f4_day=days(10, {3: 2, 5: 6, 6: 6})).iloc[::-1]
    found = tables(pd.concat([alone, with_drivers], ignore_index=True)).loc[("liquidity", "added_by_drivers_F4")]
    assert found["value"] == pytest.approx(2 / 10)
    assert found["lower"] < 2 / 10 < found["upper"]


def test_books_of_different_paths_are_refused():
    both = pd.concat([book("liquidity_price_only", 4), book("liquidity", 5)], ignore_index=True)
    with pytest.raises(DataContractError, match="different paths"):
        tables(both)


def test_loss_figures_are_those_of_the_sample():
    losses = np.arange(1000, dtype="float32")
    found = tables(book("solvency", 1000, nonprice_loss_usd=losses)).loc["solvency"]
    assert found.loc["var_nonprice_loss", "value"] == 974.0
    assert found.loc["es_nonprice_loss", "value"] == pytest.approx(losses[975:].mean())
    assert found.loc["mean_nonprice_loss", "lower"] < losses.mean() < found.loc["mean_nonprice_loss", "upper"]
    assert found.loc["es_nonprice_loss", "lower"] < found.loc["es_nonprice_loss", "value"]


def test_figures_of_a_scenario_are_its_worst_days():
    replay = ledger(
        "H13a", 4, equity_usd=[9.0, 3.0, 5.0, 6.0], own_funds_requirement_usd=[1.0, 1.0, 5.0, 1.0],
        queue_g=[0.0, 250.0, 10.0, 0.0], tokens_g=[900.0, 800.0, 700.0, 600.0], discount=[-0.1, 0.02, 0.01, 0.0],
        oldest_request_days=[0.0, 1.0, 2.0, 0.0],
    )  # fmt: skip
    made = metrics_table(
        book("liquidity", 5), replay, failures("H13a", F3=2, F4=1), ISSUER, PARAMS, np.random.default_rng(1)
    )
    found = made[made["subject"] == "H13a"].set_index("metric")["value"]
    expected = {
        "min_equity_usd": 3.0, "min_own_funds_headroom_usd": 0.0, "peak_queue_share": 0.25, "end_tokens_share": 0.6,
        "worst_discount": 0.02, "oldest_request_days": 2.0, "failures": 2.0,
    }  # fmt: skip
    assert found[list(expected)].to_dict() == pytest.approx(expected)


def test_same_tables_and_seed_give_the_same_bytes():
    outcomes = book("liquidity", 200, nonprice_loss_usd=np.random.default_rng(2).normal(size=200).astype("float32"))
    pd.testing.assert_frame_equal(tables(outcomes), tables(outcomes), check_exact=True)
