"""What the issuer engine costs, as ratios measured in one run.

    python benchmarks/engine.py [--paths 100000] [--repeats 5] [--large] [--json]

Times are CPU seconds of one thread, the least of several interleaved repeats, put on one path and one day (ns); the
issuer is the worked vector's, prices are GJR-GARCH-t, float64. `--large` adds the memory of ten million paths (minutes).
arch simulates as many paths as the kernel does, and 4,096, which its arrays find room for in the processor's cache.
The NumPy engine is the array program of the core model that tests hold the engines against.
"""

from __future__ import annotations

import argparse
import hashlib
import itertools
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np

from gramlib.params.issuer import Issuer
from gramlib.params.issuer_file import load_issuer
from gramlib.simulation.drivers import DRIVERS
from gramlib.simulation.events import Events
from gramlib.simulation.kernel import launch, prices
from gramlib.simulation.kernel.lanes import DRAWN
from gramlib.simulation.kernel.philox import key_words
from gramlib.simulation.outcomes import join
from gramlib.simulation.own_funds import OwnFundsRule
from gramlib.simulation.price_driver import PriceDriver

ROOT = Path(__file__).resolve().parents[1]
N_DAYS = 252
START_USD_PER_G = 128.6
SIGMA_SAMPLE = 0.011
SEED = 20261120
GARCH = {"mean": 0.0, "omega": 1.3e-6, "alpha": 0.06, "gamma": -0.02, "beta": 0.94}
NU, NEXT_VARIANCE = 4.9, 1.2e-4

EXTENSIONS: dict[str, dict[str, Any]] = {
    "minting": {"minting": {"on": True}},
    "custodians": {"custodians": {"on": True}},
    "banks": {"banks": {"on": True}},
    "transit": {"transit": {"on": True, "gold_g": 50_000.0}},
    "lease": {"lease": {"on": True, "gold_g": 100_000.0}},
    "in kind": {"in_kind": {"on": True}},
    "principal mode": {"terms": {"mode": "principal"}},
    "weekends": {"weekends": {"on": True}},
    "large holders": {"holders": {"on": True}},
    "swing fee": {"swing_fee": {"on": True}},
    "gate": {"terms": {"gate": 0.05}},
    "credit line": {"treasury": {"credit_line_usd": 20e6}},
    "hedge": {"hedge": {"on": True, "short_g": 100_000.0}},
    "holding fee": {"holding_fee": {"on": True}},
    "peg usd": {"peg": "usd", "gold_g": 15e6},
}


def with_settings(issuer: Issuer, settings: dict[str, Any]) -> Issuer:
    """`issuer` with some settings changed."""
    record = issuer.to_record()
    for name, value in settings.items():
        record[name] = {**record[name], **value} if isinstance(value, dict) else value
    return Issuer.from_record(record)


def gjr_driver() -> PriceDriver:
    """The price model of every figure."""
    return PriceDriver(kind="gjr_garch_t", nu=NU, next_variance=NEXT_VARIANCE, **GARCH)


def walk(issuer: Issuer, n_paths: int, drivers: tuple[str, ...] = (), threads: int = 1, first_path: int = 0) -> Any:
    """Outcomes of one run of the kernel."""
    outcomes, _ = launch.run(issuer, gjr_driver(), n_paths, N_DAYS, start_usd_per_g=START_USD_PER_G, drivers=drivers,
                             sigma_sample=SIGMA_SAMPLE, seed=SEED, first_path=first_path, threads=threads)  # fmt: skip
    return outcomes


def numpy_walk(issuer: Issuer, n_paths: int) -> None:
    """The same paths and the same days as array code: draws, prices, issuer, outcomes."""
    import numpy_engine

    rng = np.random.Generator(np.random.PCG64(SEED))  # noqa: TID251 - what a NumPy program would use
    scale = np.sqrt((NU - 2.0) / NU)
    for first in range(0, n_paths, 4096):
        n = min(4096, n_paths - first)
        growth, variance = np.zeros((N_DAYS + 1, n)), np.full(n, NEXT_VARIANCE)
        for t in range(1, N_DAYS + 1):
            shock = np.clip(np.sqrt(variance) * scale * rng.standard_t(NU, n), -0.5, 0.5)
            growth[t] = growth[t - 1] + shock
            variance = (
                GARCH["omega"] + (GARCH["alpha"] + GARCH["gamma"] * (shock < 0.0)) * shock**2 + GARCH["beta"] * variance
            )
        paths = START_USD_PER_G * np.exp(growth)
        numpy_engine.outcomes(issuer, paths.T, Events.calm(N_DAYS), OwnFundsRule())


