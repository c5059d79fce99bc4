"""Which column holds the dates and which the price: by rule, reported, refused when no rule decides."""

from __future__ import annotations

import re
from datetime import date

from gramlib.errors import DataContractError, ParameterError
from gramlib.params.suggest import did_you_mean
from gramlib.sources.csv_table import TextTable

ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?")
MISSING = frozenset({"", ".", "..", "-", "na", "n/a", "#n/a", "nan", "null", "none"})
CURRENCY = re.compile(r"(?:^|[^a-z])(gbp|eur|euro|chf|jpy|yen|cny|inr|rub|pln|aud|cad|try)(?:[^a-z]|$)")
WEIGHT_WORDS = {
    "oz": re.compile(r"\b(?:oz|ozt|toz|ounces?)\b"),
    "g": re.compile(r"\b(?:g|gr|grams?|grammes?)\b"),
    "kg": re.compile(r"\b(?:kg|kilos?|kilograms?)\b"),
    "tola": re.compile(r"\btolas?\b"),
}
GROUPED_NUMBER = re.compile(r"[+-]?\$?\d+(?:[.,' ]\d{3})*,\d+|[+-]?\$?\d{1,3}(?:,\d{3})+(?:\.\d+)?|\$\d.*")
PRICE_NAMES = (
    "gold_usd_per_oz", "usd_per_oz", "usd (pm)", "usd_pm", "lbma_pm", "gold_usd_per_g", "usd_per_g", "gold_usd", "gold", "xau", "xauusd",
    "price", "gold_price", "close", "adj close", "last", "settle", "usd", "usd (am)", "usd_am", "value", "rate",
)  # fmt: skip
"""Names of a price column, most telling first; compared in lower case."""


def parse_date(cell: str) -> date | None:
    """The day of an ISO date or date-time, else None."""
    if not ISO_DATE.fullmatch(cell):
        return None
    try:
        return date.fromisoformat(cell[:10])
    except ValueError:
        return None


def parse_number(cell: str) -> float | None:
    """The finite number a cell holds, NaN where it is marked missing, None where it holds anything else."""
    if cell.lower() in MISSING:
        return float("nan")
    if "_" in cell:
        return None
    try:
        number = float(cell)
    except ValueError:
        return None
    return number if abs(number) < float("inf") else None


def date_column(table: TextTable) -> str:
    """First column whose cells are ISO dates (nine in ten of them; the odd one is reported where it stands)."""
    for name in table.header:
        cells = table.column(name)
        if sum(parse_date(cell) is not None for cell in cells) >= 0.9 * len(cells):
            return name
    sample = ", ".join(repr(cell) for cell in table.rows[0][:3])
    raise DataContractError(
        f"no column of ISO dates; the first row begins {sample}",
        expected="dates like 2013-04-15 in one column (other date formats are not read yet)",
        origin=f"{table.origin}:{table.lines[0]}",
        remedy="rewrite the dates as YYYY-MM-DD",
    )


def price_column(table: TextTable, dates: str, wanted: str, unit: str) -> str:
    """The column named `wanted`, or the one the rules choose for `unit` (auto, oz, g, kg, tola) when it is empty.

    Rules: never a column in another currency; never one whose name says another weight than the unit asked for;
    first those whose name states it; among them the most telling name of PRICE_NAMES, or one beginning so, or the
    only one there is.
    """
    if wanted:
        return _named(table, dates, wanted)
    candidates = [name for name in table.header if name != dates and _may_be(name, unit) and _numeric(table, name)]
    for group in _by_weight(candidates, unit):
        chosen = _best_named(group)
        if chosen:
            return chosen
    what = f"{len(candidates)} could be it: {', '.join(candidates)}" if candidates else _why_none(table, dates)
    raise DataContractError(
        f"no price column can be told: {what}",
        expected=f"a column of plain numbers in USD called {', '.join(PRICE_NAMES[:3])}, price, close ...",
        origin=table.origin,
        remedy="name it in data.column, or write plain numbers such as 1693.94",
    )


def _why_none(table: TextTable, dates: str) -> str:
    for name, cell in zip(table.header, table.rows[0], strict=True):
        if name != dates and GROUPED_NUMBER.fullmatch(cell):
            return f"column {name!r} begins with {cell!r}; thousands marks, decimal commas and $ are not read yet"
    return f"none of {', '.join(table.header)} holds numbers in USD and in the unit asked for"


def _by_weight(candidates: list[str], unit: str) -> tuple[list[str], list[str]]:
    """Candidates to try first, then the others: those whose name states the weight asked for before plain ones."""
    if unit == "auto":
        # Ounces are what most files hold; a column per gram beside one is the same price again.
        stated = [name for name in candidates if unit_named(name) in ("", "oz")]
    else:
        stated = [name for name in candidates if unit_named(name) == unit]
    return stated, [name for name in candidates if name not in stated]


def _best_named(candidates: list[str]) -> str:
    for exact in (True, False):
        for known in PRICE_NAMES:
            for name in candidates:
                if name.lower() == known or (not exact and _plain(name).startswith(known + " ")):
                    return name
    return candidates[0] if len(candidates) == 1 else ""


def unit_named(name: str) -> str:
    """The unit a column's name speaks of (oz, g, kg, tola), empty when it speaks of none or of two."""
    plain = _plain(name)
    spoken = [unit for unit, pattern in WEIGHT_WORDS.items() if pattern.search(plain)]
    return spoken[0] if len(spoken) == 1 else ""


def currency_of(name: str) -> str:
    """The currency a column's name speaks of: a code in capitals, USD when it says none other."""
    other = CURRENCY.search(name.lower())
    return (
        "USD"
        if other is None or "usd" in name.lower()
        else {"EURO": "EUR", "YEN": "JPY"}.get(other[1].upper(), other[1].upper())
    )


def _named(table: TextTable, dates: str, wanted: str) -> str:
    if wanted not in table.header or wanted == dates:
        raise ParameterError(
            f"the price file has no price column {wanted!r}{did_you_mean(wanted, table.header)}",
            expected=f"one of {', '.join(name for name in table.header if name != dates)}",
            origin=f"data.column, {table.origin}",
            remedy="mend data.column, or leave it empty to let the rules choose",
        )
    if currency_of(wanted) != "USD":
        raise DataContractError(
            f"column {wanted!r} is in {currency_of(wanted)}",
            expected="a price in USD (no conversion is built)",
            origin=table.origin,
            remedy="name a column in USD",
        )
    return wanted


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", " ", name.lower()).strip()


def _may_be(name: str, unit: str) -> bool:
    return currency_of(name) == "USD" and (unit == "auto" or unit_named(name) in ("", unit))


def _numeric(table: TextTable, name: str) -> bool:
    numbers = [parse_number(cell) for cell in table.column(name)]
    read = [number for number in numbers if number is not None]
    return len(read) >= 0.5 * len(numbers) and any(number == number for number in read)
