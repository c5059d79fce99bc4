"""The pieces of the stakeholder page that are not charts: verdict, headline figures, findings, provenance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from gramlib.report.html_table import Status
from gramlib.report.tables import provenance
from gramlib.report.vocabulary import STATUS_TONE


@dataclass(frozen=True)
class Block:
    """Finished HTML with the same in plain text."""

    html: str
    text: str

    def _repr_html_(self) -> str:
        return self.html

    def __repr__(self) -> str:
        return self.text


def paragraph(text: str) -> Block:
    """One sentence, or a few, where there is nothing to draw."""
    return Block(f"<p>{escape(text)}</p>", text)


def _tone(status: str) -> str:
    return STATUS_TONE.get(status, "none")


def verdict_block(document: Mapping[str, Any]) -> Block:
    """The verdict with its reasons, from a report document."""
    verdict = document["verdict"]
    badge = Status(verdict["status"])
    caveat = verdict.get("caveat", "")
    sentence = verdict["sentence"].removesuffix(caveat).strip()
    warning = f'<p class="caveat">{escape(caveat)}</p>' if caveat else ""
    items = "".join(f"<li>{escape(reason)}</li>" for reason in verdict.get("reasons", []))
    html = (
        f'<section class="verdict {_tone(verdict["status"])}" id="verdict" aria-label="Verdict">{badge.html()}'
        f'<p class="sentence">{escape(sentence)}</p>{warning}{f"<ul>{items}</ul>" if items else ""}'
        f'<p class="as-of">{escape(_as_of(document))}</p></section>'
    )
    told = [f"{str(badge).upper()}: {verdict['sentence']}", *(f"- {r}" for r in verdict.get("reasons", []))]
    return Block(html, "\n".join([*told, _as_of(document)]))


def _as_of(document: Mapping[str, Any]) -> str:
    """Whom and when the verdict is about, as far as the document says it."""
    issuer, data = document.get("issuer", {}), document.get("data", {})
    reason = f" ({data['grade_reason']})" if data.get("grade_reason") and not document["verdict"].get("caveat") else ""
    facts = [
        f"Issuer {issuer['name']}: {issuer['assumed']} of {issuer['values']} values assumed" if issuer.get("name") else "",
        f"gold prices to {data['end']}, data grade {data['grade']}{reason}" if data.get("end") else "",
        f"run {document['run']['run_id']}" if document.get("run", {}).get("run_id") else "",
        f"by {document['author']}" if document.get("author") else "",
    ]  # fmt: skip
    return " · ".join(fact for fact in facts if fact)


def kpi_block(document: Mapping[str, Any]) -> Block:
    """The headline figures as cards: value, interval, limit, status."""
    cards, lines = [], []
    for figure in document["headlines"]:
        limit = f"limit {figure['limit_text']}" if figure["limit_text"] else ""
        details = [part for part in (figure["interval"], figure["detail"], limit) if part]
        badge = Status(figure["status"]).html() if figure["status"] else '<span class="status none">no limit set</span>'
        cards.append(
            f'<li class="kpi {_tone(figure["status"])}" id="figure-{escape(figure["id"], quote=True)}"><p class="label">{escape(figure["label"])}</p>'
            f'<p class="value">{escape(figure["text"])}</p><p class="detail">{"<br>".join(map(escape, details))}</p><div>{badge}</div></li>'
        )
        lines.append(
            f"{figure['label']}: {figure['text']} ({'; '.join([*details, figure['status'] or 'no limit set'])})"
        )
    html = f'<ul class="kpis" aria-label="Headline figures">{"".join(cards)}</ul><p class="note">{_INTERVALS}</p>'
    return Block(html, "\n".join([*lines, _INTERVALS]))


_INTERVALS = (
    "Intervals hold the sampling error of the simulated paths only. What the model and its assumptions may have wrong "
    "is not in them, and is likely to be larger."
)


def findings_block(document: Mapping[str, Any]) -> Block:
    """The findings, each under its own heading with an anchor."""
    html, lines = [], []
    for finding in document["findings"]:
        consequence = (
            f'<p class="so-what"><strong>So what?</strong> {escape(finding["so_what"])}</p>'
            if finding["so_what"]
            else ""
        )
        html.append(
            f'<section class="finding" id="{escape(finding["id"], quote=True)}"><h3>{escape(finding["title"])}</h3>'
            f"<p>{escape(finding['evidence'])}</p>{consequence}</section>"
        )
        lines.append(f"{finding['title']}: {finding['evidence']} {finding['so_what']}".strip())
    return Block("".join(html) or "<p>No findings.</p>", "\n".join(lines))


def provenance_block(run_record: Mapping[str, Any], manifests: Sequence[Mapping[str, Any]]) -> Block:
    """What made this page: run, commit, versions, and per stage its duration and the hashes of what it wrote.

    `run_record` is run.json as a mapping (run_id, created, command, git, versions, lock … as far as they are there);
    `manifests` are stage.json mappings in order.
    """
    facts = [(key.replace("_", " "), _flat(run_record[key])) for key in _FACTS if run_record.get(key)]
    listing = "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in facts)
    table = provenance(manifests)
    html = f'<section id="provenance" aria-label="Provenance"><dl class="facts">{listing}</dl>{table._repr_html_()}</section>'
    return Block(html, "\n".join([*(f"{name}: {value}" for name, value in facts), repr(table)]))


_FACTS = (
    "run_id",
    "title",
    "created",
    "as_of",
    "command",
    "replay_with",
    "git",
    "commit",
    "gramlib",
    "versions",
    "python",
    "lock",
    "lock_sha256",
    "seed",
)


def _flat(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {_flat(inner)}" for key, inner in value.items())
    return ", ".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)
