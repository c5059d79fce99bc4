"""The Python door of the kernel: results depend on nothing but a path's address; interrupts, progress, chosen paths."""

from __future__ import annotations

import hashlib
from dataclasses import fields
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from price_records import driver

from gramlib.errors import Interrupted, ParameterError
from gramlib.params.issuer import Issuer
from gramlib.simulation import Events, Outcomes
from gramlib.simulation.drivers import DRIVERS
from gramlib.simulation.fan import FanCounts
from gramlib.simulation.kernel import launch
from gramlib.simulation.kernel.lanes import LANES
from gramlib.simulation.price_driver import PriceDriver

START, N_DAYS = 128.0, 30

BUSY = Issuer.from_record(
    {
        "minting": {"on": True}, "custodians": {"on": True, "insured_share": 0.5, "insurance_cap_usd": 1e8, "insurance_lag_days": 9},
        "banks": {"on": True}, "transit": {"on": True, "gold_g": 1e5}, "lease": {"on": True, "gold_g": 1e5, "calm_rate_year": 2.0},
        "in_kind": {"on": True}, "weekends": {"on": True}, "holders": {"on": True}, "swing_fee": {"on": True},
        "hedge": {"on": True, "short_g": 1e5}, "holding_fee": {"on": True}, "treasury": {"credit_line_usd": 1e7},
        "drivers": {
            "confidence": {"rate_year": 4.0}, "liquidity": {"squeeze_rate_year": 4.0, "squeeze_days": 5, "squeeze_lag_days": 7},
            "custody": {"rate_year": 2.0}, "custody_freeze": {"rate_year": 4.0, "days": 6}, "bank": {"rate_year": 2.0},
            "operations": {"rate_year": 10.0}, "cyber": {"rate_year": 4.0},
        },
    }
)  # fmt: skip


def run(n_paths: int, **changes: Any) -> tuple[Outcomes, FanCounts | None]:
    """A short run with everything on."""
    settings = {"start_usd_per_g": START, "drivers": DRIVERS, "sigma_sample": 0.01, "seed": 5, "replicate": 2} | changes
    return launch.run(BUSY, driver("gjr_garch_t"), n_paths, N_DAYS, **settings)


def digest(outcomes: list[Outcomes]) -> str:
    """Hash of all results, paths of all parts in order."""
    found = hashlib.sha256()
    for field in fields(Outcomes):
        found.update(np.concatenate([getattr(part, field.name) for part in outcomes]).tobytes())
    return found.hexdigest()


def test_results_depend_neither_on_threads_nor_on_shards(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(launch, "TASK_PATHS", 2 * LANES)
    n_paths = 9 * LANES + 5
    whole, fan = run(n_paths, threads=1, fan_paths=None)
    expected = digest([whole])
    for threads in (2, 4):
        other, other_fan = run(n_paths, threads=threads, fan_paths=None)
        assert digest([other]) == expected
        assert (other_fan.counts == fan.counts).all()
    for shards in (3, 8):
        edges = [n_paths * k // shards for k in range(shards + 1)]
        parts = [run(stop - first, first_path=first, fan_paths=None) for first, stop in pairwise(edges)]
        assert digest([outcomes for outcomes, _ in parts]) == expected
        counts = parts[0][1]
        for _, part in parts[1:]:
            counts = counts + part
        assert (counts.counts == fan.counts).all()
        assert counts.n_paths == n_paths
    for loss in ("event_loss_usd", "bank_loss_usd", "cyber_loss_usd"):
        assert (getattr(whole, loss) > 0.0).any(), (
            "shards that meet no event would agree whatever blocks did to each other"
        )
    assert (whole.f4_day != -1).any()
    assert len(set(whole.status_code)) > 2


def test_shards_of_given_prices_and_events_are_those_of_the_whole() -> None:
    rng = np.random.default_rng(3)
    n_paths = LANES + 40
    prices = START * np.exp(np.cumsum(0.02 * rng.standard_normal((n_paths, N_DAYS + 1)), axis=1))
    prices[:, 0] = START
    sigma = 0.02 * np.ones_like(prices)
    event = (rng.random(prices.shape) < 0.05).astype(float)
    events = Events(event, 1.0 + 3.0 * event, 1e4 * event, lag_days=np.floor(9.0 * event))

    def part(first: int, stop: int) -> Outcomes:
        given = PriceDriver.given(prices[first:stop], sigma[first:stop])
        return launch.run(BUSY, given, stop - first, N_DAYS, drivers=DRIVERS, events=events.block(first, stop),
                          sigma_sample=0.02, first_path=first)[0]  # fmt: skip

    assert digest([part(0, 7), part(7, 150), part(150, n_paths)]) == digest([part(0, n_paths)])


def test_the_records_of_a_chosen_path_are_what_the_run_made_of_it() -> None:
    outcomes, _ = run(2 * LANES, threads=1)
    for path in (0, LANES + 3):
        days = launch.day_records(BUSY, driver("gjr_garch_t"), N_DAYS, start_usd_per_g=START, drivers=DRIVERS, sigma_sample=0.01,
                                  seed=5, replicate=2, path=path)  # fmt: skip
        assert days["price_usd_per_g"][-1] == outcomes.end_price_usd_per_g[path]
        assert days["equity_usd"].min() == outcomes.min_equity_usd[path]
        assert days["coverage"].min() == outcomes.min_coverage[path]
        assert days["queue_g"].max() / BUSY.tokens_g == outcomes.peak_queue_share[path]


def test_only_the_first_paths_are_counted_into_the_fan() -> None:
    _, fan = run(3 * LANES, fan_paths=LANES + 7)
    assert fan.counts.sum(axis=2).tolist() == [[LANES + 7] * 5] * len(fan.days)
    _, none = run(LANES, fan_paths=0)
    assert none is None


def test_progress_begins_with_nothing_and_ends_with_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(launch, "TASK_PATHS", LANES)
    told: list[tuple[int, int]] = []
    run(4 * LANES, progress=lambda done, total, label: told.append((done, total)))
    assert told[0] == (0, 4 * LANES)
    assert told[-1] == (4 * LANES, 4 * LANES)
    assert told == sorted(told)


def test_an_interrupt_says_how_far_it_came(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(launch, "TASK_PATHS", LANES)

    def pressed(done: int, total: int, label: str) -> None:
        if done:
            raise KeyboardInterrupt

    with pytest.raises(Interrupted, match=rf"after [\d,]+ of {400 * LANES:,} paths"):
        run(400 * LANES, threads=2, progress=pressed)


def test_an_unknown_driver_is_refused() -> None:
    with pytest.raises(ParameterError, match="unknown driver"):
        run(1, drivers=("weather",))
