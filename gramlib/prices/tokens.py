"""Gold tokens against gold: the premium on each day, returns on gold days alone, weekends kept apart.

Tokens trade seven days a week and their day ends at midnight UTC, hours after London's fix: a premium holds that gap
in time as well. A return runs from one London business day to the next, so that it has a gold return beside it;
weekend rows keep the last gold price and its age, and serve liquidity alone. Some publishers stamp the end of a day
with the date of the next one; such a file shows hardly any correlation with gold until it is moved back a day.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from gramlib.artefacts import check_table, empty_table
from gramlib.errors import DataContractError
from gramlib.prices.agreement import correlation, quotes
from gramlib.prices.quality import QualityLog
from gramlib.prices.rows import calendar, ordered_rows
from gramlib.readable import readable
from gramlib.sources.raw import RawSeries
from gramlib.units import GRAMS_PER_TROY_OUNCE, GRAMS_PER_UNIT

STALE_RUN = 5
OLDEST_GOLD_DAYS = 14
PLAUSIBLE_PREMIUM = 0.2
SLIP_LOG = 0.47
SHIFT_DAYS_NEEDED = 100
SHIFT_GAIN = 0.1
"""Correlation a shift must win: sampling error at 100 days is about as large, at 900 days a third of it."""


@readable
@dataclass(frozen=True)
class TokenSeries:
    """A token's price as it came. `stamps_known` says that its reader knows which day a stamp belongs to."""

    token: str
    raw: RawSeries
    stamps_known: bool


def token_table(series: list[TokenSeries], prices: pd.DataFrame, log: QualityLog) -> pd.DataFrame:
    """Catalogue table `token_prices` of `series` against the standard table `prices`; findings go to `log`.

    Raises DataContractError for a price that is not that of an ounce or gram of gold.
    """
    gold = quotes(prices)
    tables = [_one(each, gold, log) for each in series]
    tables = [table for table in tables if len(table)]
    if not tables:
        return empty_table("token_prices")
    return check_table("token_prices", pd.concat(tables, ignore_index=True), "tokens")


def premium_summary(token_prices: pd.DataFrame) -> pd.DataFrame:
    """Premium by token on aligned days: token, days, mean, median, sd, low (1%), high (99%), min, max [1], autocorrelation."""
    columns = ["token", "days", "mean", "median", "sd", "low", "high", "min", "max", "autocorrelation"]
    rows = []
    for token, table in token_prices[token_prices["gold_age_days"] == 0].groupby("token"):
        premium = table["premium"]
        low, median, high = premium.quantile([0.01, 0.5, 0.99])
        rows.append((token, len(premium), premium.mean(), median, premium.std(), low, high, premium.min(), premium.max(),
                     premium.autocorr() if len(premium) > 3 else np.nan))  # fmt: skip
    return pd.DataFrame(rows, columns=columns)


def _one(series: TokenSeries, gold: pd.Series, log: QualityLog) -> pd.DataFrame:
    name = series.token
    own = QualityLog()
    rows = ordered_rows(series.raw.frame, series.raw.origin, own)
    # which day a stamp belongs to is decided below, by returns
    log.include((*(note for note in series.raw.notes if note.check != "day_shift"), *own.rows), f"token {name}")
    ounce = GRAMS_PER_TROY_OUNCE / GRAMS_PER_UNIT[series.raw.unit]
    price = pd.Series(rows["value"].to_numpy() * ounce, index=pd.DatetimeIndex(rows["date"]))
    price = _on_their_days(series, price, gold, log)
    place = gold.index.searchsorted(price.index, side="right") - 1
    price, place = price[place >= 0], place[place >= 0]
    age = (price.index - gold.index[place]).days.to_numpy()
    near = age <= OLDEST_GOLD_DAYS
    outside = len(rows) - int(near.sum())
    price, place, age = price[near], place[near], age[near]
    if not len(price):
        log.add(f"token {name}: coverage", "warning", f"no day within {OLDEST_GOLD_DAYS} days of a gold price",
                "days in common with gold", "left out")  # fmt: skip
        return empty_table("token_prices")
    beside = gold.iloc[place].to_numpy()
    _refuse_other_things(price.to_numpy() / beside - 1.0, series)
    sane = _no_slips(price, beside, name, log)
    table = _table(name, series.raw.card.id, price[sane], beside[sane], age[sane])
    _note(table, gold, outside, log)
    return table


