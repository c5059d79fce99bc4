from __future__ import annotations

import json
import re

import numpy as np
import pandas as pd
import pytest

from gramlib.artefacts import check_table
from gramlib.errors import ParameterError
from gramlib.models import train
from gramlib.models.registry import FORECASTERS, PATH_MODELS
from gramlib.params.stages import TrainParams

PARAMS = TrainParams(
    models=["fhs", "garch_t"],
    eval_days=120,
    min_train_days=1000,
    refit_every_days=60,
    horizons_days=[1, 5],
    start="2000-06-01",
)


@pytest.fixture(scope="module")
def training(synthetic_prices):
    return train(synthetic_prices, PARAMS, np.random.default_rng(9))


def test_tables_keep_the_catalogue(training):
    for name in ("residuals", "forecasts", "league", "acceptance"):
        check_table(name, getattr(training, name), "train")
    assert set(training.acceptance["model"]) == {"fhs", "garch_t"}
    assert set(training.league["model"]) == {"hs", "hs_age", "fhs", "garch_t"}


def test_calibration_is_json_and_says_what_it_stands_on(training, synthetic_prices):
    document = json.loads(json.dumps(training.calibration, allow_nan=False))
    assert document["schema"] == 1
    assert document["champion"] == "fhs"
    assert "no contest" in document["champion_decision"]
    assert document["training"]["n"] == len(training.residuals)
    assert document["training"]["start"] == "2000-06-01"
    assert document["history"]["n"] == len(synthetic_prices) - 1
    assert document["last_price_usd_per_g"] == synthetic_prices["gold_usd_per_g"].iloc[-1]
    odds = {record["model"]: record["probability"] for record in document["far_tail"]}
    assert 0 < odds["garch_t"] < 0.2
    assert {card["model"] for card in document["model_cards"]} == {"fhs", "garch_t", "hs", "hs_age"}
    assert all(re.search(r"s\.e\.|error", card["parameters"]) for card in document["model_cards"])
    assert all(card["fails_when"] and card["what"] and card["fitted_on"] for card in document["model_cards"])


def test_residuals_are_standardised_returns_of_the_window(training, synthetic_prices):
    table = synthetic_prices.set_index("date").loc[training.residuals["date"]]
    mean = training.calibration["filter"]["parameters"]["mean"]
    rebuilt = mean + training.residuals["sigma"].to_numpy() * training.residuals["residual"].to_numpy()
    assert rebuilt == pytest.approx(table["log_return"].to_numpy(), abs=1e-12)
    assert training.residuals["residual"].std() == pytest.approx(1.0, abs=0.05)


def test_same_seed_same_bytes_and_progress_is_told(training, synthetic_prices):
    told = []
    again = train(synthetic_prices, PARAMS, np.random.default_rng(9), progress=lambda *step: told.append(step))
    assert json.dumps(again.calibration) == json.dumps(training.calibration)
    for name in ("residuals", "forecasts", "league"):
        pd.testing.assert_frame_equal(getattr(again, name), getattr(training, name), check_exact=True)
    steps = [(done, total) for done, total, _ in told]
    assert steps == [(done, len(steps)) for done in range(1, len(steps) + 1)] and len(steps) >= 6


def test_unknown_model_is_refused_with_a_suggestion(synthetic_prices):
    params = PARAMS.model_copy(update={"models": ["garch-t"]})
    with pytest.raises(ParameterError, match="did you mean 'garch_t'"):
        train(synthetic_prices, params, np.random.default_rng(1))


def test_a_model_that_generates_no_paths_is_scored_and_described_and_cannot_be_simulated(synthetic_prices):
    params = PARAMS.model_copy(update={"models": ["quantreg", "fhs"]})
    training = train(synthetic_prices, params, np.random.default_rng(9))
    assert set(training.league["model"]) == {"hs", "hs_age", "fhs", "quantreg"}
    assert set(training.calibration["models"]) == set(training.acceptance["model"]) == {"fhs"}
    assert [card["model"] for card in training.calibration["model_cards"]] == ["fhs", "quantreg", "hs", "hs_age"]
    with pytest.raises(ParameterError, match="generate no paths"):
        train(synthetic_prices, PARAMS.model_copy(update={"models": ["quantreg"]}), np.random.default_rng(9))


def test_the_models_a_run_file_may_name_are_the_models_there_are():
    for name in (*PATH_MODELS, *FORECASTERS):
        assert TrainParams(models=[name]).models == [name]
    with pytest.raises(ValueError, match="hs"):
        TrainParams(models=["hs"])


@pytest.mark.slow
def test_league_on_real_gold(gold_prices):
    """On real data the volatility filter beats plain historical simulation at one day, and the rule keeps the incumbent."""
    training = train(gold_prices, TrainParams(models=["fhs", "garch_t"]), np.random.default_rng(1), grade="C")
    duels = {(duel["rival"], duel["horizon_days"]): duel for duel in training.calibration["duels"]}
    assert duels["hs", 1]["mean_difference"] > 0
    assert duels["hs", 1]["statistic"] > 3
    assert training.calibration["champion"] == "fhs"
    crps = training.league[training.league["score"] == "crps"].set_index(["model", "horizon_days"])["value"]
    assert 0.0045 < crps["fhs", 1] < 0.0056  # about 0.23 to 0.25 standard deviations of a day's return
