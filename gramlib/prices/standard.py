"""One standard daily table out of any raw series: London business days, both units, gaps and doubts marked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from gramlib.artefacts import check_table
from gramlib.errors import DataContractError, ParameterError
from gramlib.prices.outliers import flag_spikes, refuse_impossible_steps, without_reverted
from gramlib.prices.quality import QualityLog, examples
from gramlib.prices.rows import calendar, clean_rows, on_business_days
from gramlib.sources.raw import RawSeries
from gramlib.units import GRAMS_PER_TROY_OUNCE, GRAMS_PER_UNIT

if TYPE_CHECKING:
    from gramlib.params.stages import DataParams

STALE_RUN = 5
DAILY_SHARE = 0.5


def standardise(raw: RawSeries, params: DataParams, log: QualityLog | None = None) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The tables `prices` and `quality` (catalogue entries of these names) of `raw` within the window of `params`.

    A gap of up to `max_fill_days` business days is filled with the last price (`filled`); a longer one stays a
    hole. `log_return` is empty on filled and stale rows and on the first quote after either, so that no return
    spans more than one business day.

    Raises DataContractError, with the line of the file, for negative or conflicting prices, impossible steps and
    series that are not daily; ParameterError when the window holds fewer than two prices.
    """
    log = QualityLog(raw.notes) if log is None else log
    origin = raw.origin
    rows = clean_rows(raw.frame, origin, log)
    rows = _in_window(rows, params, log)
    rows = without_reverted(on_business_days(rows, log), log)
    if len(rows) < 2:
        raise DataContractError(
            f"{len(rows)} price(s) on London business days",
            expected="a daily series",
            origin=origin,
            remedy="give more days",
        )
    days = calendar(rows["date"].iloc[0], rows["date"].iloc[-1])
    place = days.get_indexer(pd.DatetimeIndex(rows["date"]))
    gap_days = np.diff(place, prepend=place[0] - 1)
    _refuse_unless_daily(rows, len(days), origin)
    refuse_impossible_steps(rows, gap_days, origin, log)
    stale = _stale(rows, log)
    spike = flag_spikes(rows, log)

    table = pd.DataFrame({"value": rows["value"].to_numpy(), "stale": stale, "outlier": spike}, index=place)
    table = table.reindex(_kept_places(place, gap_days, params.max_fill_days, days, log))
    filled = table["value"].isna().to_numpy()
    value = table["value"].ffill().to_numpy()
    stale = table["stale"].fillna(False).to_numpy(dtype=bool)
    prices = pd.DataFrame(
        {
            "date": days[table.index.to_numpy()],
            "gold_usd_per_oz": value * (GRAMS_PER_TROY_OUNCE / GRAMS_PER_UNIT[raw.unit]),
            "gold_usd_per_g": value / GRAMS_PER_UNIT[raw.unit],
            "log_return": _returns(value, table.index.to_numpy(), filled | stale),
            "filled": filled,
            "stale": stale,
            "outlier": table["outlier"].fillna(False).to_numpy(dtype=bool),
            "joined": False,
            "source": raw.card.id,
        }
    )
    _note_coverage(prices, log)
    return check_table("prices", prices, origin), check_table("quality", log.table(), origin)


def _in_window(rows: pd.DataFrame, params: DataParams, log: QualityLog) -> pd.DataFrame:
    first = pd.Timestamp(params.start) if params.start else rows["date"].min()
    last = pd.Timestamp(params.end) if params.end else rows["date"].max()
    inside = rows[(rows["date"] >= first) & (rows["date"] <= last)]
    if len(inside) < 2:
        known = f"{rows['date'].min():%Y-%m-%d} to {rows['date'].max():%Y-%m-%d}" if len(rows) else "no day at all"
        raise ParameterError(
            f"{len(inside)} price(s) from {params.start or 'the first day'} to {params.end or 'the last day'}",
            expected=f"a window inside the data, which cover {known}",
            origin="data.start, data.end",
            remedy="widen the window, or give a longer series",
        )
    left = len(rows) - len(inside)
    log.add(
        "window",
        "note" if left else "ok",
        f"{left:,} of {len(rows):,} rows outside {params.start or 'start'} to {params.end or 'end'}",
        "the window asked for",
        "left out" if left else "nothing",
    )
    return inside


