"""The clauses of the verdict's sentence: solvency in the scenarios, what ends liquidity, the smallest shock that breaks it.

Each clause is chosen by what was found, and says over what it speaks: the listed scenarios, or the shocks searched.
A part of the test that was not run has no clause.
"""

from __future__ import annotations

import pandas as pd

from gramlib.report import numbers, vocabulary
from gramlib.report.sentences import figure_of, shock_size

ILLIQUID = ("F3", "F7")
"""Failures of liquidity: a request unpaid for too long, cash and bills used up while requests wait."""

_WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_MOST_EXCEPTIONS = 0.34
"""Beyond this share of the scenarios "every one but ..." would mislead."""
_AXES_NAMED = 2


def solvency_clause(failures: pd.DataFrame) -> str:
    """In how many listed scenarios own funds stay above zero; `failures` is replay_failures."""
    listed = failures["scenario"].nunique()
    broken = int((failures[failures["predicate"] == "F2"]["first_day"] >= 0).sum())
    if not listed or "F2" not in set(failures["predicate"]):
        return ""
    every = "the one listed scenario" if listed == 1 else "every listed scenario"
    if broken == 0:
        return f"keeps its solvency in {every}"
    if broken == listed:
        return f"loses its solvency in {every}"
    if broken < len(_WORDS) and broken <= _MOST_EXCEPTIONS * listed:
        return f"keeps its solvency in every listed scenario but {_WORDS[broken]}"
    return f"loses its solvency in {broken} of {listed} listed scenarios"


def liquidity_clause(failures: pd.DataFrame, reverse: pd.DataFrame, metrics: pd.DataFrame) -> str:
    """The smallest shocks that end liquidity, else the scenarios or paths that do, else that it holds."""
    rows = reverse[reverse["predicate"].isin(ILLIQUID) & ~reverse["shock"].str.fullmatch(r"custody_loss_\d+")]
    found = rows[rows["found"]].sort_values("lower").drop_duplicates("shock")
    if _at_once(found).any():
        return "fails liquidity before any shock"
    if len(found):
        order = {shock: place for place, shock in enumerate(_LIQUIDITY_AXES)}
        named = found.assign(place=found["shock"].map(order).fillna(len(order))).sort_values("place", kind="stable")
        shocks = [
            vocabulary.shock_phrase(row["shock"], shock_size(row)) for row in named[:_AXES_NAMED].to_dict("records")
        ]
        return f"fails liquidity at {numbers.joined(shocks, 'or')}"
    held = failures[failures["predicate"].isin(ILLIQUID) & (failures["first_day"] >= 0)]["scenario"].nunique()
    if held:
        return f"fails liquidity in {held} of {numbers.count(failures['scenario'].nunique(), 'listed scenario')}"
    chances = [row for name in ILLIQUID if (row := figure_of(metrics, "liquidity", f"probability_{name}"))]
    worst = max((float(row["value"]) for row in chances), default=0.0)
    if worst > 0:
        return f"fails liquidity on {numbers.percent(worst)} of simulated paths"
    if len(rows):
        return "keeps its liquidity under every shock searched"
    return "keeps its liquidity in every listed scenario" if len(failures) else ""


_LIQUIDITY_AXES = ("price_fall", "one_day_run", "price_fall_with_event", "price_rise", "event_days", "bank_freeze")
"""The plainest axes first; the others follow by the size of the shock."""


def _at_once(found: pd.DataFrame) -> pd.Series:
    """Rows that fail with a shock of nothing, on axes where that is a quiet day: no event, no stress beside it."""
    quiet = ~found["shock"].str.contains("with") & ~found["shock"].isin(["liquidity_multiplier"])
    return quiet & (found["scan_from"] == 0) & (found["lower"] <= 0)


def smallest_shock_clause(reverse: pd.DataFrame) -> str:
    """The smallest shock found on any axis measured as a share, with the failure it brings; a queue is no failure."""
    rows = reverse[(reverse["predicate"] != "queue") & ~reverse["shock"].str.fullmatch(r"custody_loss_\d+")]
    searched = rows[rows.get("note", pd.Series("", index=rows.index)).eq("")]
    if searched.empty:
        return ""
    found = searched[searched["found"]].sort_values(["lower", "predicate"], kind="stable")
    if found.empty:
        return "no shock that was searched breaks it"
    at_once = found[_at_once(found)]
    if len(at_once):
        return f"before any shock, {vocabulary.failure_clause(str(at_once.iloc[0]['predicate']))}"
    shares = [row for row in found.to_dict("records") if vocabulary.shock_unit(row["shock"], row["unit"]) == "share"]
    row = (shares or found.to_dict("records"))[0]
    failure = vocabulary.FAILURES.get(row["predicate"], (vocabulary.spaced(row["predicate"]), ""))[0].lower()
    size = vocabulary.shock_phrase(row["shock"], shock_size(row))
    return f"the smallest shock found to break it is {size} ({failure})"
