"""Charts and tables of packages, warnings, recovery and what remains: right whatever the run found."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd
import pytest

from gramlib.artefacts import analyse_packages
from gramlib.artefacts.checking import _schema
from gramlib.report.figures import packages as package_figures
from gramlib.report.figures import recovery as recovery_figures
from gramlib.report.tables import packages, recovery

ENTRIES = {entry.name: entry for entry in analyse_packages.ARTEFACTS}
NAN = math.nan


def frame(name: str, rows: list[dict[str, Any]]) -> pd.DataFrame:
    """A table that keeps its contract; numbers left out are missing, words empty, the rest false."""
    entry = ENTRIES[name]
    blank = {"float64": NAN, "str": "", "bool": False, "int64": 1}
    filled = [{c.name: row.get(c.name, blank[c.dtype]) for c in entry.columns} for row in rows]
    made = pd.DataFrame(filled, columns=[c.name for c in entry.columns]).astype(
        {c.name: c.dtype for c in entry.columns}
    )
    return _schema(entry).validate(made, lazy=True)


def ends(name: str, value: float, spread: float = 0.1) -> dict[str, float]:
    return {name: value, f"{name}_lower": value - spread * abs(value), f"{name}_upper": value + spread * abs(value)}


def effects(after_f4: float = 0.02, upper: float = 0.03) -> pd.DataFrame:
    rows = [
        {"predicate": "F2", "book": "solvency", "appetite": 0.001, "met": True, "sure": True, "n": 20_000,
         **ends("before", 0.01), **ends("after", 0.0), **ends("difference", -0.01)},
        {"predicate": "F4", "book": "liquidity", "appetite": 0.05, "met": after_f4 <= 0.05, "sure": upper <= 0.05, "n": 100_000,
         **ends("before", 0.13), **ends("after", after_f4), **ends("difference", after_f4 - 0.13)},
    ]  # fmt: skip
    return frame("package_effects", rows)


def frontier(dearer: bool = True, least: float = 0.2) -> pd.DataFrame:
    rows = [
        {"package": "nothing", "cost_usd_year": 0.0, "largest_ratio": 12.0, "binding": "F2", "missed": "F2, F4", "on_ratio": True,
         "on_any": True, "today": True, "measures": 0, "n": 10_000, **ends("any_failure", 0.15)},
        {"package": "own funds 100.0 m USD", "cost_usd_year": 7.2e6, "largest_ratio": 0.8, "binding": "F4", "on_ratio": True,
         "on_any": True, "recommended": True, "n": 10_000, **ends("any_failure", 0.01)},
        {"package": "own funds 200.0 m USD", "cost_usd_year": 14e6, "largest_ratio": least, "binding": "F4", "on_ratio": True,
         "on_any": True, "n": 10_000, **ends("any_failure", 0.002)},
    ]  # fmt: skip
    return frame("efficient_frontier", rows if dearer else rows[:2])


def warnings(tuned: bool = True) -> pd.DataFrame:
    base = {
        "failing": 100,
        "false_alarms_year": 0.5,
        "amber_share": 0.01,
        "more_is_worse": True,
        "unit": "1",
        "basis": "simulated",
    }
    found = (
        {"tuned_amber": 0.0011, "tuned_false_alarms_year": 8.0, **ends("tuned_in_time", 0.96, 0.01)} if tuned else {}
    )
    together = {name: value for name, value in found.items() if name != "tuned_amber"}
    rows = [
        {**base, "indicator": "discount", "title": "Discount of the token to gold", "warns_of": "F4", "amber": 0.005,
         "lead_median_days": 2.0, "most_in_time": 0.96 if tuned else 0.4, **ends("in_time", 0.3), **found},
        {**base, "indicator": "queue_age", "title": "Age of the oldest unpaid request", "warns_of": "F3", "amber": 3.0,
         "unit": "day", "most_in_time": 0.05, **ends("in_time", 0.0)},
        {**base, "indicator": "largest_custodian", "title": "Largest custodian", "warns_of": "F2", "amber": 0.4, "stands": True,
         **ends("in_time", 0.0)},
        {**base, "indicator": "any", "title": "The first of all", "warns_of": "F3, F4", "unit": "", **ends("in_time", 0.5), **together},
        {**base, "indicator": "discount", "title": "Discount of the token to gold", "warns_of": "F4", "amber": 0.005, "failing": 0,
         "basis": "history"},
    ]  # fmt: skip
    return frame("early_warning", rows)


def recoveries(best: float = 0.1) -> pd.DataFrame:
    rows = []
    for rank, (option, title, change) in enumerate(
        (("credit_line", "Draw on a credit line", -best), ("gate", "Gate", 0.02)), 1
    ):
        for predicate in ("F3", "F7"):
            rows.append({
                "rank": rank, "option": option, "title": title, "predicate": predicate, "size": 0.02, "unit": "share of tokens a day",
                "days_to_act": 1, "starts": "day 0", "ready": 0.6, "avoided": -2 * change, "cost_usd_year": 1e5,
                "counted": -2 * change * (0.6 if change < 0 else 1.0), "n": 1000, "worst": "S6, S7", "worst_before": 2,
                **ends("before", 0.2), **ends("after", 0.2 + change), **ends("difference", change),
            })  # fmt: skip
    return frame("recovery_options", rows)


def residual(after: float = 0.2) -> pd.DataFrame:
    rows = [
        {"kind": "scenario", "subject": "S6", "title": "A frozen vault", "severity": "severe", "failed_before": "F1, F2",
         "failed_after": "F1", "remains": True},
        {"kind": "scenario", "subject": "S1", "title": "A fall", "severity": "mild"},
        {"kind": "shock", "subject": "price_fall", "predicate": "F4", "size_before": 0.1, "size_after": after, "unit": "1",
         "scan_to": 0.9, "remains": not math.isnan(after)},
        {"kind": "shock", "subject": "event_days", "predicate": "F4", "size_before": 2.0, "size_after": 3.0, "unit": "day", "scan_to": 9.0,
         "remains": True},
    ]  # fmt: skip
    return frame("residual_risk", rows)


CHARTS = [
    (package_figures.package_effects, effects()),
    (package_figures.package_effects, effects(0.08, 0.09)),
    (package_figures.efficient_frontier, frontier()),
    (package_figures.efficient_frontier, frontier(least=0.0)),
    (recovery_figures.early_warning, warnings()),
    (recovery_figures.early_warning, warnings(tuned=False)),
    (recovery_figures.recovery_options, recoveries()),
    (recovery_figures.residual_shocks, residual()),
    (recovery_figures.residual_shocks, residual(NAN)),
]


@pytest.mark.parametrize(("draw", "table"), CHARTS)
def test_a_chart_has_a_headline_words_for_its_picture_and_its_numbers(draw: Any, table: pd.DataFrame) -> None:
    chart = draw(table)
    assert chart.headline.endswith(".")
    assert "nan" not in (chart.headline + chart.alt + chart._repr_html_().split("<svg")[0]).lower().replace("finan", "")
    assert len(chart.csv.splitlines()) == len(table) + 1
    assert chart.image.startswith(b"<?xml") or chart.image.startswith(b"<svg")


def test_the_effects_say_what_is_brought_in_and_what_is_left() -> None:
    assert (
        package_figures.effects_headline(effects()) == "The package brings all 2 failures above the appetite within it."
    )
    left = package_figures.effects_headline(effects(0.08, 0.09))
    assert "leaves Peg loss (F4) above the appetite, of 2 failures" in left
    assert "interval of Peg loss (F4) reaches beyond" in package_figures.effects_headline(effects(0.049, 0.052))
    cells = packages.package_effects(effects(0.049, 0.052)).rows
    assert [row[-1] for row in cells] == ["yes", "yes, but its interval reaches beyond"]


def test_the_frontier_says_what_more_money_would_buy() -> None:
    assert package_figures.frontier_headline(frontier()) == (
        "USD 7.2 m a year leave 1.0% of paths failing within a year; USD 14.0 m would leave 0.20%."
    )
    assert package_figures.frontier_headline(frontier(dearer=False)).endswith("within a year.")
    rows = packages.efficient_frontier(frontier()).rows
    assert [row[0].endswith("(recommended)") for row in rows] == [False, True, False]
    assert rows[1][3] == "none"


def test_a_package_of_nothing_says_so() -> None:
    assert "nothing is missed" in packages.package(frame("packages", [])).note
    row = {"measure": "own_funds", "title": "Own funds", "unit": "USD", "now": 39e6, "number": 118e6, "cost_usd_year": 4.7e6,
           "ratio_with": 0.8, "ratio_without": 21.0, "missed_without": "F1, F2"}  # fmt: skip
    table = packages.package(frame("packages", [row]))
    assert table.rows[0][1:5] == ("USD 39.0 m", "USD 118.0 m", "USD 4.7 m", "F1 and F2")
    assert table.note.startswith("Together USD 4.7 m a year.")


def test_warnings_say_how_many_can_be_tuned_and_at_what_price() -> None:
    said = recovery_figures.warning_headline(warnings())
    assert said.startswith("1 of 2 indicators can be set")
    assert "8.0 false alarms a year in place of 0.5" in said
    assert recovery_figures.warning_headline(warnings(tuned=False)).startswith("0 of 2 indicators")


def test_each_indicator_says_what_tuning_came_to() -> None:
    simulated, history = recovery.early_warning(warnings()).parts
    words = [row[7] for row in simulated.rows]
    assert words[0] == "0.11%"
    assert words[1] == "none does; 5.0% at most"
    assert words[2].startswith("stands at amber")
    assert words[3] == "tuned limits together"
    assert history.rows[0][4] == "not available"
    assert [row[2] for row in simulated.rows[:3]] == ["0.50%", "3 days", "40.0%"]


def test_recovery_names_the_best_and_those_that_harm() -> None:
    said = recovery_figures.recovery_headline(recoveries())
    assert (
        said
        == "Draw on a credit line avoids most in time: 12.0 failures for 100 paths of a year; gate adds more than it avoids."
    )
    assert recovery_figures.recovery_headline(recoveries(-0.01)).startswith(
        "No option avoids failures in time; draw on"
    )
    ranking, each = recovery.recovery_options(recoveries()).parts
    assert [row[0] for row in ranking.rows] == ["1", "2"]
    assert len(each.rows) == 4
    assert each.rows[0][5] == "2 to 1 of 2"


def test_what_remains_counts_scenarios_and_axes() -> None:
    assert recovery_figures.residual_headline(residual()) == (
        "1 of 2 listed scenarios still fail with the package, 1 without; on 1 of 1 axis it takes a larger shock."
    )
    # None found after is farther than anything found; a shock of days is no share.
    assert "on 1 of 1 axis" in recovery_figures.residual_headline(residual(NAN))
    assert list(recovery_figures.smallest_shocks(residual())["subject"]) == ["price_fall"]
    scenarios, shocks = recovery.residual_risk(residual(NAN)).parts
    assert scenarios.rows == (("A frozen vault", "severe", "F1, F2", "F1"),)
    assert "1 other scenario shows no failure" in scenarios.note
    assert shocks.rows[0][3] == "none found"
