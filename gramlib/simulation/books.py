"""Model-generated books: many price paths, with and without what accompanies prices, folded into tables.

    liquidity_price_only   n_paths x horizon_days, no driver: what prices do alone
    liquidity              the same price paths, drivers on: what only the combination does
    solvency               solvency_n_paths x solvency_horizon_days, drivers on, draws of its own

Every draw has an address (`draws`), so path k is the same path whatever the number of paths, books, threads or shards,
and a book may be run in parts and joined. Price models that the kernel knows are drawn inside it and no path is stored;
those of other models come in from outside in blocks. A path that is to be looked at is walked again from its address.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np
import pandas as pd

from gramlib.artefacts import predicates_of
from gramlib.errors import ParameterError
from gramlib.params.issuer import Issuer
from gramlib.params.stages import PredictParams
from gramlib.readable import readable
from gramlib.simulation.draws import generator
from gramlib.simulation.drivers import PathDrivers, active_drivers
from gramlib.simulation.engine import ledger
from gramlib.simulation.fan import FanCounts
from gramlib.simulation.kernel import launch
from gramlib.simulation.outcomes import NEVER, Outcomes, join
from gramlib.simulation.own_funds import OwnFundsRule
from gramlib.simulation.price_driver import PriceDriver, kind_of
from gramlib.simulation.price_models import price_path, price_paths
from gramlib.units import GRAMS_PER_TROY_OUNCE

Progress = Callable[[int, int, str], None]

OUTSIDE_BLOCK_PATHS = 4096
"""Paths that a model outside the kernel makes at a time, each block from an address of its own."""

KEPT_BLOCKS = 5
"""First blocks of such a model that are kept, for issuers that walk through the same prices: 84 MB of a year's days."""

EFFECT_PATHS = 50_000
"""Paths behind the comparison of drivers, at most: every set of drivers is a run of its own."""

PRICE_ONLY = "liquidity_price_only"
"""The book without drivers; no path of it is kept, since the book with drivers has the same prices."""

CHOICES = {"worst": 0.0, "percentile_1": 0.01, "median": 0.5}
"""Paths of a book whose ledgers are kept, by the rank of their lowest own funds, ties by the longest wait."""


class Models(Protocol):
    """What is used of `gramlib.models`."""

    def residual_law(self, calibration: dict[str, Any], residuals: pd.DataFrame, model: str) -> Any:
        """Law of the residuals where `model` draws from one, else None."""

    def simulate_prices(
        self, calibration: dict[str, Any], residuals: pd.DataFrame, model: str, start_usd_per_g: float, n_paths: int,
        n_days: int, rng: np.random.Generator, drift_year: float | None,
    ) -> tuple[np.ndarray, np.ndarray]:  # fmt: skip
        """(paths, sigma), both (n_paths, n_days + 1), USD/g and daily volatility."""


@readable
@dataclass(frozen=True)
class Books:
    """The catalogue's tables `outcomes`, `days`, `driver_effects` and `path_ledgers`."""

    outcomes: pd.DataFrame
    days: pd.DataFrame
    driver_effects: pd.DataFrame
    path_ledgers: pd.DataFrame


def start_price_usd_per_g(calibration: dict[str, Any], params: PredictParams) -> float:
    """Today's price [USD/g]: `params.start_gold_usd_per_oz`, or the last price of the calibration where that is 0."""
    return params.start_gold_usd_per_oz / GRAMS_PER_TROY_OUNCE or float(calibration["last_price_usd_per_g"])


@dataclass(frozen=True)
class _Book:
    name: str
    drivers: tuple[str, ...]
    n_paths: int
    n_days: int
    replicate: int
    """Keeps apart the draws of books that shall not share them."""


def run_books(market: Market, progress: Progress | None = None) -> Books:
    """Run the three books, compare their drivers, and keep the ledgers of a few paths.

    Quantiles by day are taken over the first `params.fan_paths` paths.
    """
    books = _books(market.params)
    results: dict[str, Outcomes] = {}
    days, ledgers = [], []
    for book in books:
        results[book.name], counts = market.run(book, market.params.fan_paths, progress)
        if counts is not None:
            days.append(counts.to_table(book.name))
        if book.name != PRICE_ONLY:
            chosen = chosen_paths(results[book.name])
            ledgers += [market.ledger(book, choice, path) for choice, path in chosen.items()]
    alone, liquidity, _ = books
    effects = driver_effects(market, liquidity, results[liquidity.name], results[alone.name], progress)
    return Books(
        pd.concat([result.to_table(name) for name, result in results.items()], ignore_index=True),
        pd.concat(days, ignore_index=True),
        effects,
        pd.concat(ledgers, ignore_index=True),
    )


