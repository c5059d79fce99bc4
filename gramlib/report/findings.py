"""Three to seven findings, each a title, the evidence in a sentence, and what follows from it.

Which finding is told, and how, depends on the figures: every text is one branch of a comparison, so that none
can contradict its figure. What measures do is told from the tables of recommendations, which re-ran the test.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any, NamedTuple

import pandas as pd

from gramlib.report import numbers, tables, vocabulary
from gramlib.report.figure import slug
from gramlib.report.numbers import MISSING
from gramlib.report.sentences import breaking_shock, chance, figure_of, smallest_shock

Finding = dict[str, Any]

SECTIONS = {
    "drivers": "What the price does alone",
    "price-fall": "What breaks it",
    "custody": "What breaks it",
    "most-likely": "How likely",
    "worst-scenario": "The scenarios",
    "measures": "What to do",
    "not-deciding": "Against the limits",
}
"""Heading of the page under which a finding's evidence stands."""


class Measures(NamedTuple):
    """The catalogue's `packages`, `package_effects` and `residual_risk`."""

    packages: pd.DataFrame
    effects: pd.DataFrame
    residual: pd.DataFrame


def findings(
    verdicts: pd.DataFrame,
    metrics: pd.DataFrame,
    reverse: pd.DataFrame,
    ranked: pd.DataFrame,
    scenarios_used: Mapping[str, Any],
    measures: Measures | None = None,
) -> list[Finding]:
    """The findings of a run; `ranked` are its scenarios, worst first (`rank_scenarios`), `measures` what would be done."""
    told = (
        _drivers(metrics), _price_fall(reverse), _custody(reverse), _first_to_break(metrics),
        _worst_scenario(ranked, scenarios_used), None if measures is None else measures_finding(measures), _unjudged(verdicts),
    )  # fmt: skip
    return [finding for finding in told if finding is not None]


def _finding(
    name: str,
    title: str,
    evidence: str,
    so_what: str,
    value: float,
    unit: str,
    row: Mapping[str, Any] | None = None,
    *,
    text: str = "",
    basis: str = "",
    tolerance: float | None = None,
) -> Finding:
    """A finding with the figure it turns on, so that runs can be compared; `row` has that figure's interval.

    `basis` says what the figure is of, where that may differ from run to run; `tolerance` how exact a search was.
    """
    ends = {
        end: None if row is None or numbers.is_missing(row.get(end)) else float(row[end]) for end in ("lower", "upper")
    }
    shown = text or (
        MISSING if numbers.is_missing(value) else numbers.with_unit(value, vocabulary.requirement_unit(unit))
    )
    return {
        "id": f"finding-{name}", "title": title, "evidence": evidence, "so_what": so_what, "section": SECTIONS[name], "anchor": slug(SECTIONS[name]),
        "value": None if numbers.is_missing(value) else float(value), "unit": unit, "text": shown, **ends, "basis": basis, "tolerance": tolerance,
    }  # fmt: skip


def _drivers(metrics: pd.DataFrame) -> Finding | None:
    alone, together = (figure_of(metrics, book, "probability_any") for book in ("liquidity_price_only", "liquidity"))
    if alone is None or together is None:
        return None
    evidence = f"Any failure, prices alone: {chance(alone)}. With what the run draws beside them: {chance(together)}."
    added, before = together["value"] - alone["value"], alone["value"]
    figure = (together["value"], "1", together)
    if added <= 0:
        title = "What accompanies prices adds no failure that this many paths can show"
        return _finding(
            "drivers",
            title,
            evidence,
            "Either none is switched on, or they are rare: then more paths are needed to tell their share from chance.",
            *figure,
        )
    if before == 0:
        title = "Price moves alone never break it here; what accompanies them does"
    elif added >= before:
        title = "What accompanies a price move breaks more paths than the price move itself"
    else:
        title = "Price moves break most of the failing paths; what accompanies them adds to it"
    return _finding(
        "drivers",
        title,
        evidence,
        "A test of prices alone would understate the risk: judge the issuer on the combination.",
        *figure,
    )


