"""The real five stages on smoke parameters, as a user runs them: what was written, again, repeated, by hand, killed."""

from __future__ import annotations

import json
import os
import random
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import golden
import pandas as pd
import pytest
import yaml

from gramlib.artefacts import CATALOGUE, PREDICATES, check_table
from gramlib.report.page import LONGEST_REPORT_BYTES
from gramlib.runner.pipeline import STAGES
from gramlib.store.manifest import first_damage, read_manifest

pytestmark = pytest.mark.slow

LABEL = "daily path reconstructed from monthly averages: demonstration only"


def gram(*arguments: str, reports: Path, timeout: int = 300) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "gramlib", *arguments],
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
        env={**os.environ, "GRAM_REPORTS": str(reports)},
    )


@pytest.fixture(scope="module")
def smoke(smoke_run: Path) -> Path:
    """A complete smoke run; returns its folder."""
    return smoke_run


def tables(run: Path) -> dict[str, bytes]:
    return {
        name: next(run.glob(f"[0-9][0-9]_{entry.stage}/{entry.filename}")).read_bytes()
        for name, entry in CATALOGUE.items()
    }


def test_every_artefact_keeps_its_contract_and_its_hash(smoke: Path) -> None:
    for stage in STAGES:
        manifest = read_manifest(smoke / stage.folder)
        assert manifest is not None and first_damage(smoke / stage.folder, manifest) == ""
        assert {output.name for output in manifest.outputs} == set(stage.outputs)
        assert manifest.headline
    for name, entry in CATALOGUE.items():
        if entry.kind == "table":
            check_table(
                name,
                pd.read_parquet(smoke / f"{next(s.folder for s in STAGES if s.name == entry.stage)}" / entry.filename),
                name,
            )
    assert sum(path.stat().st_size for path in smoke.rglob("*") if path.is_file()) < 100e6


def test_the_report_tells_the_same_story_everywhere(smoke: Path) -> None:
    document = json.loads((smoke / "report.json").read_text())
    page = (smoke / "report.html").read_text()
    assert document["verdict"]["status"] in {"pass", "watch", "fail"}
    assert document["verdict"]["sentence"].startswith("An issuer assumed to look like this")
    assert LABEL in page and document["verdict"]["status"] in page and len(page.encode()) < LONGEST_REPORT_BYTES
    assert not re.search(r"<script|(?:src|href)\s*=\s*[\"']https?:", page)
    for stage in STAGES:
        assert LABEL in (smoke / stage.folder / "notebook.html").read_text(), stage.name
    metrics = pd.read_parquet(smoke / "04_analyse" / "metrics.parquet")
    outcomes = pd.read_parquet(smoke / "03_predict" / "outcomes.parquet")
    for book, paths in outcomes.groupby("book"):
        for predicate in PREDICATES:
            row = metrics[(metrics.subject == book) & (metrics.metric == f"probability_{predicate}")]
            if len(row):
                share = float((paths[f"{predicate.lower()}_day"] >= 0).mean())
                assert row.value.iloc[0] == pytest.approx(share)
                assert row.lower.iloc[0] <= share <= row.upper.iloc[0]
    index = smoke.parent / "index.html"
    assert smoke.name in index.read_text()
    for place in (index, smoke / "report.html", *(smoke / stage.folder / "notebook.html" for stage in STAGES)):
        links = [link for link in re.findall(r'href="([^"#]+)"', place.read_text()) if not link.startswith("data:")]
        assert len(links) >= 4, place
        assert [link for link in links if not (place.parent / link).is_file()] == [], place


def test_no_headline_figure_moved_unexplained(smoke: Path) -> None:
    held = json.loads(golden.GOLDEN.read_text())
    lines = golden.moved(held, golden.figures_of(smoke))
    assert not lines, golden.advice(lines, held["explained_by"])


def test_unchanged_is_verified_not_repeated(smoke: Path, workbench_root: Path) -> None:
    before = tables(smoke)
    again = gram("run", str(workbench_root / "params" / "smoke.yaml"), reports=smoke.parent)
    assert again.returncode == 0 and again.stdout.count("unchanged") >= 5 and "5 unchanged" in again.stdout
    assert tables(smoke) == before
    why = gram("why", smoke.name, reports=smoke.parent)
    assert why.returncode == 0 and why.stdout.count("skip") == 5
    status = gram("status", str(smoke), reports=smoke.parent)
    assert "succeeded" in status.stdout.splitlines()[0] and status.stdout.count("succeeded") == 6


def test_a_changed_parameter_is_named_and_reruns_only_what_follows(smoke: Path, workbench_root: Path) -> None:
    name = "changed"
    first = gram(
        "run", str(workbench_root / "params" / "smoke.yaml"), "--run-id", name, "--until", "train", reports=smoke.parent
    )
    assert first.returncode == 0, first.stderr
    other = gram(
        "run",
        str(workbench_root / "params" / "smoke.yaml"),
        "--run-id",
        name,
        "--set",
        "train.seed=7",
        reports=smoke.parent,
    )
    assert other.returncode == 2 and "exists with other parameters" in other.stderr
    why = gram(
        "why", str(workbench_root / "params" / "smoke.yaml"), "--set", "train.eval_days=300", reports=smoke.parent
    )
    assert "no result yet" in why.stdout


