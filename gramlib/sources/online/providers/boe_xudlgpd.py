"""Bank of England series XUDLGPD: the afternoon fix in USD, 2 January 1979 to 26 May 2017, no longer continued."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Sequence

from gramlib.errors import DataContractError
from gramlib.sources.online.body import csv as csv_form
from gramlib.sources.online.cells import numbers, series, text_days
from gramlib.sources.online.provider import BROWSER, Parsed, Provider, RawFile, Request, Requests

CODE = "XUDLGPD"  # XUDLGPS is sterling
FORM = csv_form(b"DATE", more_types=("text/html",))
"""Its objections are HTML pages, which never start with DATE; so the content type need not decide."""


def _requests(now: dt.datetime) -> Requests:
    yield Request(
        "https://www.bankofengland.co.uk/boeapps/iadb/fromshowcolumns.asp?csv.x=yes&Datefrom=01/Jan/1979"
        f"&Dateto=31/Dec/{now.year}&SeriesCodes={CODE}&CSVF=TN&UsingCodes=Y&VPD=Y&VFD=N",
        FORM,
        f"{CODE}.csv",
    )


def _parse(files: Sequence[RawFile]) -> Parsed:
    rows = [row for row in csv.reader(io.StringIO(files[-1].content.decode("utf-8-sig"))) if row]
    if [name.strip() for name in rows[0]] != ["DATE", CODE]:
        raise DataContractError(f"the header is {rows[0]}", expected=f"DATE,{CODE}")
    return Parsed(
        series(text_days([row[0].strip() for row in rows[1:]], "%d %b %Y"), numbers(row[1] for row in rows[1:]))
    )


PROVIDER = Provider(
    name="boe_xudlgpd",
    title="Bank of England XUDLGPD: London afternoon fix, 1979 to 2017",
    kind="gold",
    producer="Bank of England; ICE Benchmark Administration data",
    url="https://www.bankofengland.co.uk/boeapps/database",
    licence="Bank of England terms; the figures are ICE Benchmark Administration's; no redistribution",
    redistribute="no",
    instrument="fix",
    unit="oz",
    column=CODE,
    requests=_requests,
    parse=_parse,
    hour_utc=15.0,
    known_start="1979-01-02",
    user_agent=BROWSER,
    caveats=("the series ended on 2017-05-26",),
)
