"""Early warning on paths whose leads and alarms are known by construction."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from small_run import bench_of, listed

from gramlib.artefacts import analyse_packages
from gramlib.artefacts.checking import _schema
from gramlib.params.issuer import Issuer
from gramlib.recommend.early_warning import early_warning, stands, tune, warned
from gramlib.recommend.indicators import (
    Indicator,
    Walked,
    distress_day,
    earliest,
    indicators,
    walk_book,
    walk_scenarios,
)
from gramlib.simulation.outcomes import NEVER

DAYS = 60


def rising(lead: int) -> Indicator:
    """Amber at 1, red at 2."""
    return Indicator("rising", "Rises before it fails", "1", 1.0, 0.5, 1.0, 2.0, ("F4",), lambda days: np.zeros(0))


def paths(lead: int, n_failing: int = 40, n_calm: int = 40) -> Walked:
    """Failing paths reach 1 `lead` days before red and failure on day 50, 0.4 ten days before; calm ones sit at nought,
    but for one day at 1.5 on day 10."""
    severity = np.zeros((n_failing + n_calm, DAYS))
    severity[:n_failing, 39:] = 0.4
    severity[:n_failing, 49 - lead :] = 1.0
    severity[:n_failing, 49:] = 2.5
    severity[n_failing:, 9] = 1.5
    failed = np.full(n_failing + n_calm, NEVER)
    failed[:n_failing] = 50
    return Walked({"rising": severity}, {"F4": failed}, np.full(n_failing + n_calm, DAYS), n_failing + n_calm)


@pytest.mark.parametrize(("lead", "in_time"), [(1, 0.0), (2, 1.0), (7, 1.0)])
def test_a_known_lead_is_found(lead: int, in_time: float) -> None:
    walked = paths(lead)
    amber = walked.severity["rising"] >= 1.0
    found = warned(walked, amber, walked.first_at("rising", 2.0), walked.first_failure(["F4"]))
    assert (found.failing, found.share) == (40, in_time)
    assert found.foretold == 40
    assert found.lead_days == (lead, lead, lead)


def test_false_alarms_are_beginnings_of_amber_that_nothing_follows() -> None:
    walked = paths(3)
    amber = walked.severity["rising"] >= 1.0
    found = warned(walked, amber, walked.first_at("rising", 2.0), walked.first_failure(["F4"]))
    years = (40 * 50 + 40 * DAYS) / 252
    assert found.false_alarms_year == pytest.approx(40 / years)
    never = warned(walked, np.zeros_like(amber), walked.first_at("rising", 2.0), walked.first_failure(["F4"]))
    assert (never.false_alarms_year, never.in_time, never.amber_share) == (0.0, 0, 0.0)


def test_the_tuned_limit_is_the_strictest_that_warns_in_time() -> None:
    # Ahead by a day at 1, by ten at 0.4: only limits up to 0.4 are in time.
    limit, most = tune(paths(1), rising(1))
    assert limit is not None
    assert 0.0 < limit <= 0.4
    assert most == 1.0
    # Ahead by three days at 1: nothing looser is needed.
    assert tune(paths(3), rising(3))[0] == pytest.approx(1.0)


def test_where_no_limit_warns_in_time_none_is_given() -> None:
    sudden = paths(1)
    sudden.severity["rising"][:40, :49] = 0.0
    limit, most = tune(sudden, rising(1))
    assert limit is None
    assert most == 0.0
    few = paths(3, n_failing=5)
    assert tune(few, rising(3))[0] is None


def test_an_indicator_that_is_always_amber_is_a_finding() -> None:
    walked = paths(3)
    assert not stands(walked, rising(3))
    walked.severity["rising"][:] = 1.2
    assert stands(walked, rising(3))


def test_days_count_from_one_and_never_is_never() -> None:
    walked = paths(2)
    assert set(walked.first_at("rising", 2.0).tolist()) == {50, NEVER}
    assert earliest([np.array([3, NEVER, NEVER]), np.array([5, 4, NEVER])]).tolist() == [3, 4, NEVER]


def test_walked_paths_are_those_of_the_book(gram: Issuer) -> None:
    bench = bench_of(gram)
    watched = indicators(gram, 0.3)
    walked = walk_book(bench, watched)
    outcomes = bench.first(60, gram)
    n = walked.n_random
    assert n == 20
    for predicate, days in walked.failed_day.items():
        np.testing.assert_array_equal(days[:n], outcomes.first_day(predicate)[:n])
    np.testing.assert_allclose(walked.severity["discount"][:n].max(axis=1), outcomes.worst_discount[:n], rtol=1e-9)
    np.testing.assert_allclose(-walked.severity["backing"][:n].max(axis=1), outcomes.min_backing[:n], rtol=1e-9)
    assert (walked.first_failure(walked.failed_day)[n:] != NEVER).all()
    assert ((distress_day(walked, watched) == NEVER) | (distress_day(walked, watched) >= 1)).all()


def test_replays_are_walked_with_the_return_of_their_prices(gram: Issuer) -> None:
    watched = indicators(gram, None)
    walked = walk_scenarios(bench_of(gram), watched, ["S1", "confidence_run"])
    assert walked.n_days.tolist() == [30, 30]
    fall = walked.severity["gold_fall"]
    np.testing.assert_allclose(fall[0, :5], 0.1)
    np.testing.assert_allclose(fall[0, 5:], 0.0, atol=1e-12)
    np.testing.assert_allclose(fall[1], 0.0)


def test_indicators_follow_the_peg_and_what_is_asked(gram: Issuer, gram_usd: Issuer) -> None:
    names = [each.name for each in indicators(gram, 0.3)]
    assert "ladder" in names
    assert "ladder" not in [each.name for each in indicators(gram, None)]
    usd = {each.name: each for each in indicators(gram_usd, None)}
    assert usd["backing"].warns_of == ("F6",)
    for each in indicators(gram, 0.3):
        assert each.sign * each.green <= each.sign * each.amber <= each.sign * each.red, each.name


def test_the_table_keeps_its_contract(gram: Issuer) -> None:
    bench = bench_of(gram)
    watched = indicators(gram, 0.3)
    table = early_warning(bench, watched, [each.scenario_id for each in listed()])
    entry = next(each for each in analyse_packages.ARTEFACTS if each.name == "early_warning")
    _schema(entry).validate(table, lazy=True)
    assert set(table["basis"]) == {"simulated", "history"}
    assert list(table["indicator"][: len(watched) + 1]) == [*(each.name for each in watched), "any"]
    without = early_warning(bench, watched, [])
    assert set(without["basis"]) == {"simulated"}
    pd.testing.assert_frame_equal(without, table[table["basis"] == "simulated"])
