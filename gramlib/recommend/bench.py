"""Where measures are tried: the run's books, listed scenarios and paths of our own, each run once for each issuer.

What the issuer under test did is remembered, since every proof asks for it; what the others did is not.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from gramlib.params.issuer import Issuer
from gramlib.readable import readable
from gramlib.simulation import Events, Market, Outcomes, ledger, simulate
from gramlib.simulation.rerun import Rerun

Progress = Callable[[int, int, str], None]


@readable
@dataclass
class Bench:
    """`issuer` is the one under test; the other settings are those of stage analyse.

    `rng` resamples for intervals, and nothing else. Every method takes the issuer that is to be tried.
    """

    rerun: Rerun
    issuer: Issuer
    rng: np.random.Generator
    search_n_paths: int = 10_000
    level: float = 0.975
    confidence: float = 0.95
    bootstrap_samples: int = 500
    _kept: dict[tuple, Outcomes] = field(default_factory=dict)

    @property
    def gold_usd_per_g(self) -> float:
        """Today's price."""
        return self.rerun.market.start_usd_per_g

    @property
    def owed_usd(self) -> float:
        """Liabilities of the issuer under test today, W."""
        return self.issuer.tokens_g * self.gold_usd_per_g

    def book(
        self, issuer: Issuer, name: str = "liquidity", days: int | None = None, drivers: Sequence[str] | None = None
    ) -> Outcomes:
        """All paths of a book, its first `days` days where that is fewer."""
        return self._run(issuer, name, None, days, drivers)

    def tried(
        self, issuer: Issuer, name: str = "liquidity", days: int | None = None, drivers: Sequence[str] | None = None
    ) -> Outcomes:
        """As `book` on its first `search_n_paths` paths: what a search looks at before the winner is proved."""
        return self.first(self.search_n_paths, issuer, name, days, drivers)

    def first(
        self,
        n_paths: int,
        issuer: Issuer,
        name: str = "liquidity",
        days: int | None = None,
        drivers: Sequence[str] | None = None,
    ) -> Outcomes:
        """As `book` on its first `n_paths` paths."""
        return self._run(issuer, name, n_paths, days, drivers)

    def scenario(self, issuer: Issuer, scenario_id: str) -> Outcomes:
        """A listed scenario, one path."""
        return self._once(issuer, ("scenario", scenario_id), lambda: self.rerun.scenario(issuer, scenario_id))

    def path(self, issuer: Issuer, prices_usd_per_g: np.ndarray, events: Events) -> Outcomes:
        """A path of our own, nothing drawn."""
        return simulate(issuer, prices_usd_per_g, events, own_funds=self.rerun.market.own_funds)

    def days(self, issuer: Issuer, prices_usd_per_g: np.ndarray, events: Events) -> pd.DataFrame:
        """The same, day by day."""
        return ledger(issuer, prices_usd_per_g, events, self.rerun.market.own_funds)

    def listed(self, *scenario_ids: str) -> tuple[str, ...]:
        """Those of `scenario_ids` that the run has."""
        known = {each.scenario_id for each in self.rerun.listed}
        return tuple(name for name in scenario_ids if name in known)

    def end_prices_usd_per_g(self, days: int) -> np.ndarray:
        """Gold after `days` on every path of the liquidity book."""
        return self._run(self.issuer, "liquidity_price_only", None, days, None).end_price_usd_per_g

    def _run(
        self, issuer: Issuer, name: str, n_paths: int | None, days: int | None, drivers: Sequence[str] | None
    ) -> Outcomes:
        key = (name, n_paths, days, None if drivers is None else tuple(drivers))
        rerun = self.rerun if days is None else Rerun(_shortened(self.rerun.market, days), self.rerun.listed)
        return self._once(issuer, key, lambda: rerun.book(issuer, name, n_paths, drivers))

    def _once(self, issuer: Issuer, key: tuple, run: Callable[[], Outcomes]) -> Outcomes:
        if issuer != self.issuer:
            return run()
        if key not in self._kept:
            self._kept[key] = run()
        return self._kept[key]


def _shortened(market: Market, days: int) -> Market:
    """The same market with books of `days` days at most: a draw hangs on its address alone, not on how many follow.

    Price models outside the kernel draw a block at a time: their shorter books have prices of their own, the same for
    every issuer.
    """
    other, params = copy.copy(market), market.params
    horizons = {name: min(days, getattr(params, name)) for name in ("horizon_days", "solvency_horizon_days")}
    other.params = params.model_copy(update=horizons)
    return other
