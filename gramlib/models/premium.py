"""How the premium of gold tokens moves: mean reversion, both tails, weekends apart; what the peg model's eta is held against.

The premium of table `token_prices` compares a token at midnight UTC with London's fix nine hours earlier. That gap in
time is noise of about the size of the premium itself and has no memory, so it pulls the plain autocorrelation down:

    seen_t = premium_t + noise_t,   premium_t - mean = phi (premium_{t-1} - mean) + shock_t
    cov(seen_t, seen_{t-k}) = phi^k var(premium) for k >= 1, whatever the noise

`persistence_plain` is the lag-1 autocorrelation, `persistence` the phi of lags 1 to 5 with the noise left out (least squares of
each autocovariance on the one before; the instrumental variable idea of errors in variables, Fuller 1987, section 1.4).
Half-life = log(1/2) / log(phi) business days. The truth for a shock to the peg lies between: the slow part of the premium
is a level that differs from year to year (USDT against USD, demand), and not the decay of one shock.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable

import numpy as np
import pandas as pd

from gramlib.errors import DataContractError
from gramlib.models.figure_table import figure_table
from gramlib.models.resampling import block_rows
from gramlib.models.tails import fit_gpd
from gramlib.params.issuer import Issuer
from gramlib.params.model_figures import ModelFigure

LAGS = 5
MEAN_BLOCK_DAYS = 60
MIN_DAYS = 500
TAIL_SHARE = 0.05
QUANTILES = (0.01, 0.99)


def premium_figures(
    token_prices: pd.DataFrame, rng: np.random.Generator, n_draws: int = 300
) -> tuple[ModelFigure, ...]:
    """Figures of each token in catalogue table `token_prices` with at least 500 days beside a gold price of the same day.

    Standard errors by stationary bootstrap, blocks of 60 business days on average (8 weekends); those of the tails are
    asymptotic and ignore that extremes cluster. Random numbers come from `rng`.
    """
    figures: list[ModelFigure] = []
    for token, table in token_prices.groupby("token"):
        aligned = table[(table["gold_age_days"] == 0) & ~table["stale"]].sort_values("date")
        if len(aligned) >= MIN_DAYS:
            figures += _token_figures(str(token), table.sort_values("date"), aligned, rng, n_draws)
    return tuple(figures)


def premium_fit(
    token_prices: pd.DataFrame, issuer: Issuer, shipped: Iterable[ModelFigure], rng: np.random.Generator
) -> pd.DataFrame:
    """Table of premium figures beside the issuer's peg model (eta) and weekends (price_share); form of `figure_table`, `token` first.

    A token that `token_prices` (catalogue table, may have no rows) does not hold for 500 days has its `shipped` figures.
    """
    fitted = premium_figures(token_prices, rng)
    own = {figure.group for figure in fitted}
    others = [f.model_copy(update={"note": "; ".join(part for part in ("shipped figure", f.note) if part)})
              for f in shipped if f.group not in own]  # fmt: skip
    eta, share = issuer.peg_model.persistence, issuer.weekends.price_share
    values = {
        "persistence_plain": eta,
        "persistence": eta,
        "half_life_days": half_life_days(eta),
        "weekend_price_share": share,
    }
    figures = [*fitted, *others]
    defaults = {(token, name): value for token in {f.group for f in figures} for name, value in values.items()}
    return figure_table(((figure, True) for figure in figures), defaults, "token")


def autocovariance(premium: np.ndarray, lags: int = LAGS) -> np.ndarray:
    """Autocovariances (lags + 1,) of `premium` (n,), lag 0 first."""
    centred = premium - premium.mean()
    return np.array([centred[lag:] @ centred[: len(centred) - lag] for lag in range(lags + 1)]) / len(centred)


def persistence_plain(premium: np.ndarray) -> float:
    """Lag-1 autocorrelation of `premium` (n,): the phi of an AR(1) seen without noise."""
    covariance = autocovariance(premium, 1)
    return float(covariance[1] / covariance[0])


def persistence(premium: np.ndarray) -> float:
    """Phi of an AR(1) that is seen through noise without memory, from lags 1 to 5 of `premium` (n,)."""
    covariance = autocovariance(premium)[1:]
    return float(covariance[1:] @ covariance[:-1] / (covariance[:-1] @ covariance[:-1]))


def half_life_days(phi: float) -> float:
    """Days until half of a deviation is gone; 0 for phi at or below nought, infinite at or above one."""
    if phi >= 1.0:
        return math.inf
    return math.log(0.5) / math.log(phi) if phi > 0.0 else 0.0


def weekend_moves(table: pd.DataFrame) -> pd.DataFrame:
    """One row a weekend of one token's rows: `token` log move from Friday's to Sunday's end, `gold` log move Friday to Monday.

    `high` and `low` are the higher and the lower of Saturday's and Sunday's close against Friday's, log moves. Only weekends with a gold price on both days count. Raises DataContractError where there are fewer than 50.
    """
    by_day = table.set_index("date")
    price, gold = np.log(by_day["token_usd_per_oz"]), np.log(by_day["gold_usd_per_g"])
    known = by_day.index[by_day["gold_age_days"] == 0]
    fridays = known[known.day_of_week == 4]
    sundays, mondays = fridays + pd.Timedelta(days=2), fridays + pd.Timedelta(days=3)
    whole = sundays.isin(by_day.index) & mondays.isin(known)
    if whole.sum() < 50:
        raise DataContractError(f"{int(whole.sum())} whole weekends", expected="at least 50, with gold on Friday and Monday",
                                origin="table token_prices", remedy="give a longer history of the token")  # fmt: skip
    friday = fridays[whole]
    before = price.reindex(friday).to_numpy()
    saturday, sunday = (price.reindex(friday + pd.Timedelta(days=k)).to_numpy() - before for k in (1, 2))
    return pd.DataFrame({
        "date": friday,
        "token": sunday,
        "high": np.fmax(saturday, sunday),
        "low": np.fmin(saturday, sunday),
        "gold": gold.reindex(mondays[whole]).to_numpy() - gold.reindex(friday).to_numpy(),
    })  # fmt: skip


def price_share(moves: np.ndarray) -> float:
    """Share of gold's Friday-to-Monday log move that the token made by Sunday: the slope of token on gold, `moves` (n, 2)."""
    centred = moves - moves.mean(axis=0)
    return float(centred[:, 0] @ centred[:, 1] / (centred[:, 1] @ centred[:, 1]))


