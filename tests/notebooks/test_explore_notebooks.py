"""The notebooks to play with, executed as a researcher would, each to its result in a report."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from gramlib.errors import ParameterError
from gramlib.runner import front, own_model, trials
from gramlib.scenarios import load_scenarios
from gramlib.scenarios.own import write_scenario

TINY = """\
extends: {smoke}
scenarios: [calm, S1]
train: {{models: [fhs, garch_t], eval_days: 250, horizons_days: [1]}}
predict: {{n_paths: 400, solvency_n_paths: 200, fan_paths: 400, scenario_n_paths: 100}}
analyse: {{bootstrap_samples: 20, reverse_step: 0.05, map_step: 0.25, refit_samples: 0, search_n_paths: 100, package_measures: 1}}
"""
"""The smallest run that goes through all five stages."""


@pytest.fixture
def tiny(tmp_path: Path, workbench_root: Path) -> Path:
    path = tmp_path / "tiny.yaml"
    path.write_text(TINY.format(smoke=workbench_root / "params" / "smoke.yaml"))
    return path


def executed(name: str, tmp_path: Path, root: Path, environment: dict[str, str], **parameters: str) -> str:
    """The outputs of notebooks/explore/`name`, run by plain papermill as JupyterLab would run it, as one text."""
    out = tmp_path / name
    options = [word for key, value in parameters.items() for word in ("-r", key, value)]
    folder = root / "notebooks" / "explore"
    command = [
        sys.executable,
        "-m",
        "papermill",
        "--no-progress-bar",
        "--cwd",
        str(folder),
        str(folder / name),
        str(out),
    ]
    done = subprocess.run([*command, *options], capture_output=True, text=True, timeout=1200, check=False,
                          env={**os.environ, "GRAM_REPORTS": str(tmp_path / "reports"), **environment})  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    outputs = [output for cell in nbformat.read(out, 4).cells for output in cell.get("outputs", [])]
    return "\n".join(str(o.get("data", {}).get("text/html") or o.get("data", {}).get("text/plain") or o.get("text", ""))
                     for o in outputs)  # fmt: skip


def reports_in(tmp_path: Path) -> list[dict]:
    return [json.loads(path.read_text()) for path in sorted((tmp_path / "reports").glob("*/report.json"))]


@pytest.mark.slow
def test_two_issuers_are_compared(tmp_path: Path, workbench_root: Path, tiny: Path) -> None:
    shown = executed("compare_two_issuers.ipynb", tmp_path, workbench_root, {}, params=str(tiny))
    assert "What differs between Gram and Gram USD" in shown
    assert "Every key figure of the two runs" in shown
    assert len(reports_in(tmp_path)) == 2
    assert len(list((tmp_path / "reports").glob("compare-*.html"))) == 1


@pytest.mark.slow
def test_a_price_file_of_ones_own_comes_into_a_report(tmp_path: Path, workbench_root: Path, tiny: Path) -> None:
    own = tmp_path / "Gold fixings.csv"
    sample = trials_sample(tmp_path)
    own.write_text(sample.read_text().replace("Date,", "Day,"))
    shown = executed("own_data.ipynb", tmp_path, workbench_root, {}, params=str(tiny), path=str(own))
    assert "What Gold fixings.csv is taken for" in shown
    run = next((tmp_path / "reports").glob("tiny-*"))
    cards = json.loads((run / "01_data" / "source_cards.json").read_text())
    assert cards["grade"] == "C"
    assert json.loads((run / "run.json").read_text())["params"]["stages"]["data"]["path"] == str(own)
    assert (run / "report.html").is_file()


def trials_sample(folder: Path) -> Path:
    os.environ["GRAM_REPORTS"], before = str(folder / "made"), os.environ.get("GRAM_REPORTS")
    try:
        return trials.price_file("")
    finally:
        os.environ.pop("GRAM_REPORTS")
        os.environ.update({"GRAM_REPORTS": before} if before else {})


@pytest.fixture
def second_clone(tmp_path: Path, workbench_root: Path) -> Path:
    """A clone whose params/ a test may write to; its code is this one's, so that nothing is compiled anew."""
    clone = tmp_path / "clone"
    (clone / "gramlib").mkdir(parents=True)
    for path in (workbench_root / "gramlib").iterdir():
        if path.is_dir() and path.name != "__pycache__":
            (clone / "gramlib" / path.name).symlink_to(path)
        elif path.suffix == ".py":
            shutil.copy(path, clone / "gramlib")
    shutil.copytree(workbench_root / "params", clone / "params")
    (clone / "notebooks").symlink_to(workbench_root / "notebooks")
    (clone / "requirements.lock").symlink_to(workbench_root / "requirements.lock")
    return clone


