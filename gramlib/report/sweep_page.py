"""sweep.html: what a sweep says, on one page without a script; every number on it is in sweep.csv and comparison.json."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from html import escape
from typing import Any

from gramlib.report import sweep_page_tables as tables
from gramlib.report.html_table import without_inline_styles
from gramlib.report.page import document
from gramlib.report.sweep_page_charts import cost_setting, frontier_chart, main_effects_chart
from gramlib.report.sweep_page_wording import LEADING, best_and_worst, effects_sentence, figure_name, opening
from gramlib.sensitivity.main_effects import Effect, main_effects


def sweep_page(comparison: Mapping[str, Any]) -> str:
    """The whole page of a comparison as gram sweep writes it to comparison.json."""
    members = comparison["members"]
    succeeded = [member for member in members if member["status"] == "succeeded"]
    failed = [member for member in members if member["status"] == "failed"]
    effects = _effects(succeeded)
    body = [f"<p>{escape(opening(comparison))}</p>"]
    if succeeded:
        body += [*_first_screen(succeeded, effects), *_pictures(succeeded, effects, len(succeeded) == len(members))]
    if failed:
        body += ['<h2 id="failed">Members that failed</h2>', tables.failed_members(failed)._repr_html_()]
    if succeeded:
        body += ['<h2 id="worst">The worst members</h2>', tables.worst_members(succeeded)._repr_html_(),
                 '<h2 id="members">All members</h2>', tables.all_members(succeeded)._repr_html_()]  # fmt: skip
    body += ['<h2 id="what-varies">What varies</h2>', tables.what_varies(members)._repr_html_(), _how_made(comparison)]
    made = f"{datetime.fromtimestamp(comparison['created'], UTC):%Y-%m-%d %H:%M} UTC"
    return document(
        comparison["title"], without_inline_styles("\n".join(body)), eyebrow=f"Sweep {comparison['sweep_id']} · {made}"
    )


def _effects(succeeded: list[dict[str, Any]]) -> dict[str, tuple[list[Effect], float]]:
    present = [name for name in tables.COMPARED if any(name in member["figures"] for member in succeeded)]
    settings = [member["settings"] for member in succeeded]
    return {name: main_effects(settings, [_value(member, name) for member in succeeded]) for name in present}


def _value(member: Mapping[str, Any], name: str) -> float:
    value = (member["figures"].get(name) or {}).get("value")
    return float("nan") if value is None else float(value)


def _first_screen(succeeded: list[dict[str, Any]], effects: dict[str, tuple[list[Effect], float]]) -> list[str]:
    found, left = effects.get(LEADING, ([], float("nan")))
    sentences = [
        effects_sentence(found, left, f"The chance of {figure_name(LEADING).lower()}"),
        best_and_worst(succeeded),
    ]
    parts = [f"<ul class='reasons'>{''.join(f'<li>{escape(text)}</li>' for text in sentences if text)}</ul>"]
    counted = tables.verdict_counts(succeeded)
    return [*parts, counted._repr_html_()] if counted else parts


def _pictures(
    succeeded: list[dict[str, Any]], effects: dict[str, tuple[list[Effect], float]], complete: bool
) -> list[str]:
    found = effects.get(LEADING, ([], float("nan")))[0]
    parts = []
    if found:
        parts += ['<h2 id="effects">Which settings move which figures</h2>', main_effects_chart(found)._repr_html_()]
    if any(some for some, _ in effects.values()):
        parts.append(tables.effects_table(effects, complete=complete)._repr_html_())
    if len(succeeded) > 1:
        chart = frontier_chart(succeeded, cost_setting(list(succeeded[0]["settings"])))
        parts += ['<h2 id="frontier">What it costs to fail less</h2>', chart._repr_html_()]
    return parts


def _how_made(comparison: Mapping[str, Any]) -> str:
    file = escape(comparison["file"])
    return (
        '<h2 id="how">How it was made</h2><p>Each member is a run of its own, in the folder of its name beside this page; all '
        "members meet the same random draws, so that differences between them are the settings' and not luck. Intervals hold "
        f"the sampling error of simulated paths only.</p><p><code>gram sweep {file}</code> resumes this sweep, and repeats "
        "nothing that stands; <code>gram run MEMBER/run.json</code> makes a whole run of one member. All numbers: "
        '<a href="sweep.csv">sweep.csv</a>, <a href="comparison.json">comparison.json</a>.</p>'
    )
