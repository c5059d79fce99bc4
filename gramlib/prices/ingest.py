"""One price file to the standard table, its quality report and a summary: what `gram ingest` prints and writes."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from gramlib.errors import ParameterError
from gramlib.params.stages import DataParams
from gramlib.prices.documents import source_document
from gramlib.prices.quality import QualityLog
from gramlib.prices.sparse import sparse_table, typical_spacing_days
from gramlib.prices.standard import standardise
from gramlib.readable import readable
from gramlib.sources.files import FileSettings, read_any
from gramlib.sources.raw import RawSeries

DAILY_UP_TO_DAYS = 4
COLUMNS = ["date", "gold_usd_per_g", "gold_usd_per_oz"]


@readable
@dataclass(frozen=True)
class Ingested:
    """Tables `prices` and `quality`, the `document` of sources (None for a series that is not daily), and `summary`.

    `summary` has rows, start, end, unit_in, column, currency, duplicates, missing, weekends, outliers, issues: `rows`
    counts days with a quote of their own, `outliers` prices set aside or flagged, `issues` the sentences of every
    check that found something.
    """

    prices: pd.DataFrame
    quality: pd.DataFrame
    document: dict[str, Any] | None
    summary: dict[str, Any]

    def quotes(self) -> pd.DataFrame:
        """Columns date, gold_usd_per_g, gold_usd_per_oz: days with a quote of their own, none carried over."""
        return self.prices.loc[~self.prices["filled"], COLUMNS].reset_index(drop=True)


def ingest(path: str, settings: FileSettings | None = None, today: str = "") -> Ingested:
    """The file at `path`, standardised whole; `today` (ISO date, empty for the clock's) leaves out a bar of that day.

    A weekly or monthly series is standardised too, on its own dates and with a warning: a run refuses it, because it
    understates volatility. Raises ParameterError when there is no such file, column or sheet, DataContractError when
    it is no gold price in USD.
    """
    raw = read_any(path, settings, today or dt.datetime.now(dt.UTC).date().isoformat())
    log = QualityLog(raw.notes)
    if typical_spacing_days(raw.frame) > DAILY_UP_TO_DAYS:
        prices, quality = sparse_table(raw, log)
        return Ingested(prices, quality, None, _summary(raw, prices, quality, log))
    prices, quality = standardise(raw, DataParams(source="file", path=str(path), start="", end=""), log)
    return Ingested(prices, quality, source_document(raw, prices, quality), _summary(raw, prices, quality, log))


def write_quotes(ingested: Ingested, target: Path) -> None:
    """Write the quotes to `target`: .csv at full precision, or .parquet.

    Raises ParameterError for another ending and for a folder that is not there.
    """
    quotes = ingested.quotes()
    if target.suffix not in (".csv", ".parquet"):
        raise ParameterError(
            f"-o {target}", expected="a name that ends in .csv or .parquet", origin="-o", remedy="choose one of the two"
        )
    if not target.resolve().parent.is_dir():
        raise ParameterError(f"-o {target}: there is no folder {target.resolve().parent}", expected="a folder that exists", origin="-o",
                             remedy="make it first")  # fmt: skip
    if target.suffix == ".parquet":
        quotes.to_parquet(target, index=False)
        return
    lines = [f"{day},{g!r},{oz!r}" for day, g, oz in zip(
        np.datetime_as_string(quotes["date"].to_numpy().astype("datetime64[D]")),
        quotes["gold_usd_per_g"].tolist(), quotes["gold_usd_per_oz"].tolist(), strict=True)]  # fmt: skip
    target.write_text("\n".join([",".join(COLUMNS), *lines, ""]), encoding="utf-8")


def _summary(raw: RawSeries, prices: pd.DataFrame, quality: pd.DataFrame, log: QualityLog) -> dict[str, Any]:
    quotes = prices[~prices["filled"]]
    return {
        "rows": len(quotes),
        "start": f"{quotes['date'].iloc[0]:%Y-%m-%d}",
        "end": f"{quotes['date'].iloc[-1]:%Y-%m-%d}",
        "unit_in": raw.unit,
        "column": raw.column,
        "currency": raw.currency,
        "duplicates": log.counts["duplicates"],
        "missing": log.counts["missing"],
        "weekends": log.counts["weekends"],
        "outliers": log.counts["outliers"],
        "issues": [f"{row.check}: {row.found}; {row.decision}" for row in quality.itertuples() if row.status != "ok"],
    }
