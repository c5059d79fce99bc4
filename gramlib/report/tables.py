"""The tables of the pages: each takes an artefact as it stands and says it in words, units and statuses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from gramlib.params.issuer import Issuer
from gramlib.report import numbers, vocabulary
from gramlib.report.html_table import Heading, Status, Table

NO_EVIDENCE = "Grade D data: mechanics only, not evidence."


def _columns(*texts: str, numeric: Iterable[str] = ()) -> tuple[Heading, ...]:
    right = set(numeric)
    return tuple(Heading(text, "", text in right) for text in texts)


def quality(table: pd.DataFrame) -> Table:
    """What was found in the raw data and what was decided; warnings first."""
    order = {"warning": 0, "note": 1, "ok": 2}
    rows = sorted(table.itertuples(index=False), key=lambda row: order.get(row.status, 3))
    return Table(
        "Data quality: what was found and what was decided",
        _columns("Check", "Status", "Found", "Expected", "Decision"),
        tuple((vocabulary.spaced(row.check), Status(row.status), row.found, row.expected, row.decision) for row in rows),
    )


def facts(table: pd.DataFrame) -> Table:
    """Stylised facts against the range measured on real gold prices."""
    rows = tuple(
        (
            vocabulary.spaced(row.statistic), _figure(row.value), f"{_figure(row.expected_low)} to {_figure(row.expected_high)}",
            Status("ok" if row.expected_low <= row.value <= row.expected_high else "warning"), str(row.source),
        )
        for row in table.itertuples(index=False)
    )  # fmt: skip
    return Table(
        "Statistics of the daily returns",
        _columns("Statistic", "Here", "Expected", "Status", "Source of the range", numeric=("Here", "Expected")),
        rows,
    )


def _figure(value: float) -> str:
    return numbers.MISSING if numbers.is_missing(value) else f"{float(value):,.3g}".replace("-", "\N{MINUS SIGN}")


def league(table: pd.DataFrame, grade: str = "") -> Table:
    """Out-of-sample scores of every model, best first; `grade` D marks them as no evidence."""
    ordered = table.sort_values(["horizon_days", "score", "rank", "model"])
    rows = tuple(
        (
            f"{numbers.days(row.horizon_days)}, {vocabulary.spaced(row.score)}", vocabulary.model_name(row.model), str(row.rank),
            f"{row.value:.3e}", numbers.MISSING if numbers.is_missing(row.standard_error) else f"{row.standard_error:.1e}", f"{row.n:,}",
        )
        for row in ordered.itertuples(index=False)
    )  # fmt: skip
    return Table(
        "Out-of-sample scores (lower is better)",
        _columns("Horizon and score", "Model", "Rank", "Mean score", "Standard error", "Forecasts",
                 numeric=("Rank", "Mean score", "Standard error", "Forecasts")),
        rows,
        NO_EVIDENCE if grade == "D" else "",
    )  # fmt: skip


def metrics(table: pd.DataFrame, subjects: Iterable[str] | None = None) -> Table:
    """Every figure with its interval and how it was made; `subjects` limits it."""
    wanted = None if subjects is None else set(subjects)
    rows = tuple(
        (
            vocabulary.book_name(row.subject), vocabulary.metric_name(row.metric), numbers.with_unit(row.value, vocabulary.metric_unit(row.metric, row.unit)),
            interval(row.lower, row.upper, vocabulary.metric_unit(row.metric, row.unit)), row.method, f"{row.n:,}",
        )
        for row in table.itertuples(index=False)
        if wanted is None or row.subject in wanted
    )  # fmt: skip
    return Table(
        "Figures with their uncertainty",
        _columns("Subject", "Figure", "Estimate", "Interval", "Method", "Observations", numeric=("Estimate", "Interval", "Observations")),
        rows,
    )


def interval(lower: float | None, upper: float | None, unit: str) -> str:
    """An interval in words; "exact" where both ends are empty."""
    if numbers.is_missing(lower) and numbers.is_missing(upper):
        return "exact"
    return f"{numbers.with_unit(lower, unit)} to {numbers.with_unit(upper, unit)}"


def verdicts(table: pd.DataFrame) -> Table:
    """Each requirement against its limit, worst first."""
    rank = table["status"].map(vocabulary.SEVERITY)
    ordered = table.assign(_rank=-rank).sort_values(["_rank", "decides"], ascending=[True, False], kind="stable")
    rows = tuple(
        (
            vocabulary.requirement_name(row.requirement), vocabulary.book_name(row.subject), Status(row.status),
            *(_judged(x, row) for x in (row.number, row.limit, row.margin)),
            "yes" if row.decides else "no", row.source,
        )
        for row in ordered.itertuples(index=False)
    )  # fmt: skip
    return Table(
        "Requirements against their limits",
        _columns("Requirement", "Judged on", "Status", "Found", "Limit", "Margin", "Decides", "Source of the limit",
                 numeric=("Found", "Limit", "Margin")),
        rows,
        "A negative margin is a breach. A limit that nobody has verified never decides the verdict.",
    )  # fmt: skip


def _judged(value: float, row: Any) -> str:
    if not numbers.is_missing(value):
        return numbers.with_unit(value, vocabulary.requirement_unit(row.unit))
    return "\N{EN DASH}" if row.status == "not_applicable" else "none found"


def reverse(table: pd.DataFrame) -> Table:
    """Smallest breaking shocks; where none was found, the range that was searched."""
    rows = tuple(
        (
            vocabulary.failure_name(row.predicate), vocabulary.shock_name(row.shock), shock_range(row),
            f"{numbers.with_unit(row.scan_from, vocabulary.shock_unit(row.shock, row.unit))} to {numbers.with_unit(row.scan_to, vocabulary.shock_unit(row.shock, row.unit))}",
            numbers.with_unit(row.scan_step, vocabulary.shock_unit(row.shock, row.unit)),
        )
        for row in table.itertuples(index=False)
    )  # fmt: skip
    return Table(
        "Reverse stress: the shocks at which it breaks",
        _columns("Failure", "Shock", "Fails for", "Searched", "Step", numeric=("Step",)),
        rows,
        "The set of failing shocks need not be an interval: the range is scanned first, then each edge refined.",
    )


def backtests(table: pd.DataFrame, grade: str = "") -> Table:
    """Coverage tests of the models' value at risk; `grade` D marks them as no evidence."""
    rows = tuple(
        (
            vocabulary.model_name(row.model), numbers.days(row.horizon_days), f"{100 * row.level:g}%", vocabulary.spaced(row.test),
            f"{row.exceptions:,}", numbers.plain(row.expected, 1), f"{row.observations:,}",
            numbers.MISSING if numbers.is_missing(row.p_value) else f"{row.p_value:.3f}",
            "\N{EN DASH}" if numbers.is_missing(row.power) else numbers.percent(row.power),
        )
        for row in table.itertuples(index=False)
    )  # fmt: skip
    numeric = ("Exceptions", "Expected", "Forecasts", "p-value", "Power")
    return Table(
        "Do the models' quantiles hold out of sample",
        _columns("Model", "Horizon", "Level", "Test", *numeric, numeric=numeric),
        rows,
        (f"{NO_EVIDENCE} " if grade == "D" else "") + "One row in twenty rejects at 5% by chance alone. Power: the chance to notice twice the nominal rate.",
    )


