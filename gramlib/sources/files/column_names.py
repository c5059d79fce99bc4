"""What the name of a column says it holds."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from gramlib.sources.files.vocabulary import (
    CURRENCY,
    CURRENCY_SIGNS,
    DATE_NAMES,
    NOT_A_PRICE,
    PRICE_RANKS,
    SPOKEN_CURRENCIES,
    TIME_NAMES,
    WEIGHT_WORDS,
)

BAR_NAMES = (
    "apertura",
    "maximo",
    "minimo",
    "otwarcie",
    "najwyzszy",
    "najnizszy",
    "откр",
    "макс",
    "мин",
    "открытие",
    "объем",
    "eroffn",
    "zmiana",
)
"""Names beside a price that help to tell the encoding of a header."""


def plain(name: str) -> str:
    """`name` without accents, case and punctuation: "Último" is "ultimo", "USD (PM)" is "usd pm"."""
    folded = unicodedata.normalize("NFKD", name.casefold().replace("ł", "l").replace("ß", "ss"))
    letters = "".join(c if c.isalnum() else " " for c in folded if not unicodedata.combining(c))
    return " ".join(letters.split())


def is_date_name(name: str) -> bool:
    """Whether a column of that name holds dates."""
    folded = plain(name)
    return folded in DATE_NAMES or folded.split(" ")[0:1] == ["date"]


def is_time_name(name: str) -> bool:
    """Whether a column of that name holds times of day."""
    return plain(name) in TIME_NAMES


def price_rank(name: str) -> int | None:
    """Rank of `name` in PRICE_RANKS: exactly, else beginning so; None when it says nothing of a price."""
    folded = plain(name)
    if "update" in folded:
        return None
    for exact in (True, False):
        for rank, names in enumerate(PRICE_RANKS):
            if any(folded == known or (not exact and folded.startswith(known + " ")) for known in names):
                return rank if exact else rank + len(PRICE_RANKS)
    return None


def why_no_price(name: str) -> str:
    """What a column called `name` holds instead of a gold price; empty when the name does not say so."""
    folded = plain(name)
    if "%" in name:
        return "a return or change"
    return next((what for what, pattern in NOT_A_PRICE if pattern.search(folded)), "")


def unit_named(name: str) -> str:
    """The unit a column's name speaks of (oz, g, kg, tola), empty when it speaks of none or of two."""
    folded = plain(name)
    spoken = [unit for unit, pattern in WEIGHT_WORDS.items() if pattern.search(folded)]
    return spoken[0] if len(spoken) == 1 else ""


def currency_of(name: str) -> str:
    """The currency a column's name speaks of: a code in capitals, USD when it says none other."""
    lower = name.lower()
    if "usd" in lower or "us$" in lower or "dollar" in lower:
        return "USD"
    for sign, code in CURRENCY_SIGNS.items():
        if sign.lower() in lower:
            return code
    other = CURRENCY.search(lower)
    return "USD" if other is None else SPOKEN_CURRENCIES.get(other[1].upper(), other[1].upper())


@lru_cache
def _vocabulary() -> frozenset[str]:
    return frozenset(DATE_NAMES | {name for rank in PRICE_RANKS for name in rank} | set(BAR_NAMES))


def known_words(text: str) -> int:
    """How many cells of `text` are names this workbench knows."""
    return sum(plain(cell) in _vocabulary() for line in text.splitlines() for cell in re.split(r"[,;\t|]", line))
