"""What the headlines would have been with other parameters that the data allow just as well: apart from Monte Carlo error.

Two sources, each on its own, on the same prices' draws and the same random drivers:

    price model           the champion refitted to bootstrap samples of its history (`models.refit_bootstrap`)
    redemption response   weights of falls and of events, and the length of events, drawn from their fitted estimates and errors

The spread over samples is partly Monte Carlo: two parameter sets send the same draws along slightly different paths. That part is
measured path by path and taken out: with v the variance of the figures over samples and m the mean squared error of their
differences to the base run, deviations from their mean are shrunk by sqrt(1 - m/v).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd

from gramlib.artefacts import predicates_of
from gramlib.artefacts.analyse_metrics import PARAMETER_UNCERTAINTY
from gramlib.metrics.headlines import paths_behind, unit_of
from gramlib.metrics.typed import typed
from gramlib.models.refit_bootstrap import Refit
from gramlib.params.issuer import Issuer
from gramlib.params.stages import AnalyseParams
from gramlib.simulation.books import Market

Progress = Callable[[int, int, str], None]

PRICE_MODEL, REDEMPTION = "price model", "redemption response"
LEVELS = (0.05, 0.95)
"""Of the samples: with some twenty of them, nothing further out can be read off."""

BOOKS = ("liquidity", "solvency")
FIT_TO_ISSUER = {("calm", "a_return"): "a_return", ("run", "a_event"): "a_event", ("run", "mean_days"): "mean_days"}
"""Rows of `redemption_fit` that are drawn. The calm rate is net where the issuer's is gross, and the largest rate is held in the fit of
the two weights: drawing it as well would count the same uncertainty twice."""


def parameter_uncertainty(
    market: Market,
    redemption_fit: pd.DataFrame,
    params: AnalyseParams,
    refits: Sequence[Refit],
    price_model: str,
    rng: np.random.Generator,
    progress: Progress | None = None,
) -> pd.DataFrame:
    """The catalogue's `parameter_uncertainty`: the range of each headline over refits, and over redemption responses.

    `refits` are those of `models.bootstrap_calibrations`, of the model called `price_model`; as many redemption responses are drawn
    from `redemption_fit` by `rng`. Books run on `params.search_n_paths` paths, the long one on as many days in all. No
    rows where there is nothing to vary.
    """
    issuers, drawn = redemption_draws(redemption_fit, market.issuer, len(refits), rng)
    told = f"{len(refits)} refits of {price_model}"
    base = market
    if price_model != market.price_model:
        told += f", which stands in for {market.price_model}"
        base = market.with_model(price_model)
    sources: list[tuple[str, Market, list[Market], str]] = [
        (PRICE_MODEL, base, [_on(base, refit.calibration, refit.residuals) for refit in refits], told),
        (REDEMPTION, market, [market.with_issuer(issuer) for issuer in issuers], f"{len(issuers)} draws of {drawn}"),
    ]
    rows: list[tuple] = []
    total, done = len(BOOKS) * (len(refits) + len(issuers)), 0
    for source, start, tried, how in sources:
        for book in BOOKS if tried else ():
            n_paths = _paths_of(book, market, params)
            before, found = _behind(start, book, n_paths, params.level), []
            for other in tried:
                if progress:
                    progress(done, total, f"parameter uncertainty: {source}, {book}")
                found.append(_behind(other, book, n_paths, params.level))
                done += 1
            rows += _ranges(book, source, before, found, how)
    if progress:
        progress(total, total, "parameter uncertainty done")
    return typed(PARAMETER_UNCERTAINTY, rows)


def redemption_draws(
    redemption_fit: pd.DataFrame, issuer: Issuer, n: int, rng: np.random.Generator
) -> tuple[list[Issuer], str]:
    """`n` issuers whose holders respond as the fit allows, and in words what was drawn; none where the fit has no errors.

    Each figure is lognormal with the fit's estimate as mean and its standard error as standard deviation, so that none is
    negative. A figure that cannot be compared with this issuer's (its default is empty) is left as it is.
    """
    rows = redemption_fit.set_index(["regime", "parameter"])
    usable = {}
    for key, name in FIT_TO_ISSUER.items():
        if key in rows.index:
            row = rows.loc[key]
            if row["standard_error"] > 0.0 and row["estimate"] > 0.0 and math.isfinite(row["default"]):
                usable[name] = (float(row["estimate"]), float(row["standard_error"]))
    if not usable:
        return [], ""
    drawn = {name: lognormal(mean, error, n, rng) for name, (mean, error) in usable.items()}
    words = ", ".join(f"{name} {mean:.3g} (s.e. {error:.2g})" for name, (mean, error) in usable.items())
    return [_responding(issuer, {name: float(values[k]) for name, values in drawn.items()}) for k in range(n)], words


def lognormal(mean: float, sd: float, n: int, rng: np.random.Generator) -> np.ndarray:
    """`n` draws of the lognormal law with this mean and standard deviation."""
    variance = math.log1p((sd / mean) ** 2)
    return mean * np.exp(math.sqrt(variance) * rng.standard_normal(n) - 0.5 * variance)


def net_range(values: np.ndarray, noise_variance: float) -> tuple[float, float, float]:
    """Range of `values` (n,) at `LEVELS` with Monte Carlo noise of this variance taken out, and the noise's share of their variance."""
    variance = float(values.var(ddof=1)) if len(values) > 1 else 0.0
    share = min(1.0, noise_variance / variance) if variance > 0.0 else 0.0
    lower, upper = np.quantile(values.mean() + math.sqrt(1.0 - share) * (values - values.mean()), LEVELS)
    return float(lower), float(upper), share