def _token_figures(
    token: str, table: pd.DataFrame, aligned: pd.DataFrame, rng: np.random.Generator, n_draws: int
) -> list[ModelFigure]:
    premium = aligned["premium"].to_numpy()
    rows: list[tuple[str, float, float | None, str, int, str, str]] = []
    boot = f"error by stationary bootstrap, blocks of {MEAN_BLOCK_DAYS} business days"

    def add(name: str, statistic: Callable[[np.ndarray], float], unit: str, how: str, note: str = "") -> None:
        error = _bootstrap_error(premium, statistic, MEAN_BLOCK_DAYS, rng, n_draws)
        rows.append((name, statistic(premium), error, unit, len(premium), f"{how}; {boot}", note))

    add("mean", lambda x: float(x.mean()), "1", "mean premium at midnight UTC over gold of the day")
    add("sd", lambda x: float(x.std(ddof=1)), "1", "standard deviation", "the gap in time to the gold price included")
    add(
        "persistence_plain",
        persistence_plain,
        "1",
        "lag-1 autocorrelation",
        "pulled down by the gap in time to the gold price",
    )
    add("persistence", persistence, "1", f"autocovariances at lags 1 to {LAGS}, noise without memory left out",
        "holds slow changes of level as well as the decay of shocks")  # fmt: skip
    phi = rows[-1][1]
    error = (rows[-1][2] or 0.0) * math.log(2.0) / (phi * math.log(phi) ** 2) if 0.0 < phi < 1.0 else None
    rows.append(("half_life_days", half_life_days(phi), error, "business days", len(premium), "log(1/2)/log(persistence); error by the delta method", ""))  # fmt: skip
    for level in QUANTILES:
        name = f"quantile_{100 * level:02.0f}"
        add(name, lambda x, p=level: float(np.quantile(x, p)), "1", f"empirical {level:.0%} quantile")  # type: ignore[misc]
    for side, sign in (("discount", -1.0), ("premium", 1.0)):
        threshold = float(np.quantile(sign * premium, 1.0 - TAIL_SHARE))
        fit = fit_gpd((sign * premium)[sign * premium > threshold] - threshold)
        how = f"GPD by maximum likelihood beyond the outer {TAIL_SHARE:.0%} ({1e4 * threshold:.0f} bp)"
        regular = fit.xi > -0.5
        told = (
            "error ignores that extremes cluster"
            if regular
            else "a shape below -1/2 has no asymptotic error (Smith 1985)"
        )
        note = "; ".join(part for part in (fit.note, told) if part)
        errors = (fit.xi_standard_error, fit.beta_standard_error) if regular else (None, None)
        rows.append((f"{side}_tail_xi", fit.xi, errors[0], "1", fit.n_exceed, how, note))
        rows.append((f"{side}_tail_beta", fit.beta, errors[1], "1", fit.n_exceed, how, note))
    rows += _weekend_rows(table, rng, n_draws)
    first, last = (f"{day:%Y-%m-%d}" for day in (table["date"].iloc[0], table["date"].iloc[-1]))
    return [
        ModelFigure(group=token, parameter=name, estimate=value, standard_error=error, unit=unit, n=n,
                    series=f"{token} against gold", start=first, end=last, method=how, note=note)
        for name, value, error, unit, n, how, note in rows
    ]  # fmt: skip


