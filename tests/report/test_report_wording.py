"""Sentences hold whatever the figures are: the assumed issuer, grade D, none seen, one and many."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st
from pytest import mark

from gramlib.metrics import wilson_interval
from gramlib.params.issuer import Basis, Issuer
from gramlib.report import numbers
from gramlib.report.findings import findings
from gramlib.report.sentences import breaking_shock, chance
from gramlib.report.tables import leaves
from gramlib.report.wording import ASSUMED, decider_sentence, missed_sentence, reasons, verdict_sentence

GOOD_DATA = {"grade": "C", "label": ""}


def _disclosed(but: str = "") -> Issuer:
    keys = [key for key, _ in leaves(Issuer().to_record())]
    return Issuer(
        name="Sound Gold", basis={key: Basis(basis="disclosed", source="attestation") for key in keys if key != but}
    )


def _row(failures: int, n: int) -> dict:
    interval = wilson_interval(failures, n, 0.95)
    return {
        "value": failures / n,
        "lower": interval[0],
        "upper": interval[1],
        "n": n,
        "method": "share of paths, Wilson 95%",
    }


@settings(deadline=None, max_examples=100)
@given(st.integers(1, 200_000), st.floats(0, 1))
def test_chance_states_its_own_figures(n, share):
    failures = round(share * n)
    text = chance(_row(failures, n))
    assert "nan" not in text and "no risk" not in text
    assert f"{n:,} path" in text and ("paths" in text) == (n != 1)
    if failures == 0:
        assert text.startswith("none of")
        bound = float(re.search(r"at most ([\d.,]+)%", text)[1])
        assert bound >= 100 * wilson_interval(0, n, 0.95)[1] * (1 - 1e-9) or bound == 100
    elif failures == n:
        assert text.startswith("all of")
    else:
        assert text.startswith(numbers.percent(failures / n))
        assert "95% interval" in text


def test_chance_quotes_the_confidence_it_was_made_with():
    assert "90% interval" in chance({**_row(3, 100), "method": "share of paths, Wilson 90%"})


def test_none_seen_among_a_hundred_thousand_is_a_bound():
    # Wilson's upper end at zero: z^2 / (n + z^2) = 3.8415 / 100003.84 = 0.0038413%, rounded up
    assert chance(_row(0, 100_000)) == "none of 100,000 paths; at most 0.0039% with 95% confidence"


def _verdicts(statuses: list[str]) -> pd.DataFrame:
    return pd.DataFrame({
        "requirement": [f"F{i % 7 + 1}" for i in range(len(statuses))], "subject": "liquidity", "status": statuses, "number": 0.02,
        "limit": 0.01, "unit": "1/year", "margin": -0.01, "decides": True, "sentence": "Found too often.", "source": "appetite",
    })  # fmt: skip


@mark.parametrize(
    ("statuses", "said"),
    [
        (["pass"], "Meets the one deciding requirement."),
        (["watch"], "Meets the one deciding requirement, which is on watch."),
        (["pass", "pass"], "Meets all 2 deciding requirements."),
        (["pass", "watch"], "Meets all 2 deciding requirements, 1 of them on watch."),
        (["fail", "watch", "pass"], "Misses 1 of 3 deciding requirements; 1 more is on watch."),
        (["fail", "fail"], "Misses 2 of 2 deciding requirements."),
        (["not_applicable"], "No deciding requirement applies: this is no verdict."),
        ([], "No deciding requirement applies: this is no verdict."),
    ],
)
def test_missed_requirements_are_counted(statuses, said):
    assert missed_sentence(_verdicts(statuses)) == said


def _found(broken: tuple[tuple[str, str], ...] = (), lower: float = 0.1):
    """replay_failures, reverse and metrics of two scenarios, with the failures in `broken`."""
    failures = pd.DataFrame(
        [(s, p, 3 if (s, p) in broken else -1) for s in ("S1", "S2") for p in ("F2", "F3", "F7")],
        columns=["scenario", "predicate", "first_day"],
    )
    return failures, _reverse(True, lower), pd.DataFrame(columns=["subject", "metric", "value"])


def test_one_assumed_value_is_enough():
    sound, almost = (
        verdict_sentence(issuer, *_found(), GOOD_DATA) for issuer in (_disclosed(), _disclosed("terms.fee"))
    )
    assert sound.startswith("Sound Gold keeps its solvency")
    assert almost.startswith(ASSUMED)


def test_grade_d_is_said(run_tables):
    sentence = run_tables.document["verdict"]["sentence"]
    assert "Data grade D" in sentence and "no evidence" in sentence
    assert "Data grade" not in verdict_sentence(run_tables.issuer, *_found(), GOOD_DATA)


def test_reasons_name_decider_shock_and_likelihood(run_tables):
    horizons_days = {"liquidity": 252, "liquidity_price_only": 40, "solvency": 756}
    told = " ".join(reasons("fail", run_tables.verdicts, run_tables.reverse, run_tables.metrics, horizons_days))
    assert "S14" not in told  # the scenario is told by its title
    assert "Fall, run and dry market together" in told
    assert "begins with a one-day fall of gold by 10.2%" in told
    assert "With prices alone, any failure within 40 business days" in told
    assert "With the run's drivers on, any failure within 1 year" in told


def test_the_decider_is_told_by_what_happens_not_by_a_code():
    assert decider_sentence("fail", _verdicts(["fail", "fail", "pass"])) == (
        "Furthest beyond its limit is the chance that own funds fall below the requirement (F1), 2.0% a year against a limit of 1% a year."
    )
    assert decider_sentence("watch", _verdicts(["watch", "watch"])).startswith("Nearest to its limit is")
    assert decider_sentence("not_applicable", _verdicts(["not_applicable"])) == ""


def _reverse(found: bool, lower: float) -> pd.DataFrame:
    return pd.DataFrame([{
        "predicate": "F4", "shock": "price_fall", "interval": int(found), "found": found, "lower": lower if found else np.nan, "upper": 0.9 if found else np.nan,
        "unit": "1", "scan_from": 0.0, "scan_to": 0.9, "scan_step": 0.01, "tolerance": 1e-4,
    }])  # fmt: skip


@settings(deadline=None, max_examples=50)
@given(st.floats(0.0, 0.89))
def test_breaking_shock_prints_the_edge_it_found(lower):
    text = breaking_shock(_reverse(True, lower), "price_fall")
    assert numbers.percent(lower) in text
    assert ("from the start of the search" in text) == (lower == 0.0)


def test_nothing_found_is_not_called_safe():
    text = breaking_shock(_reverse(False, 0.0), "price_fall")
    assert text == "No failure was found on the axis one-day fall of gold within 0% to 90%."
    assert breaking_shock(_reverse(True, 0.1), "custody_loss") == ""


@settings(deadline=None, max_examples=40)
@given(alone=st.integers(0, 500), together=st.integers(0, 500))
def test_finding_about_drivers_agrees_with_both_chances(run_tables, alone, together):
    rows = [
        {"subject": s, "metric": "probability_any", "unit": "1", **_row(k, 500)}
        for s, k in (("liquidity_price_only", alone), ("liquidity", together))
    ]
    told = findings(
        run_tables.verdicts, pd.DataFrame(rows), run_tables.reverse.head(0), pd.DataFrame(), {"scenarios": []}
    )
    finding = next(f for f in told if f["id"] == "finding-drivers")
    assert chance(rows[0]) in finding["evidence"] and chance(rows[1]) in finding["evidence"]
    if alone > 0:
        assert "never break" not in finding["title"]
    if together > alone:
        assert "adds no failure" not in finding["title"]


def test_reasons_tell_the_other_requirements_of_the_same_status(run_tables):
    horizons_days = {"liquidity": 252, "liquidity_price_only": 252, "solvency": 756}
    table = _verdicts(["fail", "fail", "watch", "fail"])
    table.loc[3, ["requirement", "subject"]] = "listed scenario", "H13a"
    told = reasons("fail", table, run_tables.reverse, run_tables.metrics, horizons_days)
    assert told[1] == "Also missed: Insolvency (F2), 2.0% a year against a limit of 1% a year; 1 listed scenario."
    assert "Also" not in " ".join(reasons("watch", table, run_tables.reverse, run_tables.metrics, horizons_days))
    assert "Also" not in " ".join(reasons("pass", table, run_tables.reverse, run_tables.metrics, horizons_days))