def shock_range(row: Any) -> str:
    """One row of the reverse table as words."""
    unit = vocabulary.shock_unit(row.shock, row.unit)
    if not row.found:
        return f"no failure found within {numbers.with_unit(row.scan_from, unit)} to {numbers.with_unit(row.scan_to, unit)}"
    return f"{numbers.with_unit(row.lower, unit)} to {numbers.with_unit(row.upper, unit)}"


def failures(table: pd.DataFrame) -> Table:
    """First day of every failure in every scenario, scenarios as rows."""
    predicates = [name for name in vocabulary.FAILURES if name in set(table["predicate"])]
    days = table.pivot(index="scenario", columns="predicate", values="first_day")
    causes = table[table["first_day"] >= 0].groupby("scenario")["cause"].agg(lambda c: numbers.joined(dict.fromkeys(map(vocabulary.cause_name, c))))
    rows = tuple(
        (str(name), *(numbers.day_label(days.loc[name, p]) for p in predicates), str(causes.get(name, "")) or "\N{EN DASH}")
        for name in days.index
    )
    headings = [Heading(vocabulary.failure_name(p), "", numeric=True) for p in predicates]
    return Table("First day of each failure, scenario by scenario", (Heading("Scenario"), *headings, Heading("Cause")), rows)


def assumptions(entries: Iterable[Mapping[str, Any]]) -> Table:
    """The register of assumptions: statement, strength, effect if wrong, what probes it."""
    rows = tuple(
        tuple(_words(entry.get(key, "")) for key in ("id", "statement", "strength", "effect", "probed_by"))
        for entry in map(_with_effect, entries)
    )
    return Table(
        "Assumptions", _columns("Id", "Assumption", "Strength", "If it is wrong", "Probed by"), rows,
        "Strength is that of the evidence: a weak assumption rests on judgement alone.",
    )  # fmt: skip


def issuer(issuer: Issuer) -> Table:
    """Every value of the issuer, and whether it was disclosed or assumed."""
    rows = tuple(
        (key, "none" if value is None else f"{value:,.12g}" if isinstance(value, (int, float)) else str(value),
         basis.basis, basis.source, basis.date)
        for key, value in leaves(issuer.to_record()) if not key.startswith("basis")
        for basis in (issuer.basis_of(key),)
    )  # fmt: skip
    return Table(
        f"The issuer: {issuer.name}",
        _columns("Value", "Setting", "Basis", "Source", "Date", numeric=("Setting",)),
        rows,
        "Money in USD, mass in grams; fees, shares and rates are fractions, a day unless the name says otherwise.",
    )


