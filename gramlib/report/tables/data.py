"""Tables about the data: what was found in them, how they behave, where they come from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from gramlib.report import numbers, vocabulary
from gramlib.report.html_table import Status, Table
from gramlib.report.tables.plain import columns


def quality(table: pd.DataFrame) -> Table:
    """What was found in the raw data and what was decided; warnings first."""
    order = {"warning": 0, "note": 1, "ok": 2}
    rows = sorted(table.itertuples(index=False), key=lambda row: order.get(row.status, 3))
    return Table(
        "Data quality: what was found and what was decided",
        columns("Check", "Status", "Found", "Expected", "Decision"),
        tuple(
            (vocabulary.spaced(row.check), Status(row.status), row.found, row.expected, row.decision) for row in rows
        ),
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
        columns("Statistic", "Here", "Expected", "Status", "Source of the range", numeric=("Here", "Expected")),
        rows,
    )


def _figure(value: float) -> str:
    return numbers.MISSING if numbers.is_missing(value) else f"{float(value):,.3g}".replace("-", "\N{MINUS SIGN}")


def sources(document: Mapping[str, Any]) -> Table:
    """The cards of a source_cards document."""
    rows = tuple(
        (
            str(card.get("title") or card.get("id", "")), str(card.get("producer", "")), str(card.get("licence", "")),
            str(card.get("redistribute", "unknown")), _span(card), str(card.get("accessed", "")),
            str(card.get("sha256", ""))[:12],
        )
        for card in document.get("cards", [])
    )  # fmt: skip
    return Table(
        "Sources of the data",
        columns("Source", "Producer", "Licence", "May be passed on", "Covers", "Accessed", "SHA-256 begins"),
        rows,
        f"Data grade {document.get('grade', 'unknown')}: {document.get('grade_reason', '')}",
    )


def series(document: Mapping[str, Any]) -> Table:
    """Which series were used for what, with their range."""
    rows = tuple(
        (str(each["id"]), str(each["role"]), str(each["instrument"]), str(each["start"]), str(each["end"]),
         f"{each['rows']:,}", f"{each['used']:,}")
        for each in document.get("series", [])
    )  # fmt: skip
    heads = columns("Series", "Used as", "Instrument", "From", "To", "Rows", "Rows used", numeric=("Rows", "Rows used"))
    return Table("Series and what they were used for", heads, rows)


def attempts(document: Mapping[str, Any]) -> Table:
    """Every online source that was asked, and what became of it; no rows where nothing was."""
    rows = tuple(
        (str(each["name"]), str(each["role"]), str(each["outcome"]), str(each["reason"]))
        for each in document.get("tried", [])
    )
    return Table("Online sources that were asked", columns("Source", "For", "Outcome", "Reason"), rows)


def joins(document: Mapping[str, Any]) -> Table:
    """Where one series ends and another begins, with how the two agree where they overlap."""
    rows = tuple(
        (
            str(join["day"]), f"{join['before']} to {join['after']}", numbers.percent(join["step"]),
            f"{join['overlap']['common_days']:,}", _bp(join["overlap"]["median_bp"], 1), _bp(join["overlap"]["p99_bp"]),
            _figure(join["overlap"]["correlation"]), "kept" if join["bridged"] else "left empty",
        )
        for join in document.get("joins", [])
    )  # fmt: skip
    numeric = ("Step", "Common days", "Median [bp]", "99% [bp]", "Correlation")
    heads = columns(
        "Day", "Series", "Step", "Common days", "Median [bp]", "99% [bp]", "Correlation", "Return", numeric=numeric
    )
    return Table(
        "Joins between series", heads, rows, "Differences of level are absolute, on the days both series have."
    )


def agreement(document: Mapping[str, Any]) -> Table:
    """The price against every second series and against the shipped monthly averages."""
    rows = [
        (
            str(each["second"]), f"{each['start']} to {each['end']}", f"{each['common_days']:,}", _bp(each["median_bp"], 1),
            _bp(each["p99_bp"]), f"{_bp(each['max_bp'])} ({each['max_day']})", _bp(each["week_median_bp"], 1), _bp(each["week_p99_bp"]),
            _figure(each["correlation"]), Status("ok" if each["agrees"] else "warning"),
        )
        for each in document.get("agreement", [])
    ]  # fmt: skip
    monthly = document.get("monthly", {})
    if monthly.get("months"):
        rows.append((
            "shipped monthly averages", f"{monthly['months']:,} months", numbers.MISSING, _bp(monthly["median_bp"], 1), numbers.MISSING,
            f"{_bp(monthly['max_bp'])} ({monthly['max_month']})", numbers.MISSING, numbers.MISSING, numbers.MISSING,
            Status("ok" if monthly["agrees"] else "warning"),
        ))  # fmt: skip
    numeric = ("Common days", "Median", "99%", "Largest", "Median by week", "99% by week", "Correlation")
    heads = columns("Second series", "Over", *numeric[:6], "Correlation", "Agrees", numeric=numeric)
    note = (
        "Absolute differences of level in basis points; correlation of returns. Levels are judged by week where the hours of day "
        "differ, since two prices of one day taken hours apart differ though neither is wrong; months against the shipped averages."
    )
    return Table("Agreement of independent sources", heads, tuple(rows), note)


def premium(summary: pd.DataFrame) -> Table:
    """Premium of each token over gold on aligned days, from `prices.premium_summary`."""
    names = ("mean", "median", "sd", "low", "high", "min", "max")
    rows = tuple(
        (
            str(row.token),
            f"{row.days:,}",
            *(numbers.basis_points(getattr(row, name)) for name in names),
            _figure(row.autocorrelation),
        )
        for row in summary.itertuples(index=False)
    )
    words = ("Days", "Mean", "Median", "Std. dev.", "1%", "99%", "Lowest", "Highest", "Autocorrelation")
    return Table("Premium of tokens over gold, days both are quoted", columns("Token", *words, numeric=words), rows)


def flows(table: pd.DataFrame) -> Table:
    """Range, last quantity, largest falls and flagged changes of each product."""
    rows = []
    for product, group in table.groupby("product", sort=False):
        clean = group.loc[group["flag"] == "", "change_share"]
        flagged = group.loc[~group["flag"].isin(["", "first"]), "flag"].value_counts()
        peak = group["quantity"].cummax()
        rows.append((
            str(product), f"{group['date'].iloc[0]:%Y-%m-%d}", f"{group['date'].iloc[-1]:%Y-%m-%d}",
            f"{group['quantity'].iloc[-1]:,.0f} {group['unit'].iloc[0]}", numbers.percent(clean.min()), numbers.percent((group["quantity"] / peak - 1).min()),
            numbers.joined([f"{count} {flag}" for flag, count in flagged.items()]) or "none",
        ))  # fmt: skip
    numeric = ("Last", "Largest fall of a row", "Deepest fall from a peak")
    return Table(
        "Quantities outstanding", columns("Product", "From", "To", *numeric, "Flagged", numeric=numeric), tuple(rows)
    )


def _bp(value: float | None, decimals: int = 0) -> str:
    return numbers.MISSING if numbers.is_missing(value) else f"{numbers.plain(value, decimals)} bp"


def _span(card: Mapping[str, Any]) -> str:
    start, end = (str(card.get(key) or "") for key in ("start", "end"))
    return f"{start} to {end}" if start and end else start or end
