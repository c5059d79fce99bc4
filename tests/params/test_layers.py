"""Layers: what wins, where it came from, and what is refused before any kernel starts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gramlib.errors import ParameterError
from gramlib.params import RunParams, resolve_params
from gramlib.params.checks import cross_checks
from gramlib.params.fields import yaml_text
from gramlib.params.stages import DRIVER_NAMES, AnalyseParams, DataParams, PredictParams, ReportParams, TrainParams

Resolve = Callable[..., RunParams]


@pytest.mark.parametrize("name", ["baseline", "smoke"])
def test_shipped_runs_resolve(name: str, workbench_root: Path) -> None:
    run = resolve_params(workbench_root / "params" / f"{name}.yaml", [], workbench_root)
    assert (run.stem, run.issuer.name, run.profile) == (name, "Gram", "internal")
    assert (run.scenarios == ("all",)) == (name == "baseline")
    assert run.provenance["issuer"] == "params/baseline.yaml:6"
    assert run.provenance["issuer.terms.fee"].startswith("params/issuers/gram.yaml:")


def test_baseline_states_the_models_defaults(workbench_root: Path) -> None:
    run = resolve_params(workbench_root / "params" / "baseline.yaml", [], workbench_root)
    models = (DataParams(), TrainParams(), PredictParams(), AnalyseParams(), ReportParams())
    assert tuple(run.stages.values()) == models


def test_layers_merge_leaf_by_leaf_and_remember_where(resolve: Resolve, bench: Path) -> None:
    (bench / "params" / "low.yaml").write_text(
        "train:\n  eval_days: 500\n  models: [fhs, garch_t]\nissuer: {file: gram, terms: {fee: 0.003}}\n"
    )
    (bench / "params" / "middle.yaml").write_text("extends: low.yaml\ntrain: {models: [garch_t]}\n")
    run = resolve("extends: middle.yaml\ntrain:\n  seed: 7\nissuer: {terms: {gate: 0.1}}\n", "train.tail_share=1e-1")
    train = run.stages["train"]
    assert isinstance(train, TrainParams)
    assert (train.eval_days, train.models, train.seed, train.tail_share) == (500, ["garch_t"], 7, 0.1)
    assert (run.issuer.terms.fee, run.issuer.terms.gate) == (0.003, 0.1)
    assert run.provenance["train.eval_days"] == "params/low.yaml:2"
    assert run.provenance["train.models"] == "params/middle.yaml:2"
    assert run.provenance["train.seed"] == "params/run.yaml:3"
    assert run.provenance["train.tail_share"] == "--set"
    assert run.provenance["train.start"] == "default"
    assert run.issuer_overrides == ("terms.fee", "terms.gate")
    assert run.issuer.basis_of("terms.fee").source == "set for this run"


def test_naming_another_issuer_drops_the_deviations(resolve: Resolve, bench: Path) -> None:
    (bench / "params" / "low.yaml").write_text("issuer: {file: gram, terms: {fee: 0.003}}\n")
    for run in (
        resolve("extends: low.yaml\nissuer: worked_vector\n"),
        resolve("extends: low.yaml\n", "issuer=worked_vector"),
    ):
        assert (run.issuer.name, run.issuer.terms.fee, run.issuer_overrides) == ("Worked vector", 0.0025, ())
    run = resolve("extends: low.yaml\n", "issuer=worked_vector", "issuer.terms.fee=0.004")
    assert (run.issuer.terms.fee, run.issuer_overrides) == (0.004, ("terms.fee",))


def test_a_new_number_sheds_the_basis_of_the_old_one(resolve: Resolve, bench: Path) -> None:
    (bench / "params" / "low.yaml").write_text(
        "issuer:\n  file: gram\n  terms:\n    fee: {value: 0.003, basis: disclosed, source: T, date: 2026-06-30}\n"
    )
    disclosed = resolve("extends: low.yaml\n").issuer.basis_of("terms.fee")
    assert (disclosed.basis, disclosed.source) == ("disclosed", "T")
    for text, sets in (("issuer: {terms: {fee: {value: 0.004}}}\n", ()), ("", ("issuer.terms.fee=0.004",))):
        statement = resolve("extends: low.yaml\n" + text, *sets).issuer.basis_of("terms.fee")
        assert statement.basis == "assumed"
        assert statement.source != "T"


def test_paths_are_relative_to_their_file_or_to_the_current_folder(resolve: Resolve, bench: Path) -> None:
    for folder in ("params", "."):
        (bench / folder / "gold.csv").write_text("date,price\n" * 15_000)
        (bench / folder / "mine.yaml").write_text("name: Mine\n")
    text = "data: {source: file, path: gold.csv}\nissuer: ./mine.yaml\n"
    run = resolve(text)
    assert run.data_files == (bench / "params" / "gold.csv",)
    assert run.stages["predict"].model_dump()["issuer"] == str(bench / "params" / "mine.yaml")
    run = resolve(text, "data.path=gold.csv", "issuer=mine.yaml")
    assert run.data_files == (bench / "gold.csv",)
    assert run.stages["analyse"].model_dump()["issuer"] == str(bench / "mine.yaml")


def test_shared_values_reach_the_stages(resolve: Resolve) -> None:
    run = resolve("issuer: template\nscenarios: calm\nprofile: internal\n", "scenarios=[calm, H13a]")
    assert run.scenarios == ("calm", "H13a")
    predict = run.stages["predict"].model_dump()
    assert (predict["issuer"], predict["scenarios"]) == ("template", ["calm", "H13a"])
    assert run.stages["analyse"].model_dump()["issuer"] == "template"
    assert run.provenance["predict.scenarios"] == run.provenance["scenarios"] == "--set"


@pytest.mark.parametrize(
    ("text", "words", "line"),
    [
        ("title: x\npredict:\n  n_path: 3\n", "unknown name predict.n_path; did you mean 'n_paths'", 3),
        ("predit:\n  n_paths: 3\n", "unknown name predit; did you mean 'predict'", 1),
        ("title: x\nn_paths: 3\n", "did you mean 'predict.n_paths'", 2),
        ("predict:\n  n_paths: abc\n", "predict.n_paths is 'abc'", 2),
        ("predict:\n  n_paths: true\n", "predict.n_paths is true", 2),
        ("predict:\n  n_paths: 1.5\n", "predict.n_paths is 1.5", 2),
        ("predict:\n  n_paths:\n", "predict.n_paths is empty", 2),
        ("predict:\n", "predict is empty", 1),
        ("predict: 3\n", "predict is 3", 1),
        ("predict:\n  drivers: [confidense]\n", "did you mean 'confidence'", 2),
        ("train:\n  horizons_days:\n    - 1\n    - ten\n", "train.horizons_days.1 is 'ten'", 4),
        ("train:\n  models: [arma]\n", "one of all, fhs, garch_t", 2),
        ("data:\n  start: 2020-02-30\n", "a date that exists", 2),
        ("data:\n  start: 2020-01-01\n  end: 2019-01-01\n", "an end after the start", 3),
        ("data:\n  end: 1974-12-31\n", "an end after the start", 2),
        ("data:\n  start: 2027-01-01\n", "dates within the sample", 2),
        ("data:\n  source: file\n", "data.path is empty", 2),
        ("data:\n  source: file\n  path: none.csv\n", "which is no file", 3),
        ("data:\n  path: none.csv\n", "while data.source is sample", 2),
        ("data:\n  column: close\n", "while data.source is sample", 2),
        ("train:\n  eval_days: 9000\n", "make 10,000 days", 2),
        ("train:\n  seed: 1\ndata:\n  end: 2005-01-03\n", "make 3,520 days", 4),
        ("train:\n  seed: 1\ndata:\n  end: 1999-01-04\n", "a day before the data end", 4),
        ("train:\n  eval_days: 5\n", "at most train.eval_days, 5", 2),
        ("train:\n  start: 2026-07-31\n", "a day before the data end", 2),
        ("train:\n  eval_days: 20\n  horizons_days: [30]\n", "at most train.eval_days", 3),
        ("data:\n  start: 2020-01-01\ntrain: {eval_days: 100}\npredict:\n  solvency_horizon_days: 2000\n", "at most 1,718 business days", 5),
        ("predict:\n  horizon_days: 800\n", "at least predict.horizon_days, 800", 2),
        ("predict:\n  start_gold_usd_per_oz: 1.5\n", "per ounce, not per gram", 2),
        ("analyse:\n  level: 97.5\n", "below 1.0", 2),
        ("analyse:\n  reverse_step: 0.1\n  reverse_max_fall: 0.05\n", "reverse_step smaller than reverse_max_fall", 2),
        ("issuer: gran\n", "did you mean 'gram'", 1),
        ("issuer:\n  file: gram\n  gold_g: -5\n", "issuer.gold_g is -5", 3),
        ("issuer:\n  terms:\n    fe: 1\n", "did you mean 'fee'", 3),
        ("issuer:\n", "issuer is empty", 1),
        ("title: x\nscenarios: [H13]\n", "did you mean 'H13a'", 2),
        ("scenarios: []\n", "an empty list", 1),
        ("scenarios:\n", "scenarios is empty", 1),
        ("profile: interal\n", "did you mean 'internal'", 1),
        ("profile: 3\n", "profile is 3", 1),
        ("predict:\n  issuer: gram\n", "issuer at the top of the file", 2),
        ("train:\n  upstream: abc\n", "notebooks run by hand", 2),
        ("data:\n  upstream: abc\n", "unknown name data.upstream", 2),
        ("runner:\n  stage_timeout: 3\n", "did you mean 'stage_timeout_s'", 2),
        ("title: 3\n", "title is 3", 1),
        ("extends: nowhere.yaml\n", "does not exist", 1),
        ("extends: ''\n", "extends is ''", 1),
        ("extends: .\n", "which is a folder", 1),
        ("extends: \"a\\0b\"\n", "does not exist", 1),
        ("issuer: \"a\\0b.yaml\"\n", "no issuer file", 1),
        ("data:\n  source: file\n  path: ~nobody_at_all/x.csv\n", "which is no file", 3),
        ("data:\n  source: file\n  path: \"a\\0b\"\n", "which is no file", 3),
        ("train:\n  models: [fhs]\npredict:\n  model: garch_t\n", "champion or fhs", 4),
        ("title: x\nscenarios: [3]\n", "scenarios.0 is 3", 2),
        ("title: \"\\t\"\n", "text that is not blank", 1),
        ("report:\n  title: ' '\n", "report.title is ' '", 2),
        ("title: x\npredict.n_paths: 5\n", "nest it", 2),
        ("issuer:\n  gold_g: {value: 1, basis: guessed}\n", "issuer.gold_g.basis is 'guessed'", 2),
        ("issuer:\n  gold_g: {value: 1, bases: assumed}\n", "unknown name issuer.gold_g.bases", 2),
        ("issuer:\n  gold_g: {basis: assumed}\n", "issuer.gold_g is a mapping in which the value is missing", 2),
        ("extends: [a, b]\n", "the name of one YAML file", 1),
        ("extends: run.yaml\n", "round in a circle", 1),
    ],
)  # fmt: skip
def test_refused_with_reason_file_and_line(resolve: Resolve, text: str, words: str, line: int) -> None:
    with pytest.raises(ParameterError) as caught:
        resolve(text)
    assert words in str(caught.value)
    assert "predict.scenarios" not in str(caught.value)
    assert f"params/run.yaml:{line}" in str(caught.value).replace("params/run.yaml:1 ", "")
    assert len(str(caught.value).splitlines()) <= 4
    assert caught.value.exit_code == 2


@pytest.mark.parametrize(
    ("override", "words"),
    [
        ("predict.n_paths=abc", "predict.n_paths is 'abc'"),
        ("predict.n_path=3", "did you mean 'n_paths'"),
        ("n_paths=3", "did you mean 'predict.n_paths'"),
        ("predict.n_paths", "is not an assignment"),
        ("predict..n_paths=3", "is not an assignment"),
        ("extends=baseline.yaml", "cannot be set"),
        ("predict.n_paths.x=3", "predict.n_paths is a mapping"),
        ("issuer.redemption.base_rate=0.5", "base_rate 0.5, max_rate 0.1"),
        ("train.models=[fhs", "not valid YAML"),
        ("predict.n_paths=", "predict.n_paths is empty"),
        ("data.end=1975-01-01", "an end after the start"),
        ("predict.model=garch_x", "did you mean 'garch_t'"),
        ("issuer.terms.fee.basis=assumed", "issuer.terms.fee is a mapping in which the value is missing"),
    ],
)
def test_refused_overrides_name_themselves(resolve: Resolve, override: str, words: str) -> None:
    with pytest.raises(ParameterError) as caught:
        resolve("title: x\n", override)
    assert words in str(caught.value)
    assert f"--set {override}" in str(caught.value)


def test_a_model_that_training_leaves_out_is_refused_whoever_leaves_it_out(resolve: Resolve) -> None:
    text = "train: {models: [fhs]}\n"
    for model in ("champion", "fhs"):
        given = resolve(text, f"predict.model={model}", "predict.model_reason=a test")
        assert given.stages["predict"].model_dump()["model"] == model
    with pytest.raises(ParameterError, match=r"add garch_t to train.models") as caught:
        resolve("predict: {model: garch_t}\n", "train.models=[fhs]")
    assert caught.value.origin == "--set train.models=[fhs]"


def test_an_override_of_the_champion_says_why(resolve: Resolve) -> None:
    with pytest.raises(ParameterError, match="nothing says why") as caught:
        resolve("predict: {model: garch_t}\n")
    assert "predict.model_reason" in str(caught.value)
    assert resolve("predict: {model: garch_t, model_reason: a challenge}\n").stages["predict"]


LONG = "x" * 5000


@pytest.mark.parametrize(
    "text",
    [
        f"predict: {{n_paths: '{LONG}'}}\n", f"predict: {{n_paths: {'1' * 5000}}}\n", f"analyse: {{level: {'1' * 4000}}}\n",
        f"predict: {{n_paths: !!int 0x{'1' * 5000}}}\n", f"train: {{horizons_days: [{'1' * 4000}]}}\n",
        f"train: {{models: [{LONG}]}}\n", f"train: {{models: [{LONG}, {LONG}]}}\n", f"data: {{source: {LONG}}}\n",
        f"data: {{path: {LONG}}}\n", f"data: {{source: file, path: {LONG}}}\n", f"data: {{token_files: [{LONG}]}}\n",
        f"data: {{token_files: [a={LONG}]}}\n", f"? {LONG}\n: 1\n", f"predict:\n  ? {LONG}\n  : 1\n",
        f"issuer: {LONG}\n", f"issuer: {LONG}.yaml\n", f"issuer: {{gold_g: {{value: 1, basis: {LONG}}}}}\n",
        f"issuer: {{gold_g: {'1' * 4000}}}\n", f"issuer:\n  gold_g:\n    value: 1\n    ? {LONG}\n    : 1\n",
        f"scenarios: [{LONG}]\n", f"profile: {LONG}\n", f"extends: {LONG}\n", f"a: !{LONG} 1\n", f"title: [{LONG}]\n",
    ],
    ids=range(24),
)  # fmt: skip
def test_a_refusal_quotes_no_more_than_a_reader_needs(resolve: Resolve, text: str) -> None:
    with pytest.raises(ParameterError) as caught:
        resolve(text)
    assert len(str(caught.value)) < 700
    assert len(str(caught.value).splitlines()) <= 4


@pytest.mark.parametrize(
    "override", [f"predict.n_paths={'1' * 5000}", f"predict.{LONG}=1", LONG, f"predict.n_paths=[{LONG}"],
    ids=range(4),
)  # fmt: skip
def test_a_long_override_is_not_echoed_whole(resolve: Resolve, override: str) -> None:
    with pytest.raises(ParameterError) as caught:
        resolve("title: x\n", override)
    assert len(str(caught.value)) < 700
    assert f"--set {override[:20]}" in str(caught.value)


def test_several_problems_come_together_in_four_lines(resolve: Resolve) -> None:
    with pytest.raises(ParameterError) as caught:
        resolve("train:\n  epochs: 3\n  seed: -1\npredict:\n  n_paths: many\n  horizon_days: 0\nissuer: {gold_g: -1}\n")
    lines = str(caught.value).splitlines()
    assert len(lines) == 4
    assert [line.partition(": ")[0] for line in lines[:3]] == [f"params/run.yaml:{n}" for n in (2, 3, 5)]
    assert "2 more" in lines[3]


def test_circle_of_three_files(resolve: Resolve, bench: Path) -> None:
    (bench / "params" / "a.yaml").write_text("extends: b.yaml\n")
    (bench / "params" / "b.yaml").write_text("extends: a.yaml\n")
    with pytest.raises(ParameterError, match=r"run.yaml -> a.yaml -> b.yaml -> a.yaml"):
        resolve("extends: a.yaml\n")


_WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
_STAGES = st.fixed_dictionaries({
    "data": st.builds(DataParams, start=st.sampled_from(["1975-01-02", "1980-02-29"]), max_fill_days=st.integers(0, 20)),
    "train": st.builds(
        TrainParams, models=st.permutations(["fhs", "garch_t"]), eval_days=st.integers(252, 3000),
        horizons_days=st.lists(st.integers(1, 252), min_size=1, max_size=4, unique=True),
        tail_share=st.floats(1e-9, 0.25), persistence_cap=st.floats(0.6, 0.9999), seed=st.integers(0, 2**63 - 1),
    ),
    "predict": st.builds(
        PredictParams, n_paths=st.integers(1, 10**7), horizon_days=st.integers(1, 500),
        solvency_horizon_days=st.integers(500, 2520), start_gold_usd_per_oz=st.just(0.0) | st.floats(20, 50_000),
        drivers=st.lists(st.sampled_from(DRIVER_NAMES), unique=True), model=st.just("fhs"), model_reason=st.just("a test"),
    ),
    "analyse": st.builds(
        AnalyseParams, level=st.floats(0.51, 0.9999), reverse_tolerance=st.floats(1e-8, 1e-4),
        reverse_step=st.floats(0.001, 0.1), reverse_max_fall=st.floats(0.2, 0.99),
    ),
    "report": st.builds(ReportParams, title=_WORDS.filter(str.strip), author=_WORDS),
})  # fmt: skip


@settings(deadline=None, max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(stages=_STAGES)
def test_any_valid_parameters_survive_a_file(resolve: Resolve, bench: Path, stages: dict) -> None:
    assert cross_checks(stages, lambda key: key, bench) == []
    shared = {"upstream", "issuer", "scenarios", "profile"}
    text = "".join(
        f"{stage}:\n" + "".join(f"  {k}: {yaml_text(v)}\n" for k, v in params.model_dump().items() if k not in shared)
        for stage, params in stages.items()
    )
    assert resolve(text).stages == stages
