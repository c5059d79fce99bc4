"""From rows as they came to one positive quote a day: missing, order, days out of place, duplicates, slips, weekends."""

from __future__ import annotations

from bisect import bisect_right

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gramlib.errors import DataContractError
from gramlib.prices.outliers import few, without_sign_errors, without_slips
from gramlib.prices.quality import QualityLog, examples
from gramlib.sources.london_calendar import business_days

SAME_PRICE = 5e-4
"""Two prices of one day this close are one price, rounded twice."""
STRAY_GAP_DAYS = 60
STRAY_ROWS = 2
FEWEST_ROWS = 20
IN_PLACE_LOG = 0.03


def clean_rows(frame: pd.DataFrame, origin: str, log: QualityLog) -> pd.DataFrame:
    """Rows of `frame` (date, value; index = line of the file) in order, one a day, without missing ones and slips.

    Raises DataContractError, naming the lines, for many negative prices and for two prices on many days.
    """
    return without_slips(ordered_rows(frame, origin, log), log)


def ordered_rows(frame: pd.DataFrame, origin: str, log: QualityLog) -> pd.DataFrame:
    """`clean_rows` short of judging the size of moves, for series that do not move as gold does."""
    frame = _without_missing(frame, log)
    frame = without_sign_errors(frame, origin, log)
    frame = _in_order(frame, log)
    frame = _without_duplicates(frame, origin, log)
    return _without_strays(frame, log)


def on_business_days(frame: pd.DataFrame, log: QualityLog) -> pd.DataFrame:
    """Rows on London business days; weekend and bank-holiday bars are counted and left out."""
    weekend = frame["date"].dt.day_of_week >= 5
    open_days = calendar(frame["date"].iloc[0], frame["date"].iloc[-1]) if len(frame) else pd.DatetimeIndex([])
    holiday = ~weekend & ~frame["date"].isin(open_days)
    for name, which in (("weekend", weekend), ("bank holiday", holiday)):
        found = int(which.sum())
        days = [f"{day:%Y-%m-%d}" for day in frame.loc[which, "date"].head(3)]
        log.add(
            f"{name.replace(' ', '_')}_bars",
            "note" if found else "ok",
            f"{found:,} rows on a {name}" + (f", first {examples(days)}" if found else ""),
            "London business days only: the price is set on those",
            "left out; the return runs over to the next business day" if found else "nothing",
            **{"weekends": found} if name == "weekend" else {},
        )
    return frame[~weekend & ~holiday]


def calendar(first: pd.Timestamp, last: pd.Timestamp) -> pd.DatetimeIndex:
    """London business days from `first` to `last` as datetime64[us]."""
    days = business_days(first.date(), last.date())
    return pd.DatetimeIndex(np.array(days, dtype="datetime64[D]").astype("datetime64[us]"))


def _without_missing(frame: pd.DataFrame, log: QualityLog) -> pd.DataFrame:
    missing, zero = int(frame["value"].isna().sum()), int((frame["value"] == 0).sum())
    log.add(
        "missing",
        "warning" if zero else "note" if missing else "ok",
        f"{missing:,} empty, {zero:,} zero of {len(frame):,} rows",
        "a positive price on every row",
        "left out: a day without a quote" if missing or zero else "nothing",
        missing=missing + zero,
    )
    return frame[frame["value"].notna() & (frame["value"] != 0)]


def _in_order(frame: pd.DataFrame, log: QualityLog) -> pd.DataFrame:
    dates = frame["date"]
    if dates.is_monotonic_increasing:
        log.add("order", "ok", "ascending dates", "ascending dates", "nothing")
        return frame
    if dates.is_monotonic_decreasing:
        log.add("order", "note", "newest first", "ascending dates", "turned round")
        return frame.iloc[::-1]
    days = dates.to_numpy().astype("datetime64[D]").astype(np.int64)
    out = _out_of_place(days)
    line = frame.index[out][0]
    ordered = frame.assign(moved=out).sort_values("date", kind="stable")
    wrong = np.zeros(len(frame), dtype=bool)
    if len(frame) >= FEWEST_ROWS and few(int(out.sum()), len(frame)):
        wrong = ordered["moved"].to_numpy() & ~_fits_neighbours(ordered)
    found = f"{int(out.sum()):,} date(s) out of order, first on line {line}"
    if wrong.any():
        places = [f"line {n}, {day:%Y-%m-%d}" for n, day in ordered.loc[wrong, "date"].head(3).items()]
        log.add("order", "warning", f"{found}; the price of {int(wrong.sum())} does not fit there ({examples(places)})", "ascending dates",
                "sorted; those are set aside, their dates are doubtful", outliers=int(wrong.sum()))  # fmt: skip
    else:
        log.add("order", "warning", found, "ascending dates", "sorted")
    return ordered.loc[~wrong, ["date", "value"]]


