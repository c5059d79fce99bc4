"""What other packages add is found by name, with its origin, and takes no name of the workbench's own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from gramlib.errors import ParameterError
from gramlib.models.registry import BASELINES, FORECASTERS, PATH_MODELS
from gramlib.params import checks
from gramlib.params.built_in import BASELINE_NAMES, FORECASTER_NAMES, MODEL_NAMES, SOURCE_NAMES
from gramlib.params.plugins import MODELS, SOURCES, plug_ins, usable
from gramlib.sources import SOURCES as KNOWN_SOURCES
from gramlib.sources.online import PROVIDERS


def test_built_in_names_are_those_of_the_registries() -> None:
    assert tuple(PATH_MODELS) == MODEL_NAMES and tuple(FORECASTERS) == FORECASTER_NAMES
    assert tuple(model.name for model in BASELINES) == BASELINE_NAMES
    assert tuple(KNOWN_SOURCES) == SOURCE_NAMES


def test_what_the_example_adds_is_found_with_its_origin(example: Path) -> None:
    model, source = usable(MODELS)["calm_normal"], usable(SOURCES)["vault"]
    assert model.origin == source.origin == "gram-example 0.1.0"
    assert model.target == "gram_example.calm_normal:CalmNormal" and not model.refused
    assert model.to_record() == {
        "group": MODELS, "name": "calm_normal", "package": "gram-example", "version": "0.1.0", "target": model.target,
        "sha256": model.files_sha256(),
    }  # fmt: skip


def test_the_digest_is_that_of_the_packages_files(example: Path) -> None:
    before = usable(MODELS)["calm_normal"].files_sha256()
    assert len(before) == 64
    assert "gram_example" not in sys.modules, "finding and hashing a plug-in imports nothing of it"
    (example / "gram_example" / "__pycache__").mkdir()
    (example / "gram_example" / "__pycache__" / "vault.cpython-311.pyc").write_bytes(b"x")
    assert usable(MODELS)["calm_normal"].files_sha256() == before
    (example / "gram_example" / "table.csv").write_text("1,2")
    changed = usable(MODELS)["calm_normal"].files_sha256()
    assert changed != before
    (example / "gram_example" / "vault.py").write_text("")
    assert usable(MODELS)["calm_normal"].files_sha256() not in {before, changed}


@pytest.mark.parametrize("name", ["fhs", "quantreg", "hs", "champion", "all"])
def test_a_name_of_the_workbench_is_not_given_away(declare, name: str) -> None:
    declare("greedy", models={name: "greedy:X"})
    (found,) = [one for one in plug_ins(MODELS) if one.package == "greedy"]
    assert found.refused == f"the name {name!r} is the workbench's own"
    assert name not in usable(MODELS)


@pytest.mark.parametrize("name", ["sample", "file", "online", next(iter(PROVIDERS))])
def test_nor_is_the_name_of_a_source(declare, name: str) -> None:
    declare("greedy", sources={name: "greedy:load"})
    assert name not in usable(SOURCES)


def test_two_packages_with_one_name_get_none_of_it(declare) -> None:
    declare("first", models={"drift": "first:X", "mine": "first:X"})
    declare("second", models={"drift": "second:X"})
    assert set(usable(MODELS)) == {"mine"}
    with pytest.raises(
        ParameterError, match=r"another name: the name 'drift' is also claimed by second \(plug-in of first"
    ):
        checks.stage_params("train", {"models": ["drift"]}, "here")


def test_a_name_that_would_not_do_in_a_list_is_refused(declare) -> None:
    declare("odd", models={"My-Model": "odd:X"})
    assert [one.refused[:22] for one in plug_ins(MODELS) if one.package == "odd"] == ["a name is at most 40 s"]


def test_parameters_take_the_names_that_are_installed(example: Path) -> None:
    train = checks.stage_params("train", {"models": ["fhs", "calm_normal"]}, "here")
    assert train.models == ["fhs", "calm_normal"]
    every = checks.stage_params("train", {"models": ["all", "calm_normal"]}, "here")
    assert every.models == [*MODEL_NAMES, *FORECASTER_NAMES, "calm_normal"]
    assert checks.stage_params("predict", {"model": "calm_normal"}, "here").model == "calm_normal"
    assert checks.stage_params("data", {"source": "vault"}, "here").source == "vault"
    with pytest.raises(ParameterError, match="did you mean 'calm_normal'"):
        checks.stage_params("train", {"models": ["calm-normal"]}, "here")


def test_parameters_refuse_what_is_not_installed() -> None:
    for stage, values in (("train", {"models": ["calm_normal"]}), ("data", {"source": "vault"})):
        with pytest.raises(ParameterError, match="expected: one of "):
            checks.stage_params(stage, values, "here")


def test_a_path_goes_with_a_plug_in_and_a_column_does_not(example: Path, tmp_path: Path) -> None:
    book = tmp_path / "book.txt"
    with pytest.raises(ParameterError, match="is no file"):
        checks.stage_params("data", {"source": "vault", "path": str(book)}, "here")
    book.write_text("1 2")
    assert checks.stage_params("data", {"source": "vault", "path": str(book)}, "here").path == str(book)
    with pytest.raises(ParameterError, match=r"data\.column is 'x' while data\.source is vault"):
        checks.stage_params("data", {"source": "vault", "column": "x"}, "here")


def test_entry_points_are_read_only_for_a_name_that_is_not_ours() -> None:
    code = """
import importlib.metadata
plain = importlib.metadata.entry_points
def asked(**named):
    if str(named.get("group", "")).startswith("gramlib"):
        raise SystemExit("entry points were read")
    return plain(**named)
importlib.metadata.entry_points = asked
import gramlib.models.registry, gramlib.sources
from gramlib.params.layers import resolve_params
resolve_params("params/full.yaml", [], ".")
print("all names are ours")
try:
    resolve_params("params/full.yaml", ["train.models=[drift]"], ".")
finally:
    print("drift is not")
"""
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=root, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.stdout.split("\n")[:2] == ["all names are ours", "drift is not"]
    assert done.stderr.strip() == "entry points were read"
