"""The house style of the charts and the one way to draw and save them.

Figures are made with matplotlib's object interface, never pyplot: there is no global figure list to leak,
no backend to choose, and nothing a notebook's own plotting can change.
"""

from __future__ import annotations

import functools
import io
from collections.abc import Callable
from pathlib import Path
from typing import ParamSpec, TypeVar

import matplotlib
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.colors import to_hex, to_rgb
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter
from matplotlib.figure import Figure as Canvas

from gramlib.report.svg import compact

STYLE_FILE = Path(__file__).with_name("gram.mplstyle")

BLUE = "#0072B2"
VERMILLION = "#D55E00"
GREEN = "#009E73"
PURPLE = "#CC79A7"
ORANGE = "#E69F00"
SKY = "#56B4E9"
BLACK = "#000000"
OKABE_ITO = (BLUE, VERMILLION, GREEN, PURPLE, ORANGE, SKY, BLACK)

INK = "#18222d"
MUTED = "#5b6876"
FAINT = "#c3ccd6"
CARD = "#ffffff"

STATUS_COLOUR = {"pass": GREEN, "watch": ORANGE, "fail": VERMILLION, "not_applicable": MUTED}

STATUS_INK = {"pass": "#00623f", "watch": "#7a4300", "fail": "#9c2700", "not_applicable": MUTED}
"""The same for words, which need more contrast to their card than areas do."""

P = ParamSpec("P")
R = TypeVar("R")


def themed(draw: Callable[P, R]) -> Callable[P, R]:
    """Run a drawing function under the house style alone, whatever matplotlibrc the user has."""

    @functools.wraps(draw)
    def styled(*args: P.args, **kwargs: P.kwargs) -> R:
        with matplotlib.rc_context(fname=STYLE_FILE):
            return draw(*args, **kwargs)

    return styled


def tint(colour: str, strength: float) -> str:
    """`colour` mixed with the card: opaque, so that bands on one another look as their legend says."""
    red, green, blue = (
        strength * part + (1.0 - strength) * white for part, white in zip(to_rgb(colour), to_rgb(CARD), strict=True)
    )
    return to_hex((red, green, blue))


def canvas(width_in: float = 8.4, height_in: float = 4.0) -> Canvas:
    """An empty figure of the house style; call inside a `themed` function."""
    return Canvas(figsize=(width_in, height_in), layout="constrained")


def _lay_out(drawing: Canvas) -> None:
    """Place the axes once and round their places.

    The layout solver's answers differ in the last bits from call to call, and matplotlib names clip paths in an SVG
    after these bits.
    """
    engine = drawing.get_layout_engine()
    if engine is None:
        return
    FigureCanvasAgg(drawing)
    engine.execute(drawing)
    drawing.set_layout_engine("none")
    for axes in drawing.axes:
        left, bottom, width, height = (round(float(edge), 6) for edge in axes.get_position().bounds)
        axes.set_position((left, bottom, width, height))


def svg_bytes(drawing: Canvas) -> bytes:
    """The drawing as SVG, the same bytes for the same drawing, and few of them."""
    _lay_out(drawing)
    buffer = io.BytesIO()
    FigureCanvasSVG(drawing).print_figure(buffer, format="svg", metadata={"Date": None, "Creator": None})
    return compact(buffer.getvalue())


def png_bytes(drawing: Canvas, dpi: int = 130) -> bytes:
    """The drawing as PNG, the same bytes for the same drawing and matplotlib version."""
    _lay_out(drawing)
    buffer = io.BytesIO()
    FigureCanvasAgg(drawing).print_figure(buffer, format="png", dpi=dpi, metadata={"Software": None})
    return buffer.getvalue()


def date_axis(axes: Axes) -> None:
    """Dates below, as few words as name them."""
    locator = AutoDateLocator(minticks=4, maxticks=10)
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(ConciseDateFormatter(locator))
