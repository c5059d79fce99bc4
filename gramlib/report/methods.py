"""The methods appendix of the report: the issuer's day as formulas, read from MODEL.md, the one place where they stand.

Of a step the first sentence and the formulas are shown; the extensions and the laws of the random drivers are folded.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape
from pathlib import Path

import gramlib
from gramlib.errors import ArtefactError
from gramlib.report.blocks import Block
from gramlib.report.mathml import formula, markdown_html

MODEL_PAGE = Path(gramlib.__file__).parent / "simulation" / "MODEL.md"

_SYMBOLS = re.compile(r"^## 2\. [^\n]*\n\n(.*?)\n```", re.MULTILINE | re.DOTALL)
_STEP = re.compile(r"^(?P<id>E\d+)\. \*\*(?P<name>[^*]+)\.\*\* (?P<line>[^\n]+)\n(?P<rest>(?:(?!^E\d+\. |^## )[^\n]*\n)*)", re.MULTILINE)  # fmt: skip
_LATEX = re.compile(r"^```math\n(.*?)\n```", re.MULTILINE | re.DOTALL)
_FOLDED = {
    "The extensions, each off unless the issuer's file switches it on": re.compile(
        r"^## 8\..*?\n\n(?P<text>\* .*?)\n\n", re.MULTILINE | re.DOTALL
    ),
    "The laws of the random drivers ([V]: read in a public source)": re.compile(
        r"^### Random drivers.*?\n\n(?P<text>\| .*?)\n\n", re.MULTILINE | re.DOTALL
    ),
    "The variant pegged to the dollar": re.compile(
        r"^\*\*USD-pegged variant\.\*\* (?P<text>.*?)\n\n", re.MULTILINE | re.DOTALL
    ),
}


@dataclass(frozen=True)
class Step:
    """One step of the issuer's day: E1 to E11, its name, one sentence, and its formulas in LaTeX."""

    id: str
    name: str
    line: str
    formulas: tuple[str, ...]


def steps(page: str) -> list[Step]:
    """The steps of the text of MODEL.md, in its order."""
    return [
        Step(found["id"], found["name"], found["line"], tuple(_LATEX.findall(found["rest"])))
        for found in _STEP.finditer(page)
    ]


def methods_block(model_page: Path = MODEL_PAGE) -> Block:
    """Symbols, the steps with their formulas, and, folded, the extensions and drivers."""
    page = model_page.read_text(encoding="utf-8")
    listed = steps(page)
    if not listed:
        raise ArtefactError(
            "no step of the issuer's day found", expected='lines such as "E1. **Price.** ..."', origin=str(model_page)
        )
    symbols = _found(_SYMBOLS, page, model_page, "symbols under heading 2")[1]
    shown = "".join(map(_step_html, listed))
    folded = "".join(
        f"<details><summary>{escape(summary)}</summary>"
        f"{markdown_html(_found(pattern, page, model_page, summary)['text'], tables=summary)}</details>"
        for summary, pattern in _FOLDED.items()
    )
    html = f'<div class="methods">{markdown_html(symbols)}<ol class="steps">{shown}</ol>{folded}</div>'
    return Block(html, "\n".join([symbols, *(f"{step.id} {step.name}: {step.line}" for step in listed)]))


def _step_html(step: Step) -> str:
    line = markdown_html(f"**{step.id} {step.name}.** {step.line}")
    formulas = "".join(formula(latex, f"{step.id}, formula {n}") for n, latex in enumerate(step.formulas, 1))
    return f'<li id="step-{step.id.lower()}">{line}{formulas}</li>'


def _found(pattern: re.Pattern[str], page: str, path: Path, what: str) -> re.Match[str]:
    match = pattern.search(page)
    if match is None:
        raise ArtefactError(f"{what}: not found", expected="the headings that methods.py reads", origin=str(path))
    return match
