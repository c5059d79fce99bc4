"""Bytes to text by evidence: byte order mark, valid UTF-8, the zeros of UTF-16, else the code page whose header reads best."""

from __future__ import annotations

import codecs

from gramlib.sources.files.column_names import known_words
from gramlib.sources.files.grid import refusal

MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
CODE_PAGES = ("cp1252", "cp1250", "cp1251")
HEAD_BYTES = 4096
CONTROL = bytes(set(range(32)) - set(b"\t\n\r\f\x1a\x1b")) + b"\x7f"


def encoding_of(content: bytes, origin: str) -> str:
    """Name of the codec that reads `content`; DataContractError when it is no text."""
    head = content[:HEAD_BYTES]
    for mark, codec in MARKS:
        if content.startswith(mark):
            return codec
    if b"\x00" in head:
        even, odd = head[0::2].count(0), head[1::2].count(0)
        if max(even, odd) > 0.8 * len(head) / 2 and min(even, odd) < 0.1 * len(head) / 2:
            return "utf-16-le" if odd > even else "utf-16-be"
        raise refusal("a binary file", origin)
    if sum(head.count(byte) for byte in CONTROL) > 0.02 * len(head):
        raise refusal("a binary file", origin)
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        # Every code page reads every byte; the header's words tell which one was meant.
        return max(CODE_PAGES, key=lambda page: known_words(head.decode(page, errors="replace")))
    return "utf-8"


def decoded(content: bytes, origin: str) -> tuple[str, str]:
    """Text of `content` and the codec in words; DataContractError when it is no text."""
    codec = encoding_of(content, origin)
    try:
        text = content.decode(codec, errors="replace" if codec in CODE_PAGES else "strict")
    except UnicodeDecodeError as error:
        raise refusal(f"text that is cut or damaged ({codec}: {error.reason})", origin, "fetch it again") from error
    return text, {"utf-8-sig": "utf-8 with byte order mark"}.get(codec, codec)
