"""Peaks over threshold in the open: what the tails say at each threshold, how surely, and what other thresholds would say.

Three series: the residuals of the whole history under the run's filter (what the champion's tails are fitted to), the daily
returns of that history as they are, and the 20-day moves of simulated paths (`rare_moves`). For the first two, per tail and
threshold: mean excess, xi, beta, the scale less xi times the threshold (which a true GPD keeps at every threshold), Hill's
index, value at risk and expected shortfall at 99% and 99.9%. Intervals are by profile likelihood (`tail_region`), the share of
days beyond the threshold taken as known; they treat exceedances as independent, which residuals nearly are and raw returns,
coming in clusters, are not.

The threshold is not tuned: it is the run's `tail_share`. The rule it is held against: the largest share whose xi lies in the
interval of xi at every smaller share. Neighbours have most of their days in common, so a pass is a weak one.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd

from gramlib.models.garch import GarchParameters, filter_variance
from gramlib.models.rare_moves import rare_moves
from gramlib.models.returns import usable_returns
from gramlib.models.tail_region import Quantity, TailRegion, tail_region
from gramlib.models.tails import MIN_EXCEEDANCES
from gramlib.units import BUSINESS_DAYS_PER_YEAR

SHARES = tuple(round(0.10 - 0.01 * step, 2) for step in range(10))
"""Shares of days beyond the threshold: from its 90th to its 99th percentile."""
LEVELS = (0.99, 0.999)
YEARS = (10, 25, 50, 100)
SIZES = (0.05, 0.09)
"""Falls and rises of a day whose return period is told, shares of the price."""
PROFILE = "maximum likelihood; 95% profile-likelihood interval"
COLUMNS = ["series", "tail", "threshold_share", "quantity", "value", "standard_error", "lower", "upper", "unit",
           "n_exceed", "used", "method"]  # fmt: skip


def tail_fit_table(
    prices: pd.DataFrame, residuals: pd.DataFrame, calibration: dict[str, Any], rng: np.random.Generator
) -> pd.DataFrame:
    """The catalogue's `tail_fit`: one row a series, tail, threshold share and quantity.

    `prices`, `residuals` and `calibration` are the tables of the same run, `rng` feeds the simulated moves. A threshold beyond which fewer than 20
    days lie is left out, and a quantile that lies below a threshold too.
    """
    returns = usable_returns(prices).log_return
    share = float(calibration["models"].get("fhs", {}).get("tail_share", DEFAULT_SHARE))
    garch = GarchParameters(**calibration["filter"]["parameters"])
    long_residuals = (returns - garch.mean) / np.sqrt(filter_variance(garch, returns)[:-1])
    rows = threshold_rows("residuals", long_residuals, residuals["residual"].to_numpy(dtype=float), share)
    rows += threshold_rows("daily returns", returns, returns, share)
    rows += rare_moves(calibration, residuals, share, rng)
    return pd.DataFrame(rows, columns=COLUMNS).astype(
        dict.fromkeys(("value", "standard_error", "lower", "upper"), float)
    )


DEFAULT_SHARE = 0.05
"""Where the run fits no filtered historical simulation, and so uses no threshold at all."""


def threshold_rows(series: str, values: np.ndarray, window: np.ndarray, used_share: float) -> list[dict[str, Any]]:
    """Rows of both tails of `values` (n,) at each share of `window` (m,) beyond a threshold, `used_share` among them."""
    rows = []
    for tail, sign in (("falls", -1.0), ("rises", 1.0)):
        losses, ordered = sign * values, np.sort(sign * window)
        found: list[tuple[float, TailRegion]] = []
        for share in sorted({*SHARES, used_share}, reverse=True):
            threshold = float(ordered[-max(1, round(share * len(ordered))) - 1])
            beyond = losses[losses > threshold]
            if len(beyond) < MIN_EXCEEDANCES or threshold <= 0.0:
                continue
            region = tail_region(beyond - threshold)
            found.append((share, region))
            head = {
                "series": series,
                "tail": tail,
                "threshold_share": share,
                "n_exceed": len(beyond),
                "used": share == used_share,
            }
            rows += [head | row for row in _at_threshold(beyond, threshold, len(losses), region, series)]
            if series == "daily returns" and share == used_share:
                rows += [head | row for row in _rare_days(sign, threshold, len(beyond) / len(losses), region)]
        if found:
            stable = stable_share([(s, r.xi, float(r.edge_xi.min()), float(r.edge_xi.max())) for s, r in found])
            rows.append({"series": series, "tail": tail, "threshold_share": used_share, "quantity": "share_by_rule", "value": stable,
                         "unit": "1", "n_exceed": len(losses), "used": True, "method": "largest share whose xi lies in the interval of every smaller share"})  # fmt: skip
    return rows


def stable_share(fits: list[tuple[float, float, float, float]]) -> float:
    """Largest share of `fits` (share, xi, lower, upper) whose xi lies between lower and upper of every smaller share."""
    ordered = sorted(fits)
    stable = ordered[0][0]
    for place, (share, xi, _, _) in enumerate(ordered):
        if all(lower <= xi <= upper for _, _, lower, upper in ordered[:place]):
            stable = share
    return stable


def _at_threshold(
    beyond: np.ndarray, threshold: float, n: int, region: TailRegion, series: str
) -> list[dict[str, Any]]:
    k, unit = len(beyond), "1" if series == "daily returns" else "sd"
    excess = beyond - threshold
    hill = 1.0 / float(np.log(beyond / threshold).mean())
    rows = [
        _row("threshold", threshold, None, None, None, unit, "order statistic of the training window"),
        _by_error("mean_excess", float(excess.mean()), float(excess.std(ddof=1)) / math.sqrt(k), unit, "mean; normal 95% interval"),
        _by_error("hill_alpha", hill, hill / math.sqrt(k), "1", "Hill (1975); normal 95% interval"),
        _row("xi", *region.at(lambda xi, _: xi), "1", PROFILE),
        _row("beta", *region.at(lambda _, beta: beta), unit, PROFILE),
        # Not monotone in both, so it has its standard error and no region.
        _by_error("scale_less_xi_threshold", *region.at(lambda xi, beta: beta - xi * threshold)[:2], unit, "delta method, 95%"),
    ]  # fmt: skip
    for level in LEVELS:
        survival = round(n / k * (1.0 - level), 12)
        if survival <= 1.0:
            name = f"{1000 * level:.0f}"
            rows += [_row(f"var_{name}", *region.at(_var(threshold, survival)), unit, PROFILE),
                     _row(f"es_{name}", *region.at(_es(threshold, survival)), unit, PROFILE)]  # fmt: skip
    return rows


def _rare_days(sign: float, threshold: float, share: float, region: TailRegion) -> list[dict[str, Any]]:
    """Once in so many years, and years between, of a day's change of price."""
    rows = []
    for years in YEARS:
        beyond = 1.0 / (share * BUSINESS_DAYS_PER_YEAR * years)
        if beyond <= 1.0:
            size = _var(threshold, beyond)
            rows.append(_row(f"once_in_{years}_years",
                             *region.at(lambda xi, beta, size=size: np.abs(np.expm1(sign * size(xi, beta)))), "1", PROFILE))  # type: ignore[misc]  # fmt: skip
    for change in SIZES:
        excess = abs(math.log1p(sign * change)) - threshold
        if excess > 0.0:
            rows.append(_row(f"years_between_{100 * change:.0f}_percent", *region.at(_years_between(excess, share)),
                             "year", PROFILE))  # fmt: skip
    return rows


