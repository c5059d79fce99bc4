"""The chain's tests on months whose law is known: right forecasts pass, wrong ones are noticed as often as stated."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from gramlib.artefacts.analyse_backtests import CHAIN_BACKTEST, CHAIN_TESTS
from gramlib.artefacts.checking import _schema
from gramlib.backtests import chain_tests, kupiec, kupiec_power
from gramlib.models.multiplicity import holm

N = 200
NAMES = ("F1", "F2", "F3", "F4", "F5", "F7", "queue")


def months(
    seed: int = 0, n: int = N, scale: float = 1.0, chance: float = 0.05, true_chance: float = 0.05,
    relation: float = 0.0, flows: bool = True,
) -> pd.DataFrame:  # fmt: skip
    """Losses normal with sd 5% times `scale` against forecasts of the normal; failures with `true_chance` against `chance`."""
    rng = np.random.default_rng(seed)
    loss = np.minimum(0.05 * scale * rng.standard_normal(n), 0.9)
    var_975, var_990 = 0.05 * stats.norm.ppf(0.975), 0.05 * stats.norm.ppf(0.99)
    came = {name: rng.random(n) < true_chance for name in NAMES}
    replayed = rng.standard_normal(n)
    fund = 0.01 * (relation * replayed + np.sqrt(1 - relation**2) * rng.standard_normal(n))
    edge = 0.01 * stats.norm.ppf(0.95)
    place = np.where(fund < -edge, "below", np.where(fund > edge, "above", "inside")) if flows else ""
    table = pd.DataFrame(
        {
            "as_of": pd.date_range("2000-01-01", periods=n, freq="31D").astype("datetime64[us]"),
            "until": pd.date_range("2000-01-30", periods=n, freq="31D").astype("datetime64[us]"),
            "model": "fhs", "note": "", "n_train": 1500, "n": 4999, "apart": True,
            "var_975": var_975, "es_975": 0.05 * stats.norm.pdf(1.959964) / 0.025,
            "var_990": var_990, "es_990": 0.05 * stats.norm.pdf(2.326348) / 0.01,
            "realised_loss": loss, "exceeded_975": loss > var_975, "exceeded_990": loss > var_990,
            "redeemed_lower": -edge, "redeemed_median": 0.0, "redeemed_upper": edge,
            "fund_redeemed": fund if flows else np.nan, "place": place, "replay_redeemed": 0.01 * replayed,
            **{f"chance_{name}": min(2 * chance, 1.0) for name in NAMES},
            **{f"alone_{name}": chance for name in NAMES},
            "chance_F6": np.nan, "alone_F6": np.nan,
            "replay_failures": [" ".join(k for k in NAMES[:-1] if came[k][i]) for i in range(n)],
            "replay_queue": came["queue"], "evidence": "history",
        }
    )  # fmt: skip
    return _schema(CHAIN_BACKTEST).validate(table[[column.name for column in CHAIN_BACKTEST.columns]])


def results(table: pd.DataFrame) -> pd.DataFrame:
    return _schema(CHAIN_TESTS).validate(chain_tests(table)).set_index(["test", "subject", "level"]).sort_index()


@pytest.fixture(scope="module")
def right() -> pd.DataFrame:
    return results(months(1))


def test_right_forecasts_are_not_rejected_once_all_tests_are_allowed_for(right):
    judged = right.drop(index=["response", "warning"])
    assert (judged["adjusted_p_value"] > 0.05).all()


def test_every_row_has_a_p_value_with_its_power_against_something_said(right):
    assert right[["p_value", "power"]].notna().all().all()
    assert (right[["hypothesis", "alternative", "evidence"]] != "").all().all()
    assert len(right) == 4 + 2 + 2 * 7 + 4
    assert (right["family_size"] == len(right)).all()
    assert right["adjusted_p_value"].to_numpy() == pytest.approx(holm(right["p_value"].to_numpy()))


def test_kupiec_counts_what_the_months_count(right):
    table = months(1)
    for level, column in ((0.975, "exceeded_975"), (0.99, "exceeded_990")):
        row, hits = right.loc[("kupiec", "price", level)], int(table[column].sum())
        assert row["found"] == hits
        assert row["p_value"] == pytest.approx(kupiec(hits, N, round(1 - level, 12)).p_value)
        assert row["power"] == pytest.approx(kupiec_power(N, round(1 - level, 12), 2 * round(1 - level, 12)))


def test_months_that_share_days_are_not_counted():
    table = months(2)
    table.loc[::2, "apart"] = False
    assert (results(table)["n"] == N // 2).all()


def test_losses_half_as_large_again_are_noticed():
    found = results(months(3, scale=1.8))
    assert found.loc[("acerbi_szekely_z2", "price", 0.975), "adjusted_p_value"] < 0.05
    assert found.loc[("kupiec", "price", 0.975), "found"] > 2 * found.loc[("kupiec", "price", 0.975), "expected"]


def test_an_interval_that_is_too_narrow_is_noticed():
    table = months(4)
    table["place"] = np.where(table["fund_redeemed"].abs() < 0.005, "inside", "above")
    row = results(table).loc[("interval_coverage", "redemptions", 0.9)]
    missed = int((table["place"] != "inside").sum())
    assert row["found"] == missed
    assert row["p_value"] == pytest.approx(stats.binomtest(missed, N, 0.1).pvalue)
    assert row["adjusted_p_value"] < 0.05


def test_the_response_is_a_rank_correlation():
    table = months(5, relation=0.5)
    row = results(table).loc["response"].iloc[0]
    known = stats.spearmanr(table["fund_redeemed"], table["replay_redeemed"], alternative="greater")
    assert (row["statistic"], row["p_value"]) == pytest.approx(known)


def test_its_power_is_the_share_of_samples_that_are_rejected():
    rng = np.random.default_rng(6)
    rejected = []
    for _ in range(400):
        # A normal correlation of 2 sin(pi rho / 6) has the rank correlation rho.
        one, two = rng.multivariate_normal([0, 0], [[1, 0.2091], [0.2091, 1]], N).T
        rejected.append(stats.spearmanr(one, two, alternative="greater").pvalue <= 0.05)
    assert results(months(6)).loc["response"]["power"].iloc[0] == pytest.approx(np.mean(rejected), abs=0.08)


def test_failures_three_times_as_often_as_said_are_noticed_with_the_power_to_do_so():
    found = results(months(7, chance=0.05, true_chance=0.15))
    assert (found.loc["calibration", "adjusted_p_value"] < 0.05).all()
    assert (found.loc["calibration", "power"] > 0.7).all()
    assert found.loc["calibration", "expected"].to_numpy() == pytest.approx(N * 0.05, rel=0.01)


def test_chances_from_prices_alone_are_tested_and_not_those_with_drivers():
    table = months(8)
    doubled = table.assign(**{f"chance_{name}": 0.9 for name in NAMES})
    pd.testing.assert_frame_equal(results(doubled), results(table))


def test_a_chance_that_knows_the_months_is_a_warning_and_what_is_missed_is_counted():
    table = months(9, chance=0.001)
    table["alone_queue"] = np.where(table["replay_queue"], 0.2, 0.001)
    table.loc[table.index[table["replay_queue"]][0], "alone_queue"] = 0.001
    row = results(table).loc[("warning", "queue", 0.05)]
    queues = int(table["replay_queue"].sum())
    assert (row["found"], row["missed"], row["false_alarms"]) == (queues - 1, 1, 0)
    assert row["p_value"] < 1e-6


def test_any_failure_counts_a_month_once(right):
    table = months(1)
    failed = int((table["replay_failures"] != "").sum())
    row = right.loc[("warning", "any failure", 0.01)]
    assert row["found"] + row["missed"] == failed
    assert row["false_alarms"] == N - failed


def test_a_failure_that_no_path_showed_and_that_came_is_rejected_but_not_impossible():
    table = months(10, chance=0.0, true_chance=0.0)
    table.loc[[3, 50, 90], "replay_failures"] = "F2"
    row = results(table).loc["calibration"].loc["F2"].iloc[0]
    assert row["found"] == 3
    assert 0.0 < row["p_value"] < 1e-4


def test_without_flows_there_are_no_rows_on_redemptions():
    assert "redemptions" not in results(months(11, flows=False)).index.get_level_values("subject")


def test_grade_d_says_mechanics_only_and_too_few_months_say_nothing():
    assert (results(months(12).assign(evidence="mechanics only"))["evidence"] == "mechanics only").all()
    assert results(months(12, n=9)).empty
