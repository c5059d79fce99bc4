"""Prices that are no market moves: set aside where they stand alone, refused where they last, flagged where merely suspicious.

Real gold fell 13.2% on 1980-01-22 and 9.9% on 2026-01-30 and rose 13.3% on 1980-01-03: size alone convicts nobody.
What convicts is a step no market makes, or one of over a fifth that is taken back at once. Five rules, each with a
row of its own in the quality table that says what it caught, or what it would have caught:

    signs    a negative price of the size of its neighbours      set aside, lone rows only; many are returns: refused
    slips    up to three rows beyond any market move             set aside, with the factor that explains them
    reverted a single-day move of over 20% that is taken back     set aside in gold; thin token markets have such wicks
    units    such a step that lasts: another unit from there on  refused, with the line and the factor
    outliers a single-day spike of 10% to 20% that reverts       kept and flagged: real moves look alike
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gramlib.errors import DataContractError
from gramlib.prices.quality import QualityLog, examples
from gramlib.units import GRAMS_PER_KILOGRAM, GRAMS_PER_TOLA, GRAMS_PER_TROY_OUNCE

SPIKE = 0.10
CERTAIN_SPIKE = 0.20
TAKEN_BACK = 0.8
IMPOSSIBLE_LOG_STEP = 0.5
LONGEST_SLIP_ROWS = 3
MOST_SET_ASIDE = 0.01
FEWEST_TO_JUDGE = 5
LONG_GAP_DAYS = 250
WEEK_DAYS = 5
EXPLAINED_WITHIN = 0.15
EXPLANATIONS = {
    "a decimal point slipped by one place": 10.0,
    "a decimal point slipped by two places": 100.0,
    "a decimal point slipped by three places": 1000.0,
    "USD per ounce and per gram mixed": GRAMS_PER_TROY_OUNCE,
    "USD per kilogram and per ounce mixed": GRAMS_PER_KILOGRAM / GRAMS_PER_TROY_OUNCE,
    "USD per ounce and per tola mixed": GRAMS_PER_TROY_OUNCE / GRAMS_PER_TOLA,
}

Log = NDArray[np.float64]


def business_gaps(dates: pd.Series) -> NDArray[np.int64]:
    """Weekdays (n,) from each row of ascending `dates` to the one before, at least 1; 1 for the first."""
    days = dates.to_numpy().astype("datetime64[D]")
    return np.maximum(np.append(1, np.busday_count(days[:-1], days[1:])), 1)


def few(count: int, rows: int) -> bool:
    """Whether `count` rows of `rows` are few enough to be set aside instead of refusing the file."""
    return count <= max(LONGEST_SLIP_ROWS, MOST_SET_ASIDE * rows)


def without_sign_errors(frame: pd.DataFrame, origin: str, log: QualityLog) -> pd.DataFrame:
    """`frame` (file order, no missing values) without lone negative prices of the size of the others.

    Raises DataContractError when they are many or of another size: returns are not prices.
    """
    negative = frame["value"] < 0
    found = int(negative.sum())
    typical = float(np.log(frame["value"].abs().median())) if found else 0.0
    off = np.abs(np.log(frame.loc[negative, "value"].abs()) - typical)
    if found and (not few(found, len(frame)) or bool((off > 4 * IMPOSSIBLE_LOG_STEP).any())):
        line, row = frame.index[negative][0], frame[negative].iloc[0]
        raise DataContractError(
            f"price {row['value']:g} on {row['date']:%Y-%m-%d}; {found:,} negative price(s)",
            expected="positive prices in USD",
            origin=f"{origin}:{line}",
            remedy="mend that line; returns are not prices",
        )
    listed = [
        f"line {line}, {row['value']:g} on {row['date']:%Y-%m-%d}" for line, row in frame[negative].head(3).iterrows()
    ]
    log.add(
        "signs",
        "warning" if found else "ok",
        f"{found} negative price(s)" + (f": {examples(listed)}" if found else ""),
        "positive prices; a lone minus sign before a price of the usual size would be caught",
        "set aside: those days have no quote" if found else "nothing",
        outliers=found,
    )
    return frame[~negative]


def without_slips(frame: pd.DataFrame, log: QualityLog) -> pd.DataFrame:
    """`frame` (ascending, one positive price a day) without rows that no market move explains and that do not last.

    A step beyond a factor of 1.65 (more over a gap) cuts the series; pieces of up to three rows off from the longer
    pieces beside them are slips.
    """
    price = np.log(frame["value"].to_numpy())
    slip = _lone_pieces(price, business_gaps(frame["date"]))
    expected = "no lone price beyond a factor of 1.65: slips by 10, 100, 1000, a row per gram or kilogram, a lost digit would be caught"
    return _set_aside(frame, slip, "slips", "price(s) off from both neighbours", expected, log)


def without_reverted(frame: pd.DataFrame, log: QualityLog) -> pd.DataFrame:
    """`frame` (ascending, one positive price a day) without single rows that moved by over 20% and came back by 80% next day."""
    price = np.log(frame["value"].to_numpy())
    gaps = business_gaps(frame["date"])
    step = np.diff(price, prepend=price[:1])
    near = (gaps <= WEEK_DAYS) & (np.append(gaps[1:], LONG_GAP_DAYS) <= WEEK_DAYS)
    spike = (np.abs(step) > np.log1p(CERTAIN_SPIKE)) & _taken_back(step) & near
    expected = "no move beyond 20% that is taken back next day: gold's largest day since 1968 is 13.3%, and it stayed"
    return _set_aside(frame, spike, "reverted", "move(s) beyond 20% taken back next day", expected, log)


def refuse_impossible_steps(
    frame: pd.DataFrame, gap_days: NDArray[np.int64], origin: str, log: QualityLog | None = None
) -> None:
    """Raise DataContractError at the first step from row to row beyond a factor of 1.65, with what explains it.

    `gap_days` (n,) counts business days since the row before. The limit grows with the square root of the gap,
    to a factor of 7.4; over a year without a quote nothing is judged. `log` gets the row that says none was found.
    """
    step = np.diff(np.log(frame["value"].to_numpy()), prepend=np.nan)
    bad = np.flatnonzero((np.abs(step) > _limit(gap_days)) & (gap_days <= LONG_GAP_DAYS))
    if not len(bad):
        if log is not None:
            log.add("units", "ok", "no lasting step beyond a factor of 1.65", "one unit from the first row to the last; ounces turning into "
                    "grams, kilograms or tola half-way would be caught, and a decimal point moved from some day on", "nothing")  # fmt: skip
        return
    place = int(bad[0])
    before, row = frame.iloc[place - 1], frame.iloc[place]
    raise DataContractError(
        f"{row['date']:%Y-%m-%d}: {row['value']:g} after {before['value']:g}, {len(bad)} such step(s): {explain(step[place])}",
        expected="no step beyond a factor of 1.65 in a day: gold's largest since 1968 is 1.15",
        origin=f"{origin}:{frame.index[place]}",
        remedy="mend that row, or the one before it",
    )


def explain(log_step: float) -> str:
    """What a step of that log size most likely is."""
    for words, factor in EXPLANATIONS.items():
        if abs(abs(log_step) - np.log(factor)) < EXPLAINED_WITHIN:
            return f"{words} (a factor of {np.exp(abs(log_step)):.3g})"
    return f"no market move (a factor of {np.exp(abs(log_step)):.3g})"


def flag_spikes(frame: pd.DataFrame, log: QualityLog) -> NDArray[np.bool_]:
    """Which rows (n,) moved by more than 10% and were taken back by 80% or more on the next; they are kept."""
    log_price = np.log(frame["value"].to_numpy())
    step = np.diff(log_price, prepend=log_price[0])
    large = np.abs(step) > np.log1p(SPIKE)
    spike = large & _taken_back(step)
    real = large & ~spike & ~np.append(False, spike[:-1])
    log.add(
        "outliers",
        "warning" if spike.any() else "ok",
        f"{int(spike.sum())} spike(s) beyond 10% taken back next day" + _listed(frame, spike, step)
        + f"; {int(real.sum())} move(s) beyond 10% that stayed" + _listed(frame, real, step),
        "no spike beyond 10% that reverts by 80% next day; a move that stays is a market's",
        "kept, flagged in column outlier" if spike.any() else "kept" if real.any() else "nothing",
        outliers=int(spike.sum()),
    )  # fmt: skip
    return spike


def _limit(gap_days: NDArray[np.int64]) -> Log:
    return np.minimum(IMPOSSIBLE_LOG_STEP * np.sqrt(np.maximum(gap_days, 1)), 2.0)


def _taken_back(step: Log) -> NDArray[np.bool_]:
    following = np.append(step[1:], 0.0)
    return -following * np.sign(step) >= TAKEN_BACK * np.abs(step)


def _set_aside(
    frame: pd.DataFrame, wrong: NDArray[np.bool_], check: str, what: str, expected: str, log: QualityLog
) -> pd.DataFrame:
    """`frame` without the rows `wrong`, logged; all of them stay where they are too many to be slips."""
    found = int(wrong.sum())
    if not few(found, len(frame)) or len(frame) < FEWEST_TO_JUDGE:
        wrong, found = np.zeros(len(frame), dtype=bool), 0  # refused later, as a change of unit
    price = np.log(frame["value"].to_numpy())
    listed = [_slip_words(frame, price, wrong, place) for place in np.flatnonzero(wrong).tolist()]
    log.add(check, "warning" if found else "ok", f"{found} {what}" + (f": {examples(listed)}" if found else ""), expected,
            "set aside: those days have no quote" if found else "nothing", outliers=found)  # fmt: skip
    return frame[~wrong]


def _lone_pieces(price: Log, gaps: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Rows of pieces of up to three rows, cut off by impossible steps from longer pieces on both of their sides."""
    lone = np.zeros(len(price), dtype=bool)
    steps = np.abs(np.diff(price, prepend=price[0]))
    cuts = np.flatnonzero((steps > _limit(gaps)) & (gaps <= LONG_GAP_DAYS))
    if not len(cuts):
        return lone
    edges = np.concatenate([[0], cuts, [len(price)]])
    sizes = np.diff(edges)
    for piece, size in enumerate(sizes):
        first, end = edges[piece], edges[piece + 1]
        neighbours = [sizes[other] for other in (piece - 1, piece + 1) if 0 <= other < len(sizes)]
        rows = slice(first, end)
        inner = 0 < piece < len(sizes) - 1
        # At an end nothing shows whether the level comes back: only a single row is taken for a slip there.
        if (
            size <= (LONGEST_SLIP_ROWS if inner else 1)
            and max(neighbours) > LONGEST_SLIP_ROWS
            and _off_level(price, rows)
        ):
            lone[rows] = True
    return lone


def _off_level(price: Log, rows: slice) -> bool:
    """Whether `rows` lie off the level of the twenty rows around them."""
    around = np.concatenate([price[max(rows.start - 10, 0) : rows.start], price[rows.stop : rows.stop + 10]])
    return bool(np.abs(np.median(price[rows]) - np.median(around)) > IMPOSSIBLE_LOG_STEP)


def _slip_words(frame: pd.DataFrame, price: Log, slip: NDArray[np.bool_], place: int) -> str:
    good = np.flatnonzero(~slip)
    nearest = good[np.argmin(np.abs(good - place))]
    row = frame.iloc[place]
    return f"line {frame.index[place]}, {row['value']:g} on {row['date']:%Y-%m-%d}, {explain(float(price[place] - price[nearest]))}"


def _listed(frame: pd.DataFrame, which: NDArray[np.bool_], step: Log) -> str:
    items = [
        f"{frame['date'].iloc[place]:%Y-%m-%d} {100 * np.expm1(step[place]):+.1f}%" for place in np.flatnonzero(which)
    ]
    return f" ({examples(items)})" if items else ""
