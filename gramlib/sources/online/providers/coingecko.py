"""CoinGecko's last 365 days of PAXG and XAUT: price, and market cap over price as circulating supply.

A point is stamped 00:00 UTC at the start of the day after the one it closes; unshifted, PAXG looks uncorrelated with
gold. The last point is "now" and repeats a date.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from gramlib.sources.online.body import JSON
from gramlib.sources.online.cells import epoch_days, numbers, read_json, series
from gramlib.sources.online.provider import Parsed, Provider, RawFile, Request, Requests
from gramlib.sources.raw import Decision

DAYS = 365  # without a key, a longer window is refused with status 401
DAY_MS = 86_400_000
ATTRIBUTION = "Data provided by CoinGecko"


def _requests(coin: str) -> Callable[[dt.datetime], Requests]:
    def requests(now: dt.datetime) -> Requests:
        yield Request(
            f"https://api.coingecko.com/api/v3/coins/{coin}/market_chart?vs_currency=usd&days={DAYS}&interval=daily",
            JSON,
            f"{coin}.json",
        )

    return requests


def _midnights(points: list[list[float]]) -> tuple[np.ndarray, np.ndarray]:
    """Stamps (ms) and values of the points at 00:00 UTC; "now" is none of them."""
    stamps, values = numbers(point[0] for point in points), numbers(point[1] for point in points)
    at_midnight = stamps % DAY_MS == 0
    return stamps[at_midnight], values[at_midnight]


def _shifted(stamps: np.ndarray, values: np.ndarray, others: int) -> Parsed:
    days = epoch_days(stamps, "ms") - pd.Timedelta(days=1)
    note = Decision("stamps", "ok", f"{len(stamps)} points at 00:00 UTC, {others} at another hour", "daily closes",
                    "dated the day before; other hours left out: they are of a day not over")  # fmt: skip
    return Parsed(series(days, values).drop_duplicates("date"), (note,))


def _parse_price(files: Sequence[RawFile]) -> Parsed:
    points = read_json(files[-1].content)["prices"]
    stamps, values = _midnights(points)
    return _shifted(stamps, values, len(points) - len(stamps))


def _parse_supply(files: Sequence[RawFile]) -> Parsed:
    answer = read_json(files[-1].content)
    points = answer["prices"]
    price, cap = (
        pd.Series(values, index=stamps) for stamps, values in map(_midnights, (points, answer["market_caps"]))
    )
    both = pd.concat(
        [price[~price.index.duplicated()], cap[~cap.index.duplicated()]], axis=1, join="inner", keys=["price", "cap"]
    )
    return _shifted(both.index.to_numpy(), (both["cap"] / both["price"]).to_numpy(), len(points) - len(both))


def _provider(coin: str, token: str, supply: bool) -> Provider:
    caveats = [f"attribution asked for: {ATTRIBUTION}"]
    if supply:
        caveats.append(
            "market cap over price: the definition of circulating moves, XAUT fell 27% on 2026-02-06 by it alone"
        )
    return Provider(
        name=f"coingecko_{token.lower()}{'_supply' if supply else ''}",
        title=f"{token}: {'circulating supply, market cap over price' if supply else 'price in USD'}, last {DAYS} days",
        kind="supply" if supply else "token",
        producer="CoinGecko",
        url="https://www.coingecko.com/en/api_terms",
        licence="CoinGecko API terms of 5 September 2025: attribution, no redistribution",
        redistribute="no",
        instrument="supply" if supply else "token",
        unit="oz",
        column="market_caps / prices" if supply else "prices",
        requests=_requests(coin),
        parse=_parse_supply if supply else _parse_price,
        currency="" if supply else "USD",
        hour_utc=24.0,
        bars=True,
        rolling=True,
        folder=f"coingecko_{token.lower()}",
        caveats=tuple(caveats),
    )


PAXG = _provider("pax-gold", "PAXG", supply=False)
XAUT = _provider("tether-gold", "XAUT", supply=False)
PAXG_SUPPLY = _provider("pax-gold", "PAXG", supply=True)
XAUT_SUPPLY = _provider("tether-gold", "XAUT", supply=True)
