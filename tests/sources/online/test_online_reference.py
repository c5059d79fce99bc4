"""Real histories, put into the form their sources answer in, come out as the figures measured on them."""

from __future__ import annotations

import csv

import numpy as np
import pandas as pd
import pytest
from documented_answers import XLSX_TYPE, as_json, workbook
from fake_host import Reply

from gramlib.sources.online import fetch_series


def by_day(series) -> pd.Series:
    return series.frame.set_index("date")["value"]


@pytest.fixture
def gold(reference_data) -> pd.DataFrame:
    return pd.read_csv(reference_data / "gold_daily_spliced_1968_2026.csv", parse_dates=["date"], index_col="date")


def test_the_fund_implies_the_london_fix(host, settings, reference_data, gold):
    """175 holidays and 2 closed days left out; 0.00 bp median and 3.2% at most from the published fix on 3,991 days."""
    raw = reference_data.parent / "dirty" / "spdr_gld_archive_holiday_dollar_percent.csv"
    with raw.open(encoding="utf-8-sig", newline="") as lines:
        rows = [[cell.strip() for cell in row] for row in csv.reader(lines, skipinitialspace=True)]
    host.gives(Reply(workbook({"US GLD Historical Archive": rows}), XLSX_TYPE))
    fix = fetch_series("gld_archive", settings())
    ounces = fetch_series("gld_ounces", settings())
    known = pd.read_csv(
        reference_data / "gld_daily_holdings_spdr_2004_2025.csv", parse_dates=["date"], index_col="date"
    )
    assert any("177 row(s)" in note.found for note in fix.notes)
    pd.testing.assert_series_equal(
        by_day(fix)[known.index],
        known["lbma_pm_implied"],
        check_names=False,
        check_dtype=False,
        rtol=1e-9,
        check_freq=False,
        check_index_type=False,
    )
    pd.testing.assert_series_equal(
        by_day(ounces)[known.index], known["ounces"], check_names=False, check_freq=False, check_index_type=False
    )
    published = gold.loc[gold["source"] == "LBMA_PM_FRED", "price"]
    both = pd.concat([by_day(fix), published], axis=1, join="inner", keys=["implied", "published"])
    off = (both["implied"] / both["published"] - 1).abs()
    assert len(off) == 3991 and off.median() < 1e-6 and off.max() == pytest.approx(0.032, abs=0.001)
    assert f"{off.idxmax():%Y-%m-%d}" == "2007-05-29"


def test_of_all_shifts_the_day_taken_from_coingecko_follows_gold_best(host, settings, reference_data, gold):
    raw = pd.read_csv(reference_data / "xaut_daily_coingecko_2020_2023.csv", parse_dates=["date"])
    stamps = (raw["date"] - pd.Timestamp(0)) // pd.Timedelta(milliseconds=1)
    columns = {"prices": raw["price"], "market_caps": raw["market_cap"], "total_volumes": raw["total_volume"]}
    host.gives(
        as_json({name: [list(point) for point in zip(stamps, values, strict=True)] for name, values in columns.items()})
    )
    token = by_day(fetch_series("coingecko_xaut", settings()))

    def correlation(days: int) -> float:
        both = pd.concat([token.shift(freq=f"{days}D"), gold["price"]], axis=1, join="inner", keys=["token", "gold"])
        return float(np.log(both).diff().corr().iloc[0, 1])

    by_shift = {days: correlation(days) for days in (-2, -1, 0, 1, 2)}
    assert max(by_shift, key=by_shift.__getitem__) == 0 and by_shift[0] > 2 * by_shift[1]
    supply = by_day(fetch_series("coingecko_xaut_supply", settings()))
    assert supply.iloc[-1] == pytest.approx(raw["implied_supply"].iloc[-1], rel=1e-9) and supply.iloc[-1] > 240_000


def test_binance_candles_come_back_as_they_were(host, settings, reference_data):
    raw = pd.read_csv(reference_data / "paxg_daily_binance_usdt_2020_2026.csv", parse_dates=["date"])
    stamps = ((raw["date"] - pd.Timestamp(0)) // pd.Timedelta(milliseconds=1)).to_numpy()

    def klines(asked):
        rows = raw[stamps >= int(asked.query["startTime"])].head(1000)
        return as_json(
            [
                [
                    int((row.date - pd.Timestamp(0)) // pd.Timedelta(milliseconds=1)),
                    str(row.open),
                    str(row.high),
                    str(row.low),
                    str(row.close),
                    str(row.volume),
                ]
                for row in rows.itertuples()
            ]
        )

    host.gives(klines)
    found = by_day(fetch_series("binance_paxg", settings()))
    assert (
        found.index.tolist() == raw["date"].tolist()
        and found.to_numpy().tolist() == raw["close"].tolist()
        and len(host.asked) == 2
    )


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("fred_dfii10", "us_real_yield_10y_daily_fred.csv"),
        ("fred_dtb3", "us_tbill_3m_dtb3_daily_fred.csv"),
        ("fred_gvzcls", "gvz_daily_fred.csv"),
    ],
)
def test_fred_blanks_are_left_out_and_nothing_else(name, file, host, settings, reference_data):
    code = name.removeprefix("fred_").upper()
    text = (reference_data / file).read_text().replace("date,value", f"observation_date,{code}", 1)
    host.gives(Reply(text.encode(), "text/csv"))
    raw = pd.read_csv(reference_data / file)
    series = fetch_series(name, settings())
    assert len(series.frame) == int(raw["value"].notna().sum())
    assert series.frame["value"].to_numpy().tolist() == raw["value"].dropna().to_numpy().tolist()
