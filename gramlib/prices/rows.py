"""From rows as they came to one positive quote a London business day: order, duplicates, missing, weekends."""

from __future__ import annotations

import numpy as np
import pandas as pd

from gramlib.errors import DataContractError
from gramlib.prices.quality import QualityLog, examples
from gramlib.sources.london_calendar import business_days

SAME_PRICE = 1e-9


def clean_rows(frame: pd.DataFrame, origin: str, log: QualityLog) -> pd.DataFrame:
    """Rows of `frame` (date, value; index = line of the file) in order, one a day, missing ones left out.

    Raises DataContractError for a negative price and for two prices of one day, naming the lines.
    """
    frame = _without_missing(frame, origin, log)
    frame = _in_order(frame, log)
    return _without_duplicates(frame, origin, log)


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
        )
    return frame[~weekend & ~holiday]


def calendar(first: pd.Timestamp, last: pd.Timestamp) -> pd.DatetimeIndex:
    """London business days from `first` to `last` as datetime64[us]."""
    days = business_days(first.date(), last.date())
    return pd.DatetimeIndex(np.array(days, dtype="datetime64[D]").astype("datetime64[us]"))


def _without_missing(frame: pd.DataFrame, origin: str, log: QualityLog) -> pd.DataFrame:
    negative = frame[frame["value"] < 0]
    if len(negative):
        line, row = negative.index[0], negative.iloc[0]
        raise DataContractError(
            f"price {row['value']:g} on {row['date']:%Y-%m-%d}; {len(negative)} negative price(s)",
            expected="positive prices in USD",
            origin=f"{origin}:{line}",
            remedy="mend that line; returns are not prices",
        )
    missing, zero = int(frame["value"].isna().sum()), int((frame["value"] == 0).sum())
    log.add(
        "missing",
        "warning" if zero else "note" if missing else "ok",
        f"{missing:,} empty, {zero:,} zero of {len(frame):,} rows",
        "a positive price on every row",
        "left out: a day without a quote" if missing or zero else "nothing",
    )
    return frame[frame["value"] > 0]


def _in_order(frame: pd.DataFrame, log: QualityLog) -> pd.DataFrame:
    dates = frame["date"]
    if dates.is_monotonic_increasing:
        log.add("order", "ok", "ascending dates", "ascending dates", "nothing")
        return frame
    if dates.is_monotonic_decreasing:
        log.add("order", "note", "newest first", "ascending dates", "turned round")
    else:
        later = dates.shift(-1)
        line = dates.index[(later < dates).to_numpy()][0]
        log.add("order", "warning", f"dates out of order, first after line {line}", "ascending dates", "sorted")
    return frame.sort_values("date", kind="stable")


def _without_duplicates(frame: pd.DataFrame, origin: str, log: QualityLog) -> pd.DataFrame:
    again = frame[frame["date"].duplicated(keep=False)]
    for day, rows in again.groupby("date"):
        low, high = rows["value"].min(), rows["value"].max()
        if high - low > SAME_PRICE * high:
            lines = ", ".join(str(line) for line in sorted(rows.index))
            raise DataContractError(
                f"{len(rows)} prices for {day:%Y-%m-%d}, {low:g} and {high:g}, on lines {lines}",
                expected="one price a day",
                origin=f"{origin}:{max(rows.index)}",
                remedy="keep the right one; intraday or several series in one file are not read",
            )
    dropped = int(frame["date"].duplicated().sum())
    log.add(
        "duplicates",
        "note" if dropped else "ok",
        f"{dropped:,} rows repeat a day" + (f", first {again['date'].iloc[0]:%Y-%m-%d}" if dropped else ""),
        "one row a day",
        "the repeats say the same price: left out" if dropped else "nothing",
    )
    return frame[~frame["date"].duplicated()]
