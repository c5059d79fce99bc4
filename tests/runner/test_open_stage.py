"""`gram open`: a notebook with a run's parameters on its tables, never written into the run."""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import pandas as pd
import pytest

from gramlib.artefacts import of_stage
from gramlib.errors import DataContractError, ParameterError, UpstreamNotReady
from gramlib.params.issuer import Issuer
from gramlib.params.issuer_file import load_issuer
from gramlib.params.stages import STAGE_PARAMS
from gramlib.runner.open_stage import run_to_open, write_notebook
from gramlib.runner.pipeline import NAMES, stage_named
from gramlib.store import RunFolder, atomic

RUN_ID = "smoke-12345678"


def recorded(workbench_root: Path, reports: Path, *overrides: str) -> RunFolder:
    """A run as `gram run` records it before its first stage."""
    from gramlib.runner.resolve import resolve_run

    run = RunFolder(reports / RUN_ID)
    resolved = resolve_run(workbench_root / "params" / "smoke.yaml", list(overrides), workbench_root, RUN_ID)
    run.create({**resolved.record, "created": 1.0})
    return run


def injected(notebook: Path) -> dict[str, object]:
    """What the parameters cell of `notebook` assigns."""
    cells = [cell for cell in nbformat.read(notebook, 4).cells if "parameters" in cell.metadata.get("tags", [])]
    values: dict[str, object] = {}
    exec(cells[0].source, {}, values)
    return {name: value for name, value in values.items() if name != "__annotations__"}