def _var(threshold: float, survival: float) -> Quantity:
    return lambda xi, beta: threshold + gpd_excesses(survival, xi, beta)


def _es(threshold: float, survival: float) -> Quantity:
    def shortfall(xi: np.ndarray, beta: np.ndarray) -> np.ndarray:
        var = threshold + gpd_excesses(survival, xi, beta)
        finite = np.where(xi < 1.0, 1.0 - xi, 1.0)
        return np.where(xi < 1.0, (var + beta - xi * threshold) / finite, np.inf)

    return shortfall


def _years_between(excess: float, share: float) -> Quantity:
    def years(xi: np.ndarray, beta: np.ndarray) -> np.ndarray:
        shape = np.where(np.abs(xi) < 1e-9, 1e-9, xi)
        with np.errstate(divide="ignore"):
            survival = np.maximum(1.0 + shape * excess / beta, 0.0) ** (-1.0 / shape)
            return 1.0 / (BUSINESS_DAYS_PER_YEAR * share * np.where(shape * excess / beta > -1.0, survival, 0.0))

    return years


def gpd_excesses(survival: float, xi: np.ndarray, beta: np.ndarray) -> np.ndarray:
    """`gpd_excess` for arrays of shapes."""
    shape = np.where(np.abs(xi) < 1e-9, 1e-9, xi)
    return beta / shape * np.expm1(-shape * math.log(survival))


def _row(
    quantity: str, value: float, error: float | None, lower: float | None, upper: float | None, unit: str, method: str
) -> dict[str, Any]:
    return {"quantity": quantity, "value": value, "standard_error": error, "lower": lower, "upper": upper,
            "unit": unit, "method": method}  # fmt: skip


def _by_error(quantity: str, value: float, error: float, unit: str, method: str) -> dict[str, Any]:
    return _row(quantity, value, error, value - 1.959964 * error, value + 1.959964 * error, unit, method)