def path_ledger(market: Market, book: str, path: int) -> pd.DataFrame:
    """The daily ledger of any one path of a book, walked again by the reference engine: `day` and the ledger columns.

    `book` and `path` stand so in `outcomes`. Raises ParameterError for a book or path that there is not.
    """
    known = _named_book(market.params, book)
    if not 0 <= path < known.n_paths:
        raise ParameterError(
            f"path {path:,} of book {book!r}", expected=f"{book} 0 to {known.n_paths - 1:,}", origin="path_ledger"
        )
    return market.ledger(known, "", path).drop(columns=["book", "choice", "path"])


def _books(params: PredictParams) -> tuple[_Book, ...]:
    drivers = tuple(params.drivers)
    return (
        _Book(PRICE_ONLY, (), params.n_paths, params.horizon_days, 0),
        _Book("liquidity", drivers, params.n_paths, params.horizon_days, 0),
        _Book("solvency", drivers, params.solvency_n_paths, params.solvency_horizon_days, 1),
    )


def _named_book(params: PredictParams, name: str) -> _Book:
    books = {each.name: each for each in _books(params)}
    if name not in books:
        raise ParameterError(f"book {name!r}", expected=f"one of {', '.join(books)}", origin="Market")
    return books[name]


def chosen_paths(outcomes: Outcomes) -> dict[str, int]:
    """Number of the path for each of `CHOICES`."""
    order = np.lexsort((-outcomes.longest_wait_days, outcomes.min_equity_usd))
    return {choice: int(order[int(share * (len(order) - 1))]) for choice, share in CHOICES.items()}


