"""What a killed attempt had finished is there for the next one, and gone when the stage has succeeded."""

from __future__ import annotations

import pytest
import toy_pipeline
from toy_workbench import Toy

from gramlib.runner.prune import removable

pytestmark = [pytest.mark.slow, pytest.mark.kill]

KILLED_ONCE = """
import os, signal
import numpy as np
found = ctx.parts.read({'piece': 1})
if found is None:
    ctx.parts.write({'piece': 1}, {'value': np.array([0.5])})
    os.kill(os.getpid(), signal.SIGKILL)
ctx.headline(f"resumed with {found['value'][0]}")
"""


def test_parts_outlive_a_killed_attempt_and_no_success(toy: Toy) -> None:
    toy_pipeline.write_notebook(toy.notebooks, "train", KILLED_ONCE)
    assert toy.run().returncode != 0
    folder = toy.folder / "02_train.parts"
    assert len(list(folder.glob("*.npz"))) == 1
    assert folder in removable(toy.reports)
    again = toy.run()
    assert again.returncode == 0, again.stderr
    assert "resumed with 0.5" in again.stdout
    assert not folder.exists()
    assert folder not in removable(toy.reports)


def test_a_damaged_part_is_a_warning_of_the_stage(toy: Toy) -> None:
    toy_pipeline.write_notebook(toy.notebooks, "train", KILLED_ONCE)
    assert toy.run().returncode != 0
    (part,) = (toy.folder / "02_train.parts").glob("*.npz")
    part.write_bytes(part.read_bytes()[:-1])
    toy_pipeline.write_notebook(toy.notebooks, "train", "ctx.headline(str(ctx.parts.read({'piece': 1})))")
    again = toy.run()
    assert again.returncode == 0, again.stderr
    assert "None" in again.stdout
    assert "is damaged; it is worked out again" in again.stdout
