"""The pieces of the stakeholder page below its first screen that are neither charts nor tables: findings, provenance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from gramlib.report.tables import provenance


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


def findings_block(document: Mapping[str, Any]) -> Block:
    """The findings, each under its own heading with an anchor, what follows, how it moved, and where its evidence stands."""
    compared = document["compared"]
    moves = compared["findings"] if compared is not None and not compared["not_comparable"] else ()
    moved = {
        change["id"]: f"Against {compared['run_id']}: {change['after_text']}, {change['short']}." for change in moves
    }
    html, lines = [], []
    for finding in document["findings"]:
        change = moved.get(finding["id"], "")
        consequence = (
            f'<p class="so-what"><strong>So what?</strong> {escape(finding["so_what"])}</p>'
            if finding["so_what"]
            else ""
        )
        told = f'<p class="change">{escape(change)}</p>' if change else ""
        where = f'<p class="where"><a href="#{escape(finding["anchor"], quote=True)}">Evidence: {escape(finding["section"])}</a></p>'
        html.append(
            f'<section class="finding" id="{escape(finding["id"], quote=True)}"><h3>{escape(finding["title"])}</h3>'
            f"<p>{escape(finding['evidence'])}</p>{consequence}{told}{where}</section>"
        )
        lines.append(" ".join(f"{finding['title']}: {finding['evidence']} {finding['so_what']} {change}".split()))
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
    "plug_ins",
    "seed",
)


def _flat(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {_flat(inner)}" for key, inner in value.items())
    return ", ".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)
