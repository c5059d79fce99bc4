"""The Python door of the kernel: allocate, share the paths out to threads, wrap what comes back.

Threads are Python's: the kernel lets go of the interpreter while it works. Each takes a task of TASK_PATHS paths after
the other, works in a `Room` of its own and writes its paths' places in the results, so that nothing depends on who walked
which path. Beyond the results, memory does not grow with paths.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from math import nan
from typing import Any

import numpy as np

from gramlib.errors import Interrupted
from gramlib.params.issuer import Issuer
from gramlib.simulation.book import block_sizes_g
from gramlib.simulation.events import Events
from gramlib.simulation.fan import FanCounts
from gramlib.simulation.kernel import fan, judge
from gramlib.simulation.kernel.cache_folder import is_compiled
from gramlib.simulation.kernel.drivers import driver_terms
from gramlib.simulation.kernel.happening import given_events
from gramlib.simulation.kernel.issuer_record import issuer_record
from gramlib.simulation.kernel.lanes import DAY_NAMES, FIGURES, LANES, MAX_HOLDERS
from gramlib.simulation.kernel.loop import Results, World, room, run_task
from gramlib.simulation.kernel.philox import key_words
from gramlib.simulation.kernel.prices import price_terms
from gramlib.simulation.outcomes import Outcomes
from gramlib.simulation.own_funds import OwnFundsRule
from gramlib.simulation.price_driver import PriceDriver

Progress = Callable[[int, int, str], None]

TASK_PATHS = 32 * LANES
"""Paths a thread takes at a time: some hundredths of a second, so that progress moves and an interrupt is heard."""

_LOOK_S = 0.2
"""Seconds between two looks at the keyboard while threads work."""


def run(
    issuer: Issuer,
    driver: PriceDriver,
    n_paths: int,
    n_days: int,
    *,
    start_usd_per_g: float = nan,
    drivers: Sequence[str] | None = (),
    events: Events | None = None,
    sigma_sample: float = 0.0,
    own_funds: OwnFundsRule | None = None,
    seed: int = 0,
    replicate: int = 0,
    first_path: int = 0,
    threads: int | None = None,
    fan_paths: int | None = 0,
    progress: Progress | None = None,
) -> tuple[Outcomes, FanCounts | None]:
    """Walk `n_paths` paths over `n_days` days; their outcomes, and the fan's counts where it is asked for.

    `driver` draws the prices from `start_usd_per_g`, or holds them as given (`PriceDriver.given`; the fan's day 0 is then
    that of the first path). `drivers` names what is drawn beside prices; None draws nothing at all, which leaves large
    holders to their average as in a replay. `events` are given in addition. Draws are addressed by `seed`, `replicate` and the
    number of the path, `first_path` and following: the outcomes of a path do not depend on threads, nor on how paths
    are shared out over calls. The first `fan_paths` paths (None: all) are counted into the fan.

    Raises ParameterError for unknown drivers, Interrupted when stopped by the keyboard, saying how far it came.
    """
    start = start_usd_per_g if driver.kind != "given" else float(driver.prices_usd_per_g[0, 0])
    world = _world(issuer, driver, start, drivers, events, sigma_sample, own_funds, seed, replicate, first_path)
    fan_paths = n_paths if fan_paths is None else min(fan_paths, n_paths)
    counted_days = fan.counted_days(n_days) if fan_paths else np.zeros(0, np.int64)
    n_threads = max(1, min(threads or _processors(), -(-n_paths // TASK_PATHS)))
    results = _results(n_paths)
    counts = [np.zeros((len(counted_days), len(fan.SCALES), fan.BINS), np.int32) for _ in range(n_threads)]
    _walk(world, results, counts, issuer, events, n_paths, n_days, fan_paths, progress)
    counted = None
    if fan_paths:
        counted = FanCounts(np.asarray(np.sum(counts, axis=0, dtype=np.int64)), counted_days, world.opening, fan_paths)
    return _outcomes(results), counted


def day_records(
    issuer: Issuer,
    driver: PriceDriver,
    n_days: int,
    *,
    start_usd_per_g: float = nan,
    drivers: Sequence[str] | None = (),
    events: Events | None = None,
    sigma_sample: float = 0.0,
    own_funds: OwnFundsRule | None = None,
    seed: int = 0,
    replicate: int = 0,
    path: int = 0,
) -> dict[str, np.ndarray]:
    """Every day of one path, day 1 to n, as `run` walks it: arrays (n_days,) named as the fields of `day.Day`.

    `path` is the address of the draws; given prices and events are those of this one path.
    """
    start = start_usd_per_g if driver.kind != "given" else float(driver.prices_usd_per_g[0, 0])
    world = _world(issuer, driver, start, drivers, events, sigma_sample, own_funds, seed, replicate, path)
    results = _results(1)._replace(ledger=np.zeros((n_days, len(DAY_NAMES))))
    _walk(world, results, [np.zeros((0, len(fan.SCALES), fan.BINS), np.int32)], issuer, events, 1, n_days, 0, None)
    return {name: results.ledger[:, column] for column, name in enumerate(DAY_NAMES)}


def _world(
    issuer: Issuer,
    driver: PriceDriver,
    start_usd_per_g: float,
    drivers: Sequence[str] | None,
    events: Events | None,
    sigma_sample: float,
    own_funds: OwnFundsRule | None,
    seed: int,
    replicate: int,
    first_path: int,
) -> World:
    rule = own_funds or OwnFundsRule()
    fixed_usd = max(rule.floor_usd, rule.overheads_share * issuer.costs.opex_usd_year)
    has_sigma = driver.kind != "given" or driver.given_sigma.size > 0
    blocks_g = np.zeros(MAX_HOLDERS)
    given = given_events(events)
    sizes = block_sizes_g(issuer)
    blocks_g[: len(sizes)] = sizes
    return World(
        issuer=issuer_record(issuer),
        rule=(rule.reserve_share, fixed_usd),
        blocks_g=blocks_g,
        prices=price_terms(driver),
        start_usd_per_g=start_usd_per_g,
        events=given,
        any_events=any(array.size > 0 for array in given),
        driver_terms=driver_terms(issuer, drivers or (), has_sigma, sigma_sample),
        driving=bool(drivers),
        drawing=drivers is not None,
        key=key_words(seed),
        replicate=replicate,
        first_path=first_path,
        opening=_opening(issuer, start_usd_per_g),
    )


def _opening(issuer: Issuer, price_usd_per_g: float) -> tuple[float, float, float, float]:
    """P0, N0, E0, W0."""
    owed_usd = price_usd_per_g * issuer.tokens_g
    equity_usd = price_usd_per_g * issuer.opening_gold_g + issuer.cash_usd + issuer.bills_usd - owed_usd
    return price_usd_per_g, issuer.tokens_g, equity_usd, owed_usd


def _results(n_paths: int) -> Results:
    return Results(
        figures=np.zeros((len(FIGURES), n_paths)),
        first_day=np.zeros((judge.N_PREDICATES, n_paths), np.int16),
        cause=np.zeros((judge.N_PREDICATES, n_paths), np.int8),
        status=np.zeros(n_paths, np.int8),
        counts=np.zeros((0, len(fan.SCALES), fan.BINS), np.int32),
        ledger=np.zeros((0, 0)),
    )


def _outcomes(results: Results) -> Outcomes:
    columns: dict[str, Any] = dict(zip(FIGURES, results.figures, strict=True))
    for predicate in range(judge.N_PREDICATES):
        columns[f"f{predicate + 1}_day"] = results.first_day[predicate]
        columns[f"f{predicate + 1}_cause"] = results.cause[predicate]
    return Outcomes(**columns, status_code=results.status)


def _walk(
    world: World,
    results: Results,
    counts: list[np.ndarray],
    issuer: Issuer,
    events: Events | None,
    n_paths: int,
    n_days: int,
    fan_paths: int,
    progress: Progress | None,
) -> None:
    """Share the tasks out to as many threads as there are arrays of counts."""
    longest_lag = _longest_lag(issuer, events, world.driving)
    ledger = results.ledger.size > 0
    rooms = [(room(issuer, n_days, longest_lag, ledger), results._replace(counts=own)) for own in counts]
    free, done, label = threading.local(), 0, f"{n_paths:,} paths of {n_days:,} days"
    lock = threading.Lock()

    def task(first: int) -> int:
        if not hasattr(free, "room"):
            with lock:
                free.room = rooms.pop()
        stop = min(first + TASK_PATHS, n_paths)
        own_room, own_results = free.room
        run_task(world, own_results, own_room, first, stop, n_days, fan_paths)
        return stop - first

    if progress:
        first = not (run_task.signatures or is_compiled())
        progress(0, n_paths, "compiling the engine, once on this machine" if first else label)
    with ThreadPoolExecutor(len(rooms), thread_name_prefix="gram-kernel") as pool:
        pending: set[Future[int]] = {pool.submit(task, first) for first in range(0, n_paths, TASK_PATHS)}
        try:
            while pending:
                finished, pending = wait(pending, timeout=_LOOK_S, return_when=FIRST_COMPLETED)
                done += sum(future.result() for future in finished)
                if progress and finished:
                    progress(done, n_paths, label)
        except KeyboardInterrupt:
            raise Interrupted(f"stopped by the keyboard after {done:,} of {n_paths:,} paths") from None
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def _longest_lag(issuer: Issuer, events: Events | None, driving: bool) -> int:
    """Most days from a trade to its settlement that can come up."""
    lag_days = issuer.market.lag_days
    if driving:
        lag_days = max(lag_days, issuer.drivers.liquidity.squeeze_lag_days)
    return lag_days if events is None else max(lag_days, int(events.lag_days.max()))


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
