"""When a model is fitted again while it is being judged."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from gramlib.models.protocol import Forecaster
from gramlib.params.stages import TrainParams
from gramlib.readable import readable

NEVER = 0
"""How the league writes the interval of a model that is fitted once, on the days before the evaluation."""


def refit_interval(model: type[Forecaster], params: TrainParams) -> int:
    """Days between two refits of `model`: its own `refit_every_days`, or the run's where that is None or all are asked for.

    0 is never again.
    """
    own = None if params.refit_all else getattr(model, "refit_every_days", None)
    interval = params.refit_every_days if own is None else own
    return interval if interval < params.eval_days else NEVER


@readable
@dataclass(frozen=True)
class Refit:
    """One fit: `models` are fitted on returns up to and including index `day` and forecast from each day of [day, stop)."""

    day: int
    stop: int
    models: tuple[type[Forecaster], ...]


def refits(models: list[type[Forecaster]], params: TrainParams, start: int, stop: int) -> Iterator[Refit]:
    """Every fit of the evaluation over the origins [start, stop), those fitted once first.

    Models with one interval are fitted together, because they share the filter of their window. A model fitted once is on
    its own, so that the dear ones run beside each other.
    """
    intervals = {model: refit_interval(model, params) for model in models}
    for model, interval in intervals.items():
        if interval == NEVER:
            yield Refit(start, stop, (model,))
    for interval in sorted(set(intervals.values()) - {NEVER}):
        together = tuple(model for model in models if intervals[model] == interval)
        for day in range(start, stop, interval):
            yield Refit(day, min(day + interval, stop), together)
