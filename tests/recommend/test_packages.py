"""Packages: the cheapest that meets every appetite, its re-run, and a frontier without anything dominated."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_run import bench_of

from gramlib.artefacts import analyse_packages, predicates_of
from gramlib.artefacts.checking import _schema
from gramlib.params.issuer import Issuer
from gramlib.params.model_figures import ModelFigure, load_figures
from gramlib.recommend.appetite import FailureLimit
from gramlib.recommend.frontier import on_frontier
from gramlib.recommend.grids import sizes
from gramlib.recommend.package_advice import (
    NEAREST,
    NOTHING_NEEDED,
    REACHED,
    STATES,
    advise_package,
    every_measure,
    in_words,
)
from gramlib.recommend.workshop import Workshop
from gramlib.simulation.outcomes import NEVER


@pytest.fixture(scope="session")
def package_figures(workbench_root: Path) -> tuple[ModelFigure, ...]:
    return load_figures(workbench_root, "packages")


@pytest.fixture(scope="session")
def measure_figures(workbench_root: Path) -> tuple[ModelFigure, ...]:
    return load_figures(workbench_root, "measures")


@pytest.fixture
def shop(gram: Issuer, measure_figures: Any, package_figures: Any) -> Any:
    """A workshop of the small run with the same appetite for every failure."""

    def make(appetite: float, issuer: Issuer = gram, **limits: float) -> Workshop:
        bench = bench_of(issuer)
        asked = tuple(
            FailureLimit(name, "solvency" if name in ("F1", "F2", "F6") else "liquidity", limits.get(name, appetite))
            for name in predicates_of(issuer.peg)
        )
        return Workshop(bench, every_measure(bench, measure_figures, package_figures), asked)

    return make


def test_an_issuer_that_meets_every_appetite_needs_nothing(shop: Any) -> None:
    workshop = shop(1.0)
    advice = advise_package(workshop, 3)
    assert (advice.state, advice.steps, advice.cost_usd_year, advice.left) == (NOTHING_NEEDED, (), 0.0, ())
    assert advice.issuer is workshop.bench.issuer
    assert advice.packages.empty
    row = advice.efficient_frontier.query("recommended").iloc[0]
    assert (row["cost_usd_year"], row["package"], row["today"]) == (0.0, "nothing", True)


@pytest.fixture
def reached(shop: Any) -> tuple[Workshop, Any]:
    workshop = shop(0.2, F4=0.05, F7=0.05)
    return workshop, advise_package(workshop, 2)


def test_the_package_meets_the_appetites_by_a_rerun_of_the_changed_issuer(reached: Any) -> None:
    workshop, advice = reached
    assert advice.state == REACHED
    assert 1 <= len(advice.steps) <= 2
    assert set(advice.package_effects["met"]) == {True}
    for row in advice.package_effects.itertuples():
        for issuer, word in ((workshop.bench.issuer, "before"), (advice.issuer, "after")):
            failed = workshop.bench.rerun.book(issuer, row.book).first_day(row.predicate) != NEVER
            within = 1.0 - (1.0 - failed.mean()) ** (252 / workshop.horizons[row.book])
            assert getattr(row, word) == pytest.approx(within), (row.predicate, word)
            assert getattr(row, f"{word}_lower") <= getattr(row, word) <= getattr(row, f"{word}_upper")
        assert row.difference == pytest.approx(row.after - row.before)


def test_every_step_is_taken_and_its_cost_counted(reached: Any) -> None:
    workshop, advice = reached
    assert advice.cost_usd_year == pytest.approx(advice.packages["cost_usd_year"].sum())
    for name, number in advice.steps:
        assert workshop.measures[name].now(advice.issuer) == pytest.approx(number)
    # A measure that nothing would miss were money for nothing: without it an appetite is missed or the cost is lower.
    assert ((advice.packages["missed_without"] != "") | (advice.packages["cost_usd_year"] <= 0.0)).all()


def test_no_cheaper_package_that_was_tried_meets_the_appetites(reached: Any) -> None:
    workshop, advice = reached
    cheaper = [s for s in workshop.searched if workshop.cost_usd_year(s) < advice.cost_usd_year]
    assert cheaper
    assert all(workshop.search(steps).missed() for steps in cheaper)


def test_what_cannot_be_reached_is_said_and_the_rest_is_met(shop: Any) -> None:
    # Nobody can promise that nothing is ever late.
    workshop = shop(0.5, F4=0.0, F7=0.2)
    workshop.measures = {name: each for name, each in workshop.measures.items() if name in ("credit_line", "gate")}
    advice = advise_package(workshop, 2)
    assert advice.state == NEAREST
    assert advice.left == ("F4",)
    assert set(advice.package_effects.query("not met")["predicate"]) == {"F4"}


def test_without_any_measure_everything_remains(shop: Any) -> None:
    workshop = shop(0.0)
    workshop.measures = {}
    advice = advise_package(workshop, 2)
    assert advice.state == NEAREST
    assert advice.steps == ()
    assert advice.left == tuple(advice.package_effects.query("before > 0")["predicate"])


def test_the_frontier_shows_nothing_dominated_and_the_tables_keep_their_contract(reached: Any) -> None:
    _, advice = reached
    table = advice.efficient_frontier
    assert advice.state in STATES
    for flag, risk in (("on_ratio", "largest_ratio"), ("on_any", "any_failure")):
        for row in table[table[flag]].itertuples():
            cheaper = table[(table["cost_usd_year"] <= row.cost_usd_year) & (table["package"] != row.package)]
            assert (cheaper[risk] > getattr(row, risk)).all(), row.package
    assert table["recommended"].sum() == 1
    for entry in analyse_packages.ARTEFACTS[:3]:
        _schema(entry).validate(getattr(advice, entry.name), lazy=True)


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), min_size=1, max_size=12))
def test_a_frontier_is_what_no_other_beats(points: list[tuple[int, int]]) -> None:
    named = {((str(k), 0.0),): point for k, point in enumerate(points)}
    kept = on_frontier({s: float(c) for s, (c, _) in named.items()}, {s: float(r) for s, (_, r) in named.items()})
    assert kept
    for steps in kept:
        cost, risk = named[steps]
        assert not any((c <= cost and r < risk) or (c < cost and r <= risk) for c, r in points)
    for steps in set(named) - kept:
        cost, risk = named[steps]
        assert any(named[other][0] <= cost and named[other][1] <= risk for other in kept)


def test_sizes_are_beyond_where_the_issuer_stands(shop: Any, gram: Issuer, gram_usd: Issuer) -> None:
    for issuer in (gram, gram_usd):
        workshop = shop(0.1, issuer)
        for name, measure in workshop.measures.items():
            numbers = sizes(measure, issuer, workshop.bench.owed_usd)
            assert bool(numbers) != bool(measure.excluded(issuer)) or measure.now(issuer) in (0.0, 1.0), name
            sign = 1.0 if measure.stronger == "up" else -1.0
            assert list(numbers) == sorted(numbers, key=lambda each: sign * each), name
            assert all(measure.lower <= each <= measure.upper and each != measure.now(issuer) for each in numbers)


def test_deeper_markets_move_one_parameter_at_a_price(shop: Any, gram: Issuer) -> None:
    measure = shop(0.1).measures["market_depth"]
    after = measure.apply(gram, 20e6)
    assert after.peg_model.depth_usd == 20e6
    assert measure.cost_usd_year(gram, 20e6) == pytest.approx(0.1 * (20e6 - gram.peg_model.depth_usd))
    assert after.model_copy(update={"peg_model": gram.peg_model}) == gram


def test_words_name_measure_number_and_unit(shop: Any) -> None:
    workshop = shop(0.1)
    steps = (("own_funds", 100e6), ("largest_custodian", 0.25), ("hedge", 0.0))
    words = in_words(workshop, steps)
    assert words == "own funds 100.0 m USD + largest custodian 0.25 (share of gold) + gold sold short in futures 0 g"
