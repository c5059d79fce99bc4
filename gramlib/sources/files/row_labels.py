"""Columns that say of each row what it is: which metal, in which currency, for which weight."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from gramlib.errors import DataContractError
from gramlib.sources.files.column_names import plain, unit_named
from gramlib.sources.files.layout import Table
from gramlib.sources.raw import Decision

LABELS = {
    "metal": ("metal", "commodity", "asset", "symbol", "ticker", "instrument", "product", "item", "series"),
    "currency": ("currency", "ccy", "curr", "quote currency", "moneda", "wahrung", "devise", "waluta", "валюта"),
    "unit": ("unit", "units", "weight unit", "einheit", "unidad", "unite", "jednostka"),
}
GOLD = ("gold", "xau", "oro", "or", "zloto", "золото", "paxg", "pax gold", "xaut", "tether gold", "gc f", "lbma gold")
MOST_VALUES = 40


def of_gold_in_dollars(table: Table) -> Table:
    """`table` with the rows of gold in USD alone, where columns say so; their unit is added to what stands above.

    Raises DataContractError when such a column names another currency or metal on every row.
    """
    for label, wanted in (("metal", _is_gold), ("currency", _is_dollar)):
        place = _labelled(table, label)
        if place < 0:
            continue
        cells = table.columns[place]
        values = dict.fromkeys(cell for cell in cells if cell)
        known = [value for value in values if wanted(value)]
        if not values or len(values) > MOST_VALUES or (label == "metal" and not known):
            continue  # a column of remarks or of codes nobody knows says nothing
        if not known:
            raise DataContractError(
                f"every row is in {', '.join(list(values)[:4])} by column {table.names[place]!r}",
                expected="prices in USD (no conversion is built)",
                origin=table.origin,
                remedy="give prices in USD",
            )
        if len(known) < len(values):
            table = _rows(
                table, [row for row, cell in enumerate(cells) if cell in known], table.names[place], known, list(values)
            )
    place = _labelled(table, "unit")
    spoken = {unit_named(cell) for cell in table.columns[place] if cell} if place >= 0 else set()
    if len(spoken) == 1 and spoken != {""}:
        unit = spoken.pop()
        return replace(
            table, above=tuple(above if unit_named(above) else f"{above} | per {unit}" for above in table.above)
        )
    return table


def _is_gold(value: str) -> bool:
    folded = plain(value)
    return folded in GOLD or folded.startswith(("gold ", "xau", "paxg"))


def _is_dollar(value: str) -> bool:
    return plain(value) in ("usd", "us dollar", "us dollars", "dollar", "usdt") or value == "$"


def _labelled(table: Table, label: str) -> int:
    return next((place for place, name in enumerate(table.names) if plain(name) in LABELS[label]), -1)


def _rows(table: Table, rows: Sequence[int], name: str, known: list[str], values: list[str]) -> Table:
    note = Decision(
        f"rows by {name}", "note", f"column {name!r} names {', '.join(values[:6])}", "rows of gold in USD",
        f"kept the {len(rows):,} rows of {', '.join(known)}",
    )  # fmt: skip
    columns = [[column[row] for row in rows] for column in table.columns]
    return replace(table, columns=columns, lines=[table.lines[row] for row in rows], notes=[*table.notes, note])
