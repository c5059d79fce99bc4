"""Price tables that the tests of this room share."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from synthetic_garch import garch_returns, price_table


@pytest.fixture(scope="session")
def synthetic_prices() -> pd.DataFrame:
    return price_table(garch_returns(1600, seed=11))


@pytest.fixture(scope="session")
def gold_prices(reference_data: Path) -> pd.DataFrame:
    """The spliced daily gold series from 1975 on."""
    raw = pd.read_csv(reference_data / "gold_daily_spliced_1968_2026.csv", parse_dates=["date"])
    raw = raw[raw["date"] >= "1975-01-02"].reset_index(drop=True)
    table = price_table(np.diff(np.log(raw["price"].to_numpy())), first_usd_per_oz=raw["price"].iloc[0])
    return table.assign(date=raw["date"].astype("datetime64[us]"))
