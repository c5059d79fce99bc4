"""Dates are decided for the whole column, by evidence that is named; what two readings fit is refused."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from gramlib.errors import DataContractError
from gramlib.sources.files.date_cells import month_of, stamp_of
from gramlib.sources.files.date_column import read_dates
from gramlib.sources.files.date_numbers import number_form, read_date_numbers

BUSINESS_DAYS = [
    dt.date(2012, 3, 1) + dt.timedelta(n) for n in range(120) if (dt.date(2012, 3, 1) + dt.timedelta(n)).weekday() < 5
]


def read(cells, order="auto", level=None):
    return read_dates(cells, list(range(2, len(cells) + 2)), "x.csv", "date", order, level)


def days(found):
    return found.days.astype(object).tolist()


@pytest.mark.parametrize(
    ("cell", "year", "month", "day"),
    [("2013-04-15", 2013, 4, 15), ("2013/4/5", 2013, 4, 5), ("18-Nov-2004", 2004, 11, 18), ("Apr 15, 2013", 2013, 4, 15), ("Friday, 6 December 2024", 2024, 12, 6),
     ("6 décembre 2024", 2024, 12, 6), ("15 апреля 2013 г.", 2013, 4, 15), ("lun. 15 avr. 2013", 2013, 4, 15), ("15 de abril de 2013", 2013, 4, 15),
     ("15. März 2013", 2013, 3, 15), ("3 maja 2013", 2013, 5, 3), ("15APR2013", 2013, 4, 15), ("5-mar-13", 2013, 3, 5), ("1960M01", 1960, 1, 1),
     ("Jan-68", 1968, 1, 1), ("dic. 2013", 2013, 12, 1), ("20130415 1500", 2013, 4, 15), ("1st of May 2013", 2013, 5, 1)],
)  # fmt: skip
def test_cells_that_say_which_number_is_which(cell, year, month, day):
    stamp = stamp_of(cell)
    assert stamp is not None and (stamp.a, stamp.b, stamp.c) == (year, month, day)


@pytest.mark.parametrize(
    "cell",
    [
        "1693.94",
        "1,693.94",
        "HOLIDAY",
        "",
        "12,5",
        "2012",
        "45000",
        "20130415",
        "1331510400",
        "2013-04-15 99:00",
        "32 Foo 2013",
        "12.05",
    ],
)
def test_cells_that_are_no_dates(cell):
    assert stamp_of(cell) is None


def test_times_and_zones():
    stamps = [
        stamp_of(cell)
        for cell in (
            "2013-04-15T15:00:00Z",
            "2013-04-15 15:00:00+02:00",
            "4/15/2013 3:00 PM",
            "15.04.2013 15:00:00.000 GMT+0100",
        )
    ]
    assert [(stamp.seconds // 3600, stamp.offset) for stamp in stamps] == [(15, 0), (15, 120), (15, 9999), (15, 60)]


@pytest.mark.parametrize("number", range(1, 13))
def test_months_of_six_languages(number):
    names = ("jan feb mar apr may jun jul aug sep oct nov dec", "januar februar märz april mai juni juli august september oktober november dezember",
             "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
             "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
             "stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia",
             "января февраля марта апреля мая июня июля августа сентября октября ноября декабря")  # fmt: skip
    assert {month_of(language.split()[number - 1]) for language in names} == {number}


@pytest.mark.parametrize(
    "form",
    [
        "%Y-%m-%d",
        "%d/%m/%Y",
        "%m/%d/%Y",
        "%d.%m.%Y",
        "%d-%b-%Y",
        "%Y/%m/%d",
        "%d/%m/%y",
        "%m/%d/%y",
        "%B %d, %Y",
        "%d.%m.%y",
        "%Y%m%d %H:%M",
    ],
)
def test_four_months_of_business_days_in_any_format(form):
    assert days(read([day.strftime(form) for day in BUSINESS_DAYS])) == BUSINESS_DAYS


@settings(deadline=None, max_examples=50)
@given(st.data())
def test_no_format_is_ever_read_as_another_date(data):
    """Whatever the days: the column is read as it was written, or refused; never as something else."""
    form = data.draw(st.sampled_from(["%d/%m/%Y", "%m/%d/%Y", "%d/%m/%y", "%m/%d/%y", "%d.%m.%Y"]))
    first = data.draw(st.dates(dt.date(1975, 1, 1), dt.date(2026, 1, 1)))
    count = data.draw(st.integers(2, 60))
    wanted = [day for day in (first + dt.timedelta(n) for n in range(count)) if day.weekday() < 5]
    assume(len(wanted) > 1)
    wanted = wanted[::-1] if data.draw(st.booleans()) else wanted
    try:
        found = days(read([day.strftime(form) for day in wanted]))
    except DataContractError as error:
        assert "date_order" in str(error)
    else:
        assert found == wanted


def test_the_evidence_is_named():
    american = [day.strftime("%m/%d/%Y") for day in BUSINESS_DAYS]
    assert "date(s) do not exist otherwise" in read(american).decision.decision
    first_days = [day for day in BUSINESS_DAYS if day.day <= 12]
    assert "break(s) of order" in read([day.strftime("%d/%m/%Y") for day in first_days]).decision.decision
    week = [dt.date(2023, 1, day).strftime("%d/%m/%Y") for day in (3, 4, 5, 6, 9, 10, 11, 12)]
    assert "fall on a weekend then, 2 otherwise" in read(week).decision.decision
    months = [dt.date(2016 + n // 12, n % 12 + 1, 1).strftime("%d/%m/%Y") for n in range(36)]
    followed = read(months, level=lambda found: 0.01 if len(np.unique(found.astype("datetime64[M]"))) == 36 else 0.2)
    assert "follows the monthly history (spread 0.010 against 0.200)" in followed.decision.decision
    assert "dotted dates are written day first" in read([cell.replace("/", ".") for cell in months]).decision.decision


def test_what_fits_two_readings_is_refused_and_can_be_said():
    cells = ["01/03/2012", "02/03/2012", "05/03/2012"]
    with pytest.raises(
        DataContractError, match=r"set data.date_order .gram ingest --date-order. to dmy or mdy"
    ) as caught:
        read(cells)
    assert "x.csv:2, column date" in caught.value.origin
    assert days(read(cells, "dmy"))[0] == dt.date(2012, 3, 1) and days(read(cells, "mdy"))[0] == dt.date(2012, 1, 3)


def test_a_spreadsheets_mixed_column():
    """9/12/16 was taken for the year 9 and shown as 2009/12/16, 9/13/16 was left as text: one column, two forms."""
    cells = [
        f"20{d.month:02d}/{d.day}/{d:%y}" if d.day <= 12 else f"{d.month}/{d.day}/{d:%y}" for d in BUSINESS_DAYS * 1
    ]
    found = read(cells)
    assert days(found) == BUSINESS_DAYS and found.decision.status == "warning"


def test_day_and_month_first_in_one_column_is_refused():
    cells = [day.strftime("%d/%m/%Y" if n % 2 else "%m/%d/%Y") for n, day in enumerate(BUSINESS_DAYS)]
    with pytest.raises(DataContractError, match="do not exist in any one reading"):
        read(cells)


@pytest.mark.parametrize("stray", ["2012-13-40", "2012-03", "16/03/2012", "12-03-16", "soon 12 2012"])
def test_one_cell_of_another_form_is_damage(stray):
    cells = [str(day) for day in BUSINESS_DAYS]
    cells[7] = stray
    with pytest.raises(DataContractError, match="where a date was expected") as caught:
        read(cells)
    assert "x.csv:9" in caught.value.origin


def test_numbers_that_are_dates():
    seconds = [int(dt.datetime(d.year, d.month, d.day, tzinfo=dt.UTC).timestamp()) for d in BUSINESS_DAYS]
    for cells in (
        [d.strftime("%Y%m%d") for d in BUSINESS_DAYS],
        *([str(s * scale) for s in seconds] for scale in (1, 1000, 10**6, 10**9)),
    ):
        assert days(read_date_numbers(cells, number_form(cells), "t")) == BUSINESS_DAYS
    mixed = [str(s * (1000 if n < 9 else 10**6)) for n, s in enumerate(seconds)]
    assert days(read_date_numbers(mixed, number_form(mixed), "t")) == BUSINESS_DAYS
    serial = [str((d - dt.date(1899, 12, 30)).days) for d in BUSINESS_DAYS]
    assert days(read_date_numbers(serial, number_form(serial), "t")) == BUSINESS_DAYS


@pytest.mark.parametrize(
    "cells",
    [["1693.94", "1700.1"], ["105408", "191835", "8"], ["3", "1", "2"], ["99999999", "12345678"], ["156.12K", "1"]],
)
def test_numbers_that_are_no_dates(cells):
    assert number_form(cells) == ""
