"""gramlib: the package behind the five notebooks of the Gram stress-testing workbench.

The rooms, in the order data flow through them:

    units, errors        conversion factors; the error tree with its exit codes
    readable             how dataclasses and parameters show themselves, as text and as a table
    params               run files, issuers: layered, validated, each value with its origin
    artefacts, store     the catalogue of tables; a run on disk
    sources, prices      raw series with their cards; one standard daily table
    models               price models behind one protocol, judged out of sample
    scenarios            what happens to price, confidence, liquidity and custody
    simulation           the issuer's day, E1-E11 of MODEL.md
    metrics, backtests   figures with intervals; do forecasts hold
    reverse, verdicts    what breaks it; pass, watch or fail
    recommend            what to do: each number proved by a re-run, with its cost
    selftest             the numbers with known answers
    sensitivity          which inputs move the figures, and where a decision flips
    report               figures, sentences and pages
    runner               five notebooks in sequence, resumable; sweeps of many runs
    cluster, service     the same runs as Jobs of a cluster, and behind REST and pages
    cli                  the command `gram`

Importing gramlib imports none of the heavy libraries; each room does so when it is used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gramlib.runner.context import StageHandle

__version__ = "0.1.0"
__all__ = ["__version__", "stage"]


def stage(name: str) -> StageHandle:
    """The stage called `name` (data, train, predict, analyse or report), as a notebook opens it.

    `gramlib.stage("predict").context(globals())` validates the notebook's parameters and gives the
    context through which the stage reads and writes its tables.
    """
    from gramlib.runner.context import StageHandle

    return StageHandle(name)
