"""The Polish central bank's gold price, PLN per gram, turned into USD by its own table A: a cross-check.

The price published on a day is that calculated for the business day before; the two fixings are not of one
instant, so levels agree and daily returns carry the exchange rate's noise.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from itertools import chain

import numpy as np
import pandas as pd

from gramlib.sources.online.body import JSON
from gramlib.sources.online.cells import numbers, read_json, series, text_days
from gramlib.sources.online.provider import Parsed, Provider, RawFile, Request, Requests
from gramlib.sources.raw import Decision

FIRST_DAY = dt.date(2013, 1, 2)
BLOCK_DAYS = 90  # at most 93 are allowed
YEARS = 5  # 42 requests; all the years since 2013 would be 112 for a check that needs the recent ones


def _requests(now: dt.datetime) -> Requests:
    last = now.date()
    start = max(FIRST_DAY, last.replace(year=last.year - YEARS, day=1))
    while start <= last:
        end = min(start + dt.timedelta(days=BLOCK_DAYS - 1), last)
        window = f"{start}/{end}/?format=json"
        yield Request(f"https://api.nbp.pl/api/cenyzlota/{window}", JSON, f"gold_{start}.json", absent_ok=True)
        yield Request(
            f"https://api.nbp.pl/api/exchangerates/rates/a/usd/{window}", JSON, f"usd_{start}.json", absent_ok=True
        )
        start = end + dt.timedelta(days=1)


def _parse(files: Sequence[RawFile]) -> Parsed:
    gold = list(chain.from_iterable(read_json(file.content) for file in files if file.filename.startswith("gold_")))
    usd = list(
        chain.from_iterable(read_json(file.content)["rates"] for file in files if file.filename.startswith("usd_"))
    )
    rate = pd.Series(
        numbers(row["mid"] for row in usd),
        index=pd.DatetimeIndex(text_days([row["effectiveDate"] for row in usd], "%Y-%m-%d")),
    )
    published = pd.DatetimeIndex(text_days([row["data"] for row in gold], "%Y-%m-%d"))
    # Both tables come out on the same Polish business days: the day a price is for is the table's day before.
    place = rate.index.searchsorted(published) - 1
    known = place >= 0
    valued = rate.index[np.where(known, place, 0)]
    usd_per_g = numbers(row["cena"] for row in gold) / rate.reindex(valued).to_numpy()
    note = Decision("conversion", "note", f"{int(known.sum()):,} prices in PLN/g over the USD rate of table A",
                    "USD", "dated the Polish business day before publication, at that day's rate")  # fmt: skip
    return Parsed(series(pd.Series(valued[known]), usd_per_g[known]), (note,))


PROVIDER = Provider(
    name="nbp",
    title="Gold price of Narodowy Bank Polski, PLN/g at its USD rate",
    kind="crosscheck",
    producer="Narodowy Bank Polski",
    url="https://api.nbp.pl",
    licence="public data of NBP, to be cited; terms not read",
    redistribute="unknown",
    instrument="fix",
    unit="g",
    column="cena / mid",
    requests=_requests,
    parse=_parse,
    hour_utc=11.0,
    rolling=True,
    caveats=("gold and exchange rate are not fixed at the same instant: compare levels, not daily returns",),
)
