"""A package installed beside the workbench, from its price and its model to the report, and its update seen."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from installing import EXAMPLE, install

from gramlib.params.stages import DataParams
from gramlib.sources.sample import load

pytestmark = pytest.mark.slow

RUN = """
extends: {root}/params/smoke.yaml
title: A run with plug-ins
data: {{source: vault, path: book.txt}}
train: {{models: [fhs, calm_normal]}}
predict: {{model: calm_normal, model_reason: to see a plug-in at work}}
"""


def gram(site: Path, reports: Path, *arguments: str) -> str:
    path = os.pathsep.join(filter(None, (str(site), os.environ.get("PYTHONPATH", ""))))
    environment = {**os.environ, "GRAM_REPORTS": str(reports), "PYTHONPATH": path}
    done = subprocess.run(
        [sys.executable, "-m", "gramlib", *arguments],
        capture_output=True, text=True, timeout=1200, check=False, env=environment,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def workplace(tmp_path_factory: pytest.TempPathFactory, workbench_root: Path) -> Path:
    """A folder with the installed package in site, a price file of its kind and the run file."""
    folder = tmp_path_factory.mktemp("plugins")
    install(EXAMPLE, folder / "site")
    frame = load(DataParams()).frame
    days, cents = (frame["date"] - pd.Timestamp("1970-01-01")).dt.days, (frame["value"] * 100).round().astype(int)
    lines = (f"{day} {value}\n" for day, value in zip(days, cents, strict=True))
    (folder / "book.txt").write_text("".join(lines))
    (folder / "plugged.yaml").write_text(RUN.format(root=workbench_root))
    return folder


def test_a_package_from_its_price_to_the_report_and_through_an_update(workplace: Path) -> None:
    site, reports = workplace / "site", workplace / "reports"
    file = str(workplace / "plugged.yaml")
    assert "plug-in of gram-example 0.1.0" in gram(site, reports, "list", "models")
    said = gram(site, reports, "run", file)
    assert "verdict: " in said
    (run,) = (path.parent for path in reports.glob("*/run.json"))
    record = json.loads((run / "run.json").read_text())
    assert {(one["name"], one["version"]) for one in record["plug_ins"]} == {
        ("calm_normal", "0.1.0"),
        ("vault", "0.1.0"),
    }
    league = pd.read_parquet(run / "02_train" / "league.parquet")
    assert "calm_normal" in set(league["model"])
    assert set(pd.read_parquet(run / "01_data" / "prices.parquet")["source"]) == {"vault"}
    page = (run / "report.html").read_text()
    assert "plug ins</dt><dd>" in page and "calm_normal gram-example 0.1.0, files " in page
    assert "not once in 20,000 years by calm_normal" in page, "one simulates from it"

    # A later version of the package: its fitted numbers are the same, and predict is made anew all the same.
    source = shutil.copytree(EXAMPLE, workplace / "later")
    project = source / "pyproject.toml"
    project.write_text(project.read_text().replace('version = "0.1.0"', 'version = "0.2.0"'))
    install(source, site)
    why = gram(site, reports, "why", run.name)
    assert "plug-in vault changed gram-example 0.1.0" in why
    assert "plug-in calm_normal changed gram-example 0.1.0" in why
    again = gram(site, reports, "run", file, "--until", "predict")
    assert "[3/5] predict  because plug-in calm_normal changed gram-example 0.1.0" in again
    assert "unchanged" in gram(site, reports, "run", file, "--until", "predict")
