"""Yahoo's chart of GC=F: the front-month COMEX gold future, not adjusted for rolls."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from gramlib.errors import DataContractError
from gramlib.sources.online.body import JSON
from gramlib.sources.online.cells import epoch_days, numbers, read_json, series
from gramlib.sources.online.provider import BROWSER, Parsed, Provider, RawFile, Request, Requests
from gramlib.sources.raw import Decision

TIMEZONE = "America/New_York"


def _requests(now: dt.datetime) -> Requests:
    base = "https://query1.finance.yahoo.com/v8/finance/chart/GC%3DF"
    yield Request(f"{base}?period1=0&period2={int(now.timestamp())}&interval=1d", JSON, "chart.json")


def _parse(files: Sequence[RawFile]) -> Parsed:
    chart = read_json(files[-1].content)["chart"]
    if chart["error"] is not None:
        raise DataContractError(f"chart.error is {str(chart['error'])[:200]}", expected="chart.error null")
    result = chart["result"][0]
    meta = result["meta"]
    if (meta["currency"], meta["exchangeTimezoneName"]) != ("USD", TIMEZONE):
        raise DataContractError(
            f"currency {meta['currency']!r}, time zone {meta['exchangeTimezoneName']!r}", expected=f"USD, {TIMEZONE}"
        )
    close = numbers(result["indicators"]["quote"][0]["close"])
    notes = Decision("instrument", "note", "an unadjusted front-month future", "one instrument over the whole history",
                     "used as it is: returns over a roll hold the basis, early bars are often flat")  # fmt: skip
    return Parsed(series(epoch_days(result["timestamp"], "s", TIMEZONE), close), (notes,))


PROVIDER = Provider(
    name="yahoo_gcf",
    title="COMEX gold front-month future GC=F, daily close",
    kind="gold",
    producer="Yahoo Finance, from CME Group",
    url="https://legal.yahoo.com/us/en/yahoo/terms/otos/index.html",
    licence="Yahoo terms of service: no automated collection, no redistribution",
    redistribute="no",
    instrument="future",
    unit="oz",
    column="close",
    requests=_requests,
    parse=_parse,
    hour_utc=22.0,
    timezone=TIMEZONE,
    bars=True,
    known_start="2000-08-30",
    user_agent=BROWSER,
    terms="Yahoo's terms of service forbid automated collection and redistribution of its data",
)
