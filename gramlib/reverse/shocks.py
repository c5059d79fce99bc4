"""The axes of the reverse stress: what a shock of a given size does, day by day.

    shock                  size              on day 1                                       afterwards
    price_fall             share of price    gold falls by it                               flat
    price_rise             share of price    gold rises by it                               flat
    price_fall_with_event  share of price    gold falls by it, confidence event of level 1  flat
    custody_loss           share of grams    that share of the gold is lost                 flat
    liquidity_multiplier   m                 confidence event of level 1, market at m       market stays at m
    event_days             days              confidence event of level 1                    lasts that many days

A rise is an axis because a reserve that is partly dollars falls behind its tokens when gold rises.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from gramlib.params.issuer import Issuer
from gramlib.params.stages import AnalyseParams
from gramlib.reverse.search import Line
from gramlib.simulation import Events

LARGEST_RISE = 2.0
LARGEST_MULTIPLIER = 21.0
"""Twenty above calm: about twice the cap of the liquidity driver, and steps are round numbers."""

Days = tuple[np.ndarray, Events]
"""Prices (n_shocks, n_days + 1) in USD/g, and the events beside them."""


@dataclass(frozen=True)
class Shock:
    """One axis: where to look, in which unit, and `days(sizes)`, the paths that shocks of these sizes make."""

    name: str
    unit: str
    line: Line
    days: Callable[[np.ndarray], Days]


def shocks(issuer: Issuer, start_usd_per_g: float, params: AnalyseParams) -> tuple[Shock, ...]:
    """Every axis for this issuer and starting price; steps of other units are in proportion to `reverse_step`."""
    calm = _Calm(issuer, start_usd_per_g, params.reverse_horizon_days)
    step, tolerance = params.reverse_step, params.reverse_tolerance
    share = Line(0.0, params.reverse_max_fall, step, tolerance)
    rise = Line(0.0, LARGEST_RISE, LARGEST_RISE * step, tolerance)
    width = LARGEST_MULTIPLIER - 1.0
    multiplier = Line(1.0, LARGEST_MULTIPLIER, width * step, width * tolerance)
    whole_days = Line(0.0, float(params.reverse_horizon_days), 1.0, 1.0)
    return (
        Shock("price_fall", "1", share, lambda sizes: calm.days(sizes, factor=1 - sizes)),
        Shock("price_rise", "1", rise, lambda sizes: calm.days(sizes, factor=1 + sizes)),
        Shock("price_fall_with_event", "1", share, lambda sizes: calm.days(sizes, factor=1 - sizes, event_days=1)),
        Shock("custody_loss", "1", share, lambda sizes: calm.days(sizes, lost_share=sizes)),
        Shock("liquidity_multiplier", "1", multiplier, lambda sizes: calm.days(sizes, multiplier=sizes, event_days=1)),
        Shock("event_days", "day", whole_days, lambda sizes: calm.days(sizes, event_days=sizes)),
    )


@dataclass(frozen=True)
class _Calm:
    """Days on which nothing happens but what `days` is told."""

    issuer: Issuer
    start_usd_per_g: float
    n_days: int

    def days(
        self,
        sizes: np.ndarray,
        *,
        factor: np.ndarray | float = 1.0,
        event_days: np.ndarray | float = 0.0,
        multiplier: np.ndarray | float = 1.0,
        lost_share: np.ndarray | float = 0.0,
    ) -> Days:
        """Paths of one shock a row; every keyword is one number for all rows or an array (n_shocks,)."""
        shape = (len(sizes), self.n_days + 1)
        day = np.arange(self.n_days + 1)
        column = {name: np.reshape(value, (-1, 1)) for name, value in (
            ("factor", factor), ("event_days", event_days), ("multiplier", multiplier), ("lost_share", lost_share))}  # fmt: skip
        price = self.start_usd_per_g * np.where(day >= 1, column["factor"], 1.0)
        event = np.where((day >= 1) & (day <= column["event_days"]), 1.0, 0.0)
        liquidity = np.where(day >= 1, column["multiplier"], 1.0)
        lost_g = np.where(day == 1, column["lost_share"] * self.issuer.gold_g, 0.0)
        filled = [np.array(np.broadcast_to(array, shape)) for array in (price, event, liquidity, lost_g)]
        return filled[0], Events(*filled[1:])
