"""SPDR Gold Shares' historical archive: the London afternoon fix behind each net asset value, and ounces held.

NAV per share over ounces per share is the LBMA PM fix of the day (median difference 0.00 bp on 3,991 days).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from gramlib.errors import DataContractError
from gramlib.sources.online.body import XLSX
from gramlib.sources.online.cells import number, series
from gramlib.sources.online.provider import BROWSER, Parsed, Provider, RawFile, Request, Requests
from gramlib.sources.online.workbook import column_of, sheet_rows
from gramlib.sources.raw import Decision

URL = "https://api.spdrgoldshares.com/api/v1/historical-archive?product=gld&exchange=NYSE&lang=en"
SHEET = r"historical archive"
HEADER_ROWS = 10
DATE = r"^date\b"
NAV_PER_SHARE = r"nav\s*/\s*share|(nav|net asset value) per share"
OUNCES_PER_SHARE = r"nav per gld in gold|ounces?( of gold)? per (gld )?share"
OUNCES = r"ounces in the trust|total ounces"
CLOSED = re.compile(r"holiday|closed|awaited|n/?a", re.IGNORECASE)


def _requests(now: dt.datetime) -> Requests:
    yield Request(URL, XLSX, "historical_archive.xlsx")


def _columns(files: Sequence[RawFile], *patterns: str) -> tuple[pd.Series, list[np.ndarray], tuple[Decision, ...]]:
    """Days and the figures of the columns that match `patterns`, for the days that have a figure in each."""
    rows = sheet_rows(files[-1].content, SHEET)
    place = next(
        (i for i, row in enumerate(rows[:HEADER_ROWS]) if row and re.match(DATE, str(row[0]).strip(), re.I)), None
    )
    if place is None:
        raise DataContractError(
            f"no header that starts with Date in the first {HEADER_ROWS} rows", expected="Date | GLD Close | …"
        )
    wanted = [column_of(rows[place], pattern) for pattern in patterns]
    dated = [row for row in rows[place + 1 :] if row and row[0] is not None]
    # Word by cell, not by row: days the exchange was shut have a NAV, and days with a NAV may await a closing price.
    valued = [row for row in dated if not any(isinstance(row[i], str) and CLOSED.search(row[i]) for i in wanted)]
    closed = len(dated) - len(valued)
    note = Decision(
        "holidays", "ok", f"{closed:,} row(s) with words for figures (HOLIDAY, closed, awaited)", "figures", "left out"
    )
    figures = [np.array([number(_bare(row[i])) for row in valued]) for i in wanted]
    return pd.to_datetime(pd.Series([_day(row[0]) for row in valued])), figures, (note,) if closed else ()


def _bare(cell: Any) -> Any:
    return cell.replace("$", "").replace("%", "").replace(",", "") if isinstance(cell, str) else cell


def _day(cell: Any) -> dt.datetime:
    return cell if isinstance(cell, dt.datetime) else dt.datetime.strptime(str(cell).strip(), "%d-%b-%Y")


def _parse_fix(files: Sequence[RawFile]) -> Parsed:
    days, (nav, ounces), notes = _columns(files, NAV_PER_SHARE, OUNCES_PER_SHARE)
    typical = float(np.nanmedian(ounces))
    if 50 < typical < 150:  # stated for a thousand shares, 100 at the start and less by the fee each year
        ounces = ounces / 1000
    elif not 0.05 < typical < 0.15:
        raise DataContractError(
            f"a median of {typical:g} ounces a share", expected="about 0.1, or 100 for 1,000 shares"
        )
    return Parsed(series(days, nav / ounces), notes)


def _parse_ounces(files: Sequence[RawFile]) -> Parsed:
    days, (ounces,), notes = _columns(files, OUNCES)
    return Parsed(series(days, ounces), notes)


_LICENCE = "State Street SPDR Gold Shares archive, copyright of the sponsor; embeds LBMA prices; no redistribution"

FIX = Provider(
    name="gld_archive",
    title="London afternoon fix implied by SPDR Gold Shares: NAV per share over ounces per share",
    kind="gold",
    producer="World Gold Trust Services, SPDR Gold Shares",
    url="https://www.spdrgoldshares.com",
    licence=_LICENCE,
    redistribute="no",
    instrument="fix",
    unit="oz",
    column="NAV per share / ounces per share",
    requests=_requests,
    parse=_parse_fix,
    hour_utc=15.0,
    known_start="2004-11-18",
    user_agent=BROWSER,
    caveats=("one day, 2007-05-29, differs from the published fix by 3.2%",),
)

OUNCES_HELD = Provider(
    name="gld_ounces",
    title="Ounces held by SPDR Gold Shares",
    kind="supply",
    producer="World Gold Trust Services, SPDR Gold Shares",
    url="https://www.spdrgoldshares.com",
    licence=_LICENCE,
    redistribute="no",
    instrument="supply",
    unit="oz",
    column="ounces in the trust",
    requests=_requests,
    parse=_parse_ounces,
    currency="",
    hour_utc=21.0,
    known_start="2004-11-18",
    folder="gld_archive",
    user_agent=BROWSER,
)
