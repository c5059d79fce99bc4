"""ETags: an answer that has not changed is not sent again."""

from __future__ import annotations

import hashlib

from flask import Response, request


def conditional(response: Response, tag: str = "") -> Response:
    """`response` with an ETag, `tag` or the digest of its body; 304 without a body where the caller has it already."""
    response.set_etag(tag or hashlib.sha256(response.get_data()).hexdigest()[:32])
    response.make_conditional(request)
    return response
