"""One call from a price file to the standard tables, for scripts."""

from __future__ import annotations

from typing import Any

import pandas as pd

from gramlib.params.stages import DataParams
from gramlib.prices.documents import source_document
from gramlib.prices.standard import standardise
from gramlib.sources import load


def read_price_file(
    path: str,
    unit: str = "auto",
    column: str = "",
    start: str = "",
    end: str = "",
    max_fill_days: int = 3,
    **settings: Any,
) -> tuple[pd.DataFrame, pd.DataFrame, dict[str, Any]]:
    """Tables `prices` and `quality` and the source document of the daily price file at `path`.

    `unit` is auto, oz, g, kg or tola; `column` names the price column (empty: by rule); `start` and `end` are ISO
    dates (empty: as far as the file goes); further `settings` are those of stage data: date_order, decimal,
    delimiter, sheet, day_shift. Raises DataContractError when the file is no daily gold price in USD, ParameterError
    when the file, the column or the window does not exist.
    """
    params = DataParams(
        source="file",
        path=str(path),
        unit=unit,
        column=column,
        start=start,
        end=end,
        max_fill_days=max_fill_days,
        **settings,
    )
    raw = load(params)
    prices, quality = standardise(raw, params)
    return prices, quality, source_document(raw, prices, quality)
