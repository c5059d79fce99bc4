"""One cell to the numbers of a date, without yet deciding which number is the day and which the month."""

from __future__ import annotations

import re
from typing import NamedTuple

from gramlib.sources.files.column_names import plain

NO_TIME = -1
NO_OFFSET = 9999
FIRST_YEAR, LAST_YEAR = 1800, 2199
CENTURY_PIVOT = 60
"""Two-digit years from 60 on lie in the 1900s: no daily gold price is older than 1960."""


class Stamp(NamedTuple):
    """Shape and three numbers of a date as written; `seconds` after midnight and `offset` in minutes where stated.

    Shapes: ymd (four-digit year first), xyz (four-digit year last), xy2 (all three of one or two digits), fixed
    (the month is a word: year, month, day are known), month (no day: the first stands for it).
    """

    shape: str
    a: int
    b: int
    c: int
    seconds: int = NO_TIME
    offset: int = NO_OFFSET


_TIME = (
    r"(?:(?:T|_|\s*,?\s+)(?P<hour>\d{1,2}):?(?P<minute>\d{2})(?::?(?P<second>\d{2})(?:[.,]\d+)?)?"
    r"\s*(?P<half>[AaPp]\.?[Mm]\.?)?\s*(?P<zone>Z|(?:GMT|UTC)?[+-]\d{2}:?\d{2}|[+-]\d{2}|[A-Z]{2,5})?)?"
)
_WORD = r"(?:[^\W\d_]+)"
_WEEKDAY = rf"(?:{_WORD}\.?,?\s+)?"
_YEAR = r"['’]?(?P<y>\d{4}|\d{2})(?:\s*(?:г\.?|года|r\.?|roku))?\.?"
_PATTERNS = tuple(
    (shape, re.compile(pattern))
    for shape, pattern in (
        ("ymd", rf"(?P<a>\d{{4}})(?P<sep>[-/. ])(?P<b>\d{{1,2}})(?P=sep)(?P<c>\d{{1,2}}){_TIME}"),
        ("xyz", rf"(?P<a>\d{{1,2}})(?P<sep>[-/. ])(?P<b>\d{{1,2}})(?P=sep)(?P<c>\d{{4}})\.?{_TIME}"),
        ("xy2", rf"(?P<a>\d{{1,2}})(?P<sep>[-/. ])(?P<b>\d{{1,2}})(?P=sep)(?P<c>\d{{2}})\.?{_TIME}"),
        ("ymd", rf"(?P<a>\d{{4}})(?P<b>\d{{2}})(?P<c>\d{{2}})(?=[T_ ]){_TIME}"),
        (
            "fixed",
            rf"{_WEEKDAY}(?P<d>\d{{1,2}})(?:st|nd|rd|th|\.|º)?[-/ .]*(?:de\s+|of\s+)?(?P<m>{_WORD})\.?[-/ .,]*(?:del?\s+)?{_YEAR},?{_TIME}",
        ),
        ("fixed", rf"{_WEEKDAY}(?P<m>{_WORD})\.?[-/ ]*(?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?:,\s*|[-/ ]+){_YEAR}{_TIME}"),
        ("fixed", rf"(?P<y>\d{{4}})[-/ ]*(?P<m>{_WORD})\.?[-/ ]*(?P<d>\d{{1,2}}){_TIME}"),
        ("month", rf"(?P<m>{_WORD})\.?[-/ ,]*{_YEAR}"),
        ("month", rf"(?P<y>\d{{4}})[-/ ]*(?P<m>{_WORD})\.?"),
        ("month", r"(?P<y>\d{4})[-/M](?P<n>\d{1,2})"),
        ("month", r"(?P<n>\d{1,2})[-/](?P<y>\d{4})"),
    )
)
_MONTH_STARTS = (
    ("jan", "ene", "sty", "янв", "gen", "ocak", "led"),
    ("feb", "fev", "lut", "фев", "sub", "uno"),
    ("mar", "maerz", "mrz", "mrt", "мар"),
    ("apr", "abr", "avr", "kwi", "апр", "nis"),
    ("may", "mai", "maj", "mag", "mei", "маи", "мая"),
    ("jun", "juin", "cze", "июн", "giu"),
    ("jul", "juil", "lip", "июл", "lug"),
    ("aug", "ago", "aou", "sie", "авг"),
    ("sep", "set", "wrz", "сен"),
    ("oct", "okt", "out", "ott", "paz", "окт"),
    ("nov", "lis", "ноя", "kasim"),
    ("dec", "dic", "dez", "dek", "gru", "дек"),
)


def month_of(word: str) -> int:
    """Month 1 to 12 that `word` names in one of the languages known; 0 when it names none."""
    folded = plain(word)
    for number, starts in enumerate(_MONTH_STARTS, 1):
        if folded.startswith(starts):
            return number
    return 0


def stamp_of(cell: str) -> Stamp | None:
    """The date that `cell` writes, None when it is none. Numbers without separators are no dates here."""
    if not 6 <= len(cell) <= 48 or not any(c.isdigit() for c in cell[:20]):
        return None
    for shape, pattern in _PATTERNS:
        match = pattern.fullmatch(cell)
        if match is None:
            continue
        fields = match.groupdict()
        seconds, offset = _time(fields)
        if seconds is None:
            return None
        if "a" in fields:
            return Stamp(shape, int(fields["a"]), int(fields["b"]), int(fields["c"]), seconds, offset)
        month = int(fields["n"]) if fields.get("n") else month_of(fields["m"])
        year = full_year(int(fields["y"])) if len(fields["y"]) == 2 else int(fields["y"])
        if 1 <= month <= 12 and FIRST_YEAR <= year <= LAST_YEAR:
            return Stamp(shape, year, month, int(fields.get("d") or 1), seconds, offset)
    return None


def full_year(two_digits: int) -> int:
    """The year that two digits mean."""
    return (1900 if two_digits >= CENTURY_PIVOT else 2000) + two_digits


def time_of(cell: str) -> int:
    """Seconds after midnight of a time of day on its own, NO_TIME when `cell` is none."""
    match = re.fullmatch(r"(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?", cell)
    if match is None or int(match[1]) > 23 or int(match[2]) > 59:
        return NO_TIME
    return int(match[1]) * 3600 + int(match[2]) * 60 + int(match[3] or 0)


def _time(fields: dict[str, str | None]) -> tuple[int | None, int]:
    if not fields.get("hour"):
        return NO_TIME, NO_OFFSET
    hour, minute, second = int(fields["hour"] or 0), int(fields["minute"] or 0), int(fields["second"] or 0)
    half = (fields["half"] or "").lower()[:1]
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    if hour > 24 or minute > 59 or second > 60:
        return None, NO_OFFSET
    zone = fields["zone"] or ""
    if len(zone) > 3:
        zone = zone.removeprefix("GMT").removeprefix("UTC")
    if zone in ("Z", "UTC", "GMT"):
        return hour * 3600 + minute * 60 + second, 0
    if zone[:1] in ("+", "-"):
        sign = 1 if zone[0] == "+" else -1
        digits = zone[1:].replace(":", "").ljust(4, "0")
        return hour * 3600 + minute * 60 + second, sign * (int(digits[:2]) * 60 + int(digits[2:]))
    return hour * 3600 + minute * 60 + second, NO_OFFSET
