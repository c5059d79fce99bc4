"""Fitted figures beside the issuer's own values: one table form for every calibration."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from gramlib.params.model_figures import ModelFigure


def figure_table(
    figures: Iterable[tuple[ModelFigure, bool]], defaults: Mapping[tuple[str, str], float], group: str
) -> pd.DataFrame:
    """One row a figure: `group`, parameter, estimate, standard_error, default, distance_se, unit, n, series, start, end, method, note.

    `figures` come with whether they may be compared at all; `defaults` maps (group, parameter) to the issuer's value;
    `group` names the first column. distance_se = (default - estimate) / standard_error: how many standard errors the issuer's
    value lies above the fit, NaN where there is nothing to compare or the error is unknown.
    """
    rows = []
    for figure, comparable in figures:
        default = defaults.get((figure.group, figure.parameter), np.nan) if comparable else np.nan
        error = np.nan if figure.standard_error is None else figure.standard_error
        rows.append({
            group: figure.group,
            "parameter": figure.parameter,
            "estimate": figure.estimate,
            "standard_error": error,
            "default": default,
            "distance_se": (default - figure.estimate) / error if error > 0.0 else np.nan,
            **figure.model_dump(include={"unit", "n", "series", "start", "end", "method", "note"}),
        })  # fmt: skip
    table = pd.DataFrame(rows)
    for column in ("start", "end"):
        table[column] = pd.to_datetime(table[column]).astype("datetime64[us]")
    return table
