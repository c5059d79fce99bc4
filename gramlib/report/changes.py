"""What moved between two runs, from their report.json alone: key figures, listed scenarios, and whether the two compare.

A move counts as significant when the two intervals of sampling error have no value in common. That is strict: runs
on the same random draws differ by less than the intervals allow for. A figure that was searched or counted has no
sampling error: there a move counts once it is larger than the search was exact. Reads schemas 2 and 3.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from gramlib.report import numbers, vocabulary

HIGHER_IS_BETTER = frozenset({"smallest-price-fall", "smallest-custody-loss", "finding-price-fall", "finding-custody"})
"""Figures that measure what the issuer withstands; all others count or weigh failures."""

NEITHER_IS_BETTER = frozenset({"finding-measures", "finding-not-deciding"})
"""A dearer package may do more; a limit that decides nothing is neither."""

Document = Mapping[str, Any]
Interval = tuple[float, float]


@dataclass(frozen=True)
class Change:
    """One headline figure in two runs; `before` and `after` in `unit`, None where none was found.

    `difference` is after less before. `significant` is None where it cannot be said, `better` None where nothing
    moved or nothing can be compared. `short` is the move without the figure's name; `sentence` names it.
    """

    id: str
    label: str
    unit: str
    before: float | None
    after: float | None
    before_text: str
    after_text: str
    before_interval: Interval | None
    after_interval: Interval | None
    before_status: str
    after_status: str
    difference: float | None
    significant: bool | None
    better: bool | None
    short: str
    sentence: str

    def to_record(self) -> dict[str, Any]:
        """The change as report.json holds it."""
        return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()}


@dataclass(frozen=True)
class ScenarioChange:
    """One listed scenario whose result differs; a status of "" says that the run does not have it."""

    id: str
    title: str
    before_status: str
    after_status: str
    before_failed: str
    after_failed: str
    sentence: str

    def to_record(self) -> dict[str, Any]:
        """The change as report.json holds it."""
        return asdict(self)


def not_comparable(before: Document, after: Document) -> list[str]:
    """Why figures of the two runs do not answer the same question, as clauses; empty when they do."""
    told = []
    names = [str(run.get("issuer", {}).get("name", "")) for run in (before, after)]
    if names[0] != names[1]:
        told.append(f"the issuer was {names[0] or 'not named'} and is {names[1] or 'not named'}")
    grades = [str(run.get("data", {}).get("grade", "")) for run in (before, after)]
    if grades[0] != grades[1]:
        told.append(f"the data had grade {grades[0] or 'unknown'} and have grade {grades[1] or 'unknown'}")
    told += [
        f"{vocabulary.book_name(book)}: {old} then, {new} now"
        for book, old, new in _horizons(before, after)
        if old != new
    ]
    return told


def figures_that_moved(before: Document, after: Document) -> list[Change]:
    """Every headline figure that either run has, in the order of `after`; those that did not move say so."""
    old, new = ({str(figure["id"]): figure for figure in run.get("headlines", [])} for run in (before, after))
    return [_change(old.get(name), new.get(name)) for name in [*new, *(name for name in old if name not in new)]]


def findings_that_moved(before: Document, after: Document) -> list[Change]:
    """The figure on which each finding turns, for the findings that both runs have with a figure (schema 3)."""
    old, new = (
        {str(told["id"]): {"label": told["title"], **told} for told in run.get("findings", []) if "value" in told}
        for run in (before, after)
    )
    return [_change(old[name], new[name]) for name in new if name in old]


def scenarios_that_changed(before: Document, after: Document) -> list[ScenarioChange]:
    """Listed scenarios whose status or failures differ, or that only one run has; none where one run lists no rows (schema 2)."""
    old, new = ({str(row["id"]): row for row in run.get("scenarios", [])} for run in (before, after))
    if not old or not new:
        return []
    told = []
    for name in [*new, *(name for name in old if name not in new)]:
        first, second = old.get(name, {}), new.get(name, {})
        ways = [(str(row.get("status", "")), " ".join(row.get("failed", []))) for row in (first, second)]
        if ways[0] != ways[1]:
            title = str((second or first).get("title") or name)
            said = f"“{title}”: {_result(first)} before, {_result(second)} now."
            told.append(ScenarioChange(name, title, ways[0][0], ways[1][0], ways[0][1], ways[1][1], said))
    return told


def verdict_change(before: Document, after: Document) -> str:
    """How the verdict moved, as a sentence."""
    old, new = (str(run.get("verdict", {}).get("status", "")) for run in (before, after))
    words = [vocabulary.STATUS_WORDS.get(status, ("", status or "unknown"))[1] for status in (old, new)]
    return f"The verdict is {words[1]}, as before." if old == new else f"The verdict was {words[0]} and is {words[1]}."


def _result(row: Mapping[str, Any]) -> str:
    if not row:
        return "not listed"
    word = vocabulary.STATUS_WORDS.get(str(row.get("status", "")), ("", "not judged"))[1]
    failed = numbers.joined(row.get("failed", []))
    return f"{word} ({failed})" if failed else word


def _horizons(before: Document, after: Document) -> list[tuple[str, str, str]]:
    """(book, horizon then, horizon now) of each book of paths that both runs tell."""
    old, new = before.get("horizons_days"), after.get("horizons_days")
    if old and new:
        return [(book, numbers.horizon(old[book]), numbers.horizon(new[book])) for book in new if book in old]
    first, second = ({str(f["id"]): _period(f) for f in run.get("headlines", [])} for run in (before, after))
    shared = [(_BOOKS[name], first[name], second[name]) for name in second if name in first and name in _BOOKS]
    return list(dict.fromkeys(shared))


_BOOKS = {"chance-out-of-cash": "liquidity", "chance-late-redemption": "liquidity", "chance-insolvency": "solvency"}


def _period(figure: Mapping[str, Any]) -> str:
    """The time that a chance is over, which schema 2 has in its detail alone: "1 year"."""
    days = figure.get("horizon_days")
    if days is not None:
        return numbers.horizon(days)
    opening = str(figure.get("detail", "")).partition(";")[0]
    return opening.removeprefix("over ") if opening.startswith("over ") else ""


def _apart(old: Mapping[str, Any], new: Mapping[str, Any]) -> str:
    """What keeps one figure of two runs from being compared; empty when nothing does."""
    if old.get("basis", "") != new.get("basis", ""):
        return f"for {vocabulary.failure_name(str(old.get('basis', '')))}"
    if _period(old) != _period(new):
        return f"over {_period(old) or 'an unknown time'}"
    counts = [str(figure.get("text", "")).partition(" of ")[2] for figure in (old, new)]
    return "in another list" if counts[0] != counts[1] else ""


def _change(old: Mapping[str, Any] | None, new: Mapping[str, Any] | None) -> Change:
    known = new or old or {}
    values = [None if figure is None else figure.get("value") for figure in (old, new)]
    intervals = [_interval(figure) for figure in (old, new)]
    texts = ["" if figure is None else str(figure.get("text", "")) for figure in (old, new)]
    statuses = ["" if figure is None else str(figure.get("status", "")) for figure in (old, new)]
    both = old is not None and new is not None
    apart = _apart(old or {}, new or {}) if both else ""
    alike = both and not apart
    difference = values[1] - values[0] if alike and None not in values else None  # type: ignore[operator]
    significant = _significant(old or {}, new or {}, difference) if alike else None
    short = f"not comparable: was {texts[0]} {apart}" if apart else _short(old, new, difference, significant)
    label = str(known.get("label", known.get("id", "")))
    return Change(
        str(known.get("id", "")), label, str(known.get("unit", "")), values[0], values[1], texts[0], texts[1],
        intervals[0], intervals[1], statuses[0], statuses[1], difference, significant,
        _better(str(known.get("id", "")), values, difference) if alike else None,
        short, f"{label}: {texts[1] or 'not in this run'}; {short}.",
    )  # fmt: skip


def _interval(figure: Mapping[str, Any] | None) -> Interval | None:
    ends = (None, None) if figure is None else (figure.get("lower"), figure.get("upper"))
    return None if ends[0] is None or ends[1] is None else (float(ends[0]), float(ends[1]))


def _significant(old: Mapping[str, Any], new: Mapping[str, Any], difference: float | None) -> bool | None:
    """Whether the move is beyond what either run's interval, or the tolerance of its search, leaves open."""
    first, second = _interval(old), _interval(new)
    if str(new.get("id")) in NEITHER_IS_BETTER:
        return None
    if first is not None and second is not None:
        return first[1] < second[0] or second[1] < first[0]
    if (first is None) != (second is None):
        return None
    if difference is None:
        return old.get("value") is not new.get("value")
    return abs(difference) > max(float(figure.get("tolerance") or 0.0) for figure in (old, new)) + 1e-12


