"""Is an answer what was asked for? Told by its first bytes and content type, never by the status code alone.

Hosts that turn scripts away answer with a page for browsers and status 200 (proof-of-work puzzles, "Just a moment"),
and services over their quota with a sentence. Both are told from data here, before anything parses them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from gramlib.errors import DataContractError, SourceUnreachable

TURNED_AWAY = {
    b"just a moment": "a page that wants a browser (\"Just a moment\")",
    b"__verify": "a proof-of-work page (\"__verify\")",
    b"cf-chl": "a page that wants a browser (Cloudflare challenge)",
    b"exceeded": "a sentence about an exceeded limit",
}  # fmt: skip
"""What hosts send to scripts instead of data, by a mark within the first bytes."""

SEARCHED_BYTES = 4096
SHOWN_BYTES = 80
ZIP_END_BYTES = 66_000  # the end record of a zip lies within its longest comment, 65,535 bytes, of the end


class CutShort(Exception):
    """The answer began as it should and stops before its end."""


@dataclass(frozen=True)
class Form:
    """What an answer must look like: how it starts, content types it may claim, and whether it is whole."""

    name: str
    starts: tuple[bytes, ...]
    types: tuple[str, ...]
    whole: Callable[[bytes], bool] = bool
    marks: tuple[bytes, ...] = tuple(TURNED_AWAY)


JSON = Form(
    "JSON",
    (b"{", b"["),
    ("application/json", "text/json", "text/plain", "text/javascript", "application/javascript", "application/octet-stream"),
    whole=lambda content: content.rstrip().endswith((b"}", b"]")),
)  # fmt: skip
XLSX = Form(
    "an Excel workbook",
    (b"PK\x03\x04",),
    ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "application/vnd.ms-excel", "application/zip",
     "application/octet-stream", "binary/octet-stream", "application/x-download", "application/force-download"),
    whole=lambda content: b"PK\x05\x06" in content[-ZIP_END_BYTES:],
    marks=(),
)  # fmt: skip
PAGE = Form(
    "an HTML page",
    (b"<",),
    ("text/html", "application/xhtml+xml"),
    whole=lambda content: b"</html" in content[-SEARCHED_BYTES:].lower(),
    marks=(b"just a moment", b"__verify"),  # an honest page may well speak of limits
)


def csv(*headers: bytes, more_types: tuple[str, ...] = ()) -> Form:
    """A CSV whose first line starts with one of `headers`; `more_types` are content types allowed beside the usual."""
    types = ("text/csv", "text/plain", "application/csv", "application/vnd.ms-excel", "application/octet-stream",
             "application/x-download", "application/force-download")  # fmt: skip
    return Form(f"CSV starting with {b' or '.join(headers).decode()}", headers, types + more_types)


def first_bytes(content: bytes) -> str:
    """The start of an answer as it can stand in a message."""
    return repr(content[:SHOWN_BYTES])[1:] + (" …" if len(content) > SHOWN_BYTES else "")


def one_line(text: str, length: int = 300) -> str:
    """The first line of a text that may quote a host, without control characters."""
    line = next(iter(text.splitlines()), "")[:length]
    return "".join(letter if letter.isprintable() else "�" for letter in line)


def check_body(content: bytes, content_type: str, form: Form, origin: str) -> None:
    """Refuse an answer that is not in `form`.

    Raises CutShort for half an answer, SourceUnreachable for a page that turns scripts away, DataContractError with
    the first bytes for anything else: the source has changed.
    """
    start = content.removeprefix(b"\xef\xbb\xbf").lstrip()
    searched = start[:SEARCHED_BYTES].lower()
    for mark in form.marks:
        if mark in searched:
            raise SourceUnreachable(
                f"{origin} sent {TURNED_AWAY[mark]} instead of data; it starts {first_bytes(start)}",
                expected=form.name,
                origin=origin,
                remedy="it turns programs away or a quota is used up; try later, name another source, or download a file by hand and use data.source: file",
            )
    if not start:
        raise CutShort("an empty answer")
    kind = content_type.partition(";")[0].strip().lower()
    fits_type = not kind or kind in form.types or (form is JSON and kind.endswith("+json"))
    if not start.startswith(form.starts) or not fits_type:
        raise DataContractError(
            f"the answer is not {form.name}: content type {kind or 'not stated'!r}, it starts {first_bytes(start)}",
            expected=form.name,
            origin=origin,
            remedy="the source has changed its form or its address; name another source, and report it",
        )
    if not form.whole(content):
        raise CutShort(f"half an answer: {len(content):,} bytes that end …{content[-20:]!r}")