def _out_of_place(days: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Rows (n,) outside the longest run of `days` that never falls, or never rises where that one is longer."""
    rising, falling = _longest_run(days), _longest_run(-days)
    return ~(rising if rising.sum() >= falling.sum() else falling)


def _longest_run(days: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Rows (n,) of a longest non-decreasing subsequence (patience sorting: Fredman 1975)."""
    tails: list[int] = []
    at: list[int] = []
    before = np.full(len(days), -1, dtype=np.int64)
    for place, day in enumerate(days.tolist()):
        pile = bisect_right(tails, day)
        before[place] = at[pile - 1] if pile else -1
        if pile == len(tails):
            tails.append(day)
            at.append(place)
        else:
            tails[pile], at[pile] = day, place
    kept = np.zeros(len(days), dtype=bool)
    place = at[-1]
    while place >= 0:
        kept[place] = True
        place = int(before[place])
    return kept


def _fits_neighbours(ordered: pd.DataFrame) -> NDArray[np.bool_]:
    """Which rows (n,) of dates in order lie near the price before or after, a day or two away."""
    price = np.log(ordered["value"].to_numpy())
    days = ordered["date"].to_numpy().astype("datetime64[D]").astype(np.int64)
    near = (np.abs(np.diff(price)) < IN_PLACE_LOG) & (np.diff(days) <= 5)
    return np.append(False, near) | np.append(near, False)


def _without_duplicates(frame: pd.DataFrame, origin: str, log: QualityLog) -> pd.DataFrame:
    again = frame[frame["date"].duplicated(keep=False)]
    by_day = again.groupby("date")["value"]
    differs = by_day.max() - by_day.min() > SAME_PRICE * by_day.max() if len(again) else pd.Series(dtype=bool)
    torn = list(differs.index[differs.to_numpy(dtype=bool)])
    days = frame["date"].nunique()
    if torn and not few(len(torn), days):
        day = torn[0]
        rows = again[again["date"] == day]
        lines = ", ".join(str(line) for line in sorted(rows.index)[:6])
        raise DataContractError(
            f"{len(rows)} prices for {day:%Y-%m-%d}, {rows['value'].min():g} and {rows['value'].max():g}, on lines {lines}; {len(torn):,} such day(s)",
            expected="one price a day",
            origin=f"{origin}:{max(rows.index)}",
            remedy="keep the right one; several series in one file are not read",
        )
    dropped = int(frame["date"].duplicated().sum())
    found = f"{dropped:,} rows repeat a day" + (f", first {again['date'].iloc[0]:%Y-%m-%d}" if dropped else "")
    for day in torn[:2]:
        rows = again[again["date"] == day]
        found += f"; {len(rows)} prices for {day:%Y-%m-%d}, {rows['value'].min():g} and {rows['value'].max():g}, on lines {', '.join(map(str, sorted(rows.index)[:6]))}"
    decision = "the repeats say the same price: left out"
    if torn:
        decision = f"{len(torn)} day(s) with two prices set aside: nothing tells which is right; other repeats left out"
    log.add(
        "duplicates",
        "warning" if torn else "note" if dropped else "ok",
        found,
        "one row a day",
        decision if dropped else "nothing",
        duplicates=dropped,
    )
    return frame[~frame["date"].duplicated() & ~frame["date"].isin(torn)]


def _without_strays(frame: pd.DataFrame, log: QualityLog) -> pd.DataFrame:
    """`frame` without one or two rows at an end that lie months away from all others: their year or month is a slip."""
    if len(frame) < FEWEST_ROWS:
        return frame
    days = frame["date"].to_numpy().astype("datetime64[D]")
    gaps = np.busday_count(days[:-1], days[1:])
    usual = max(STRAY_GAP_DAYS, 20 * int(np.median(gaps)))
    far = np.flatnonzero(gaps > usual)
    first = max((place + 1 for place in far if place < STRAY_ROWS), default=0)
    end = min((place + 1 for place in far if place >= len(gaps) - STRAY_ROWS), default=len(frame))
    strays = frame.iloc[[*range(first), *range(end, len(frame))]]
    if strays.empty:
        return frame
    listed = [f"line {line}, {day:%Y-%m-%d}" for line, day in strays["date"].items()]
    log.add("stray_days", "warning", f"{len(strays)} row(s) over {usual} business days away from all others: {examples(listed)}",
            "one stretch of days", "set aside: the date is most likely mistyped", outliers=len(strays))  # fmt: skip
    return frame.iloc[first:end]
