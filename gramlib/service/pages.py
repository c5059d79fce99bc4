"""What the service's own pages share: the look of the report, where they lead, and the policy of a page with a script."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from pathlib import Path

from flask import Response

from gramlib.errors import GramError
from gramlib.report.page import document
from gramlib.service.headers import page_policy

_NO_REFERRER, _OWN_REFERRER = (
    f'<meta name="referrer" content="{policy}">' for policy in ("no-referrer", "same-origin")
)
_STYLE = Path(__file__).with_name("pages.css")


@dataclass(frozen=True)
class Sheet:
    """A page to be: finished HTML in `body`, plain text elsewhere. `script` is our own; `refresh_s` loads it again."""

    title: str
    body: str
    banner: str = ""
    eyebrow: str = ""
    script: str = ""
    refresh_s: int = 0


def sent(sheet: Sheet, status: int = 200) -> Response:
    """The page as a response; it states its own policy where it has a script."""
    html = document(
        sheet.title, sheet.body, banner=sheet.banner, eyebrow=sheet.eyebrow, script=sheet.script,
        extra_style=_STYLE.read_text(encoding="utf-8"),
    )  # fmt: skip
    # Without a referrer of its own a browser sends a form with the origin "null", which is refused as another site's.
    html = html.replace(_NO_REFERRER, _OWN_REFERRER)
    headers = {"Content-Security-Policy": page_policy(html), "Referrer-Policy": "same-origin"}
    if sheet.refresh_s:
        headers["Refresh"] = str(sheet.refresh_s)
    return Response(html, status=status, content_type="text/html; charset=utf-8", headers=headers)


def links(run_id: str = "") -> str:
    """Where a page leads; with a run, to its report."""
    targets = [("All runs", "/"), ("Start a run", "/start"), ("What if?", "/what-if")]
    if run_id:
        targets.insert(1, ("Report of this run", f"/{run_id}/report.html"))
    items = "".join(f'<li><a href="{escape(target, quote=True)}">{escape(text)}</a></li>' for text, target in targets)
    return f'<nav aria-label="Pages"><ul class="run-nav">{items}</ul></nav>'


def alert(error: GramError) -> str:
    """What was refused, in the words of the command line."""
    lines = "<br>".join(escape(line) for line in error.message().splitlines())
    return f'<div class="alert" role="alert"><p>{lines}</p></div>'
