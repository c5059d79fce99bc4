"""One small file a sickness: what is mended and said, and what is refused, with the line."""

from __future__ import annotations

import pytest

from gramlib import prices
from gramlib.errors import DataContractError

REFUSED = {
    "empty": "an empty file",
    "header_only": "a header and no rows",
    "no_header": "no header: the first line is data",
    "error_page": "HTML or XML",
    "workbook": "Excel workbook",
    "ragged": r"3 cells on this line, 2 in the header\n.*\nfrom: ragged.csv:15",
    "twin_columns": "two columns are called 'price'",
    "no_price_column": "none of date, remark holds numbers",
    "day_first_dates": "no column of ISO dates; the first row begins '01/03/2012'",
    "impossible_date": r"'2012-02-30'[^$]*from: impossible_date.csv:15, column date",
    "text_in_price": r"'HOLIDAY'[^$]*from: text_in_price.csv:15, column price",
    "thousands_commas": "'1,693.94'; thousands marks",
    "decimal_commas": "'1693,94'; thousands marks, decimal commas",
    "negative": r"price -1668.89 on 2012-03-20[^$]*from: negative.csv:15",
    "duplicate_conflict": r"2 prices for 2012-03-14, 1683.83 and 1691.33, on lines 11, 12",
    "grams_for_ounces": "the column's name says USD/oz, but by size the values fit USD/g best: ratio 0.032",
    "unit_swap_halfway": r"2012-04-02: 53.8\d+ after 1682.17.*per gram mixed[^$]*from: unit_swap_halfway.csv:24",
    "one_row_in_grams": r"2012-03-20: 53.6\d+ after 1671.2, 2 such step.*per gram mixed[^$]*from: one_row_in_grams.csv:15",
    "slip_10x": r"2012-03-20: 16688.9 after 1671.2.*slipped by one place[^$]*from: slip_10x.csv:15",
    "returns_not_prices": "not a gold price in USD per oz, g, kg or tola: ratio",
    "pounds_sterling": "ratio 0.63.*",
    "monthly": "rows lie 31 days apart",
}

MENDED = {  # check, status, what the log says, rows, one-day returns, filled, stale, outliers
    "healthy": ("gaps", "ok", "0 of 41", 41, 40, 0, 0, 0),
    "semicolon": ("file", "ok", "semicolon separated", 41, 40, 0, 0, 0),
    "newest_first": ("order", "note", "newest first", 41, 40, 0, 0, 0),
    "unsorted": ("order", "warning", "first after line 7", 41, 40, 0, 0, 0),
    "duplicate_same": ("duplicates", "note", "1 rows repeat a day, first 2012-03-14", 41, 40, 0, 0, 0),
    "gap_short": ("gaps", "note", "widest 2 days before 2012-03-16", 41, 37, 2, 0, 0),
    "gap_long": ("gaps", "warning", "widest 8 days before 2012-03-22", 33, 31, 0, 0, 0),
    "zero_for_missing": ("missing", "warning", "1 zero of 41", 41, 38, 1, 0, 0),
    "weekend_bars": ("weekend_bars", "note", "16 rows on a weekend, first 2012-03-03", 41, 40, 0, 0, 0),
    "stale_run": ("stale", "warning", "1 run(s) of 5 or more equal prices, first 2012-03-19 (6 days)", 41, 34, 0, 5, 0),
    "spike_reverting": ("outliers", "warning", "2012-03-20 +13.8%", 41, 40, 0, 0, 1),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused_with_the_reason(zoo, name):
    with pytest.raises(DataContractError, match=REFUSED[name]) as caught:
        prices.read_price_file(zoo / f"{name}.csv")
    assert caught.value.exit_code == 3
    assert caught.value.expected and f"{name}.csv" in caught.value.origin and caught.value.remedy
    assert 3 <= len(str(caught.value).splitlines()) <= 4


@pytest.mark.parametrize("name", MENDED)
def test_mended_and_said(zoo, name):
    check, status, says, rows, returns, filled, stale, outliers = MENDED[name]
    table, quality, document = prices.read_price_file(zoo / f"{name}.csv")
    log = quality.set_index("check").loc[check]
    assert (log["status"], says in log["found"]) == (status, True), log["found"]
    assert len(table) == rows == document["rows"] and table["log_return"].notna().sum() == returns
    assert [table[flag].sum() for flag in ("filled", "stale", "outlier")] == [filled, stale, outliers]


def test_mended_files_give_the_healthy_prices_where_they_have_them(zoo):
    healthy = prices.read_price_file(zoo / "healthy.csv")[0].set_index("date")["gold_usd_per_oz"]
    for name in ("semicolon", "newest_first", "unsorted", "duplicate_same", "gap_long", "weekend_bars"):
        found = prices.read_price_file(zoo / f"{name}.csv")[0].set_index("date")["gold_usd_per_oz"]
        assert (found == healthy[found.index]).all(), name


def test_every_animal_is_looked_at(zoo):
    assert {path.stem for path in zoo.glob("*.csv")} == REFUSED.keys() | MENDED.keys()
