"""What a reader sees before scrolling: the verdict in a sentence, of when and on which data, and the key figures.

A figure is shown as colour, symbol and word, with its limit, its interval and how it moved against the run it is compared with.
"""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

from gramlib.report.blocks import Block
from gramlib.report.html_table import Status
from gramlib.report.vocabulary import STATUS_TONE

INTERVALS = (
    "Intervals hold the sampling error of the simulated paths only. What the model and its assumptions may have wrong "
    "is not in them, and is likely to be larger."
)


def verdict_block(document: Mapping[str, Any]) -> Block:
    """The verdict, its caveat, whom and when it is about, from a report document."""
    verdict = document["verdict"]
    badge = Status(verdict["status"])
    caveat = verdict["caveat"]
    sentence = verdict["sentence"].removesuffix(caveat).strip()
    warning = f'<p class="caveat">{escape(caveat)}</p>' if caveat else ""
    html = (
        f'<section class="verdict {_tone(verdict["status"])}" id="verdict" aria-label="Verdict">'
        f'<p class="sentence">{badge.html()} {escape(sentence)}</p>'
        f'<p class="missed">{escape(verdict["missed"])} <a href="#why">Why</a></p>{warning}'
        f'<p class="as-of">{escape(_as_of(document))}</p></section>'
    )
    return Block(html, f"{str(badge).upper()}: {verdict['sentence']}\n{verdict['missed']}\n{_as_of(document)}")


def kpi_block(document: Mapping[str, Any]) -> Block:
    """The key figures as cards: value, status, limit, interval, change."""
    moved = _moves(document)
    cards, lines = [], []
    for figure in document["headlines"]:
        limit = f"limit {figure['limit_text']}" if figure["limit_text"] else ""
        details = [part for part in (limit, figure["interval"], figure["detail"]) if part]
        badge = Status(figure["status"]).html() if figure["status"] else '<span class="status none">no limit set</span>'
        change = moved.get(figure["id"], "")
        told = f'<p class="change">{escape(change)}</p>' if change else ""
        cards.append(
            f'<li class="kpi {_tone(figure["status"])}" id="figure-{escape(figure["id"], quote=True)}"><p class="label">{escape(figure["label"])}</p>'
            f'<p class="value">{escape(figure["text"])} {badge}</p>'
            f'<p class="detail">{"<br>".join(map(escape, details))}</p>{told}</li>'
        )
        shown = "; ".join([*details, figure["status"] or "no limit set", *([change] if change else [])])
        lines.append(f"{figure['label']}: {figure['text']} ({shown})")
    note = " ".join([*_against(document), INTERVALS])
    html = f'<ul class="kpis" aria-label="Key figures">{"".join(cards)}</ul><p class="note">{escape(note)}</p>'
    return Block(html, "\n".join([*lines, note]))


def reasons_block(document: Mapping[str, Any]) -> Block:
    """Why the verdict is what it is."""
    reasons = document["verdict"]["reasons"]
    items = "".join(f"<li>{escape(reason)}</li>" for reason in reasons)
    html = f'<ul id="why" class="reasons">{items or "<li>No requirement decides.</li>"}</ul>'
    return Block(html, "\n".join(f"- {reason}" for reason in reasons) or "No requirement decides.")


def _tone(status: str) -> str:
    return STATUS_TONE.get(status, "none")


def _moves(document: Mapping[str, Any]) -> dict[str, str]:
    """How each key figure moved, by id; empty where no run was named or the two answer different questions."""
    compared = document["compared"]
    if compared is None or compared["not_comparable"]:
        return {}
    return {change["id"]: _way(change) + change["short"] for change in compared["figures"]}


def _way(change: Mapping[str, Any]) -> str:
    """Better or worse as symbol and word, for what moved beyond chance; a sign alone does not say which is good."""
    if not change["significant"] or change["better"] is None:
        return ""
    return "\N{NORTH EAST ARROW} better: " if change["better"] else "\N{SOUTH EAST ARROW} worse: "


def _against(document: Mapping[str, Any]) -> list[str]:
    compared = document["compared"]
    if compared is None:
        return []
    named = compared["run_id"] or "another run"
    if compared["not_comparable"]:
        return [f"Not comparable with {named}: {'; '.join(compared['not_comparable'])}."]
    return [f"Changes are against {named}. {compared['verdict']}"]


def _as_of(document: Mapping[str, Any]) -> str:
    """Whom and when the verdict is about."""
    issuer, data = document["issuer"], document["data"]
    reason = f" ({data['grade_reason']})" if data["grade_reason"] and not document["verdict"]["caveat"] else ""
    facts = [
        f"Gold prices to {data['end']}, data grade {data['grade']}{reason}" if data["end"] else "",
        f"issuer {issuer['name']}: {issuer['assumed']} of {issuer['values']} values assumed" if issuer["name"] else "",
        f"run {document['run']['run_id']}" if document["run"].get("run_id") else "",
        f"by {document['author']}" if document["author"] else "",
    ]
    return " · ".join(fact for fact in facts if fact)
