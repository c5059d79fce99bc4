"""A chart as readers get it: takeaway sentence, picture with a text alternative, and the numbers behind it."""

from __future__ import annotations

import base64
import os
import re
import tempfile
from dataclasses import dataclass
from html import escape
from pathlib import Path

import pandas as pd
from matplotlib.figure import Figure as Canvas

from gramlib.report.html_table import Table, Tables
from gramlib.report.theme import png_bytes, svg_bytes

_ESCAPED = {ord(letter): f"%{ord(letter):02X}" for letter in '%#"&<>\n\r\t {}|^`[]\\'}
"""What ends a URI or an attribute, would be read as something else, or is no character of a URI."""

_SCROLLS = "Chart; scrolls sideways where the window is narrow"

PICTURES = "GRAM_PICTURES"
"""Environment variable: `none` leaves pictures out, their numbers and words stay; for the hundreds of notebooks of a sweep."""

MOST_ROWS = 30
"""Rows of a table that has a download beside it."""


def slug(text: str) -> str:
    """`text` as an HTML id: lower case letters, digits and hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-") or "x"


def in_uri(text: str) -> str:
    """`text` inside a data: URI inside an HTML attribute: a third shorter than base64, and readable."""
    return text.translate(_ESCAPED)


@dataclass(frozen=True)
class Figure:
    """One finished chart.

    `name` becomes the HTML id and the CSV's file name; `headline` is the sentence above the picture, `alt` the
    text for those who cannot see it, `image` SVG or PNG bytes, `table` the numbers behind it, `csv` the same
    for download, empty when the data behind the chart may not be passed on.
    """

    name: str
    headline: str
    alt: str
    image: bytes
    media: str
    width_px: int
    table: Table | Tables
    csv: str = ""

    @property
    def id(self) -> str:
        """The HTML id."""
        return f"fig-{slug(self.name)}"

    def data_uri(self) -> str:
        """The picture as a data: URI. Inside an img, its inner ids cannot clash with another chart's."""
        if self.media == "image/svg+xml":
            return f"data:{self.media},{in_uri(self.image.decode('ascii'))}"
        return f"data:{self.media};base64,{base64.b64encode(self.image).decode('ascii')}"

    def _repr_html_(self) -> str:
        caption_id = f"{self.id}-caption"
        picture = (
            f'<div class="chart" role="group" tabindex="0" aria-label="{_SCROLLS}"><img src="{self.data_uri()}" alt="{escape(self.alt, quote=True)}" width="{self.width_px}"'
            ' style="height:auto;background:#fff"></div>'
            if self.image
            else f"<p>{escape(self.alt)}</p>"
        )
        return (
            f'<div class="exhibit"><figure id="{self.id}" aria-labelledby="{caption_id}" style="margin:0">'
            f'<figcaption id="{caption_id}">{escape(self.headline)}</figcaption>'
            f"{picture}</figure>"
            f"<details><summary>Data behind this chart</summary>{self.table._repr_html_()}{self._download()}</details></div>"
        )

    def _download(self) -> str:
        if not self.csv:
            return ""
        name = f"{slug(self.name)}.csv"
        return (
            f'<p class="download"><a download="{name}" href="data:text/csv;charset=utf-8,{in_uri(self.csv)}">'
            f"Download {name}</a></p>"
        )

    def __repr__(self) -> str:
        return f"{self.headline}\n[{self.alt}]"

    def save(self, path: Path | str) -> None:
        """Write the picture alone to `path`, whole or not at all; the suffix must match its kind."""
        target = Path(path)
        suffix = {"image/svg+xml": ".svg", "image/png": ".png"}[self.media]
        if target.suffix != suffix:
            raise ValueError(f"figure {self.name} is {self.media}: save it as {target.with_suffix(suffix).name}")
        write_atomically(target, self.image)


def finish(
    drawing: Canvas, name: str, headline: str, alt: str, table: Table | Tables, csv: str = "", *, dense: bool = False
) -> Figure:
    """Render a drawing: SVG, or PNG when it is `dense` (thousands of points).

    Rows that the download has are not all printed a second time: a long table shows how it begins.
    """
    image = b"" if os.environ.get(PICTURES) == "none" else png_bytes(drawing) if dense else svg_bytes(drawing)
    media = "image/png" if dense else "image/svg+xml"
    shown = table.opening(MOST_ROWS) if csv else table
    return Figure(name, headline, alt, image, media, round(drawing.get_figwidth() * 100), shown, csv)


def csv_of(frame: pd.DataFrame) -> str:
    """A table as the text of a CSV download, with the digits a chart can show; the run's own files hold all digits."""
    return frame.to_csv(index=False, float_format="%.6g", lineterminator="\n")


def write_atomically(target: Path, content: bytes) -> None:
    """Write `content` beside `target` and rename it in, so that a reader sees the old file or the new one."""
    handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        os.chmod(temporary, 0o644)
        os.replace(temporary, target)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
