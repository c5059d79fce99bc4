"""The gold price inside a fund's archive: net asset value a share over the ounces a share stands for.

For SPDR Gold Shares the quotient equals the London afternoon fix, which the fund is valued at.
"""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np

from gramlib.sources.files.column_names import plain
from gramlib.sources.files.layout import Table
from gramlib.sources.files.number_column import read_numbers
from gramlib.sources.raw import Decision

OUNCES = re.compile(r"^(?:nav per \w+ in gold|oz per 1000 shares|ounces per 1000 shares)\b")
VALUE = re.compile(r"^(?:nav share\b|nav per share\b|nav$)")
SHARES = 1000.0
IMPLIED_PRICE = "implied gold price (NAV a share / ounces a share)"


def with_implied_price(table: Table) -> Table:
    """`table` with the implied price as one more column, where it has both and states no afternoon fix; else `table`."""
    names = [plain(name) for name in table.names]
    value = next((place for place, name in enumerate(names) if VALUE.search(name)), None)
    ounces = next((place for place, name in enumerate(names) if OUNCES.search(name)), None)
    stated = any("pm" in name.split() for name in names)
    if value is None or ounces is None or stated:
        return table
    nav, per_thousand = (read_numbers(table.columns[place]).values for place in (value, ounces))
    implied = nav / np.where(per_thousand > 0, per_thousand, np.nan) * SHARES
    cells = ["" if not np.isfinite(price) else repr(float(price)) for price in implied]
    note = Decision("fund", "note", f"a fund's archive: {table.names[value]!r} and {table.names[ounces]!r}", "a gold price",
                    "their quotient is the gold price the fund is valued at")  # fmt: skip
    return replace(
        table,
        names=(*table.names, IMPLIED_PRICE),
        above=(*table.above, f"{IMPLIED_PRICE} USD per oz"),
        columns=[*table.columns, cells],
        notes=[*table.notes, note],
    )