def arch_walk(n_paths: int) -> None:
    """The price part by the library that researchers would use."""
    from arch.univariate import GARCH as ArchGarch
    from arch.univariate import StudentsT, ZeroMean

    model = ZeroMean(np.zeros(10), volatility=ArchGarch(p=1, o=1, q=1), distribution=StudentsT(), rescale=False)
    fixed = model.fix([GARCH["omega"], GARCH["alpha"], GARCH["gamma"], GARCH["beta"], NU])
    fixed.forecast(horizon=N_DAYS, method="simulation", simulations=n_paths, reindex=False)


def digest(outcomes: Any) -> str:
    """Hash of every figure of every path."""
    found = hashlib.sha256()
    for spec in fields(outcomes):
        found.update(np.ascontiguousarray(getattr(outcomes, spec.name)).tobytes())
    return found.hexdigest()


def least_ns(works: dict[str, tuple[Callable[[], Any], int]], repeats: int) -> dict[str, float]:
    """Least CPU nanoseconds a path-step of each work, (call, its paths), the works taking turns."""
    least = dict.fromkeys(works, np.inf)
    for _ in range(repeats):
        for name, (work, n_paths) in works.items():
            began = time.process_time()
            work()
            least[name] = min(least[name], (time.process_time() - began) / (n_paths * N_DAYS) * 1e9)
    return {name: float(ns) for name, ns in least.items()}


def wall_s(work: Callable[[], Any], repeats: int) -> float:
    """Least wall-clock seconds."""
    least = np.inf
    for _ in range(repeats):
        began = time.perf_counter()
        work()
        least = min(least, time.perf_counter() - began)
    return float(least)


def first_call_s(cache: str) -> float:
    """Seconds of the first call of the kernel in a fresh process."""
    script = ("import time; import sys; sys.path.insert(0, 'benchmarks'); import engine as e; i = e.Issuer(); b = time.perf_counter(); "
              "e.walk(i, 256); print(time.perf_counter() - b)")  # fmt: skip
    environment = {**os.environ, "NUMBA_CACHE_DIR": cache}
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    return float(done.stdout.split()[-1])


