"""The World Bank's Pink Sheet: monthly average gold price since 1960, the one history that may be passed on.

The workbook's address changes every year, so it is read off the page that links it.
"""

from __future__ import annotations

import datetime as dt
import html
import re
from collections.abc import Sequence

import pandas as pd

from gramlib.errors import DataContractError
from gramlib.sources.monthly import ATTRIBUTION, MENDED_USD_PER_OZ
from gramlib.sources.online.body import PAGE, XLSX
from gramlib.sources.online.cells import numbers, series
from gramlib.sources.online.provider import Parsed, Provider, RawFile, Request, Requests
from gramlib.sources.online.workbook import column_of, sheet_rows
from gramlib.sources.raw import Decision

HOST = "https://www.worldbank.org"
START_PAGE = f"{HOST}/en/research/commodity-markets"
LINK = re.compile(r"""href\s*=\s*["']([^"']*CMO-Historical-Data-Monthly\.xlsx)["']""", re.IGNORECASE)
OWN_ADDRESS = re.compile(r"https://([a-z0-9-]+\.)*worldbank\.org/\S+", re.IGNORECASE)
MONTH = re.compile(r"(\d{4})M(\d{2})")
HEADER_ROWS = 12


def _requests(now: dt.datetime) -> Requests:
    page = yield Request(START_PAGE, PAGE, "page.html")
    found = LINK.search((page or b"").decode("utf-8", "replace"))
    if not found:
        raise DataContractError(
            "the page has no link that ends CMO-Historical-Data-Monthly.xlsx",
            expected="the Pink Sheet's workbook",
            origin=START_PAGE,
            remedy="download it by hand, or use the shipped monthly figures",
        )
    link = html.unescape(found[1])
    if link.startswith("/"):
        link = f"https:{link}" if link.startswith("//") else HOST + link
    if not OWN_ADDRESS.fullmatch(link):
        raise DataContractError(
            f"the page links the workbook at {link[:200]}",
            expected="an https address of worldbank.org",
            origin=START_PAGE,
            remedy="download it by hand, or use the shipped monthly figures",
        )
    yield Request(link, XLSX, "CMO-Historical-Data-Monthly.xlsx")


def _parse(files: Sequence[RawFile]) -> Parsed:
    rows = sheet_rows(files[-1].content, r"^monthly prices$")
    place = next(
        (i for i, row in enumerate(rows[:HEADER_ROWS]) if any(str(cell).strip() == "Gold" for cell in row)), None
    )
    if place is None:
        raise DataContractError(
            f"no column Gold in the first {HEADER_ROWS} rows", expected="names in row 5, units in row 6"
        )
    gold = column_of(rows[place], r"^gold$")
    unit = str(rows[place + 1][gold])
    if "troy oz" not in unit.lower() or "$" not in unit:
        raise DataContractError(f"the unit of Gold is {unit!r}", expected="($/troy oz)")
    months = [(row, found) for row in rows[place + 2 :] if row and (found := MONTH.fullmatch(str(row[0]).strip()))]
    days = pd.to_datetime(pd.Series([f"{found[1]}-{found[2]}-01" for _, found in months]), format="%Y-%m-%d")
    frame = series(days, numbers(row[gold] for row, _ in months))
    return Parsed(frame, _known_slips(frame))


def _known_slips(frame: pd.DataFrame) -> tuple[Decision, ...]:
    months = frame["date"].dt.strftime("%Y-%m")
    wrong = [
        f"{month} {value:g} for {MENDED_USD_PER_OZ[month]:g}"
        for month, value in zip(months, frame["value"], strict=True)
        if month in MENDED_USD_PER_OZ and abs(value / MENDED_USD_PER_OZ[month] - 1) > 0.005
    ]
    if not wrong:
        return ()
    return (Decision("known slips", "warning", f"still wrong: {', '.join(wrong)}", "the mean of the afternoon fix",
                     "kept as published; the shipped monthly figures are mended"),)  # fmt: skip


PROVIDER = Provider(
    name="worldbank_monthly",
    title="World Bank Commodity Markets (Pink Sheet): gold, monthly average",
    kind="crosscheck",
    producer=ATTRIBUTION,
    url=START_PAGE,
    licence="CC BY 4.0 (attribution: The World Bank)",
    redistribute="yes",
    instrument="average",
    unit="oz",
    column="Gold",
    requests=_requests,
    parse=_parse,
    known_start="1960-01-01",
    caveats=(
        "each value is its month's average, dated the first: volatility and tails read from it are too small",
        "London afternoon average until June 2025, then an average of spot; whole dollars since 2025",
    ),
)