def test_a_damaged_table_is_found_and_made_again(smoke: Path, workbench_root: Path) -> None:
    before = tables(smoke)
    path = smoke / "01_data" / "quality.parquet"
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    again = gram("run", str(workbench_root / "params" / "smoke.yaml"), reports=smoke.parent)
    assert again.returncode == 0 and "quality.parquet differs from its recorded hash" in again.stdout
    assert "4 unchanged" in again.stdout, "the same tables again: nothing downstream has to run"
    assert tables(smoke) == before


def test_a_run_repeats_from_its_own_record_byte_for_byte(smoke: Path) -> None:
    repeated = gram("run", str(smoke / "run.json"), reports=smoke.parent)
    assert repeated.returncode == 0, repeated.stderr
    compared = [line for line in repeated.stdout.splitlines() if line.endswith("identical") or "different" in line]
    assert len(compared) == len(CATALOGUE)
    different = [line for line in compared if "different" in line]
    assert [line.split()[1] for line in different] == ["report"], different  # it names its own run id
    assert "run_id" in different[0]
    assert {k: v for k, v in tables(smoke).items() if k != "report"} == {
        k: v for k, v in tables(smoke.parent / f"{smoke.name}-replay").items() if k != "report"
    }


@pytest.mark.parametrize("stage", ["data", "predict"])
def test_plain_papermill_gives_the_same_tables(smoke: Path, workbench_root: Path, tmp_path: Path, stage: str) -> None:
    exported = gram(
        "params", "export", str(workbench_root / "params" / "smoke.yaml"), "--stage", stage, reports=smoke.parent
    )
    assert exported.returncode == 0, exported.stderr
    values = tmp_path / "stage.yaml"
    values.write_text(exported.stdout)
    assert yaml.safe_load(exported.stdout).get("upstream", smoke.name) == smoke.name
    notebook = next(s for s in STAGES if s.name == stage).notebook
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "papermill",
            str(workbench_root / "notebooks" / notebook),
            str(tmp_path / "out.ipynb"),
            "-f",
            str(values),
            "-k",
            "python3",
            "--no-progress-bar",
        ],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
        env={**os.environ, "GRAM_REPORTS": str(smoke.parent)},
    )
    assert done.returncode == 0, done.stderr[-2000:]
    scratch = max(smoke.parent.glob(f"scratch-{stage}-*"), key=lambda p: p.stat().st_mtime)
    expected = tables(smoke)
    for entry in CATALOGUE.values():
        if entry.stage == stage:
            assert next(scratch.glob(f"*/{entry.filename}")).read_bytes() == expected[entry.name], entry.name
    assert scratch.name not in gram("list", "runs", reports=smoke.parent).stdout


@pytest.mark.kill
def test_three_kills_of_the_real_run(smoke: Path, workbench_root: Path, tmp_path: Path) -> None:
    """kill -9 in three different stages; each resume redoes only the stage that was hit."""
    instants = random.Random(3)
    reports = tmp_path / "reports"
    command = [sys.executable, "-m", "gramlib", "run", str(workbench_root / "params" / "smoke.yaml")]
    for hit in instants.sample([stage for stage in STAGES[:-1]], 3):
        process = subprocess.Popen(
            command,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "GRAM_REPORTS": str(reports)},
        )
        deadline = time.time() + 120
        while (
            time.time() < deadline
            and not list(reports.glob(f"*/{hit.folder}.attempt-*/notebook.ipynb"))
            and process.poll() is None
        ):
            time.sleep(0.02)
        time.sleep(instants.uniform(0.0, 2.0))
        process.send_signal(signal.SIGKILL)
        process.wait()
        for folder in reports.glob("*/[0-9][0-9]_*"):
            if "." not in folder.name:
                assert first_damage(folder, read_manifest(folder)) == ""
    final = gram("run", str(workbench_root / "params" / "smoke.yaml"), reports=reports)
    assert final.returncode == 0, final.stderr
    run = next(path.parent for path in reports.glob("*/run.json"))
    assert tables(run) == tables(smoke)
    assert gram("prune", reports=reports).returncode == 0
    assert not list(run.glob("*.attempt-*"))


def test_real_daily_data_take_the_labels_place(workbench_root: Path, reference_data: Path, tmp_path: Path) -> None:
    """The same command on a real daily file: graded as such, no demonstration label, no row of a licensed series in the page."""
    path = reference_data / "gold_daily_spliced_1968_2026.csv"
    done = gram(
        "run",
        str(workbench_root / "params" / "smoke.yaml"),
        "--set",
        "data.source=file",
        "--set",
        f"data.path={path}",
        "--set",
        "data.column=price",
        "--set",
        "data.unit=oz",
        "--set",
        "data.end=2026-07-10",
        "--set",
        "scenarios=[all]",
        reports=tmp_path,
    )
    assert done.returncode == 0, done.stderr
    run = next(folder.parent for folder in tmp_path.glob("*/run.json"))
    cards = json.loads((run / "01_data" / "source_cards.json").read_text())
    assert cards["grade"] not in {"D", ""} and cards["label"] == "" and cards["end"] == "2026-07-10"
    page = (run / "report.html").read_text()
    assert LABEL not in page and f"grade {cards['grade']}" in page
    assert "text/csv" not in page.split('id="fig-price-history')[1].split("</figure>")[0]
    used = json.loads((run / "03_predict" / "scenarios_used.json").read_text())["scenarios"]
    assert {s["id"] for s in used if s["provenance"].startswith("measured")} >= {
        "H08",
        "H13a",
        "H20a",
        "H26J",
        "H80a",
        "H83",
    }
