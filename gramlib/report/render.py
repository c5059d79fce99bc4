"""A notebook as one offline page: no script, no request, readable by people and screen readers alike.

The notebook's own text and HTML outputs are trusted to be ours; strings inside them that came from outside were
escaped where they were put in. Scripts are taken out all the same, and the content policy stops what is left.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from html import escape, unescape
from pathlib import Path
from typing import Any, Literal

import nbformat
from nbconvert import HTMLExporter
from nbformat import NotebookNode

from gramlib.report.figure import slug, write_atomically
from gramlib.report.html_table import without_inline_styles
from gramlib.report.mathml import markdown_html
from gramlib.report.page import CONTENT_POLICY, FOOTER, TEMPLATES, links_in_order, style_sheet

NO_ALT = "Picture without a description; the text beside it says what it shows"

_ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_SCRIPT = re.compile(r"<script\b.*?</script\s*>|<script\b[^>]*/?>", re.IGNORECASE | re.DOTALL)
_HEADING = re.compile(r"<h([1-6])((?:\s[^>]*)?)>(.*?)</h\1>", re.IGNORECASE | re.DOTALL)
_FIRST_TITLE = re.compile(r"\A\s*# (?P<title>[^\n]+)\n?")
_ID = re.compile(r'\bid="([^"]+)"')
_TAG = re.compile(r"<[^>]+>")
_PICTURE = re.compile(r"<img\b(?![^>]*\balt=)", re.IGNORECASE)
_KEPT_TYPES = ["text/html", "text/markdown", "image/svg+xml", "image/png", "text/plain"]


def render_notebook(
    notebook: NotebookNode | Path | str,
    out_path: Path | str,
    *,
    kind: Literal["appendix", "report"] = "appendix",
    title: str = "",
    banner: str = "",
    run_links: dict[str, str] | None = None,
) -> None:
    """Write `notebook` as one HTML page to `out_path`, whole or not at all.

    An "appendix" shows its code in closed details, a "report" has none. `title` is the page's only h1; empty: the
    notebook's first heading, which otherwise stands above it. `banner` warns on top of the page; empty: the notebook's
    metadata `gram.banner`. `run_links` maps link texts to relative targets. A cell that raised is anchored as
    #failed-cell and named on top.
    """
    source = notebook if isinstance(notebook, NotebookNode) else nbformat.read(str(notebook), as_version=4)
    write_atomically(Path(out_path), notebook_html(source, kind, title, banner, run_links or {}).encode("utf-8"))


def notebook_html(notebook: NotebookNode, kind: str, title: str, banner: str, run_links: dict[str, str]) -> str:
    """`notebook` as the text of one HTML page; see `render_notebook`."""
    prepared = copy.deepcopy(notebook)
    own_title = _take_title(prepared)
    prepared.cells = [
        cell for cell in prepared.cells if "papermill-error-cell-tag" not in cell.metadata.get("tags", [])
    ]
    failure = _mark_failure(prepared)
    _clean_outputs(prepared)
    known = dict(prepared.metadata.get("gram", {}))
    page: dict[str, Any] = {
        "title": title or own_title or "Notebook",
        "eyebrow": own_title if title and own_title not in title else "",
        "banner": banner or known.get("banner", ""),
        "links": links_in_order(run_links),
        "failure": failure,
        "show_code": kind == "appendix",
        "css": style_sheet(),
        "csp": CONTENT_POLICY,
        "no_alt": NO_ALT,
        "footer": FOOTER,
    }
    exporter = _exporter()
    html, _ = exporter.from_notebook_node(prepared, resources={"gram": page})
    return _with_headings(_PICTURE.sub(f'<img alt="{NO_ALT}"', html))


class _PlainExporter(HTMLExporter):
    """HTMLExporter without its last pass over the whole page, which this template does not need."""

    def from_notebook_node(self, nb: NotebookNode, resources: dict | None = None, **kw: Any) -> tuple[str, dict]:  # type: ignore[override]
        prepared = self._init_resources(resources)
        self.register_filter("highlight_code", self.filters.get("highlight_code") or _highlighter(self))
        return super(HTMLExporter, self).from_notebook_node(nb, prepared, **kw)


def _highlighter(exporter: HTMLExporter) -> Any:
    from nbconvert.filters.highlight import Highlight2HTML

    return Highlight2HTML(pygments_lexer="python3", parent=exporter)


def _exporter() -> HTMLExporter:
    exporter = _PlainExporter(
        template_name="gram", extra_template_basedirs=[str(TEMPLATES)], exclude_anchor_links=True, preprocessors=[],
    )  # fmt: skip
    exporter.config.NbConvertBase.display_data_priority = _KEPT_TYPES
    exporter.register_filter("markdown_html", markdown_html)
    return exporter


def _take_title(notebook: NotebookNode) -> str:
    """Remove the first heading that opens a cell and return its text."""
    for cell in notebook.cells:
        found = _FIRST_TITLE.match(cell.source) if cell.cell_type == "markdown" else None
        if found:
            cell.source = cell.source[found.end() :]
            return found["title"].strip()
    return ""


def _mark_failure(notebook: NotebookNode) -> str:
    """Anchor the cell that raised; its error as text, empty when none did."""
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if output.output_type == "error":
                cell.metadata["gram_failed"] = True
                return _ANSI.sub("", f"{output.get('ename', '')}: {output.get('evalue', '')}")
    return ""


def _clean_outputs(notebook: NotebookNode) -> None:
    """Take out scripts, types that need them, and ids that were used before."""
    used: set[str] = {"main", "failed-cell", "stages"}
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            for unwanted in [kind for kind in data if kind not in _KEPT_TYPES]:
                del data[unwanted]
            if "text/html" in data:
                text = "".join(data["text/html"]) if isinstance(data["text/html"], list) else data["text/html"]
                data["text/html"] = _with_new_ids(without_inline_styles(_SCRIPT.sub("", text)), used)


def _with_new_ids(html: str, used: set[str]) -> str:
    """`html` with ids that are already `used` numbered on, together with what refers to them."""
    for name in dict.fromkeys(_ID.findall(html)):
        fresh, number = name, 2
        while fresh in used:
            fresh, number = f"{name}-{number}", number + 1
        used.add(fresh)
        if fresh != name:
            html = re.sub(
                rf'(\b(?:id|for|aria-labelledby|aria-describedby)="|href="#){re.escape(name)}"', rf'\g<1>{fresh}"', html
            )
    return html


def _with_headings(html: str) -> str:
    """One h1, no level skipped, every heading reachable, and the list of h2 as contents before the first of them."""
    used = set(_ID.findall(html))
    entries: list[tuple[str, str]] = []
    pieces: list[str] = []
    level_before, end = 0, 0
    for match, level in _levels(html):
        level = max(2, min(level, level_before + 1)) if level_before else 1
        level_before = level
        text = unescape(_TAG.sub("", match[3])).strip()
        own = _ID.search(match[2])
        attributes = match[2]
        if own is None and level > 1:
            anchor, number = slug(text), 2
            while anchor in used:
                anchor, number = f"{slug(text)}-{number}", number + 1
            used.add(anchor)
            attributes += f' id="{anchor}"'
        if level == 2:
            entries.append((text, own[1] if own else anchor))
        pieces += [html[end : match.start()], f"<h{level}{attributes}>{match[3]}</h{level}>"]
        end = match.end()
    return _insert_contents("".join([*pieces, html[end:]]), entries)


def _levels(html: str) -> Iterator[tuple[re.Match[str], int]]:
    for match in _HEADING.finditer(html):
        yield match, int(match[1])


def _insert_contents(html: str, entries: list[tuple[str, str]]) -> str:
    if len(entries) < 3:
        return html
    if 'id="stages"' in html:
        entries = [*entries, ("How it was found, stage by stage", "stages")]
    items = "".join(f'<li><a href="#{escape(anchor)}">{escape(text)}</a></li>' for text, anchor in entries)
    contents = (
        '<nav class="toc" aria-label="On this page"><details open><summary>On this page</summary>'
        f"<ul>{items}</ul></details></nav>\n"
    )
    html = html.replace('<div class="layout">', '<div class="layout with-contents">', 1)
    return html.replace("<h2", f"{contents}<h2", 1)
