"""Short SVG draws what long SVG drew."""

from __future__ import annotations

import io
import re
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.backends.backend_svg import FigureCanvasSVG

from gramlib.report import figures, theme
from gramlib.report.svg import compact, outline

ARGUMENTS = {"m": 2, "l": 2, "h": 1, "v": 1, "q": 4, "c": 6}
coordinate = st.floats(-2000, 2000).map(lambda x: round(x, 6))


def points(path):
    """Every point of a relative path, control points included, by SVG's rules; the whole picture of it."""
    found, at, start, command = [], np.zeros(2), np.zeros(2), ""
    tokens = re.findall(r"[a-z]|-?\d*\.?\d+", path)
    while tokens:
        if tokens[0].isalpha():
            command = tokens.pop(0)
            if command == "z":
                at = start
                continue
        numbers = [float(tokens.pop(0)) for _ in range(ARGUMENTS[command])]
        if command in "hv":
            numbers = [numbers[0], 0.0] if command == "h" else [0.0, numbers[0]]
        steps = at + np.array(numbers).reshape(-1, 2)
        found += steps.tolist()
        at = steps[-1]
        if command == "m":
            start, command = at, "l"
    return np.array(found).reshape(-1, 2)


@given(st.lists(st.tuples(st.sampled_from("MLQC"), st.lists(coordinate, min_size=6, max_size=6)), max_size=30))
def test_no_point_of_an_outline_moves_by_more_than_its_rounding(parts):
    parts = [("M", [1.0, 2.0, 0, 0, 0, 0]), *parts]
    taken = [(command, numbers[: {"M": 2, "L": 2, "Q": 4, "C": 6}[command]]) for command, numbers in parts]
    text = "\n".join(f"{command} {' '.join(map(str, numbers))} " for command, numbers in taken)
    expected = np.array([number for _, numbers in taken for number in numbers]).reshape(-1, 2)
    assert points(outline(text)) == pytest.approx(expected, abs=0.00501)


@pytest.mark.parametrize(
    ("long", "short"),
    [
        ("M 10 20 \nL 30 20 \nL 30 5 \nL 10 5 \nL 10 20 \nz\n", "m10 20h20v-15h-20z"),
        ("M 0 0 \nL 1 1 \nL 2 3 \nz\nM 5 5 \nL 6 7 \n", "m0 0 1 1 1 2zm5 5 1 2"),
        ("M 0.004 0.5 \nQ 1 1 2 -0.25 \nQ 3 1 4 0 \n", "m0 .5q1 .5 2-.75 1 1.25 2 .25"),
        ("M 1e-05 100 \nL 100.999 100 \n", "m0 100h101"),
        ("", ""),
    ],
)
def test_outlines_known_by_hand(long, short):
    assert outline(long) == short


def written(draw):
    drawing = theme.canvas(4, 3)
    draw(drawing.subplots())
    buffer = io.BytesIO()
    FigureCanvasSVG(drawing).print_figure(buffer, format="svg")
    return buffer.getvalue()


def test_names_lead_where_they_led_and_none_is_idle(run_tables):
    for chart in (
        figures.league(run_tables.league, run_tables.calibration),
        figures.reverse_intervals(run_tables.reverse),
    ):
        root = ElementTree.fromstring(chart.image)
        names = [element.get("id") for element in root.iter() if "id" in element.attrib]
        asked = {element.get("href")[1:] for element in root.iter() if "href" in element.attrib}
        asked |= set(re.findall(r"url\(#(\w+)\)", chart.image.decode()))
        assert len(set(names)) == len(names) and set(names) == asked
        assert root.tag == "{http://www.w3.org/2000/svg}svg" and root.get("viewBox")


SVG = "{http://www.w3.org/2000/svg}"


def places(svg):
    """Word: where it stands and how it is turned, of every line of text."""
    found = {}
    for text in ElementTree.fromstring(svg).iter(f"{SVG}text"):
        turned = re.sub(r"rotate\(-?0 .*|[a-z(),]+", " ", text.get("transform", ""))
        numbers = [float(number) for number in f"{text.get('x', '')} {text.get('y', '')} {turned}".split()]
        found["".join(text.itertext())] = numbers
    return found


@theme.themed
def test_words_stand_where_they_stood():
    def draw(axes):
        axes.set_title("Own funds < 0 & \N{EN DASH} USD m")
        axes.set_ylabel("turned")
        axes.annotate("two\nlines", (0.5, 0.5))

    long = written(draw)
    short = compact(long)
    assert {"Own funds < 0 & \N{EN DASH} USD m", "turned", "two", "lines", "0.6"} <= set(places(short))
    assert places(short).keys() == places(long).keys()
    for word, numbers in places(short).items():
        assert numbers == pytest.approx(places(long)[word], abs=0.00501), word
    assert short.isascii() and len(short) < len(long) / 2


@theme.themed
def test_every_mark_keeps_its_style():
    """What a mark is painted with, by its own style, its class or its group's, before and after."""

    def styles(svg):
        root = ElementTree.fromstring(svg)
        sheet = dict(re.findall(r"\.(s\d+){([^}]*)}", next(root.iter(f"{SVG}style")).text))
        found = []

        def walk(element, inherited):
            own = element.get("style") or sheet.get(element.get("class"), "")
            pairs = (pair.split(":") for pair in re.sub(r"\s*([:;])\s*", r"\1", own).split(";") if pair)
            here = {**inherited, **dict(pairs)}
            if element.tag in (f"{SVG}path", f"{SVG}use", f"{SVG}text") and element.get("d", "x"):
                found.append({key: value for key, value in here.items() if key != "font-family"})
            for child in element:
                walk(child, here)

        walk(root, {})
        return found

    def draw(axes):
        axes.plot([1, 2], [3, 4])
        axes.scatter([1, 2, 3], [3, 3, 4], c=["#0072b2", "#d55e00", "#d55e00"], alpha=0.5)

    long = written(draw)
    assert styles(compact(long)) == styles(long)


@theme.themed
def test_a_formula_keeps_its_raised_figures():
    short = compact(written(lambda axes: axes.set_title(r"$x^2$ of it"))).decode()
    assert re.search(r"<tspan[^>]*>x</tspan><tspan[^>]*font-size:7px[^>]*>2</tspan>", short)


@theme.themed
def test_a_groups_marks_keep_their_opacity():
    short = compact(written(lambda axes: axes.scatter([1, 2, 3], [1, 2, 3], alpha=0.4))).decode()
    assert "fill-opacity:0.4" in short or re.search(r"<use[^>]*opacity:0.4", short)