def _refuse_unless_daily(rows: pd.DataFrame, business_days: int, origin: str) -> None:
    typical = int(np.median(np.diff(rows["date"].to_numpy()).astype("timedelta64[D]").astype(int)))
    if typical > 4:
        raise DataContractError(
            f"rows lie {typical} days apart, {len(rows):,} of {business_days:,} business days have one",
            expected="a daily series: weekly and monthly figures understate volatility and tails",
            origin=origin,
            remedy="give daily prices",
        )


def _stale(rows: pd.DataFrame, log: QualityLog) -> np.ndarray:
    value = rows["value"].to_numpy()
    run = np.cumsum(np.append(True, value[1:] != value[:-1]))
    size = np.bincount(run)[run]
    repeats = np.append(False, run[1:] == run[:-1])
    stale = (size >= STALE_RUN) & repeats
    runs = np.unique(run[stale])
    firsts = [
        f"{rows['date'].iloc[np.argmax(run == name)]:%Y-%m-%d} ({int((run == name).sum())} days)" for name in runs[:3]
    ]
    log.add(
        "stale",
        "warning" if len(runs) else "ok",
        f"{len(runs)} run(s) of {STALE_RUN} or more equal prices"
        + (f", first {examples(firsts)}" if len(runs) else ""),
        f"no price repeated on {STALE_RUN} days: gold moves",
        "kept and flagged from the second day of a run; their returns are empty" if len(runs) else "nothing",
    )
    return stale


def _kept_places(
    place: np.ndarray, gap_days: np.ndarray, max_fill_days: int, days: pd.DatetimeIndex, log: QualityLog
) -> np.ndarray:
    """Places in the calendar that get a row: quotes, and the days of gaps short enough to fill."""
    missing = gap_days - 1
    short, long = (missing > 0) & (missing <= max_fill_days), missing > max_fill_days
    widest = int(np.argmax(missing))
    fill = [np.arange(place[i] - missing[i], place[i]) for i in np.flatnonzero(short)]
    log.add(
        "gaps",
        "warning" if long.any() else "note" if short.any() else "ok",
        f"{int(missing.sum()):,} of {len(days):,} business days without a quote, in {int((missing > 0).sum()):,} gap(s)"
        + (f", widest {missing[widest]} days before {days[place[widest]]:%Y-%m-%d}" if missing[widest] else ""),
        "a quote on every London business day (no afternoon auction on 24 and 31 December)",
        f"{int(missing[short].sum()):,} day(s) filled with the last price, {int(missing[long].sum()):,} left out (gaps over {max_fill_days} days); "
        "no return spans a gap" if missing.any() else "nothing",
    )  # fmt: skip
    return np.sort(np.concatenate([place, *fill]))


def _returns(value: np.ndarray, place: np.ndarray, not_quoted: np.ndarray) -> np.ndarray:
    returns = np.diff(np.log(value), prepend=np.nan)
    after = np.append(False, not_quoted[:-1])
    returns[not_quoted | after | (np.diff(place, prepend=place[0] - 1) > 1)] = np.nan
    return returns


def _note_coverage(prices: pd.DataFrame, log: QualityLog) -> None:
    known = int(prices["log_return"].notna().sum())
    log.add(
        "coverage",
        "ok" if known >= 0.95 * (len(prices) - 1) else "warning",
        f"{len(prices):,} rows from {prices['date'].iloc[0]:%Y-%m-%d} to {prices['date'].iloc[-1]:%Y-%m-%d}, {known:,} one-day returns",
        "a one-day return on 95% of rows",
        "handed on",
    )
