from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from gramlib.models.contest import choose_champion, diebold_mariano, league_table
from gramlib.models.scores import PINBALL_LEVELS

N = 400


def scored(gain_by_model: dict[str, dict[int, float]]) -> pd.DataFrame:
    """Forecast scores in which a model is better than fhs by `gain` on average at each horizon, with noise."""
    rng = np.random.default_rng(12)
    pieces = []
    for horizon in (1, 10):
        base = rng.uniform(0.004, 0.006, N)
        for model in ("fhs", *gain_by_model):
            gain = gain_by_model[model][horizon] if model in gain_by_model else 0.0
            crps = base - gain + (rng.normal(0, 1e-4, N) if gain else 0.0)
            piece = pd.DataFrame(
                {"model": model, "horizon_days": horizon, "date": pd.bdate_range("2020-01-01", periods=N), "crps": crps}
            )
            piece = piece.assign(log_score=np.log(crps), covariates="")
            pieces.append(piece.assign(**{f"pinball_{code}": 2 * crps for code in PINBALL_LEVELS}))
    return pd.concat(pieces, ignore_index=True)


def test_rival_wins_only_when_better_at_every_horizon():
    always = scored({"garch_t": {1: 1e-4, 10: 1e-4}})
    assert choose_champion(always, ["fhs", "garch_t"], "C")[0] == "garch_t"
    once = scored({"garch_t": {1: 1e-4, 10: -1e-4}})
    champion, duels, decision = choose_champion(once, ["fhs", "garch_t"], "C")
    assert champion == "fhs"
    assert [duel["rival_better"] for duel in duels] == [True, False]
    assert "fhs stays" in decision


def test_no_contest_on_grade_d():
    champion, duels, decision = choose_champion(scored({"garch_t": {1: 1e-4, 10: 1e-4}}), ["fhs", "garch_t"], "D")
    assert champion == "fhs"
    assert duels
    assert "no contest" in decision


def test_baseline_is_compared_but_cannot_win():
    champion, duels, _ = choose_champion(scored({"hs": {1: 1e-4, 10: 1e-4}}), ["fhs"], "C")
    assert champion == "fhs"
    assert {duel["rival"] for duel in duels} == {"hs"}


def test_a_model_whose_paths_were_not_accepted_cannot_win():
    table = scored({"garch_t": {1: 1e-4, 10: 1e-4}})
    champion, _, decision = choose_champion(table, ["fhs", "garch_t"], "C", {"garch_t": "no clustering"})
    assert champion == "fhs" and "whose paths were accepted" in decision


def test_the_incumbent_stays_though_its_own_paths_fail_and_that_is_said():
    table = scored({"garch_t": {1: -1e-4, 10: 1e-4}})
    for grade in ("C", "D"):
        champion, _, decision = choose_champion(table, ["fhs", "garch_t"], grade, {"fhs": "kurtosis"})
        assert champion == "fhs" and "(kurtosis)" in decision


def test_duels_carry_p_values_adjusted_for_all_of_them():
    _, duels, _ = choose_champion(scored({"garch_t": {1: 1e-5, 10: 1e-6}, "hs": {1: -1e-4, 10: 1e-5}}), ["fhs"], "C")
    assert {duel["family_size"] for duel in duels} == {4}
    assert min(duel["adjusted_p_value"] for duel in duels) == min(1.0, 4 * min(duel["p_value"] for duel in duels))
    assert all(duel["adjusted_p_value"] >= duel["p_value"] for duel in duels)


def test_best_of_two_winners_at_the_shortest_horizon():
    table = scored({"garch_t": {1: 1e-4, 10: 3e-4}, "other": {1: 2e-4, 10: 1e-4}})
    assert choose_champion(table, ["fhs", "garch_t", "other"], "C")[0] == "other"


def test_diebold_mariano_at_one_day_is_nearly_the_t_test():
    difference = np.random.default_rng(5).normal(-0.1, 1.0, 300)
    statistic, p_value = diebold_mariano(difference, 1)
    classic = stats.ttest_1samp(difference, 0.0, alternative="less")
    assert statistic == pytest.approx(classic.statistic, rel=1e-9)  # the correction turns 1/n into 1/(n-1)
    assert p_value == pytest.approx(classic.pvalue, rel=1e-9)


def test_diebold_mariano_small_sample_factor():
    """Harvey, Leybourne and Newbold (1997), eq. 9, at n = 100, h = 4: sqrt((101 - 8 + 0.12) / 100)."""
    difference = np.tile([1.0, -1.0, 0.5, 0.0], 25)
    statistic, _ = diebold_mariano(difference, 4)
    centred = difference - difference.mean()
    variance = (
        sum((1 if lag == 0 else 2) * (1 - lag / 4) * (centred[lag:] @ centred[: 100 - lag]) for lag in range(4))
        / 100**2
    )
    assert statistic == pytest.approx(difference.mean() / np.sqrt(variance) * np.sqrt(0.9312))


def test_rejects_equal_models_about_as_often_as_it_says():
    rng = np.random.default_rng(21)
    rejected = np.mean([diebold_mariano(rng.normal(size=200), 1)[1] < 0.05 for _ in range(2000)])
    assert 0.035 < rejected < 0.065


def test_equal_forecasts_are_no_evidence():
    assert diebold_mariano(np.zeros(50), 1) == (0.0, 1.0)


def test_league_ranks_within_horizon_and_score():
    league = league_table(scored({"garch_t": {1: 1e-4, 10: -1e-4}}), {"fhs": 250, "garch_t": 0})
    best = league[league["rank"] == 1].groupby("horizon_days")["model"].unique()
    assert list(best[1]) == ["garch_t"]
    assert list(best[10]) == ["fhs"]
    assert (league["standard_error"] > 0).all()
    assert len(league) == 2 * 2 * 10
    assert set(league["covariates"]) == {""}
    assert league.groupby("model")["refit_every_days"].unique().map(list).to_dict() == {"fhs": [250], "garch_t": [0]}
