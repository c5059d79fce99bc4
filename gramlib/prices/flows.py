"""Redemption histories: ounces of a fund or tokens of a stablecoin outstanding, and their change from row to row.

What a calibration wants is holders' decisions. A change that has another cause is flagged: the first row, a gap in
the record, a split, an isolated jump (a mint into the issuer's treasury, or another definition of what circulates),
and a jump that is taken back. Waves of large redemptions are no isolated jumps and stay unflagged: USDC in March
2023, and a coin that lost a quarter of its supply in a day amid a week of such days.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gramlib.artefacts import check_table, empty_table
from gramlib.errors import DataContractError
from gramlib.prices.quality import QualityLog
from gramlib.sources.raw import RawSeries

GAP_DAYS = 10
STEP = 0.10
ISOLATED_ROWS = 3
ISOLATED = 0.25
"""An isolated jump is four times as large as all moves on the three rows either side."""
SPLIT_FACTORS = tuple(range(2, 21))
SPLIT_WITHIN = 0.005
TAKEN_BACK_ROWS = 10
TAKEN_BACK_WITHIN = 0.10
SHUT_ON_WEEKENDS = 0.1
"""Share of changes that span more than a day, above which a product is one of business days."""
UNIT_OF = {"oz": "ounces", "tokens": "tokens"}


def flow_table(series: list[tuple[str, RawSeries]], last_day: str, log: QualityLog) -> pd.DataFrame:
    """Catalogue table `flows` of (product, quantities as they came); rows after `last_day` (ISO; empty: none) are cut.

    Raises DataContractError for negative quantities, days given twice, and a unit that is neither oz nor tokens.
    """
    tables = [_one(product, raw, last_day, log) for product, raw in series]
    tables = [table for table in tables if len(table)]
    return check_table("flows", pd.concat(tables, ignore_index=True), "flows") if tables else empty_table("flows")


def _one(product: str, raw: RawSeries, last_day: str, log: QualityLog) -> pd.DataFrame:
    if raw.unit not in UNIT_OF:
        raise DataContractError(f"{product} is counted in {raw.unit}", expected="ounces (oz) or tokens", origin=raw.origin,
                                remedy="give the quantity outstanding, not its value")  # fmt: skip
    log.include(raw.notes, f"flow {product}")
    rows = raw.frame.sort_values("date", kind="stable")
    _refuse_impossible(rows, raw.origin)
    if last_day:
        rows = rows[rows["date"] <= pd.Timestamp(last_day)]
    known = rows[rows["value"] > 0]
    before = int((rows["date"] < known["date"].iloc[0]).sum()) if len(known) else len(rows)
    within = len(rows) - before - len(known)
    if len(known) < 2:
        log.add(f"flow {product}: coverage", "warning", f"{len(known)} quantity above zero", "a history", "left out")
        return empty_table("flows")
    quantity = known["value"].to_numpy()
    days = np.diff(known["date"].to_numpy()).astype("timedelta64[D]").astype("int64")
    share = np.append(np.nan, quantity[1:] / quantity[:-1] - 1.0)
    table = pd.DataFrame(
        {
            "date": known["date"].to_numpy().astype("datetime64[us]"),
            "product": product,
            "quantity": quantity,
            "unit": UNIT_OF[raw.unit],
            "change": np.append(np.nan, np.diff(quantity)),
            "change_share": share,
            "days": np.append(0, days),
            "flag": _flags(share, np.append(0, days)),
            "source": raw.card.id,
        }
    )
    _note(table, before, within, log)
    return table


def _refuse_impossible(rows: pd.DataFrame, origin: str) -> None:
    wrong = rows[(rows["value"] < 0) | ~np.isfinite(rows["value"].fillna(0.0))]
    twice = rows[rows["date"].duplicated()]
    for bad, words in ((wrong, "a quantity that is negative or infinite"), (twice, "a second quantity for one day")):
        if len(bad):
            raise DataContractError(f"{words}: {bad['value'].iloc[0]:g} on {bad['date'].iloc[0]:%Y-%m-%d}, {len(bad)} such row(s)",
                                    expected="one quantity outstanding a day, zero or more", origin=f"{origin}:{bad.index[0]}",
                                    remedy="mend that row")  # fmt: skip


def _flags(share: NDArray[np.float64], days: NDArray[np.int64]) -> NDArray[np.object_]:
    """Flag of each row (n,) from the relative change and the days since the row before."""
    flag = np.full(len(share), "", dtype=object)
    step = np.log1p(share)
    size = np.abs(np.nan_to_num(step))
    around = _moved_around(size)
    jump = (size >= np.log1p(STEP)) & (around <= ISOLATED * size)
    flag[jump] = "step"
    flag[jump & _is_split(share)] = "split"
    for place in np.flatnonzero(jump):
        later = slice(place + 1, place + 1 + TAKEN_BACK_ROWS)
        undone = np.flatnonzero(jump[later] & (np.abs(step[later] + step[place]) <= TAKEN_BACK_WITHIN * size[place]))
        if len(undone):
            flag[[place, place + 1 + undone[0]]] = "reverted"
    flag[days > GAP_DAYS] = "gap"
    flag[0] = "first"
    return flag


def _moved_around(size: NDArray[np.float64]) -> NDArray[np.float64]:
    """Sum of the moves on the rows either side of each one, without it."""
    window = 2 * ISOLATED_ROWS + 1
    padded = np.pad(size, ISOLATED_ROWS)
    return np.convolve(padded, np.ones(window), "valid") - size


def _is_split(share: NDArray[np.float64]) -> NDArray[np.bool_]:
    ratio = 1.0 + np.nan_to_num(share)
    factors = np.array([*SPLIT_FACTORS, *(1.0 / factor for factor in SPLIT_FACTORS)])
    return (np.abs(ratio[:, None] / factors - 1.0) <= SPLIT_WITHIN).any(axis=1)


def _note(table: pd.DataFrame, before: int, within: int, log: QualityLog) -> None:
    product, unit = table["product"].iloc[0], table["unit"].iloc[0]
    clean = table[table["flag"] == ""]
    worst = table.loc[clean["change_share"].idxmin()] if len(clean) else table.iloc[0]
    flagged = table[~table["flag"].isin(["", "first"])]
    firsts = ", ".join(
        f"{row.date:%Y-%m-%d} {100 * row.change_share:+.0f}% {row.flag}" for row in flagged.head(4).itertuples()
    )
    log.add(
        f"flow {product}: coverage",
        "note" if len(flagged) or within else "ok",
        f"{len(table):,} days from {table['date'].iloc[0]:%Y-%m-%d} to {table['date'].iloc[-1]:%Y-%m-%d}, last {table['quantity'].iloc[-1]:,.0f} {unit}; "
        f"largest unflagged fall {100 * worst['change_share']:.1f}% on {worst['date']:%Y-%m-%d}; "
        f"{before:,} empty or zero rows at the start, {within:,} later; {len(flagged):,} flagged" + (f" ({firsts})" if firsts else ""),
        "changes that are holders' decisions",
        "zero rows left out; splits, isolated jumps, reverted jumps and gaps flagged",
    )  # fmt: skip
    spans = table["days"] > 1
    if spans.mean() > SHUT_ON_WEEKENDS:
        daily = clean.loc[clean["days"] == 1, "change_share"].abs().mean()
        after = clean.loc[clean["days"] > 1, "change_share"].abs().mean()
        log.add(
            f"flow {product}: calendar", "note",
            f"{int(spans.sum()):,} changes span two days or more; mean size {1e4 * after:.0f} bp against {1e4 * daily:.0f} bp over one day",
            "one day a change", "kept, with the span in column days: divide before comparing days",
        )  # fmt: skip
        return
    weekend = clean["date"].dt.day_of_week >= 5
    log.add(
        f"flow {product}: calendar", "note",
        f"seven days a week; mean size {1e4 * clean.loc[weekend, 'change_share'].abs().mean():.0f} bp on weekends, "
        f"{1e4 * clean.loc[~weekend, 'change_share'].abs().mean():.0f} bp on weekdays",
        "banks are shut on weekends and holidays: redemptions pile up behind them", "kept as stated",
    )  # fmt: skip
