"""The real files with real defects: what each one becomes, against independent copies of the same prices."""

from __future__ import annotations

import pandas as pd
import pytest

from gramlib.errors import DataContractError
from gramlib.prices.ingest import ingest
from gramlib.sources.files import FileSettings

KEYS = [
    "rows",
    "start",
    "end",
    "unit_in",
    "column",
    "currency",
    "duplicates",
    "missing",
    "weekends",
    "outliers",
    "issues",
]

DIRTY = {  # rows, start, end, column, missing
    "fred_dot_missing": (13_289, "1968-04-01", "2021-03-02", "GOLDPMGBD228NLBM", 516),
    "investing_com_bom_thousands_mdy": (339, "2023-08-07", "2024-12-06", "Price", 0),
    "investing_es_decimal_comma_ddmmyyyy_monthly": (96, "2016-01-01", "2023-12-01", "Último", 0),
    "mcm2022_mixed_date_formats_unsorted": (1_265, "2016-09-12", "2021-09-10", "USD (PM)", 0),
    "quandl_lbma_six_columns_desc_nulls": (13_165, "1968-04-01", "2020-08-25", "USD (PM)", 141),
    "spdr_gld_archive_holiday_dollar_percent": (
        5_064,
        "2004-11-18",
        "2025-05-23",
        "implied gold price (NAV a share / ounces a share)",
        177,
    ),
    "stooq_no_header": (4_364, "2000-01-04", "2017-04-28", "column 5", 0),
}
REAL = {  # rows, start, end, column, weekends
    "gold_daily_spliced_1968_2026": (14_613, "1968-04-01", "2026-07-13", "price", 0),
    "gld_daily_holdings_spdr_2004_2025": (5_064, "2004-11-18", "2025-05-23", "lbma_pm_implied", 0),
    "paxg_daily_binance_usdt_2020_2026": (1_349, "2020-08-28", "2026-01-02", "close", 558),
    "xaut_daily_coingecko_2020_2023": (938, "2020-01-27", "2023-10-13", "price", 387),
    "gold_monthly_usd_per_oz": (703, "1968-01-01", "2026-07-01", "gold_usd_per_oz", 0),
}


@pytest.fixture(scope="module")
def pm_fix(reference_data):
    """The London afternoon fix by day, from the file whose dates are beyond doubt."""
    frame = pd.read_csv(reference_data / "gold_daily_spliced_1968_2026.csv", parse_dates=["date"])
    return frame[frame["source"].str.startswith("LBMA")].set_index("date")["price"]


@pytest.mark.parametrize("name", DIRTY)
def test_dirty_files(reference_data, name):
    summary = ingest(str(reference_data.parent / "dirty" / f"{name}.csv"), today="2026-11-20").summary
    assert list(summary) == KEYS
    rows, start, end, column, missing = DIRTY[name]
    assert (summary["rows"], summary["start"], summary["end"], summary["column"], summary["missing"]) == (
        rows,
        start,
        end,
        column,
        missing,
    )
    assert (summary["unit_in"], summary["currency"], summary["duplicates"], summary["outliers"]) == ("oz", "USD", 0, 0)


@pytest.mark.parametrize("name", REAL)
def test_real_series(reference_data, name):
    summary = ingest(str(reference_data / f"{name}.csv"), today="2026-11-20").summary
    rows, start, end, column, weekends = REAL[name]
    assert (summary["rows"], summary["start"], summary["end"], summary["column"], summary["weekends"]) == (
        rows,
        start,
        end,
        column,
        weekends,
    )
    assert summary["outliers"] == 0, "real moves are kept"


@pytest.mark.parametrize(
    ("name", "median", "share"),
    [("fred_dot_missing", 1e-9, 0.999), ("quandl_lbma_six_columns_desc_nulls", 1e-9, 0.999), ("spdr_gld_archive_holiday_dollar_percent", 1e-6, 0.99),
     ("mcm2022_mixed_date_formats_unsorted", 1e-9, 0.98), ("stooq_no_header", 0.004, 0.3)],
)  # fmt: skip
def test_prices_stand_on_their_days(reference_data, pm_fix, name, median, share):
    """Share of days within 2 bp of the fix (another hour of the day for Stooq), and the median difference."""
    quotes = ingest(str(reference_data.parent / "dirty" / f"{name}.csv")).quotes().set_index("date")["gold_usd_per_oz"]
    off = (quotes / pm_fix - 1).abs().dropna()
    assert len(off) > 1000 and off.median() <= median
    assert (off < (2e-4 if median < 1e-3 else 2.4e-3)).mean() >= share


def test_the_returns_named_like_prices_are_refused(reference_data):
    with pytest.raises(
        DataContractError,
        match=r"one column of 210 numbers from -2.3207 to 3.22138, 107 of them negative: returns or changes, not prices",
    ):
        ingest(str(reference_data.parent / "dirty" / "prices_labelled_wrong_returns_no_header.csv"))


def test_a_token_stamped_at_the_day_after_fits_gold_when_moved(reference_data, pm_fix):
    """SOURCES: return correlation 0.08 as stamped, 0.78 moved."""
    path = str(reference_data / "xaut_daily_coingecko_2020_2023.csv")
    assert any(
        issue.startswith("day_shift:") and "set data.day_shift to -1" in issue
        for issue in ingest(path).summary["issues"]
    )

    def correlation(shift):
        quotes = ingest(path, FileSettings(day_shift=shift)).quotes().set_index("date")["gold_usd_per_oz"]
        both = pd.concat([quotes, pm_fix], axis=1, join="inner").pct_change(fill_method=None)
        return both.corr().iloc[0, 1]

    assert correlation(0) < 0.35 < 0.5 < correlation(-1)
