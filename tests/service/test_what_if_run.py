"""A prepared run: its own issuer gives the run's own figures path by path, a changed one what the other rooms say of it."""

from __future__ import annotations

import shutil
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from gramlib.errors import ParameterError, UpstreamNotReady
from gramlib.metrics import one_year
from gramlib.sensitivity import Headlines
from gramlib.service.what_if import what_if
from gramlib.service.what_if_issuer import asked_issuer
from gramlib.service.what_if_kept import PreparedRuns
from gramlib.service.what_if_run import PreparedRun, prepare
from gramlib.store import RunFolder
from gramlib.store.tables import read_artefact, write_artefact

pytestmark = pytest.mark.slow
DEAR = {"terms.fee": 0.01, "cash_usd": 60_000_000.0}
BARE = {"terms.fee": 0.01, "cash_usd": 1_000_000.0, "bills_usd": 1_000_000.0}


@pytest.fixture(scope="module")
def run(smoke_run: Path) -> RunFolder:
    return RunFolder(smoke_run)


@pytest.fixture(scope="module")
def prepared(run: RunFolder) -> PreparedRun:
    return prepare(run, 600)


def stage_table(run: RunFolder, stage: str, name: str):
    manifest = run.manifest(stage)
    assert manifest is not None
    return read_artefact(run.stage_path(stage), manifest, name)


def test_its_own_issuer_walks_the_paths_that_the_run_walked(run, prepared):
    outcomes = stage_table(run, "03_predict", "outcomes")
    for predicate, failed in prepared.own.failed.items():
        book = outcomes[outcomes["book"] == prepared.book_of(predicate)].sort_values("path")
        expected = book[f"{predicate.lower()}_day"].to_numpy()[: len(failed)] != -1
        assert np.array_equal(failed, expected), predicate
    liquidity = outcomes[outcomes["book"] == "liquidity"].sort_values("path")
    stored = liquidity["nonprice_loss_usd"].to_numpy()[: len(prepared.own.losses_usd)]
    assert np.array_equal(prepared.own.losses_usd.astype(stored.dtype), stored)


def test_on_all_paths_its_own_verdicts_are_those_of_the_analysis(run):
    params = stage_table(run, "03_predict", "book_settings")["params"]
    enough = max(
        params["n_paths"], params["solvency_n_paths"] * params["solvency_horizon_days"] // params["horizon_days"] + 3
    )
    whole = prepare(run, enough)
    assert whole.run_verdicts is not None
    told = whole.run_verdicts.set_index(["requirement", "subject"])
    for row in whole.own.verdicts.itertuples():
        theirs = told.loc[(row.requirement, row.subject)]
        assert (row.status, row.decides, row.sentence) == (theirs["status"], theirs["decides"], theirs["sentence"])
        assert np.array_equal(row.number, theirs["number"], equal_nan=True)


def test_a_changed_issuer_is_what_the_sensitivities_say_of_it(prepared):
    issuer = asked_issuer(prepared.issuer, BARE)
    found = prepared.of(issuer)
    params = prepared.params
    headlines = Headlines(prepared.rerun, prepared.profile, params.level, params.confidence, 600)
    base, there = headlines.of(prepared.issuer), headlines.of(issuer)
    assert not np.array_equal(found.failed["F7"], prepared.own.failed["F7"])
    for predicate in found.failed:
        assert prepared.probability(found, predicate).value == there.values[predicate]
        moved = prepared.probability_moved(found, predicate)
        assert moved.value == pytest.approx(there.values[predicate] - base.values[predicate], abs=1e-15)
        assert (moved.lower, moved.upper) == pytest.approx(headlines.difference(predicate, there, base), abs=1e-15)
    assert prepared.shortfall(found).value == pytest.approx(there.values["es_nonprice_loss"], rel=1e-12)
    assert prepared.shortfall_moved(found).value == pytest.approx(
        there.values["es_nonprice_loss"] - base.values["es_nonprice_loss"], rel=1e-9
    )


def test_a_shortfall_has_the_interval_of_its_influence_and_none_against_itself(prepared):
    losses, level, n = prepared.own.losses_usd, prepared.params.level, len(prepared.own.losses_usd)
    estimate, same = prepared.shortfall(prepared.own), prepared.shortfall_moved(prepared.own)
    at = np.sort(losses)[int(np.ceil(n * level - 1e-9)) - 1]
    half = 1.959964 * np.std(np.maximum(losses - at, 0.0) / (1.0 - level), ddof=1) / np.sqrt(n)
    assert estimate.upper - estimate.value == pytest.approx(half, rel=1e-5)
    assert estimate.value - estimate.lower == pytest.approx(half, rel=1e-5)
    assert (same.value, same.lower, same.upper) == (0.0, 0.0, 0.0)


