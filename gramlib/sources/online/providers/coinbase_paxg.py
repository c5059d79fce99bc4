"""Coinbase daily candles of PAXG against USD: 300 a page, newest first, days without a trade missing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from itertools import chain

from gramlib.sources.online.body import JSON
from gramlib.sources.online.cells import check_bars, epoch_days, numbers, read_json, series
from gramlib.sources.online.provider import Parsed, Provider, RawFile, Request, Requests

PAGE_DAYS = 300  # a longer span is refused
MAX_PAGES = 20


def _requests(now: dt.datetime) -> Requests:
    end = now.replace(hour=0, minute=0, second=0, microsecond=0)
    for _ in range(MAX_PAGES):
        start = end - dt.timedelta(days=PAGE_DAYS - 1)
        page = yield Request(
            "https://api.exchange.coinbase.com/products/PAXG-USD/candles?granularity=86400"
            f"&start={start:%Y-%m-%dT%H:%M:%SZ}&end={end:%Y-%m-%dT%H:%M:%SZ}",
            JSON,
            f"candles_{start:%Y-%m-%d}.json",
        )
        if not read_json(page or b"[]"):  # before the listing there is nothing
            return
        end = start - dt.timedelta(days=1)


def _parse(files: Sequence[RawFile]) -> Parsed:
    rows = list(chain.from_iterable(read_json(file.content) for file in files))
    low, high, close = (numbers(row[place] for row in rows) for place in (1, 2, 4))
    check_bars(low, close, high)
    return Parsed(series(epoch_days([row[0] for row in rows], "s"), close))


PROVIDER = Provider(
    name="coinbase_paxg",
    title="PAXG against USD on Coinbase, daily close",
    kind="token",
    producer="Coinbase",
    url="https://www.coinbase.com/legal/market_data",
    licence="personal or research use; no redistribution, not even of derived works",
    redistribute="no",
    instrument="token",
    unit="oz",
    column="close",
    requests=_requests,
    parse=_parse,
    hour_utc=24.0,
    bars=True,
)
