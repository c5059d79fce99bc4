"""Whether a stage's notebook holds its pictures is part of its key where they are left out."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import toy_pipeline
from toy_workbench import Toy

from gramlib.runner.pipeline import stage_named
from gramlib.runner.plan import changed, key_of
from gramlib.runner.resolve import ResolvedRun, resolve_run
from gramlib.store import Manifest, RunFolder

PREDICT = stage_named("predict")


@pytest.mark.parametrize(
    ("made", "asked", "says"),
    [(False, True, "pictures: none -> drawn"), (False, False, ""), (True, True, ""), (True, False, "")],
)
def test_pictures_that_are_asked_for_must_be_there(
    made: bool, asked: bool, says: str, tmp_path: Path, workbench_root: Path
) -> None:
    drawn = resolve_run(workbench_root / "params" / "smoke.yaml", [], workbench_root, "one")
    notebook, lock = workbench_root / "notebooks" / PREDICT.notebook, workbench_root / "requirements.lock"

    def key(run: ResolvedRun) -> dict:
        return key_of(run, PREDICT, notebook, {}, {}, lock)

    before = replace(drawn, pictures=made)
    manifest = Manifest("predict", "one", key(before), [])
    now = replace(drawn, pictures=asked)
    assert changed(manifest, now, RunFolder(tmp_path / "one"), PREDICT, notebook, lock, {}) == says
    assert {name: value for name, value in key(before).items() if name != "pictures"} == key(drawn)


@pytest.mark.slow
def test_a_run_draws_whatever_the_shell_says(toy: Toy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRAM_PICTURES", "none")
    toy_pipeline.write_notebook(toy.notebooks, "data", "import os\nassert os.environ['GRAM_PICTURES'] == 'drawn'")
    done = toy.run("--until", "data")
    assert done.returncode == 0, done.stderr
    assert '"pictures"' not in (toy.folder / "01_data" / "stage.json").read_text()