class Market:
    """What the paths of every book are made of: prices, random drivers, and the issuer that walks through them.

    `calibration` and `residuals` are the training stage's, `own_funds` the rule of F1 (default: none), `models` the module
    gramlib.models. Raises ParameterError for a price model there is not, or a regime forced on one without.
    """

    def __init__(
        self,
        issuer: Issuer,
        calibration: dict[str, Any],
        residuals: pd.DataFrame,
        params: PredictParams,
        own_funds: OwnFundsRule | None,
        models: Models,
    ) -> None:
        self.issuer, self.params, self.models = issuer, params, models
        self.own_funds = own_funds or OwnFundsRule()
        self.calibration, self.residuals = calibration, residuals
        self.start_usd_per_g = start_price_usd_per_g(calibration, params)
        self.sigma_sample = float(calibration["sigma_sample"])
        self.price_model = name = calibration["champion"] if params.model == "champion" else params.model
        self._kept: dict[tuple[int, int, int], tuple[np.ndarray, np.ndarray]] = {}
        self.driver: PriceDriver | None = None
        if name not in calibration["models"] or kind_of(calibration["models"][name]):
            law = models.residual_law(calibration, residuals, params.model)
            drawn = PriceDriver.from_calibration(calibration, law, params.model, params.drift_year)
            self.driver = drawn.stressed(params.volatility_scale, params.force_regime)
        elif params.force_regime:
            raise ParameterError(f"force_regime {params.force_regime!r} with price model {name}",
                                 expected="a model with regimes", origin="predict.force_regime")  # fmt: skip

    def record(self) -> dict[str, Any]:
        """The catalogue's `book_settings`: with it, the calibration and the residuals, `Market.again` is this market."""
        return {"schema": 1, "price_model": self.price_model, "params": self.params.model_dump(exclude={"upstream"})}

    @classmethod
    def again(
        cls,
        settings: dict[str, Any],
        issuer: Issuer,
        calibration: dict[str, Any],
        residuals: pd.DataFrame,
        own_funds: OwnFundsRule | None,
        models: Models,
    ) -> Market:
        """The market whose `record` is `settings`: every path of every book is the same, to the bit."""
        return cls(issuer, calibration, residuals, PredictParams(**settings["params"]), own_funds, models)

    def with_issuer(self, issuer: Issuer) -> Market:
        """The same prices and draws with another issuer walking through them."""
        other = copy.copy(self)
        other.issuer = issuer
        return other

    def outcomes(self, book: str, n_paths: int | None = None, drivers: Sequence[str] | None = None) -> Outcomes:
        """Outcomes of `book` on its first `n_paths` paths or all it has, with `drivers` in place of its own if given.

        Path k is the path k of `run_books`. Raises ParameterError for a book there is not.
        """
        known = _named_book(self.params, book)
        count = known.n_paths if n_paths is None else min(n_paths, known.n_paths)
        chosen = known.drivers if drivers is None else tuple(drivers)
        return self.run(replace(known, n_paths=count, drivers=chosen), 0, None)[0]

    def run(self, book: _Book, fan_paths: int, progress: Progress | None) -> tuple[Outcomes, FanCounts | None]:
        """Outcomes of a book and the counts of its fan, None where no paths are asked for."""
        if self.driver is not None:
            return self._walk(book, self.driver, book.n_paths, 0, fan_paths, progress)
        parts, counts = [], None
        for first in range(0, book.n_paths, OUTSIDE_BLOCK_PATHS):
            if progress:
                progress(first, book.n_paths, f"{book.name}: prices from path {first:,} on")
            n_paths = min(OUTSIDE_BLOCK_PATHS, book.n_paths - first)
            prices, sigma = self._from_outside(book, first // OUTSIDE_BLOCK_PATHS)
            given = PriceDriver.given(prices[:n_paths], sigma[:n_paths])
            part, counted = self._walk(book, given, n_paths, first, max(0, fan_paths - first), None)
            parts.append(part)
            counts = counted if counts is None else counts + counted if counted is not None else counts
        return join(parts), counts

    def ledger(self, book: _Book, choice: str, path: int) -> pd.DataFrame:
        """The daily ledger of one path, walked again by the reference engine from its address."""
        seed, replicate = self.params.seed, book.replicate
        if self.driver is not None:
            prices, sigma = price_path(self.driver, self.start_usd_per_g, book.n_days, seed, path, replicate)
        else:
            block, row = divmod(path, OUTSIDE_BLOCK_PATHS)
            prices, sigma = (array[row].tolist() for array in self._from_outside(book, block))
        drivers = PathDrivers(self.issuer, book.drivers, seed, path, replicate, sigma, self.sigma_sample)
        days = ledger(self.issuer, np.array(prices), None, self.own_funds, drivers=drivers)
        labelled = days.assign(book=book.name, choice=choice, path=np.int32(path))
        return labelled[["book", "choice", "path", *days.columns]].astype({"book": "str", "choice": "str"})

    def days(self, book: str, path: int) -> dict[str, np.ndarray]:
        """Path `path` of `book` once more by the kernel: arrays (n_days,), day 1 to n, named as the fields of `day.Day`.

        A hundred times as fast as `path_ledger`. Raises ParameterError for a book there is not.
        """
        known = _named_book(self.params, book)
        driver = self.driver
        if driver is None:
            block, row = divmod(path, OUTSIDE_BLOCK_PATHS)
            prices, sigma = self._from_outside(known, block)
            driver = PriceDriver.given(prices[row], sigma[row])
        return launch.day_records(
            self.issuer, driver, known.n_days, start_usd_per_g=self.start_usd_per_g, drivers=known.drivers,
            sigma_sample=self.sigma_sample, own_funds=self.own_funds, seed=self.params.seed, replicate=known.replicate,
            path=path,
        )  # fmt: skip

    def prices(self, book: str, n_paths: int) -> tuple[np.ndarray, np.ndarray]:
        """Prices [USD/g] and daily volatilities of the first `n_paths` paths of `book`, or all it has: (n, n_days + 1) each.

        Raises ParameterError for a book there is not.
        """
        known = _named_book(self.params, book)
        count = min(n_paths, known.n_paths)
        if self.driver is not None:
            return price_paths(
                self.driver, self.start_usd_per_g, count, known.n_days, self.params.seed, replicate=known.replicate
            )
        blocks = [self._from_outside(known, block) for block in range(-(-count // OUTSIDE_BLOCK_PATHS))]
        prices, sigma = (np.concatenate(arrays)[:count] for arrays in zip(*blocks, strict=True))
        return prices, sigma

    def with_model(self, model: str) -> Market:
        """The same run with the price model `model` in place of its own, a regime that was forced let go.

        Raises ParameterError for a price model there is not.
        """
        params = self.params.model_copy(update={"model": model, "force_regime": ""})
        return Market(self.issuer, self.calibration, self.residuals, params, self.own_funds, self.models)

    def scaled(self, volatility: float) -> Market:
        """The same run with every shock of the price model multiplied by `volatility`, on the same draws."""
        params = self.params.model_copy(update={"volatility_scale": self.params.volatility_scale * volatility})
        return Market(self.issuer, self.calibration, self.residuals, params, self.own_funds, self.models)

    def _walk(
        self, book: _Book, driver: PriceDriver, n_paths: int, first_path: int, fan_paths: int, progress: Progress | None
    ) -> tuple[Outcomes, FanCounts | None]:
        return launch.run(
            self.issuer, driver, n_paths, book.n_days, start_usd_per_g=self.start_usd_per_g, drivers=book.drivers,
            sigma_sample=self.sigma_sample, own_funds=self.own_funds, seed=self.params.seed, replicate=book.replicate,
            first_path=first_path, fan_paths=fan_paths, progress=_named(progress, book.name),
        )  # fmt: skip

    def _from_outside(self, book: _Book, block: int) -> tuple[np.ndarray, np.ndarray]:
        """Always a whole block, so that a path is the same whatever the number of paths; the first blocks are kept."""
        key = (book.n_days, book.replicate, block)
        if key not in self._kept:
            made = self._made_outside(book, block)
            if block >= KEPT_BLOCKS:
                return made
            self._kept[key] = made
        return self._kept[key]

    def _made_outside(self, book: _Book, block: int) -> tuple[np.ndarray, np.ndarray]:
        prices, sigma = self.models.simulate_prices(
            self.calibration, self.residuals, self.params.model, self.start_usd_per_g, OUTSIDE_BLOCK_PATHS,
            book.n_days, generator(self.params.seed, "price", block, book.replicate), self.params.drift_year,
        )  # fmt: skip
        scale = self.params.volatility_scale
        return (prices, sigma) if scale == 1.0 else (prices[:, :1] * (prices / prices[:, :1]) ** scale, sigma * scale)


def _named(progress: Progress | None, book: str) -> Progress | None:
    return progress and (lambda done, total, label: progress(done, total, f"{book}: {label}"))


def driver_effects(
    market: Market, book: _Book, with_all: Outcomes, with_none: Outcomes, progress: Progress | None
) -> pd.DataFrame:
    """How often each failure happens with all drivers, with none, without one and with one alone, on the same draws.

    `with_all` and `with_none` are the outcomes of `book` with its drivers and without any; the others are run here.
    """
    active = active_drivers(market.issuer, book.drivers)
    n_paths = min(book.n_paths, EFFECT_PATHS)
    rows = []

    def count(case: str, driver: str, outcomes: Outcomes) -> None:
        for predicate in predicates_of(market.issuer.peg):
            failed = int(np.count_nonzero(outcomes.first_day(predicate)[:n_paths] != NEVER))
            rows.append((book.name, case, driver, predicate, n_paths, failed))

    count("all", "", with_all)
    count("none", "", with_none)
    cases = [("without", name, tuple(other for other in active if other != name)) for name in active]
    cases += [("only", name, (name,)) for name in active]
    for done, (case, driver, which) in enumerate(cases):
        if progress:
            progress(done, len(cases), f"which driver is necessary: {case} {driver}")
        count(case, driver, market.run(_Book(book.name, which, n_paths, book.n_days, book.replicate), 0, None)[0])
    if progress:
        progress(len(cases), len(cases), "drivers compared")
    table = pd.DataFrame(rows, columns=["book", "case", "driver", "predicate", "n", "failed"])
    return table.astype(
        {"book": "str", "case": "str", "driver": "str", "predicate": "str", "n": "int64", "failed": "int64"}
    )
