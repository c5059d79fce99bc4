"""The array program that the benchmark measures the kernel by does the same work: the core model's figures, path by path."""

from __future__ import annotations

import importlib.util
import sys
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest

from gramlib.params.issuer import Issuer
from gramlib.simulation import Events, Outcomes, OwnFundsRule, simulate
from gramlib.simulation.price_driver import PriceDriver
from gramlib.simulation.price_models import price_paths


def test_the_benchmarks_numpy_engine_agrees_with_the_kernel(
    workbench_root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = workbench_root / "benchmarks" / "numpy_engine.py"
    spec = importlib.util.spec_from_file_location("numpy_engine", file)
    assert spec is not None and spec.loader is not None
    numpy_engine = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "numpy_engine", numpy_engine)  # its dataclasses look themselves up there
    spec.loader.exec_module(numpy_engine)

    driver = PriceDriver("gjr_garch_t", omega=1e-5, alpha=0.08, beta=0.9, nu=4.0, next_variance=9e-4)
    paths, _ = price_paths(driver, 128.6, 200, 120, seed=11)
    events = Events(
        np.where(np.arange(121) % 40 == 7, 1.0, 0.0), np.ones(121), np.where(np.arange(121) == 60, 2e5, 0.0)
    )
    rule = OwnFundsRule(reserve_share=0.02)
    one, other = simulate(Issuer(), paths, events, own_funds=rule), numpy_engine.outcomes(Issuer(), paths, events, rule)
    for field in fields(Outcomes):
        if field.name.endswith("_cause"):
            continue  # it names none
        figures = getattr(one, field.name), getattr(other, field.name)
        np.testing.assert_allclose(
            *figures, rtol=1e-9, atol=1e-3 if field.name.endswith("_usd") else 1e-9, err_msg=field.name
        )
    assert (one.f7_day >= 0).any() and (one.peak_queue_share > 0.0).any()
