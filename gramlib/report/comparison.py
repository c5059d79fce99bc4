"""Two runs against each other, from run.json and report.json alone: as data, as text, and (comparison_page) as a page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from gramlib.errors import ArtefactError
from gramlib.report import changes
from gramlib.report.comparison_parameters import ParameterChange, parameters_that_differ, what_else_differs
from gramlib.report.numbers import count, joined, sentence

SCHEMA = 1
NEWEST_REPORT = 3
"""Newest schema of report.json that is read here; a newer one is compared as far as its fields are known."""
SCENARIOS_SINCE = 3
_MOST_LINES = 12


@dataclass(frozen=True)
class Side:
    """One of the two runs: its run.json and report.json."""

    run_id: str
    record: Mapping[str, Any]
    document: Mapping[str, Any]

    @property
    def schema(self) -> int:
        """Schema of its report.json; 0 where none is told."""
        found = self.document.get("schema")
        return found if isinstance(found, int) else 0


@dataclass(frozen=True)
class Comparison:
    """What changed from one run to the other; `notes` says what cannot be compared, `others` what else differs."""

    before: Side
    after: Side
    notes: tuple[str, ...]
    verdict: str
    parameters: tuple[ParameterChange, ...]
    others: tuple[str, ...]
    figures: tuple[changes.Change, ...]
    scenarios: tuple[changes.ScenarioChange, ...]

    @property
    def summary(self) -> str:
        """How much moved, as a sentence."""
        beyond = [figure for figure in self.figures if figure.significant and figure.difference != 0]
        better = sum(figure.better is True for figure in beyond)
        worse = sum(figure.better is False for figure in beyond)
        ways = [
            text for number, text in ((worse, f"{worse} for the worse"), (better, f"{better} for the better")) if number
        ]
        moved = (
            f"{len(beyond)} of {count(len(self.figures), 'key figure')} moved beyond chance"
            if beyond
            else "no key figure moved beyond chance"
        )
        parts = [moved + (f" ({joined(ways)})" if ways else "")]
        if self.lists_scenarios:
            alone = sum(not (scenario.before_status and scenario.after_status) for scenario in self.scenarios)
            otherwise = len(self.scenarios) - alone
            parts.append(
                f"{count(otherwise, 'listed scenario') if otherwise else 'no listed scenario'} ended otherwise"
            )
            if alone:
                parts.append(f"{count(alone, 'scenario')} listed by one run only")
        differing = len(self.parameters)
        parts.append(
            f"{count(differing, 'parameter') if differing else 'no parameter'} {'differ' if differing > 1 else 'differs'}"
        )
        return sentence("; ".join(parts))

    @property
    def lists_scenarios(self) -> bool:
        """Whether both reports list their scenarios, so that they can be told apart."""
        return all(side.document.get("scenarios") for side in (self.before, self.after))

    def to_record(self) -> dict[str, Any]:
        """The comparison as JSON-able data."""
        return {
            "schema": SCHEMA,
            "before": self.before.run_id,
            "after": self.after.run_id,
            "not_comparable": list(self.notes),
            "verdict": self.verdict,
            "summary": self.summary,
            "parameters": [asdict(change) for change in self.parameters],
            "others": list(self.others),
            "figures": [change.to_record() for change in self.figures],
            "scenarios": [asdict(change) for change in self.scenarios],
        }

    def text(self) -> str:
        """The comparison for a terminal, the longest lists cut."""
        lines = [f"{self.before.run_id} -> {self.after.run_id}", self.verdict, self.summary]
        lines += [f"not comparable: {note}" for note in self.notes]
        lines += _listed(
            "parameters",
            [f"{p.name}: {p.before} -> {p.after}  ({p.before_origin} -> {p.after_origin})" for p in self.parameters],
        )
        lines += _listed("also different", list(self.others))
        lines += _listed("key figures", [figure.sentence for figure in self.figures])
        lines += _listed("scenarios", [scenario.sentence for scenario in self.scenarios])
        return "\n".join(lines)


def compare(before: Side, after: Side) -> Comparison:
    """Compare two runs; raises ArtefactError where a report.json does not hold what its schema promises."""
    try:
        figures = tuple(changes.figures_that_moved(before.document, after.document))
        changed = changes.scenarios_that_changed(before.document, after.document)
        # What both runs list comes first: the rest may only be another choice of scenarios.
        scenarios = tuple(sorted(changed, key=lambda one: not (one.before_status and one.after_status)))
        notes = (*changes.not_comparable(before.document, after.document), *_schemas(before, after))
        verdict = changes.verdict_change(before.document, after.document)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise ArtefactError(
            f"report.json of {before.run_id} or {after.run_id} is not what a report stage writes ({type(error).__name__}: {error})",
            expected=f"schema 2 to {NEWEST_REPORT}",
            remedy="run that run's report stage again: gram run RUN --stage report --force",
        ) from None
    return Comparison(
        before, after, notes, verdict, tuple(parameters_that_differ(before.record, after.record)),
        tuple(what_else_differs(before.record, after.record)), figures, scenarios,
    )  # fmt: skip


def _schemas(before: Side, after: Side) -> list[str]:
    told = []
    for side in (before, after):
        if side.schema > NEWEST_REPORT:
            told.append(
                f"the report of {side.run_id} has schema {side.schema}, newer than this workbench reads: what it adds is left out"
            )
        elif side.schema < SCENARIOS_SINCE:
            told.append(
                f"the report of {side.run_id} has schema {side.schema} and lists no scenarios: run its report stage again to compare them"
            )
    return told


def _listed(title: str, lines: list[str]) -> list[str]:
    shown = [f"  {line}" for line in lines[:_MOST_LINES]]
    more = [f"  and {len(lines) - _MOST_LINES} more on the page"] if len(lines) > _MOST_LINES else []
    return [f"{title}:", *shown, *more] if lines else []