@pytest.mark.slow
def test_a_scenario_of_ones_own_stands_in_a_report(tmp_path: Path, second_clone: Path) -> None:
    tiny = tmp_path / "tiny.yaml"
    tiny.write_text(TINY.format(smoke=second_clone / "params" / "smoke.yaml"))
    own = {"PYTHONPATH": str(second_clone)}
    shown = executed("own_scenario.ipynb", tmp_path, second_clone, own, params=str(tiny))
    assert (second_clone / "params" / "scenarios" / "my_rumour.yaml").is_file()
    assert "A rumour about the vault" in shown
    report = next((tmp_path / "reports").glob("tiny-*/report.html")).read_text()
    assert "A rumour about the vault, in a falling market" in report


@pytest.mark.slow
def test_a_model_of_ones_own_stands_in_the_league_of_a_report(tmp_path: Path, workbench_root: Path, tiny: Path) -> None:
    site = tmp_path / "site"
    own = {"PIP_TARGET": str(site), "PYTHONPATH": str(site), "PIP_ROOT_USER_ACTION": "ignore"}
    shown = executed("own_model.ipynb", tmp_path, workbench_root, own, params=str(tiny))
    assert "MyLaplace: 12 of 12 checks hold" in shown
    run = next((tmp_path / "reports").glob("tiny-*"))
    assert "my_laplace" in json.loads((run / "02_train" / "calibration.json").read_text())["models"]
    assert "my_laplace" in (run / "02_train" / "notebook.html").read_text()


SCENARIO = """
id: my_test
title: "A test"
kind: hypothetical
severity: mild
story: "Gold falls by a tenth in a day. Nothing else happens, so that the price alone is seen."
precedent: {text: "A made-up fall", date: "2026", source: "judgement"}
horizon_days: 20
knots: [{day: 1, factor: 0.9}]
"""


def test_a_scenario_is_written_replaced_and_never_over_somebody_elses(tmp_path: Path, workbench_root: Path) -> None:
    shutil.copytree(workbench_root / "params" / "scenarios", tmp_path / "params" / "scenarios")
    assert write_scenario(SCENARIO, tmp_path).title == "A test"
    assert write_scenario(SCENARIO.replace("A test", "Another"), tmp_path).title == "Another"
    assert load_scenarios(["my_test"], tmp_path)[0].title == "Another"
    before = (tmp_path / "params" / "scenarios" / "S10.yaml").read_text()
    with pytest.raises(ParameterError, match="not written here"):
        write_scenario(SCENARIO.replace("my_test", "S10"), tmp_path)
    assert (tmp_path / "params" / "scenarios" / "S10.yaml").read_text() == before


def test_a_scenario_that_is_none_is_told_by_line_and_leaves_nothing(tmp_path: Path, workbench_root: Path) -> None:
    shutil.copytree(workbench_root / "params" / "scenarios", tmp_path / "params" / "scenarios")
    path = tmp_path / "params" / "scenarios" / "my_test.yaml"
    with pytest.raises(ParameterError, match=r"did you mean 'severity'"):
        write_scenario(SCENARIO.replace("severity", "severty"), tmp_path)
    assert not path.exists()
    write_scenario(SCENARIO, tmp_path)
    with pytest.raises(ParameterError):
        write_scenario(SCENARIO.replace("knots", "knotts"), tmp_path)
    assert "knots: [{day: 1, factor: 0.9}]" in path.read_text()
    with pytest.raises(ParameterError, match="no line such as"):
        write_scenario("title: nameless", tmp_path)
    with pytest.raises(ParameterError, match="no line such as"):
        write_scenario(SCENARIO.replace("my_test", "../my_test"), tmp_path)


def test_the_start_page_works_without_a_run_and_links_to_what_is_there(
    tmp_path: Path, workbench_root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GRAM_REPORTS", str(tmp_path / "none"))
    monkeypatch.chdir(workbench_root / "notebooks")
    assert "No runs yet" in front.runs()._repr_html_()
    for table in (front.stages(), front.explore()):
        links = [cell.target for row in table.rows for cell in row if hasattr(cell, "target")]
        assert len(links) >= 5
        assert {link: Path(link).is_file() for link in links} == dict.fromkeys(links, True)
        assert table._repr_html_().count("<a href") == len(links)


def test_issuers_apart_lists_what_differs_and_nothing_else() -> None:
    table = trials.issuers_apart("gram", "gram_usd")
    rows = {row[0]: row for row in table.rows}
    assert rows["peg"][1:3] == ("gold", "usd")
    assert "terms.fee" not in rows or rows["terms.fee"][1] != rows["terms.fee"][2]
    assert trials.issuers_apart("gram", "gram").rows == ()
    with pytest.raises(ParameterError, match="did you mean"):
        trials.issuers_apart("gram", "gram_us")


def test_a_package_holds_the_whole_text_around_the_class_or_is_refused(tmp_path: Path) -> None:
    from gramlib.models.jump import JumpDiffusion

    module = own_model.write_package(JumpDiffusion, tmp_path / "package")
    assert "class JumpDiffusion" in (module / "gram_jump.py").read_text()
    with pytest.raises(ParameterError, match="holds something else"):
        own_model.write_package(JumpDiffusion, tmp_path)
    unknown = type("Unknown", (), {"name": "unknown"})
    with pytest.raises(ParameterError, match="cannot be had"):
        own_model.write_package(unknown, tmp_path / "other")
