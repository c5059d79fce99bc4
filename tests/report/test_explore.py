"""The exploration panel without a browser: what is moved is what is computed, and what is shown is what was computed."""

from __future__ import annotations

import re
from dataclasses import replace
from xml.etree import ElementTree

import numpy as np
import pytest

from gramlib.params.issuer import Issuer
from gramlib.report import explore
from gramlib.report.explore_picture import HEIGHT, WIDTH, alt, picture
from gramlib.report.explore_text import day_ledger, equations, flags, worst_row
from gramlib.simulation.what_if import Answer, Levers, WhatIf

N_PATHS, N_DAYS = 200, 40


@pytest.fixture(scope="module")
def what_if() -> WhatIf:
    steps = np.random.default_rng(7).normal(0.0, 0.01, (N_PATHS, N_DAYS))
    return WhatIf(Issuer(), 130.0 * np.exp(np.cumsum(np.hstack([np.zeros((N_PATHS, 1)), steps]), axis=1)))


@pytest.fixture
def panel(what_if: WhatIf) -> explore.Panel:
    return explore.panel(what_if)


def texts(html: str) -> list[str]:
    return re.findall(r"<t[hd][^>]*>([^<]*)</t[hd]>", html)


def slider(panel: explore.Panel, label: str):
    return next(each for each in panel.box.children[0].children if getattr(each, "description", "").startswith(label))


def test_a_slider_that_moves_shows_the_answer_for_its_lever_alone(panel, what_if):
    before = dict(panel.html())
    slider(panel, "Run").value = 4.0
    expected = what_if.answer(replace(Levers.of(what_if.issuer), run_share=0.04))
    assert panel.levers == expected.levers and panel.html() != before
    assert panel.html()["flags"] == flags(expected) and panel.html()["days"] == day_ledger(expected)
    assert panel.html()["picture"] == picture(expected, panel.before) and panel.html()["equations"] == equations(
        expected
    )
    assert len(panel.seconds) == 1


MOVES = {"price_fall": ("Price", 20.0), "lost_share": ("Gold lost", 7.0), "custodian_share": ("Custodian", 45.0),
         "fee": ("Redemption fee", 60.0), "cash_usd": ("Cash", 21.0), "bills_usd": ("Bills", 8.0)}  # fmt: skip
IN_ITS_UNIT = {
    "price_fall": 0.2,
    "lost_share": 0.07,
    "custodian_share": 0.45,
    "fee": 0.006,
    "cash_usd": 21e6,
    "bills_usd": 8e6,
}


@pytest.mark.parametrize("lever", MOVES)
def test_each_slider_moves_its_lever_in_its_unit(panel, lever):
    label, value = MOVES[lever]
    slider(panel, label).value = value
    assert getattr(panel.levers, lever) == pytest.approx(IN_ITS_UNIT[lever], rel=1e-12)
    assert vars(replace(panel.levers, **{lever: getattr(panel.before.levers, lever)})) == vars(panel.before.levers)


def test_the_gate_goes_on_and_off(panel):
    slider(panel, "Gate").value = 0.02
    assert panel.levers.gate == 0.02 and panel.answer.issuer.terms.gate == 0.02
    slider(panel, "Gate").value = 0.0
    assert panel.levers.gate is None and panel.answer.issuer.terms.gate is None


def test_several_levers_move_at_once_and_the_sliders_with_them(panel):
    panel.move(run_share=0.03, cash_usd=20e6, gate=0.05)
    assert (panel.levers.run_share, panel.levers.cash_usd, panel.levers.gate) == (0.03, 20e6, 0.05)
    assert (
        slider(panel, "Run").value == 3.0
        and slider(panel, "Cash").value == 20.0
        and slider(panel, "Gate").value == 0.05
    )
    assert len(panel.seconds) == 1, "one answer for all of them"