def _price_fall(reverse: pd.DataFrame) -> Finding | None:
    evidence = breaking_shock(reverse, "price_fall")
    if not evidence:
        return None
    row = smallest_shock(reverse, "price_fall")
    if row is None:
        return _finding("price-fall", "No single fall of gold within the range searched breaks it", evidence,
                        "A fall of gold is not what to insure against first; look at what may come with it.",
                        math.nan, "1", text="none found")  # fmt: skip
    rows = reverse[(reverse["shock"] == "price_fall") & reverse["found"]]
    ends = [r for r in rows.itertuples(index=False) if r.upper < r.scan_to - r.scan_step]
    queue = smallest_shock(reverse, "price_fall", queue=True)
    if queue is not None:
        evidence += f" A queue forms for falls of {tables.shock_range(SimpleNamespace(**queue))}."
    if ends:
        if ends[0].predicate != "queue":
            evidence += f" {vocabulary.failure_name(ends[0].predicate)} holds for {tables.shock_range(ends[0])} and no more beyond."
        so_what = "Larger falls are not always worse: redemptions in dollars shrink with gold while cash does not. A test of the largest fall alone would miss this."
    else:
        so_what = (
            "Watch falls of this size: in this test they break it by themselves, without any doubt about the issuer."
        )
    title = f"It breaks at a one-day fall of gold of {numbers.percent(row['lower'])}"
    if row["lower"] <= row["scan_from"]:
        title, so_what = (
            "It is broken before gold falls",
            "Mend what is broken on a quiet day before asking what a shock would do.",
        )
    return _finding("price-fall", title, evidence, so_what, row["lower"], "1", tolerance=float(row["tolerance"]))


def _custody(reverse: pd.DataFrame) -> Finding | None:
    rows = reverse[
        (reverse["shock"] == "custody_loss") & (reverse["predicate"] == "F2") & reverse["found"]
    ].sort_values("lower")
    if rows.empty:
        evidence = breaking_shock(reverse, "custody_loss")
        return (
            _finding(
                "custody",
                "No custody loss within the range searched makes it insolvent",
                evidence,
                "Own funds, or cover, were enough for every loss searched.",
                math.nan,
                "1",
                text="none found",
            )
            if evidence
            else None
        )
    lower = rows.iloc[0]["lower"]
    if lower <= rows.iloc[0]["scan_from"]:
        return _finding("custody", "Own funds are below zero without any loss of gold", breaking_shock(reverse, "custody_loss"),
                        "Raise own funds before anything else.", lower, "1")  # fmt: skip
    evidence = f"With gold flat, own funds fall below zero from the loss of {numbers.percent(lower)} of the gold on."
    so_what = "Only own funds or insurance stand between a lost bar and the holders."
    fall = reverse[(reverse["shock"] == "price_fall") & (reverse["predicate"] == "F2")]
    if not fall.empty and not fall["found"].any():
        evidence += f" No one-day fall of gold up to {numbers.exact_percent(fall['scan_to'].max())} did the same."
        so_what = f"In these searches solvency hangs on custody, not on a sudden fall of gold. {so_what}"
    title = f"Losing {numbers.percent(lower)} of the gold ends its own funds"
    return _finding("custody", title, evidence, so_what, lower, "1", tolerance=float(rows.iloc[0]["tolerance"]))


def _first_to_break(metrics: pd.DataFrame) -> Finding | None:
    rows = metrics[(metrics["subject"] == "liquidity") & metrics["metric"].str.startswith("probability_F")]
    if rows.empty or rows["value"].max() <= 0:
        return None
    worst = rows.sort_values("value", ascending=False, kind="stable").iloc[0]
    predicate = worst["metric"].removeprefix("probability_")
    others = rows[rows["value"] == 0]["metric"].str.removeprefix("probability_")
    evidence = f"{vocabulary.failure_name(predicate)}, {vocabulary.failure_clause(predicate)}: {chance(worst)}."
    if len(others):
        evidence += f" Not seen at all: {numbers.joined(map(vocabulary.failure_name, others))}."
    return _finding("most-likely", f"The most likely failure is {vocabulary.failure_name(predicate).lower().replace(predicate.lower(), predicate)}", evidence,
                    "Different failures need different buffers: cash for redemptions, own funds for losses of gold, fees for fixed costs.",
                    worst["value"], "1", dict(worst), basis=predicate)  # fmt: skip


