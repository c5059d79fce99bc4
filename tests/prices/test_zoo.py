"""One small file a sickness: what is mended and said, and what is refused, with the line."""

from __future__ import annotations

import pytest

from gramlib import prices
from gramlib.errors import DataContractError

REFUSED = {
    "empty": "an empty file",
    "header_only": "a header and no rows",
    "error_page": "HTML or XML",
    "workbook": "a damaged Excel workbook or zip archive",
    "ragged": r"3 cells on this line, 2 in the header\n.*\nfrom: ragged.csv:15",
    "cut_short": r"2 cells on this line, 3 in the header; the file seems to be cut here\n.*\nfrom: cut_short.csv:42",
    "twin_columns_differ": "two columns are called 'price' and differ",
    "no_price_column": "'remark' is no price in USD .no numbers.",
    "no_dollar_column": "'GBP .PM.' is no price in USD .in GBP., 'EURO .PM.' is no price in USD .in EUR.",
    "silver": "'silver' is no price in USD .another metal or market.",
    "ambiguous_dates": r"'01/03/2012' may be day-month-year .2012-03-01. or month-day-year .2012-01-03.[^$]*data.date_order",
    "impossible_date": r"'2012-02-30'[^$]*from: impossible_date.csv:15, column date",
    "many_conflicts": r"2 prices for 2012-03-01, 1693.94 and 1700.94, on lines 2, 3; 41 such day",
    "grams_for_ounces": "the column's name says USD/oz, but by size the values fit USD/g best: ratio 0.032",
    "wrong_way_factor": "ratio 31.13 to the monthly history",
    "unit_swap_halfway": r"2012-04-02: 53.8\d+ after 1682.17.*per gram mixed[^$]*from: unit_swap_halfway.csv:24",
    "returns_not_prices": "not a gold price in USD per oz, g, kg or tola: ratio",
    "returns_named_price": "not a gold price in USD per oz, g, kg or tola: ratio",
    "pounds_sterling": "ratio 0.63.*",
    "monthly": "rows lie 31 days apart",
}

