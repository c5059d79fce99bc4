"""One decimal mark for a column; thousands, signs, words and percent; both readings kept where both fit."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gramlib.sources.files.number_column import read_numbers


@pytest.mark.parametrize(
    ("cells", "mark", "values"),
    [(["1,693.94", "987.5"], "point", [1693.94, 987.5]), (["1.693,94", "987,5"], "comma", [1693.94, 987.5]), (["1 693,94", "987,5"], "comma", [1693.94, 987.5]),
     (["1'693.94", "987"], "point", [1693.94, 987.0]), (["1\u00a0693,94"], "comma", [1693.94]), (["$1,693.94", "$ 12"], "point", [1693.94, 12.0]),
     (["1693.94 USD", "12 USD/oz"], "point", [1693.94, 12.0]), (["(5.5)", "\u22123", "4-"], "point", [-5.5, -3.0, -4.0]), (["1.69394E+03"], "point", [1693.94]),
     (["1,23,456.70"], "point", [123456.7]), (["1.234.567,8"], "comma", [1234567.8]), ([".5", "5."], "point", [0.5, 5.0])],
)  # fmt: skip
def test_numbers_as_people_write_them(cells, mark, values):
    found = read_numbers(cells)
    assert found.mark == mark and found.values.tolist() == values and not found.unreadable.any()


@pytest.mark.parametrize(
    "word",
    [
        "",
        ".",
        "..",
        "-",
        "N/A",
        "#N/A",
        "null",
        "NaN",
        "HOLIDAY",
        "US Holiday",
        "NYSE Closed",
        "AWAITED",
        "brak",
        "s/d",
        "n.d.",
    ],
)
def test_words_for_missing(word):
    found = read_numbers(["1", word, "2"])
    assert found.missing.tolist() == [False, True, False] and found.unknown_words == 0 and np.isnan(found.values[1])


def test_other_words_are_counted_and_too_many_make_text():
    assert read_numbers(["1"] * 9 + ["strike"]).unknown_words == 1
    assert read_numbers(["1"] * 9 + ["strike"]).numeric
    assert not read_numbers(["1"] * 3 + ["strike"] * 2).numeric


@pytest.mark.parametrize("cell", ["1.2.3", "16x94", "1,2,3", "0x10", "1_000", "5 6", "--5"])
def test_damaged_numbers_are_unreadable_never_something_else(cell):
    assert read_numbers(["1.5", cell]).unreadable.tolist() == [False, True]


@pytest.mark.parametrize(("cell", "flag"), [("0.42%", "percent"), ("156.12K", "magnitudes")])
def test_percent_and_volumes_are_no_prices(cell, flag):
    found = read_numbers([cell, "1"])
    assert getattr(found, flag) and not found.numeric


@pytest.mark.parametrize(
    ("cell", "code"),
    [("€12", "EUR"), ("£12", "GBP"), ("12 zł", "PLN"), ("$12", "USD"), ("A$12", "AUD"), ("12", ""), ("CHF 12", "CHF")],
)
def test_currency_signs(cell, code):
    assert read_numbers([cell]).currency == code


def test_both_readings_are_kept_where_every_cell_has_both():
    found = read_numbers(["1,693", "1,702"])
    assert (
        found.mark == "point" and found.values.tolist() == [1693.0, 1702.0] and found.other.tolist() == [1.693, 1.702]
    )
    assert read_numbers(["1,693", "1,702.5"]).other is None
    assert read_numbers(["1,693", "1,702"], "comma").values.tolist() == [1.693, 1.702]


@settings(deadline=None, max_examples=50)
@given(
    st.lists(st.floats(0.01, 1e7), min_size=1, max_size=30),
    st.sampled_from([(",", "."), (".", ","), ("'", "."), (" ", ",")]),
)
def test_grouped_numbers_round_trip_or_both_readings_are_kept(numbers, marks):
    thousands, decimal = marks
    cells = [f"{number:,.2f}".replace(",", "T").replace(".", decimal).replace("T", thousands) for number in numbers]
    found = read_numbers(cells)
    assert found.mark == ("point" if decimal == "." else "comma") and found.other is None
    assert found.values.tolist() == [float(f"{number:.2f}") for number in numbers]
