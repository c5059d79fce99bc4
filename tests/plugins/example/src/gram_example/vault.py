"""A gold price as this package's owner keeps it: days since 1970 and cents a troy ounce, a pair a line."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pandas as pd

from gramlib.errors import DataContractError
from gramlib.params.data_params import DataParams
from gramlib.sources.card import SourceCard
from gramlib.sources.raw import RawSeries


def load(params: DataParams) -> RawSeries:
    """The vault's own record of gold, days since 1970 and cents an ounce."""
    content = Path(params.path).read_bytes() if params.path else b""
    pairs = [line.split() for line in content.decode("ascii").splitlines()]
    if not pairs or any(len(pair) != 2 for pair in pairs):
        raise DataContractError("no pairs of day and cents", expected="two numbers a line", origin="data.path")
    date = pd.to_datetime([int(day) for day, _ in pairs], unit="D").astype("datetime64[us]")
    frame = pd.DataFrame({"date": date, "value": [int(cents) / 100.0 for _, cents in pairs]})
    frame.index = frame.index + 1
    first, last = (f"{date[place]:%Y-%m-%d}" for place in (0, -1))
    card = SourceCard(
        id="vault", title="The vault's own record", producer="The vault", url="", licence="for the owner's own use",
        redistribute="no", accessed=last, sha256=hashlib.sha256(content).hexdigest(), unit="USD/oz",
        instrument="fix", rows=len(frame), start=first, end=last,
    )  # fmt: skip
    return RawSeries(frame, "oz", "cents", Path(params.path).name, card, instrument="fix", hour_utc=15.0)
