"""A succeeded run made ready to be asked "what if": its market, scenarios, limits and what its own issuer did, loaded once.

Another issuer walks through the very draws of the run (`simulation.rerun`), on the first N_PATHS paths of its liquidity
book and as many fewer of the solvency book as that is longer, so that the two cost the same. The answer for the issuer
that the run had is therefore the run's own, path by path, and what differs is the change and never luck.
Judged is by the run's profile and its own rules (`verdicts.judgement`); standards, sensitivities and measures are not
computed again.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd

from gramlib import models, simulation
from gramlib.artefacts import predicates_of
from gramlib.errors import UpstreamNotReady
from gramlib.metrics import one_year, paired_difference_interval, wilson_interval
from gramlib.metrics.headlines import shortfall_influence
from gramlib.metrics.intervals import normal_quantile
from gramlib.params.issuer import Issuer
from gramlib.params.stages import AnalyseParams
from gramlib.reverse import search_for
from gramlib.runner.pipeline import stage_named
from gramlib.simulation.outcomes import NEVER, Outcomes
from gramlib.store import Manifest, RunFolder
from gramlib.store.tables import read_artefact
from gramlib.verdicts import Profile
from gramlib.verdicts.judgement import overall, verdicts_table

N_PATHS = 10_000
BOOKS = ("liquidity", "solvency")
_NEEDED = ("train", "predict")
_KEPT_BLOCK_PATHS = simulation.books.KEPT_BLOCKS * simulation.books.OUTSIDE_BLOCK_PATHS


@dataclass(frozen=True)
class Estimate:
    """A figure with its interval; ends are NaN where there is none."""

    value: float
    lower: float
    upper: float


@dataclass(frozen=True, eq=False)
class Found:
    """What one issuer did: which paths failed by predicate (booleans), the loss of each path beside the price [USD], the
    verdict table of the run's profile, and the failures of every listed scenario.
    """

    failed: Mapping[str, np.ndarray]
    losses_usd: np.ndarray
    verdicts: pd.DataFrame
    scenario_failures: pd.DataFrame

    @property
    def overall(self) -> str:
        """The worst status of the rows that decide."""
        return overall(self.verdicts)


@dataclass(frozen=True, eq=False)
class PreparedRun:
    """One run, ready; made by `prepare`. Safe to ask from several threads at once."""

    run_id: str
    state: str
    record: Mapping[str, Any]
    issuer: Issuer
    profile: Profile
    rerun: simulation.Rerun
    scenarios_used: Mapping[str, Any]
    params: AnalyseParams
    n_paths: Mapping[str, int]
    own: Found
    run_verdicts: pd.DataFrame | None
    """Verdict table that stage analyse wrote, from all paths; None where that stage has not succeeded."""
    grade: str
    prepare_s: float

    def of(self, issuer: Issuer) -> Found:
        """What `issuer` does on the run's own draws. Raises DataContractError where a listed event cannot hit it."""
        return _found(issuer, self.profile, self.rerun, self.scenarios_used, self.params, self.n_paths)

    def horizon_days(self, book: str) -> int:
        """Length of a book [business days]."""
        return _horizon_days(self.rerun, book)

    def book_of(self, predicate: str) -> str:
        """The book by which the profile judges a predicate."""
        return str(getattr(self.profile.appetite, predicate).book)

    def probability(self, found: Found, predicate: str) -> Estimate:
        """Chance of a failure within a year."""
        failed, days = found.failed[predicate], self.horizon_days(self.book_of(predicate))
        ends = wilson_interval(int(failed.sum()), len(failed), self.params.confidence)
        return Estimate(*(one_year(share, days) for share in (float(failed.mean()), *ends)))

    def probability_moved(self, found: Found, predicate: str) -> Estimate:
        """The same, less that of the run's own issuer; the interval is of pairs of paths with the same draws."""
        days = self.horizon_days(self.book_of(predicate))
        first, second = found.failed[predicate], self.own.failed[predicate]
        pairs = int((first & ~second).sum()), int((second & ~first).sum())
        ends = paired_difference_interval(*pairs, len(first), self.params.confidence)
        around, before = float(second.mean()), one_year(float(second.mean()), days)
        # A difference over the horizon is put on a year as the two probabilities were.
        shares = (float(first.mean()), *(min(1.0, max(0.0, around + end)) for end in ends))
        return Estimate(*(one_year(share, days) - before for share in shares))

    def shortfall(self, found: Found) -> Estimate:
        """Expected shortfall of the loss beside the price, at the run's level [USD]."""
        return self._mean(self._influence(found))

    def shortfall_moved(self, found: Found) -> Estimate:
        """The same, less that of the run's own issuer, path by path [USD]."""
        return self._mean(self._influence(found) - self._influence(self.own))

    def size_bytes(self) -> int:
        """About how much memory it holds."""
        market = self.rerun.market
        arrays = [*self.own.failed.values(), self.own.losses_usd]
        listed = sum(each.prices.nbytes * 21 for each in self.rerun.listed)  # prices and twenty columns of events
        kept = sum(2 * 8 * (self.horizon_days(book) + 1) for book in BOOKS) * _KEPT_BLOCK_PATHS
        outside = kept if market.driver is None else 0
        return (
            int(sum(a.nbytes for a in arrays) + market.residuals.memory_usage(deep=True).sum() + listed + outside)
            + 5_000_000
        )

    def _influence(self, found: Found) -> np.ndarray:
        return shortfall_influence(found.losses_usd, self.params.level)

    def _mean(self, values: np.ndarray) -> Estimate:
        mean, half = float(values.mean()), 0.0
        if len(values) > 1:
            half = normal_quantile(self.params.confidence) * float(values.std(ddof=1)) / len(values) ** 0.5
        return Estimate(mean, mean - half, mean + half)