def _responding(issuer: Issuer, drawn: dict[str, float]) -> Issuer:
    weights = {name: value for name, value in drawn.items() if name != "mean_days"}
    changed = issuer.model_copy(update={"redemption": issuer.redemption.model_copy(update=weights)})
    if "mean_days" in drawn:
        confidence = issuer.drivers.confidence.model_copy(update={"mean_days": max(1.0, drawn["mean_days"])})
        changed = changed.model_copy(update={"drivers": issuer.drivers.model_copy(update={"confidence": confidence})})
    return changed


def _on(market: Market, calibration: dict[str, Any], residuals: pd.DataFrame) -> Market:
    """The market with prices of this calibration's champion; all else, the draws among it, as it was."""
    params = market.params.model_copy(update={"model": "champion"})
    return Market(market.issuer, calibration, residuals, params, market.own_funds, market.models)


def _paths_of(book: str, market: Market, params: AnalyseParams) -> int:
    days = market.params.horizon_days
    longer = market.params.solvency_horizon_days if book == "solvency" else days
    return max(100, params.search_n_paths * days // max(days, longer))


def _behind(market: Market, book: str, n_paths: int, level: float) -> dict[str, np.ndarray]:
    outcomes = market.outcomes(book, n_paths)
    first_days = {name: outcomes.first_day(name) for name in predicates_of(market.issuer.peg)}
    return paths_behind(first_days, outcomes.nonprice_loss_usd, level)


def _ranges(
    book: str, source: str, base: dict[str, np.ndarray], found: list[dict[str, np.ndarray]], how: str
) -> Iterator[tuple]:
    for headline, behind in base.items():
        n_paths = len(behind)
        values = np.array([tried[headline].mean() for tried in found])
        noise = float(np.mean([(tried[headline] - behind).var() / n_paths for tried in found]))
        lower, upper, share = net_range(values, noise)
        method = (
            f"{LEVELS[0]:.0%} to {LEVELS[1]:.0%} of {how}, on the same {n_paths:,} paths, Monte Carlo noise taken out"
        )
        unit, estimate = unit_of(headline), float(behind.mean())
        yield book, headline, source, estimate, lower, upper, unit, len(found), n_paths, share, method
