"""Tables: scoped headers, units, statuses as colour, symbol and word, foreign text escaped."""

from __future__ import annotations

import re
from html import escape

import pytest

from gramlib.params.issuer import Basis, Issuer
from gramlib.prices import premium_summary
from gramlib.report import tables
from gramlib.report.html_table import Heading, Status, Table, Tables

BUILT = {
    "quality": lambda t: tables.quality(t.quality),
    "facts": lambda t: tables.facts(t.facts),
    "league": lambda t: tables.league(t.league, "D"),
    "model_cards": lambda t: tables.model_cards(t.calibration),
    "issuer": lambda t: tables.issuer(t.issuer),
    "scenarios": lambda t: tables.scenarios(t.scenarios_used),
    "failures": lambda t: tables.failures(t.replay_failures),
    "failure_names": lambda t: tables.failure_names(),
    "metrics": lambda t: tables.metrics(t.metrics),
    "verdicts": lambda t: tables.verdicts(t.verdicts),
    "reverse": lambda t: tables.reverse(t.reverse),
    "backtests": lambda t: tables.backtests(t.backtests),
    "power": lambda t: tables.power(t.backtests),
    "contest": lambda t: tables.contest(t.calibration),
    "acceptance": lambda t: tables.acceptance(t.acceptance, t.calibration),
    "sources": lambda t: tables.sources(t.source_cards),
    "series": lambda t: tables.series(t.source_cards),
    "attempts": lambda t: tables.attempts(t.source_cards),
    "joins": lambda t: tables.joins(t.source_cards),
    "agreement": lambda t: tables.agreement(t.source_cards),
    "premium": lambda t: tables.premium(premium_summary(t.token_prices)),
    "flows": lambda t: tables.flows(t.flows),
    "assumptions": lambda t: tables.assumptions([{"id": "a", "statement": "s", "strength": "weak", "effect": "e", "probed_by": ["x", "y"]}]),
    "parameters": lambda t: tables.parameters([{"key": "n_paths", "value": [1, 10], "meaning": "paths", "origin": "params/x.yaml:3"}]),
    "provenance": lambda t: tables.provenance([{"stage": "data", "outputs": [{"name": "prices", "sha256": "ab" * 32, "rows": 3}]}]),
}  # fmt: skip


@pytest.mark.parametrize("name", BUILT)
def test_table_is_accessible_and_complete(run_tables, name):
    built = BUILT[name](run_tables)
    for table in built.parts if isinstance(built, Tables) else (built,):
        _check(table)
    assert table.caption in repr(built) and escape(table.caption) in built._repr_html_()


def _check(table):
    html = table._repr_html_()
    assert table.rows
    assert html.count("<caption>") == 1 and f'aria-label="{escape(table.caption)}"' in html
    assert html.count('scope="col"') == len(table.headings) and html.count('scope="row"') == len(table.rows)
    assert not re.search(r"\bnan\b|\bNaN\b|\bNone\b", html)
    assert "<script" not in html and "<beyond>" not in html and "<follows>" not in html and "<1975" not in html


def test_status_is_colour_symbol_and_word():
    html = Status("fail").html()
    assert 'class="status fail"' in html and "\N{MULTIPLICATION X}" in html and " fail</span>" in html


def test_ragged_rows_are_refused():
    with pytest.raises(ValueError, match="a row of 1 cells under 2 headings"):
        Table("t", (Heading("a"), Heading("b")), (("x",),))


def test_folded_table_opens_on_demand():
    html = Table("Long", (Heading("a"),), (("x",), ("y",)), folded=True)._repr_html_()
    assert html.startswith("<details><summary>Long (2 rows)</summary>")


def test_empty_table_says_none():
    assert "none</td>" in Table("t", (Heading("a"),), ())._repr_html_()


def test_shares_are_percentages_and_worst_comes_first(run_tables):
    table, listed = tables.verdicts(run_tables.verdicts).parts
    assert str(listed.rows[0][1]) == "fail" and "beyond what is tolerated" in listed.rows[0][2]
    sound = run_tables.verdicts.query("requirement == 'listed scenario' and status == 'pass'")["subject"]
    assert len(table.rows) + len(listed.rows) + len(sound) == len(run_tables.verdicts)
    assert all(name in listed.note for name in sound)
    assert [str(row[2]) for row in table.rows] == sorted(
        (str(row[2]) for row in table.rows), key=["fail", "watch", "pass", "not applicable"].index
    )
    distance = next(row for row in table.rows if row[0] == "Custody loss to insolvency")
    late = next(row for row in table.rows if row[0] == "Late redemption (F3)")
    assert late[3] == "none seen"
    assert distance[3:6] == ("3.0%", "2%", "1.0%")