def leaves(record: Mapping[str, Any], prefix: str = "") -> list[tuple[str, Any]]:
    """Nested mappings as (dotted key, value) in order."""
    found: list[tuple[str, Any]] = []
    for key, value in record.items():
        found += leaves(value, f"{prefix}{key}.") if isinstance(value, Mapping) else [(f"{prefix}{key}", value)]
    return found


def model_cards(calibration: Mapping[str, Any]) -> Table:
    """What each price model is, its parameters, and where it fails."""
    cards = calibration.get("model_cards", [])
    keys = ("title", "what", "parameters", "fitted_on", "fails_when")
    rows = tuple(tuple(str(card.get(key, "")) for key in keys) for card in cards)
    note = f"Champion: {vocabulary.model_name(str(calibration.get('champion', '')))}. {calibration.get('champion_rule', '')}"
    return Table("Model cards", _columns("Model", "What it does", "Parameters", "Fitted on", "Fails when"), rows, note)


def _with_effect(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {**entry, "effect": entry.get("effect") or entry.get("effect_if_wrong", "")}


def _words(value: Any) -> str:
    return numbers.joined(map(str, value)) if isinstance(value, (list, tuple)) else str(value)


def parameters(rows: Iterable[Mapping[str, Any]]) -> Table:
    """Parameters with value, unit or meaning, and where each value came from."""
    return Table(
        "Parameters of this run",
        _columns("Parameter", "Value", "Meaning", "Set by"),
        tuple((str(r.get("key", "")), _words(r.get("value", "")), str(r.get("meaning", "")), str(r.get("origin", ""))) for r in rows),
    )


def sources(document: Mapping[str, Any]) -> Table:
    """The cards of a source_cards document."""
    rows = tuple(
        (
            str(card.get("title") or card.get("id", "")), str(card.get("producer", "")), str(card.get("licence", "")),
            str(card.get("redistribute", "unknown")), f"{card.get('start', '')} to {card.get('end', '')}", str(card.get("accessed", "")),
            str(card.get("sha256", ""))[:12],
        )
        for card in document.get("cards", [])
    )  # fmt: skip
    return Table(
        "Sources of the data",
        _columns("Source", "Producer", "Licence", "May be passed on", "Covers", "Accessed", "SHA-256 begins"),
        rows,
        f"Data grade {document.get('grade', 'unknown')}: {document.get('grade_reason', '')}",
    )


def scenarios(document: Mapping[str, Any]) -> Table:
    """The listed scenarios of a scenarios_used document: what happens, how bad, and where the price path comes from."""
    rows = tuple(_scenario_row(record) for record in document["scenarios"])
    return Table(
        "Scenarios as they were run",
        _columns("Scenario", "Story", "Severity", "Days", "Gold in all", "Deepest fall", "Worst day", "Event days", "Liquidity stress",
                 "Gold lost", "Price path", numeric=("Days", "Gold in all", "Deepest fall", "Worst day", "Event days", "Liquidity stress", "Gold lost")),
        rows,
    )  # fmt: skip


def _scenario_row(record: Mapping[str, Any]) -> tuple[str | Status, ...]:
    shocks = record.get("shocks", {})
    multiplier = shocks.get("max_liquidity_multiplier")
    return (
        f"{record['id']}: {record.get('title', '')}", str(record.get("story", "")), str(record.get("severity", "")),
        numbers.plain(shocks.get("horizon_days", record.get("horizon_days")), 0), numbers.percent(shocks.get("total_return")),
        numbers.percent(shocks.get("max_drawdown")), numbers.percent(shocks.get("worst_day_return")), numbers.plain(shocks.get("event_days"), 0),
        numbers.MISSING if numbers.is_missing(multiplier) else f"x {float(multiplier):g}",
        numbers.percent(shocks.get("lost_share")), str(record.get("provenance", "")),
    )  # fmt: skip


def provenance(manifests: Sequence[Mapping[str, Any]]) -> Table:
    """One row an artefact: who wrote it, how long the stage took, how its hash begins."""
    rows = []
    for manifest in manifests:
        seconds = _seconds(manifest)
        for output in manifest.get("outputs", []):
            rows.append((
                str(manifest.get("stage", "")), str(output.get("name", "")), "" if output.get("rows") is None else f"{int(output['rows']):,}",
                str(output.get("sha256", ""))[:16], seconds,
            ))  # fmt: skip
    headings = (Heading("Stage"), Heading("Artefact"), Heading("Rows", "", numeric=True), Heading("SHA-256 begins"), Heading("Stage took", "s", numeric=True))
    return Table("What each stage wrote", headings, tuple(rows))


def _seconds(manifest: Mapping[str, Any]) -> str:
    started, finished = manifest.get("started"), manifest.get("finished")
    return f"{finished - started:.1f}" if isinstance(started, (int, float)) and isinstance(finished, (int, float)) else ""
