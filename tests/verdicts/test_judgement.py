"""Verdicts: every line of the truth tables, and rows that say what they judged."""

import itertools
import math

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gramlib.artefacts import check_table
from gramlib.errors import DataContractError
from gramlib.metrics import one_year
from gramlib.verdicts import Profile, load_profile, overall, verdicts_table
from gramlib.verdicts.judgement import judge_distance, judge_probability, judge_scenario
from gramlib.verdicts.profile import Appetite, Distance
from gramlib.verdicts.wording import percent

CITED = {"source": "test", "date": "2026", "verified": True}
APPETITE = Appetite(book="liquidity", max_one_year_probability=0.02, watch_at=0.01, **CITED)
DISTANCE = Distance(smallest=0.10, watch_below=0.15, **CITED)
BELOW, AT_WATCH, BETWEEN, AT_LIMIT, ABOVE = 0.005, 0.01, 0.015, 0.02, 0.03
PREDICATES = ("F1", "F2", "F3", "F4", "F5", "F7")


@pytest.mark.parametrize(
    ("estimate", "upper", "status"),
    [
        (BELOW, BELOW, "pass"), (BELOW, AT_WATCH, "pass"), (BELOW, BETWEEN, "pass"), (BELOW, AT_LIMIT, "pass"),
        (BELOW, ABOVE, "watch"), (AT_WATCH, AT_LIMIT, "pass"), (AT_WATCH, ABOVE, "watch"), (BETWEEN, BETWEEN, "watch"),
        (BETWEEN, ABOVE, "watch"), (AT_LIMIT, AT_LIMIT, "watch"), (AT_LIMIT, ABOVE, "watch"), (ABOVE, ABOVE, "fail"),
    ],
)  # fmt: skip
def test_probability_truth_table(estimate, upper, status):
    assert judge_probability(estimate, upper, APPETITE) == status


@pytest.mark.parametrize(
    ("smallest", "status"),
    [(None, "pass"), (0.05, "fail"), (0.10, "watch"), (0.12, "watch"), (0.15, "pass"), (0.5, "pass")],
)
def test_distance_truth_table(smallest, status):
    assert judge_distance(smallest, DISTANCE) == status


def test_scenario_truth_table():
    """Every set of failures against every set of tolerated ones, over three predicates."""
    sets = [list(c) for n in range(4) for c in itertools.combinations(("F1", "F2", "F4"), n)]
    for failed, tolerated in itertools.product(sets, sets):
        beyond = any(predicate not in tolerated for predicate in failed)
        expected = "fail" if beyond else "watch" if failed else "pass"
        assert judge_scenario(failed, tolerated) == expected


def test_overall_truth_table():
    """Every combination of status and whether it decides, over two rows."""
    rank = ["fail", "watch", "pass", "not_applicable"]
    rows = list(itertools.product(rank, (True, False)))
    for first, second in itertools.product(rows, rows):
        deciding = [status for status, decides in (first, second) if decides]
        expected = min(deciding, key=rank.index) if deciding else "not_applicable"
        assert overall(pd.DataFrame([first, second], columns=["status", "decides"])) == expected
    assert overall(pd.DataFrame({"status": [], "decides": pd.Series([], dtype=bool)})) == "not_applicable"


@given(st.floats(0.0, 1.0), st.integers(1, 1000))
@settings(deadline=None, max_examples=50)
def test_one_year_is_a_constant_hazard(probability, horizon_days):
    """(1 - p1)^(h/252) = 1 - p, and 252 days change nothing."""
    yearly = one_year(probability, horizon_days)
    assert 0.0 <= yearly <= 1.0
    assert one_year(probability, 252) == pytest.approx(probability, abs=1e-12)
    if probability < 0.999 and yearly < 0.999:
        assert (1 - yearly) ** (horizon_days / 252) == pytest.approx(1 - probability, rel=1e-6)


@pytest.fixture(scope="module")
def profile(workbench_root):
    return load_profile("internal", workbench_root)


def metrics(**probabilities: float) -> pd.DataFrame:
    rows = [
        (book, f"probability_{p}", probabilities.get(p, 0.0), 0.0, probabilities.get(p, 0.0), "1", "test", 10_000)
        for book in ("liquidity", "solvency")
        for p in PREDICATES
    ]
    return pd.DataFrame(rows, columns=["subject", "metric", "value", "lower", "upper", "unit", "method", "n"])


def replay_failures(**scenarios: dict[str, int]) -> pd.DataFrame:
    rows = [(name, p, days.get(p, -1), "") for name, days in scenarios.items() for p in (*PREDICATES, "F6")]
    return pd.DataFrame(rows, columns=["scenario", "predicate", "first_day", "cause"])


def reverse(price_fall=0.3, with_event=0.3, custody=0.3) -> pd.DataFrame:
    rows = [
        (p, s, int(not math.isnan(x)), not math.isnan(x), x, 0.9 if not math.isnan(x) else x, "1", 0.0, 0.9, 0.01, 1e-4)
        for p, s, x in (
            ("queue", "price_fall", price_fall), ("queue", "price_fall_with_event", with_event), ("F2", "custody_loss", custody),
        )
    ]  # fmt: skip
    columns = [
        "predicate",
        "shock",
        "interval",
        "found",
        "lower",
        "upper",
        "unit",
        "scan_from",
        "scan_to",
        "scan_step",
        "tolerance",
    ]
    return pd.DataFrame(rows, columns=columns)


