"""Formulas as MathML, which browsers and screen readers read without a script; and Markdown with formulas as HTML."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape

from latex2mathml.converter import convert
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

_BLOCK = re.compile(r"^[ \t]*```math\n(?P<latex>.*?)\n[ \t]*```[ \t]*$", re.DOTALL | re.MULTILINE)
_WITHIN = re.compile(r"\$(?=\S)(?P<latex>[^$\n]+?)(?<=\S)\$(?!\d)")
"""As GitHub reads it: a dollar before a number, as in prices, opens nothing that another could close."""

_CODE = re.compile(r"```.*?```|`[^`\n]*`", re.DOTALL)
_NAMESPACE = ' xmlns="http://www.w3.org/1998/Math/MathML"'


def formula(latex: str, label: str = "") -> str:
    """`latex` as a line of its own; one with a `label` scrolls by itself where it is wider than the page."""
    region = f' role="region" tabindex="0" aria-label="{escape(label, quote=True)}"' if label else ""
    return f'<div class="formula"{region}>{_mathml(latex, "block")}</div>'


def markdown_html(text: str, *, tables: str = "Table") -> str:
    """Markdown as HTML, with ```math blocks and $formulas$ as MathML; `tables` is what a table's own scroll region is called."""
    formulas: list[str] = []

    def kept(html: str) -> str:
        formulas.append(html)
        return f"gramformula{len(formulas) - 1}kept"

    text = _BLOCK.sub(lambda found: f"\n\n{kept(formula(found['latex']))}\n\n", text)
    pieces, end = [], 0
    for code in _CODE.finditer(text):
        pieces += [_inline(text[end : code.start()], kept), code[0]]
        end = code.end()
    # ids of headings are made where the whole page is known
    renderer = IPythonRenderer(escape=False, exclude_anchor_links=True)
    html = str(MarkdownWithMath(renderer=renderer).render("".join([*pieces, _inline(text[end:], kept)])))
    html = re.sub(r"<p>gramformula(\d+)kept</p>", lambda found: formulas[int(found[1])], html)
    html = re.sub(r"gramformula(\d+)kept", lambda found: formulas[int(found[1])], html)
    opening = f'<div class="table-scroll" role="region" tabindex="0" aria-label="{escape(tables, quote=True)}"><table>'
    return html.replace("<table>", opening).replace("</table>", "</table></div>").replace("<th>", '<th scope="col">')


def _inline(text: str, kept: Callable[[str], str]) -> str:
    return _WITHIN.sub(lambda found: kept(_mathml(found["latex"], "inline")), text)


def _mathml(latex: str, display: str) -> str:
    return convert(latex, display=display).replace(_NAMESPACE, "")
