"""The LBMA's own JSON of the afternoon fix, 1968 to today, where it answers at all."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from gramlib.sources.online.body import JSON
from gramlib.sources.online.cells import numbers, read_json, series, text_days
from gramlib.sources.online.provider import Parsed, Provider, RawFile, Request, Requests


def _requests(now: dt.datetime) -> Requests:
    yield Request("https://prices.lbma.org.uk/json/gold_pm.json", JSON, "gold_pm.json")


def _parse(files: Sequence[RawFile]) -> Parsed:
    rows = read_json(files[-1].content)
    days = text_days([row["d"] for row in rows], "%Y-%m-%d")
    usd = numbers(row["v"][0] for row in rows)  # USD, GBP, EUR
    usd[usd == 0] = float("nan")  # 0 stands for a currency that had no quote
    return Parsed(series(days, usd))


PROVIDER = Provider(
    name="lbma_pm",
    title="LBMA Gold Price PM",
    kind="gold",
    producer="London Bullion Market Association; benchmark administrator ICE Benchmark Administration",
    url="https://www.lbma.org.uk/prices-and-data/lbma-gold-price",
    licence="ICE Benchmark Administration licence needed for use and redistribution",
    redistribute="no",
    instrument="fix",
    unit="oz",
    column="v[0], USD",
    requests=_requests,
    parse=_parse,
    hour_utc=15.0,
    known_start="1968-04-01",
    terms="the LBMA Gold Price may be used only under a licence of ICE Benchmark Administration",
)