def _better(name: str, values: list[float | None], difference: float | None) -> bool | None:
    if name in NEITHER_IS_BETTER:
        return None
    if difference is None:
        if values[0] is values[1]:
            return None
        return values[1] is None  # a shock that was found before and is no more
    return None if difference == 0 else (difference > 0) == (name in HIGHER_IS_BETTER)


def _short(
    old: Mapping[str, Any] | None, new: Mapping[str, Any] | None, difference: float | None, significant: bool | None
) -> str:
    if old is None or new is None:
        return "the other run does not have it" if old is None else f"was {old.get('text', '')}"
    was = f"was {old.get('text', '')}"
    if difference is None:
        return "as before" if old.get("value") is new.get("value") else was
    if difference == 0:
        return "as before"
    if old.get("text") == new.get("text"):
        return "as before to the digits shown"
    moved = f"{_size(difference, str(new.get('unit', '')))}, {was}"
    return moved if str(new.get("id")) in NEITHER_IS_BETTER else f"{moved}; {_weight(new, significant)}"


def _size(difference: float, unit: str) -> str:
    """A difference with its sign and unit; of shares in points of a percentage."""
    sign = "+" if difference > 0 else "\N{MINUS SIGN}"
    if unit in {"1", "share", "1/year"}:
        points = numbers.percent(abs(difference)).removesuffix("%")
        return f"{sign}{points} point{'' if points == '1.0' else 's'}"
    return sign + numbers.with_unit(abs(difference), "" if unit == "count" else unit)


def _weight(new: Mapping[str, Any], significant: bool | None) -> str:
    if significant is None:
        return "without an interval to judge it by"
    if _interval(new) is None:
        return "without sampling error" if significant else "within the search's tolerance"
    return "beyond both intervals" if significant else "the intervals overlap"
