"""What a notebook asks beyond single measures: the package, what to watch, how to recover, and what remains.

recommended_package   the cheapest package that meets every appetite, with its frontier
outlook               early-warning limits and options of recovery, on the same walked paths
residual_risk         what still fails with the package
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from gramlib.params.issuer import Issuer
from gramlib.params.model_figures import ModelFigure
from gramlib.params.stages import AnalyseParams
from gramlib.readable import readable
from gramlib.recommend.bench import Bench, Progress
from gramlib.recommend.early_warning import early_warning
from gramlib.recommend.indicators import indicators, walk_book
from gramlib.recommend.package_advice import PackageAdvice, every_measure, recommended_package
from gramlib.recommend.recovery import options, recovery_options
from gramlib.recommend.residual import residual_risk
from gramlib.recommend.targets import targets_of
from gramlib.simulation.rerun import Rerun

__all__ = ["Outlook", "PackageAdvice", "outlook", "recommended_package", "residual_risk"]

LADDER = "liquid_5d_share_today"
"""The standards' name of the measure that L5/W is held against."""

HISTORICAL = "historical"


@readable
@dataclass(frozen=True)
class Outlook:
    """The catalogue's `early_warning` and `recovery_options`."""

    early_warning: pd.DataFrame
    recovery_options: pd.DataFrame


def outlook(
    rerun: Rerun,
    issuer: Issuer,
    params: AnalyseParams,
    profile: Any,
    standards: Sequence[Any],
    scenarios_used: Mapping[str, Any],
    figures: Iterable[ModelFigure],
    package_figures: Iterable[ModelFigure],
    rng: np.random.Generator,
    progress: Progress | None = None,
) -> Outlook:
    """What to watch and what to do when it is too late for measures, for `issuer` as it stands.

    `scenarios_used` is the document of stage predict: its historical entries are the replays that alarms are counted on.
    `figures` and `package_figures` are the files measures and packages of params/models.
    """
    bench = Bench(rerun, issuer, rng, params.search_n_paths, params.level, params.confidence, params.bootstrap_samples)
    ladder = targets_of(profile, standards).limit(LADDER)
    watched = indicators(issuer, None if ladder is None else ladder.value)
    known = tuple(package_figures)

    def told(done: int, text: str) -> None:
        if progress is not None:
            progress(done, 3, text)

    told(0, "early warning: paths day by day")
    walked = walk_book(bench, watched)
    told(1, "early warning: limits")
    past = [record["id"] for record in scenarios_used["scenarios"] if record["kind"] == HISTORICAL]
    warnings = early_warning(bench, watched, past, walked)
    told(2, "options of recovery")
    every = options(bench, every_measure(bench, figures, known), known)
    ranked = recovery_options(bench, every, watched, walked)
    told(3, "early warning and recovery")
    return Outlook(warnings, ranked)