def memory_mb(n_paths: int) -> tuple[float, float]:
    """Peak memory of a process that runs `n_paths`, and the size of its outputs, of which untouched parts take no memory."""
    script = "import sys; sys.path.insert(0, 'benchmarks'); import engine as e; print(*e.peak_mb(int(sys.argv[1])))"
    done = subprocess.run(
        [sys.executable, "-c", script, str(n_paths)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    peak, outputs = (float(part) for part in done.stdout.split())
    return peak, outputs


def peak_mb(n_paths: int) -> tuple[float, float]:
    """Peak resident memory of this process after a run on two threads, and the size of its outputs, in MB."""
    outcomes = walk(Issuer(), n_paths, threads=2)
    out = sum(getattr(outcomes, spec.name).nbytes for spec in fields(outcomes)) / 1e6
    unit = 1024 if sys.platform == "linux" else 1
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6, out


def measure(n_paths: int, repeats: int, large: bool) -> dict[str, Any]:
    """Every figure; see `TARGETS` for those with a target."""
    issuer = load_issuer("worked_vector", ROOT)
    terms, address = prices.price_terms(gjr_driver()), (key_words(SEED), 0, 0)
    nowhere = np.zeros((0, 0))
    state, drawn = np.zeros(1, prices.PRICE_STATE), np.zeros(1, DRAWN)
    few, whole = min(n_paths, 16_384), n_paths // 1024 * 1024
    works: dict[str, tuple[Callable[[], Any], int]] = {
        "draws": (lambda: prices.draw_only(terms, state, address, whole, N_DAYS), whole),
        "prices": (
            lambda: prices.prices_only(terms, state, drawn, address, START_USD_PER_G, whole, N_DAYS, nowhere, nowhere),
            whole,
        ),
        "engine": (lambda: walk(issuer, whole), whole),
        "NumPy engine": (lambda: numpy_walk(issuer, few), few),
        "arch, prices only": (lambda: arch_walk(whole), whole),
        "arch, prices of 4,096 paths": (lambda: arch_walk(4096), 4096),
    }
    for work, _ in works.values():
        work()
    ns = least_ns(works, repeats)
    one, two = (
        wall_s(lambda threads=threads: walk(issuer, max(whole, 102_400), threads=threads), repeats)
        for threads in (1, 2)
    )
    size_ns = least_ns(
        {"10k": (lambda: walk(issuer, 10_240), 10_240), "1M": (lambda: walk(issuer, 1_024_000), 1_024_000)},
        max(2, repeats // 2),
    )
    hashes = {digest(walk(issuer, 20_000, threads=threads)) for threads in (1, 2, 4)}
    for shards in (3, 8):
        edges = np.linspace(0, 20_000, shards + 1).astype(int)
        parts = [walk(issuer, int(b - a), first_path=int(a)) for a, b in itertools.pairwise(edges)]
        hashes.add(digest(join(parts)))
    with tempfile.TemporaryDirectory() as cache:
        cold_s, cached_s = first_call_s(cache), first_call_s(cache)
    variants = {"core": lambda: walk(issuer, 32_768)}
    for name, settings in EXTENSIONS.items():
        changed = with_settings(issuer, settings)
        variants[name] = lambda changed=changed: walk(changed, 32_768)
    for name in DRIVERS:
        changed = with_settings(
            issuer, {"custodians": {"on": True}, "banks": {"on": True}, "lease": {"on": True, "gold_g": 1e5}}
        )
        variants[f"driver {name}"] = lambda changed=changed, name=name: walk(changed, 32_768, drivers=(name,))
    gram = load_issuer("gram", ROOT)
    variants["gram.yaml, no drivers"] = lambda: walk(gram, 32_768)
    variants["gram.yaml, all drivers"] = lambda: walk(gram, 32_768, drivers=DRIVERS)
    on_ns = least_ns({name: (work, 32_768) for name, work in variants.items()}, max(2, repeats // 2))
    figures: dict[str, Any] = {
        "ns_per_path_step": ns,
        "engine over drawing": ns["engine"] / ns["draws"],
        "NumPy engine over engine": ns["NumPy engine"] / ns["engine"],
        "arch over price part": ns["arch, prices only"] / ns["prices"],
        "one thread over two": one / two,
        "cost per step, 1M over 10k paths": size_ns["1M"] / size_ns["10k"],
        "hashes over threads and shards": len(hashes),
        "first call, cached over cold": cached_s / cold_s,
        "cold_compile_s": cold_s,
        "cached_first_call_s": cached_s,
        "each_on_ns": on_ns,
    }
    if large:
        for name, count in (("1k", 1024), ("1M", 1_000_000), ("10M", 10_000_000)):
            figures[f"memory MB, {name} paths: peak"], figures[f"memory MB, {name} paths: outputs"] = memory_mb(count)
    return figures


TARGETS = {
    "engine over drawing": ("at most", 4.0),
    "NumPy engine over engine": ("at least", 6.0),
    "arch over price part": ("at least", 50.0),
    "one thread over two": ("at least", 1.8),
    "cost per step, 1M over 10k paths": ("at most", 1.15),
    "hashes over threads and shards": ("at most", 1),
    "first call, cached over cold": ("at most", 0.2),
}


def table(figures: dict[str, Any]) -> str:
    """The figures for people."""
    lines = [f"{name:<36} {figures[name]:8.2f}   {word} {target}" for name, (word, target) in TARGETS.items()]
    lines += [f"{name:<36} {ns:8.2f} ns a path-step" for name, ns in figures["ns_per_path_step"].items()]
    core = figures["each_on_ns"]["core"]
    lines += [f"{name:<36} {ns:8.2f} ns   {ns / core:.2f} x core" for name, ns in figures["each_on_ns"].items()]
    lines += [
        f"{name:<36} {figures[name]:8.2f}" for name in figures if name.endswith("_s") or name.startswith("memory")
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--paths", type=int, default=102_400)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--large", action="store_true")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    found = measure(asked.paths, asked.repeats, asked.large)
    print(json.dumps(found) if asked.json else table(found))
