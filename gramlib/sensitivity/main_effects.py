"""Which of the settings that a sweep varies move a figure, one at a time, and how much is left to their company.

Ranks, not values: chances of failure bend, and one extreme member must not decide. The share of a setting is the part of
the variance of the ranks that goes with it alone: between the means of its levels where it has few (the main effect of an
analysis of variance), the square of Spearman's correlation where nearly every member has a value of its own (a Latin
hypercube). In a full grid the shares and what is left add up to one, and what is left is interaction; in a hypercube it
also holds any effect that rises and falls again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from gramlib.readable import readable

FEW_LEVELS = 6
THIRDS = 3
ROUNDING = 1e-9


@readable
@dataclass(frozen=True)
class Effect:
    """What one setting does to one figure: `share` of the rank variance, place among the settings, mean figure by level."""

    key: str
    share: float
    rank: int
    levels: tuple[tuple[Any, float], ...]

    @property
    def span(self) -> float:
        """Largest less smallest mean over the levels."""
        means = [mean for _, mean in self.levels]
        return max(means) - min(means)


def main_effects(settings: Sequence[Mapping[str, Any]], values: Sequence[float]) -> tuple[list[Effect], float]:
    """Effects of the settings on a figure, largest share first, and the share that none of them explains alone.

    `settings` holds one mapping a member, `values` (n,) its figure; members without a finite one are left out. Empty, and
    nan, where the figure does not move or fewer than three members have it.
    """
    known = [k for k, value in enumerate(values) if np.isfinite(value)]
    figure = pd.Series([float(values[k]) for k in known], dtype=float)
    if len(figure) < THIRDS or figure.nunique() < 2:
        return [], float("nan")
    ranks = figure.rank()
    columns = {key: [_hashable(settings[k].get(key)) for k in known] for key in settings[0]}
    found = [_effect(key, column, figure, ranks) for key, column in columns.items() if _can_tell(column)]
    found.sort(key=lambda effect: (-effect.share, effect.key))
    ranked = [Effect(one.key, one.share, place, one.levels) for place, one in enumerate(found, start=1)]
    left = 1.0 - sum(one.share for one in ranked)
    return ranked, left if left > ROUNDING else 0.0


def _effect(key: str, column: list[Any], figure: pd.Series, ranks: pd.Series) -> Effect:
    distinct = list({repr(level): level for level in column}.values())
    if len(distinct) > FEW_LEVELS and all(isinstance(level, int | float) for level in distinct):
        places = pd.Series(column, index=figure.index, dtype=float)
        share = float(np.corrcoef(places.rank(), ranks)[0, 1]) ** 2
        third = pd.qcut(places.rank(method="first"), THIRDS, labels=False)
        levels = [(float(places[third == k].median()), float(figure[third == k].mean())) for k in range(THIRDS)]
        return Effect(key, share, 0, tuple(levels))
    names = pd.Series([repr(level) for level in column], index=figure.index)
    between = sum(len(rows) * (rows.mean() - ranks.mean()) ** 2 for _, rows in ranks.groupby(names))
    share = float(between / ((ranks - ranks.mean()) ** 2).sum())
    share = share if share > ROUNDING else 0.0
    means = [(level, float(figure[names == repr(level)].mean())) for level in sorted(distinct, key=_order)]
    return Effect(key, share, 0, tuple(means))


def _can_tell(column: list[Any]) -> bool:
    """Whether a setting varies, and is more than another name for each member."""
    distinct = {repr(level): level for level in column}
    names_members = len(distinct) == len(column) and not all(
        isinstance(level, int | float) for level in distinct.values()
    )
    return len(distinct) > 1 and not names_members


def _order(level: Any) -> tuple[int, float, str]:
    """Numbers by size, then words, then none."""
    if isinstance(level, int | float):
        return (0, float(level), "")
    return (2, 0.0, "") if level is None else (1, 0.0, str(level))


def _hashable(value: Any) -> Any:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value) if isinstance(value, dict) else value


def frontier(costs: Sequence[float], benefits: Sequence[float]) -> list[int]:
    """Positions of those that nobody beats: no other has a cost as low and a benefit as high, and one of them better.

    In the order of their costs. Of two that are equal in both the first stands for both.
    """
    order = sorted(range(len(costs)), key=lambda k: (costs[k], -benefits[k], k))
    kept: list[int] = []
    best = -np.inf
    for k in order:
        if benefits[k] > best:
            kept.append(k)
            best = benefits[k]
    return kept
