"""What stage train costs: the stage as it is run, then each model and part of it in this process.

    python benchmarks/train.py [--params params/baseline.yaml] [--without network] [--workers 2] [--parts] [--json]

`stage_s` is the stage's wall time under the runner, imports and pages included; with --parts it is left out. The parts are
processor seconds, summed over threads, so that they can be compared whatever the number of workers; a part that runs inside
another (the ensemble fits its members) is counted in both.
"""

from __future__ import annotations

import argparse
import functools
import importlib
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest import mock

ROOT = Path(__file__).resolve().parents[1]
STEPS = ("fit", "forecast", "log_density", "simulate", "next_day")


class Meter:
    """Processor seconds by part."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._lock = threading.Lock()

    def of(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """`function`, what the calling thread spends in it counted under `name`."""

        @functools.wraps(function)
        def counted(*args: Any, **named: Any) -> Any:
            began = time.thread_time()
            try:
                return function(*args, **named)
            finally:
                with self._lock:
                    self.seconds[name] = self.seconds.get(name, 0.0) + time.thread_time() - began

        return counted


def gram_run(folder: str, params: str, *more: str) -> list[dict[str, Any]]:
    """Events of `gram run` into `folder`."""
    command = [sys.executable, "-m", "gramlib", "run", params, "--json", *more]
    environment = {**os.environ, "GRAM_REPORTS": folder}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True, cwd=ROOT)
    return [json.loads(line) for line in done.stdout.splitlines()]


def parts(run_path: Path, workers: int | None) -> dict[str, float]:
    """Processor seconds of each part, and `train_s`, the wall time of training in a process that has imported everything."""
    for library in ("arch.bootstrap", "arch.univariate", "scipy.stats", "sklearn.ensemble", "statsmodels.api"):
        importlib.import_module(library)

    from gramlib.models import evaluation, training
    from gramlib.models.registry import BASELINES, FORECASTERS, PATH_MODELS
    from gramlib.models.threads import usual_workers
    from gramlib.params.stages import TrainParams
    from gramlib.runner.pipeline import stage_named
    from gramlib.simulation.draws import generator
    from gramlib.store import RunFolder
    from gramlib.store.tables import read_artefact

    run = RunFolder(run_path)
    params = TrainParams(**run.record()["params"]["stages"]["train"])
    folder = stage_named("data").folder
    manifest = run.manifest(folder)
    if manifest is None:
        raise SystemExit(f"{run_path} has no succeeded data stage")
    prices, covariates = (read_artefact(run.stage_path(folder), manifest, name) for name in ("prices", "covariates"))
    meter = Meter()
    with mock.patch.object(evaluation, "usual_workers", lambda: workers or usual_workers()):
        models = [*BASELINES, *PATH_MODELS.values(), *FORECASTERS.values()]
        steps = [(m, s, getattr(m, s)) for m in models for s in STEPS if hasattr(m, s)]
        for model, step, plain in steps:  # all found before the first is replaced, since some inherit theirs
            counted = meter.of(f"{model.name} {step}", plain.__func__ if step == "fit" else plain)
            setattr(model, step, classmethod(counted) if step == "fit" else counted)
        for name in ("acceptance_table", "confidence_sets", "fall_odds", "league_table", "choose_champion"):
            setattr(training, name, meter.of(f"part {name}", getattr(training, name)))
        evaluation._scored = meter.of("part forecasts and scores", evaluation._scored)  # type: ignore[attr-defined]
        training.rolling_forecasts = meter.of("part evaluation, this thread", training.rolling_forecasts)
        began, worked = time.perf_counter(), time.process_time()
        training.train(prices, params, generator(params.seed, "training"), grade="D", covariates=covariates)
        wall, cpu = time.perf_counter() - began, time.process_time() - worked
    return {"train_s": wall, "train_processor_s": cpu, **dict(sorted(meter.seconds.items()))}


def measure(params: str, without: list[str], workers: int | None, parts_only: bool) -> dict[str, float]:
    """Seconds of the stage, and of its parts."""
    from gramlib.params.stages import FORECASTER_NAMES, MODEL_NAMES

    kept = [name for name in (*MODEL_NAMES, *FORECASTER_NAMES) if name not in without]
    narrowed = ["--set", f"train.models=[{', '.join(kept)}]"] if without else []
    with tempfile.TemporaryDirectory() as folder:
        events = gram_run(folder, params, *narrowed, "--until", "data" if parts_only else "train")
        stages = {e["stage"]: e["wall_s"] for e in events if e["event"] == "stage_succeeded"}
        (run_path,) = [path.parent for path in Path(folder).glob("*/run.json")]
        whole = {} if parts_only else {"stage_s": stages["train"]}
        return {**whole, **parts(run_path, workers)}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--params", default="params/baseline.yaml")
    parser.add_argument("--without", nargs="*", default=[], metavar="MODEL")
    parser.add_argument("--workers", type=int)
    parser.add_argument("--parts", action="store_true")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    found = measure(asked.params, asked.without, asked.workers, asked.parts)
    print(
        json.dumps(found)
        if asked.json
        else "\n".join(f"{name:<34} {seconds:8.2f} s" for name, seconds in found.items())
    )
