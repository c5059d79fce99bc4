"""The paths that shocks make: prices and events day by day, nothing drawn, and nothing happens but what is said.

A fall of share s over d days divides the price by the same factor on each of days 1 to d and then stays; a rise is a
negative fall. Everything else begins on the day `from_day`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gramlib.params.issuer import Issuer
from gramlib.readable import readable
from gramlib.simulation import Events

Sizes = np.ndarray | float
"""One number for all rows, or an array (n_rows,)."""

Days = tuple[np.ndarray, Events]
"""Prices (n_shocks, n_days + 1) in USD/g, and the events beside them."""


@readable
@dataclass(frozen=True)
class ShockDays:
    """Builds `n_days` of paths from `start_usd_per_g` for `issuer`."""

    issuer: Issuer
    start_usd_per_g: float
    n_days: int

    def days(
        self,
        n_rows: int,
        *,
        fall: Sizes = 0.0,
        fall_days: Sizes = 1.0,
        from_day: Sizes = 1.0,
        event_days: Sizes = 0.0,
        multiplier: Sizes = 1.0,
        multiplier_days: Sizes = np.inf,
        lost_of_all: Sizes = 0.0,
        **on_the_day: Sizes,
    ) -> Days:
        """Paths of one shock a row.

        `event_days` of a full confidence event begin on `from_day`; the market stands at `multiplier` from day 1 for
        `multiplier_days`; `lost_of_all` is a share of the opening gold, lost on `from_day`. `on_the_day` names further columns of
        `Events` (lost_share, custodian, frozen_days ...), each with its value on `from_day` alone; `futures_basis` and
        `lag_days` stay for the `multiplier_days` of a market out of order.
        """
        day = np.arange(self.n_days + 1)

        def column(values: Sizes) -> np.ndarray:
            return np.reshape(np.asarray(values, dtype=float), (-1, 1))

        def table(values: np.ndarray) -> np.ndarray:
            return np.array(np.broadcast_to(values, (n_rows, self.n_days + 1)))

        first = column(from_day)
        passed = np.minimum(day, column(fall_days)) / column(fall_days)
        out_of_order = (day >= 1) & (day <= column(multiplier_days))
        events = {
            "event": np.where((day >= first) & (day < first + column(event_days)), 1.0, 0.0),
            "liquidity_multiplier": np.where(out_of_order, column(multiplier), 1.0),
            "lost_g": np.where(day == first, column(lost_of_all) * self.issuer.gold_g, 0.0),
        }
        for name, values in on_the_day.items():
            when = out_of_order if name in ("futures_basis", "lag_days") else day == first
            events[name] = np.where(when, column(values), 0.0)
        price = self.start_usd_per_g * (1.0 - column(fall)) ** passed
        return table(price), Events(**{name: table(values) for name, values in events.items()})
