"""Listed scenarios with random drivers on: how often does each fail when chance comes on top of what is listed?"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from gramlib.artefacts import predicates_of
from gramlib.params.issuer import Issuer
from gramlib.simulation.kernel import launch
from gramlib.simulation.outcomes import NEVER
from gramlib.simulation.own_funds import OwnFundsRule
from gramlib.simulation.price_driver import PriceDriver
from gramlib.simulation.replays import Listed

Progress = Callable[[int, int, str], None]

REPLICATE = 2
"""Keeps the draws of these paths apart from those of the books."""


def scenario_odds(
    issuer: Issuer,
    listed: Sequence[Listed],
    drivers: Sequence[str],
    n_paths: int,
    seed: int,
    own_funds: OwnFundsRule | None = None,
    progress: Progress | None = None,
) -> pd.DataFrame:
    """The catalogue's `scenario_odds`: each listed scenario on `n_paths` paths of the drivers, common to all scenarios.

    The gold price is the scenario's on every path. A listed path brings no volatility, so thin markets come from what
    is listed and from squeezes.
    """
    rows = []
    for done, scenario in enumerate(listed):
        if progress:
            progress(done, len(listed), f"{scenario.scenario_id} with random drivers")
        driver = PriceDriver.given(scenario.prices)
        n_days = len(scenario.prices) - 1
        outcomes, _ = launch.run(scenario.issuer(issuer), driver, n_paths, n_days, drivers=tuple(drivers), events=scenario.events,
                                 own_funds=own_funds, seed=seed, replicate=REPLICATE)  # fmt: skip
        for predicate in predicates_of(issuer.peg):
            failed = int(np.count_nonzero(outcomes.first_day(predicate) != NEVER))
            rows.append((scenario.scenario_id, predicate, n_paths, failed))
    if progress:
        progress(len(listed), len(listed), "scenarios with random drivers")
    table = pd.DataFrame(rows, columns=["scenario", "predicate", "n", "failed"])
    return table.astype({"scenario": "str", "predicate": "str", "n": "int64", "failed": "int64"})
