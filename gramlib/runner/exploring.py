"""What the exploration notebook starts from: an issuer, and prices drawn by the champion of a recorded run."""

from __future__ import annotations

from gramlib import models
from gramlib.params.issuer_file import load_issuer
from gramlib.runner import by_hand, workbench
from gramlib.runner.pipeline import stage_named
from gramlib.simulation.draws import generator
from gramlib.simulation.own_funds import OwnFundsRule
from gramlib.simulation.what_if import WhatIf
from gramlib.store.tables import read_artefact
from gramlib.verdicts import load_profile

HORIZON_DAYS = 60
"""A quarter: long enough for gold to be sold and a queue to clear, short enough for an answer while a slider moves."""


def given(
    issuer: str = "gram", upstream: str = "", profile: str = "internal", n_paths: int = 10_000, seed: int = 20261120
) -> WhatIf:
    """`issuer` on `n_paths` paths of a quarter, as the champion of run `upstream` draws them from the run's last price.

    Names are those of the notebooks' parameters: an empty `upstream` is the latest run, or a smoke run made once. Nothing is
    written. Raises UpstreamNotReady for a run without a calibration, ParameterError for an unknown issuer or profile.
    """
    stage = stage_named("predict")
    run = by_hand.upstream_run(stage, upstream)
    assert run is not None
    trained = stage_named("train").folder
    folder, manifest = run.stage_path(trained), run.manifest(trained)
    assert manifest is not None
    calibration = read_artefact(folder, manifest, "calibration")
    residuals = read_artefact(folder, manifest, "residuals")
    start_usd_per_g = float(calibration["last_price_usd_per_g"])
    paths, _ = models.simulate_prices(calibration, residuals, "champion", start_usd_per_g, n_paths, HORIZON_DAYS,
                                      generator(seed, "price", 0, 9), 0.0)  # fmt: skip
    root = workbench.root()
    return WhatIf(load_issuer(issuer, root), paths, OwnFundsRule(**load_profile(profile, root).own_funds))
