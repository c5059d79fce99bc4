"""Where the gold price comes from: one provider a file, behind one interface.

`load` gives the series as it came, with its card (producer, licence, hash, unit) and the decisions taken while
reading. `prices.standardise` makes the daily table of it. Importing this package imports no pandas.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gramlib.errors import ParameterError

if TYPE_CHECKING:
    from gramlib.params.stages import DataParams
    from gramlib.sources.raw import RawSeries

__all__ = ["SOURCES", "load"]

SOURCES = {
    "sample": "shipped daily path through the World Bank's monthly averages; demonstration only",
    "file": "a price file of your own, data.path: text, workbook, Parquet or JSON, read by evidence",
    "online": "public sources without a key, data.chain and more; see gramlib.sources.online and params/live.yaml",
}
"""Every source of the workbench by name, with what it is; other packages may add some, see gramlib.sources.plugins."""


def load(params: DataParams) -> RawSeries:
    """The raw series `params.source` names.

    Raises ParameterError for an unknown source or one whose settings do not fit it, DataContractError for a
    file that is not a daily gold price in USD.
    """
    if params.source == "sample":
        from gramlib.sources import sample

        return sample.load(params)
    if params.source == "file":
        from gramlib.sources import file

        return file.load(params)
    if params.source not in SOURCES:
        from gramlib.sources.plugins import load_series

        return load_series(params)
    raise ParameterError(
        f"data.source is {params.source!r}",
        expected="sample or file: one series; online sources are several, gathered by gramlib.prices.acquire",
        origin="data.source",
        remedy="call gramlib.prices.acquire, or use source: file with a path",
    )
