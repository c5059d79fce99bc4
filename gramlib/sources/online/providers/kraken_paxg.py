"""Kraken daily candles of PAXG against USD: always the latest 720, errors with status 200."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from gramlib.errors import DataContractError, SourceUnreachable
from gramlib.sources.online.body import JSON
from gramlib.sources.online.cells import check_bars, epoch_days, numbers, read_json, series
from gramlib.sources.online.provider import Parsed, Provider, RawFile, Request, Requests

URL = "https://api.kraken.com/0/public/OHLC?pair=PAXGUSD&interval=1440"
FOR_NOW = ("EService", "EAPI:Rate limit", "EGeneral:Temporary", "EGeneral:Too many", "EGeneral:Internal")


def _requests(now: dt.datetime) -> Requests:
    page = yield Request(URL, JSON, "ohlc.json")
    _refuse_error(read_json(page or b"{}"))


def _refuse_error(answer: dict[str, list[str]]) -> None:
    if not answer["error"]:
        return
    said = "; ".join(str(error) for error in answer["error"])[:200]
    kind = SourceUnreachable if said.startswith(FOR_NOW) else DataContractError
    raise kind(
        f"api.kraken.com: error {said!r} with status 200",
        expected="an empty list of errors",
        origin=URL,
        remedy="try again later, or name another source",
    )


def _parse(files: Sequence[RawFile]) -> Parsed:
    answer = read_json(files[-1].content)
    _refuse_error(answer)
    pairs = [name for name in answer["result"] if name != "last"]  # Kraken's own name of the pair
    if len(pairs) != 1:
        raise DataContractError(f"pairs {pairs}", expected="one pair beside last")
    rows = answer["result"][pairs[0]]
    high, low, close = (numbers(row[place] for row in rows) for place in (2, 3, 4))
    check_bars(low, close, high)
    return Parsed(series(epoch_days([row[0] for row in rows], "s"), close))


PROVIDER = Provider(
    name="kraken_paxg",
    title="PAXG against USD on Kraken, daily close, latest 720 days",
    kind="token",
    producer="Kraken",
    url="https://www.kraken.com/legal",
    licence="no terms for market data found",
    redistribute="unknown",
    instrument="token",
    unit="oz",
    column="close",
    requests=_requests,
    parse=_parse,
    hour_utc=24.0,
    bars=True,
    rolling=True,
)
