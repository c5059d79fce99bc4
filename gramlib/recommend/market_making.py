"""Market makers who are paid to stand ready: the one measure that works on the token's own market."""

from __future__ import annotations

from collections.abc import Iterable

from gramlib.params.model_figures import ModelFigure, figure_of
from gramlib.recommend.measure import Measure, changed

LARGEST_MULTIPLE = 20.0
"""Of today's depth; beyond, the token's market would be deeper than what the issuer itself can sell in a day."""


def market_depth(depth_usd: float, figures: Iterable[ModelFigure]) -> Measure:
    """Net sales that move the token by 1% [USD], for an issuer that stands at `depth_usd`; `figures` is the file packages."""
    price = figure_of(figures, "price", "depth_cost_year").estimate
    return Measure(
        "market_depth", "Depth that market makers commit to", "USD per 1%", ("peg_model.depth_usd",), "depth",
        0.0, LARGEST_MULTIPLE * depth_usd, "up", "retainer of market makers, in proportion to the depth",
        "market makers may withdraw on the very day they are needed, and the arbitrage band stays as wide as it is",
        lambda issuer: issuer.peg_model.depth_usd,
        lambda issuer, number: changed(issuer, {"peg_model.depth_usd": number}),
        lambda issuer, number: price * (number - issuer.peg_model.depth_usd),
    )  # fmt: skip
