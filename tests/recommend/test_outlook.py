"""The notebook's door: tables as the catalogue wants them, from what a notebook has at hand."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
from small_run import rerun_of

from gramlib.artefacts import analyse_packages
from gramlib.artefacts.checking import _schema
from gramlib.params.issuer import Issuer
from gramlib.params.model_figures import load_figures
from gramlib.params.stages import AnalyseParams
from gramlib.recommend.outlook import outlook, recommended_package
from gramlib.verdicts import load_profile, load_standards

ENTRIES = {entry.name: entry for entry in analyse_packages.ARTEFACTS}
PARAMS = AnalyseParams(search_n_paths=200, bootstrap_samples=10, package_measures=1)


def test_the_door_asks_for_what_a_notebook_has(gram: Issuer, workbench_root: Path) -> None:
    rerun, told = rerun_of(gram), []
    profile = load_profile("internal", workbench_root)
    files = [load_figures(workbench_root, name) for name in ("measures", "packages")]
    advice = recommended_package(rerun, gram, PARAMS, profile, *files, np.random.default_rng(1))
    for name in ("packages", "package_effects", "efficient_frontier"):
        _schema(ENTRIES[name]).validate(getattr(advice, name), lazy=True)
    used = {"scenarios": [{"id": "S1", "kind": "historical"}, {"id": "confidence_run", "kind": "hypothetical"}]}
    standards = load_standards(["all"], workbench_root)
    found = outlook(
        rerun, gram, PARAMS, profile, standards, used, *files, np.random.default_rng(1),
        lambda done, total, text: told.append((done, total)),
    )  # fmt: skip
    for name in ("early_warning", "recovery_options"):
        _schema(ENTRIES[name]).validate(getattr(found, name), lazy=True)
    assert told == [(0, 3), (1, 3), (2, 3), (3, 3)]
    again = outlook(rerun, gram, PARAMS, profile, standards, used, *files, np.random.default_rng(2))
    pd.testing.assert_frame_equal(found.early_warning, again.early_warning)


def test_without_a_rule_for_the_ladder_nobody_watches_it(gram: Issuer, workbench_root: Path) -> None:
    profile = load_profile("internal", workbench_root)
    files = [load_figures(workbench_root, name) for name in ("measures", "packages")]
    lone = SimpleNamespace(binding=[], own_funds_rule=profile.own_funds_rule, title="t",
                           distance_to_break=profile.distance_to_break)  # fmt: skip
    found = outlook(rerun_of(gram), gram, PARAMS, lone, (), {"scenarios": []}, *files, np.random.default_rng(1))
    assert "ladder" not in set(found.early_warning["indicator"])
