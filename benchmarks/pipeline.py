"""What the five stages cost beside their work, and what an unchanged rerun costs.

    python benchmarks/pipeline.py [--params params/smoke.yaml] [--json]

The run goes to a temporary folder. Overhead is the wall time of the run less the seconds its code cells took.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def measure(params: str) -> dict[str, float]:
    """Seconds: first run, work inside its cells, overhead, unchanged rerun, and each stage."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "GRAM_REPORTS": folder}
        command = [sys.executable, "-m", "gramlib", "run", str(ROOT / params), "--json"]
        first_s, output = _timed(command, environment)
        again_s, _ = _timed(command, environment)
        stages = {
            e["stage"]: e["wall_s"] for e in map(json.loads, output.splitlines()) if e["event"] == "stage_succeeded"
        }
        notebooks = [json.loads(path.read_text()) for path in Path(folder).glob("*/[0-9][0-9]_*/notebook.ipynb")]
    cells = [
        cell["metadata"]["papermill"]["duration"]
        for book in notebooks
        for cell in book["cells"]
        if cell["cell_type"] == "code"
    ]
    work_s = sum(seconds or 0.0 for seconds in cells)
    return {"first_run_s": first_s, "work_in_cells_s": work_s, "overhead_s": first_s - work_s, "unchanged_rerun_s": again_s,
            **{f"stage_{name}_s": seconds for name, seconds in stages.items()}}  # fmt: skip


def _timed(command: list[str], environment: dict[str, str]) -> tuple[float, str]:
    began = time.perf_counter()
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    return time.perf_counter() - began, done.stdout


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--params", default="params/baseline.yaml")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    found = measure(asked.params)
    print(
        json.dumps(found)
        if asked.json
        else "\n".join(f"{name:<22} {seconds:8.2f} s" for name, seconds in found.items())
    )
