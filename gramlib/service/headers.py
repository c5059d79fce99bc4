"""What every answer says to the browser: run nothing that is not ours, show us in no frame, guess no types."""

from __future__ import annotations

from flask import Response

from gramlib.report.page import CONTENT_POLICY

_API_POLICY = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
PAGE_POLICY = f"{CONTENT_POLICY}; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"


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
