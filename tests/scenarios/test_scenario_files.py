"""Scenario files: the shipped ones are sound, and what is wrong with a file is told with its line."""

import json
import shutil
import subprocess
import sys

import pytest

from gramlib.errors import ParameterError
from gramlib.scenarios import SEVERITIES, Scenario, list_scenarios, load_scenarios

WINDOWS_OF_THE_PAGE = set(
    [
        "H74",
        "H80a",
        "H80b",
        "H81",
        "H83",
        "H88",
        "H96",
        "H99a",
        "H99b",
        "H06",
        "H08",
        "H11",
        "H13a",
        "H13b",
        "H11_15",
        "H16",
        "H20a",
        "H20b",
        "H20c",
        "H21",
        "H22",
        "H24",
        "H25L",
        "H25O",
        "H25D",
        "H26J",
        "H26Q",
    ]
)
CATALOGUE_OF_THE_PAGE = WINDOWS_OF_THE_PAGE | {f"S{number}" for number in range(1, 18)}

GOOD = """\
id: mine
title: "A scenario of my own"
kind: hypothetical
severity: moderate
story: >
  Gold falls by a tenth in a week. This file was added by a researcher and needs no registration anywhere.
precedent: {text: "nothing in particular", date: "2026", source: "judgement"}
horizon_days: 10
knots:
  - {day: 5, factor: 0.9}
events:
  - {from_day: 2, to_day: 3, event: 1.0, why: "two days of doubt"}
"""


@pytest.fixture
def own_root(tmp_path, workbench_root):
    """A clone with two shipped scenarios and room for more."""
    folder = tmp_path / "params" / "scenarios"
    folder.mkdir(parents=True)
    for name in ("H13a", "H13a_run"):
        shutil.copy(workbench_root / "params" / "scenarios" / f"{name}.yaml", folder)
    return tmp_path


def write(root, text, name="mine"):
    (root / "params" / "scenarios" / f"{name}.yaml").write_text(text, encoding="utf-8")
    return root


def refusal(root, *names):
    with pytest.raises(ParameterError) as caught:
        load_scenarios(list(names) or ["mine"], root)
    assert 1 <= len(str(caught.value).splitlines()) <= 4
    return str(caught.value)


def line_of(text, start):
    return next(number for number, line in enumerate(text.splitlines(), start=1) if line.strip().startswith(start))


def test_every_shipped_file_is_a_sound_scenario(workbench_root):
    scenarios = load_scenarios(["all"], workbench_root)
    ids = [scenario.id for scenario in scenarios]
    assert set(ids) >= CATALOGUE_OF_THE_PAGE
    assert {s.id for s in scenarios if s.kind == "historical"} >= WINDOWS_OF_THE_PAGE
    assert {s.id for s in scenarios if s.window} >= WINDOWS_OF_THE_PAGE - {"H25L"}
    assert ids.index("S2") < ids.index("S10") and ids[0] == "H06"
    assert len({scenario.title for scenario in scenarios}) == len(ids)
    assert {scenario.severity for scenario in scenarios} == set(SEVERITIES)
    assert {scenario.kind for scenario in scenarios} == {"historical", "hypothetical", "combined", "model"}


def test_stories_are_two_or_three_sentences(workbench_root):
    for scenario in load_scenarios(["all"], workbench_root):
        sentences = scenario.story.replace(". ", ".\n").strip().count("\n") + 1
        assert 2 <= sentences <= 3, scenario.id
        assert len(scenario.story) <= 320, scenario.id


def test_every_scenario_survives_the_round_trip(workbench_root):
    for scenario in load_scenarios(["all"], workbench_root):
        assert Scenario.from_record(json.loads(json.dumps(scenario.to_record()))) == scenario


def test_a_new_file_is_picked_up_by_all(own_root):
    write(own_root, GOOD)
    assert list_scenarios(own_root) == ("H13a", "H13a_run", "mine")
    assert [scenario.id for scenario in load_scenarios(["all"], own_root)] == ["H13a", "H13a_run", "mine"]


def test_order_is_the_callers_and_each_comes_once(own_root):
    write(own_root, GOOD)
    assert [s.id for s in load_scenarios(["mine", "all", "mine"], own_root)] == ["mine", "H13a", "H13a_run"]


def test_price_of_takes_the_other_ones_price_only(own_root):
    alone, scare = load_scenarios(["H13a", "H13a_run"], own_root)
    assert scare.window == alone.window
    assert scare.published == alone.published
    assert (len(alone.events), len(scare.events)) == (0, 1)
    assert scare.price_of == "H13a"


def test_unknown_id_is_refused_with_a_suggestion(own_root):
    message = refusal(own_root, "h13_a")
    assert "unknown scenario 'h13_a'; did you mean 'H13a'?" in message
    assert "expected: all, or one of H13a, H13a_run" in message