def test_an_issuer_beyond_the_ends_of_a_slider_stands_where_it_is(what_if):
    rich = WhatIf(Issuer(cash_usd=900e6), what_if.paths)
    assert slider(explore.panel(rich), "Cash").value == 900.0


def moved(what_if: WhatIf, **levers: float) -> Answer:
    return what_if.answer(replace(Levers.of(what_if.issuer), **levers))


def test_flags_say_the_day_the_cause_and_the_share_of_paths(what_if):
    answer = moved(what_if, run_share=0.05)
    cells = texts(flags(answer))
    found = answer.failed.set_index("predicate")
    place = cells.index("F7 Out of liquid assets")
    assert cells[place + 1] == f"\N{MULTIPLICATION X} day {found.loc['F7', 'first_day']}: {found.loc['F7', 'cause']}"
    assert cells[place + 2] == f"{100 * (answer.outcomes.f7_day >= 0).mean():.1f}%"
    assert "On 200 paths" in cells and not any(cell.startswith("F6") for cell in cells)


def test_the_ledger_shows_every_day_and_marks_that_of_the_equations(what_if):
    answer = moved(what_if, run_share=0.05)
    html = day_ledger(answer)
    assert html.count("<tr") == N_DAYS + 1 and html.count("class=worst") == 1
    row = answer.days.iloc[worst_row(answer)]
    assert row["queue_g"] == answer.days["queue_g"].max() > 0.0
    marked = texts(re.search(r"<tr class=worst>.*?</tr>", html)[0])
    assert marked[0] == str(int(row["day"])) and marked[5] == f"{row['queue_g'] / 1e3:,.0f}"
    assert f"The equations on day {int(row['day'])}" in equations(answer)


def test_the_equations_are_those_of_the_model_page_with_the_days_numbers(what_if):
    answer = moved(what_if, run_share=0.05)
    html, row = equations(answer), answer.days.iloc[worst_row(answer)]
    assert [f"E{n}" for n in range(5, 12)] == re.findall(r"<strong>(E\d+) ", html)
    assert html.count("<math") >= 15 and f"coverage {100 * row['coverage']:.2f}%" in html


@pytest.mark.parametrize(
    "levers", [{}, {"run_share": 0.1, "lost_share": 1.0}, {"price_fall": -0.5}, {"price_fall": 0.9}]
)
def test_the_picture_is_sound_and_its_lines_stay_inside(what_if, levers):
    answer = moved(what_if, **levers)
    tree = ElementTree.fromstring(picture(answer, moved(what_if)))
    points = [pair for mark in tree.iter() for pair in mark.get("points", "").split()]
    x, y = np.array([pair.split(",") for pair in points], dtype=float).T
    assert np.isfinite(x).all() and x.min() >= 0 and x.max() <= WIDTH and y.min() >= 0 and y.max() <= HEIGHT
    assert next(iter(tree)).get("aria-label") == alt(answer)
    failing = set(answer.failed.loc[answer.failed["first_day"] >= 0, "predicate"])
    words = " ".join("".join(mark.itertext()) for mark in tree.iter() if mark.get("font-size") == "10")
    assert set(words.split()) == failing


def test_the_line_falls_by_as_much_as_its_axis_says(what_if):
    answer = moved(what_if, price_fall=0.5, run_share=0.0)
    tree = ElementTree.fromstring(picture(answer, answer))
    line = next(mark for mark in tree.iter() if mark.get("stroke-width") == "2")
    y = [float(pair.split(",")[1]) for pair in line.get("points").split()]
    labels = {
        "".join(mark.itertext()): float(mark.get("y")) for mark in tree.iter() if mark.get("text-anchor") == "end"
    }
    low, high = ((float(text.replace(",", "")), at) for text, at in (*labels.items(),)[:2])
    per_usd = (high[1] - low[1]) / (high[0] - low[0])
    assert (y[-1] - y[0]) / per_usd == pytest.approx(-0.5 * 130.0 * 31.1034768, rel=0.01)
