"""The numbers of a column: decimal mark, thousands marks and currency signs, decided for all of its cells together."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gramlib.sources.files.vocabulary import CURRENCY_SIGNS, MISSING

_PLAIN_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?")
_GRAMMAR = {
    "point": re.compile(r"[+-]?(?:\d{1,3}(?:,\d{2,3})*,\d{3}|\d{1,3}(?:[' ]\d{3})+|\d+)?(?:\.\d*)?(?:[eE][+-]?\d+)?"),
    "comma": re.compile(r"[+-]?(?:\d{1,3}(?:\.\d{3})+|\d{1,3}(?:[' ]\d{3})+|\d+)?(?:,\d*)?(?:[eE][+-]?\d+)?"),
}
_SPACES = str.maketrans(
    {"\u00a0": " ", "\u202f": " ", "\u2009": " ", "\u2007": " ", "\u2019": "'", "\u2212": "-", "`": "'"}
)
_AFFIX = re.compile(
    r"(?i)\b(?:us\$|usd|eur|gbp|chf|dollars?)\b\.?|us\$|/\s*(?:oz|ozt|toz|g|gr|kg|gram|ounce)\b|\b(?:oz|ozt|toz)\b\.?"
)
_SIGNS = re.compile("|".join(re.escape(sign) for sign in sorted([*CURRENCY_SIGNS, "$"], key=len, reverse=True)))
_MAGNITUDE = re.compile(r"[+-]?[\d.,]+ ?[KMBTkmbt]")
MOST_WORDS = 0.2
"""Unknown words in more than this share of cells make a column of text."""


@dataclass(frozen=True)
class NumberColumn:
    """A column read with one decimal mark: `values` with NaN for missing and for unreadable cells.

    `missing` (n,) marks empty cells and words, `unreadable` (n,) cells that hold digits and are no number.
    `words` lists the words that stand for no number, `unknown_words` counts those not known to; `percent` and `magnitudes` say that cells carry % or K, M, B; `currency` is the
    code of a sign seen in them, empty when none was. `other` holds the values under the other mark where that reads
    every cell as well and differs.
    """

    mark: str
    values: NDArray[np.float64]
    missing: NDArray[np.bool_]
    unreadable: NDArray[np.bool_]
    words: tuple[str, ...]
    unknown_words: int
    percent: bool
    magnitudes: bool
    currency: str
    marks_seen: str
    other: NDArray[np.float64] | None = None

    @property
    def readable(self) -> int:
        """How many cells hold a number."""
        return int(np.isfinite(self.values).sum())

    @property
    def numeric(self) -> bool:
        """Whether the column is one of numbers, give or take missing cells and a few damaged ones."""
        n = len(self.values)
        filled = n - int(self.missing.sum())
        wordy = self.unknown_words > MOST_WORDS * n
        return self.readable > 0 and self.readable >= 0.5 * filled and not (wordy or self.percent or self.magnitudes)


def read_numbers(cells: list[str], mark: str = "auto") -> NumberColumn:
    """`cells` as numbers; `mark` is auto, point or comma.

    A mark that reads more cells wins; where both read all of them and differ, the point is taken first and the other
    reading kept in `other`, for the level of gold to decide.
    """
    bare, signs = _bare(cells)
    missing = np.array([cell in MISSING or not any(c.isdigit() for c in cell) for cell in bare])
    unknown = [cell for cell, gone in zip(bare, missing, strict=True) if gone and cell not in MISSING]
    words = tuple(dict.fromkeys(cell for cell, gone in zip(bare, missing, strict=True) if gone and cell))
    percent = any(cell.endswith("%") for cell in bare)
    magnitudes = any(_MAGNITUDE.fullmatch(cell.strip()) for cell in bare[:200])
    readings = {name: _parse(bare, missing, name) for name in (("point", "comma") if mark == "auto" else (mark,))}
    read = {name: int(np.isfinite(values).sum()) for name, values in readings.items()}
    best = max(read, key=lambda name: (read[name], name == "point"))
    values = readings[best]
    rival = next((readings[name] for name in readings if name != best), None)
    other = (
        rival
        if rival is not None
        and read[best] == int(np.isfinite(rival).sum())
        and not np.array_equal(values, rival, equal_nan=True)
        else None
    )
    return NumberColumn(
        best,
        values,
        missing,
        ~missing & ~np.isfinite(values),
        words,
        len(unknown),
        percent,
        magnitudes,
        _currency(signs),
        _marks(bare, best),
        other,
    )


def _bare(cells: list[str]) -> tuple[list[str], set[str]]:
    """Cells without currency signs and unit words, and the signs met."""
    signs: set[str] = set()
    bare = []
    for cell in cells:
        if _PLAIN_NUMBER.fullmatch(cell):
            bare.append(cell)
            continue
        text = (
            cell.translate(_SPACES).strip().lower() if not any(c.isdigit() for c in cell) else cell.translate(_SPACES)
        )
        if any(c.isdigit() for c in text):
            found = _SIGNS.findall(text) + [match[0].upper() for match in _AFFIX.finditer(text)]
            signs.update(found)
            text = _AFFIX.sub("", _SIGNS.sub("", text)).strip()
            if text.startswith("(") and text.endswith(")"):
                text = "-" + text[1:-1].strip()
            elif text.endswith("-") and not text.startswith("-"):
                text = "-" + text[:-1].strip()
            if text[:1] in "+-":
                text = text[:1] + text[1:].strip()
        bare.append(text)
    return bare, signs


def _parse(bare: list[str], missing: NDArray[np.bool_], mark: str) -> NDArray[np.float64]:
    grammar = _GRAMMAR[mark]
    values = np.full(len(bare), np.nan)
    for place, (cell, gone) in enumerate(zip(bare, missing, strict=True)):
        if gone:
            continue
        if mark == "point" and _PLAIN_NUMBER.fullmatch(cell):
            values[place] = float(cell)
        elif grammar.fullmatch(cell):
            thousands = ",' " if mark == "point" else ".' "
            digits = cell.translate({ord(sign): None for sign in thousands}).replace(",", ".")
            values[place] = float(digits)
    values[np.isinf(values)] = np.nan
    return values


def _currency(signs: set[str]) -> str:
    for sign in signs:
        if sign in CURRENCY_SIGNS:
            return CURRENCY_SIGNS[sign]
        if sign in ("EUR", "GBP", "CHF"):
            return sign
    return "USD" if signs & {"$", "US$", "USD", "DOLLAR", "DOLLARS"} else ""


def _marks(bare: list[str], mark: str) -> str:
    thousands = {"point": "',' ", "comma": ".' "}[mark]
    seen = next(
        (
            sign
            for sign in thousands
            if any(sign in cell.strip() for cell in bare[:2000] if any(c.isdigit() for c in cell))
        ),
        "",
    )
    words = {"point": "decimal point", "comma": "decimal comma"}[mark]
    names = {"'": "apostrophes", ",": "commas", ".": "points", " ": "spaces"}
    return words + (f", thousands {names[seen]}" if seen else "")
