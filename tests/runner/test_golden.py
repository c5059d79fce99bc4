"""The record of the headline figures: what it is compared by, what it says, and that its entry exists."""

from __future__ import annotations

import copy
import json
import re
from pathlib import Path

import golden
import pytest

from gramlib.report.headlines import _CHANCES

CHANGELOG = """# Changelog
* **Not this one.** Text.

### Numbers that moved

Words.

* **Second cause.** F7 1% to 2%.

* **First cause** was this.

## 0.0.9
* **Nor this.** Text.
"""


@pytest.fixture
def held() -> dict:
    return json.loads(golden.GOLDEN.read_text())


def test_the_changelog_holds_the_entry_that_explains_the_present_figures(held: dict, workbench_root: Path) -> None:
    entries = golden.entries((workbench_root / "CHANGELOG.md").read_text())
    assert held["explained_by"] in entries and len(set(entries)) == len(entries)


def test_every_headline_and_the_main_chances_are_held(held: dict) -> None:
    assert {name for name, *_ in _CHANCES} == set(golden.BOOKS) <= set(held["figures"])
    assert {f"{subject} {metric}" for subject, metric in (*golden.CHANCES, *golden.SHORTFALLS)} <= set(held["figures"])
    assert held["status"] in {"pass", "watch", "fail"} and held["findings"] and held["worst_scenario"]
    assert (golden.ROOT / held["params"]).is_file()


def test_tolerances_are_narrower_than_the_intervals_of_sampling(held: dict) -> None:
    """A tolerance as wide as chance itself would let any error through."""
    for name, figure in held["figures"].items():
        assert figure["tolerance"] >= 0.0
        if figure["lower"] is not None:
            assert figure["tolerance"] < (figure["upper"] - figure["lower"]) / 4, name
        else:
            assert figure["tolerance"] <= 0.05 * figure["value"], name


def test_nothing_moved_says_nothing(held: dict) -> None:
    assert golden.moved(held, copy.deepcopy(held)) == []


@pytest.mark.parametrize(("share", "moves"), [(0.9, False), (1.1, True), (-0.9, False), (-1.1, True)])
@pytest.mark.parametrize("part", ["value", "lower", "upper"])
def test_a_figure_moves_beyond_its_tolerance_only(held: dict, part: str, share: float, moves: bool) -> None:
    found = copy.deepcopy(held)
    figure = found["figures"]["liquidity probability_F7"]
    figure[part] += share * figure["tolerance"]
    lines = golden.moved(held, found)
    assert bool(lines) == moves
    if moves:
        old = held["figures"]["liquidity probability_F7"][part]
        assert lines[0].startswith(f"liquidity probability_F7, {part}: {old:.6g} to {figure[part]:.6g}, moved by ")


def test_other_changes_are_told(held: dict) -> None:
    found = copy.deepcopy(held)
    found["status"] = "pass" if held["status"] != "pass" else "fail"
    found["findings"] = held["findings"][1:]
    found["figures"]["new"] = found["figures"].pop("smallest-price-fall")
    found["figures"]["smallest-custody-loss"]["value"] = None
    text = "\n".join(golden.moved(held, found))
    for words in (
        "status: ",
        "findings: ",
        "new: new",
        "smallest-price-fall: no longer there",
        "smallest-custody-loss, value: ",
    ):
        assert words in text
    advice = golden.advice(golden.moved(held, found), held["explained_by"])
    assert text.replace("\n", "\n  ") in advice and "make golden BECAUSE=" in advice and "CHANGELOG.md" in advice


def test_entries_are_those_of_the_section_alone() -> None:
    assert golden.entries(CHANGELOG) == ["Second cause", "First cause"]


def test_a_moved_figure_needs_an_entry_of_its_own(held: dict) -> None:
    held["explained_by"] = "First cause"
    found = {name: copy.deepcopy(held[name]) for name in ("status", "worst_scenario", "findings", "figures")}
    assert golden.refreshed(held, found, "First cause", CHANGELOG)["explained_by"] == "First cause"
    found["figures"]["liquidity probability_F7"]["value"] += 0.1
    with pytest.raises(ValueError, match="liquidity probability_F7, value"):
        golden.refreshed(held, found, "First cause", CHANGELOG)
    with pytest.raises(ValueError, match=re.escape("no entry 'Third cause'")):
        golden.refreshed(held, found, "Third cause", CHANGELOG)
    record = golden.refreshed(held, found, "Second cause", CHANGELOG)
    assert record["figures"] == found["figures"] and record["params"] == held["params"]
    assert golden.refreshed({}, found, "First cause", CHANGELOG)["explained_by"] == "First cause"
