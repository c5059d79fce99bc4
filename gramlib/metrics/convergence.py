"""Has a headline settled: its running estimate over batches of paths, and what its limit asks of it.

Paths are independent, so a book is cut into batches in the order of their numbers; the spread of the batches' own estimates is
a standard error that assumes nothing. The interval is the one of the metrics table (Wilson for a probability, normal by influence
for expected shortfall). A headline is decided when that interval does not hold its limit; where it has none, when the half width is
within a tenth of the estimate. The paths needed for that follow from the estimate so far: Wilson's interval of a share p lets go of
a limit L at z^2 L (1-L) / (p-L)^2 paths, and a half width shrinks with the root of their number.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from itertools import pairwise

import numpy as np
import pandas as pd

from gramlib.artefacts import predicates_of
from gramlib.artefacts.analyse_metrics import CONVERGENCE
from gramlib.metrics.headlines import SHORTFALL, headline_names, paths_behind, shortfall_influence, unit_of
from gramlib.metrics.intervals import Interval, normal_quantile, wilson_interval
from gramlib.metrics.tail_risk import expected_shortfall
from gramlib.metrics.typed import typed
from gramlib.params.issuer import Issuer
from gramlib.params.stages import AnalyseParams
from gramlib.units import BUSINESS_DAYS_PER_YEAR

N_BATCHES = 10
SETTLED_WITHIN = 0.1
"""Of the estimate, where no limit says how sure one must be."""


def convergence_table(
    outcomes: pd.DataFrame, verdicts: pd.DataFrame, days: pd.DataFrame, issuer: Issuer, params: AnalyseParams
) -> pd.DataFrame:
    """The catalogue's `convergence` for every book of `outcomes`.

    Limits are those of the table `verdicts` in 1/year, put on the book's horizon, its last day in the fan-chart table `days`.
    """
    limits = horizon_limits(verdicts, days.groupby("book")["day"].max().to_dict())
    predicates = predicates_of(issuer.peg)
    rows: list[tuple] = []
    for book in dict.fromkeys(outcomes["book"]):
        paths = outcomes[outcomes["book"] == book].sort_values("path")
        losses = paths["nonprice_loss_usd"].to_numpy(dtype=float)
        behind = paths_behind({p: paths[f"{p.lower()}_day"].to_numpy() for p in predicates}, losses, params.level)
        for headline in headline_names(predicates):
            values = losses if headline == SHORTFALL else behind[headline]
            limit = limits.get((book, headline), math.nan)
            rows += [(book, headline, *row) for row in running(values, headline, limit, params)]
    return typed(CONVERGENCE, rows)


def horizon_limits(verdicts: pd.DataFrame, horizons_days: Mapping[str, int]) -> dict[tuple[str, str], float]:
    """Limit by (book, headline): the one-year limit L becomes 1 - (1-L)^(days/252) over the book's days."""
    yearly = verdicts[(verdicts["unit"] == "1/year") & verdicts["subject"].isin(list(horizons_days))]
    return {
        (row.subject, f"probability_{row.requirement}"): -math.expm1(
            math.log1p(-row.limit) * horizons_days[row.subject] / BUSINESS_DAYS_PER_YEAR
        )
        for row in yearly.itertuples(index=False)
        if row.limit < 1.0
    }


def running(values: np.ndarray, headline: str, limit: float, params: AnalyseParams) -> Iterator[tuple]:
    """One row a batch: from `values` (n,), losses for expected shortfall and else whether each path failed."""
    own: list[float] = []
    ends = np.linspace(0, len(values), min(N_BATCHES, len(values)) + 1).astype(int)
    for batch, (start, stop) in enumerate(pairwise(ends), start=1):
        own.append(_estimate(values[start:stop], headline, params))
        so_far = values[:stop]
        estimate = _estimate(so_far, headline, params)
        interval = _interval(so_far, headline, estimate, params)
        error = float(np.std(own, ddof=1)) / math.sqrt(batch) if batch > 1 else math.nan
        decided, needed = _decision(estimate, interval, limit, stop, params.confidence)
        half = (interval.upper - interval.lower) / 2
        yield batch, stop, estimate, own[-1], error, limit, half, decided, needed, unit_of(headline)


def _estimate(values: np.ndarray, headline: str, params: AnalyseParams) -> float:
    return expected_shortfall(values, params.level) if headline == SHORTFALL else float(values.mean())


def _interval(values: np.ndarray, headline: str, estimate: float, params: AnalyseParams) -> Interval:
    if headline != SHORTFALL:
        return wilson_interval(int(values.sum()), len(values), params.confidence)
    error = float(shortfall_influence(values, params.level).std()) / math.sqrt(len(values))
    half = normal_quantile(params.confidence) * error
    return Interval(estimate - half, estimate + half)


def _decision(estimate: float, interval: Interval, limit: float, n: int, confidence: float) -> tuple[bool, float]:
    """Whether the interval is narrow enough, and how many paths would make it so."""
    if math.isnan(limit):
        half, allowed = (interval.upper - interval.lower) / 2, SETTLED_WITHIN * abs(estimate)
        return half <= allowed, float(math.ceil(n * (half / allowed) ** 2)) if allowed > 0.0 else math.inf
    # Wilson's interval holds a limit L just when (p - L)^2 <= z^2 L (1-L) / n.
    z2, distance = normal_quantile(confidence) ** 2, abs(estimate - limit)
    needed = z2 * limit * (1.0 - limit) / distance**2 if distance > 0.0 else math.inf
    return not interval.lower <= limit <= interval.upper, float(math.ceil(needed)) if math.isfinite(
        needed
    ) else math.inf
