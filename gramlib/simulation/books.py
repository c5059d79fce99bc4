"""Model-generated books: many price paths, with and without what accompanies prices, folded into two tables.

    liquidity_price_only   n_paths x horizon_days, no driver: what prices do alone
    liquidity              the same price paths, drivers on: what only the combination does
    solvency               solvency_n_paths x solvency_horizon_days, drivers on, draws of its own

Paths come in blocks of fixed size, each from its own address in `draws`, and always whole blocks are drawn. So
path k is the same path whatever the number of paths, blocks or books, and memory does not grow with paths beyond
the rows of the results. Computation is float64; the `outcomes` table is float32 on disk. Blocks run one after the other:
two threads were measured at 0.9 to 1.0 times the speed of one, since a day is some hundred short NumPy calls.

There is no minting yet, so tokens only run off: at the default base rate a calm solvency book is down to
a fifth of its tokens after three years, and its fees with them, while fixed costs stay.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import pandas as pd

from gramlib.params.issuer import Issuer
from gramlib.params.stages import PredictParams
from gramlib.simulation.draws import generator
from gramlib.simulation.drivers import draw_events
from gramlib.simulation.engine import BLOCK_PATHS, fold, numpy_days
from gramlib.simulation.fan import Fan
from gramlib.simulation.outcomes import Outcomes, join
from gramlib.simulation.own_funds import OwnFundsRule
from gramlib.units import GRAMS_PER_TROY_OUNCE

Progress = Callable[[int, int, str], None]


class SimulatePrices(Protocol):
    """`gramlib.models.simulate_prices`: (paths, sigma), both (n_paths, n_days + 1), USD/g and daily volatility."""

    def __call__(
        self, calibration: dict[str, Any], residuals: pd.DataFrame, model: str, start_usd_per_g: float, n_paths: int,
        n_days: int, rng: np.random.Generator, drift_year: float | None,
    ) -> tuple[np.ndarray, np.ndarray]:  # fmt: skip
        """Simulate one block."""


@dataclass(frozen=True)
class _PathSet:
    """Price paths that one or more books share; `replicate` keeps the draws of two sets apart."""

    replicate: int
    n_paths: int
    n_days: int
    books: dict[str, tuple[str, ...]]
    """Drivers that are on, by book."""

    @property
    def blocks(self) -> range:
        return range(-(-self.n_paths // BLOCK_PATHS))


def start_price_usd_per_g(calibration: dict[str, Any], params: PredictParams) -> float:
    """Today's price [USD/g]: `params.start_gold_usd_per_oz`, or the last price of the calibration where that is 0."""
    return params.start_gold_usd_per_oz / GRAMS_PER_TROY_OUNCE or float(calibration["last_price_usd_per_g"])


def run_books(
    issuer: Issuer,
    calibration: dict[str, Any],
    residuals: pd.DataFrame,
    params: PredictParams,
    own_funds: OwnFundsRule | None,
    simulate_prices: SimulatePrices,
    progress: Progress | None = None,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The catalogue's tables `outcomes` (a row a path and book) and `days` (quantiles by day and book).

    `calibration` and `residuals` are the training stage's. Quantiles are taken over the first `params.fan_paths` paths.
    """
    start_usd_per_g = start_price_usd_per_g(calibration, params)
    sets = (
        _PathSet(0, params.n_paths, params.horizon_days,
                 {"liquidity_price_only": (), "liquidity": tuple(params.drivers)}),
        _PathSet(1, params.solvency_n_paths, params.solvency_horizon_days, {"solvency": tuple(params.drivers)}),
    )  # fmt: skip
    total = sum(len(path_set.blocks) for path_set in sets)
    done = 0
    outcomes, days = [], []
    for path_set in sets:
        parts: dict[str, list[Outcomes]] = {book: [] for book in path_set.books}
        fans = {book: Fan(path_set.n_days, min(params.fan_paths, path_set.n_paths), issuer) for book in path_set.books}
        for block in path_set.blocks:
            if progress:
                progress(done, total, f"{' and '.join(path_set.books)}: from path {block * BLOCK_PATHS:,}")
            first = block * BLOCK_PATHS
            used = min(BLOCK_PATHS, path_set.n_paths - first)
            rng = generator(params.seed, "price", block, path_set.replicate)
            prices, sigma = simulate_prices(
                calibration, residuals, params.model, start_usd_per_g, BLOCK_PATHS, path_set.n_days, rng,
                params.drift_year,
            )  # fmt: skip
            for book, which in path_set.books.items():
                events = draw_events(
                    prices, sigma, calibration["sigma_sample"], issuer, which, params.seed, block, path_set.replicate
                )
                walked = numpy_days(issuer, prices[:used], events.block(0, used), own_funds or OwnFundsRule())
                parts[book].append(fold(issuer, fans[book].watch(walked, first)))
            done += 1
        for book in path_set.books:
            outcomes.append(join(parts[book]).to_table(book))
            days.append(fans[book].to_table(book))
    if progress:
        progress(total, total, "books done")
    return pd.concat(outcomes, ignore_index=True), pd.concat(days, ignore_index=True)
