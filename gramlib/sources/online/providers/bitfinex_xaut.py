"""Bitfinex daily candles of XAUT against USD, the whole history in one answer; the close stands before the high."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from gramlib.sources.online.body import JSON
from gramlib.sources.online.cells import check_bars, epoch_days, numbers, read_json, series
from gramlib.sources.online.provider import Parsed, Provider, RawFile, Request, Requests


def _requests(now: dt.datetime) -> Requests:
    yield Request(
        "https://api-pub.bitfinex.com/v2/candles/trade:1D:tXAUT:USD/hist?limit=10000&sort=-1", JSON, "candles.json"
    )


def _parse(files: Sequence[RawFile]) -> Parsed:
    rows = read_json(files[-1].content)
    close, high, low = (numbers(row[place] for row in rows) for place in (2, 3, 4))
    check_bars(low, close, high)
    return Parsed(series(epoch_days([row[0] for row in rows], "ms"), close))


PROVIDER = Provider(
    name="bitfinex_xaut",
    title="XAUT against USD on Bitfinex, daily close",
    kind="token",
    producer="Bitfinex",
    url="https://www.bitfinex.com/legal/exchange/terms",
    licence="terms for market data not read",
    redistribute="unknown",
    instrument="token",
    unit="oz",
    column="close",
    requests=_requests,
    parse=_parse,
    hour_utc=24.0,
    bars=True,
    known_start="2020-01-24",
    caveats=("days without a trade are missing",),
)
