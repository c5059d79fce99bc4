"""Profiles: the shipped one is sound, and a wrong limit is told with its line."""

import json

import pytest

from gramlib.errors import ParameterError
from gramlib.simulation import OwnFundsRule
from gramlib.verdicts import Profile, list_profiles, load_profile


@pytest.fixture
def internal_text(workbench_root):
    return (workbench_root / "params" / "profiles" / "internal.yaml").read_text(encoding="utf-8")


@pytest.fixture
def own_root(tmp_path, internal_text):
    (tmp_path / "params" / "profiles").mkdir(parents=True)

    def write(wrong="", right=""):
        assert right in internal_text
        text = internal_text.replace(right, wrong, 1)
        (tmp_path / "params" / "profiles" / "internal.yaml").write_text(text, encoding="utf-8")
        return tmp_path

    return write


def test_own_funds_are_those_of_mica(workbench_root):
    """Art. 35(1): the largest of EUR 350,000, 2% of the reserve, a quarter of fixed overheads."""
    profile = load_profile("internal", workbench_root)
    rule = OwnFundsRule(**profile.own_funds)
    floor_usd = 350_000 * profile.own_funds_rule.eur_usd
    assert rule.requirement_usd(0.0, 0.0) == pytest.approx(floor_usd)
    assert rule.requirement_usd(1e9, 3e6) == pytest.approx(2e7)
    assert rule.requirement_usd(1e6, 3e6) == pytest.approx(750_000)


def test_round_trip_and_listing(workbench_root):
    profile = load_profile("internal", workbench_root)
    assert Profile.from_record(json.loads(json.dumps(profile.to_record()))) == profile
    assert "internal" in list_profiles(workbench_root)


def test_insolvency_is_tolerated_nowhere(workbench_root):
    tolerated = load_profile("internal", workbench_root).listed_scenarios
    assert all(
        "F2" not in getattr(tolerated, severity) for severity in ("calm", "mild", "moderate", "severe", "extreme")
    )


@pytest.mark.parametrize(
    ("right", "wrong", "told"),
    [
        ("watch_at: 0.005", "watch_art: 0.005", "did you mean 'watch_at'?"),
        ("watch_at: 0.005", "watch_at: 0.5", "watch_at at most max_one_year_probability"),
        ("book: liquidity", "book: liqidity", "did you mean 'liquidity'?"),
        ("severe: [F4]", "severe: [F9]", "one of F1, F2"),
        ("watch_below: 0.15", "watch_below: 0.05", "watch_below at least smallest"),
        ("verified: true", "verified: perhaps", "own_funds_rule.verified is 'perhaps'"),
        ("id: internal", "id: external", "id is 'external' in internal.yaml"),
    ],
)
def test_a_wrong_limit_is_told_with_its_line(own_root, internal_text, right, wrong, told):
    line = internal_text[: internal_text.index(right)].count("\n") + 1
    with pytest.raises(ParameterError) as caught:
        load_profile("internal", own_root(wrong, right))
    assert told in str(caught.value)
    assert f"params/profiles/internal.yaml:{line}" in str(caught.value)


def test_a_missing_appetite_is_refused(own_root, internal_text):
    line = next(text for text in internal_text.splitlines() if text.startswith("  F6:"))
    with pytest.raises(ParameterError, match=r"appetite\.F6"):
        load_profile("internal", own_root("", line))


def test_unknown_profile_is_refused_with_a_suggestion(own_root):
    with pytest.raises(ParameterError, match="unknown profile 'interal'; did you mean 'internal'"):
        load_profile("interal", own_root())