MENDED = {  # check, status, what the log says, rows, one-day returns, filled, stale, outliers
    "healthy": ("gaps", "ok", "0 of 41", 41, 40, 0, 0, 0),
    "semicolon": ("file", "ok", "semicolon separated", 41, 40, 0, 0, 0),
    "newest_first": ("order", "note", "newest first", 41, 40, 0, 0, 0),
    "unsorted": ("order", "warning", "1 date(s) out of order, first on line 7", 41, 40, 0, 0, 0),
    "duplicate_same": ("duplicates", "note", "1 rows repeat a day, first 2012-03-14", 41, 40, 0, 0, 0),
    "duplicate_conflict": ("duplicates", "warning", "2 prices for 2012-03-14, 1683.83 and 1691.33, on lines 11, 12", 41, 38, 1, 0, 0),
    "gap_short": ("gaps", "note", "widest 2 days before 2012-03-16", 41, 37, 2, 0, 0),
    "gap_long": ("gaps", "warning", "widest 8 days before 2012-03-22", 33, 31, 0, 0, 0),
    "zero_for_missing": ("missing", "warning", "1 zero of 41", 41, 38, 1, 0, 0),
    "text_in_price": ("words", "note", "cells hold 'holiday'", 41, 38, 1, 0, 0),
    "weekend_bars": ("weekend_bars", "note", "16 rows on a weekend, first 2012-03-03", 41, 40, 0, 0, 0),
    "stale_run": ("stale", "warning", "1 run(s) of 5 or more equal prices, first 2012-03-19 (6 days)", 41, 34, 0, 5, 0),
    "spike_reverting": ("outliers", "warning", "2012-03-20 +13.8%", 41, 40, 0, 0, 1),
    "spike_beyond_doubt": ("reverted", "warning", "on 2012-03-20, no market move (a factor of 1.3)", 41, 38, 1, 0, 0),
    "slip_10x": ("slips", "warning", "line 15, 16688.9 on 2012-03-20, a decimal point slipped by one place", 41, 38, 1, 0, 0),
    "one_row_in_grams": ("slips", "warning", "on 2012-03-20, USD per ounce and per gram mixed", 41, 38, 1, 0, 0),
    "negative": ("signs", "warning", "line 15, -1668.89 on 2012-03-20", 41, 38, 1, 0, 0),
    "stray_year": ("order", "warning", "1 date(s) out of order, first on line 22; the price of 1 does not fit there", 41, 38, 1, 0, 0),
    "twin_columns": ("column", "note", "price in 'price'; other prices: price", 41, 40, 0, 0, 0),
    "no_header": ("layout", "note", "no header", 41, 40, 0, 0, 0),
    "header_again": ("layout", "note", "the header stands 2 time(s) more inside the table", 41, 40, 0, 0, 0),
    "header_short_by_one": ("layout", "note", "one name short", 41, 40, 0, 0, 0),
    "two_header_rows": ("column", "note", "price in 'Close'", 41, 40, 0, 0, 0),
    "description_first": ("layout", "note", "4 row(s) of description beside the header; 1 row(s) without a date", 41, 36, 2, 0, 0),
    "day_first_dates": ("dates", "note", "day-month-year", 41, 40, 0, 0, 0),
    "month_first_dates": ("dates", "note", "month-day-year", 41, 40, 0, 0, 0),
    "long_dates": ("dates", "ok", "month in words", 41, 40, 0, 0, 0),
    "compact_dates": ("dates", "ok", "yyyymmdd", 41, 40, 0, 0, 0),
    "two_date_formats": ("dates", "note", "year-month-day and dates with the month in words", 41, 40, 0, 0, 0),
    "excel_swapped_dates": ("dates", "warning", "taken for 20mm/dd/yy by a spreadsheet", 41, 40, 0, 0, 0),
    "thousands_commas": ("decimal", "note", "decimal point, thousands commas", 41, 40, 0, 0, 0),
    "decimal_commas": ("decimal", "note", "decimal comma", 41, 40, 0, 0, 0),
    "apostrophes": ("decimal", "note", "thousands apostrophes", 41, 40, 0, 0, 0),
    "german": ("column", "note", "price in 'Schlusskurs'; other prices: Eröffn.", 41, 40, 0, 0, 0),
    "polish_pipes": ("column", "note", "price in 'Zamkniecie'", 41, 40, 0, 0, 0),
    "russian_cp1251": ("column", "ok", "price in 'Цена'; no prices: Изм. % (percent)", 41, 40, 0, 0, 0),
    "spanish_cp1252": ("file", "ok", "semicolon separated text, cp1252", 41, 40, 0, 0, 0),
    "utf16": ("file", "ok", "tab separated text, utf-16", 41, 40, 0, 0, 0),
    "dollars_and_percent": ("column", "ok", "price in 'Close'; no prices: NAV (not of the size of gold), Premium (percent)", 41, 38, 1, 0, 0),
    "three_currencies": ("column", "note", "price in 'USD (PM)'; other prices: USD (AM); no prices: GBP (PM) (in GBP)", 41, 40, 0, 0, 0),
    "repeated_open_bar": ("open_day", "note", "stamped 2012-05-01 09:31, the others 15:00", 41, 40, 0, 0, 0),
}  # fmt: skip


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
    for name in MENDED.keys() - {"stale_run", "spike_reverting"}:
        table = prices.read_price_file(zoo / f"{name}.csv")[0].set_index("date")
        found = table.loc[~table["filled"], "gold_usd_per_oz"]
        assert (abs(found - healthy[found.index]) < 0.006).all(), name
        assert len(found) >= 33, name


def test_every_animal_is_looked_at(zoo):
    assert {path.stem for path in zoo.glob("*.csv")} == REFUSED.keys() | MENDED.keys()