def test_scenarios_without_a_failure_are_named_below(run_tables):
    table = tables.failures(run_tables.replay_failures)
    assert {row[0] for row in table.rows} == {"S14", "H13a"}
    assert "Without any failure: H80b, H99b, calm and custody_loss_1pct" in table.note


def test_reverse_table_says_what_was_searched_where_nothing_was_found(run_tables):
    row = next(
        row for row in tables.reverse(run_tables.reverse).rows if "F2" in row[0] and row[1] == "one-day fall of gold"
    )
    assert row[2] == "no failure found within 0% to 90%"


def test_issuer_values_show_their_basis():
    sure = Issuer(basis={"terms.fee": Basis(basis="disclosed", source="terms of use", date="2026-01-01")})
    rows = {row[0]: row for row in tables.issuer(sure).rows}
    assert rows["terms.fee"][1:] == ("0.0025", "disclosed", "terms of use", "2026-01-01")
    assert rows["costs.opex_usd_year"][1:3] == ("3,000,000", "assumed")
    assert rows["terms.gate"][1] == "none"


def test_league_has_a_row_a_horizon_and_model_with_the_best_marked(run_tables):
    table = tables.league(run_tables.league)
    assert len(table.rows) == run_tables.league.groupby(["horizon_days", "model"]).ngroups
    assert table.rows[0][0] == "1 day, filtered historical simulation"
    assert table.rows[0][2].startswith("55.00 (1.10) *") and not any("*" in cell for cell in table.rows[1])


def test_the_league_says_what_a_model_knew_beside_gold(run_tables):
    assert "Beside" not in tables.league(run_tables.league).note
    told = run_tables.league["model"].map({"garch_t": "real_yield, gvz"}).fillna("")
    said = tables.league(run_tables.league.assign(covariates=told)).note
    assert said.endswith("Beside gold's own past: GARCH(1,1) with Student t on real yield and gvz.")


def test_models_whose_paths_fail_are_marked_and_named(run_tables):
    table = tables.acceptance(run_tables.acceptance)
    kurtosis = next(row for row in table.rows if row[0].startswith("Excess kurtosis"))
    assert kurtosis[1:] == ("1.66 to 10.90", "5.20", "\N{MULTIPLICATION X} 0.400")
    assert "out of the contest: GARCH(1,1) with Student t." in table.note
    assert [row[1] for row in table.rows if row != kurtosis] == ["at most 0", "at least 0.001"]


def test_backtests_star_what_chance_and_what_even_many_tests_would_not_explain(run_tables):
    table = tables.backtests(run_tables.backtests)
    shown = {row[0]: row[2] for row in table.rows}
    assert shown["1 day, filtered historical simulation"].count("*") == 0
    assert shown["1 day, historical simulation"] == "0.026* / 0.024*"
    sure = tables.backtests(run_tables.backtests.assign(adjusted_p_value=0.01))
    assert {row[0]: row[2] for row in sure.rows}["1 day, historical simulation"] == "0.026** / 0.024**"
    assert "all 12 tests" in table.note


def test_duels_and_confidence_sets_say_their_multiplicity(run_tables):
    duels, sets = tables.contest(run_tables.calibration).parts
    assert duels.rows[0][1] == "0.01, p 0.600 (1.00)" and "all 2 duels" in duels.note and "fhs stays" in duels.note
    assert [row[1] for row in sets.rows] == ["1.000 in", "0.300 in", "0.010 out"]


def test_grade_d_scores_are_no_evidence(run_tables):
    assert "not evidence" in tables.league(run_tables.league, "D").note
    assert "not evidence" not in tables.league(run_tables.league, "C").note


def test_a_scenario_tells_its_precedent_its_rarity_its_facts_and_what_it_changes(run_tables) -> None:
    text = repr(tables.scenarios(run_tables.scenarios_used))
    assert "It happened once; 2013; a paper; not verified" in text
    assert "1 in 20 years by fhs" in text
    assert "changes the issuer: costs.opex_usd_year: dearer by a fifth" in text
    assert "Worst day return" in text and "\N{MINUS SIGN}9.2%" in text and "a fixing" in text
