"""Heavy libraries load only where they are used; the import contracts themselves are run by `make check`."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

HEAVY = (
    "arch",
    "IPython",
    "jinja2",
    "jupyter_client",
    "matplotlib",
    "nbclient",
    "nbconvert",
    "numpy",
    "pandas",
    "pandera",
    "papermill",
    "pyarrow",
    "scipy",
    "sklearn",
    "statsmodels",
    "tensorflow",
)

# What the command line needs to decide that a run is unchanged, or to refuse its parameters.
LIGHT = (
    "gramlib",
    "gramlib.artefacts",
    "gramlib.cli",
    "gramlib.errors",
    "gramlib.params.checks",
    "gramlib.params.layers",
    "gramlib.runner.plan",
    "gramlib.runner.resolve",
    "gramlib.runner.run",
    "gramlib.scenarios",
    "gramlib.sources",
    "gramlib.store",
    "gramlib.units",
    "gramlib.verdicts",
)


def heavy_after(code: str) -> list[str]:
    """Heavy libraries that a fresh interpreter holds after running `code`."""
    tell = f"\nimport json, sys\nprint(json.dumps([m for m in {HEAVY!r} if m in sys.modules]))"
    done = subprocess.run([sys.executable, "-c", code + tell], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.parametrize("module", LIGHT)
def test_importing_it_loads_nothing_heavy(module: str) -> None:
    assert heavy_after(f"import {module}") == []


def test_the_probe_sees_a_heavy_library() -> None:
    assert "numpy" in heavy_after("import gramlib.simulation.reference, numpy")


def test_resolving_a_run_and_its_scenarios_loads_nothing_heavy() -> None:
    code = """
from gramlib.runner import workbench
from gramlib.runner.resolve import resolve_run
run = resolve_run(workbench.root() / "params" / "baseline.yaml", [], workbench.root(), "")
assert run.run_id.startswith("baseline-") and len(run.scenarios) >= 8
"""
    assert heavy_after(code) == []
