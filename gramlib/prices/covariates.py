"""What moves with gold, each value with the day on which it could be used: real yield, gold's implied volatility, the dollar.

The Treasury and Cboe publish a day's figure in the New York evening, after London's afternoon price, and FRED carries it on
the next business day: it may be used at the end of the next London business day. The dollar's index comes once a week (H.10,
on Monday evening, on Tuesday after a holiday): a week's values may be used from the Tuesday of the week after. A file is read
as if it came from there, since nobody says when its figures were first seen.

Values are those of today's record, not of the first print; the dollar's alone is revised more than now and then.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from gramlib.artefacts import check_table, empty_table
from gramlib.errors import DataContractError
from gramlib.prices.quality import QualityLog
from gramlib.prices.rows import calendar
from gramlib.sources.raw import RawSeries

STATED_IN = {"real_yield": ("percent a year", "1/year"), "gvz": ("percent a year", "1/sqrt(year)"), "dollar": ("index", "index")}  # fmt: skip
"""Unit each covariate arrives in, and the one it is handed on in: shares and rates are fractions."""
PLAUSIBLE = {"real_yield": (-10.0, 15.0), "gvz": (1.0, 300.0), "dollar": (10.0, 500.0)}
"""As stated; measured: -1.19 to 3.15, 8.9 to 64.5, 86 to 130."""
SMALLEST_YIELD = 0.06
ROWS_THAT_TELL = 60
"""So many real yields in percent are never all within 0.06 of zero; as fractions they always are."""
LONGEST_LAG_DAYS = 21
PERCENT = 0.01


def covariate_table(series: list[tuple[str, RawSeries]], last_day: str, log: QualityLog) -> pd.DataFrame:
    """Catalogue table `covariates` of (name, values as they came); what was not known by `last_day` (ISO; empty: none) is cut.

    Raises DataContractError for days given twice, values that cannot be, and a unit other than the publisher's.
    """
    tables = [_one(name, raw, last_day, log) for name, raw in series]
    tables = [table for table in tables if len(table)]
    if not tables:
        return empty_table("covariates")
    return check_table("covariates", pd.concat(tables, ignore_index=True), "covariates")


def known_on(name: str, dates: pd.DatetimeIndex) -> pd.DatetimeIndex:
    """London business day (n,) at whose end the value of covariate `name` for each of `dates` (n,) may be used."""
    days = dates.to_numpy().astype("datetime64[D]")
    earliest = days + 1
    if name == "dollar":
        weekday = (days.astype("int64") + 3) % 7  # day 0, 1 January 1970, was a Thursday
        earliest = days - weekday + 8
    open_days = calendar(pd.Timestamp(days.min()), pd.Timestamp(days.max() + LONGEST_LAG_DAYS))
    return open_days[open_days.searchsorted(earliest.astype("datetime64[us]"))]


def _one(name: str, raw: RawSeries, last_day: str, log: QualityLog) -> pd.DataFrame:
    stated, unit = STATED_IN[name]
    if raw.unit != stated:
        raise DataContractError(f"{name} is stated in {raw.unit}", expected=stated, origin=raw.origin,
                                remedy="give the series as its publisher states it")  # fmt: skip
    log.include(raw.notes, f"covariate {name}")
    rows = raw.frame.sort_values("date", kind="stable")
    blank = int(rows["value"].isna().sum())
    rows = rows[rows["value"].notna()]
    if rows.empty:
        log.add(f"covariate {name}: coverage", "warning", "no value", "a history", "left out")
        return empty_table("covariates")
    _refuse_impossible(name, rows, raw.origin)
    usable = known_on(name, pd.DatetimeIndex(rows["date"]))
    value = rows["value"].to_numpy(dtype="float64")
    table = pd.DataFrame(
        {
            "date": rows["date"].to_numpy().astype("datetime64[us]"),
            "name": name,
            "value": value * PERCENT if stated.startswith("percent") else value,
            "unit": unit,
            "known_on": usable.to_numpy().astype("datetime64[us]"),
            "source": raw.card.id,
        }
    )
    if last_day:
        table = table[table["known_on"] <= pd.Timestamp(last_day)].reset_index(drop=True)
    _note(name, table, blank, log)
    return table


def _refuse_impossible(name: str, rows: pd.DataFrame, origin: str) -> None:
    low, high = PLAUSIBLE[name]
    outside = rows[~rows["value"].between(low, high)]
    twice = rows[rows["date"].duplicated()]
    for bad, words in ((outside, f"{name} outside {low:g} to {high:g}"), (twice, f"a second {name} for one day")):
        if len(bad):
            raise DataContractError(f"{words}: {bad['value'].iloc[0]:g} on {bad['date'].iloc[0]:%Y-%m-%d}, {len(bad)} such row(s)",
                                    expected=f"one value a day, in {STATED_IN[name][0]}", origin=f"{origin}:{bad.index[0]}",
                                    remedy="mend that row, or give another file")  # fmt: skip
    if name == "real_yield" and len(rows) >= ROWS_THAT_TELL and rows["value"].abs().max() < SMALLEST_YIELD:
        raise DataContractError(f"every {name} lies within {SMALLEST_YIELD} of zero", expected="percent a year, such as 1.75",
                                origin=origin, remedy="multiply by 100: the file seems to hold fractions")  # fmt: skip


def _note(name: str, table: pd.DataFrame, blank: int, log: QualityLog) -> None:
    if table.empty:
        log.add(f"covariate {name}: coverage", "warning", "nothing was known by the last day", "a history", "left out")
        return
    gap = int(table["date"].diff().dt.days.max()) if len(table) > 1 else 0
    lag = int(np.median((table["known_on"] - table["date"]).dt.days))
    log.add(
        f"covariate {name}: coverage",
        "note" if blank else "ok",
        f"{len(table):,} values from {table['date'].iloc[0]:%Y-%m-%d} to {table['date'].iloc[-1]:%Y-%m-%d}; {blank:,} blank; "
        f"longest gap {gap} days; usable {lag} day(s) later at the median",
        "a value on each business day of its market",
        "blanks left out; each value waits for the day it was known on",
    )  # fmt: skip
