"""Numbers with known answers, computed by this installation: what `gram selftest` prints.

Each answer stands in MODELS_AND_CHECKS Part 2, in sections 7 and 9 of the model page or at the source it names, and none of
them was produced by this code. The tolerance is half a unit of the last printed digit, unless the source rounds its inputs.

    answer       what a known answer is
    statistics   coverage tests, tails, volatility models, scores
    paths        barrier watched daily, largest drawdown of a year
    engine       worked vector, runs and closed forms of the issuer model, draws
"""

from __future__ import annotations

from gramlib.selftest.answer import KnownAnswer
from gramlib.selftest.engine import engine_answers
from gramlib.selftest.paths import path_answers
from gramlib.selftest.statistics import statistics_answers

__all__ = ["KnownAnswer", "known_answers"]


def known_answers() -> list[KnownAnswer]:
    """All known answers, in the order of their sources."""
    return [*statistics_answers(), *path_answers(), *engine_answers()]
