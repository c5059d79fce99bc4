"""Numbers in text: they match the value they were made from, and nothing prints as nan."""

from __future__ import annotations

import math
import re

from hypothesis import given, settings
from hypothesis import strategies as st
from pytest import mark

from gramlib.report import numbers

FRACTIONS = st.floats(-2.0, 2.0, allow_nan=False)
ANY = st.one_of(st.none(), st.floats(allow_nan=True, allow_infinity=True))


def _read(text: str) -> float:
    return float(text.replace("\N{MINUS SIGN}", "-").replace(",", "").rstrip("%"))


@settings(deadline=None, max_examples=200)
@given(FRACTIONS)
def test_percentage_matches_its_fraction(fraction):
    found = _read(numbers.percent(fraction))
    assert math.isclose(found, 100 * fraction, rel_tol=0.051, abs_tol=1e-9)


@settings(deadline=None, max_examples=200)
@given(st.floats(1e-9, 1.0))
def test_bound_is_never_printed_below_the_computed_one(fraction):
    found = _read(numbers.percent_at_most(fraction))
    assert found >= 100 * fraction * (1 - 1e-9)
    assert found <= 100 * fraction * 1.11


@settings(deadline=None, max_examples=100)
@given(st.floats(-1e12, 1e12, allow_nan=False))
def test_dollars_match_their_amount(amount):
    text = numbers.usd(amount)
    factor = {"bn": 1e9, "m": 1e6, "k": 1e3}.get(text.split()[-1], 1.0)
    figure = re.fullmatch(r"USD (\S+)( bn| m| k)?", text)
    assert figure is not None
    assert math.isclose(_read(figure[1]) * factor, amount, rel_tol=0.051, abs_tol=0.5)
    assert abs(_read(figure[1])) < 1000 or factor == 1e9


@settings(deadline=None, max_examples=100)
@given(
    ANY,
    st.sampled_from(
        ["USD", "1", "share", "day", "g", "bp", "%", "USD/oz", "1/year", "failures", "times", "", "furlong"]
    ),
)
def test_no_unit_prints_nan(value, unit):
    text = numbers.with_unit(value, unit)
    assert text
    assert "nan" not in text.lower() and "inf" not in text.lower()


@mark.parametrize(
    ("value", "expected"),
    [(0, "0 days"), (1, "1 day"), (2, "2 days"), (1.5, "1.5 days"), (-1, "\N{MINUS SIGN}1 days"), (0.96, "1.0 days")],
)
def test_nouns_follow_their_number(value, expected):
    assert numbers.days(value) == expected


@mark.parametrize(
    ("text", "expected"),
    [
        (numbers.usd(999_960), "USD 1.0 m"),
        (numbers.usd(-12_600_000), "USD \N{MINUS SIGN}12.6 m"),
        (numbers.usd(-0.2), "USD 0"),
        (numbers.percent(0.14173), "14.2%"),
        (numbers.percent(0.9), "90.0%"),
        (numbers.exact_percent(0.9), "90%"),
        (numbers.setting_with_unit(0.025, "1/year"), "2.5% a year"),
        (numbers.percent(0.00003), "0.0030%"),
        (numbers.percent(0.00996), "1.0%"),
        (numbers.mass(303_259), "303.3 kg"),
        (numbers.mass(10e6), "10.00 t"),
        (numbers.basis_points(0.0025), "25 bp"),
        (numbers.joined(["a", "b", "c"]), "a, b and c"),
    ],
)
def test_known_figures(text, expected):
    assert text == expected


def test_horizons_are_years_where_they_are_whole():
    assert [numbers.horizon(n) for n in (252, 756, 40, 1)] == [
        "1 year",
        "3 years",
        "40 business days",
        "1 business day",
    ]
