"""The kernel against the reference on the same draws: price models and drivers, each extension alone and all of them."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import numpy as np
import pandas as pd
import pytest
from price_records import RECORDS, driver

from gramlib.params.issuer import Issuer
from gramlib.simulation import Events, OwnFundsRule, failures, reference
from gramlib.simulation.day import Day
from gramlib.simulation.drivers import DRIVERS, PathDrivers
from gramlib.simulation.kernel import launch
from gramlib.simulation.price_models import price_path

START, N_DAYS, SEED, REPLICATE, SIGMA_SAMPLE = 128.0, 90, 11, 3, 0.009
RULE = OwnFundsRule(reserve_share=0.01, floor_usd=1e5)
TOLERANCE = 1e-9

# Rates at which everything happens within a few months.
DRIVEN = {
    "confidence": {"rate_year": 3.0}, "liquidity": {"squeeze_rate_year": 3.0, "squeeze_days": 6, "squeeze_lag_days": 9},
    "custody": {"rate_year": 2.0}, "custody_freeze": {"rate_year": 4.0, "days": 5}, "bank": {"rate_year": 3.0},
    "operations": {"rate_year": 12.0}, "cyber": {"rate_year": 4.0},
}  # fmt: skip
EXTENSIONS: dict[str, dict[str, Any]] = {
    "minting": {"minting": {"on": True}},
    "custodians": {"custodians": {"on": True, "shares": [0.5, 0.3, 0.2], "insured_share": 0.7, "insurance_cap_usd": 5e6,
                                  "insurance_lag_days": 12}},
    "banks": {"banks": {"on": True, "shares": [0.7, 0.3]}},
    "transit": {"transit": {"on": True, "gold_g": 2e5, "days": 6}},
    "lease": {"lease": {"on": True, "gold_g": 2e5, "calm_rate_year": 2.0, "stressed_rate_year": 9.0, "income_year": 0.02}},
    "in_kind": {"in_kind": {"on": True, "share": 0.3, "bars_per_day": 2}},
    "weekends": {"weekends": {"on": True, "first_monday": 3, "price_share": 0.6}},
    "holders": {"holders": {"on": True, "count": 7}},
    "swing_fee": {"swing_fee": {"on": True, "threshold": 0.004, "factor": 3.0}},
    "hedge": {"hedge": {"on": True, "short_g": 3e5}},
    "holding_fee": {"holding_fee": {"on": True}},
    "credit": {"treasury": {"credit_line_usd": 2e7}},
    "gate": {"terms": {"gate": 0.01}},
    "principal": {"terms": {"mode": "principal"}},
    "peg usd": {"peg": "usd", "gold_g": 14.5e6},
}  # fmt: skip
ALONE = [*EXTENSIONS]
ALL = [name for name in EXTENSIONS if name not in ("principal", "peg usd")]
MIXES = {"none": [], **{name: [name] for name in ALONE}, "all": ALL,
         "all, principal": [name for name in ALL if name != "gate"] + ["principal"],
         "all, peg usd": [name for name in ALL if name not in ("minting", "in_kind")] + ["peg usd"]}  # fmt: skip


def issuer_with(names: list[str]) -> Issuer:
    """The default issuer with these extensions, and busy drivers."""
    record: dict[str, Any] = {"drivers": DRIVEN}
    for name in names:
        record |= EXTENSIONS[name]
    return Issuer.from_record(record)


def by_reference(issuer: Issuer, kind: str, path: int, which: tuple[str, ...]) -> list[Day]:
    """Days 0 to n of the path at this address."""
    prices, sigma = price_path(driver(kind), START, N_DAYS, SEED, path, REPLICATE)
    calm = {field.name: getattr(Events.calm(N_DAYS), field.name).tolist() for field in fields(Events)}
    drawn = PathDrivers(issuer, which, SEED, path, REPLICATE, sigma, SIGMA_SAMPLE)
    return reference.walk(issuer, list(prices), calm, RULE, drawn)


def hold_together(issuer: Issuer, kind: str, path: int, which: tuple[str, ...]) -> None:
    """Every field of every day, to 1e-9 of the largest value of its column."""
    days = by_reference(issuer, kind, path, which)[1:]
    found = launch.day_records(
        issuer, driver(kind), N_DAYS, start_usd_per_g=START, drivers=which, sigma_sample=SIGMA_SAMPLE, own_funds=RULE,
        seed=SEED, replicate=REPLICATE, path=path,
    )  # fmt: skip
    for field in fields(Day):
        if field.name in ("day", "books_open"):
            continue
        expected = np.array([getattr(day, field.name) for day in days], dtype=float)
        atol = TOLERANCE * max(1e-3, np.abs(expected).max())
        np.testing.assert_allclose(
            found[field.name], expected, rtol=0.0, atol=atol, err_msg=f"{field.name} of path {path}"
        )


@pytest.mark.parametrize("mix", MIXES)
def test_extensions_agree_on_the_same_draws(mix: str) -> None:
    for path in (0, 1, 100_000):
        hold_together(issuer_with(MIXES[mix]), "gjr_garch_t", path, DRIVERS)


@pytest.mark.parametrize("kind", RECORDS)
def test_price_models_agree(kind: str) -> None:
    for path in (0, 7):
        hold_together(issuer_with(ALL), kind, path, DRIVERS)


@pytest.mark.parametrize("name", DRIVERS)
def test_drivers_agree_one_by_one(name: str) -> None:
    for path in range(3):
        hold_together(issuer_with(ALL), "gjr_garch_t", path, (name,))


def test_days_and_causes_of_many_paths_agree_with_the_readable_judge() -> None:
    issuer, n_paths = issuer_with(ALL), 20
    outcomes, _ = launch.run(issuer, driver("gjr_garch_t"), n_paths, N_DAYS, start_usd_per_g=START, drivers=DRIVERS,
                             sigma_sample=SIGMA_SAMPLE, own_funds=RULE, seed=SEED, replicate=REPLICATE)  # fmt: skip
    failed = 0
    for path in range(n_paths):
        walked = by_reference(issuer, "gjr_garch_t", path, DRIVERS)[1:]
        days = pd.DataFrame({field.name: [getattr(day, field.name) for day in walked] for field in fields(Day)})
        for row in failures(days, issuer).itertuples():
            assert outcomes.first_day(row.predicate)[path] == row.first_day, (path, row)
            assert outcomes.cause(row.predicate)[path] == row.cause, (path, row)
            failed += row.first_day != -1
    assert failed > n_paths, "too quiet to tell"
