"""A screen of ten inputs moved together: which matter, and which only in company.

    morris   elementary effects (Morris 1991, Technometrics 33:161-174; mu* of Campolongo et al. 2007): importance is mu*, the mean
             size of the change of the headline when the input crosses its range; interaction is sigma, how much that hangs on
             the others
    sobol    variance shares (Sobol 1993; Saltelli 2010): importance is the total share ST, interaction ST - S1

By SALib. All runs share the draws of the book, so what is seen is the inputs and not luck.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from gramlib.artefacts import empty_table
from gramlib.errors import ParameterError
from gramlib.params.issuer import Issuer
from gramlib.params.sensitivity import Range
from gramlib.sensitivity.response import Headlines, moved

Progress = Callable[[int, int, str], None]
TRAJECTORIES = 6
"""Of Morris: each costs one run more than there are inputs."""

BASE_SAMPLES = 64
"""Of Sobol: each costs two runs more than there are inputs."""

LEVELS = 4
SHARE_OF_PATHS = 2
"""A screen ranks, so that half of the paths will do."""

COLUMNS = ("metric", "parameter", "title", "method", "importance", "importance_error", "interaction", "rank", "runs")
_UNMOVED = 1.0


def screen_table(
    headlines: Headlines,
    issuer: Issuer,
    ranges: Sequence[Range],
    method: str,
    seed: int,
    progress: Progress | None = None,
) -> pd.DataFrame:
    """The catalogue's `screen` by `method` (morris, sobol, or none: no rows); inputs are the `ranges` marked for it.

    Inputs are scaled to their ranges, so importances of one headline compare; `importance_error` is SALib's bootstrap
    half-width at 95%. `seed` chooses the sample. Inputs that this issuer cannot take at an end are left out.
    """
    chosen = [entry for entry in ranges if entry.screen and _possible(issuer, entry)]
    if method == "none" or len(chosen) < 2:
        return empty_table("screen")
    problem = {"num_vars": len(chosen), "names": [entry.name for entry in chosen], "bounds": [[0.0, 1.0]] * len(chosen)}
    sample = _sample(problem, method, seed)
    headlines = replace(headlines, n_paths=max(1, headlines.n_paths // SHARE_OF_PATHS))
    answers: list[dict[str, float]] = []
    for done, row in enumerate(sample):
        if progress:
            progress(done, len(sample), f"screen of {len(chosen)} inputs ({method})")
        sizes = [entry.low + share * (entry.high - entry.low) for entry, share in zip(chosen, row, strict=True)]
        answers.append(_answer(headlines, issuer, chosen, sizes))
    rows: list[tuple] = []
    for metric in answers[0]:
        found = _analysed(problem, sample, np.array([answer[metric] for answer in answers]), method, seed)
        order = np.argsort(-found[0], kind="stable")
        ranks = np.empty(len(order), dtype=int)
        ranks[order] = np.arange(1, len(order) + 1)
        rows += [
            (
                metric,
                entry.name,
                entry.title,
                method,
                *(float(column[k]) for column in found),
                int(ranks[k]),
                len(sample),
            )
            for k, entry in enumerate(chosen)
        ]
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    kinds = {
        "rank": "int64",
        "runs": "int64",
        **dict.fromkeys(("importance", "importance_error", "interaction"), "float64"),
    }
    return table.astype({name: kinds.get(name, "str") for name in COLUMNS}).sort_values(
        ["metric", "rank"], ignore_index=True
    )


def _answer(headlines: Headlines, issuer: Issuer, chosen: Sequence[Range], sizes: Sequence[float]) -> dict[str, float]:
    volatility = _UNMOVED
    for entry, size in zip(chosen, sizes, strict=True):
        issuer, factor = moved(issuer, entry, size)
        volatility *= factor
    return headlines.of(issuer, volatility).values


def _possible(issuer: Issuer, entry: Range) -> bool:
    try:
        for size in (entry.low, entry.high):
            moved(issuer, entry, size)
    except ParameterError:
        return False
    return True


def _sample(problem: dict, method: str, seed: int) -> np.ndarray:
    if method == "morris":
        from SALib.sample import morris

        return morris.sample(problem, TRAJECTORIES, num_levels=LEVELS, seed=seed % 2**32)
    from SALib.sample import sobol

    return sobol.sample(problem, BASE_SAMPLES, calc_second_order=False, seed=seed % 2**32)


def _analysed(
    problem: dict, sample: np.ndarray, answers: np.ndarray, method: str, seed: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Importance, its error and interaction by input; all nought where the headline never moved."""
    if np.ptp(answers) == 0.0:
        nothing = np.zeros(problem["num_vars"])
        return nothing, nothing, nothing
    if method == "morris":
        from SALib.analyze import morris

        found = morris.analyze(problem, sample, answers, num_levels=LEVELS, seed=seed % 2**32)
        importance, error, sigma = (np.ma.filled(found[name], 0.0) for name in ("mu_star", "mu_star_conf", "sigma"))
        return importance, error, sigma
    from SALib.analyze import sobol

    found = sobol.analyze(problem, answers, calc_second_order=False, seed=seed % 2**32)
    return found["ST"], found["ST_conf"], found["ST"] - found["S1"]