def _weekend_rows(
    table: pd.DataFrame, rng: np.random.Generator, n_draws: int
) -> list[tuple[str, float, float | None, str, int, str, str]]:
    frame = weekend_moves(table)
    moves, n = frame[["token", "gold"]].to_numpy(), len(frame)
    up, down = frame.loc[frame["high"].idxmax()], frame.loc[frame["low"].idxmin()]
    boot = "error by stationary bootstrap, blocks of 8 weekends"
    sd = lambda x: float(x[:, 0].std(ddof=1))  # noqa: E731
    return [
        ("weekend_sd", sd(moves), _bootstrap_error(moves, sd, 8, rng, n_draws), "1", n,
         f"log move of the token from Friday's to Sunday's end (UTC); {boot}", ""),
        ("weekend_price_share", price_share(moves), _bootstrap_error(moves, price_share, 8, rng, n_draws), "1", n,
         f"slope of that move on gold's from Friday to Monday; {boot}",
         "gold's move starts on Friday afternoon and ends on Monday afternoon in London, so part of it cannot be seen by Sunday"),
        ("weekend_highest", float(np.expm1(up["high"])), None, "1", n, "largest rise of a close from Friday's", f"Friday {up['date']:%Y-%m-%d}"),
        ("weekend_lowest", float(np.expm1(down["low"])), None, "1", n, "largest fall of a close from Friday's", f"Friday {down['date']:%Y-%m-%d}"),
    ]  # fmt: skip


def _bootstrap_error(
    sample: np.ndarray,
    statistic: Callable[[np.ndarray], float],
    mean_block: float,
    rng: np.random.Generator,
    n_draws: int,
) -> float:
    values = [statistic(sample[block_rows(len(sample), mean_block, rng)]) for _ in range(n_draws)]
    return float(np.std(values, ddof=1))
