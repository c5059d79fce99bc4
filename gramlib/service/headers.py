"""What every answer says to the browser: run nothing that is not ours, show us in no frame, guess no types."""

from __future__ import annotations

import re

from flask import Response

from gramlib.report.page import CONTENT_POLICY

_API_POLICY = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
PAGE_POLICY = f"{CONTENT_POLICY}; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"

_OWN_SCRIPT = re.compile(
    r"Content-Security-Policy\" content=\"[^\"]*script-src (?:'|&#39;|&#x27;)(sha256-[A-Za-z0-9+/=]{44})"
)


def page_policy(opening: str) -> str:
    """The policy of a page made by the workbench; `opening` is where it names its own script by hash, if it has one."""
    script = _OWN_SCRIPT.search(opening)
    return f"{PAGE_POLICY}; script-src '{script[1]}'" if script else PAGE_POLICY


def secured(response: Response) -> Response:
    """`response` with the headers it does not have yet; a page with a script of its own states its own policy."""
    page = response.mimetype == "text/html"
    for name, value in {
        "Content-Security-Policy": PAGE_POLICY if page else _API_POLICY,
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
        "Cache-Control": "private, no-cache" if response.headers.get("ETag") else "no-store",
        "Vary": "Accept, Authorization",
    }.items():
        response.headers.setdefault(name, value)
    return response
