"""reports/index.html: every run with its verdict, the failed ones with their reason.

Standard library only; see `page`. Whatever a run says about itself is escaped here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from html import escape
from typing import Any

from gramlib.report.page import document, links_in_order
from gramlib.report.vocabulary import STATUS_TONE, STATUS_WORDS, spaced

_MOST_FIGURES = 6


def build_index(runs: Sequence[Mapping[str, Any]]) -> str:
    """The index page of `runs`, newest first.

    Each run has run_id, title, created (ISO text or seconds since 1970), status, reason, verdict_status, verdict_sentence,
    headlines (as in report.json), grade, label and links (text -> path relative to the index); all but run_id may be absent.
    """
    ordered = sorted(runs, key=lambda run: (_moment(run.get("created")), str(run["run_id"])), reverse=True)
    if not ordered:
        return document(
            "Gram stress tests", "<p>No runs yet. <code>gram run params/baseline.yaml</code> makes the first.</p>"
        )
    failed = sum(STATUS_TONE.get(str(run.get("status") or ""), "") == "fail" for run in ordered)
    noun = "run" if len(ordered) == 1 else "runs"
    summary = f"<p>{len(ordered)} {noun}, newest first; {f'{failed} did not finish' if failed else 'all finished'}.</p>"
    return document("Gram stress tests", "\n".join([summary, *map(_entry, ordered)]), eyebrow="All runs in this folder")


def _badge(key: str, prefix: str = "") -> str:
    symbol, word = STATUS_WORDS.get(key, ("\N{BULLET}", spaced(key)))
    tone = STATUS_TONE.get(key, "none")
    return f'<span class="status {tone}"><span aria-hidden="true">{symbol}</span> {escape(prefix + word)}</span>'


def _text(run: Mapping[str, Any], key: str) -> str:
    return escape(str(run.get(key) or ""))


def _moment(created: object) -> str:
    """When a run was made, in UTC, as text that sorts by time."""
    if isinstance(created, (int, float)):
        return f"{datetime.fromtimestamp(created, UTC):%Y-%m-%d %H:%M} UTC"
    return str(created or "").replace("T", " ")


def _entry(run: Mapping[str, Any]) -> str:
    status = str(run.get("status") or "")
    verdict = str(run.get("verdict_status") or "")
    tone = STATUS_TONE.get(verdict or status, "none")
    badges = [_badge(verdict, "verdict: ")] if verdict else []
    if status and status != "succeeded":
        badges.append(_badge(status, "run: "))
    facts = [
        escape(_moment(run.get("created"))),
        _text(run, "title"),
        f"data grade {_text(run, 'grade')}" if run.get("grade") else "",
    ]
    label = f" ({_text(run, 'label')})" if run.get("label") else ""
    parts = [
        f"<h2>{escape(str(run['run_id']))}</h2>",
        f'<p class="eyebrow">{" · ".join(fact for fact in facts if fact)}{label}</p>',
        f"<p>{' '.join(badges)}</p>" if badges else "",
        f"<p>{_text(run, 'verdict_sentence')}</p>" if run.get("verdict_sentence") else "",
        f'<p class="reason"><strong>Reason:</strong> {_text(run, "reason")}</p>' if run.get("reason") else "",
        _figures(run.get("headlines") or []),
        _links(run.get("links") or {}),
    ]
    return f'<article class="run {tone}">{"".join(parts)}</article>'


def _figures(headlines: Sequence[Mapping[str, Any]]) -> str:
    rows = [
        f"<div><dt>{escape(str(figure.get('label', '')))}</dt><dd>{escape(str(figure.get('text', '')))} "
        f"{_badge(str(figure['status'])) if figure.get('status') else ''}</dd></div>"
        for figure in headlines[:_MOST_FIGURES]
    ]
    return f"<dl>{''.join(rows)}</dl>" if rows else ""


def _links(links: Mapping[str, str]) -> str:
    items = [f'<li><a href="{escape(target)}">{escape(text)}</a></li>' for text, target in links_in_order(dict(links))]
    return f'<ul class="run-nav">{"".join(items)}</ul>' if items else ""
