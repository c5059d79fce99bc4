"""One table as HTML a screen reader can walk: caption, scoped headers, units, right-aligned numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from html import escape

from gramlib.report.page import safe_link
from gramlib.report.vocabulary import STATUS_TONE, STATUS_WORDS, spaced


@dataclass(frozen=True)
class Status:
    """A cell shown as colour, symbol and word together."""

    key: str

    def html(self) -> str:
        """The status as a badge."""
        symbol, word = STATUS_WORDS.get(self.key, ("\N{BULLET}", spaced(self.key)))
        tone = STATUS_TONE.get(self.key, "none")
        return f'<span class="status {tone}"><span aria-hidden="true">{symbol}</span> {escape(word)}</span>'

    def __str__(self) -> str:
        return STATUS_WORDS.get(self.key, ("", spaced(self.key)))[1]


@dataclass(frozen=True)
class Link:
    """A cell that leads to another page of the same folder; `target` is relative, and dropped where it is not."""

    text: str
    target: str

    def html(self) -> str:
        """The link, or its text alone."""
        target = safe_link(self.target)
        return f'<a href="{escape(target, quote=True)}">{escape(self.text)}</a>' if target else escape(self.text)

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True)
class Heading:
    """A column's heading; `numeric` aligns it right."""

    text: str
    unit: str = ""
    numeric: bool = False

    def html(self) -> str:
        """The header cell."""
        unit = f' <span class="unit">[{escape(self.unit)}]</span>' if self.unit else ""
        return f'<th scope="col"{_NUMERIC if self.numeric else _TEXT}>{escape(self.text)}{unit}</th>'


# the style is repeated inline, so that the alignment holds in JupyterLab, which has no sheet of ours
_NUMERIC = ' class="num" style="text-align:right"'
_TEXT = ' style="text-align:left"'
_SHORT = ' style="text-align:left;white-space:nowrap"'
_LONGEST_UNBROKEN = 12
"""Dates and single words are not broken over lines [characters]."""

Cell = str | Status | Link

_SAID_BY_THE_SHEET = ((_NUMERIC, ' class="num"'), (_SHORT, ' class="short"'), (_TEXT, ""))


def without_inline_styles(html: str) -> str:
    """Tables inside `html` for a page that has our style sheet: what every cell would repeat is a tenth of a report."""
    for inline, from_the_sheet in _SAID_BY_THE_SHEET:
        html = html.replace(inline, from_the_sheet)
    return html


@dataclass(frozen=True)
class Table:
    """Rows of finished strings under headings; the first cell of a row names the row.

    `note` is printed below; a `folded` table opens on demand. `_repr_html_` and `repr` make it an output of a notebook cell.
    """

    caption: str
    headings: tuple[Heading, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""
    folded: bool = False

    def __post_init__(self) -> None:
        for row in self.rows:
            if len(row) != len(self.headings):
                raise ValueError(
                    f"table {self.caption!r}: a row of {len(row)} cells under {len(self.headings)} headings"
                )

    def opening(self, most_rows: int) -> Table:
        """The table's first `most_rows` rows, and a note that these are not all; for one whose download has them all."""
        if len(self.rows) <= most_rows:
            return self
        cut = f"The first {most_rows} of {len(self.rows):,} rows; the download holds all."
        return replace(self, rows=self.rows[:most_rows], note=f"{self.note} {cut}".strip())

    def _repr_html_(self) -> str:
        head = "".join(heading.html() for heading in self.headings)
        body = "\n".join(f"<tr>{self._row(row)}</tr>" for row in self.rows)
        if not self.rows:
            body = f'<tr><td colspan="{len(self.headings)}">none</td></tr>'
        note = f'<p class="note">{escape(self.note)}</p>' if self.note else ""
        shown = (
            f'<div class="table-scroll" role="region" tabindex="0" aria-label="{escape(self.caption, quote=True)}">'
            f"<table><caption>{escape(self.caption)}</caption><thead><tr>{head}</tr></thead>\n<tbody>{body}</tbody></table></div>{note}"
        )
        if not self.folded:
            return shown
        return f"<details><summary>{escape(self.caption)} ({len(self.rows)} rows)</summary>{shown}</details>"

    def _row(self, row: Sequence[Cell]) -> str:
        cells = []
        for index, (cell, heading) in enumerate(zip(row, self.headings, strict=True)):
            content = cell.html() if isinstance(cell, Status | Link) else escape(str(cell))
            align = _NUMERIC if heading.numeric else _SHORT if len(str(cell)) <= _LONGEST_UNBROKEN else _TEXT
            cells.append(f'<th scope="row"{align}>{content}</th>' if index == 0 else f"<td{align}>{content}</td>")
        return "".join(cells)

    def __repr__(self) -> str:
        lines = [self.caption, " | ".join(h.text + (f" [{h.unit}]" if h.unit else "") for h in self.headings)]
        lines += [" | ".join(str(cell) for cell in row) for row in self.rows]
        return "\n".join([*lines, self.note] if self.note else lines)


@dataclass(frozen=True)
class Tables:
    """Several tables shown one after the other."""

    parts: tuple[Table, ...]

    def opening(self, most_rows: int) -> Tables:
        """Each part's first `most_rows` rows."""
        return Tables(tuple(part.opening(most_rows) for part in self.parts))

    def _repr_html_(self) -> str:
        return "\n".join(part._repr_html_() for part in self.parts)

    def __repr__(self) -> str:
        return "\n\n".join(map(repr, self.parts))
