from __future__ import annotations

import numpy as np
import pytest
from synthetic_garch import garch_returns

from gramlib.models.acceptance import MEANING, acceptance, acceptance_table
from gramlib.models.stylised import bands, drawdowns, facts

DATA = garch_returns(4000, seed=5)
N_PATHS, N_DAYS = 60, 1500


def paths_of(moves: np.ndarray) -> np.ndarray:
    growth = np.concatenate((np.zeros((len(moves), 1)), np.cumsum(moves, axis=1)), axis=1)
    return 100.0 * np.exp(growth)


@pytest.fixture(scope="module")
def like_gold() -> np.ndarray:
    return np.array([garch_returns(N_DAYS + 300, seed=100 + i)[300:] for i in range(N_PATHS)])


@pytest.fixture(scope="module")
def known() -> dict[str, tuple[float, float]]:
    return bands(DATA, N_DAYS, np.random.default_rng(1))


@pytest.fixture(scope="module")
def judge(known):
    def judged(moves: np.ndarray, seed: int = 2) -> dict[str, dict]:
        rows = acceptance(paths_of(moves), DATA, np.random.default_rng(seed), known)
        return {row["check"]: row for row in rows}

    return judged


def failed(rows: dict[str, dict]) -> set[str]:
    return {name for name, row in rows.items() if not row["ok"]}


def test_paths_of_the_law_behind_the_data_are_accepted(judge, like_gold):
    rows = judge(like_gold)
    assert list(rows) == list(MEANING)
    assert failed(rows) == set()
    assert rows["discriminative_auc"]["found"] == pytest.approx(0.5, abs=0.1)


def test_independent_normal_days_are_told_apart(judge):
    moves = np.random.default_rng(3).normal(DATA.mean(), DATA.std(), (N_PATHS, N_DAYS))
    assert {"excess_kurtosis", "hill_alpha_falls", "autocorrelation_size_lag_1", "discriminative_auc"} <= failed(
        judge(moves)
    )


def test_shuffled_days_keep_kurtosis_and_lose_clustering(judge):
    rng = np.random.default_rng(4)
    rows = judge(rng.choice(DATA, (N_PATHS, N_DAYS)))
    assert rows["excess_kurtosis"]["ok"] and "autocorrelation_size_lag_1" in failed(rows)


def test_copied_stretches_of_the_training_data_are_found_out(judge):
    rng = np.random.default_rng(6)
    starts = rng.integers(0, len(DATA) - N_DAYS, N_PATHS)
    copies = DATA[starts[:, None] + np.arange(N_DAYS)]
    assert "nearest_training_window" in failed(judge(copies))
    assert "nearest_training_window" in failed(judge(copies + 1e-4))  # another drift is no new path


def test_twice_the_volatility_is_told_apart(judge, like_gold):
    assert {"drawdown_year_median", "discriminative_auc"} <= failed(judge(2.0 * like_gold))


def test_constant_and_impossible_prices(judge, like_gold, known):
    moves = like_gold.copy()
    moves[0] = 0.0
    assert failed(judge(moves)) == {"constant_paths"}
    for wrong in (0.0, -1.0, np.nan, np.inf):
        paths = paths_of(like_gold)
        paths[3, 7] = wrong
        rows = acceptance(paths, DATA, np.random.default_rng(2), known)
        assert [row["check"] for row in rows if not row["ok"]] == ["prices_not_positive"]
    rows = acceptance(np.full((5, 200), 100.0), DATA, np.random.default_rng(2), known)
    assert not rows[0]["ok"] and not rows[-1]["ok"]


def test_a_pure_function_of_its_arguments(judge, like_gold):
    assert judge(like_gold) == judge(like_gold)
    assert judge(like_gold, seed=9) != judge(like_gold, seed=2)


def test_bands_hold_the_data_and_narrow_with_the_length():
    log_return = DATA[None, :]
    known = bands(DATA, len(DATA), np.random.default_rng(1))
    found = {name: float(values[0]) for name, values in facts(log_return).items()}
    assert all(known[name][0] <= value <= known[name][1] for name, value in found.items())
    short = bands(DATA, 800, np.random.default_rng(1))
    for name in ("autocorrelation_size_lag_1", "shortfall_10_days_over_root_10"):
        assert np.ptp(short[name]) > np.ptp(known[name])


def test_facts_by_hand():
    rng = np.random.default_rng(2)
    pareto = rng.pareto(3.0, (4, 50_000)) + 1.0
    signed = np.where(rng.random(pareto.shape) < 0.5, -pareto, pareto)
    found = facts(signed)
    assert found["hill_alpha_falls"] == pytest.approx(3.0, rel=0.1)
    assert found["autocorrelation_size_lag_10"] == pytest.approx(0.0, abs=0.03)
    normal = facts(rng.standard_normal((3, 50_000)))
    assert normal["excess_kurtosis"] == pytest.approx(0.0, abs=0.1)
    assert normal["shortfall_10_days_over_root_10"] == pytest.approx(1.0, abs=0.05)


def test_drawdown_from_the_first_price_and_of_brownian_motion():
    assert drawdowns(np.log([[0.5, 2.0, 0.75]]))[0] == pytest.approx(0.5)
    assert drawdowns(np.zeros((1, 5)))[0] == 0.0
    # check 11 of MODELS_AND_CHECKS: 0.18876 in log units with 252 daily steps at volatility 0.16
    moves = np.random.default_rng(3).normal(0.0, 0.16 / np.sqrt(252), (20_000, 252))
    assert -np.log1p(-drawdowns(moves)).mean() == pytest.approx(0.18876, abs=0.0015)


class Model:
    def __init__(self, scale: float):
        self.scale = scale

    def simulate(self, n_paths: int, n_days: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        growth = np.cumsum(rng.normal(0.0, self.scale, (n_paths, n_days + 1)), axis=1)
        return growth - growth[:, :1], np.full_like(growth, self.scale)


def test_table_of_models_says_why_one_failed():
    table, reasons = acceptance_table({"normal": Model(0.01)}, DATA[:1500], np.random.default_rng(1))
    assert list(table["check"]) == list(MEANING) and set(table["model"]) == {"normal"}
    assert "excess kurtosis of daily returns" in reasons["normal"] and "wanted" in reasons["normal"]


def test_too_short_data_turn_no_model_away():
    table, reasons = acceptance_table({"normal": Model(0.01)}, DATA[:400], np.random.default_rng(1))
    assert table.empty and reasons == {}
