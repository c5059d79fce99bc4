"""What every table of the pages shares."""

from __future__ import annotations

from collections.abc import Iterable

from gramlib.report.html_table import Heading

NO_EVIDENCE = "Grade D data: mechanics only, not evidence."


def columns(*texts: str, numeric: Iterable[str] = ()) -> tuple[Heading, ...]:
    """Headings without units; those named in `numeric` are aligned right."""
    right = set(numeric)
    return tuple(Heading(text, "", text in right) for text in texts)
