"""The whole chain on history: at each month end, what the model would have said, against what happened.

At the end of each month the champion's kind of model is fitted on the days up to it, a book of 20 business days is simulated
with the run's drivers, and its forecasts are held against three things that came: the move of gold, the ounces that left the
gold fund, and the replay of the realised prices through the issuer.

What is today's, in every month: the issuer, its holders' response, the frequencies of its drivers, the profile's requirement,
and the choice of the champion. No month could have known them; the backtest is of the price law and of what follows from it.
Every month starts from today's price, so that the issuer's dollars and its grams keep their proportion; only shares are
compared, and these do not depend on the level of the price.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from gramlib.artefacts.analyse_backtests import CHAIN_BACKTEST, EVIDENCE
from gramlib.artefacts.columns import Artefact, predicates_of
from gramlib.backtests.chain_fits import Fitted, fits_of
from gramlib.backtests.chain_months import Month, months_of, redeemed_share
from gramlib.models.returns import usable_returns
from gramlib.models.scores import sample_quantile, sample_shortfall
from gramlib.readable import readable
from gramlib.simulation.books import Market
from gramlib.simulation.draws import generator
from gramlib.simulation.engine import simulate
from gramlib.simulation.outcomes import NEVER, Outcomes
from gramlib.units import GRAMS_PER_TROY_OUNCE

Progress = Callable[[int, int, str], None]

LEVELS = {"975": 0.975, "990": 0.99}
INTERVAL = (0.05, 0.5, 0.95)
_DTYPES = {"date": "datetime64[us]"}


@readable
@dataclass(frozen=True)
class ChainRules:
    """How the months are made; `product` is the fund whose holders are compared, the rest as stage train has it."""

    first_month: str = "2006-01"
    horizon_days: int = 20
    most_paths: int = 5000
    min_train_days: int = 1000
    product: str = "gld"
    persistence_cap: float = 0.999
    tail_share: float = 0.05


def chain_backtest(
    market: Market,
    prices: pd.DataFrame,
    flows: pd.DataFrame,
    n_paths: int,
    rules: ChainRules | None = None,
    progress: Progress | None = None,
) -> pd.DataFrame:
    """The catalogue's `chain_backtest`: one row a month whose window is over, at most `rules.most_paths` paths each.

    `market` is the run's: its issuer, drivers, own-funds rule, price model and the start of its training window; what-ifs of
    volatility and regime are left out. `prices` and `flows` are the catalogue's; without rows of the product nothing that came
    is held against the redemptions forecast. `n_paths` 0 leaves the backtest out: a table without rows.

    A row depends on nothing in `prices` after its `until`, its forecasts on nothing after its `as_of`.
    """
    rules = rules or ChainRules()
    if not n_paths:
        return typed([], CHAIN_BACKTEST)
    returns = usable_returns(prices)
    first = returns.first_on_or_after(market.calibration["training"]["start"])
    every = months_of(prices, rules.first_month, rules.horizon_days)
    stops = [int(np.searchsorted(returns.dates, month.as_of, side="right")) for month in every]
    kept = [(month, stop) for month, stop in zip(every, stops, strict=True) if stop - first >= rules.min_train_days]
    fits = fits_of(
        returns, [stop for _, stop in kept], first, market.price_model, rules.persistence_cap, rules.tail_share
    )
    evidence = EVIDENCE[1] if market.calibration.get("grade", "D") == "D" else EVIDENCE[0]
    paths = min(n_paths, rules.most_paths)
    rows = []
    for done, ((month, _), fitted) in enumerate(zip(kept, fits, strict=True)):
        if progress:
            progress(done, len(kept), f"the chain as of {month.as_of.astype('datetime64[D]')}")
        row: dict[str, Any] = {"as_of": month.as_of, "until": month.until, "model": fitted.model, "note": fitted.note}
        row |= {"n_train": fitted.n_train, "n": paths, "apart": month.apart, "evidence": evidence}
        row |= _forecast(market, month, fitted, paths)
        came = redeemed_share(flows, rules.product, month.as_of, month.until)
        row |= {"fund_redeemed": came, "place": _place(came, row["redeemed_lower"], row["redeemed_upper"])}
        rows.append(row | _replay(market, month))
    if progress:
        progress(len(kept), len(kept), "the chain's months")
    return typed(rows, CHAIN_BACKTEST)


def typed(rows: list[dict[str, Any]], artefact: Artefact) -> pd.DataFrame:
    """`rows` as the columns of `artefact` in its order and types; none is a table without rows."""
    return pd.DataFrame(
        {
            column.name: pd.Series([row[column.name] for row in rows], dtype=_DTYPES.get(column.dtype, column.dtype))
            for column in artefact.columns
        }
    )


def _forecast(market: Market, month: Month, fitted: Fitted, n_paths: int) -> dict[str, Any]:
    """What the model says on `as_of`, and how the move of gold stands to it."""
    made = _market_of(market, month, fitted, n_paths)
    outcomes, alone = made.outcomes("liquidity"), made.outcomes("liquidity_price_only")
    growth = np.sort(alone.end_price_usd_per_g / made.start_usd_per_g - 1.0)[None, :]
    loss = float(1.0 - month.prices_usd_per_g[-1] / month.prices_usd_per_g[0])
    found: dict[str, Any] = {"realised_loss": loss}
    for label, level in LEVELS.items():
        found[f"var_{label}"] = float(-sample_quantile(growth, 1.0 - level)[0])
        found[f"es_{label}"] = float(sample_shortfall(growth, level)[0])
        found[f"exceeded_{label}"] = loss > found[f"var_{label}"]
    redeemed = np.quantile(1.0 - outcomes.end_tokens_share, INTERVAL)
    found |= dict(zip(("redeemed_lower", "redeemed_median", "redeemed_upper"), map(float, redeemed), strict=True))
    for prefix, which in (("chance", outcomes), ("alone", alone)):
        held = _breaches(which, market.issuer.peg)
        found |= {f"{prefix}_{name}": held[name].mean() if name in held else np.nan for name in _NAMES}
    return found


def _market_of(market: Market, month: Month, fitted: Fitted, n_paths: int) -> Market:
    """The run's market with the month's price law and draws of its own: months that shared draws would err together."""
    serial = int(month.as_of.astype("datetime64[M]").astype(int))
    changes = {
        "n_paths": n_paths,
        "horizon_days": len(month.prices_usd_per_g) - 1,
        "model": "champion",
        "start_gold_usd_per_oz": market.start_usd_per_g * GRAMS_PER_TROY_OUNCE,
        "volatility_scale": 1.0,
        "force_regime": "",
        "seed": int(generator(market.params.seed, "bootstrap", serial).integers(2**62)),
    }
    params = market.params.model_copy(update=changes)
    return Market(market.issuer, fitted.calibration, fitted.residuals, params, market.own_funds, market.models)


_NAMES = tuple(
    column.name.removeprefix("alone_") for column in CHAIN_BACKTEST.columns if column.name.startswith("alone_")
)


def _breaches(outcomes: Outcomes, peg: str) -> dict[str, np.ndarray]:
    """Whether each failure that is judged, and a queue, came on each path (n_paths,)."""
    held = {name: outcomes.first_day(name) != NEVER for name in predicates_of(peg)}
    return held | {"queue": outcomes.peak_queue_share > 0.0}


def _replay(market: Market, month: Month) -> dict[str, Any]:
    """The prices that came, moved to today's, through the issuer, with nothing drawn."""
    path = month.prices_usd_per_g / month.prices_usd_per_g[0] * market.start_usd_per_g
    outcomes = simulate(market.issuer, path, own_funds=market.own_funds)
    held = {name: bool(found[0]) for name, found in _breaches(outcomes, market.issuer.peg).items()}
    queue = held.pop("queue")
    failed = " ".join(name for name, found in held.items() if found)
    return {
        "replay_failures": failed,
        "replay_queue": queue,
        "replay_redeemed": float(1.0 - outcomes.end_tokens_share[0]),
    }


def _place(came: float, lower: float, upper: float) -> str:
    if np.isnan(came):
        return ""
    return "below" if came < lower else "above" if came > upper else "inside"
