"""An evaluation that was stopped goes on where it was, and its result is the same to the last bit."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import evaluated as subject
import numpy as np
import pytest
from evaluated import KEPT_BEFORE_THE_END, MODELS, PARAMS, UNITS, evaluated, same_bytes, series

from gramlib.models import kept_forecasts
from gramlib.models.returns import Returns
from gramlib.store.parts import Parts


@pytest.fixture(scope="module")
def whole():
    return evaluated(None)


@pytest.fixture(scope="module")
def kept(tmp_path_factory) -> Path:
    """Every part of the evaluation."""
    folder = tmp_path_factory.mktemp("evaluation") / "parts"
    evaluated(Parts(folder, print))
    return folder


@pytest.fixture
def copied(kept, tmp_path) -> Path:
    for path in kept.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    return tmp_path


@pytest.fixture
def fits(monkeypatch) -> list[str]:
    """Names of the models in order of their fits, one entry a fit."""
    made: list[str] = []
    for model in MODELS:
        plain = model.fit.__func__

        def counted(cls, window, plain=plain):
            made.append(cls.name)
            return plain(cls, window)

        monkeypatch.setattr(model, "fit", classmethod(counted))
    return made


def test_keeping_parts_changes_nothing(whole, tmp_path):
    assert same_bytes(evaluated(Parts(tmp_path, print)), whole)
    assert len(list(tmp_path.iterdir())) == UNITS


def test_what_is_kept_is_not_worked_out_again(whole, copied, fits):
    assert same_bytes(evaluated(Parts(copied, print)), whole)
    assert fits == []
    gone = sorted(copied.iterdir())[::3]
    for path in gone:
        path.unlink()
    steps: list[tuple[int, int]] = []
    resumed = evaluated(Parts(copied, print), progress=lambda done, total, _: steps.append((done, total)))
    assert same_bytes(resumed, whole)
    assert len(fits) == len(gone)
    assert [done for done, _ in steps] == list(range(1, steps[0][1] + 1))
    assert len(list(copied.iterdir())) == UNITS


def test_a_damaged_part_is_worked_out_again_and_said(whole, copied, fits):
    damaged = sorted(copied.iterdir())[7]
    damaged.write_bytes(damaged.read_bytes()[:-1])
    told: list[str] = []
    assert same_bytes(evaluated(Parts(copied, told.append)), whole)
    assert len(fits) == 1
    assert len(told) == 1 and "damaged" in told[0]


@pytest.mark.parametrize("changed", ["seed", "tail_share", "horizons", "code", "early return"])
def test_parts_of_another_evaluation_are_not_taken(copied, fits, monkeypatch, changed):
    returns, params, seed = series(), PARAMS, 1
    if changed == "seed":
        seed = 2
    elif changed == "tail_share":
        params = PARAMS.model_copy(update={"tail_share": 0.06})
    elif changed == "horizons":
        params = PARAMS.model_copy(update={"horizons_days": [1, 6]})
    elif changed == "code":
        monkeypatch.setattr(kept_forecasts, "_code", lambda: "other")
    else:
        moved = returns.log_return.copy()
        moved[3] *= 1.01
        returns = Returns(returns.dates, moved)
    evaluated(Parts(copied, print), returns, params, seed)
    assert len(fits) == UNITS


def test_a_late_return_touches_late_parts_only(copied, fits):
    returns = series()
    moved = returns.log_return.copy()
    moved[-1] *= 1.01
    other = Returns(returns.dates, moved)
    result = evaluated(Parts(copied, print), other)
    assert len(fits) == len(MODELS)  # the last refit of each
    assert same_bytes(result, evaluated(None, other))


def test_covariates_are_part_of_what_a_part_depends_on(copied, fits):
    returns = series()
    known = Returns(returns.dates, returns.log_return, {"vix": np.arange(len(returns), dtype=float)})
    evaluated(Parts(copied, print), known)
    assert len(fits) == UNITS


@pytest.mark.kill
def test_a_killed_process_leaves_what_the_next_one_needs(whole, tmp_path, fits):
    folder = tmp_path / "parts"
    process = subprocess.Popen([sys.executable, subject.__file__, str(folder)], cwd=Path(subject.__file__).parent)
    deadline = time.monotonic() + 120
    while (
        len(list(folder.glob("*.npz"))) < KEPT_BEFORE_THE_END and process.poll() is None and time.monotonic() < deadline
    ):
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    finished = len(list(folder.glob("*.npz")))
    assert KEPT_BEFORE_THE_END <= finished < UNITS
    told: list[str] = []
    assert same_bytes(evaluated(Parts(folder, told.append)), whole)
    assert (len(fits), told) == (UNITS - finished, [])