def state_of(run: RunFolder) -> str:
    """What the answers of a run hang on, as text: the hashes of all that the stages that are read have written.

    Raises UpstreamNotReady where one of them has not succeeded.
    """
    return " ".join(output.sha256 for manifest in _manifests(run) for output in manifest.outputs)


def prepare(run: RunFolder, n_paths: int = N_PATHS, price_models: ModuleType = models) -> PreparedRun:
    """Load `run` and let its own issuer walk. Takes seconds once; raises UpstreamNotReady, ArtefactError."""
    began = time.perf_counter()
    train, predict = _manifests(run)
    state, record = state_of(run), run.record()

    def read(name: str, manifest: Manifest) -> Any:
        return read_artefact(run.stage_path(stage_named(manifest.stage).folder), manifest, name)

    issuer, profile = Issuer.from_record(record["params"]["issuer"]), Profile.from_record(record["profile"])
    calibration, used = read("calibration", train), read("scenarios_used", predict)
    market = simulation.Market.again(
        read("book_settings", predict), issuer, calibration, read("residuals", train),
        simulation.OwnFundsRule(**profile.own_funds), price_models,
    )  # fmt: skip
    rerun = simulation.Rerun(market, simulation.listed_of(read("scenario_days", predict), used))
    params = AnalyseParams(**record["params"]["stages"]["analyse"])
    paths = _paths(rerun, n_paths)
    own = _found(issuer, profile, rerun, used, params, paths)
    judged = run.manifest(stage_named("analyse").folder)
    run_verdicts = read("verdicts", judged) if judged is not None else None
    return PreparedRun(
        run.run_id, state, record, issuer, profile, rerun, used, params, paths, own, run_verdicts,
        str(calibration["grade"]), time.perf_counter() - began,
    )  # fmt: skip


def _manifests(run: RunFolder) -> list[Manifest]:
    found = []
    for name in _NEEDED:
        manifest = run.manifest(stage_named(name).folder)
        if manifest is None:
            raise UpstreamNotReady(
                f"stage {name} of run {run.run_id} has not succeeded",
                expected=f"a run whose stages {' and '.join(_NEEDED)} have succeeded",
                origin=f"run {run.run_id}",
                remedy="wait until it has, or choose another run",
            )
        found.append(manifest)
    return found


def _horizon_days(rerun: simulation.Rerun, book: str) -> int:
    params = rerun.market.params
    return params.solvency_horizon_days if book == "solvency" else params.horizon_days


def _paths(rerun: simulation.Rerun, n_paths: int) -> dict[str, int]:
    params = rerun.market.params
    longer = max(1, n_paths * params.horizon_days // params.solvency_horizon_days)
    return {"liquidity": min(n_paths, params.n_paths), "solvency": min(longer, params.solvency_n_paths)}


def _found(
    issuer: Issuer,
    profile: Profile,
    rerun: simulation.Rerun,
    used: Mapping[str, Any],
    params: AnalyseParams,
    n_paths: Mapping[str, int],
) -> Found:
    predicates = predicates_of(issuer.peg)
    outcomes = {book: rerun.book(issuer, book, n_paths[book]) for book in BOOKS}
    books = {predicate: str(getattr(profile.appetite, predicate).book) for predicate in predicates}
    failed = {predicate: outcomes[book].first_day(predicate) != NEVER for predicate, book in books.items()}
    scenario_failures = _scenario_failures(rerun.scenarios(issuer), predicates)
    reverse = search_for(rerun.market.start_usd_per_g, rerun.market.own_funds, params, simulation.simulate)(issuer)
    rows = []
    for predicate, shows in failed.items():
        ends = wilson_interval(int(shows.sum()), len(shows), params.confidence)
        rows.append((books[predicate], f"probability_{predicate}", float(shows.mean()), *ends, len(shows)))
    metrics = pd.DataFrame(rows, columns=["subject", "metric", "value", "lower", "upper", "n"])
    days = pd.DataFrame({"book": list(BOOKS), "day": [_horizon_days(rerun, book) for book in BOOKS]})
    judged = verdicts_table(metrics, scenario_failures, reverse, profile, used, days)
    losses = outcomes["liquidity"].nonprice_loss_usd.astype(np.float64)
    return Found(failed, losses, judged, scenario_failures)


def _scenario_failures(outcomes: Mapping[str, Outcomes], predicates: Sequence[str]) -> pd.DataFrame:
    rows = [
        (name, predicate, int(outcome.first_day(predicate)[0]))
        for name, outcome in outcomes.items()
        for predicate in predicates
    ]
    return pd.DataFrame(rows, columns=["scenario", "predicate", "first_day"])
