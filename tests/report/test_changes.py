"""What moved between two runs is told with the right sign, size and weight, and never where the two do not compare."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gramlib.report.changes import figures_that_moved, not_comparable, scenarios_that_changed, verdict_change


def _run(
    value=0.02,
    lower=0.015,
    upper=0.025,
    status="fail",
    *,
    figure="chance-out-of-cash",
    days=252,
    issuer="Gram",
    grade="B",
    **more,
):
    text = "none found" if value is None else f"{value:.4%}"
    return {
        "schema": 3, "issuer": {"name": issuer}, "data": {"grade": grade}, "verdict": {"status": status}, "horizons_days": {"liquidity": days},
        "headlines": [{"id": figure, "label": "A figure", "unit": "1", "value": value, "text": text, "lower": lower, "upper": upper,
                       "status": status, "horizon_days": days, **more}],
    }  # fmt: skip


def test_a_rise_of_a_chance_beyond_both_intervals_is_worse_and_significant():
    (change,) = figures_that_moved(_run(), _run(0.04, 0.03, 0.05))
    assert change.difference == pytest.approx(0.02)
    assert change.significant is True and change.better is False
    assert change.short == "+2.0 points, was 2.0000%; beyond both intervals"


def test_overlapping_intervals_leave_it_to_chance():
    (change,) = figures_that_moved(_run(), _run(0.018, 0.012, 0.024))
    assert change.significant is False and change.better is True
    assert change.short.startswith("\N{MINUS SIGN}0.20 points") and change.short.endswith("the intervals overlap")


def test_a_shock_that_is_no_longer_found_is_better():
    shock = {"figure": "smallest-price-fall", "days": None}
    (change,) = figures_that_moved(_run(0.1, None, None, **shock), _run(None, None, None, **shock))
    assert change.difference is None and change.better is True and change.significant is True
    (back,) = figures_that_moved(_run(None, None, None, **shock), _run(0.1, None, None, **shock))
    assert back.better is False and "none found" in back.short


def test_a_searched_figure_moves_only_beyond_its_tolerance():
    shock = {"figure": "smallest-custody-loss", "days": None, "tolerance": 0.01}
    (inside,) = figures_that_moved(_run(0.1, None, None, **shock), _run(0.105, None, None, **shock))
    (beyond,) = figures_that_moved(_run(0.1, None, None, **shock), _run(0.12, None, None, **shock))
    assert (inside.significant, beyond.significant, beyond.better) == (False, True, True)


def test_other_issuer_grade_or_horizon_is_said():
    told = not_comparable(_run(), _run(issuer="Other", grade="D", days=40))
    assert len(told) == 3 and "1 year then, 40 business days now" in told[2]
    assert not_comparable(_run(), _run(0.5)) == []
    (change,) = figures_that_moved(_run(), _run(days=40))
    assert change.difference is None and change.significant is None and "not comparable" in change.short


def test_schema_2_tells_its_horizon_in_the_detail():
    old = _run(detail="over 3 years; solvency test", figure="chance-insolvency")
    old["headlines"][0].pop("horizon_days")
    old.pop("horizons_days")
    assert "3 years then, 1 year now" in not_comparable(old, _run(figure="chance-insolvency"))[0]
    assert scenarios_that_changed(old, _run()) == []


def test_a_count_of_another_list_is_not_compared():
    counts = [
        {**_run(float(k), None, None, figure="listed-scenarios", days=None)["headlines"][0], "text": f"{k} of {n}"}
        for k, n in ((10, 15), (20, 55))
    ]
    (change,) = figures_that_moved({"headlines": counts[:1]}, {"headlines": counts[1:]})
    assert change.significant is None and change.short == "not comparable: was 10 of 15 in another list"


def test_scenarios_whose_result_changed():
    rows = [
        {"id": "S1", "title": "A fall", "status": "pass", "failed": []},
        {"id": "S2", "title": "A run", "status": "fail", "failed": ["F3"]},
    ]
    changed = [{**rows[0], "status": "fail", "failed": ["F7", "F3"]}]
    first, second = scenarios_that_changed({"scenarios": rows}, {"scenarios": changed})
    assert first.sentence == "“A fall”: pass before, fail (F7 and F3) now."
    assert second.sentence == "“A run”: fail (F3) before, not listed now."
    assert scenarios_that_changed({"scenarios": rows}, {"scenarios": rows}) == []


def test_verdict_change_names_both():
    assert verdict_change(_run(), _run(status="pass")) == "The verdict was fail and is pass."
    assert verdict_change(_run(), _run()) == "The verdict is fail, as before."


_CHANCE = st.tuples(st.floats(0, 1), st.floats(0, 0.3), st.floats(0, 0.3))


@settings(deadline=None, max_examples=200)
@given(_CHANCE, _CHANCE)
def test_sign_size_and_weight_agree_with_the_figures(first, second):
    runs = [_run(value, max(0.0, value - down), min(1.0, value + up)) for value, down, up in (first, second)]
    (change,) = figures_that_moved(*runs)
    difference = second[0] - first[0]
    assert math.isclose(change.difference, difference, abs_tol=1e-12)
    disjoint = min(1.0, first[0] + first[2]) < max(0.0, second[0] - second[1]) or min(1.0, second[0] + second[2]) < max(
        0.0, first[0] - first[1]
    )
    assert change.significant is disjoint
    if change.after_text != change.before_text:
        assert change.short.startswith("+" if difference > 0 else "\N{MINUS SIGN}")
        assert ("beyond both" in change.short) is disjoint
    assert change.better is (None if difference == 0 else difference < 0)
    mirrored = figures_that_moved(runs[1], runs[0])[0]
    assert mirrored.significant is change.significant
