"""Options of recovery: what they do by re-run, in the direction that follows from what they are."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from small_run import CALIBRATION, bench_of, listed

from gramlib.artefacts import analyse_packages
from gramlib.artefacts.checking import _schema
from gramlib.params.issuer import Issuer
from gramlib.params.model_figures import load_figures
from gramlib.params.stages import PredictParams
from gramlib.recommend.bench import Bench
from gramlib.recommend.indicators import indicators, walk_book
from gramlib.recommend.package_advice import every_measure
from gramlib.recommend.recovery import (
    Option,
    options,
    recovery_options,
    run_book,
    suspended,
    worst_scenarios,
    wound_down,
)
from gramlib.simulation import Events, Market, OwnFundsRule
from gramlib.simulation.outcomes import NEVER
from gramlib.simulation.rerun import Rerun


@pytest.fixture
def bench(gram: Issuer) -> Bench:
    return bench_of(gram)


@pytest.fixture
def every(bench: Bench, workbench_root: Path) -> dict[str, Option]:
    figures = load_figures(workbench_root, "packages")
    known = every_measure(bench, load_figures(workbench_root, "measures"), figures)
    return {option.name: option for option in options(bench, known, figures)}


def test_a_credit_line_never_raises_the_chance_of_running_out(bench: Bench, every: dict[str, Option]) -> None:
    distress = np.full(200, NEVER)
    before, after = bench.first(200, bench.issuer), run_book(bench, every["credit_line"], distress)
    assert (before.f7_day != NEVER).any()
    assert not ((after.f7_day != NEVER) & (before.f7_day == NEVER)).any()
    assert (after.f7_day != NEVER).sum() < (before.f7_day != NEVER).sum()


def test_new_equity_never_raises_insolvency(bench: Bench, every: dict[str, Option]) -> None:
    distress = np.full(200, NEVER)
    before, after = bench.first(200, bench.issuer), run_book(bench, every["equity_call"], distress)
    assert (after.min_equity_usd > before.min_equity_usd).all()
    assert not ((after.f2_day != NEVER) & (before.f2_day == NEVER)).any()


def test_what_starts_at_distress_changes_nothing_before_and_no_path_without(
    bench: Bench, every: dict[str, Option]
) -> None:
    distress = np.where(np.arange(40) < 20, 10, NEVER)
    before = bench.first(40, bench.issuer)
    for name in ("suspension", "wind_down"):
        after = run_book(bench, every[name], distress)
        np.testing.assert_array_equal(after.end_equity_usd[20:], before.end_equity_usd[20:])
        assert (after.end_equity_usd[:20] != before.end_equity_usd[:20]).all()
        early = (before.f4_day > 0) & (before.f4_day <= 10)
        np.testing.assert_array_equal(after.f4_day[early], before.f4_day[early])
    gone = run_book(bench, every["wind_down"], distress)
    assert (gone.end_tokens_share[:20] < before.end_tokens_share[:20]).all()


class Outside:
    """A price model that the kernel does not know: its prices come in from outside."""

    def simulate_prices(
        self, calibration: dict, residuals: pd.DataFrame, model: str, start: float, n_paths: int, n_days: int,
        rng: np.random.Generator, drift_year: float | None,
    ) -> tuple[np.ndarray, np.ndarray]:  # fmt: skip
        steps = 0.011 * rng.standard_normal((n_paths, n_days))
        prices = start * np.exp(np.concatenate([np.zeros((n_paths, 1)), steps.cumsum(axis=1)], axis=1))
        return prices, np.full_like(prices, 0.011)


def outside(issuer: Issuer) -> Bench:
    settings = PredictParams(n_paths=400, horizon_days=60, solvency_n_paths=200, solvency_horizon_days=80)
    calibration = CALIBRATION | {"models": {"garch_t": {}}}
    market = Market(issuer, calibration, pd.DataFrame(), settings, OwnFundsRule(), Outside())
    return Bench(Rerun(market, listed()), issuer, np.random.default_rng(1), search_n_paths=200)


@pytest.mark.parametrize("make", [bench_of, outside])
def test_with_no_path_in_distress_the_book_is_the_book(make: Any, gram: Issuer, every: dict[str, Option]) -> None:
    bench = make(gram)
    before, after = bench.first(40, gram), run_book(bench, every["wind_down"], np.full(40, NEVER))
    for spec in fields(before):
        np.testing.assert_array_equal(getattr(after, spec.name), getattr(before, spec.name), err_msg=spec.name)


def test_events_of_one_path_are_added_and_the_given_ones_kept() -> None:
    calm = Events.calm(10)
    closed = suspended(calm, 3, 2)
    assert closed.operations_stop.tolist() == [0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0]
    ended = wound_down(
        Events(calm.event, calm.liquidity_multiplier, calm.lost_g, redeem_share=np.full(11, 0.3)), 4, 0.1
    )
    assert ended.mint_stop.tolist() == [0.0] * 4 + [1.0] * 7
    assert (ended.redeem_share == 0.3).all()
    assert not calm.operations_stop.any()


def test_the_worst_scenarios_fail_most_and_calm_ones_are_left_out(bench: Bench) -> None:
    worst = worst_scenarios(bench)
    counts = [
        sum(int(bench.scenario(bench.issuer, name).first_day(f"F{k}")[0] != NEVER) for k in range(1, 8))
        for name in worst
    ]
    assert counts == sorted(counts, reverse=True)
    assert all(counts)
    assert worst_scenarios(bench, 1) == worst[:1]


def test_options_are_ranked_by_what_they_avoid_in_time(bench: Bench, every: dict[str, Option]) -> None:
    watched = indicators(bench.issuer, None)
    walked = walk_book(bench, watched)
    table = recovery_options(bench, tuple(every.values()), watched, walked)
    entry = next(each for each in analyse_packages.ARTEFACTS if each.name == "recovery_options")
    _schema(entry).validate(table, lazy=True)
    ranked = table.drop_duplicates("option")
    assert list(ranked["rank"]) == list(range(1, len(every) + 1))
    assert list(ranked["counted"]) == sorted(ranked["counted"], reverse=True)
    assert set(ranked["starts"]) == {"day 0", "distress"}
    for name, rows in table.groupby("option"):
        assert -rows["difference"].sum() == pytest.approx(rows["avoided"].iloc[0]), name
        late = ranked["days_to_act"].max()
        assert ranked.loc[ranked["days_to_act"] == late, "ready"].iloc[0] == ranked["ready"].min()


def test_a_token_that_promises_dollars_has_no_bars_to_hand_over(gram_usd: Issuer, workbench_root: Path) -> None:
    bench = bench_of(gram_usd)
    figures = load_figures(workbench_root, "packages")
    known = every_measure(bench, load_figures(workbench_root, "measures"), figures)
    assert "in_kind" not in [option.name for option in options(bench, known, figures)]
