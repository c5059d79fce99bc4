"""Maps of two shocks agree with the axes they cross, find planted edges, and claim nothing that was not scanned."""

from __future__ import annotations

import numpy as np
import pytest

from gramlib.artefacts.analyse_reverse import ARTEFACTS
from gramlib.artefacts.checking import _schema
from gramlib.params.issuer import Issuer
from gramlib.params.stages import AnalyseParams
from gramlib.reverse import Line, frontier_tables, reverse_table
from gramlib.reverse.search import failing_intervals_by_row
from gramlib.simulation import OwnFundsRule, simulate
from gramlib.units import GRAMS_PER_TROY_OUNCE

START_USD_PER_G = 4000 / GRAMS_PER_TROY_OUNCE
ENTRIES = {entry.name: entry for entry in ARTEFACTS}
PARAMS = AnalyseParams(map_step=0.1)
RULE = OwnFundsRule(reserve_share=0.02)


def maps_of(issuer: Issuer = Issuer(), params: AnalyseParams = PARAMS, start: float = START_USD_PER_G):  # noqa: B008
    cells, edges = frontier_tables(issuer, start, RULE, params, simulate)
    return _schema(ENTRIES["frontiers"]).validate(cells), _schema(ENTRIES["frontier_edges"]).validate(edges)


@pytest.fixture(scope="module")
def drawn():
    return maps_of()


def test_every_map_is_full(drawn):
    cells, edges = drawn
    sizes = cells.groupby("map").agg(x=("x_size", "nunique"), y=("y_size", "nunique"), n=("worst", "size"))
    assert sizes.loc["price_x_run"].tolist() == [10, 11, 110]
    assert sizes.loc["run_x_liquidity"].tolist() == [11, 11, 121]
    assert sizes.loc["price_x_liquidity"].tolist() == [10, 11, 110]
    assert not cells["f6"].any()
    assert set(edges["predicate"]) == {"queue", "F1", "F2", "F3", "F4", "F5", "F7"}


@pytest.mark.parametrize("predicate", ["queue", "F1", "F2", "F3", "F4", "F5", "F7"])
def test_cells_lie_inside_the_edges_of_their_row(drawn, predicate):
    cells, edges = drawn
    found = edges[(edges["predicate"] == predicate) & edges["found"]]
    for cell in cells.itertuples(index=False):
        row = found[(found["map"] == cell.map) & (found["y_size"] == cell.y_size)]
        inside = ((row["lower"] <= cell.x_size) & (cell.x_size <= row["upper"])).any()
        assert inside == getattr(cell, predicate.lower())


def test_a_cell_is_named_after_its_gravest_failure(drawn):
    cells, _ = drawn
    assert ((cells["worst"] == "") == ~cells[["queue", "f1", "f2", "f3", "f4", "f5", "f7"]].any(axis=1)).all()
    assert cells.loc[cells["f2"], "worst"].isin(["F2"]).all()
    assert cells.loc[cells["worst"] == "queue", ["f1", "f2", "f3", "f4", "f5", "f7"]].to_numpy().sum() == 0


def test_rows_without_the_other_shock_are_the_axes_themselves(drawn):
    """The first row of price x run is a fall alone, its second a fall with an event (sections 1 and 7)."""
    _, edges = drawn
    axes = reverse_table(Issuer(), START_USD_PER_G, RULE, PARAMS, simulate)
    for y_size, shock, lower in ((0.0, "price_fall", 0.14173), (1.0, "price_fall_with_event", 0.049)):
        one = edges[(edges["map"] == "price_x_run") & (edges["y_size"] == y_size) & (edges["predicate"] == "queue")]
        axis = axes[(axes["shock"] == shock) & (axes["predicate"] == "queue")]
        assert one["lower"].to_numpy() == pytest.approx(axis["lower"].to_numpy(), abs=1e-12)
        assert one["upper"].to_numpy() == pytest.approx([0.84], abs=1e-3)
        assert one["lower"].iloc[0] == pytest.approx(lower, abs=1e-3)


def test_two_event_days_need_no_fall(drawn):
    _, edges = drawn
    rows = edges[(edges["map"] == "price_x_run") & (edges["predicate"] == "queue") & (edges["y_size"] >= 2.0)]
    assert (rows["lower"] == 0.0).all()


def test_edges_come_from_the_finer_of_the_two_steps():
    """Cells a tenth apart would miss a set as narrow as F3's; rows are scanned at 1%."""
    _, edges = maps_of(params=AnalyseParams(map_step=0.5, reverse_step=0.01))
    assert set(edges.loc[edges["map"] == "price_x_run", "scan_step"]) == {0.01}
    _, edges = maps_of(params=AnalyseParams(map_step=0.05, reverse_step=0.1))
    assert set(edges.loc[edges["map"] == "price_x_run", "scan_step"]) == {0.05}


def test_infinite_cash_keeps_every_cell_liquid():
    cells, _ = maps_of(Issuer(cash_usd=1e13))
    assert not cells[["queue", "f3", "f7"]].to_numpy().any()


def test_rows_are_scanned_together_and_refined_only_between_neighbours():
    """Two rows with different planted sets, one of them in the middle: no middle of an unscanned stretch is asked."""
    asked: list[tuple[float, int]] = []
    planted = {0: (0.3, 0.5), 1: (0.61, 0.9)}

    def question(sizes, rows):
        asked.extend(zip(sizes.tolist(), rows.tolist(), strict=True))
        low, high = (np.array([planted[row][end] for row in rows]) for end in (0, 1))
        return {"F": (low <= sizes) & (sizes <= high)}

    line = Line(0.0, 0.9, 0.05, 1e-4)
    found = failing_intervals_by_row(question, line, 2)
    assert [(i["F"][0].lower, i["F"][0].upper) for i in found] == [
        (pytest.approx(0.3, abs=1e-4), pytest.approx(0.5, abs=1e-4)),
        (pytest.approx(0.61, abs=1e-4), 0.9),
    ]
    edges = {0: (0.3, 0.5), 1: (0.61,)}
    refined = asked[2 * len(line.points()) :]
    assert refined
    assert all(min(abs(size - edge) for edge in edges[row]) <= 0.05 for size, row in refined)