def test_a_bad_file_that_nobody_asked_for_is_not_read(own_root):
    write(own_root, "title: [\n")
    assert [s.id for s in load_scenarios(["H13a"], own_root)] == ["H13a"]


@pytest.mark.parametrize(
    ("wrong", "right", "at", "told"),
    [
        (
            "horizn_days: 10",
            "horizon_days: 10",
            "horizn_days",
            "unknown name horizn_days; did you mean 'horizon_days'?",
        ),
        ("horizon_days: ten", "horizon_days: 10", "horizon_days", "horizon_days is 'ten'"),
        ("severity: terrible", "severity: moderate", "severity", "severity is 'terrible'"),
        ("- {day: 5, facto: 0.9}", "- {day: 5, factor: 0.9}", "- {day", "did you mean 'factor'?"),
        ("- {day: 5, factor: -0.9}", "- {day: 5, factor: 0.9}", "- {day", "knots.0.factor is -0.9"),
        ("- {day: 11, factor: 0.9}", "- {day: 5, factor: 0.9}", "- {day", "day 11 after horizon_days 10"),
        ("- 0.9", "- {day: 5, factor: 0.9}", "- 0.9", "knots.0 is 0.9"),
        ("from_day: 3, to_day: 2", "from_day: 2, to_day: 3", "- {from_day", "days 3 to 2"),
        ("from_day: 2, to_day: 11", "from_day: 2, to_day: 3", "- {from_day", "days 2 to 11"),
        ("lost_share: 0.5", "event: 1.0", "- {from_day", "a loss on several days"),
        ("liquidity_multiplier: 0.5", "event: 1.0", "- {from_day", "events.0.liquidity_multiplier is 0.5"),
        ("id: yours", "id: mine", "id:", "id is 'yours' in mine.yaml"),
        ("price_of: H13a", "kind: hypothetical", "knots", "knots beside price_of 'H13a'"),
        ("event: [1.0, 0.5, 0.2]", "event: 1.0", "- {from_day", "event with 3 values for 2 days"),
        ("event: [1.0, -0.5]", "event: 1.0", "- {from_day", "events.0.event is -0.5"),
        ("event: []", "event: 1.0", "- {from_day", "events.0.event is an empty list"),
        ("event: true", "event: 1.0", "- {from_day", "events.0.event is true"),
        ("custodian: 1.5", "event: 1.0", "- {from_day", "events.0.custodian is 1.5"),
        ("bank_failed: 5", "event: 1.0", "- {from_day", "events.0.bank_failed is 5"),
        ("redem_share: 0.1", "event: 1.0", "- {from_day", "did you mean 'redeem_share'?"),
        ("cyber_loss_usd: 5", "event: 1.0", "- {from_day", "a loss on several days"),
        ("title: on", 'title: "A scenario of my own"', "title", "title is 'on'"),
    ],
)
def test_what_is_wrong_is_told_with_file_and_line(own_root, wrong, right, at, told):
    text = GOOD.replace(right, wrong)
    message = refusal(write(own_root, text))
    assert told in message
    assert f"params/scenarios/mine.yaml:{line_of(text, at)}" in message


CHANGED = (
    GOOD
    + """\
changes:
  - {key: costs.opex_usd_year, factor: 1.2, why: "a fifth dearer"}
"""
)


@pytest.mark.parametrize(
    ("wrong", "right", "told"),
    [
        (
            "costs.opex_usd",
            "costs.opex_usd_year",
            "unknown key 'costs.opex_usd' of an issuer; did you mean 'costs.opex_usd_year'?",
        ),
        ("peg", "costs.opex_usd_year", "unknown key 'peg'"),
        ("faktor: 1.2", "factor: 1.2", "did you mean 'factor'?"),
        ("factor: -1", "factor: 1.2", "changes.0.factor is -1"),
        ("factor: 1.2, add: 5", "factor: 1.2", "factor and add"),
        ("peg: any", "factor: 1.2", "no change"),
        ("value: cheap", "factor: 1.2", "costs.opex_usd_year is 'cheap'"),
        ("peg: silver, factor: 1.2", "factor: 1.2", "changes.0.peg is 'silver'"),
        ("minting.on", "costs.opex_usd_year", "factor on minting.on, which is no number"),
    ],
)
def test_changes_of_an_issuer_are_held_against_its_keys(own_root, wrong, right, told):
    text = CHANGED.replace(right, wrong)
    assert text != CHANGED
    message = refusal(write(own_root, text))
    assert told in message
    assert f"params/scenarios/mine.yaml:{line_of(text, '- {key')}" in message


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("events_of: [H13b]", "events_of.0 is 'H13b'; did you mean 'H13a'?"),
        ("events_of: [mine]", "events_of.0 is 'mine'"),
        ("events_of: [lent]", "lent takes events from others itself"),
        ("events_of: [H13a_run]", "events_of: days 2 to 4"),
        ("events_of: 5", "events_of is 5"),
    ],
)
def test_lent_events_are_held_against_the_library(own_root, line, told):
    lent = GOOD.replace("id: mine", "id: lent") + "events_of: [H13a_run]\n"
    text = GOOD.replace("horizon_days: 10", "horizon_days: 3").replace("day: 5", "day: 3") + line + "\n"
    message = refusal(write(write(own_root, lent, "lent"), text))
    assert told in message
    assert f"params/scenarios/mine.yaml:{line_of(text, 'events_of')}" in message


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("{years: 25, days: 20, side: fell}", "return_period.side is 'fell'"),
        ("{years: 500, days: 20, side: fall}", "return_period.years is 500"),
        ("{years: 25, days: 20}", "return_period.side"),
        ("{years: 25, days: 20, side: fall}", "10 days for a move of 20"),
        ("25 years", "return_period is '25 years'"),
    ],
)
def test_return_periods_are_held_against_their_bounds(own_root, given, told):
    message = refusal(write(own_root, GOOD.replace("knots:\n  - {day: 5, factor: 0.9}\n", f"return_period: {given}\n")))
    assert told in message
    assert "params/scenarios/mine.yaml:" in message


