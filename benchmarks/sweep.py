"""What a member of a sweep costs beside the engine's work, and what a second process gives.

    python benchmarks/sweep.py [--members 8] [--json]

Members are a Latin hypercube on the smoke size, as far as stage predict; data and training are done once beforehand and are
not counted. `member_s` is the wall time of a member with one worker, `stage_work_s` the cells of its notebook, `engine_s`
the bare engine: the three books of the same size by `simulate` calls, in a warm process. The same sweep is then run by two
workers and in two shards, and the tables of all three compared byte by byte. `load` is how many processes wanted a processor
meanwhile: beside a busy machine only the ratios mean something. Eight members take some minutes, 200 an hour or more.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
SWEEP = """\
title: Benchmark
base: {base}
until: predict
set: {{train: {{models: [fhs]}}}}
latin:
  members: {members}
  keys:
    - {{key: issuer.redemption.base_rate, low: 0.0005, high: 0.005, scale: log}}
    - {{key: issuer.terms.fee, low: 0.0, high: 0.01}}
    - {{key: issuer.peg_model.depth_usd, low: 1000000, high: 20000000, scale: log}}
"""
ENGINE = """\
import json, sys, time
import numpy as np
from gramlib.params.issuer_file import load_issuer
from gramlib.simulation import simulate
from gramlib.simulation.draws import generator
issuer = load_issuer("gram", sys.argv[1])
def paths(n, days):
    steps = generator(1, "price").standard_normal((n, days)) * 0.011
    return 128.6 * np.exp(np.concatenate([np.zeros((n, 1)), steps.cumsum(axis=1)], axis=1))
books = [paths(2000, 252), paths(2000, 252), paths(500, 756)]
for book in books:
    simulate(issuer, book)
began = time.perf_counter()
for book in books:
    simulate(issuer, book)
print(time.perf_counter() - began)
"""


def measure(members: int) -> dict[str, Any]:
    """Every figure; seconds unless the name says otherwise."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        file = folder / "bench.yaml"
        file.write_text(SWEEP.format(base=ROOT / "params" / "smoke.yaml", members=members))
        _sweep(file, folder / "shared", "--index", "0")  # the engine is compiled and the disk's cache warm from here on
        one_s, one = _sweep(file, folder / "one", "-j", "1")
        two_s, two = _sweep(file, folder / "two", "-j", "2")
        for shard in ("1/2", "2/2"):
            _sweep(file, folder / "sharded", "--shard", shard)
        again_s, _ = _sweep(file, folder / "one")
        walls = sorted(e["wall_s"] for e in one if e["event"] == "member_succeeded")
        work = sorted(_cells_s(path) for path in (folder / "one").glob("*/latin-*/03_predict/notebook.ipynb"))
        tables = {run: _digest(folder / run) for run in ("one", "two", "sharded")}
    engine = subprocess.run([sys.executable, "-c", ENGINE, str(ROOT)], capture_output=True, text=True, check=True)
    shared_s, shared_of_two_s = _shared_s(one), _shared_s(two)
    member_s, work_s, engine_s = walls[len(walls) // 2], work[len(work) // 2], float(engine.stdout)
    return {
        "members": members,
        "processors": os.cpu_count() or 1,
        "load": os.getloadavg()[1],
        "member_s": member_s,
        "stage_work_s": work_s,
        "engine_s": engine_s,
        "overhead_over_stage_work_s": member_s - work_s,
        "overhead_over_engine_s": member_s - engine_s,
        "one_worker_s": one_s,
        "two_workers_s": two_s,
        "shared_s": shared_s,
        "one_worker_over_two": (one_s - shared_s) / (two_s - shared_of_two_s),
        "unchanged_again_s": again_s,
        "different_results": len(set(tables.values())) - 1,
    }


def _sweep(file: Path, reports: Path, *options: str) -> tuple[float, list[dict[str, Any]]]:
    began = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "gramlib", "sweep", str(file), "--json", *options], check=True, capture_output=True, text=True,
        env={**os.environ, "GRAM_REPORTS": str(reports)},
    )  # fmt: skip
    return time.perf_counter() - began, [json.loads(line) for line in done.stdout.splitlines()]


def _shared_s(events: list[dict[str, Any]]) -> float:
    """Seconds that went into what members share, before the first of them."""
    return sum(event["wall_s"] for event in events if event["event"] == "shared_succeeded")


def _cells_s(notebook: Path) -> float:
    cells = json.loads(notebook.read_text())["cells"]
    return sum(cell["metadata"]["papermill"]["duration"] or 0.0 for cell in cells if cell["cell_type"] == "code")


def _digest(reports: Path) -> str:
    """One digest of every table of every member, by name."""
    found = hashlib.sha256()
    for path in sorted(reports.glob("*/latin-*/*/*.parquet")):
        found.update(f"{path.parent.parent.name}/{path.name}".encode() + path.read_bytes())
    return found.hexdigest()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--members", type=int, default=8)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    figures = measure(asked.members)
    print(
        json.dumps(figures) if asked.json else "\n".join(f"{name:<28} {value:10.3f}" for name, value in figures.items())
    )
