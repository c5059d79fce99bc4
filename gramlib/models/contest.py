"""The league table, and who becomes champion by a rule that was written before any score was seen."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import stdtr

from gramlib.models.multiplicity import holm
from gramlib.models.scores import PINBALL_LEVELS, newey_west_variance

INCUMBENT = "fhs"
SIGNIFICANCE = 0.05
CHAMPION_RULE = (
    "Filtered historical simulation is the champion unless the data are real and a rival has a lower mean CRPS at every horizon, each time "
    "significant at 5% by a one-sided Diebold-Mariano test with the small-sample correction of Harvey, Leybourne and Newbold; among such "
    "rivals the one with the lowest CRPS at the shortest horizon. On grade D data there is no contest."
)
SCORES = ("crps", "log_score", *(f"pinball_{code}" for code in PINBALL_LEVELS))


def league_table(forecasts: pd.DataFrame, refit_every_days: Mapping[str, int]) -> pd.DataFrame:
    """Mean scores with Newey-West standard errors (h - 1 lags) and ranks: the catalogue's `league`.

    `refit_every_days` says for each model how often it was fitted again while it was scored, 0 for never.
    """
    rows = [
        {
            "model": model,
            "horizon_days": horizon,
            "score": score,
            "value": float(group[score].mean()),
            "standard_error": math.sqrt(newey_west_variance(group[score].to_numpy(), horizon - 1)),
            "n": len(group),
            "refit_every_days": refit_every_days[str(model)],
            "covariates": ", ".join(_distinct(group["covariates"])),
        }
        for (model, horizon), group in forecasts.groupby(["model", "horizon_days"])
        for score in SCORES
    ]
    table = pd.DataFrame(rows)
    table["rank"] = table.groupby(["horizon_days", "score"])["value"].rank(method="min").astype("int64")
    return table.sort_values(["horizon_days", "score", "rank", "model"], ignore_index=True)


def _distinct(lists: pd.Series) -> list[str]:
    """Names in any of `lists`, each written with commas: two fits of one model may know different covariates."""
    return list(dict.fromkeys(name for text in lists.unique() for name in text.split(", ") if name))


def diebold_mariano(difference: np.ndarray, horizon_days: int) -> tuple[float, float]:
    """Statistic and one-sided p-value that the mean of `difference` (n,) is below zero.

    Diebold and Mariano (1995) with the factor sqrt((n + 1 - 2h + h(h-1)/n)/n) and the t(n-1) law of Harvey, Leybourne and
    Newbold (1997); the long-run variance has Bartlett weights on h - 1 lags, so that it cannot be negative.
    """
    n, h = len(difference), horizon_days
    variance = newey_west_variance(difference, h - 1)
    if variance == 0.0:
        return 0.0, 1.0
    correction = math.sqrt(max(n + 1 - 2 * h + h * (h - 1) / n, 0.0) / n)
    statistic = float(difference.mean()) / math.sqrt(variance) * correction
    return statistic, float(stdtr(n - 1, statistic))


def choose_champion(
    forecasts: pd.DataFrame, candidates: Sequence[str], grade: str, excluded: Mapping[str, str] | None = None
) -> tuple[str, list[dict[str, Any]], str]:
    """The champion, every duel with the incumbent, and the decision in a sentence.

    `candidates` can generate paths; models that cannot (the baseline) are compared too but cannot win, nor can those in
    `excluded` (model: reason), whose paths were not accepted. The incumbent has no stand-in: it stays even if its own paths
    fail a check, and the sentence then says so. On grade D the duels are listed and decide nothing. Each duel carries its
    p-value adjusted for all of them (Holm), which the rule, written before, does not use.
    """
    out = dict(excluded or {})
    champion, duels, decision = _contest(forecasts, candidates, grade, out)
    if champion in out:
        decision += (
            f"; its own paths were not accepted ({out[champion]}), and it stays for want of a rule to replace it"
        )
    return champion, duels, decision


def _contest(
    forecasts: pd.DataFrame, candidates: Sequence[str], grade: str, out: Mapping[str, str]
) -> tuple[str, list[dict[str, Any]], str]:
    crps = forecasts.set_index(["model", "horizon_days", "date"])["crps"].sort_index()
    horizons = sorted(forecasts["horizon_days"].unique())
    if INCUMBENT not in candidates:
        return candidates[0], [], f"{INCUMBENT} was not trained, so {candidates[0]}, the first model named, stands in"
    duels = []
    for rival in sorted(set(forecasts["model"]) - {INCUMBENT}):
        for horizon in horizons:
            difference = (crps[rival, horizon] - crps[INCUMBENT, horizon]).to_numpy()
            statistic, p_value = diebold_mariano(difference, horizon)
            duels.append(
                {
                    "rival": rival,
                    "horizon_days": int(horizon),
                    "mean_difference": float(difference.mean()),
                    "statistic": statistic,
                    "p_value": p_value,
                    "rival_better": p_value < SIGNIFICANCE,
                }
            )
    for duel, adjusted in zip(duels, holm([duel["p_value"] for duel in duels]), strict=True):
        duel |= {"adjusted_p_value": float(adjusted), "family_size": len(duels)}
    if grade == "D":
        return (
            INCUMBENT,
            duels,
            "no contest: the data are reconstructed (grade D), so the scores are mechanics only, not evidence",
        )
    winners = [
        rival
        for rival in candidates
        if rival != INCUMBENT
        and rival not in out
        and all(duel["rival_better"] for duel in duels if duel["rival"] == rival)
    ]
    days = ", ".join(map(str, horizons))
    if not winners:
        return (
            INCUMBENT,
            duels,
            f"{INCUMBENT} stays: no rival whose paths were accepted beats it at every horizon ({days} days)",
        )
    champion = min(winners, key=lambda rival: float(crps[rival, horizons[0]].mean()))
    return champion, duels, f"{champion} beats {INCUMBENT} at every horizon ({days} days)"