WINDOWED = """\
id: mine
title: "A window of my own"
kind: historical
severity: severe
story: "Gold falls as it did once before. A window needs dates, published facts and the series they are from."
precedent: {text: "it happened once", date: "2013", source: "somewhere"}
horizon_days: 20
window: {start: 2013-04-10, end: 2013-04-18}
published:
  series: "a series"
  points:
    - {date: 2013-04-11, usd_per_oz: 1561.17}
    - {date: 2013-04-15, usd_per_oz: 1347.21}
  sharpest_day: {date: 2013-04-15, simple_return: -0.0915}
  max_drawdown: 0.137
  annual_volatility: 0.71
"""


@pytest.mark.parametrize(
    ("wrong", "right", "at", "told"),
    [
        ("start: 2013-04-31", "start: 2013-04-10", "window", "window.start is '2013-04-31'"),
        ("start: 2013-04-13", "start: 2013-04-10", "window", "2013-04-13, a Saturday"),
        ("start: 2013-04-18", "start: 2013-04-10", "window", "end 2013-04-18 not after start 2013-04-18"),
        ("horizon_days: 5", "horizon_days: 20", "horizon_days", "5 days for a window of 6"),
        (
            "date: 2013-04-16, usd_per_oz: 1561.17",
            "date: 2013-04-11, usd_per_oz: 1561.17",
            "points",
            "2013-04-16, 2013-04-15",
        ),
        ("usd_per_oz: 13.47", "usd_per_oz: 1347.21", "- {date: 2013-04-15", "published.points.1.usd_per_oz is 13.47"),
        ("{date: 2013-04-17, simple", "{date: 2013-04-15, simple", "sharpest_day", "2013-04-17"),
        ("date: 2013-04-09, usd", "date: 2013-04-11, usd", "points", "2013-04-09, outside the window"),
        ("  max_drawdwn: 0.137", "  max_drawdown: 0.137", "max_drawdwn", "did you mean 'max_drawdown'?"),
    ],
)
def test_windows_are_held_against_their_facts(own_root, wrong, right, at, told):
    text = WINDOWED.replace(right, wrong)
    assert text != WINDOWED
    message = refusal(write(own_root, text))
    assert told in message
    assert f"params/scenarios/mine.yaml:{line_of(text, at)}" in message


def test_a_window_without_published_facts_is_refused(own_root):
    assert "both or neither" in refusal(write(own_root, WINDOWED[: WINDOWED.index("published:")]))


def test_no_price_at_all_is_refused(own_root):
    text = GOOD.replace("knots:\n  - {day: 5, factor: 0.9}\n", "")
    assert "exactly one of window, knots, return_period or price_of" in refusal(write(own_root, text))


def test_price_of_a_price_of_is_refused(own_root):
    text = GOOD.replace("knots:\n  - {day: 5, factor: 0.9}\n", "price_of: H13a_run\n")
    assert "H13a_run takes its own price from 'H13a'" in refusal(write(own_root, text))


def test_a_folder_without_scenarios_is_refused(tmp_path):
    assert "no scenario file" in refusal(tmp_path, "all")


def test_reading_scenarios_and_profiles_loads_nothing_heavy(workbench_root):
    """The command line resolves run files with them; an unchanged rerun has 1.5 s in all."""
    code = (
        "import sys; from pathlib import Path; import gramlib.scenarios as s, gramlib.verdicts as v;"
        f"s.load_scenarios(['all'], Path({str(workbench_root)!r})); v.load_profile('internal', Path({str(workbench_root)!r}));"
        "print([m for m in ('numpy', 'pandas', 'scipy', 'matplotlib') if m in sys.modules])"
    )
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"
    )
