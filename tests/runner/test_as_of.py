"""An online run is a run of its day; files are known by what they hold, not by where they lie."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from gramlib.errors import ParameterError
from gramlib.runner.pipeline import stage_named
from gramlib.runner.plan import key_of, stage_params
from gramlib.runner.resolve import resolve_run


def test_a_live_run_bears_its_day_and_another_day_is_another_run(workbench_root: Path) -> None:
    live = workbench_root / "params" / "live.yaml"
    today = time.strftime("%Y-%m-%d", time.gmtime())
    run = resolve_run(live, [], workbench_root)
    assert run.run_id.startswith(f"live-{today}-") and run.params.provenance["data.as_of"] == "today in UTC"
    assert stage_params(run, "data")["data.as_of"] == today
    assert resolve_run(live, [f"data.as_of={today}"], workbench_root).run_id == run.run_id
    spring = resolve_run(live, ["data.as_of=2026-03-01"], workbench_root)
    assert spring.run_id.startswith("live-2026-03-01-") and spring.run_id[-8:] != run.run_id[-8:]
    with pytest.raises(ParameterError, match=r"data\.as_of is 2999-01-01"):
        resolve_run(live, ["data.as_of=2999-01-01"], workbench_root)


def test_a_recorded_live_run_keeps_its_day(workbench_root: Path, tmp_path: Path) -> None:
    run = resolve_run(workbench_root / "params" / "live.yaml", ["data.as_of=2026-03-01"], workbench_root)
    path = tmp_path / "run.json"
    path.write_text(json.dumps(run.record))
    again = resolve_run(path, [], workbench_root)
    assert again.params.stages["data"].model_dump()["as_of"] == "2026-03-01" and again.run_id == f"{run.run_id}-replay"


def test_a_run_on_the_sample_bears_no_day(workbench_root: Path) -> None:
    run = resolve_run(workbench_root / "params" / "smoke.yaml", [], workbench_root)
    assert run.run_id.startswith("smoke-") and run.run_id.count("-") == 1


def test_files_moved_are_the_same_run_and_files_swapped_are_not(workbench_root: Path, tmp_path: Path) -> None:
    params = tmp_path / "p.yaml"
    params.write_text("data: {source: file}\n")
    for folder in ("here", "there"):
        (tmp_path / folder).mkdir()
        for name in ("gold", "a", "b"):
            (tmp_path / folder / f"{name}.csv").write_text(f"date,supply\n{name},1\n" * 15_000)

    def run(folder: str, first: str = "a", second: str = "b"):
        at = tmp_path / folder
        files = f"data.flow_files=[gld={at / f'{first}.csv'}, usdc={at / f'{second}.csv'}]"
        return resolve_run(params, [f"data.path={at / 'gold.csv'}", files], workbench_root)

    here, there, swapped = run("here"), run("there"), run("here", "b", "a")
    assert here.run_id == there.run_id != swapped.run_id
    data, notebook = stage_named("data"), workbench_root / "notebooks" / "01_data_acquisition.ipynb"
    keys = [key_of(each, data, notebook, {}, {}, Path("no.lock")) for each in (here, there, swapped)]
    assert keys[0] == keys[1] and keys[0]["params"] == keys[2]["params"] and keys[0]["inputs"] != keys[2]["inputs"]
