"""Charts and tables of measures: right whatever the run found."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from gramlib.artefacts import analyse_recommend
from gramlib.artefacts.checking import _schema
from gramlib.report.figures import recommend as figures
from gramlib.report.tables import recommend as tables

ARTEFACTS = {each.name: each for each in analyse_recommend.ARTEFACTS}
NAN = math.nan


def frame(name: str, rows: list[dict]) -> pd.DataFrame:
    artefact = ARTEFACTS[name]
    blank = {c.name: {"str": "", "bool": False, "int64": 0}.get(c.dtype, NAN) for c in artefact.columns}
    made = pd.DataFrame([blank | row for row in rows], columns=list(blank)).astype(
        {c.name: c.dtype for c in artefact.columns}
    )
    return _schema(artefact).validate(made)


def recommendations() -> pd.DataFrame:
    return frame("recommendations", [
        {"action": "wind_down", "title": "Weeks to pay everybody out", "state": "enough already", "unit": "weeks", "now": 0.0,
         "number": 20.8, "metric": "own funds", "metric_unit": "USD", "subject": "everybody redeems", "n": 1, "before": 39e6,
         "after": 32.6e6, "difference": -6.4e6, "closed_form": math.inf, "closed_form_of": "weeks"},
        {"action": "own_funds", "title": "Required own funds", "state": "needed", "unit": "USD", "now": 39e6, "number": 52e6,
         "number_lower": 50e6, "number_upper": 54e6, "cost_usd_year": 8e5, "metric": "probability of F1", "metric_unit": "1",
         "subject": "book solvency", "n": 20_000, "before": 0.17, "after": 0.05, "difference": -0.12, "difference_lower": -0.13,
         "difference_upper": -0.11},
        {"action": "redemption_fee", "title": "Redemption fee", "state": "needed", "unit": "share", "now": 0.0025, "number": 0.005},
        {"action": "gate", "title": "Gate", "state": "not reachable", "unit": "share of tokens a day", "now": 1.0, "number": 0.01},
        {"action": "collateral_ratio", "title": "Collateral ratio", "state": "not applicable", "why": "it owes no dollars"},
    ])  # fmt: skip


def parts() -> pd.DataFrame:
    return frame("own_funds_parts", [
        {"part": "the regime's minimum", "subject": "a rule", "usd": 27e6},
        {"part": "the expected shortfall", "subject": "book liquidity", "usd": 13e6, "usd_lower": 12e6, "usd_upper": 14e6},
        {"part": "the reverse-stress target", "subject": "appetite", "usd": 52e6, "binding": True},
    ])  # fmt: skip


def effects(worse: bool = True) -> pd.DataFrame:
    rows = []
    for action, after, upper in (
        ("credit_line", 0.06, -0.05),
        ("custody_split", 0.13 if worse else 0.10, 0.02 if worse else -0.01),
    ):
        for predicate in ("F7", "F2"):
            rows.append({"action": action, "predicate": predicate, "number": 1.0, "unit": "USD", "before": 0.115, "before_lower": 0.11,
                         "before_upper": 0.12, "after": after, "after_lower": after - 0.005, "after_upper": after + 0.005,
                         "difference": after - 0.115, "difference_lower": upper - 0.01, "difference_upper": upper, "n": 10_000})  # fmt: skip
    return frame("measure_effects", rows)


def fees(net: tuple[float, ...] = (-4e5, 3e4)) -> pd.DataFrame:
    rows = [{"fee": fee, "band_calm": 0.018 + fee, "band_stressed": 0.035 + fee, "fees_usd": 8e5, "selling_cost_usd": 8e5, "net_usd": each,
             "worst_discount": 0.044, "probability_F4": 0.14, "probability_F4_lower": 0.13, "probability_F4_upper": 0.15, "cost_usd_year": 0.0}
            for fee, each in zip((0.0025, 0.0075), net, strict=True)]  # fmt: skip
    return frame("fee_frontier", rows)


def gates() -> pd.DataFrame:
    rows = [{"subject": subject, "gate": gate, "oldest_request_days": days, "peak_queue_share": 0.02, "peak_redemption_rate": rate,
             "requested_share": 0.11, "worst_discount": 0.02, "least_liquid_usd": liquid, "fire_sale_loss": 0.002}
            for subject in ("a run", "the same, stressed")
            for gate, days, rate, liquid in ((1.0, 1.0, 0.021, 0.0), (0.005, 10.0, 0.025, 25e6))]  # fmt: skip
    return frame("gate_frontier", rows)


def test_what_is_needed_comes_first_with_its_interval() -> None:
    table = tables.recommendations(recommendations())
    assert [row[1] for row in table.rows] == ["needed", "needed", "not reachable", "enough already", "not applicable"]
    first = table.rows[0]
    assert first[3] == "USD 52.0 m (USD 50.0 m to USD 54.0 m)"
    assert first[4] == "probability of F1: 17.0% to 5.0%, by −13.0% to −11.0% (book solvency, 20,000 paths)"
    assert table.rows[-1][4] == ""
    assert table.rows[3][4] == "own funds: USD 39.0 m to USD 32.6 m (everybody redeems)"


def test_amounts_read_in_their_units() -> None:
    assert tables.amount(1.0, "share of tokens a day") == "none"
    assert tables.amount(0.02, "share of tokens a day") == "2.0% a day"
    assert tables.amount(0.25, "share of gold") == "25.0%"
    assert tables.amount(2e6, "g") == "2.00 t"
    assert tables.amount(NAN, "USD") == "not available"


def test_formulas_without_an_answer_say_none() -> None:
    table = tables.closed_forms(recommendations())
    assert [row[2] for row in table.rows] == ["none"]


def test_effects_that_paths_cannot_tell_have_a_star() -> None:
    table = tables.measure_effects(effects())
    assert table.rows[0][0] == "As it stands"
    unsure = effects().assign(difference_lower=-0.01, difference_upper=0.01)
    assert all(cell.endswith("*") for cell in tables.measure_effects(unsure).rows[1][1:])


@pytest.mark.parametrize("number", [52e6, 20e6])
def test_headline_of_own_funds_says_short_or_above(number: float) -> None:
    table = recommendations()
    table.loc[table["action"] == "own_funds", "number"] = number
    made = figures.own_funds_required(parts(), table)
    assert ("short of" if number > 39e6 else "above") in made.headline
    assert "the reverse-stress target" in made.headline
    assert "the regime's minimum USD 27.0 m" in made.alt


@pytest.mark.parametrize("worse", [True, False])
def test_headline_of_effects_names_the_best_and_what_gets_worse(worse: bool) -> None:
    made = figures.measure_effects(effects(worse))
    assert "leaves 6.0%" in made.headline
    assert ("raises F7 and F2" in made.headline) == worse
    assert ("none of them raises" in made.headline) != worse


def test_effects_of_nothing_are_drawn() -> None:
    made = figures.measure_effects(frame("measure_effects", []))
    assert "No measure is needed" in made.headline
    assert tables.measure_effects(frame("measure_effects", [])).rows == ()


@pytest.mark.parametrize(
    ("net", "words"), [((-4e5, 3e4), "from a fee of 0.50% on"), ((-4e5, -1e4), "No fee up to 0.75%")]
)
def test_headline_of_the_fee_follows_the_frontier(net: tuple[float, float], words: str) -> None:
    made = figures.fee_against_band(fees(net), recommendations())
    assert words in made.headline
    assert len(made.table.rows) == 2


def test_headline_of_the_gate_tells_what_it_keeps_and_what_it_costs() -> None:
    made = figures.gate_against_run(gates())
    assert "gate of 0.50% keeps USD 25.0 m" in made.headline
    assert "2.5% of tokens in place of 2.1%" in made.headline
    assert made.table.rows[0][1] == "none"


def test_conflicts_show_from_and_to() -> None:
    table = tables.conflicts(frame("conflicts", [{
        "measure": "gate", "title": "Gate", "number_before": 1.0, "number_after": 0.01, "unit": "share of tokens a day",
        "wanted_metric": "least cash", "wanted_unit": "USD", "wanted_subject": "a run", "wanted_before": 0.0, "wanted_after": 4e6,
        "price_metric": "busiest day's requests, share of tokens", "price_unit": "1/day", "price_subject": "a run",
        "price_before": 0.021, "price_after": 0.023,
    }]))  # fmt: skip
    assert table.rows[0][1] == "none to 1.0% a day"
    assert table.rows[0][2] == "least cash: USD 0 to USD 4.0 m (a run)"
    assert "2.1% a day to 2.3% a day" in table.rows[0][3]
