"""`gram replay`: one price file and one issuer in, the daily ledger out, at full precision."""

from __future__ import annotations

import csv
import math
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from gramlib.artefacts import LEDGER_COLUMNS, LEDGER_EXTENSIONS, LEDGER_EXTRA
from gramlib.errors import DataContractError, ParameterError
from gramlib.params.issuer import Issuer
from gramlib.params.suggest import did_you_mean
from gramlib.simulation.engine import ledger
from gramlib.simulation.events import Events
from gramlib.units import GRAMS_PER_TROY_OUNCE

PRICE_COLUMN = "gold_usd_per_oz"
DAYS_COLUMNS = ("day", *(column.name for column in (*LEDGER_COLUMNS, *LEDGER_EXTRA, *LEDGER_EXTENSIONS)))
"""Header of DAYS.csv, a contract with other people's scripts: extend it at the end only. The core's come first."""


def replay_csv(
    prices_path: Path | str,
    issuer: Issuer,
    events_path: Path | str | None = None,
    engine: str = "reference",
    out_path: Path | str | None = None,
) -> pd.DataFrame:
    """Replay PRICES.csv through `issuer`, with EVENTS.csv if given; write DAYS.csv to `out_path` and return its table.

    Nothing is drawn: an issuer's large holders ask for what they would ask on average.
    Raises DataContractError with file and line for prices or events that are refused, ParameterError for an
    unknown engine.
    """
    prices_usd_per_g = read_prices_csv(prices_path)
    n_days = len(prices_usd_per_g) - 1
    events = Events.from_csv(events_path, n_days) if events_path else Events.calm(n_days)
    events.check(issuer, str(events_path))
    days = ledger(issuer, prices_usd_per_g, events, engine=engine)[list(DAYS_COLUMNS)]
    if out_path is not None:
        write_days_csv(days, out_path)
    return days


def read_prices_csv(path: Path | str) -> np.ndarray:
    """Prices of `path` in USD/g, (n_days + 1,); its header has `gold_usd_per_oz`, its first row is day 0.

    A column `date`, where there is one, must rise from row to row (ISO dates): a file that begins with its latest
    day would be replayed backwards. Other columns are not read. Raises DataContractError with file and line when
    the column is missing, a price is missing (a gap), no number, not finite or not above zero, when a row has more
    cells than the header (4,000 without quotes), or with fewer than two rows.
    """
    try:
        lines = Path(path).read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise DataContractError(
            f"cannot read {path} ({' '.join(str(error).split())})",
            expected="a CSV file of prices in UTF-8",
            origin=str(path),
            remedy="check the path, or save it as UTF-8 text",
        ) from error
    reader = csv.reader(lines)
    header = [name.strip() for name in next(reader, [])]
    if header.count(PRICE_COLUMN) != 1:
        others = [name for name in header if name != PRICE_COLUMN]
        raise DataContractError(f"{header.count(PRICE_COLUMN)} columns {PRICE_COLUMN} in header "
                                f"{', '.join(header) or '(empty file)'}{did_you_mean(PRICE_COLUMN, others)}",
                                expected=f"a header with one column {PRICE_COLUMN}", origin=f"{path}:1",
                                remedy="gram ingest FILE -o PRICES.csv writes one")  # fmt: skip
    index = header.index(PRICE_COLUMN)
    dates = header.index("date") if "date" in header else None
    prices = []
    day = ""
    for row in reader:
        if not row and reader.line_num == len(lines):
            break
        origin = f"{path}:{reader.line_num}"
        if len(row) > len(header):
            raise DataContractError(f"{len(row)} cells", expected=f"{len(header)}, as in the header", origin=origin,
                                    remedy="write 4000 for four thousand, without a comma")  # fmt: skip
        prices.append(_price(row[index] if len(row) > index else "", origin))
        if dates is not None:
            day = _next_day(row[dates], day, origin)
    if len(prices) < 2:
        raise DataContractError(f"{len(prices)} price(s)", expected="at least two: day 0 and one day to simulate",
                                origin=str(path))  # fmt: skip
    return np.array(prices) / GRAMS_PER_TROY_OUNCE


def _next_day(text: str, before: str, origin: str) -> str:
    try:
        day = date.fromisoformat(text.strip()[:10]).isoformat()
    except ValueError:
        raise DataContractError(
            f"date is {text.strip()!r}", expected="a date that exists, written like 2013-04-15", origin=origin
        ) from None
    if day <= before:
        raise DataContractError(f"{day} after {before}", expected="dates that rise from row to row, the first is day 0", origin=origin,
                                remedy="sort the file by date, each day once")  # fmt: skip
    return day


def _price(text: str, origin: str) -> float:
    if not text.strip():
        raise DataContractError("a gap: no price", expected="a price on every row", origin=origin,
                                remedy="fill the gap or cut the path there; gram ingest reports gaps")  # fmt: skip
    try:
        price = float(text)
    except ValueError:
        price = math.nan
    if not (math.isfinite(price) and price > 0.0):
        raise DataContractError(
            f"{PRICE_COLUMN} is {text.strip()!r}", expected="a finite number above zero", origin=origin
        )
    return price


def write_days_csv(days: pd.DataFrame, path: Path | str) -> None:
    """Write `days` as DAYS.csv: `DAYS_COLUMNS` first, every number by repr, so that reading gives the same bits.

    Raises ParameterError where the file cannot be written.
    """
    cells = [[repr(value) for value in days[name].tolist()] for name in DAYS_COLUMNS]
    lines = [",".join(DAYS_COLUMNS), *(",".join(row) for row in zip(*cells, strict=True))]
    try:
        Path(path).write_text("\n".join(lines) + "\n", encoding="utf-8")
    except OSError as error:
        raise ParameterError(
            f"cannot write {path}", expected="a file in a folder that exists", origin=str(error)
        ) from error
