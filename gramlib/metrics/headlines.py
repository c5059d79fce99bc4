"""Headline figures of a book as means over its paths, so that paths of two runs can be compared one by one.

A probability is the mean of an indicator. Expected shortfall is the mean of its influence, VaR + (loss - VaR)+ / (1 - level)
(Rockafellar and Uryasev 2000, Journal of Risk 2:21-41). For both, the error of a difference between two runs on the same draws is the
standard deviation of the paths' differences over the root of their number.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from gramlib.metrics.tail_risk import expected_shortfall, value_at_risk

NEVER = -1
ANY = "any"
SHORTFALL = "es_nonprice_loss"


def headline_names(predicates: Sequence[str]) -> tuple[str, ...]:
    """Names in the metrics table: a probability for each predicate and for any, and expected shortfall."""
    return (*(f"probability_{name}" for name in (*predicates, ANY)), SHORTFALL)


def unit_of(headline: str) -> str:
    """Unit of a headline figure."""
    return "USD" if headline == SHORTFALL else "1"


def paths_behind(first_days: Mapping[str, np.ndarray], losses: np.ndarray, level: float) -> dict[str, np.ndarray]:
    """By headline, what each path adds to it, (n,): the mean over paths is the figure.

    `first_days` are first days of failure by predicate, -1 for never; `losses` non-price losses in USD, at `level`.
    """
    failed = {name: days != NEVER for name, days in first_days.items()}
    failed[ANY] = np.any(list(failed.values()), axis=0)
    made = {f"probability_{name}": held.astype(float) for name, held in failed.items()}
    made[SHORTFALL] = shortfall_influence(np.asarray(losses, dtype=float), level)
    return made


def shortfall_influence(losses: np.ndarray, level: float) -> np.ndarray:
    """Influence (n,) of each loss on the expected shortfall at `level`; its mean is the shortfall of the sample."""
    at = value_at_risk(losses, level)
    influence = at + np.maximum(losses - at, 0.0) / (1.0 - level)
    # Ties and fractions of an observation at the quantile: the mean is made to agree to the last digit.
    return influence + (expected_shortfall(losses, level) - influence.mean())
