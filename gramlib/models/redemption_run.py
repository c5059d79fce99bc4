"""How holders run from a claim they no longer trust: the run regime, fitted to stablecoin supplies in two known runs.

USDC lost its bank in March 2023, USDT was doubted in May 2022. A run begins on the first business day of the event's window on
which at least 1% of tokens is redeemed net, and ends before the first two business days in a row on which less is.
Weekend changes belong to the Monday that ends them, because the model's day is a business day. From each run:

    event_rate    mean net redemption a business day, what a5 must give on a day of level 1: a5 = x(event_rate) - a0
    peak_rate     the largest business day, a lower bound of rhomax
    mean_days     length; geometric as the driver has it, so that n runs estimate the mean with error sqrt(m (m - 1) / n)
    total_share   tokens gone by the end

Supplies show net redemptions after the coin's own discount and queue had worked: a5 holds all of that, while the
model's a2 and a3 come on top. The runs were chosen because they became runs: a confidence event that fizzles out is no part of
these figures, so they say what an event of level 1 must be able to do, not what the average worry does. Two runs of two issuers who survived estimate nothing surely: within-run errors come from a
block bootstrap of the days, between-run errors from the range, and both are joined.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from gramlib.errors import DataContractError
from gramlib.models.resampling import block_rows
from gramlib.readable import readable

RUN_DAY = 0.01
QUIET_DAYS = 2
MEAN_BLOCK_DAYS = 3


@readable
@dataclass(frozen=True)
class RunEvent:
    """Where to look for a run: product of table `flows`, ISO dates of the window."""

    product: str
    start: str
    end: str


KNOWN_RUNS = (RunEvent("usdt", "2022-05-09", "2022-06-10"), RunEvent("usdc", "2023-03-06", "2023-04-14"))


@readable
@dataclass(frozen=True)
class Run:
    """One run: net `outflow` (n,) as a share a business day, from `first` to `last`, and `total_share` gone by then.

    `rate_error` is the standard error of the mean outflow within this run; `peak_calendar_day` the largest fall over
    one calendar day.
    """

    product: str
    first: str
    last: str
    outflow: np.ndarray
    rate_error: float
    total_share: float
    peak_calendar_day: float

    @property
    def rate(self) -> float:
        """Mean net redemption, share a business day."""
        return float(self.outflow.mean())

    @property
    def peak(self) -> float:
        """Net redemption of the worst business day."""
        return float(self.outflow.max())


def find_run(flows: pd.DataFrame, event: RunEvent, rng: np.random.Generator, n_draws: int = 400) -> Run:
    """The run of `event.product` in catalogue table `flows` within the event's window.

    Raises DataContractError where the window is not covered, or holds no day of 1%.
    """
    rows = flows[flows["product"] == event.product].set_index("date")["quantity"].sort_index()
    weekdays = pd.bdate_range(event.start, event.end)
    before = weekdays[0] - pd.offsets.BDay(1)
    level = rows.reindex(weekdays.insert(0, before))
    place = f"{event.product} from {event.start} to {event.end}"
    if level.isna().any():
        raise DataContractError(f"{place}: no quantity on {int(level.isna().sum())} of {len(level)} business days", expected="one every business day",
                                origin="table flows", remedy="give a daily supply that covers the window (data.flow_files)")  # fmt: skip
    outflow = -level.pct_change().to_numpy()[1:]
    running = outflow >= RUN_DAY
    if not running.any():
        raise DataContractError(f"{place}: the worst business day lost {outflow.max():.2%}", expected=f"a day of {RUN_DAY:.0%} or more",
                                origin="table flows", remedy="correct the window of the run")  # fmt: skip
    first = int(np.argmax(running))
    stop = first + 1
    while stop < len(running) and running[stop : stop + QUIET_DAYS].any():
        stop += 1
    outflow = outflow[first:stop]
    means = [outflow[block_rows(len(outflow), MEAN_BLOCK_DAYS, rng)].mean() for _ in range(n_draws)]
    whole = rows.loc[(level.index[first] if first else before) : weekdays[stop - 1]]
    return Run(
        event.product,
        f"{weekdays[first]:%Y-%m-%d}",
        f"{weekdays[stop - 1]:%Y-%m-%d}",
        outflow,
        float(np.std(means, ddof=1)),
        float(1.0 - level.iloc[stop] / level.iloc[first]),
        float(-whole.pct_change().min()),
    )


@readable
@dataclass(frozen=True)
class RunFit:
    """What `runs` say together: each figure with its standard error."""

    runs: tuple[Run, ...]
    event_rate: float
    event_rate_error: float
    peak_rate: float
    peak_rate_error: float
    mean_days: float
    mean_days_error: float
    total_share: float
    total_share_error: float


def fit_runs(runs: tuple[Run, ...]) -> RunFit:
    """Join `runs`: the plain mean over runs, but the largest peak. Raises DataContractError for no run."""
    if not runs:
        raise DataContractError("no run to fit", expected="at least one", origin="gramlib.models.redemption_run",
                                remedy="give usdc or usdt supplies (data.flow_files)")  # fmt: skip
    n = len(runs)
    rates, peaks = [run.rate for run in runs], [run.peak for run in runs]
    days, totals = [len(run.outflow) for run in runs], [run.total_share for run in runs]
    within = math.sqrt(sum(run.rate_error**2 for run in runs)) / n
    mean_days = float(np.mean(days))
    return RunFit(
        runs,
        float(np.mean(rates)),
        math.hypot(within, _between(rates)),
        max(peaks),
        _between(peaks),
        mean_days,
        math.sqrt(mean_days * (mean_days - 1.0) / n),
        float(np.mean(totals)),
        _between(totals),
    )


def _between(values: list[float]) -> float:
    """Standard error of the mean over runs; half the range for two, nought (that is: unknown) for one."""
    return float(np.std(values, ddof=1) / math.sqrt(len(values))) if len(values) > 1 else 0.0
