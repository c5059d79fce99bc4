"""DefiLlama's circulating supply of the two largest dollar coins, day by day, summed over the chains they live on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any

import pandas as pd

from gramlib.sources.online.body import JSON
from gramlib.sources.online.cells import epoch_days, numbers, read_json, series
from gramlib.sources.online.provider import Parsed, Provider, RawFile, Request, Requests
from gramlib.sources.raw import Decision


def _requests(coin: int) -> Callable[[dt.datetime], Requests]:
    def requests(now: dt.datetime) -> Requests:
        yield Request(f"https://stablecoins.llama.fi/stablecoin/{coin}", JSON, f"stablecoin_{coin}.json")

    return requests


def _circulating(points: list[dict[str, Any]]) -> pd.Series:
    """Circulating coins by day; the last of several points of one day."""
    counted = [
        (point["date"], point["circulating"]["peggedUSD"])
        for point in points
        if "peggedUSD" in point.get("circulating", {})
    ]
    days = pd.DatetimeIndex(epoch_days([date for date, _ in counted], "s"))
    by_day = pd.Series(numbers(coins for _, coins in counted), index=days)
    return by_day[~by_day.index.duplicated(keep="last")].sort_index()


def _parse(files: Sequence[RawFile]) -> Parsed:
    chains = read_json(files[-1].content)["chainBalances"]
    table = pd.DataFrame({name: _circulating(chain["tokens"]) for name, chain in chains.items()}).sort_index()
    gaps = int((table.isna() & table.notna().cummax()).to_numpy().sum())
    # A chain that did not report on a day still holds its coins: without the value before, that day shows a run.
    total = table.ffill().sum(axis=1, min_count=1)
    note = Decision("chains", "note" if gaps else "ok", f"{table.shape[1]} chains, {gaps:,} missing day(s) on one of them",
                    "every chain on every day since its first", "the chain's value before taken" if gaps else "summed")  # fmt: skip
    return Parsed(series(pd.Series(total.index), total.to_numpy()), (note,))


def _provider(coin: int, token: str) -> Provider:
    return Provider(
        name=f"defillama_{token.lower()}",
        title=f"{token} in circulation, all chains",
        kind="supply",
        producer="DefiLlama",
        url="https://defillama.com/stablecoins",
        licence="open API, to be cited; no redistribution terms read",
        redistribute="unknown",
        instrument="supply",
        unit="tokens",
        column="circulating.peggedUSD",
        requests=_requests(coin),
        parse=_parse,
        currency="",
        hour_utc=24.0,
        bars=True,
        caveats=("taken as the supply of the stamped day; it may be that of the day before",),
    )


USDT = _provider(1, "USDT")
USDC = _provider(2, "USDC")
