"""Every input at both ends of its range, the others as they are: what moves each headline most."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pandas as pd

from gramlib.errors import ParameterError
from gramlib.metrics import Interval
from gramlib.params.issuer import Issuer
from gramlib.params.sensitivity import Range
from gramlib.sensitivity.response import LOSS, Headlines, Response, own_size

Progress = Callable[[int, int, str], None]
COLUMNS = (
    "metric", "parameter", "title", "unit", "how", "base_size", "low_size", "high_size", "base", "at_low", "low_lower", "low_upper",
    "at_high", "high_lower", "high_upper", "swing", "status_base", "status_low", "status_high", "n", "note",
)  # fmt: skip
_WORDS = ("metric", "parameter", "title", "unit", "how", "status_base", "status_low", "status_high", "note")
_NAN = float("nan")


def tornado_table(
    headlines: Headlines, issuer: Issuer, ranges: Sequence[Range], progress: Progress | None = None
) -> pd.DataFrame:
    """The catalogue's `tornado`: one row a headline and input, ordered by swing within a headline.

    `at_low` and `at_high` are the headline there, `low_lower` ... `high_upper` the interval of its difference to the base on
    the same paths (empty for the loss). An input whose end leaves no possible issuer has a note and empty figures.
    """
    base = headlines.of(issuer)
    rows: list[tuple] = []
    for done, entry in enumerate(ranges):
        if progress:
            progress(done, len(ranges), f"sensitivity to {entry.title.lower()}")
        sizes = (own_size(issuer, entry), float(entry.low), float(entry.high))
        words = (entry.name, entry.title, entry.unit, entry.how)
        try:
            low, high = (headlines.moved(issuer, entry, size) for size in (entry.low, entry.high))
        except ParameterError as refused:
            note = f"not possible for this issuer: {refused.found}"
            rows += [
                (metric, *words, *sizes, value, *(_NAN,) * 7, _status(base, metric), "", "", _count(base, metric), note)
                for metric, value in base.values.items()
            ]
            continue
        for metric, value in base.values.items():
            down = headlines.difference(metric, low, base)
            up = headlines.difference(metric, high, base)
            ends = (value, low.values[metric], high.values[metric])
            rows.append((
                metric, *words, *sizes, value, *_told(low.values[metric], down), *_told(high.values[metric], up),
                max(ends) - min(ends), _status(base, metric), _status(low, metric), _status(high, metric),
                _count(base, metric), "",
            ))  # fmt: skip
    if progress:
        progress(len(ranges), len(ranges), "sensitivities")
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    kinds = {name: "str" if name in _WORDS else "int64" if name == "n" else "float64" for name in COLUMNS}
    return table.astype(kinds).sort_values(
        ["metric", "swing"], ascending=[True, False], ignore_index=True, kind="stable"
    )


def _told(value: float, difference: Interval) -> tuple[float, float, float]:
    return value, difference.lower, difference.upper


def _status(response: Response, metric: str) -> str:
    return "" if metric == LOSS else response.status[metric]


def _count(response: Response, metric: str) -> int:
    return len(response.failed[metric] if metric != LOSS else next(iter(response.failed.values())))
