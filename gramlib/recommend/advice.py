"""Every row of section 10 of the model page, its conflicts and the frontiers behind it: the room's one call."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from gramlib.params.issuer import Issuer
from gramlib.params.model_figures import ModelFigure
from gramlib.params.stages import AnalyseParams
from gramlib.readable import readable
from gramlib.recommend import rows_end, rows_fees, rows_funds, rows_gate, rows_ladder, rows_liquidity, rows_positions
from gramlib.recommend.bench import Bench, Progress
from gramlib.recommend.conflicts import conflicts, measure_effects
from gramlib.recommend.levers import measures
from gramlib.recommend.prices import Figures
from gramlib.recommend.recommendation import Recommendation
from gramlib.recommend.targets import Targets, targets_of
from gramlib.simulation.rerun import Rerun


@readable
@dataclass(frozen=True)
class Advice:
    """The catalogue's tables of the room; `rows` are those of `recommendations` as objects, in its order."""

    rows: tuple[Recommendation, ...]
    recommendations: pd.DataFrame
    own_funds_parts: pd.DataFrame
    conflicts: pd.DataFrame
    measure_effects: pd.DataFrame
    gate_frontier: pd.DataFrame
    fee_frontier: pd.DataFrame
    custody_frontier: pd.DataFrame


def advise(
    rerun: Rerun,
    issuer: Issuer,
    params: AnalyseParams,
    profile: Any,
    standards: Sequence[Any],
    figures: Iterable[ModelFigure],
    rng: np.random.Generator,
    progress: Progress | None = None,
) -> Advice:
    """Recommendations for `issuer`, each number proved by a re-run on the run's own draws.

    `profile` and `standards` are those of gramlib.verdicts, `figures` the file measures of params/models, `rng` serves
    intervals alone. Searches look at `params.search_n_paths` paths, proofs on books at all the run has.
    """
    bench = Bench(rerun, issuer, rng, params.search_n_paths, params.level, params.confidence, params.bootstrap_samples)
    return advise_on(bench, Figures.of(figures), targets_of(profile, standards), progress)


def advise_on(bench: Bench, figures: Figures, targets: Targets, progress: Progress | None = None) -> Advice:
    """As `advise`, for a bench that is set up already."""
    levers = measures(bench.issuer, bench.gold_usd_per_g, figures)
    policy = figures.policy
    frames: dict[str, pd.DataFrame] = {}

    def own_funds() -> list[Recommendation]:
        row, frames["own_funds_parts"] = rows_funds.own_funds(bench, levers["own_funds"], targets)
        return [row]

    def custody() -> list[Recommendation]:
        row, frames["custody_frontier"] = rows_positions.custody_split(
            bench, levers["largest_custodian"], policy, figures.price, targets
        )
        return [row]

    steps: tuple[tuple[str, Callable[[], list[Recommendation]]], ...] = (
        ("own funds", own_funds),
        ("buffer", lambda: [rows_liquidity.buffer(bench, levers["buffer"], policy)]),
        ("ladder", lambda: rows_ladder.ladder(bench, levers["buffer"], targets, policy)),
        ("gate", lambda: [rows_gate.gate(bench, levers["gate"], policy)]),
        ("fees", lambda: [rows_fees.fee(bench, levers[name], policy) for name in ("redemption_fee", "swing_fee")]),
        ("smallest redemption", lambda: [rows_fees.minimum_size(bench, levers["minimum_size"], figures)]),
        ("custody", custody),
        ("lease", lambda: [rows_positions.leased_share(bench, levers["leased_share"], policy, targets)]),
        ("hedge", lambda: rows_positions.hedge(bench, levers["hedge"])),
        ("collateral", lambda: [rows_funds.collateral(bench, levers["collateral_ratio"], policy)]),
        ("banks", lambda: [rows_positions.bank_concentration(bench, levers["largest_bank"], targets)]),
        ("credit line", lambda: [rows_liquidity.credit_line(bench, levers["credit_line"], policy)]),
        ("market access", lambda: [rows_liquidity.market_access(bench, levers["market_access"], policy)]),
        ("wind-down", lambda: [rows_end.wind_down(bench, policy)]),
    )
    rows: list[Recommendation] = []
    for done, (name, make) in enumerate(steps):
        if progress is not None:
            progress(done, len(steps) + 1, f"recommendations: {name}")
        rows += make()
    if progress is not None:
        progress(len(steps), len(steps) + 1, "recommendations: conflicts and frontiers")
    found = conflicts(bench, levers, policy, rows)
    advice = Advice(
        tuple(rows),
        _table([row.to_record() for row in rows]),
        frames["own_funds_parts"],
        _table([conflict.to_record() for conflict in found]),
        measure_effects(bench, levers, rows),
        rows_gate.gate_frontier(bench, levers["gate"], policy),
        rows_fees.fee_frontier(bench, levers["redemption_fee"], policy),
        frames["custody_frontier"],
    )
    if progress is not None:
        progress(len(steps) + 1, len(steps) + 1, "recommendations")
    return advice


def _table(records: list[dict[str, Any]]) -> pd.DataFrame:
    return pd.DataFrame.from_records(records)
