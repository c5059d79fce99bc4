"""Series of the St. Louis Fed that move with gold: real yield, the gold volatility index, the dollar; and the bill rate.

They come as they stand today. Yields and volatilities are not revised in practice; the dollar's index is, when its weights
are made anew each year, so that its past here is not to the digit what was known then.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Callable, Sequence

from gramlib.errors import DataContractError
from gramlib.sources.online.body import csv as csv_form
from gramlib.sources.online.cells import numbers, series, text_days
from gramlib.sources.online.provider import LIBRARY, Parsed, Provider, RawFile, Request, Requests

DATE_NAMES = ("observation_date", "DATE")  # since 2025, and before
FORM = csv_form(*(name.encode() for name in DATE_NAMES))
BOARD = ("Board of Governors of the Federal Reserve System, by FRED", "public domain, citation requested", "yes")
CBOE = ("Cboe, by FRED", "copyright Cboe: citation required, reproduction restricted", "no")


def _requests(code: str) -> Callable[[dt.datetime], Requests]:
    def requests(now: dt.datetime) -> Requests:
        yield Request(f"https://fred.stlouisfed.org/graph/fredgraph.csv?id={code}", FORM, f"{code}.csv")

    return requests


def _parse(code: str) -> Callable[[Sequence[RawFile]], Parsed]:
    def parse(files: Sequence[RawFile]) -> Parsed:
        rows = [row for row in csv.reader(io.StringIO(files[-1].content.decode("utf-8-sig"))) if row]
        if rows[0][0] not in DATE_NAMES or rows[0][1:] != [code]:
            raise DataContractError(f"the header is {rows[0]}", expected=f"{' or '.join(DATE_NAMES)},{code}")
        return Parsed(series(text_days([row[0] for row in rows[1:]], "%Y-%m-%d"), numbers(row[1] for row in rows[1:])))

    return parse


def _provider(
    code: str,
    title: str,
    rights: tuple[str, str, str],
    known_start: str,
    unit: str = "percent a year",
    caveats: tuple[str, ...] = (),
) -> Provider:
    producer, licence, redistribute = rights
    return Provider(
        name=f"fred_{code.lower()}",
        title=title,
        kind="covariate",
        producer=producer,
        url=f"https://fred.stlouisfed.org/series/{code}",
        licence=licence,
        redistribute=redistribute,
        instrument="index" if unit == "index" else "rate",
        unit=unit,
        column=code,
        requests=_requests(code),
        parse=_parse(code),
        currency="",
        hour_utc=21.0,
        known_start=known_start,
        user_agent=LIBRARY,
        caveats=caveats,
    )


DFII10 = _provider("DFII10", "US 10-year real yield (TIPS)", BOARD, "2003-01-02")
DTB3 = _provider("DTB3", "US 3-month Treasury bill rate, discount basis", BOARD, "1954-01-04")
GVZCLS = _provider("GVZCLS", "Cboe gold ETF volatility index", CBOE, "2008-06-03")
DTWEXBGS = _provider(
    "DTWEXBGS",
    "Nominal broad US dollar index",
    BOARD,
    "2006-01-02",
    unit="index",
    caveats=("published weekly, and revised when its weights are made anew each year",),
)
