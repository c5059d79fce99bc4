"""The tables of a sweep's page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from gramlib.report import numbers
from gramlib.report.html_table import Cell, Heading, Link, Status, Table
from gramlib.report.sweep_page_wording import (
    LEADING,
    figure_name,
    figure_text,
    interval_text,
    setting_meaning,
    setting_name,
    setting_text,
)
from gramlib.sensitivity.main_effects import Effect

COMPARED = (
    "chance_any", "chance_F2", "chance_F7", "chance_F3", "chance_F4", "es_nonprice_loss", "end_equity_q05",
    "smallest_price_fall_queue", "smallest_custody_loss_F2",
)  # fmt: skip
MOST_WORST = 10


def what_varies(members: Sequence[Mapping[str, Any]]) -> Table:
    """Each setting with what it means and the values it takes."""
    keys = list(dict.fromkeys(key for member in members for key in member["settings"]))
    rows = []
    for key in keys:
        values = list({repr(member["settings"].get(key)): member["settings"].get(key) for member in members}.values())
        plain = [value for value in values if isinstance(value, int | float) and not isinstance(value, bool)]
        told = ", ".join(setting_text(key, value) for value in values)
        if len(values) > 8 and len(plain) == len(values):
            told = f"{len(values)} values from {setting_text(key, min(plain))} to {setting_text(key, max(plain))}"
        rows.append((setting_name(key), key, setting_meaning(key), told))
    headings = (Heading("Setting"), Heading("Key"), Heading("Meaning"), Heading("Values"))
    return Table("What varies", headings, tuple(rows))


def effects_table(effects: Mapping[str, tuple[list[Effect], float]], *, complete: bool) -> Table:
    """Share of the differences in each figure that goes with each setting alone, and what is left.

    Where members are missing the settings are no longer independent of each other, which the note then says.
    """
    names = [name for name, (found, _) in effects.items() if found]
    keys = list(dict.fromkeys(effect.key for name in names for effect in effects[name][0]))
    rows: list[tuple[Cell, ...]] = []
    for key in keys:
        cells = []
        for name in names:
            one = next((effect for effect in effects[name][0] if effect.key == key), None)
            cells.append("0%" if one is None else f"{numbers.percent(one.share)} ({_ordinal(one.rank)})")
        rows.append((setting_name(key), *cells))
    rows.append(("left over: combinations", *(numbers.percent(effects[name][1]) for name in names)))
    still = [figure_name(name) for name, (found, _) in effects.items() if not found]
    note = (
        "Share of the variance of the members' ranks that goes with a setting alone, and its place. What is left over is the "
        "settings' interaction, in a hypercube also an effect that rises and falls again. With few members a share is partly chance."
    )
    if not complete:
        note += " Members are missing: settings then overlap, and shares may add up to more than all."
    note += f" The same in every member: {numbers.joined(still)}." if still else ""
    headings = (Heading("Setting"), *(Heading(figure_name(name), numeric=True) for name in names))
    return Table("Which settings move which figures", headings, tuple(rows), note)


def _ordinal(place: int) -> str:
    return f"{place}{'th' if 10 <= place % 100 <= 20 else {1: 'st', 2: 'nd', 3: 'rd'}.get(place % 10, 'th')}"


def worst_members(succeeded: Sequence[Mapping[str, Any]]) -> Table:
    """The members with the highest chance of any failure, with their pages."""
    ranked = sorted(succeeded, key=lambda member: (-float(member["figures"][LEADING]["value"]), member["index"]))
    return _ranked(f"The {min(MOST_WORST, len(ranked))} worst by their chance of any failure", ranked[:MOST_WORST])


def _ranked(caption: str, members: Sequence[Mapping[str, Any]], *, folded: bool = False) -> Table:
    """Members under the headings, the verdict left out where nobody judged."""
    width = len(_HEADINGS) if any(member["verdict"] for member in members) else len(_HEADINGS) - 1
    return Table(caption, _HEADINGS[:width], tuple(_row(member)[:width] for member in members), folded=folded)


_HEADINGS = (
    Heading("Member"), Heading("Settings"), Heading("Any failure", numeric=True), Heading("Interval"),
    Heading("Insolvency (F2)", numeric=True), Heading("Own funds, one in twenty", numeric=True), Heading("Verdict"),
)  # fmt: skip


def _row(member: Mapping[str, Any]) -> tuple[Cell, ...]:
    figures = member["figures"]
    status = member["verdict"].get("status", "")
    return (
        _linked(member),
        ", ".join(f"{setting_name(key)} {setting_text(key, value)}" for key, value in member["settings"].items()),
        figure_text(figures.get(LEADING)),
        interval_text(figures.get(LEADING)),
        figure_text(figures.get("chance_F2")),
        figure_text(figures.get("end_equity_q05")),
        Status(status) if status else "not judged",
    )


def _linked(member: Mapping[str, Any]) -> Cell:
    for name in ("report", "analyse", "predict"):
        if name in member["links"]:
            return Link(member["id"], member["links"][name])
    return str(member["id"])


def all_members(succeeded: Sequence[Mapping[str, Any]]) -> Table:
    """Every member that succeeded, in the order of the sweep."""
    return _ranked("Every member", succeeded, folded=True)


def failed_members(failed: Sequence[Mapping[str, Any]]) -> Table:
    """Members that failed, with the reason."""
    rows = tuple(
        (
            Link(member["id"], member["links"]["failed notebook"])
            if "failed notebook" in member["links"]
            else str(member["id"]),
            ", ".join(f"{setting_name(key)} {setting_text(key, value)}" for key, value in member["settings"].items()),
            " ".join(member["reason"].splitlines()),
        )
        for member in failed
    )
    return Table("Members that failed", (Heading("Member"), Heading("Settings"), Heading("Reason")), rows)


def verdict_counts(succeeded: Sequence[Mapping[str, Any]]) -> Table | None:
    """How many members end with which verdict; None where no member was judged."""
    judged = [member["verdict"] for member in succeeded if member["verdict"].get("status")]
    if not judged:
        return None
    rows: list[tuple[Cell, ...]] = []
    for status in ("fail", "watch", "pass"):
        some = [verdict for verdict in judged if verdict["status"] == status]
        if some:
            fewest, most = min(one["failed"] for one in some), max(one["failed"] for one in some)
            told = f"{fewest} to {most} of {some[0]['of']}" if fewest != most else f"{fewest} of {some[0]['of']}"
            rows.append((Status(status), str(len(some)), told))
    headings = (Heading("Verdict"), Heading("Members", numeric=True), Heading("Deciding requirements they fail"))
    return Table("Verdicts", headings, tuple(rows))
