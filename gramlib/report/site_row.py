"""One run as a row of the index. Whatever a run says about itself is escaped here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from typing import Any

from gramlib.report.page import links_in_order
from gramlib.report.vocabulary import SEVERITY, STATUS_TONE, STATUS_WORDS, spaced

SHORT_NAMES = {
    "chance-out-of-cash": "Chance out of cash",
    "chance-late-redemption": "Chance of late redemption",
    "chance-insolvency": "Chance of insolvency",
    "smallest-price-fall": "Fall that forms a queue",
    "smallest-custody-loss": "Custody loss that ruins it",
    "listed-scenarios": "Scenarios failed",
}
"""Heading of a key figure's column; a figure without an entry goes under its own label."""
_LONGEST_REASON = 280
_SHOWN_SETTINGS = 2
UNFINISHED = -1
"""Where a run without a verdict stands when sorted by verdict."""


@dataclass(frozen=True)
class Column:
    """One key figure over all runs."""

    key: str
    heading: str


def badge(key: str, prefix: str = "") -> str:
    """A status as colour, symbol and word."""
    symbol, word = STATUS_WORDS.get(key, ("\N{BULLET}", spaced(key)))
    tone = STATUS_TONE.get(key, "none")
    return f'<span class="status {tone}"><span aria-hidden="true">{symbol}</span> {escape(prefix + word)}</span>'


def moment(created: object) -> str:
    """When a run was made, in UTC, as text that sorts by time."""
    if isinstance(created, int | float):
        return f"{datetime.fromtimestamp(created, UTC):%Y-%m-%d %H:%M} UTC"
    return str(created or "").replace("T", " ")


def figures_of(run: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """Headline figures of a run by id (by label where a report names none)."""
    found = run.get("headlines") or []
    return {str(f.get("id") or f.get("label", "")): f for f in found if isinstance(f, Mapping)}


def state(run: Mapping[str, Any]) -> str:
    """What the filter goes by: the verdict, or how a run stands that has none."""
    status = str(run.get("status") or "")
    if status in {"", "succeeded"}:
        return str(run.get("verdict_status") or "no verdict")
    return "unfinished"


def row(run: Mapping[str, Any], columns: Sequence[Column], sparks: Mapping[str, str]) -> str:
    """The `<tr>` of `run`; `sparks` holds finished SVG by figure."""
    figures, made = figures_of(run), moment(run.get("created"))
    day, _, time = escape(made).partition(" ")
    cells = [
        _cell("td", "Made", made, f"<span>{day}</span> <span>{time}</span>", "made"),
        _cell("th", "Run", str(run["run_id"]), _run(run), "name"),
        _cell("td", "Verdict", _severity(run), _verdict(run), "says"),
        *(_figure(column, figures.get(column.key), sparks.get(column.key, "")) for column in columns),
        _cell("td", "Data grade", str(run.get("grade") or ""), escape(str(run.get("grade") or "–")), "data"),
    ]
    return f'<tr role="row" data-state="{escape(state(run))}">{"".join(cells)}</tr>'


def _cell(tag: str, heading: str, key: object, content: str, kind: str) -> str:
    role = 'role="rowheader" scope="row"' if tag == "th" else 'role="cell"'
    return f'<{tag} {role} class="{kind}" data-of="{escape(heading)}" data-v="{escape(str(key))}">{content}</{tag}>'


def _severity(run: Mapping[str, Any]) -> int:
    return SEVERITY.get(str(run.get("verdict_status") or ""), UNFINISHED)


def _run(run: Mapping[str, Any]) -> str:
    links = dict(run.get("links") or {})
    report = links_in_order({"report": links.pop("report", "")})
    name = escape(str(run["run_id"]))
    parts = [
        f'<a class="run-name" href="{escape(report[0][1])}">{name}</a>'
        if report
        else f'<span class="run-name">{name}</span>',
        f'<span class="title">{escape(str(run.get("title") or ""))}</span>',
        _settings(run.get("settings")),
        f'<span class="label">data: {escape(str(run["label"]))}</span>' if run.get("label") else "",
        _links({text: target for text, target in links.items() if text not in _TROUBLE}, "pages"),
    ]
    return "".join(parts)


_TROUBLE = ("what happened", "failed notebook")


def _settings(settings: Sequence[str] | None) -> str:
    """The parameters that set a run apart; None: its record cannot be read, so nothing is said."""
    if settings is None:
        return ""
    if not settings:
        return '<span class="settings">as the baseline</span>'
    shown = "; ".join(settings[:_SHOWN_SETTINGS])
    rest = settings[_SHOWN_SETTINGS:]
    if not rest:
        return f'<span class="settings">{escape(shown)}</span>'
    items = "".join(f"<li>{escape(setting)}</li>" for setting in rest)
    return (
        f'<span class="settings">{escape(shown)}</span>'
        f"<details><summary>{len(rest)} more setting{'s' if len(rest) > 1 else ''}</summary><ul>{items}</ul></details>"
    )


def _links(links: Mapping[str, str], kind: str) -> str:
    items = [f'<a href="{escape(target)}">{escape(text)}</a>' for text, target in links_in_order(dict(links))]
    return f'<span class="{kind}">{" ".join(items)}</span>' if items else ""


def _verdict(run: Mapping[str, Any]) -> str:
    status, verdict = str(run.get("status") or ""), str(run.get("verdict_status") or "")
    links = {text: target for text, target in (run.get("links") or {}).items() if text in _TROUBLE}
    reason = str(run.get("reason") or "").strip().partition("\n")[0]
    parts = [badge(verdict, "verdict: ")] if verdict else []
    if status not in {"", "succeeded"}:
        parts.append(badge(status, "run: "))
    if run.get("verdict_sentence"):
        sentence = str(run["verdict_sentence"]).removesuffix(str(run.get("verdict_caveat") or "")).strip()
        parts.append(f'<span class="sentence">{escape(sentence)}</span>')
    if reason:
        short = reason if len(reason) <= _LONGEST_REASON else f"{reason[: _LONGEST_REASON - 1]}…"
        parts.append(f'<span class="reason"><strong>Reason:</strong> {escape(short)}</span>')
    parts.append(_links({text: links[text] for text in _TROUBLE if text in links}, "trouble"))
    return " ".join(filter(None, parts))


def _figure(column: Column, figure: Mapping[str, Any] | None, spark: str) -> str:
    if figure is None:
        return _cell("td", column.heading, "", '<span class="none">–</span>', "figure absent")
    value = figure.get("value")
    status = str(figure.get("status") or "")
    content = f"<strong>{escape(str(figure.get('text', '')))}</strong>{' ' + badge(status) if status else ''}{spark}"
    return _cell("td", column.heading, "" if value is None else value, content, "figure")
