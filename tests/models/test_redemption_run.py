from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from real_series import real_flows

from gramlib.errors import DataContractError
from gramlib.models.redemption_run import KNOWN_RUNS, Run, RunEvent, find_run, fit_runs

EVENT = RunEvent("coin", "2023-03-06", "2023-03-31")


def supply(outflow_by_day: dict[str, float]) -> pd.DataFrame:
    """Daily supply of a coin that loses these shares and nothing else."""
    days = pd.date_range("2023-03-01", "2023-04-05")
    share = pd.Series(0.0, index=days)
    for day, value in outflow_by_day.items():
        share[day] = value
    return pd.DataFrame({"date": days, "product": "coin", "quantity": 1e9 * np.cumprod(1 - share.to_numpy())})


def rng() -> np.random.Generator:
    return np.random.default_rng(3)


def test_a_run_is_found_between_its_quiet_days_and_a_monday_holds_its_weekend():
    flows = supply({
        "2023-03-07": 0.005, "2023-03-09": 0.03, "2023-03-11": 0.02, "2023-03-12": 0.02, "2023-03-13": 0.01,
        "2023-03-15": 0.015, "2023-03-21": 0.04,
    })  # fmt: skip
    run = find_run(flows, EVENT, rng())
    assert (run.first, run.last) == ("2023-03-09", "2023-03-15")
    monday = 1 - 0.98 * 0.98 * 0.99
    assert run.outflow == pytest.approx([0.03, 0.0, monday, 0.0, 0.015])
    assert run.peak == pytest.approx(monday) and run.peak_calendar_day == pytest.approx(0.03)
    assert run.total_share == pytest.approx(1 - 0.97 * 0.98 * 0.98 * 0.99 * 0.985)
    assert run.rate == pytest.approx(run.outflow.mean()) and run.rate_error > 0.0


def test_no_run_and_no_record_are_said():
    with pytest.raises(DataContractError, match=r"worst business day lost 0\.50%"):
        find_run(supply({"2023-03-09": 0.005}), EVENT, rng())
    flows = supply({"2023-03-09": 0.03})
    with pytest.raises(DataContractError, match="no quantity on 1 of"):
        find_run(flows[flows["date"] != "2023-03-16"], EVENT, rng())
    with pytest.raises(DataContractError, match="no run to fit"):
        fit_runs(())


def test_runs_join_as_the_page_says():
    runs = (
        Run("a", "", "", np.array([0.02, 0.04]), 0.003, 0.06, 0.03),
        Run("b", "", "", np.array([0.01, 0.01, 0.01, 0.01]), 0.004, 0.04, 0.01),
    )
    fit = fit_runs(runs)
    assert (fit.event_rate, fit.peak_rate, fit.mean_days, fit.total_share) == pytest.approx((0.02, 0.04, 3.0, 0.05))
    assert fit.event_rate_error == pytest.approx(np.hypot(0.005 / 2, 0.01))
    assert fit.peak_rate_error == pytest.approx(0.015) and fit.total_share_error == pytest.approx(0.01)
    assert fit.mean_days_error == pytest.approx(np.sqrt(3.0 * 2.0 / 2))


def test_usdt_in_may_2022_and_usdc_in_march_2023(reference_data: Path):
    """ISSUER_MODEL 5: USDT lost 12% in 12 days from 12 May; USDC 14% gross in days, peak day 5.4% gross, 4.4% net on 11 March."""
    usdt, usdc = (find_run(real_flows(reference_data), event, rng()) for event in KNOWN_RUNS)
    assert (usdt.first, usdt.last) == ("2022-05-12", "2022-05-18")
    assert usdt.total_share == pytest.approx(0.1075, abs=5e-4) and usdt.peak_calendar_day == pytest.approx(
        0.0296, abs=5e-4
    )
    assert usdc.first == "2023-03-10" and usdc.peak_calendar_day == pytest.approx(0.0443, abs=5e-4)
    assert usdc.outflow[:4].sum() == pytest.approx(0.14, abs=0.005)
    assert 0.054 < usdc.peak == pytest.approx(0.0758, abs=5e-4)  # Friday to Monday
