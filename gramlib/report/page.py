"""What every page shares: the style sheet, the content policy, and how outside text is made harmless.

Standard library only: the run index is rebuilt at the end of every `gram run`, also of an unchanged one.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import re
from html import escape
from pathlib import Path

TEMPLATES = Path(__file__).with_name("templates")
CONTENT_POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
FOOTER = (
    "Made by the Gram stress-testing workbench. A model's answer to assumptions that are listed in the report; "
    "not investment advice."
)

LONGEST_REPORT_BYTES = 2_000_000
"""A report is mailed and opened on telephones."""

_SAFE_LINK = re.compile(r"^(?![a-z][a-z0-9+.-]*:|//)[^\s<>\"']+$", re.IGNORECASE)


@functools.cache
def style_sheet() -> str:
    """The CSS of every page."""
    return (TEMPLATES / "gram" / "gram.css").read_text(encoding="utf-8")


def length_warning(page: Path) -> str:
    """What to say of a report that grew too long, and what shortens it; empty below the limit."""
    size = page.stat().st_size
    if size <= LONGEST_REPORT_BYTES:
        return ""
    return (
        f"{page.name} has {size / 1e6:.2f} MB, more than the {LONGEST_REPORT_BYTES / 1e6:g} MB a report should have: "
        "fewer scenarios (scenarios: [...]) or models (train.models) shorten it"
    )


def safe_link(target: str) -> str:
    """`target` when it is a relative link, else an empty string: a page of a run links to its own folder only."""
    return target if _SAFE_LINK.match(target) else ""


def links_in_order(links: dict[str, str]) -> list[tuple[str, str]]:
    """Named relative links as (text, target), unsafe and empty ones left out."""
    return [(str(text), safe_link(str(target))) for text, target in links.items() if safe_link(str(target or ""))]


def policy_with(script: str) -> str:
    """The content policy of a page that carries `script` and no other; without one, no script runs at all."""
    if not script:
        return CONTENT_POLICY
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return f"{CONTENT_POLICY}; script-src 'sha256-{digest}'"


def document(
    title: str, body: str, *, banner: str = "", eyebrow: str = "", extra_style: str = "", script: str = ""
) -> str:
    """A whole page around finished HTML; `title`, `banner` and `eyebrow` are escaped here.

    `extra_style` follows the style sheet. `script` is our own: the policy lets this very text run and nothing else.
    """
    notice = (
        f'<aside aria-label="About the data"><div class="banner" role="note">{escape(banner)}</div></aside>\n'
        if banner
        else ""
    )
    above = f'<p class="eyebrow">{escape(eyebrow)}</p>\n' if eyebrow else ""
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{escape(policy_with(script))}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="gramlib">
<meta name="referrer" content="no-referrer">
<title>{escape(title)}</title>
<style>
{style_sheet()}{extra_style}</style>
</head>
<body>
<a class="skip" href="#main">Skip to content</a>
{notice}<header class="page-head">
{above}<h1>{escape(title)}</h1>
</header>
<div class="layout"><main id="main">
{body}
</main></div>
<footer class="page-foot"><p>{escape(FOOTER)}</p></footer>
{f"<script>{script}</script>" if script else ""}</body>
</html>
"""
