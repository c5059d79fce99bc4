"""What moved the failing paths: shares by the cause and module that the books name on the day of the failure."""

from __future__ import annotations

import pandas as pd

from gramlib.artefacts import predicates_of
from gramlib.metrics.figures import NEVER, WITH_DRIVERS
from gramlib.metrics.intervals import wilson_interval
from gramlib.params.issuer import Issuer
from gramlib.simulation.causes import MODULES

COLUMNS = ("predicate", "cause", "module", "failed", "n", "share", "lower", "upper")


def failure_causes(
    outcomes: pd.DataFrame, issuer: Issuer, confidence: float = 0.95, book: str = WITH_DRIVERS
) -> pd.DataFrame:
    """The catalogue's `failure_causes` from the table `outcomes`, most frequent first; no row where nothing failed.

    A cause like "redemptions: confidence event" is the cause redemptions, driven by the module confidence event.
    """
    paths = outcomes[outcomes["book"] == book]
    rows: list[tuple] = []
    for predicate in predicates_of(issuer.peg):
        failed = paths.loc[paths[f"{predicate.lower()}_day"] != NEVER, f"{predicate.lower()}_cause"].astype("str")
        counts = sorted(failed.value_counts().items(), key=lambda found: (-found[1], found[0]))
        for cause, count in counts:
            name, _, module = str(cause).rpartition(": ")
            if not name or module not in MODULES:
                name, module = str(cause), ""
            interval = wilson_interval(int(count), len(failed), confidence)
            rows.append((predicate, name, module, int(count), len(failed), count / len(failed), *interval))
    kinds = {"predicate": "str", "cause": "str", "module": "str", "failed": "int64", "n": "int64"}
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype(
        kinds | dict.fromkeys(("share", "lower", "upper"), "float64")
    )