def _worst_scenario(ranked: pd.DataFrame, scenarios_used: Mapping[str, Any]) -> Finding | None:
    if ranked.empty:
        return None
    titles = {str(record["id"]): str(record.get("title", "")) for record in scenarios_used["scenarios"]}
    name, row = str(ranked.index[0]), ranked.iloc[0]
    failing = int((ranked["failed"].str.len() > 0).sum())
    which = f"“{titles[name]}” ({name})" if titles.get(name) else name
    peak = row.get("peak_queue_share")
    queue = f"the queue reaches {numbers.percent(peak)} of tokens"
    if numbers.is_missing(peak) or peak <= 0:
        queue = "its queue is not known" if numbers.is_missing(peak) else "no queue forms"
    failures = row["failed"].replace(" ", ", ") or "none"
    evidence = f"Own funds fall lowest in {which}: there they fall to {numbers.usd(row['min_equity_usd'])} and {queue}; failures: {failures}."
    if numbers.is_missing(row["min_equity_usd"]):
        evidence = "Lowest own funds are not known for these scenarios."
    title = (
        f"None of {numbers.count(len(ranked), 'listed scenario')} shows a failure"
        if not failing
        else f"{failing} of {numbers.count(len(ranked), 'listed scenario')} "
        f"{'shows' if failing == 1 else 'show'} a failure of some kind"
    )
    so_what = "Listed scenarios are what somebody thought of; the reverse stress says what lies between them."
    return _finding("worst-scenario", title, evidence, so_what, failing, "count", text=f"{failing} of {len(ranked)}")


def measures_finding(measures: Measures) -> Finding:
    """What the recommended package does and leaves: every number from its re-run."""
    packages, effects, residual = measures
    beyond = effects[~effects["met"]]
    left = numbers.joined(vocabulary.failure_name(name) for name in beyond["predicate"])
    cost = numbers.usd(float(packages["cost_usd_year"].sum()))
    moved = "; ".join(
        f"{row.predicate} {numbers.percent(row.before)} to {numbers.percent(row.after)} a year"
        for row in effects[effects["before"] > effects["appetite"]].itertuples()
    )
    named = numbers.joined(packages["title"].str.lower())
    if packages.empty:
        title = f"No package that was tried helps against {left}" if left else "Every appetite is met without a measure"
        evidence = "Measures were tried alone and together, on the same draws."
    else:
        title = f"Measures for {cost} a year bring every failure within its appetite"
        if left:
            title = f"The best package found, for {cost} a year, still misses the appetite for {left}"
        evidence = f"{numbers.sentence(f'together {named}')} {numbers.sentence(moved)}".strip()
    scenarios = residual[residual["kind"] == "scenario"]
    failing = int((scenarios["failed_after"] != "").sum())
    so_what = f"{failing} of {len(scenarios)} listed scenarios still show a failure then; costs are judgements, the re-run is not."
    return _finding("measures", title, evidence, so_what, float(packages["cost_usd_year"].sum()), "USD")


def _unjudged(verdicts: pd.DataFrame) -> Finding | None:
    idle = verdicts[~verdicts["decides"] & verdicts["status"].isin(["watch", "fail"])]
    if idle.empty:
        return None
    number = numbers.count(len(idle), "requirement")
    names = numbers.joined(dict.fromkeys(vocabulary.requirement_name(name) for name in idle["requirement"]))
    verb = "is" if len(idle) == 1 else "are"
    return _finding("not-deciding", f"{number} that {'does' if len(idle) == 1 else 'do'} not decide {verb} missed or close", numbers.sentence(names),
                    "These limits are unverified or for information; verify their sources before relying on the verdict.",
                    len(idle), "count")  # fmt: skip
