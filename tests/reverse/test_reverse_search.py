"""Scan, then bisect: planted failing sets are found, and nothing else is."""

import itertools

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from gramlib.errors import ParameterError
from gramlib.reverse import Line, failing_intervals


def planted(*sets: tuple[float, float]):
    """A question that fails inside each of `sets`, ends included; it also counts its calls."""
    calls = []

    def question(sizes):
        calls.append(len(sizes))
        return {"F": np.any([(a <= sizes) & (sizes <= b) for a, b in sets] or [np.zeros(len(sizes), bool)], axis=0)}

    return question, calls


@given(
    step=st.sampled_from([0.005, 0.01, 0.02, 0.05]),
    cuts=st.lists(st.floats(0.0, 0.9), min_size=2, max_size=8, unique=True),
)
@settings(deadline=None, max_examples=50)
def test_every_planted_set_wider_than_a_step_is_found(step, cuts):
    """Sets and the gaps between them wider than a step: each is found once, its edges within the tolerance."""
    edges = sorted(cuts)[: len(cuts) // 2 * 2]
    assume(all(b - a > step * 1.0001 for a, b in itertools.pairwise(edges)))
    sets = list(zip(edges[::2], edges[1::2], strict=True))
    question, _ = planted(*sets)
    found = failing_intervals(question, Line(0.0, 0.9, step, 1e-4))["F"]
    assert [(i.lower, i.upper) for i in found] == [
        (pytest.approx(a, abs=1e-4), pytest.approx(b, abs=1e-4)) for a, b in sets
    ]
    assert all(question(np.array([end]))["F"][0] for i in found for end in (i.lower, i.upper))


def test_middling_falls_fail_and_bisecting_the_whole_line_would_miss_it():
    """The default issuer's set: 0 and 90% are both sound, so a bisection that trusts the ends sees nothing."""
    question, calls = planted((0.14173, 0.84028))
    assert not question(np.array([0.0, 0.9]))["F"].any()
    (found,) = failing_intervals(question, Line(0.0, 0.9, 0.01, 1e-6))["F"]
    assert (found.lower, found.upper) == (pytest.approx(0.14173, abs=1e-6), pytest.approx(0.84028, abs=1e-6))
    assert calls[1] == 91
    assert max(calls[2:]) == 2


def test_sets_that_reach_the_ends_of_the_scan():
    question, _ = planted((0.0, 0.1), (0.7, 0.9))
    found = failing_intervals(question, Line(0.0, 0.9, 0.01, 1e-4))["F"]
    assert [found[0].lower, found[1].upper] == [0.0, 0.9]


def test_nothing_found_is_an_empty_list():
    question, calls = planted()
    assert failing_intervals(question, Line(0.0, 0.9, 0.01, 1e-4)) == {"F": []}
    assert len(calls) == 1


def test_last_step_is_cut_to_the_end_of_the_line():
    points = Line(0.0, 0.95, 0.02, 1e-4).points()
    assert points[0] == 0.0
    assert points[-1] == 0.95
    assert len(Line(0.0, 0.9, 0.01, 1e-4).points()) == 91


@pytest.mark.parametrize("line", [(0.9, 0.0, 0.1, 0.1), (0.0, 0.9, 0.0, 0.1), (0.0, 0.9, 0.1, 0.0)])
def test_a_line_that_cannot_be_walked_is_refused(line):
    with pytest.raises(ParameterError, match="scan from"):
        Line(*line)
