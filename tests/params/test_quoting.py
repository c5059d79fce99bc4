"""Quoting: short values as they are, long ones cut."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gramlib.params.quoting import shortened, shown


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "empty"),
        (True, "true"),
        ({"a": 1}, "a mapping"),
        ("abc", "'abc'"),
        (-5, "-5"),
        ([1, "x"], "[1, 'x']"),
        (10**99, "1" + "0" * 56 + "..."),
    ],
)
def test_values(value: object, text: str) -> None:
    assert shown(value) == text


@settings(deadline=None, max_examples=50)
@given(st.text() | st.integers() | st.floats() | st.lists(st.text()))
def test_never_longer_than_a_line_and_short_values_whole(value: object) -> None:
    assert len(shown(value)) <= 60
    if len(repr(value)) <= 50:
        assert shown(value) == repr(value)


@settings(deadline=None, max_examples=50)
@given(st.text(), st.integers(4, 80))
def test_shortened_keeps_the_beginning(text: str, longest: int) -> None:
    cut = shortened(text, longest)
    assert len(cut) <= longest
    assert cut == text if len(text) <= longest else text.startswith(cut[:-3]) and cut.endswith("...")