DAYS = pd.DataFrame({"book": ["liquidity", "liquidity", "solvency"], "day": [0, 252, 756]})


def used(**severities: str) -> dict:
    return {
        "schema": 1,
        "scenarios": [{"id": i, "title": f"Story of {i}", "severity": s} for i, s in severities.items()],
    }


def judged(profile, figures=None, failed=None, broken=None, scenarios=None) -> pd.DataFrame:
    made = verdicts_table(
        metrics() if figures is None else figures,
        replay_failures(A={}) if failed is None else failed,
        reverse() if broken is None else broken,
        profile,
        scenarios or used(A="mild"),
        DAYS,
    )
    return check_table("verdicts", made, "test").set_index(["requirement", "subject"])


def changed(profile: Profile, key: str, **values) -> Profile:
    record = profile.to_record()
    node = record
    for step in key.split("."):
        node = node[step]
    node.update(values)
    return Profile.from_record(record)


def test_a_sound_issuer_passes(profile):
    table = judged(profile)
    assert set(table["status"]) == {"pass", "not_applicable"}
    assert overall(table) == "pass"
    assert table["decides"].sum() == 10


def test_collateral_does_not_apply_to_a_gold_peg(profile):
    row = judged(profile).loc[("F6", "solvency")]
    assert (row["status"], row["decides"]) == ("not_applicable", False)
    assert "applies only to a token pegged to US dollars" in row["sentence"]


def test_solvency_is_put_on_one_year(profile):
    """2.5% in three years is 0.84% a year: above the watch level of F1, within its appetite."""
    row = judged(profile, metrics(F1=0.025)).loc[("F1", "solvency")]
    assert row["number"] == pytest.approx(1 - 0.975 ** (1 / 3))
    assert row["status"] == "watch"
    assert row["margin"] == pytest.approx(0.01 - row["number"])
    assert "from paths of 756 days" in row["sentence"]
    assert "above the watch level of 0.50%" in row["sentence"]


def test_a_failing_appetite_fails_the_whole(profile):
    table = judged(profile, metrics(F3=0.03))
    row = table.loc[("F3", "liquidity")]
    assert (row["status"], overall(table)) == ("fail", "fail")
    assert row["margin"] < 0
    assert "3.00% a year" in row["sentence"]
    assert "above the appetite of 1.00%" in row["sentence"]


def test_what_nobody_verified_never_decides(profile):
    unchecked = changed(profile, "appetite.F3", verified=False)
    table = judged(unchecked, metrics(F3=0.9))
    assert (table.loc[("F3", "liquidity"), "status"], overall(table)) == ("fail", "pass")
    assert "not verified" in table.loc[("F3", "liquidity"), "source"]
    rule = changed(profile, "own_funds_rule", verified=False)
    assert not judged(rule, metrics(F1=0.9)).loc[("F1", "solvency"), "decides"]


def test_scenarios_are_judged_by_their_severity(profile):
    failed = replay_failures(A={"F4": 3}, B={"F4": 3}, C={"F4": 3, "F2": 5})
    table = judged(profile, failed=failed, scenarios=used(A="mild", B="severe", C="extreme")).loc["listed scenario"]
    assert table["status"].to_dict() == {"A": "fail", "B": "watch", "C": "fail"}
    assert table["number"].to_dict() == {"A": 1.0, "B": 0.0, "C": 1.0}
    assert table.loc["B", "sentence"].startswith("Story of B (severe): fails as tolerated at this severity: F4")
    assert table.loc["C", "sentence"].endswith("Tolerated at this severity: F4.")


def test_distances_judge_the_smallest_breaking_shock(profile):
    table = judged(profile, broken=reverse(price_fall=0.05, with_event=math.nan, custody=0.03))
    near, none, custody = (
        table.loc[(name, "reverse stress")]
        for name in ("price_fall_to_queue", "price_fall_with_event_to_queue", "custody_loss_to_insolvency")
    )
    assert (near["status"], none["status"], custody["status"]) == ("fail", "pass", "watch")
    assert math.isnan(none["number"])
    assert none["sentence"].startswith(
        "No queue found for a one-day fall of gold with a confidence event that day within [0.0%"
    )
    assert custody["sentence"] == "F2 fails for a custody loss of 3.0% or more (scanned from 0.0% to 90.0%)."


def test_tables_that_lack_what_a_limit_speaks_of_are_refused(profile):
    figures = metrics()
    with pytest.raises(DataContractError, match="no probability of F4"):
        judged(profile, figures[figures["metric"] != "probability_F4"])
    with pytest.raises(DataContractError, match="scenario B is not in replay_failures"):
        judged(profile, scenarios=used(A="mild", B="mild"))
    broken = reverse()
    with pytest.raises(DataContractError, match="no reverse stress of queue by price_fall"):
        judged(profile, broken=broken[broken["shock"] != "price_fall"])


@pytest.mark.parametrize(
    ("share", "words"),
    [(0.1234, "12.3%"), (0.0123, "1.23%"), (0.000768, "0.0768%"), (0.0, "0%"), (1e-7, "below 0.001%"), (1.0, "100.0%")],
)
def test_percentages_have_the_digits_a_reader_needs(share, words):
    assert percent(share) == words