def _on_their_days(series: TokenSeries, price: pd.Series, gold: pd.Series, log: QualityLog) -> pd.Series:
    """`price` with its dates moved back a day where returns say that its stamps are those of the next day."""
    moved = price.set_axis(price.index - pd.Timedelta(days=1))
    as_stamped, day_before = correlation(price, gold), correlation(moved, gold)
    common = int(price.index.isin(gold.index).sum())
    evidence = f"return correlation with gold {as_stamped:.2f} as stamped, {day_before:.2f} a day earlier, {common:,} common days"
    late = common >= SHIFT_DAYS_NEEDED and day_before - as_stamped >= SHIFT_GAIN
    expected = "a stamp that is the day the price belongs to"
    if late and not series.stamps_known:
        log.add(
            f"token {series.token}: stamps",
            "note",
            evidence,
            expected,
            "moved back by one day: the stamps are those of the day's end",
        )
        return moved
    log.add(f"token {series.token}: stamps", "warning" if late else "ok", evidence, expected,
            "left as its reader dates them; look at this source again" if late else "nothing")  # fmt: skip
    return price


def _table(name: str, card: str, price: pd.Series, gold_usd_per_oz: np.ndarray, age: np.ndarray) -> pd.DataFrame:
    dates, value = price.index, price.to_numpy()
    open_days = calendar(dates[0], dates[-1])
    run = np.cumsum(np.append(True, value[1:] != value[:-1]))
    stale = (np.bincount(run)[run] >= STALE_RUN) & np.append(False, run[1:] == run[:-1])
    usable = (age == 0) & ~stale
    returns = np.full(len(value), np.nan)
    where = np.flatnonzero(usable)
    step = np.diff(np.log(value[where]))
    business = open_days.get_indexer(dates[where])
    next_day = (np.diff(business) == 1) & (business[1:] > 0)
    returns[where[1:][next_day]] = step[next_day]
    return pd.DataFrame(
        {
            "date": dates.astype("datetime64[us]"),
            "token": name,
            "token_usd_per_oz": value,
            "gold_usd_per_g": gold_usd_per_oz / GRAMS_PER_TROY_OUNCE,
            "gold_age_days": age.astype("int64"),
            "premium": value / gold_usd_per_oz - 1.0,
            "log_return": returns,
            "weekend": ~dates.isin(open_days),
            "stale": stale,
            "source": card,
        }
    )


def _no_slips(price: pd.Series, gold: np.ndarray, name: str, log: QualityLog) -> np.ndarray:
    """Which days (n,) are kept: all but those no venue traded at, a factor of 1.6 from gold."""
    off = np.log(price.to_numpy() / gold)
    slip = np.abs(off) > SLIP_LOG
    if slip.any():
        first = int(np.argmax(slip))
        log.add(f"token {name}: slips", "warning", f"{int(slip.sum())} day(s) a factor of 1.6 or more from gold, first "
                f"{price.index[first]:%Y-%m-%d} at {price.iloc[first]:g} with gold at {gold[first]:g}",
                "a token within a third of gold: +34% within a day is the widest seen", "set aside")  # fmt: skip
    return ~slip


def _refuse_other_things(premium: np.ndarray, series: TokenSeries) -> None:
    typical = float(np.median(premium))
    if abs(typical) > PLAUSIBLE_PREMIUM:
        raise DataContractError(
            f"token {series.token} lies {100 * typical:+.0f}% from gold at the median",
            expected=f"within {100 * PLAUSIBLE_PREMIUM:.0f}%: a token for gold, in USD for one ounce or gram",
            origin=series.raw.origin,
            remedy="give the token's price in USD per ounce of gold it stands for",
        )


def _note(table: pd.DataFrame, gold: pd.Series, outside: int, log: QualityLog) -> None:
    aligned = table[table["gold_age_days"] == 0]
    price = pd.Series(aligned["token_usd_per_oz"].to_numpy(), index=pd.DatetimeIndex(aligned["date"]))
    premium = 1e4 * aligned["premium"]
    log.add(
        f"token {table['token'].iloc[0]}: coverage",
        "warning" if table["stale"].any() else "ok",
        f"{len(table):,} days from {table['date'].iloc[0]:%Y-%m-%d} to {table['date'].iloc[-1]:%Y-%m-%d}, "
        f"{len(aligned):,} of them aligned with gold, {int(table['weekend'].sum()):,} on weekends and holidays, "
        f"{int(table['stale'].sum()):,} stale; premium mean {premium.mean():+.0f} bp, sd {premium.std():.0f} bp; "
        f"return correlation with gold {correlation(price, gold):.2f}"
        + (f"; {outside:,} days outside the gold table" if outside else ""),
        "a premium near zero and returns that follow gold",
        "weekends flagged, returns on gold days alone",
    )  # fmt: skip
