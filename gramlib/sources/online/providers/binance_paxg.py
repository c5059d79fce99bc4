"""Binance daily candles of PAXG against USDT, a thousand a page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from itertools import chain

import numpy as np

from gramlib.sources.online.body import JSON
from gramlib.sources.online.cells import check_bars, epoch_days, numbers, read_json, series
from gramlib.sources.online.provider import Parsed, Provider, RawFile, Request, Requests

LISTED_MS = int(dt.datetime(2020, 8, 28, tzinfo=dt.UTC).timestamp() * 1000)
DAY_MS = 86_400_000
PAGE_ROWS = 1000
MICROSECONDS_FROM = 1e14  # as milliseconds the year 5138; Binance's files count microseconds from 2025 on


def _milliseconds(stamps: Sequence[float]) -> np.ndarray:
    """Epoch milliseconds of stamps that may be micro- or milliseconds, each told by its size."""
    moments = numbers(stamps)
    return np.where(moments >= MICROSECONDS_FROM, moments / 1000, moments)


def _requests(now: dt.datetime) -> Requests:
    start_ms = LISTED_MS
    while start_ms <= now.timestamp() * 1000:
        page = yield Request(
            f"https://api.binance.com/api/v3/klines?symbol=PAXGUSDT&interval=1d&startTime={start_ms}&limit={PAGE_ROWS}",
            JSON,
            f"klines_{start_ms}.json",
        )
        rows = read_json(page or b"[]")
        if len(rows) < PAGE_ROWS:
            return
        start_ms = max(start_ms, int(_milliseconds([rows[-1][0]])[0])) + DAY_MS


def _parse(files: Sequence[RawFile]) -> Parsed:
    rows = list(chain.from_iterable(read_json(file.content) for file in files))
    high, low, close = (numbers(row[place] for row in rows) for place in (2, 3, 4))
    check_bars(low, close, high)
    return Parsed(series(epoch_days(_milliseconds([row[0] for row in rows]), "ms"), close))


PROVIDER = Provider(
    name="binance_paxg",
    title="PAXG against USDT on Binance, daily close",
    kind="token",
    producer="Binance",
    url="https://www.binance.com/en/terms",
    licence="exchange market data for personal or research use; no redistribution grant found",
    redistribute="no",
    instrument="token",
    unit="oz",
    column="close",
    requests=_requests,
    parse=_parse,
    currency="USDT",
    hour_utc=24.0,
    bars=True,
    known_start="2020-08-28",
    caveats=("quoted in USDT, not USD; days end at midnight UTC, seven days a week",),
)
