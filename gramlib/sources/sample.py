"""The shipped sample: a daily path reconstructed from monthly averages, for demonstration only."""

from __future__ import annotations

import hashlib
import io
from typing import TYPE_CHECKING

import pandas as pd

from gramlib.errors import ParameterError
from gramlib.sources.card import SourceCard
from gramlib.sources.monthly import ATTRIBUTION, packaged
from gramlib.sources.raw import Decision, RawSeries

if TYPE_CHECKING:
    from gramlib.params.stages import DataParams

FILENAME = "gold_daily_sample.csv"
COLUMN = "gold_usd_per_oz"
LABEL = "daily path reconstructed from monthly averages: demonstration only"
NOT_A_RECORD = Decision(
    "source",
    "warning",
    LABEL,
    "a record of daily prices",
    "used, graded D: the mechanics can be seen, nothing is evidence",
)


def load(params: DataParams) -> RawSeries:
    """The sample, whole; raises ParameterError when settings of a file are given beside it."""
    given = [name for name in ("path", "column") if getattr(params, name)]
    if given or params.unit not in ("auto", "oz"):
        name = given[0] if given else "unit"
        raise ParameterError(
            f"data.{name} is {getattr(params, name)!r} while data.source is sample",
            expected="no path or column, unit auto or oz: the sample is USD per troy ounce",
            origin=f"data.{name}",
            remedy="set data.source to file, or leave it out",
        )
    content = packaged(FILENAME)
    frame = pd.read_csv(io.BytesIO(content))
    frame = pd.DataFrame(
        {"date": pd.to_datetime(frame["date"]).astype("datetime64[us]"), "value": frame[COLUMN].astype("float64")}
    )
    frame.index = frame.index + 2
    return RawSeries(frame, "oz", COLUMN, FILENAME, _card(frame, content), (NOT_A_RECORD,))


def _card(frame: pd.DataFrame, content: bytes) -> SourceCard:
    return SourceCard(
        id="sample",
        title=f"Shipped sample: {LABEL}",
        producer=f"gramlib.sources.build_sample, through the averages of {ATTRIBUTION}",
        url="https://www.worldbank.org/en/research/commodity-markets",
        licence="CC BY 4.0 (attribution: The World Bank)",
        redistribute="yes",
        accessed="2026-11-20",
        sha256=hashlib.sha256(content).hexdigest(),
        unit="USD/oz",
        instrument="generated: stochastic volatility with jumps, conditioned on monthly averages",
        rows=len(frame),
        start=f"{frame['date'].iloc[0]:%Y-%m-%d}",
        end=f"{frame['date'].iloc[-1]:%Y-%m-%d}",
    )
