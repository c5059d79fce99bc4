"""Maps of two shocks and the likeliest ways to fail, in pictures and in words."""

from __future__ import annotations

import re

import likely_rows
import numpy as np
import pandas as pd
import pytest
from likely_rows import START_USD_PER_G

from gramlib.params.issuer import Custodians, Issuer
from gramlib.params.stages import AnalyseParams
from gramlib.report import figures, tables
from gramlib.report.figure import MOST_ROWS
from gramlib.report.figures.frontiers import STYLES, first_failing, map_sentence
from gramlib.report.tables.likely_failures import looks, period_interval, years
from gramlib.reverse import frontier_tables
from gramlib.reverse.frontiers import WORST_FIRST
from gramlib.simulation import OwnFundsRule, simulate


@pytest.fixture(scope="module")
def maps() -> tuple[pd.DataFrame, pd.DataFrame]:
    return likely_rows.maps()


@pytest.fixture
def likely() -> pd.DataFrame:
    return likely_rows.likely()


@pytest.fixture
def causes() -> pd.DataFrame:
    return likely_rows.causes()


def test_every_name_of_a_cell_has_a_look_of_its_own():
    assert set(STYLES) == {*WORST_FIRST, ""}
    assert len(set(STYLES.values())) == len(STYLES)


def test_maps_are_told_in_words_and_numbers(maps):
    cells, edges = maps
    figure = figures.failure_maps(cells, edges)
    assert "10.1%" in figure.headline and "confidence event" in figure.headline
    for name in dict.fromkeys(cells["map"]):
        assert map_sentence(cells, edges, name) in figure.alt
    assert figure.alt.count("cells") == 4 and not re.search(r"\bnan\b|None", figure.alt)
    assert len(figure.table.rows) == min(MOST_ROWS, edges.groupby(["map", "y_size"]).ngroups)
    assert figures.failure_maps(cells, edges).image == figure.image


def test_the_first_failing_size_leaves_a_queue_aside(maps):
    _, edges = maps
    one = edges[edges["map"] == "price_x_run"]
    begins = first_failing(one)
    assert begins[0.0] == one.loc[(one["y_size"] == 0.0) & (one["predicate"] == "F4"), "lower"].iloc[0]


def test_no_failure_found_is_said_with_its_range():
    cells, edges = frontier_tables(
        Issuer(cash_usd=1e13, redemption=Issuer().redemption.model_copy(update={"max_rate": 0.002})), START_USD_PER_G,
        OwnFundsRule(), AnalyseParams(map_step=0.5, reverse_step=0.1), simulate,
    )  # fmt: skip
    assert "no failure was found up to a one-day fall of gold by 90.0%" in map_sentence(cells, edges, "price_x_run")


def test_a_failure_is_told_with_its_way_needs_cause_and_scenario(likely, causes):
    told = tables.likely_sentence(likely, causes, "F4")
    for part in ("once in 7.6 years (7.4 years to 7.7 years)", "fall of gold and thin market", "43.5% of 200", "gold alone would bring",
                 "Without confidence events it is less than half", "secondary sales, driven by fall of gold", "40.0%", "over price models 5.0 years to"):  # fmt: skip
        assert part in told, (part, told)
    assert "never seen in one" in told


def test_nothing_seen_is_a_bound_and_never_never(likely, causes):
    told = tables.likely_sentence(likely, causes, "F6")
    assert "none of 100,000 paths" in told and "rarer than once in 26,000 years" in told
    assert not re.search(r"\bnever\b|\bsafe\b|nan", told)


def test_the_table_and_the_picture_hold_every_row(likely, causes):
    table = tables.likely_failures(likely)
    assert len(table.rows) == len(likely)
    assert table.rows[-1][2:5] == ("none found", "none found", "\N{EN DASH}")
    assert len(tables.likely_sentences(likely, causes).rows) == 2
    assert tables.failure_causes(causes).rows[0][3:] == ("40.0%", "31.0% to 50.0%", "40 of 100")
    figure = figures.return_periods(likely, causes)
    assert figure.headline.startswith("Peg loss (F4) is the likeliest failure, once in 7.6 years")
    assert "rarer than once in 26,000 years" in figure.alt
    assert figures.return_periods(likely, causes).image == figure.image
    none = likely[likely["predicate"] == "F6"].reset_index(drop=True)
    assert "rarer than once in 26,000 years" in figures.return_periods(none, causes.iloc[:0]).headline


def test_sizes_and_years_are_read_by_people(likely):
    first = next(likely.itertuples(index=False))
    assert looks(first) == "a fall of gold by 11.0% over 11 days and a market 3.1 times as illiquid as usual"
    assert (years(7.57), years(1173.0), years(99.7)) == ("7.6 years", "1,200 years", "100 years")
    exact = first._replace(return_lower_years=7.57, return_upper_years=7.57)
    assert period_interval(exact) == "exact under the laws"
    assert period_interval(first._replace(return_upper_years=np.nan)) == "7.4 years or more"


def test_axes_that_do_not_apply_are_told_and_not_drawn():
    from gramlib.reverse import reverse_table

    coarse = AnalyseParams(reverse_step=0.1, reverse_tolerance=0.01)
    found = reverse_table(Issuer(custodians=Custodians(on=True)), START_USD_PER_G, OwnFundsRule(), coarse, simulate)
    figure = figures.reverse_intervals(found)
    assert "not searched: section banks is off" in figure.alt
    shown = tables.reverse(found)
    missing = [cells for cells in shown.rows if cells[2].startswith("not searched")]
    assert len(missing) == 4 and all(cells[0] == cells[3] == "\N{EN DASH}" for cells in missing)