def test_many_threads_get_the_same_answers_as_one(prepared):
    issuers = [asked_issuer(prepared.issuer, {"terms.fee": 0.001 * k}) for k in range(6)]
    alone = [prepared.of(issuer).losses_usd for issuer in issuers]
    with ThreadPoolExecutor(6) as pool:
        together = list(pool.map(lambda issuer: prepared.of(issuer).losses_usd, issuers))
    assert all(np.array_equal(one, other) for one, other in zip(alone, together, strict=True))


def test_an_answer_says_how_it_relates_to_the_run(run):
    answer = what_if(run, {})
    assert answer.changes == [] and answer.verdict_before == answer.verdict_after
    assert all(each.difference.value == 0.0 and each.before == each.after for each in answer.failures)
    assert answer.loss.difference.value == 0.0 and answer.scenarios.moved == []
    assert answer.n_paths["liquidity"] <= 10_000 and answer.prepare_s > 0.0
    days = stage_table(run, "03_predict", "book_settings")["params"]["horizon_days"]
    metrics = stage_table(run, "04_analyse", "metrics").set_index(["subject", "metric"])
    assert answer.n_paths["liquidity"] == int(metrics.loc[("liquidity", "probability_F4"), "n"])
    f4 = next(each for each in answer.failures if each.predicate == "F4")
    assert f4.before.value == one_year(float(metrics.loc[("liquidity", "probability_F4"), "value"]), days)
    assert f4.run.value == f4.before.value


def test_an_answer_names_what_was_changed_and_which_scenarios_moved(run):
    answer = what_if(run, DEAR)
    assert {each.key: each.after for each in answer.changes} == DEAR
    assert answer.scenarios.moved
    for each in answer.scenarios.moved:
        assert (each.status_before, each.failed_before) != (each.status_after, each.failed_after)
    assert sum(answer.scenarios.before.values()) == sum(answer.scenarios.after.values())
    fall = next(each for each in answer.breaking if each.name == "price_fall_to_queue")
    assert fall.before is not None and (fall.after is None or fall.after > fall.before)


def test_what_is_no_issuer_is_refused(run):
    with pytest.raises(ParameterError, match=r"terms\.fe.*did you mean 'terms\.fee'"):
        what_if(run, {"terms.fe": 0.1})
    with pytest.raises(ParameterError, match="name and peg stay"):
        what_if(run, {"peg": "usd"})
    with pytest.raises(ParameterError, match=r"terms\.fee is 'x'"):
        what_if(run, {"terms.fee": "x"})
    with pytest.raises(ParameterError, match="base_rate at most max_rate"):
        what_if(run, {"redemption.base_rate": 0.9})


def test_a_run_is_prepared_once_however_many_ask(run):
    made = []

    def slowly(folder: RunFolder) -> PreparedRun:
        made.append(folder.run_id)
        return prepare(folder, 100)

    kept, ready = PreparedRuns(make=slowly), threading.Barrier(4)

    def ask(_: int) -> PreparedRun:
        ready.wait()
        return kept.get(run)

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(ask, range(4)))
    assert made == [run.run_id] and all(answer is answers[0] for answer in answers)


def test_memory_is_bounded_and_a_stage_that_ran_again_is_read_again(run, tmp_path):
    copies = [RunFolder(shutil.copytree(run.path, tmp_path / name)) for name in ("one", "two", "three")]
    size = prepare(copies[0], 100).size_bytes()
    kept = PreparedRuns(int(2.5 * size), lambda folder: prepare(folder, 100))
    first = kept.get(copies[0])
    kept.get(copies[1])
    assert kept.get(copies[0]) is first
    kept.get(copies[2])
    assert kept.names() == ("one", "three")
    folder, manifest = copies[0].path / "03_predict", copies[0].manifest("03_predict")
    assert manifest is not None
    settings = read_artefact(folder, manifest, "book_settings")
    settings["params"]["seed"] += 1
    rewritten = write_artefact(folder, "book_settings", settings)
    outputs = tuple(rewritten if output.name == "book_settings" else output for output in manifest.outputs)
    replace(manifest, outputs=outputs).write(folder)
    again = kept.get(copies[0])
    assert again is not first and not np.array_equal(again.own.losses_usd, first.own.losses_usd)


def test_a_run_without_a_prediction_is_no_run_to_ask(run, tmp_path):
    copy = RunFolder(shutil.copytree(run.path, tmp_path / "cut"))
    shutil.rmtree(copy.path / "03_predict")
    with pytest.raises(UpstreamNotReady, match="stage predict of run cut has not succeeded"):
        what_if(copy, {})