@pytest.fixture
def run(workbench_root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RunFolder:
    monkeypatch.setenv("GRAM_REPORTS", str(tmp_path / "reports"))
    return recorded(workbench_root, tmp_path / "reports", "data.start=1990-01-01", "issuer.terms.fee=0.004")


def test_the_notebook_has_the_runs_parameters_and_lies_outside_the_run(run: RunFolder) -> None:
    notebook = write_notebook(run, stage_named("data"))
    assert not notebook.is_relative_to(run.path)
    assert injected(notebook) == run.record()["params"]["stages"]["data"]
    assert injected(notebook)["start"] == "1990-01-01"
    shown = nbformat.read(notebook, 4)
    nbformat.validate(shown)
    assert RUN_ID in shown.cells[1].source
    assert any(f'like="{RUN_ID}"' in cell.source for cell in shown.cells)


def test_the_runs_own_issuer_lies_beside_it(run: RunFolder, workbench_root: Path) -> None:
    notebook = write_notebook(run, stage_named("data"))
    issuer = load_issuer(str(notebook.parent / "issuer.yaml"), workbench_root)
    assert issuer.terms.fee == 0.004
    assert issuer.to_record() == Issuer.from_record(run.record()["params"]["issuer"]).to_record()
    (notebook.parent / "issuer.yaml").write_text("name: Mine\n")
    write_notebook(run, stage_named("data"))
    assert (notebook.parent / "issuer.yaml").read_text() == "name: Mine\n"


def test_a_copy_that_was_changed_is_left_alone(run: RunFolder) -> None:
    first = write_notebook(run, stage_named("data"))
    assert write_notebook(run, stage_named("data")) == first
    first.write_text(first.read_text().replace("1990-01-01", "1991-01-01"))
    second = write_notebook(run, stage_named("data"))
    assert second.name == "01_data-2.ipynb"
    assert injected(first)["start"] == "1991-01-01"
    assert injected(second)["start"] == "1990-01-01"


def test_a_run_without_the_stages_before_is_refused_with_the_command_that_helps(run: RunFolder) -> None:
    with pytest.raises(UpstreamNotReady) as refused:
        write_notebook(run, stage_named("predict"))
    assert "no succeeded data" in refused.value.found
    assert refused.value.remedy.startswith("finish it first: gram run ")


def test_an_unknown_run_or_stage_is_refused_with_the_nearest_name(run: RunFolder) -> None:
    reports = run.path.parent
    assert run_to_open(RUN_ID, reports) == run_to_open(str(run.path), reports.parent) == run
    with pytest.raises(ParameterError, match=f"did you mean '{RUN_ID}'"):
        run_to_open("smoke-12345679", reports)
    with pytest.raises(ParameterError, match="there is none yet"):
        run_to_open("smoke", reports.parent / "nowhere")
    with pytest.raises(ParameterError, match="did you mean 'predict'"):
        stage_named("predct")


def test_a_price_file_that_changed_since_is_told(
    workbench_root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GRAM_REPORTS", str(tmp_path / "reports"))
    prices = tmp_path / "mine.csv"
    days = [f"{day},{2000 + number % 7}" for number, day in enumerate(pd.bdate_range("2015-01-01", periods=2100).date)]
    prices.write_text("\n".join(["date,price", *days, ""]))
    run = recorded(workbench_root, tmp_path / "reports", "data.source=file", f"data.path={prices}")
    assert injected(write_notebook(run, stage_named("data")))["path"] == str(prices)
    prices.write_text("\n".join(["date,price", *days, "2024-01-02,2061", ""]))
    with pytest.raises(DataContractError, match="has changed since run"):
        write_notebook(run, stage_named("data"))


def test_an_online_run_is_opened_on_what_it_fetched(
    workbench_root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GRAM_REPORTS", str(tmp_path / "reports"))
    run = recorded(workbench_root, tmp_path / "reports", "data.source=online", "data.as_of=2026-01-05")
    values = injected(write_notebook(run, stage_named("data")))
    assert (values["offline"], values["as_of"]) == (True, "2026-01-05")


@pytest.mark.parametrize("stage", NAMES)
def test_every_stage_notebook_can_be_opened_and_its_cell_keeps_every_value(stage: str) -> None:
    from gramlib.params.export import parameters_cell

    values: dict[str, object] = {}
    given = {name: _other(field.get_default(call_default_factory=True)) for name, field in fields(stage)}
    exec(parameters_cell(stage, {**given, "nobody": 1}), {}, values)
    assert {name: values[name] for name in given} == given
    assert values.keys() - given.keys() == {"__annotations__"}


def fields(stage: str):
    return STAGE_PARAMS[stage].model_fields.items()


def _other(value: object) -> object:
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return value + 1
    return [*value, 'a "b" \\'] if isinstance(value, list) else f'{value} "b" \\ c'


def gram(*arguments: str, reports: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "gramlib", *arguments], capture_output=True, text=True, timeout=600,
                          check=False, env={**os.environ, "GRAM_REPORTS": str(reports)})  # fmt: skip


def test_the_command_prints_the_path_or_four_lines(run: RunFolder) -> None:
    said = gram("open", RUN_ID, "data", "--print", reports=run.path.parent)
    assert (said.returncode, said.stderr) == (0, "")
    assert Path(said.stdout.strip()).is_file()
    for arguments, code in ((("smok-12345678", "data"), 2), ((RUN_ID, "reprot"), 2), ((RUN_ID, "report"), 75)):
        refused = gram("open", *arguments, reports=run.path.parent)
        assert refused.returncode == code
        assert 2 <= len(refused.stderr.strip().splitlines()) <= 4
        assert "Traceback" not in refused.stderr


@pytest.mark.slow
def test_jupyterlab_serves_the_notebook(run: RunFolder, tmp_path: Path) -> None:
    jupyter = {f"JUPYTER_{kind}_DIR": str(tmp_path / kind) for kind in ("CONFIG", "DATA", "RUNTIME")}
    environment = {**os.environ, **jupyter, "JUPYTER_TOKEN": "known"}
    config = tmp_path / "CONFIG"
    config.mkdir()
    (config / "jupyter_server_config.py").write_text(
        f"c.ServerApp.port = 0\nc.ServerApp.allow_root = {os.getuid() == 0}\nc.ServerApp.ip = '127.0.0.1'\n"
    )
    log = tmp_path / "log"
    with open(log, "w") as handle:
        server = subprocess.Popen([sys.executable, "-m", "gramlib", "open", RUN_ID, "data", "--no-browser"],
                                  stdout=handle, stderr=handle, env=environment, start_new_session=True)  # fmt: skip
    try:
        deadline = time.monotonic() + 90
        while "http://127.0.0.1:" not in log.read_text() and time.monotonic() < deadline and server.poll() is None:
            time.sleep(0.3)
        said = log.read_text()
        assert f"/lab/tree/opened/{RUN_ID}/01_data.ipynb" in said, said
    finally:
        os.killpg(server.pid, signal.SIGKILL)
        server.wait(30)


@pytest.mark.slow
def test_run_unchanged_it_gives_the_same_tables_byte_for_byte(smoke_run: Path, tmp_path: Path) -> None:
    reports = smoke_run.parent
    before = digests(smoke_run)
    said = gram("open", smoke_run.name, "predict", "--print", reports=reports)
    assert said.returncode == 0, said.stderr
    done = subprocess.run([sys.executable, "-m", "nbconvert", "--to", "notebook", "--execute", said.stdout.strip(),
                           "--output", str(tmp_path / "run.ipynb")], capture_output=True, text=True, timeout=900, check=False,
                          env={**os.environ, "GRAM_REPORTS": str(reports)})  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    scratch = next(path.parent for path in reports.glob("scratch-predict-*/03_predict/stage.json"))
    files = [entry.filename for entry in of_stage("predict")]
    assert len(files) > 5
    assert {name: (scratch / name).read_bytes() == (smoke_run / "03_predict" / name).read_bytes() for name in files} == \
        dict.fromkeys(files, True)  # fmt: skip
    assert digests(smoke_run) == before


def digests(folder: Path) -> dict[str, str]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_scenarios_and_issuer_are_the_runs_until_the_name_is_changed(
    smoke_run_record: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file in params/ that was edited since must not slip in under a recorded run's name."""
    from gramlib.runner.context import StageHandle

    reports = smoke_run_record.parent
    monkeypatch.setenv("GRAM_REPORTS", str(reports))
    record = RunFolder(smoke_run_record).record()
    names = record["params"]["stages"]["predict"]
    ctx = StageHandle("predict").context({**names, "upstream": RUN_ID}, like=RUN_ID)
    assert ctx.issuer.terms.fee == 0.004
    assert ctx.scenarios[0].title == "A title that no file has"
    changed = StageHandle("predict").context({**names, "upstream": RUN_ID, "scenarios": ["calm"]}, like=RUN_ID)
    assert changed.issuer.terms.fee == 0.004
    assert [scenario.title for scenario in changed.scenarios] != ["A title that no file has"]
    plain = StageHandle("predict").context({**names, "upstream": RUN_ID})
    assert plain.issuer.terms.fee != 0.004


@pytest.fixture
def smoke_run_record(workbench_root: Path, tmp_path: Path) -> Path:
    """A run whose record differs from the files in params/, with manifests of what predict reads."""
    from gramlib.store import Manifest

    run = recorded(workbench_root, tmp_path / "made", "issuer.terms.fee=0.004")
    record = run.record()
    record["scenarios"][0]["title"] = "A title that no file has"
    shutil.rmtree(run.path)
    run = RunFolder(tmp_path / "reports" / RUN_ID)
    run.path.mkdir(parents=True)
    atomic.create_json(run.path / "run.json", record)
    for name in ("data", "train"):
        folder = run.stage_path(stage_named(name).folder)
        folder.mkdir()
        Manifest(name, RUN_ID, {}, (), started=1.0, finished=2.0, headline="").write(folder)
    return run.path
